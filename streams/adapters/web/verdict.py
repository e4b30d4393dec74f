"""Good, warning or critical: a figure held against its target."""

from collections.abc import Iterable
from typing import Final, Literal

from streams.adapters.web.state import Verdict
from streams.core.targets import Thresholds

Better = Literal["higher", "lower", "neutral"]
RANKS: Final[dict[Verdict, int]] = {"critical": 2, "warning": 1}


def verdict(
    value: float | None,
    *,
    better: Better,
    thresholds: Thresholds | None,
    samples: int | None = None,
    minimum_sample: int = 0,
    is_open: bool = True,
) -> Verdict:
    """What a value means. A limit is reached below it (higher is better), else at it.

    `samples` is None for counts and live levels, which have no minimum sample.
    """
    if value is None:
        return "empty"
    if samples is not None and samples < minimum_sample:
        return "few"
    if thresholds is None or (thresholds.warning is None and thresholds.critical is None):
        return "no_target"
    if not is_open:
        return "closed"
    if _is_reached(value, thresholds.critical, better):
        return "critical"
    if _is_reached(value, thresholds.warning, better):
        return "warning"
    return "good" if better != "neutral" else "no_target"


def _is_reached(value: float, limit: float | None, better: Better) -> bool:
    if limit is None or better == "neutral":
        return False
    return value < limit if better == "higher" else value >= limit


def rank(what: Verdict) -> int:
    """2 for critical, 1 for warning, else 0."""
    return RANKS.get(what, 0)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several: `good` when any is, `no_target` when none says anything."""
    found = tuple(verdicts)
    order: tuple[Verdict, ...] = ("critical", "warning", "good", "few", "closed")
    return next((name for name in order if name in found), "no_target")
