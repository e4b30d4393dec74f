"""What the web side needs from a board. The server knows nothing else about it."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from msgspec import Struct

from streams.adapters.web.state import WallboardState

LINE_FIELDS: Final = (
    "at",
    "window",
    "queue",
    "channel",
    "priority",
    "team",
    "agent",
    "group",
    "kpi",
    "definition",
    "part",
    "stat",
    "value",
    "numerator",
    "denominator",
    "samples",
    "unit",
)
"""The fields of a figure's line, in the order in which `vigie replay` prints them."""

DIMENSIONS: Final = ("queue", "channel", "priority", "team", "agent", "group")


class BadQueryError(ValueError):
    """A question that has no answer: the text says what is wrong and what would do."""


class Query(Struct, frozen=True):
    """Which figures somebody asks for; empty means the board's default."""

    windows: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()
    at_s: tuple[int, ...] = ()
    """Instants in whole seconds; a board may refuse those it cannot answer."""


class Readiness(Struct, frozen=True):
    """Whether the figures can be relied on; if not, why, in English words."""

    ready: bool
    reason: str = ""


class BoardSource(Protocol):
    """A board as the web side sees it. All methods but `next_snapshot` answer at once."""

    def wallboard(self, queue: str | None) -> WallboardState | None:
        """The page of everything, or of one queue; None: there is no such queue."""

    def lines(self, query: Query) -> Iterable[Mapping[str, object]]:
        """One mapping of LINE_FIELDS per figure, from a snapshot that will not change meanwhile.

        Raises BadQueryError before the first line, for a KPI, window or instant it does not know.
        """

    def metrics(self, *, openmetrics: bool) -> bytes:
        """The exposition text of now."""

    def readiness(self) -> Readiness:
        """For /readyz."""

    async def next_snapshot(self, after: int) -> int:
        """The number of the newest snapshot, as soon as it is greater than `after`."""
