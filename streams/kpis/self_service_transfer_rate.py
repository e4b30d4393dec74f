"""Self-service transfer rate: the share of the contacts that agents passed to self-service."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Ratio
from streams.kpis import worked
from streams.kpis.outcomes import OFFERED
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="self_service_transfer_rate",
    title=text("Self-service transfer rate", "Transferts vers le self-care"),
    abbreviation=text("To self-service", "Self-care"),
    help=text(
        "How many customers an agent sends to a voice menu, a portal or a bot to finish there.",
        "Combien de clients un conseiller renvoie vers un serveur vocal, un portail ou un bot.",
    ),
    unit="ratio",
    better="neutral",
    definitions={
        "default": definition(
            Ratio((m.SELF_SERVICE_TRANSFERRED,), OFFERED),
            "Answered, then moved on to self-service ÷ offered, counted at the answer.",
            "Décrochés puis renvoyés vers le self-care ÷ offerts, comptés au décroché.",
        ),
        "source_b": definition(
            Ratio((m.SELF_SERVICE_TRANSFERRED,), (m.CONTACTS_ANSWERED,)),
            "As list B prints it: ÷ answered only.",
            "Selon la liste B : ÷ décrochés seulement.",
        ),
    },
    runbook=text(
        "See what they asked: if self-service settles it, offer it before the queue; if they "
        "come back, it does not.",
        "Regardez leur demande : si le self-care y répond, proposez-le avant la file ; s'ils "
        "rappellent, il n'y répond pas.",
    ),
    sources=("B35",),
    examples=(
        Example(
            "Self-service", worked.SELF_SERVICE, "10:10:00", {"default": 0.2, "source_b": 0.25}
        ),
        Example("Transfer", worked.TRANSFER, "10:10:00", {"default": 0, "source_b": 0}),
    ),
)
