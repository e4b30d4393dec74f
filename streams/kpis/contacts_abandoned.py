"""Contacts abandoned: how many customers gave up waiting."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Count, Example, Kpi
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="contacts_abandoned",
    title=text("Contacts abandoned", "Appels abandonnés"),
    abbreviation=text("Abandoned", "Abandons"),
    help=text(
        "Customers who left the queue before anybody answered.",
        "Les clients partis de la file avant qu'on leur réponde.",
    ),
    unit="contacts",
    better="lower",
    definitions={
        "default": definition(
            Count((m.CONTACTS_ABANDONED,)),
            "Left at or after the short limit, 5 s from the entry into the queue.",
            "Partis à partir du seuil de raccrochage immédiat, 5 s après l'entrée en file.",
        ),
        "incl_short": definition(
            Count((m.CONTACTS_ABANDONED, m.CONTACTS_SHORT_ABANDONED)),
            "Short abandons included.",
            "Raccrochages immédiats compris.",
        ),
    },
    runbook=text(
        "See how long they waited before they left. Add agents, announce the delay or offer "
        "a callback before that moment.",
        "Regardez combien de temps ils ont attendu. Ajoutez des conseillers, annoncez le délai "
        "ou proposez un rappel avant ce moment.",
    ),
    examples=(
        Example("Wait", worked.WAIT, "10:05:00", {"default": 10, "incl_short": 10}),
        Example("Transfer, second queue", worked.TRANSFER, "10:05:00", {"default": 1}, queue="q2"),
        Example("Short abandon", worked.SHORT, "10:05:00", {"default": 0, "incl_short": 1}),
    ),
)
