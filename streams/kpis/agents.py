"""Agents: how many are in each state at this moment."""

from typing import Final

from streams.core.kpi import Example, Kpi, Level
from streams.kpis import worked
from streams.kpis.outcomes import BY_STATE
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="agents",
    title=text("Agents by state", "Conseillers par état"),
    abbreviation=text("Agents", "Conseillers"),
    help=text(
        "Who is doing what, among those logged in.",
        "Qui fait quoi, parmi les connectés.",
    ),
    unit="agents",
    better="neutral",
    definitions={
        "default": definition(
            Level(BY_STATE),
            "One figure per state; nobody counts once logged off. An agent of two queues counts "
            "in both and once overall.",
            "Un nombre par état ; un conseiller déconnecté ne compte plus. Celui qui sert deux "
            "files compte dans chacune, et une fois au total.",
        ),
    },
    runbook=text(
        "Compare with the plan of the hour, then with the contacts waiting.",
        "Comparez avec le planning de l'heure, puis avec les appels en attente.",
    ),
    examples=(
        Example(
            "Agents",
            worked.AGENTS,
            "09:30:00",
            {"default:available": 1, "default:on_contact": 1, "default:break": 1},
        ),
        Example(
            "Agents, later",
            worked.AGENTS,
            "10:00:00",
            {"default:available": 1, "default:wrapup": 1, "default:break": 0},
        ),
    ),
)
