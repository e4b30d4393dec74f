"""Average talk time: how long customer and agent speak with each other."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Mean
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="average_talk_time",
    title=text("Average talk time", "Durée moyenne de conversation"),
    abbreviation=text("Talk", "DMC"),
    help=text(
        "The conversation itself, without hold and without the work after it.",
        "La conversation seule, sans la garde ni le travail qui suit.",
    ),
    unit="seconds",
    better="neutral",
    definitions={
        "default": definition(
            Mean((m.TALK,)),
            "Talk ÷ contacts handled, counted when the work ends.",
            "Conversation ÷ contacts traités, compté à la fin du travail.",
        ),
    },
    runbook=text(
        "Listen to a few: a new question calls for an answer ready to read out, a long script "
        "for scissors.",
        "Écoutez-en quelques-uns : une nouvelle question appelle une réponse toute prête, un "
        "script trop long des coups de ciseaux.",
    ),
    examples=(
        Example("Handle", worked.HANDLE, "10:10:00", {"default": 240, "default:max": 240}),
        Example("Handle and plain", worked.HANDLE + worked.PLAIN, "10:10:00", {"default": 180}),
    ),
)
