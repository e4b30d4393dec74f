"""What a wallboard page shows at one instant: the values that the server sends, nothing computed.

Every struct is frozen and leaves out what has its default, so that a frame stays small. Times are
`_ms` (since 1970, UTC) or `_s`; ratios 0-1; durations in seconds; texts by language code.
"""

from typing import Literal

from msgspec import Struct

State = Literal["live", "catching_up", "worker_silent", "starting", "kafka_unreachable"]
"""`live`: though nothing happens. A quiet night is not an outage."""

Verdict = Literal["good", "warning", "critical", "no_target", "few", "empty", "closed"]
"""`few`: below the minimum sample; `empty`: no value; `closed`: nobody is served just now."""

Level = Literal["info", "warning", "critical"]
Texts = dict[str, str]
"""Language code -> text; English is always there."""


class Message(Struct, frozen=True, omit_defaults=True):
    """Something to tell: the words stand in the language files under `messages.<code>`."""

    code: str
    level: Level = "info"
    values: dict[str, str | int] = {}
    """What the words leave room for; a name ending in `_ms` is an instant."""


class Status(Struct, frozen=True, omit_defaults=True):
    """How far the figures can be trusted: the feed's state and the age of the data."""

    state: State
    since_ms: int | None = None
    """Since when it has been so."""
    age_ms: int | None = None
    """How old the data are: age of the oldest partition's last word; None before the first."""
    reason: Message | None = None
    partitions: int = 0
    behind: int = 0
    """Partitions that are catching up."""
    silent: int = 0
    """Partitions whose worker says nothing."""
    lag_events: int | None = None
    newest_event_ms: int | None = None


class Site(Struct, frozen=True):
    """Whose wallboard it is."""

    name: str
    time_zone: str = "UTC"
    language: str = "en"


class Description(Struct, frozen=True):
    """What a KPI is called and means, from its declaration."""

    title: Texts
    abbreviation: Texts
    help: Texts
    definition: Texts
    """How it is computed."""
    unit: str
    pieces: Literal["counts", "seconds"]
    """What numerator and denominator of a ratio are: things, or time."""
    better: Literal["higher", "lower", "neutral"]


class Tile(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One big figure with its pieces."""

    kpi: str
    window: str | None = None
    """None: a reading of now."""
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    samples: int | None = None
    minimum_sample: int = 0
    verdict: Verdict = "empty"
    warning: float | None = None
    critical: float | None = None
    answer_target_ms: int | None = None
    """Set where a figure depends on it and all queues on the page have the same."""
    since_ms: int | None = None
    """The oldest's start: the page lets the figure tick from it."""
    stats: dict[str, float] = {}
    """`p50`, `p90`, `p95`, `max` of a mean, in its unit."""
    parts: dict[str, float] = {}
    """A breakdown, such as agents by state."""
    trend: tuple[float | None, ...] = ()
    """The last half hour, oldest first, one value every `WallboardState.trend_step_s`."""


class Cell(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One figure in the table of queues."""

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    samples: int | None = None
    verdict: Verdict = "empty"
    since_ms: int | None = None
    window: str | None = None
    """Where it is another than the column's."""


class Column(Struct, frozen=True, omit_defaults=True):
    """One figure of every queue, and its usual window."""

    kpi: str
    window: str | None = None
    """None: a reading of now."""


class Row(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A queue in the table: the worst verdict among its cells, and a cell for each column."""

    name: str
    title: str | None = None
    open: bool = True
    verdict: Verdict = "no_target"
    cells: tuple[Cell, ...] = ()


class WallboardState(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Everything on one page at one instant."""

    number: int
    """Of the snapshot; goes up by one."""
    at_ms: int
    """The instant of reading."""
    site: Site
    status: Status
    queue: str | None = None
    """Whose page it is; None: all queues together."""
    open: bool = True
    tiles: tuple[Tile, ...] = ()
    columns: tuple[Column, ...] = ()
    queues: tuple[Row, ...] = ()
    """Worst first."""
    messages: tuple[Message, ...] = ()
    trend_step_s: int = 30
    kpis: dict[str, Description] = {}
    """By id; a stream sends it at its beginning and when it has changed."""
