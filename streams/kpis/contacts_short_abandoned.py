"""Short abandons: how many customers hung up as soon as they were queued."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Count, Example, Kpi
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="contacts_short_abandoned",
    title=text("Short abandons", "Raccrochages immédiats"),
    abbreviation=text("Short", "Immédiats"),
    help=text(
        "Customers who left before anybody could have answered: wrong numbers, second thoughts.",
        "Les clients partis avant qu'on puisse répondre : faux numéros, changements d'avis.",
    ),
    unit="contacts",
    better="neutral",
    definitions={
        "default": definition(
            Count((m.CONTACTS_SHORT_ABANDONED,)),
            "Left before the short limit, 5 s from the entry into the queue. In neither side "
            "of a rate, unless its definition says so.",
            "Partis avant le seuil de 5 s après l'entrée en file. Absents des deux côtés des "
            "taux, sauf mention contraire.",
        ),
    },
    runbook=text(
        "Many at once point to a dialler, a wrong number in print or a faulty greeting: call "
        "the number yourself.",
        "Un afflux trahit un automate d'appel, un numéro mal imprimé ou un accueil en panne : "
        "appelez vous-même le numéro.",
    ),
    examples=(
        Example("Short abandon", worked.SHORT, "10:05:00", {"default": 1}),
        Example(
            "At the limit",
            worked.SHORT,
            "10:05:00",
            {"default": 0},
            settings={"short_abandon_seconds": 3},
        ),
        Example("Wait", worked.WAIT, "10:05:00", {"default": 0}),
    ),
)
