"""Answer rate: the share of the contacts dealt with that an agent took."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Ratio
from streams.kpis import worked
from streams.kpis.outcomes import EVERY_DECIDED, OFFERED
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="answer_rate",
    title=text("Answer rate", "Taux de décroché"),
    abbreviation=text("Answer rate", "Décroché"),
    help=text(
        "Of ten customers who wait, how many speak to somebody, soon or late.",
        "Sur dix clients qui attendent, combien parlent à quelqu'un, tôt ou tard.",
    ),
    unit="ratio",
    better="higher",
    definitions={
        "default": definition(
            Ratio((m.CONTACTS_ANSWERED,), OFFERED),
            "Answered ÷ offered; short abandons are in neither side.",
            "Décrochés ÷ offerts ; les raccrochages immédiats ne comptent d'aucun côté.",
        ),
        "source_b": definition(
            Ratio((m.CONTACTS_ANSWERED,), EVERY_DECIDED),
            "As list B prints it: answered ÷ every decided contact, short abandons too.",
            "Selon la liste B : décrochés ÷ tous les contacts dont l'issue est connue, "
            "raccrochages immédiats compris.",
        ),
    },
    runbook=text(
        "See who is available and how many wait. Call agents back from other work, then "
        "announce the delay or offer callbacks.",
        "Regardez qui est disponible et combien attendent. Rappelez des conseillers d'autres "
        "tâches, puis annoncez le délai ou proposez le rappel.",
    ),
    sources=("B22",),
    examples=(
        Example("Hundred", worked.HUNDRED, "10:05:00", {"default": 0.9, "source_b": 0.9}),
        Example("Ways out", worked.WAYS_OUT, "10:05:00", {"default": 0.2, "source_b": 0.2}),
        Example("Short abandon", worked.SHORT, "10:05:00", {"default": None, "source_b": 0}),
        Example("Empty", worked.EMPTY, "10:00:00", {"default": None, "source_b": None}),
    ),
)
