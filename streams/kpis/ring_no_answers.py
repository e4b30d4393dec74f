"""Rings not picked up: how often an agent's phone rang in vain."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Count, Example, Kpi
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="ring_no_answers",
    title=text("Rings not picked up", "Non-réponses"),
    abbreviation=text("No answer", "Non-rép."),
    help=text(
        "Contacts given to an agent who did not pick up; the customer waits on.",
        "Les contacts présentés à un conseiller qui n'a pas décroché ; le client attend encore.",
    ),
    unit="offers",
    better="lower",
    definitions={
        "default": definition(
            Count((m.RING_NO_ANSWERS,)),
            "Every offer that was not picked up, in the queue of the contact.",
            "Chaque présentation sans décroché, dans la file du contact.",
        ),
    },
    runbook=text(
        "Find the agent who is marked available and is not there: a break not entered, a "
        "headset unplugged, a phone that has lost its line.",
        "Trouvez le conseiller affiché disponible et absent : pause non saisie, casque "
        "débranché, poste qui a perdu sa ligne.",
    ),
    examples=(
        Example("Ring", worked.RING, "10:05:00", {"default": 1}),
        Example("Handle", worked.HANDLE, "10:10:00", {"default": 0}),
    ),
)
