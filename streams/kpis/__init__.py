"""The KPI catalogue: one file for each figure that a contact centre is steered by.

Adding a KPI is adding a file of its name that exports `KPI`; it is found here, and everything else
(figures, tile, alert, dashboard, page, tests) follows from it.
"""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from typing import Final

from streams.core.kpi import (
    Count,
    Formula,
    Kpi,
    Level,
    Max,
    Mean,
    Oldest,
    Ratio,
    RatioToDurations,
    TimeShare,
)

HELPERS: Final = frozenset(
    {"examples", "outcomes", "service_level_names", "texts", "words", "worked"}
)
"""Modules of this folder that declare no KPI: what several declarations share."""

_ORDER: Final[tuple[type[Formula], ...]] = (
    Level,
    Oldest,
    Count,
    Ratio,
    RatioToDurations,
    TimeShare,
    Mean,
    Max,
)


def _place(kpi: Kpi) -> tuple[bool, int, str]:
    """Contacts before agents; what stands now, counts, ratios, durations; then by name."""
    formula = type(kpi.definitions["default"].formula)
    return kpi.family == "agents", _ORDER.index(formula), kpi.id


def _catalogue() -> Mapping[str, Kpi]:
    names = {module.name for module in pkgutil.iter_modules(__path__)} - HELPERS
    found = (import_module(f"{__name__}.{name}").KPI for name in names)
    return {kpi.id: kpi for kpi in sorted(found, key=_place)}


CATALOGUE: Final[Mapping[str, Kpi]] = _catalogue()
"""Id -> KPI, in an order that reads well and does not depend on the machine."""
