"""What the worker is given to read: whole fetches of events, and where each of them lies.

The seam between Kafka and the engine, free of Faust. ``faust_worker.FaustWorker`` is the `Source`;
the engine with its delta log is the `Processor`. Unit of ownership is the partition number p of
*all* input topics together.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

#: Where a record lies: (topic, partition).
Place: TypeAlias = tuple[str, int]


class Record(Protocol):
    """One record as Kafka gives it; ``timestamp`` is Kafka's record time, Unix ms."""

    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


class Progress(NamedTuple):
    """How far one partition was read, as of the broker's newest answer about it."""

    position: int
    """The next offset to fetch; beyond the last record where transactions left markers."""
    end: int
    """The offset after the last one that a reader of committed records can reach."""
    asked_ms: int
    """Unix time of that answer."""


class SourceSettings(NamedTuple):
    """How to read; the defaults are measured (docs/design.md, "Fetching well")."""

    bootstrap: str
    group: str
    topics: tuple[str, ...]
    #: Further arguments of every aiokafka client: security_protocol, ssl_context, sasl_…
    client_options: Mapping[str, Any] = {}
    fetch_max_wait_ms: int = 50
    fetch_min_bytes: int = 32 * 1024
    fetch_max_bytes: int = 256 * 1024
    """Per partition: batches of 2 000-4 000 events, so that no step holds the loop for 100 ms."""
    session_timeout_seconds: float = 6.0
    heartbeat_seconds: float = 1.5
    metadata_seconds: float = 60.0
    """After so long at the latest a topic that was deleted or enlarged is noticed."""


Condition: TypeAlias = Literal["connecting", "unreachable", "joining", "running", "stopped"]


class SourceState(NamedTuple):
    """Whether events can come in, for /readyz and the tiles."""

    condition: Condition
    since_ms: int
    """Unix time at which the condition began; of "unreachable", the newest sign of life."""
    reason: str = ""


#: Told of each change of state, in the loop.
StateListener: TypeAlias = Callable[[SourceState], None]


class SourceError(Exception):
    """The worker cannot go on: says what, where and what to do."""


class SourceAwayError(SourceError):
    """The input is not being read at the moment: Kafka is away, or Faust is starting anew."""


class SourceWentBackError(SourceError):
    """The source ends before what was read: its tail was lost, or the topic was made anew."""

    def __init__(self, place: Place, expected: int, found: int) -> None:
        super().__init__(
            f"{place[0]} partition {place[1]}: read up to offset {expected}, but the topic now "
            f"goes on at {found}: its tail was lost or it was made anew"
        )
        self.place = place
        self.expected = expected
        self.found = found


class Processor(Protocol):
    """What is done with the events. Every method is called in the worker's loop.

    An exception from any of them ends the worker (`FaustWorker.wait` raises it).
    """

    def on_fetch(self, topic: str, partition: int, records: Sequence[Record]) -> None:
        """Take at least one record, in offset order, each once between two positions given.

        At most 1 000 at a time; must not hold the loop for 100 ms.
        """

    async def on_assigned(self, partitions: frozenset[int]) -> Mapping[Place, int]:
        """Load the state of exactly these partitions; none of their events flows before.

        Called after every rebalance with all that is owned now (maybe nothing; those kept are
        among them). Returns where to go on, for every topic of every partition. Cancelled when
        the next rebalance comes first.
        """

    async def on_revoked(self, partitions: frozenset[int]) -> None:
        """Flush, in at most 2 s: no event comes any more. Memory may be kept until on_assigned.

        A partition may be named that on_assigned had not finished loading.
        """

    async def on_shutdown(self) -> None:
        """Flush, in at most 2 s, for good; commits still work. Called once, also before any
        assignment."""

    def on_went_back(self, error: SourceWentBackError) -> None:
        """That partition number was paused; raise ``error`` to end, or wait for the operator."""


class Source(Protocol):
    """What the processor can ask for and say."""

    @property
    def topics(self) -> tuple[str, ...]:
        """The input topics."""

    async def commit(self, positions: Mapping[Place, int]) -> bool:
        """Tell the group how far we are. False: refused, these are not ours any more.

        Raises TimeoutError, a KafkaError or SourceAwayError when Kafka did not answer (nothing
        depends on it); so do all below that have to ask.
        """

    async def confirm(self, partitions: Collection[int]) -> bool:
        """Commit what the group has, only to learn whether we are (still) the owner (R3)."""

    async def committed(self, places: Collection[Place]) -> dict[Place, int | None]:
        """What the group has; None where nothing was ever committed."""

    async def beginning_offsets(self, places: Collection[Place]) -> dict[Place, int]:
        """The first offsets that retention has left."""

    async def end_offsets(self, places: Collection[Place]) -> dict[Place, int]:
        """The offsets after the last committed records."""

    def progress(self, place: Place) -> Progress | None:
        """How far it was fetched, and where it ends; None before the first answer."""

    def reached_ends(self, partition: int, now_ms: int) -> bool:
        """All was read and handed over that any topic had in the last 5 seconds."""

    def pause(self, partitions: Collection[int]) -> None:
        """Hand over nothing more of these, from now on."""

    async def resume(
        self, partitions: Collection[int], positions: Mapping[Place, int] | None = None
    ) -> None:
        """Go on at ``positions``, or, where they say nothing, after the last record handed over."""
