"""A worker in miniature around the product's owner: memory, producer, reads, one step at a time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from streams.core.delta import Positions, decode
from streams.core.log_claim import Identity, Phase
from streams.core.log_load import Loaded
from streams.core.log_owner import Owner
from streams.core.log_search import Read, Reading

from .broker import Broker
from .memory import Memory, Steps

IDENTITY = Identity(cluster_id="simulated", topic_ids={"calls": "1", "tickets": "2"})
LONGEST_RUN = 3


@dataclass
class Flying:
    """A record that the producer has sent; `offset` once the broker appended it."""

    raw: bytes
    offset: int | None = None


class Worker:
    """One process: the group may give it the partition, a SIGKILL takes its memory."""

    def __init__(
        self, name: str, broker: Broker, memory: Callable[[], Memory], rnd: random.Random
    ) -> None:
        self.name = name
        self.broker, self.rnd = broker, rnd
        self._new_memory = memory
        self.owner: Owner | None = None  # None: not running, or nothing assigned
        self.generation = 0
        self.flying: list[Flying] = []
        self.peeked: tuple[int, bytes | None] | None = None  # log's end, after a rebalance
        self.returning = False
        self._forget_all()

    def _forget_all(self) -> None:
        self.memory = self._new_memory()
        self._reading: Reading[Loaded | None] | Reading[bool] | None = None
        self._wanted: Read | None = None
        self.loaded: Loaded | None = None  # set when a load ends, taken by the world's checks
        self.load_began = -1  # how often records had been taken away by then
        self.claim_at = -1

    # -- what the group and the machine do -----------------------------------------------------

    def assign(self, generation: int) -> None:
        """The partition is this worker's, again or for the first time."""
        self.generation = generation
        if self.owner is not None and self.owner.phase is Phase.RUNNING:
            self.returning, self.peeked = True, None
            return
        if self.owner is None:
            self.owner = Owner(IDENTITY)
        self.drop()
        self.owner.assign()

    def drop(self) -> None:
        """Memory and producer are thrown away; what was sent may still arrive."""
        self.broker.ghosts += [sent.raw for sent in self.flying if sent.offset is None]
        self.flying, self.returning, self.peeked = [], False, None
        self._forget_all()

    def kill(self) -> None:
        self.drop()
        self.owner = None

    def lose(self) -> None:
        """It learns that the group gave the partition to another worker."""
        assert self.owner is not None
        self.drop()
        self.owner.stop()

    def fail(self, reason: str) -> None:
        """A send timed out or failed."""
        assert self.owner is not None
        self.owner.failed(reason)
        self.settle_doubt()

    def settle_doubt(self) -> None:
        if self.owner is not None and self.owner.phase is Phase.DOUBT:
            self.drop()

    # -- its own steps ---------------------------------------------------------------------------

    def steps(self) -> Steps:
        """What this worker may do next, apart from taking acks and claiming."""
        owner = self.owner
        if owner is None:
            return []
        if self.returning:
            return [("asks whether it may go on", self._come_back)]
        out: Steps = []
        if self._reading is not None:
            out.append(("reads the log", self._serve))
        if owner.phase is Phase.RUNNING:
            out += self.memory.steps()
        room = owner.unacked < LONGEST_RUN
        due = owner.must_write or not self.memory.clean
        if owner.may_write and room and due and not self.behind_a_claim():
            out.append(("sends a delta", self.send_delta))
        if self._reading is None and owner.next_chunk is not None and self.clean and room:
            out.append(("sends a chunk", self._send_chunk))
        return out

    def behind_a_claim(self) -> bool:
        """Nothing is sent behind a base's claim until its ack came."""
        return any(type(decode(sent.raw)).__name__ == "Claim" for sent in self.flying)

    @property
    def clean(self) -> bool:
        """Nothing is unflushed."""
        return self.memory.clean

    @property
    def reading(self) -> bool:
        return self._reading is not None

    def send_delta(self) -> None:
        """Everything since the last record; empty as a heartbeat."""
        assert self.owner is not None
        self.flying.append(Flying(self.owner.delta(*self.memory.cut())))

    def claim(self) -> None:
        assert self.owner is not None
        self.flying = [Flying(self.owner.claim(owner=self.rnd.randbytes(8), now_ms=0))]

    def open_base(self) -> None:
        assert self.owner is not None
        size = self.rnd.choice((0, 500_000, 1_000_000))
        raw = self.owner.open_base(owner=self.rnd.randbytes(8), now_ms=0, content_bytes=size)
        self.flying.append(Flying(raw))

    def _send_chunk(self) -> None:
        assert self.owner is not None
        assert self.owner.next_chunk is not None
        i, of = self.owner.next_chunk
        raw = self.owner.chunk(self.memory.chunk(i, of))
        assert raw is not None
        self.flying.append(Flying(raw))

    # -- answers of the broker -------------------------------------------------------------------

    def land(self) -> bytes:
        """The oldest record that is on its way arrives at the broker."""
        sent = next(sent for sent in self.flying if sent.offset is None)
        sent.offset = self.broker.append(sent.raw)
        return sent.raw

    def take_ack(self, *, unknown: bool = False) -> Positions | None:
        """The ack of the oldest record; the positions to commit, if any."""
        owner, sent = self.owner, self.flying.pop(0)
        assert owner is not None
        assert sent.offset is not None
        offset = -1 if unknown else sent.offset
        commit = None
        if owner.phase is Phase.CLAIMING:
            self._claim_acked(owner, offset)
        else:
            opening = not owner.may_write
            commit = owner.acked(offset)
            if opening and owner.may_write:
                self._begin(owner.read_back(self.broker.start))
        self.settle_doubt()
        return commit

    def _claim_acked(self, owner: Owner, offset: int) -> None:
        owner.claim_acked(offset)
        if offset >= 0:
            self.load_began, self.claim_at = self.broker.disturbed, offset
            self._begin(owner.load(self.broker.start))

    def _begin(self, reading: Reading[Loaded | None] | Reading[bool]) -> None:
        self._reading, self._wanted = reading, None
        self._advance(None)

    def _serve(self) -> None:
        assert self._wanted is not None
        self._advance(self.broker.read(self._wanted, self.rnd.randint(1, 12)))

    def _advance(self, records: object) -> None:
        assert self._reading is not None
        try:
            self._wanted = self._reading.send(records)  # type: ignore[arg-type]  # None begins it
        except StopIteration as end:
            self._reading = None
            if isinstance(end.value, Loaded):
                self._take_over(end.value)
            self.settle_doubt()

    def _take_over(self, loaded: Loaded) -> None:
        self.memory.load(loaded)
        self.loaded = loaded

    def _come_back(self) -> None:
        """First looks at the end of the log, then decides: others may write in between."""
        assert self.owner is not None
        if self.peeked is None:
            end = self.broker.end
            self.peeked = (end, self.broker.log[-1] if end > self.broker.start else None)
            return
        end, last = self.peeked
        self.returning, self.peeked = False, None
        self.owner.comes_back(end=end, last=last)
        self.settle_doubt()
