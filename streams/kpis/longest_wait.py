"""Longest wait: what the unluckiest customer of the window went through."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Max
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="longest_wait",
    title=text("Longest wait", "Attente la plus longue"),
    abbreviation=text("Longest wait", "Attente max."),
    help=text(
        "The longest wait that ended in the window. Those who still wait are in the longest "
        "wait now.",
        "La plus longue attente terminée dans la période. Ceux qui attendent encore sont dans "
        "la plus ancienne attente.",
    ),
    unit="seconds",
    better="lower",
    definitions={
        "default": definition(
            Max((m.WAIT,)),
            "The longest wait of an answered contact, exact.",
            "La plus longue attente d'un contact décroché, au plus juste.",
        ),
        "incl_abandoned": definition(
            Max((m.WAIT, m.WAIT_ABANDONED)),
            "Of the answered and the abandoned contacts, short abandons left out.",
            "Parmi les contacts décrochés et abandonnés, hors raccrochages immédiats.",
        ),
    },
    runbook=text(
        "See when it happened: a single one is often a contact forgotten between two queues, "
        "several are a lack of agents.",
        "Regardez à quel moment : un cas isolé est souvent un contact oublié entre deux files, "
        "plusieurs trahissent un manque de conseillers.",
    ),
    sources=("B28",),
    examples=(
        Example("Wait", worked.WAIT, "10:05:00", {"default": 10, "incl_abandoned": 60}),
        Example("Hundred", worked.HUNDRED, "10:05:00", {"default": 40, "incl_abandoned": 40}),
        Example(
            "Short abandon", worked.SHORT, "10:05:00", {"default": None, "incl_abandoned": None}
        ),
    ),
)
