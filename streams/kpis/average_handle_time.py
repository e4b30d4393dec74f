"""Average handle time: how long a contact keeps an agent busy, from answer to end of wrap-up."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Mean
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="average_handle_time",
    title=text("Average handle time", "Durée moyenne de traitement"),
    abbreviation=text("AHT", "DMT"),
    help=text(
        "What a contact costs in agent's time: talk, hold and after-contact work.",
        "Ce qu'un contact coûte en temps de conseiller : conversation, garde et post-appel.",
    ),
    unit="seconds",
    better="neutral",
    definitions={
        "default": definition(
            Mean((m.HANDLE,)),
            "Talk + hold + after-contact work ÷ contacts handled, counted when the work ends.",
            "Conversation + garde + post-appel ÷ contacts traités, compté à la fin du travail.",
        ),
        "source_b": definition(
            Mean((m.HANDLE_WITH_WAIT,)),
            "As list B prints it: with the wait in the queue, which keeps no agent busy.",
            "Selon la liste B : attente en file comprise, qui n'occupe pourtant aucun conseiller.",
        ),
    },
    runbook=text(
        "See whether talk, hold or after-contact work has grown: a new question from customers, "
        "a slow tool, or work put off to the end.",
        "Regardez ce qui s'allonge, conversation, garde ou post-appel : une nouvelle question des "
        "clients, un outil lent ou du travail remis à la fin.",
    ),
    sources=("B20",),
    examples=(
        Example("Handle", worked.HANDLE, "10:10:00", {"default": 320, "source_b": 350}),
        Example("Handle, before the wrap-up ends", worked.HANDLE, "10:05:00", {"default": 260}),
        Example("Disorder", worked.DISORDER, "10:05:00", {"default": 168, "source_b": 180}),
    ),
)
