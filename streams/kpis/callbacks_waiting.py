"""Callbacks waiting: how many customers still wait to be called back."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Level
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="callbacks_waiting",
    title=text("Callbacks waiting", "Rappels en attente"),
    abbreviation=text("To call back", "À rappeler"),
    help=text(
        "Promises still to be kept.",
        "Les promesses qui restent à tenir.",
    ),
    unit="contacts",
    better="lower",
    definitions={
        "default": definition(
            Level({None: m.CALLBACKS_WAITING}),
            "Callback asked for and not ended; one without an end drops out after 24 h.",
            "Rappel demandé et non conclu ; un rappel sans suite sort du compte après 24 h.",
        ),
    },
    runbook=text(
        "Give one agent the callbacks until they are done, the oldest first.",
        "Confiez les rappels à un conseiller jusqu'au dernier, le plus ancien d'abord.",
    ),
    examples=(
        Example("Ways out", worked.WAYS_OUT, "10:05:00", {"default": 2}),
        Example("One called back", worked.WAYS_OUT + worked.REACHED, "10:30:00", {"default": 1}),
        Example("Empty", worked.EMPTY, "10:00:00", {"default": 0}),
    ),
)
