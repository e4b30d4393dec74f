"""Contacts queued: how many legs started to wait in a queue."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Count, Example, Kpi
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="contacts_queued",
    title=text("Contacts queued", "Appels présentés"),
    abbreviation=text("Queued", "Présentés"),
    help=text(
        "What came in: every arrival in a queue, whatever becomes of it.",
        "Ce qui arrive : chaque entrée dans une file, quelle que soit son issue.",
    ),
    unit="contacts",
    better="neutral",
    definitions={
        "default": definition(
            Count((m.CONTACTS_QUEUED,)),
            "Counted when the wait starts. A contact moved to a second queue counts there too.",
            "Compté au début de l'attente. Un contact transféré compte aussi dans la "
            "deuxième file.",
        ),
    },
    runbook=text(
        "Compare with the same time last week. If it is a wave, announce the delay, offer "
        "callbacks and move breaks.",
        "Comparez avec la même heure de la semaine passée. Si c'est un pic, annoncez le délai, "
        "proposez le rappel et décalez les pauses.",
    ),
    examples=(
        Example("Hundred", worked.HUNDRED, "10:05:00", {"default": 100}),
        Example("Transfer", worked.TRANSFER, "10:05:00", {"default": 2}),
        Example("Empty", worked.EMPTY, "10:00:00", {"default": 0}),
    ),
)
