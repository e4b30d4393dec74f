"""Longest wait now: how long the customer at the head of the queue has been waiting."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Oldest, Target
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="longest_wait_now",
    title=text("Longest wait now", "Plus ancienne attente"),
    abbreviation=text("Longest now", "Plus ancien"),
    help=text(
        "The age of the oldest contact in the queue; it grows every second without any event.",
        "L'âge du plus ancien contact en file ; il croît chaque seconde sans aucun événement.",
    ),
    unit="seconds",
    better="lower",
    definitions={
        "default": definition(
            Oldest({None: m.CONTACTS_WAITING}),
            "Now minus the moment since when the oldest waits; 0 when nobody does.",
            "Maintenant moins le début de la plus ancienne attente ; 0 si personne n'attend.",
        ),
    },
    runbook=text(
        "Have that very contact answered. Alone in an otherwise quiet queue, it is forgotten "
        "or misrouted; with others behind it, agents are short.",
        "Faites décrocher ce contact. Seul dans une file calme, il est oublié ou mal routé ; "
        "suivi par d'autres, il manque des conseillers.",
    ),
    target=Target(warning=120, window=None),
    tile=3,
    sources=("B28",),
    examples=(
        Example("Still waiting", worked.STILL_WAITING, "10:00:25", {"default": 25}),
        Example("Wait", worked.WAIT, "10:00:59", {"default": 59}),
        Example("Wait, after", worked.WAIT, "10:05:00", {"default": 0}),
        Example("Empty", worked.EMPTY, "10:00:00", {"default": 0}),
    ),
)
