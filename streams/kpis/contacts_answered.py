"""Contacts answered: how many legs an agent took."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Count, Example, Kpi
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="contacts_answered",
    title=text("Contacts answered", "Appels décrochés"),
    abbreviation=text("Answered", "Décrochés"),
    help=text(
        "The contacts that reached an agent.",
        "Les contacts qui ont joint un conseiller.",
    ),
    unit="contacts",
    better="higher",
    definitions={
        "default": definition(
            Count((m.CONTACTS_ANSWERED,)),
            "Counted when the agent takes it, in the queue where it waited.",
            "Compté au décroché, dans la file où le contact attendait.",
        ),
    },
    runbook=text(
        "Few answers with people waiting: see who is available and whose phone rings in vain. "
        "Few answers and nobody waiting: it is quiet, nothing to do.",
        "Peu de décrochés et du monde en attente : regardez qui est disponible et quel poste "
        "sonne dans le vide. Peu de décrochés sans attente : c'est calme, rien à faire.",
    ),
    examples=(
        Example("Wait", worked.WAIT, "10:05:00", {"default": 90}),
        Example("Transfer, first queue", worked.TRANSFER, "10:05:00", {"default": 1}, queue="q1"),
        Example("Transfer, second queue", worked.TRANSFER, "10:05:00", {"default": 0}, queue="q2"),
        Example("Disorder", worked.DISORDER, "10:05:00", {"default": 1}),
    ),
)
