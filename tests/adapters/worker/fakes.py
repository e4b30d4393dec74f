"""A log, a source and dead letters in memory that fail when told to; what the log then says."""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from streams.adapters.board.feed import Feed
from streams.adapters.source import Place, Progress, SourceAwayError
from streams.adapters.worker.intake import DeadLetter, Intake
from streams.adapters.worker.service import Worker
from streams.core.board import Board
from streams.core.calendar import parse_window
from streams.core.events import Decoder
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.log_claim import Identity
from streams.core.log_search import Reading
from streams.core.targets import Rules

T = TypeVar("T")
TOPIC = "calls"
RULES = Rules()
IDENTITY = Identity(cluster_id="c", topic_ids={TOPIC: "t"})
Fault = Callable[["MemoryLog", int, bytes], int]
"""What happens instead of an append: gives the acked offset, or raises."""


class Record(NamedTuple):
    """As aiokafka gives it."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


class Writer:
    """A producer of the log in memory."""

    def __init__(self, log: "MemoryLog", partition: int) -> None:
        self.log, self.partition, self.closed = log, partition, False

    async def append(self, raw: bytes) -> int:
        await self.log.gate.wait()
        await asyncio.sleep(0)
        if self.log.faults:
            return self.log.faults.popleft()(self.log, self.partition, raw)
        return self.log.write(self.partition, raw)

    def close(self) -> None:
        self.closed = True


class MemoryLog:
    """The delta log of a test; `faults` are used up one by one, `gate` holds appends up."""

    def __init__(self) -> None:
        self.records: dict[int, list[bytes]] = defaultdict(list)
        self.faults: deque[Fault] = deque()
        self.gate = asyncio.Event()
        self.gate.set()
        self.reading = asyncio.Event()
        self.reading.set()

    def write(self, partition: int, raw: bytes) -> int:
        self.records[partition].append(raw)
        return len(self.records[partition]) - 1

    async def writer(self, partition: int) -> Writer:
        return Writer(self, partition)

    async def run(self, partition: int, reading: Reading[T]) -> T:
        await self.reading.wait()
        answer: Any = None
        while True:
            try:
                wanted = reading.send(answer)
            except StopIteration as end:
                found: T = end.value
                return found
            await asyncio.sleep(0)
            part = self.records[partition][wanted.first : wanted.stop]
            answer = list(enumerate(part, wanted.first))

    async def start_of(self, partition: int) -> int:
        return 0

    async def end_of(self, partition: int) -> int:
        return len(self.records[partition])

    async def last_of(self, partition: int) -> tuple[int, bytes | None]:
        records = self.records[partition]
        return len(records), records[-1] if records else None


class MemorySource:
    """Events by partition; `pump` hands over what is due, as Faust would."""

    topics = (TOPIC,)

    def __init__(self) -> None:
        self.events: dict[int, list[Record]] = defaultdict(list)
        self.next: dict[int, int] = {}
        self.paused: set[int] = set()
        self.commits: dict[Place, int] = {}
        self.refuse = self.away = False
        self.begins = 0

    def _ask(self) -> None:
        if self.away:
            raise SourceAwayError("away")

    async def commit(self, positions: Mapping[Place, int]) -> bool:
        self._ask()
        if not self.refuse:
            self.commits.update(positions)
        return not self.refuse

    async def confirm(self, partitions: Collection[int]) -> bool:
        self._ask()
        return not self.refuse

    async def committed(self, places: Collection[Place]) -> dict[Place, int | None]:
        self._ask()
        return {place: self.commits.get(place) for place in places}

    async def beginning_offsets(self, places: Collection[Place]) -> dict[Place, int]:
        self._ask()
        return dict.fromkeys(places, self.begins)

    async def end_offsets(self, places: Collection[Place]) -> dict[Place, int]:
        self._ask()
        return {place: len(self.events[place[1]]) for place in places}

    def progress(self, place: Place) -> Progress | None:
        self._ask()
        at = self.next.get(place[1])
        return None if at is None else Progress(at, len(self.events[place[1]]), 0)

    def reached_ends(self, partition: int, now_ms: int) -> bool:
        self._ask()
        return self.next.get(partition, 0) >= len(self.events[partition])

    def pause(self, partitions: Collection[int]) -> None:
        self._ask()
        self.paused.update(partitions)

    async def resume(
        self, partitions: Collection[int], positions: Mapping[Place, int] | None = None
    ) -> None:
        self._ask()
        self.paused.difference_update(partitions)
        for (_, number), at in (positions or {}).items():
            self.next[number] = at

    def assign(self, positions: Mapping[Place, int]) -> None:
        self.paused.clear()
        self.next = {number: at for (_, number), at in positions.items()}

    def pump(self, worker: Worker, size: int = 1_000) -> None:
        for number, at in list(self.next.items()):
            records = self.events[number][at : at + size]
            if records and number not in self.paused:
                self.next[number] = at + len(records)
                worker.on_fetch(TOPIC, number, records)


class Letters:
    """Dead letters that were sent."""

    def __init__(self) -> None:
        self.sent: list[DeadLetter] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, letters: Sequence[DeadLetter]) -> None:
        await self.gate.wait()
        self.sent += letters


class Bench:
    """A worker with all of that."""

    def __init__(self, log: MemoryLog | None = None, source: MemorySource | None = None) -> None:
        self.log = log or MemoryLog()
        self.source, self.letters = source or MemorySource(), Letters()
        self.failures: list[Exception] = []
        self.worker = self.made()

    def made(self, base_earliest_ms: int = 10**9) -> Worker:
        worker = Worker(
            around=Surroundings(RULES), identity=IDENTITY, log=self.log,
            dead_letters=self.letters, intake=Intake(Decoder(), maximum_names=500, wall_ms=None),
            fail=self.failures.append, base_earliest_ms=base_earliest_ms,
        )  # fmt: skip
        worker.source = self.source
        return worker

    async def assign(self, *partitions: int) -> None:
        self.source.assign(await self.worker.on_assigned(frozenset(partitions)))

    def add(self, number: int, count: int, size: int = 0) -> None:
        """So many contacts that are queued, as records of a partition."""
        events = self.source.events[number]
        now_ms = time.time_ns() // 1_000_000
        for _ in range(count):
            subject = f"{number}-{len(events)}" + "x" * size
            value = {
                "specversion": "1.0", "id": subject, "source": "pbx", "type": "contact.queued",
                "time": "2026-11-25T09:00:00Z", "subject": subject, "data": {"queue": "Support"},
            }  # fmt: skip
            raw = json.dumps(value).encode()
            events.append(Record(len(events), now_ms, subject.encode(), raw))

    async def until(self, true: Callable[[], bool], seconds: float = 15) -> None:
        """Events flow until something holds."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, "not so in time"
            assert not self.failures, self.failures
            self.source.pump(self.worker)
            await asyncio.sleep(0.005)

    async def all_written(self) -> None:
        """Until the log has every event that there is."""
        await self.until(
            lambda: all(
                (owned := self.worker.owned.get(n)) is not None
                and owned.settled
                and counted(self.log, n).counters["events"] >= len(events)
                for n, events in self.source.events.items()
                if n in self.source.next
            )
        )

    async def end(self) -> None:
        await self.worker.on_shutdown()


def counted(log: MemoryLog, number: int) -> Any:
    """What a board reads from the log: counters, and how many wait."""
    board = Board(RULES, [parse_window("1h")])
    feed = Feed(board)
    records = log.records[number]
    feed.begin(number, start=0, end=len(records))
    for offset, raw in enumerate(records):
        feed.read(number, offset, raw, 1)
    found = feed.partitions[number]
    return type("Counted", (), {
        "counters": found.counters, "claims": found.claims, "board": board,
        "passed_over": feed.passed_over,
    })  # fmt: skip


def waiting(log: MemoryLog, number: int) -> int:
    """How many contacts wait, says the log."""
    board = counted(log, number).board
    return sum(standing.count for standing in board.standing.values())
