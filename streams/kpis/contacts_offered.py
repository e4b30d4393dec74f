"""Contacts offered: how many legs the queue has dealt with, one way or another."""

from typing import Final

from streams.core.kpi import Count, Example, Kpi
from streams.kpis import worked
from streams.kpis.outcomes import OFFERED
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="contacts_offered",
    title=text("Contacts offered", "Appels traités par la file"),
    abbreviation=text("Offered", "Offerts"),
    help=text(
        "The contacts whose fate is known: the whole that the rates are parts of.",
        "Les contacts dont l'issue est connue : le total auquel se rapportent les taux.",
    ),
    unit="contacts",
    better="neutral",
    definitions={
        "default": definition(
            Count(OFFERED),
            "Answered, abandoned, flowed out or turned into a callback; counted at that "
            "moment. Short abandons are left out.",
            "Décrochés, abandonnés, débordés ou à rappeler ; comptés à ce moment-là. Les "
            "raccrochages immédiats sont exclus.",
        ),
    },
    runbook=text(
        "Read it beside the contacts queued: when fewer are dealt with than come in, the queue "
        "grows. Add agents or open an overflow.",
        "Lisez-le à côté des appels présentés : si la file en traite moins qu'il n'en arrive, "
        "elle s'allonge. Ajoutez des conseillers ou ouvrez un débordement.",
    ),
    examples=(
        Example("Hundred", worked.HUNDRED, "10:05:00", {"default": 100}),
        Example("Ways out", worked.WAYS_OUT, "10:05:00", {"default": 5}),
        Example("Still waiting", worked.STILL_WAITING, "10:00:25", {"default": 1}),
        Example("Short abandon", worked.SHORT, "10:05:00", {"default": 0}),
    ),
)
