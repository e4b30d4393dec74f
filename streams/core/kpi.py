"""How a KPI is declared: one frozen value, from which everything else is derived.

A KPI has one or more named definitions; each is a formula over measures. The formula only says what
is divided by what; the board gives the sums of a window (see `streams.core.board.View`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from streams.core.measures import Measure

Measures = tuple[Measure, ...]
Better = Literal["higher", "lower", "neutral"]
Stat = Literal["mean", "p50", "p75", "p90", "p95", "max"]

STATS: Final[tuple[Stat, ...]] = ("mean", "p50", "p75", "p90", "p95", "max")
PERCENTS: Final[dict[Stat, int]] = {"p50": 50, "p75": 75, "p90": 90, "p95": 95}


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things: the sum of counts."""

    of: Measures


@dataclass(frozen=True, slots=True)
class Ratio:
    """Counts divided by counts; no value over zero."""

    over: Measures
    under: Measures


@dataclass(frozen=True, slots=True)
class RatioToDurations:
    """Counts divided by the number of known durations (legs whose wait is known)."""

    over: Measures
    under: Measures


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of durations with its percentiles and maximum; `positive`: zeros are left out."""

    of: Measures
    positive: bool = False


@dataclass(frozen=True, slots=True)
class Max:
    """The longest of some durations, exact."""

    of: Measures


@dataclass(frozen=True, slots=True)
class TimeShare:
    """Time in some states divided by time in more states."""

    over: Measures
    under: Measures


@dataclass(frozen=True, slots=True)
class Level:
    """How many stand now; by part where there are several."""

    of: Mapping[str | None, Measure]


@dataclass(frozen=True, slots=True)
class Oldest:
    """How long the oldest has stood now, 0 when none does; by part where there are several."""

    of: Mapping[str | None, Measure]


Formula = Count | Ratio | RatioToDurations | Mean | Max | TimeShare | Level | Oldest


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages."""

    en: str
    fr: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One way to compute a KPI. `wrong`: kept as a list prints it, though it is misleading."""

    formula: Formula
    help: Text
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Default thresholds; configured ones replace them."""

    warning: float | None = None
    critical: float | None = None
    window: str | None = "15m"


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: lines of `HH:MM:SS[.mmm] subject type key=value…` and what they give.

    `expect` maps a definition (or definition/part/stat parts joined by `:`) to the value.
    `at` is the instant of reading. Settings may be changed by `settings` (keys of a queue).
    """

    name: str
    events: str
    at: str
    expect: Mapping[str, float | int | None]
    settings: Mapping[str, float] = field(default_factory=dict)
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure that a contact centre is steered by, declared once."""

    id: str
    title: Text
    abbreviation: Text
    help: Text
    unit: str
    better: Better
    definitions: Mapping[str, Definition]
    runbook: Text
    bounded: bool = True
    target: Target | None = None
    tile: int | None = None
    """Place on the wallboard; None: not shown by default."""
    sources: tuple[str, ...] = ()
    """Rows of the two French lists, as A1 or B27."""
    examples: tuple[Example, ...] = ()

    @property
    def live(self) -> bool:
        """Whether the figure is a reading of now, without a window."""
        return isinstance(self.definitions["default"].formula, Level | Oldest)

    @property
    def family(self) -> Literal["contacts", "agents"]:
        """The lives that the figure is about."""
        return "agents" if first_measure(self.definitions["default"].formula).whole else "contacts"


def first_measure(formula: Formula) -> Measure:
    """Any measure of a formula, to tell which lives it is about."""
    match formula:
        case Ratio(over=measures) | RatioToDurations(over=measures) | TimeShare(over=measures):
            return measures[0]
        case Level(of=parts) | Oldest(of=parts):
            return next(iter(parts.values()))
        case Count(of=measures) | Mean(of=measures) | Max(of=measures):
            return measures[0]
