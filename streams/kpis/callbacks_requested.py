"""Callbacks requested: how many customers chose to be called back instead of waiting."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Count, Example, Kpi
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="callbacks_requested",
    title=text("Callbacks requested", "Rappels demandés"),
    abbreviation=text("Callbacks", "Rappels"),
    help=text(
        "Customers who left the queue with the promise of a call.",
        "Les clients sortis de la file contre la promesse d'un rappel.",
    ),
    unit="contacts",
    better="neutral",
    definitions={
        "default": definition(
            Count((m.CALLBACKS_REQUESTED,)),
            "Counted when the callback is asked for; not an abandonment.",
            "Compté à la demande de rappel ; ce n'est pas un abandon.",
        ),
    },
    runbook=text(
        "Each one is work for later: make sure that somebody is planned to call back, and watch "
        "the callbacks waiting.",
        "Chacun est du travail pour plus tard : prévoyez qui rappellera et surveillez les "
        "rappels en attente.",
    ),
    examples=(
        Example("Ways out", worked.WAYS_OUT, "10:05:00", {"default": 2}),
        Example("Wait", worked.WAIT, "10:05:00", {"default": 0}),
    ),
)
