"""Average agent response delay: how long an agent's phone rings before it is picked up."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Mean
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="average_agent_response_delay",
    title=text("Average agent response delay", "Délai moyen de réponse par conseiller"),
    abbreviation=text("Agent delay", "DMR conseiller"),
    help=text(
        "How quickly agents pick up once their phone rings.",
        "La rapidité des conseillers à décrocher quand leur poste sonne.",
    ),
    unit="seconds",
    better="lower",
    definitions={
        "default": definition(
            Mean((m.RING,)),
            "From the ring at the agent who answered to the answer ÷ contacts that rang.",
            "De la sonnerie chez le conseiller qui répond au décroché ÷ contacts ayant sonné.",
        ),
        "source_b": definition(
            Mean((m.WAIT,)),
            "As list B prints it: the wait in the queue. Wrong: it measures the queue, not the "
            "agent, and is the average speed of answer.",
            "Selon la liste B : l'attente en file. Faux : elle mesure la file et non le "
            "conseiller, et n'est autre que le temps d'attente moyen.",
            wrong=True,
        ),
    },
    runbook=text(
        "Long rings come from agents who do something else while available: agree on pausing "
        "first, or switch on automatic answer.",
        "Les sonneries longues viennent de conseillers occupés ailleurs : convenez de la mise en "
        "pause, ou activez le décroché automatique.",
    ),
    sources=("B30",),
    examples=(
        Example("Ring", worked.RING, "10:05:00", {"default": 5, "source_b": 26}),
        Example("No ring told", worked.HANDLE, "10:10:00", {"default": None, "source_b": 30}),
    ),
)
