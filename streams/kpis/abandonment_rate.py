"""Abandonment rate: the share of the contacts dealt with whose customer gave up."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Ratio, Target
from streams.kpis import worked
from streams.kpis.outcomes import EVERY_DECIDED, OFFERED, UNANSWERED
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="abandonment_rate",
    title=text("Abandonment rate", "Taux d'abandon"),
    abbreviation=text("Abandonment", "Abandon"),
    help=text(
        "Of a hundred customers who wait, how many leave before we answer.",
        "Sur cent clients qui attendent, combien partent avant notre réponse.",
    ),
    unit="ratio",
    better="lower",
    definitions={
        "default": definition(
            Ratio((m.CONTACTS_ABANDONED,), OFFERED),
            "Abandoned ÷ offered, without short abandons.",
            "Abandonnés ÷ offerts, hors raccrochages immédiats.",
        ),
        "incl_short": definition(
            Ratio((m.CONTACTS_ABANDONED, m.CONTACTS_SHORT_ABANDONED), EVERY_DECIDED),
            "The same with short abandons.",
            "De même, raccrochages immédiats compris.",
        ),
        "source_b": definition(
            Ratio(UNANSWERED, EVERY_DECIDED),
            "As list B prints it: all that was not answered, even flow-outs and callbacks.",
            "Selon la liste B : tout ce qui n'est pas décroché, même débordé ou à rappeler.",
        ),
    },
    runbook=text(
        "See the time to abandon: that is how long they bear it. Add agents now, or offer a "
        "callback before that moment.",
        "Regardez l'attente avant abandon : c'est leur limite. Ajoutez des conseillers ou "
        "proposez un rappel avant ce moment.",
    ),
    target=Target(warning=0.05, critical=0.10),
    tile=4,
    sources=("B36",),
    examples=(
        Example("Wait", worked.WAIT, "10:05:00", {"default": 0.1, "source_b": 0.1}),
        Example("Ways out", worked.WAYS_OUT, "10:05:00", {"default": 0, "source_b": 0.8}),
        Example("Short abandon", worked.SHORT, "10:05:00", {"default": None, "incl_short": 1}),
        Example("Empty", worked.EMPTY, "10:00:00", {"default": None, "source_b": None}),
    ),
)
