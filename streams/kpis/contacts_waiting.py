"""Contacts waiting: how many customers wait for an agent at this moment."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Level, Target
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="contacts_waiting",
    title=text("Contacts waiting", "Appels en attente"),
    abbreviation=text("Waiting", "En attente"),
    help=text(
        "The queue right now.",
        "La file d'attente en ce moment.",
    ),
    unit="contacts",
    better="lower",
    definitions={
        "default": definition(
            Level({None: m.CONTACTS_WAITING}),
            "Queued and not yet answered, abandoned, flowed out or turned into a callback.",
            "En file, ni décrochés, ni abandonnés, ni débordés, ni à rappeler.",
        ),
    },
    runbook=text(
        "Nobody available: bring agents in or offer callbacks. Agents available and people "
        "waiting: the routing does not match them, check queues and skills.",
        "Personne de disponible : faites venir des conseillers ou proposez le rappel. Des "
        "conseillers disponibles et une attente : vérifiez files et compétences, le routage "
        "ne les réunit pas.",
    ),
    target=Target(warning=5, window=None),
    tile=2,
    examples=(
        Example("Still waiting", worked.STILL_WAITING, "10:00:25", {"default": 1}),
        Example("Wait, before", worked.WAIT, "10:00:05", {"default": 100}),
        Example("Wait, after", worked.WAIT, "10:05:00", {"default": 0}),
        Example("Empty", worked.EMPTY, "10:00:00", {"default": 0}),
    ),
)
