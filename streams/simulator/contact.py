"""A contact of the simulated centre, and the line in which contacts wait."""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from streams.simulator.centre import Queue
from streams.simulator.writing import Source

if TYPE_CHECKING:
    from streams.simulator.staff import Agent, Pool

PRIORITY_BONUS_MS: Final = {"urgent": 240_000, "high": 90_000, "normal": 0, "low": 0}
_OWN_QUEUE_BONUS_MS: Final = 15_000


class Contact:
    """One customer's contact. `stage` grows with each change: what was planned before is stale."""

    __slots__ = (
        "agent", "answered_ms", "channel", "customer", "gives_up_ms", "held_ms", "held_since_ms",
        "is_test", "key", "leaves", "leaves_ms", "legs", "outbound", "priority", "queue",
        "queued_ms", "source", "stage", "subject", "talk_until_ms",
    )  # fmt: skip

    def __init__(
        self, subject: str, source: Source, line: "Line", channel: str, customer: str
    ) -> None:
        self.subject = subject
        self.key = subject.encode()
        self.source = source
        self.queue = line
        self.channel = channel
        self.customer = customer
        self.priority = "normal"
        self.is_test = False
        self.outbound = False
        self.legs = 0
        self.stage = 0
        self.queued_ms = 0
        self.gives_up_ms = 0
        self.leaves_ms = 0
        self.leaves: Callable[[Contact], None] | None = None
        """How the contact will leave the queue at `leaves_ms` when nobody answers."""
        self.agent: Agent | None = None
        self.answered_ms = 0
        self.talk_until_ms = 0
        self.held_since_ms = 0
        self.held_ms = 0


class Line:
    """The contacts that wait in one queue; urgent ones in a lane of their own."""

    __slots__ = ("lanes", "name_json", "pools", "queue", "stage", "surge_percent", "surge_until_ms",
                 "talk_ms", "waiting", "wrapup_ms")  # fmt: skip

    def __init__(self, queue: Queue, name_json: str) -> None:
        self.queue = queue
        self.name_json = name_json
        self.talk_ms = queue.talk_seconds * 1000
        self.wrapup_ms = queue.wrapup_seconds * 1000
        self.lanes: dict[str, deque[tuple[Contact, int]]] = {
            priority: deque() for priority in PRIORITY_BONUS_MS
        }
        self.pools: list[Pool] = []
        """Who serves it, those whose own queue it is first."""
        self.waiting = 0
        self.stage = 0
        self.surge_until_ms = 0
        self.surge_percent = 100

    def sort_pools(self) -> None:
        """Those whose own queue it is come first."""
        self.pools.sort(key=lambda pool: pool.lines.index(self))

    def take_idle(self) -> "Agent | None":
        """An agent who is free for this queue, or None."""
        for pool in self.pools:
            agent = pool.take_idle()
            if agent is not None:
                return agent
        return None

    def is_served(self) -> bool:
        """Whether anybody who serves it is logged on."""
        return any(pool.logged_on for pool in self.pools)

    def put(self, contact: Contact, *, first: bool = False) -> None:
        """The contact waits; `first`: where it stood before an agent did not pick up."""
        self.waiting += 1
        lane = self.lanes[contact.priority]
        _drop_stale(lane)  # while nobody answers, nobody else looks
        entry = (contact, contact.stage)
        if first:
            lane.appendleft(entry)
        else:
            lane.append(entry)

    def leave(self) -> None:
        """One of the waiting is gone; its entry is stale, as its stage has changed."""
        self.waiting -= 1

    def heads(self) -> list[Contact]:
        """The first waiting of each lane."""
        found = []
        for lane in self.lanes.values():
            _drop_stale(lane)
            if lane:
                found.append(lane[0][0])
        return found

    def everyone(self) -> list[Contact]:
        """All who wait, in order."""
        lanes = self.lanes.values()
        return [contact for lane in lanes for contact, stage in lane if contact.stage == stage]


def _drop_stale(lane: deque[tuple[Contact, int]]) -> None:
    """Those who left from the front of the lane."""
    while lane and lane[0][0].stage != lane[0][1]:
        lane.popleft()


def next_for(pool: "Pool") -> Contact | None:
    """Whom an agent of this pool takes next: who waited longest, with a bonus for the urgent."""
    best: Contact | None = None
    best_ms = 0
    for place, line in enumerate(pool.lines):
        if not line.waiting:
            continue
        for contact in line.heads():
            since_ms = contact.queued_ms - PRIORITY_BONUS_MS[contact.priority]
            if place == 0:
                since_ms -= _OWN_QUEUE_BONUS_MS
            if best is None or since_ms < best_ms:
                best, best_ms = contact, since_ms
    return best
