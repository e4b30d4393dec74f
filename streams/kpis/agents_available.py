"""Agents available: how many could take the next contact at this moment."""

from typing import Final

from streams.core.kpi import Example, Kpi, Level, Target
from streams.core.measures import AGENTS
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="agents_available",
    title=text("Agents available", "Conseillers disponibles"),
    abbreviation=text("Available", "Disponibles"),
    help=text(
        "Agents who wait for a contact.",
        "Les conseillers qui attendent un contact.",
    ),
    unit="agents",
    better="higher",
    definitions={
        "default": definition(
            Level({None: AGENTS["available"]}),
            "In the state available now; an agent of two queues counts in both, once overall.",
            "À l'état disponible ; celui qui sert deux files compte dans chacune, une fois au "
            "total.",
        ),
    },
    runbook=text(
        "Nobody is free while the queue is open: call agents back from breaks and other work, "
        "and see whether logging in works.",
        "Personne n'est libre alors que la file est ouverte : rappelez les conseillers en pause "
        "ou sur d'autres tâches et vérifiez que la connexion fonctionne.",
    ),
    # Below one, which is none: a queue without anybody free can only make customers wait.
    target=Target(critical=1, window=None),
    tile=6,
    examples=(
        Example("Empty", worked.EMPTY, "10:00:00", {"default": 3}),
        Example("Agents", worked.AGENTS, "09:10:00", {"default": 2}),
        Example("Agents, nobody free", worked.AGENTS, "09:56:00", {"default": 0}, queue="q"),
    ),
)
