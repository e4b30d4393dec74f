"""Law 4. Crash: stop anywhere, resume from the log: the same figures at the same now.

A worker here dies without notice, again and again; what it had not written is read anew. Records go
through their bytes; bases are cut in chunks, as the delta log says. Idle lives are packed early.
"""

import pytest

from streams.core import delta, lives
from streams.core.board import Board
from streams.core.delta import Claim, Content, Delta
from streams.core.engine import Partition
from streams.core.events import Event
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.targets import Rules
from streams.kpis import CATALOGUE
from tests.histories import GROUPINGS, Raw, arrivals
from tests.laws.kit import (
    ALL_WINDOWS,
    Centre,
    Told,
    assert_same,
    decoded,
    over,
    read_off,
    told,
)

CLAIM = Claim(owner=b"12345678", cluster_id="", topic_ids={}, settings="", key="", release="")


def through_the_log(content: Content) -> Content:
    """What a reader gets of a record."""
    record = Delta(claim=0, owner=CLAIM.owner, n=1, from_={}, to={}, body=delta.pack(content))
    read = delta.decode(delta.encode(record))
    assert isinstance(read, Delta)
    return delta.unpack(read.body)


class Log:
    """Records of one partition with the position of the source that each of them covers."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.lives: dict[str, bytes] = {}
        self.last = Content()
        self.position = 0
        self.board = Board(rules, ALL_WINDOWS)
        self.from_base: Board | None = None

    def append(self, content: Content, position: int) -> None:
        """A delta."""
        read = self._keep(content)
        self.position = position
        for board in filter(None, (self.board, self.from_base)):
            board.merge(read)

    def base(self, worker: Partition, of: int) -> None:
        """A base in so many chunks: from here on the log needs nothing older."""
        assert not worker.changed
        self.lives = {}
        self.from_base = Board(self.rules, ALL_WINDOWS)
        for i in range(of):
            read = self._keep(worker.chunk(i, of))
            assert not read.cells
            self.from_base.merge_levels(read.measures, read.groups, read.levels)

    def _keep(self, content: Content) -> Content:
        read = through_the_log(content)
        for key, raw in read.lives.items():
            if raw is None:
                self.lives.pop(key, None)
            else:
                self.lives[key] = raw
        self.last = read
        return read

    def worker(self) -> Partition:
        """A new one, with the state that the log holds."""
        partition = Partition(Surroundings(self.rules))
        last = self.last
        partition.load(
            self.lives,
            now_ms=last.now_ms,
            record_ms=last.record_time_ms,
            newest_event_ms=last.newest_event_ms,
        )
        return partition

    def write(self, worker: Partition, position: int) -> None:
        """A flush, if there is anything to say."""
        if worker.changed:
            self.append(worker.cut(), position)


def play(centre: Told, read: list[Raw], at: int) -> Log:
    """Reads everything, with flushes, timers, bases and crashes in between."""
    choose, log = centre.choose, Log(centre.rules)
    events = [raw for raw in read if _before(raw, centre, at)]
    worker, place = log.worker(), 0
    while place < len(events):
        event = _fresh(events[place], centre)
        worker.take(event, record_ms=0)
        place += 1
        for _ in range(choose.number(2)):
            worker.advance(
                min(event.time_ms + choose.one_of((1, 5_000, 30_001, 120_000)), at * 1000)
            )
        if choose.number(1):
            log.write(worker, place)
        if choose.number(5) == 5:
            log.write(worker, place)
            log.base(worker, choose.one_of((1, 2, 4, 256)))
        if choose.number(5) == 5:  # it dies, owing whatever it had not written
            worker, place = log.worker(), log.position
    worker.advance(at * 1000)
    log.write(worker, place)
    for board in filter(None, (log.board, log.from_base)):
        board.advance(at * 1000, at)
    return log


def _fresh(raw: Raw, centre: Told) -> Event:
    return decoded([raw], centre.rules)[0]


def _before(raw: Raw, centre: Told, at: int) -> bool:
    return _fresh(raw, centre).time_ms < at * 1000


LIVE = {kpi.id: kpi for kpi in CATALOGUE.values() if kpi.live}
"""The figures of now, which a base hands to a board that starts with it."""


def check(number: int) -> None:
    """All figures on a board that read everything, the live ones on one that began at a base."""
    centre = told(number)
    at, by = centre.instant(), centre.choose.one_of(GROUPINGS)
    read = arrivals(centre.choose, centre.raws)
    wanted = read_off(Centre(centre.rules).take(centre.before(at, read)).at(at), by=by)
    log = play(centre, read, at)
    assert_same(wanted, read_off(log.board, by=by), "after crashes")
    if log.from_base is not None:
        live = {place: pieces for place, pieces in wanted.items() if place[1] in LIVE}
        assert_same(live, read_off(log.from_base, by=by, catalogue=LIVE), "from a base")
    # What the log holds is enough: a worker that starts now takes the next event the same way.
    again = log.worker()
    assert not again.changed
    again.take(_fresh(read[0], centre), record_ms=0) if read else None
    assert set(again.counters) <= {"events", "events_late", "duplicates"}


@pytest.fixture(params=[1, 3, 1000], ids="idle after {} records".format)
def _idle(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lives, "IDLE_CUTS", request.param)


@pytest.mark.usefixtures("_idle")
def test_crash(seed: int) -> None:
    over(check, seed, 250)
