"""Longest time in a state: how long the agent who has been longest in each state is in it."""

from typing import Final

from streams.core.kpi import Example, Kpi, Oldest
from streams.kpis import worked
from streams.kpis.outcomes import BY_STATE
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="longest_state_time",
    title=text("Longest time in a state", "Durée dans l'état"),
    abbreviation=text("In state", "Dans l'état"),
    help=text(
        "The break that does not end, the contact that drags on, the agent nobody calls.",
        "La pause qui s'éternise, l'appel qui traîne, le conseiller que personne n'appelle.",
    ),
    unit="seconds",
    better="neutral",
    definitions={
        "default": definition(
            Oldest(BY_STATE),
            "Now minus the moment since when the longest is in the state; 0 when nobody is.",
            "Maintenant moins le début du plus ancien séjour dans l'état ; 0 si personne n'y est.",
        ),
    },
    runbook=text(
        "Walk over or write: a forgotten state, a hard contact, or somebody who needs help.",
        "Allez voir ou écrivez : un état oublié, un appel difficile ou quelqu'un à aider.",
    ),
    examples=(
        Example(
            "Agents",
            worked.AGENTS,
            "09:30:00",
            {"default:available": 1800, "default:on_contact": 600, "default:break": 1800},
        ),
        Example(
            "Agents, later",
            worked.AGENTS,
            "10:00:00",
            {"default:available": 120, "default:wrapup": 600, "default:break": 0},
        ),
    ),
)
