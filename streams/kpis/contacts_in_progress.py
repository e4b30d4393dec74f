"""Contacts in progress: how many conversations are going on at this moment."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Level
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="contacts_in_progress",
    title=text("Contacts in progress", "Appels en cours"),
    abbreviation=text("In progress", "En cours"),
    help=text(
        "Customers who are speaking with an agent now, on hold included.",
        "Les clients en ligne avec un conseiller en ce moment, garde comprise.",
    ),
    unit="contacts",
    better="neutral",
    definitions={
        "default": definition(
            Level({None: m.CONTACTS_IN_PROGRESS}),
            "Answered and not yet ended; after-contact work is no longer part of it.",
            "Décrochés et non terminés ; le post-appel n'en fait plus partie.",
        ),
    },
    runbook=text(
        "Far fewer than agents at work: look at after-contact work and breaks. Far more: some "
        "ends are not reported, check the source.",
        "Bien moins que de conseillers au travail : regardez post-appel et pauses. Bien plus : "
        "des fins d'appel ne remontent pas, vérifiez la source.",
    ),
    examples=(
        Example("Handle, talking", worked.HANDLE, "10:03:00", {"default": 1}),
        Example("Handle, on hold", worked.HANDLE, "10:01:10", {"default": 1}),
        Example("Handle, wrapping up", worked.HANDLE, "10:05:00", {"default": 0}),
        Example("Empty", worked.EMPTY, "10:00:00", {"default": 0}),
    ),
)
