"""Average hold time: how long customers are put on hold."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Mean
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="average_hold_time",
    title=text("Average hold time", "Durée moyenne de garde"),
    abbreviation=text("Hold", "Garde"),
    help=text(
        "Music in the middle of the conversation: the agent is looking for an answer.",
        "La musique au milieu de l'appel : le conseiller cherche une réponse.",
    ),
    unit="seconds",
    better="lower",
    definitions={
        "default": definition(
            Mean((m.HOLD,), positive=True),
            "Hold ÷ contacts that were put on hold.",
            "Garde ÷ contacts mis en garde.",
        ),
        "all_contacts": definition(
            Mean((m.HOLD,)),
            "Hold ÷ contacts handled, those never held too.",
            "Garde ÷ contacts traités, y compris ceux qui n'ont pas été mis en garde.",
        ),
    },
    runbook=text(
        "Ask the agents what they were looking for; put that answer where all find it.",
        "Demandez aux conseillers ce qu'ils cherchaient ; mettez la réponse à portée de tous.",
    ),
    examples=(
        Example("Handle", worked.HANDLE, "10:10:00", {"default": 20, "all_contacts": 20}),
        Example(
            "Handle and plain",
            worked.HANDLE + worked.PLAIN,
            "10:10:00",
            {"default": 20, "all_contacts": 10},
        ),
        Example("Plain", worked.PLAIN, "10:10:00", {"default": None, "all_contacts": 0}),
    ),
)
