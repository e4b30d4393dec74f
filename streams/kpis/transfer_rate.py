"""Transfer rate: the share of the handled contacts that were passed on."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Ratio
from streams.kpis import worked
from streams.kpis.outcomes import OFFERED
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="transfer_rate",
    title=text("Transfer rate", "Taux de transfert"),
    abbreviation=text("Transfers", "Transferts"),
    help=text(
        "How often the first agent cannot settle it and the customer tells the story again.",
        "Combien de fois le premier conseiller ne peut conclure et le client doit tout redire.",
    ),
    unit="ratio",
    better="lower",
    definitions={
        "default": definition(
            Ratio((m.CONTACTS_TRANSFERRED,), (m.CONTACTS_HANDLED,)),
            "Transferred ÷ handled, both counted at the end of the work, in the queue they leave.",
            "Transférés ÷ traités, comptés à la fin du travail, dans la file quittée.",
        ),
        "in": definition(
            Ratio((m.TRANSFERRED_IN,), OFFERED),
            "Contacts that came by a transfer ÷ offered, in the queue they reach.",
            "Contacts arrivés par transfert ÷ offerts, dans la file d'arrivée.",
        ),
    },
    runbook=text(
        "See between which queues. A wrong choice in the menu is mended there; a missing right "
        "or skill with the team.",
        "Regardez entre quelles files. Un mauvais aiguillage se corrige dans le menu vocal ; un "
        "droit ou un savoir-faire manquant, avec l'équipe.",
    ),
    examples=(
        Example("Transfer", worked.TRANSFER + worked.PLAIN, "10:10:00", {"default": 0.5}),
        Example(
            "Transfer, first queue",
            worked.TRANSFER,
            "10:10:00",
            {"default": 1, "in": 0},
            queue="q1",
        ),
        Example(
            "Transfer, second queue",
            worked.TRANSFER,
            "10:10:00",
            {"default": None, "in": 1},
            queue="q2",
        ),
        Example("Handle", worked.HANDLE, "10:10:00", {"default": 0, "in": 0}),
    ),
)
