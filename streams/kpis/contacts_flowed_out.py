"""Contacts flowed out: how many left the queue for somewhere else, unanswered."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Count, Example, Kpi
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="contacts_flowed_out",
    title=text("Contacts flowed out", "Débordements"),
    abbreviation=text("Flowed out", "Débordés"),
    help=text(
        "Contacts that left the queue without an answer and without hanging up.",
        "Les contacts sortis de la file sans réponse et sans raccrocher.",
    ),
    unit="contacts",
    better="lower",
    definitions={
        "default": definition(
            Count((m.CONTACTS_FLOWED_OUT,)),
            "Sent on by a time-out, an overflow, a key, a closed or empty queue, or to voicemail.",
            "Renvoyés par un délai, un débordement, une touche, une file fermée ou vide, ou "
            "vers la messagerie.",
        ),
    },
    runbook=text(
        "See where they go and whether that queue keeps up. If the overflow was not meant to "
        "open, check the agents logged in and the opening hours.",
        "Regardez où ils vont et si cette file suit. Si le débordement ne devait pas s'ouvrir, "
        "vérifiez les conseillers connectés et les horaires.",
    ),
    examples=(
        Example("Ways out", worked.WAYS_OUT, "10:05:00", {"default": 2}),
        Example("Wait", worked.WAIT, "10:05:00", {"default": 0}),
    ),
)
