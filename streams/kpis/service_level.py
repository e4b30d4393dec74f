"""Service level: the share of the contacts that were answered within the promised time."""

from typing import Final

from streams.core.kpi import Kpi, Target
from streams.kpis.service_level_names import DEFINITIONS, EXAMPLES
from streams.kpis.texts import text

KPI: Final[Kpi] = Kpi(
    id="service_level",
    title=text("Service level", "Niveau de service"),
    abbreviation=text("SL", "QS"),
    help=text(
        "Whether we keep our promise: answered within 20 s, or within the queue's own target.",
        "Si nous tenons parole : décroché en 20 s au plus, ou dans le délai propre à la file.",
    ),
    unit="ratio",
    better="higher",
    definitions=DEFINITIONS,
    runbook=text(
        "Compare contacts waiting with agents available. Agents short: end other work, move "
        "breaks, open the overflow. Agents there: look for phones that ring unanswered.",
        "Comparez les appels en attente et les conseillers disponibles. S'ils manquent : cessez "
        "les autres tâches, décalez les pauses, ouvrez le débordement. S'ils sont là : cherchez "
        "les postes qui sonnent sans réponse.",
    ),
    target=Target(warning=0.80, critical=0.60),
    tile=1,
    sources=("B27",),
    examples=EXAMPLES,
)
