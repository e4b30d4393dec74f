"""Average time to abandon: how long those who gave up had waited."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Mean
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="average_time_to_abandon",
    title=text("Average time to abandon", "Attente avant abandon"),
    abbreviation=text("Patience", "Patience"),
    help=text(
        "How long customers bear the wait before they leave.",
        "Combien de temps les clients patientent avant de partir.",
    ),
    unit="seconds",
    better="neutral",
    definitions={
        "default": definition(
            Mean((m.WAIT_ABANDONED,)),
            "Wait of the abandoned contacts ÷ their number; short abandons are left out.",
            "Attente des contacts abandonnés ÷ leur nombre, hors raccrochages immédiats.",
        ),
    },
    runbook=text(
        "Offer the callback and announce the delay before this moment: afterwards they are gone.",
        "Proposez le rappel et annoncez le délai avant ce moment : après, ils sont partis.",
    ),
    examples=(
        Example("Wait", worked.WAIT, "10:05:00", {"default": 60, "default:max": 60}),
        Example("Short abandon", worked.SHORT, "10:05:00", {"default": None}),
    ),
)
