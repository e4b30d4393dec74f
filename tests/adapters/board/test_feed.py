"""A board's reading of the log: sums, rebuilds, resets, and levels from a base in the middle."""

from typing import Any

import pytest

from streams.adapters.board.feed import Feed, RebuildNeededError
from streams.core.board import Board
from streams.core.calendar import parse_window
from streams.core.delta import (
    MAGIC,
    Chunk,
    Claim,
    Content,
    Delta,
    NewerRecordError,
    encode,
    fine_shard,
    pack,
)
from streams.core.measures import CONTACTS_WAITING
from streams.core.targets import Rules

QUEUE = ("Support", None, None, None, None, None)
OWNER = b"12345678"


class Log:
    """Records as an owner writes them."""

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self.claim_at, self.n = -1, 0
        self.last: Any = None
        self.at = 0

    def claim(self) -> int:
        claim = Claim(owner=OWNER, cluster_id="c", topic_ids={}, settings="s", key="", release="")
        self.records.append(encode(claim))
        self.claim_at, self.n = len(self.records) - 1, 0
        return self.claim_at

    def _numbered(self) -> dict[str, Any]:
        self.n += 1
        found = {
            "claim": self.claim_at, "owner": OWNER, "n": self.n,
            "after": self.last if self.n == 1 else None,
        }  # fmt: skip
        self.last = (self.claim_at, OWNER, self.n)
        return found

    def delta(self, levels: dict[str, int], events: int = 0, *, reset: bool = False) -> None:
        record = Delta(
            **self._numbered(),
            from_={"calls": self.at} if self.at else {},
            to={"calls": self.at + 1},
            reset=reset,
            body=pack(content(levels, events)),
        )
        self.at += 1
        self.records.append(encode(record))

    def chunk(self, i: int, of: int, levels: dict[str, int]) -> None:
        record = Chunk(
            **self._numbered(), i=i, of=of, to={"calls": self.at}, body=pack(content(levels))
        )
        self.records.append(encode(record))


def content(levels: dict[str, int], events: int = 0) -> Content:
    """Contacts of these names that wait (or, negative, wait no more)."""
    flat: list[int] = []
    for name, n in levels.items():
        flat += (fine_shard(name), 0, 0, 1_000, 0, n)
    return Content(
        measures=[CONTACTS_WAITING.name], groups=[QUEUE], levels=flat,
        counters={"events": events} if events else {}, now_ms=5_000, lag_events=3,
    )  # fmt: skip


class Heard:
    """What was told as new."""

    def __init__(self) -> None:
        self.events = 0

    def on_body(self, body: Any, cells: list[int]) -> None:
        self.events += body.counters.get("events", 0)


def reading(log: Log, start: int = 0, live_from: int | None = None) -> tuple[Feed, Heard]:
    heard = Heard()
    feed = Feed(Board(Rules(), [parse_window("1h")]), heard)
    feed.begin(0, start=start, end=len(log.records) if live_from is None else live_from)
    for offset in range(start, len(log.records)):
        feed.read(0, offset, log.records[offset], 77)
    return feed, heard


def waiting(feed: Feed) -> int:
    return sum(standing.count for standing in feed.board.standing.values())


def names(count: int) -> dict[str, int]:
    return {f"c{n}": 1 for n in range(count)}


def test_deltas_add_up_and_the_rest_is_known() -> None:
    log = Log()
    log.claim()
    log.delta(names(5), 5)
    log.delta({"c0": -1}, 1)
    feed, _ = reading(log)
    part = feed.partitions[0]
    assert waiting(feed) == 4
    assert part.counters["events"] == 6
    assert (part.claims, part.heard_ms, part.now_ms, part.lag_events) == (1, 77, 5_000, 3)
    assert part.caught_up


def test_only_what_came_since_the_start_counts_as_new() -> None:
    log = Log()
    log.claim()
    for _ in range(4):
        log.delta({}, 1)
    for live_from in range(6):
        _, heard = reading(log, live_from=live_from)
        assert heard.events == min(4, 5 - live_from)


def test_a_stranger_is_passed_over() -> None:
    log = Log()
    log.claim()
    log.delta(names(2), 2)
    log.records.append(b"hello")
    log.delta({"c0": -1}, 1)
    feed, _ = reading(log)
    assert waiting(feed) == 1
    assert feed.passed_over == {"unreadable": 1}


@pytest.mark.parametrize("of", [1, 4, 256])
def test_levels_come_from_a_base_in_the_middle(of: int) -> None:
    log = Log()
    log.claim()
    log.delta(names(60), 60)
    start = log.claim()
    standing = names(60)
    log.delta({"c3": -1, "new": 1}, 2)
    standing = {**standing, "new": 1}
    del standing["c3"]
    for i in range(of):
        part = {s: n for s, n in standing.items() if fine_shard(s) % of == i}
        log.chunk(i, of, part)
        if i == 0:
            log.delta({"c5": -1, "newer": 1}, 2)
            del standing["c5"]
            standing = {**standing, "newer": 1}
    log.delta({"c7": -1}, 1)
    whole, _ = reading(log)
    middle, _ = reading(log, start=start)
    assert waiting(whole) == waiting(middle) == 59
    assert middle.partitions[0].staged is None


def test_a_base_that_was_never_finished_is_replaced_by_the_next() -> None:
    log = Log()
    log.claim()
    log.delta(names(40), 40)
    start = log.claim()
    half = {s: n for s, n in names(40).items() if fine_shard(s) % 2 == 0}
    log.chunk(0, 2, half)
    log.delta({"c1": -1}, 1)
    log.claim()
    left = {s: n for s, n in names(40).items() if s != "c1"}
    for i in range(2):
        log.chunk(i, 2, {s: n for s, n in left.items() if fine_shard(s) % 2 == i})
    middle, _ = reading(log, start=start)
    assert waiting(middle) == 39


def test_a_live_reading_that_misses_a_record_begins_anew() -> None:
    log = Log()
    log.claim()
    for _ in range(3):
        log.delta(names(1), 1)
    feed, _ = reading(log)
    log.delta({}, 1)
    log.delta({}, 1)
    with pytest.raises(RebuildNeededError, match="numbers are missing"):
        feed.read(0, 5, log.records[5], 78)


def test_a_reset_begins_anew_at_its_claim_and_then_goes_on() -> None:
    log = Log()
    log.claim()
    log.delta(names(9), 9)
    claim = log.claim()
    log.delta(names(2), 2, reset=True)
    with pytest.raises(RebuildNeededError) as raised:
        reading(log)
    assert raised.value.skip == {0: claim}
    feed, _ = reading(log, start=claim)
    assert waiting(feed) == 2


def test_a_newer_release_ends_it() -> None:
    log = Log()
    log.records.append(MAGIC + bytes((99,)) + b"x")
    with pytest.raises(NewerRecordError):
        reading(log)
