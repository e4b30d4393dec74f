"""The life of an agent: stretches of states, each holding until the next event.

An agent counts once for everything, once in each queue served and once in each configured group of
queues: the sum of queues is not the total. Time in state is booked where it passes.
"""

from collections.abc import Sequence
from typing import Any, Final, Self

from streams.core.events import Event
from streams.core.facts import Fact, Group
from streams.core.lifecycle.leg import NEVER
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.measures import AGENT_TIME, AGENTS, IDLE, NUMBERS

_LEVEL: Final = {state: NUMBERS[measure.name] for state, measure in AGENTS.items()}
_TIME: Final = {state: NUMBERS[measure.name] for state, measure in AGENT_TIME.items()}
_IDLE: Final = NUMBERS[IDLE.name]


class Agent:
    """One agent as events have told it so far."""

    __slots__ = (
        "agent",
        "cell",
        "edge_ms",
        "idle_ms",
        "queues",
        "since_ms",
        "state",
        "surroundings",
        "team",
    )

    def __init__(self, surroundings: Surroundings, agent: str) -> None:
        self.surroundings = surroundings
        self.agent = agent
        self.state = "offline"
        self.team: str | None = None
        self.queues: tuple[str, ...] = ()
        self.since_ms = 0
        self.edge_ms = 0
        """Since when the present groups hold: a stretch goes on when only the queues change."""
        self.idle_ms: int | None = None
        """Length of the available stretch that ended, while the agent's telephone rings."""
        self.cell = surroundings.places.cell(())
        """That of all groups the agent counts in, as one place."""

    def step(self, event: Event, out: list[Fact]) -> None:
        """Applies the next event in order; its facts are added to `out`."""
        data, at = event.data, event.time_ms
        if data.team is not None:
            self.team = data.team
        if data.queues is not None:
            self.queues = tuple(data.queues)
        cell = self._cell(event)
        before, after = self.state, data.state
        if after == before and cell == self.cell:
            return
        self._edge(at, -1, out)
        if after != before:
            self._idle(before, after, at, cell, out)
            self.since_ms = at
        self.state, self.cell, self.edge_ms = after, cell, at
        self._edge(at, 1, out)

    def _cell(self, event: Event) -> int:
        """The groups the agent counts in; configured groups are read once, with the event."""
        around = self.surroundings
        captured = event.captured
        if captured is None or tuple(captured[0]) != self.queues:  # read for other queues
            names = {g for queue in self.queues for g in around.rules.groups_of(queue)}
            captured = event.captured = (self.queues, tuple(sorted(names)))
        agent = self.agent if around.agents else None
        groups = [Group(team=self.team, agent=agent)]
        groups += [Group(queue=queue, team=self.team, agent=agent) for queue in self.queues]
        groups += [Group(group=name) for name in captured[1]]
        return around.places.cell(tuple(groups))

    def _idle(self, before: str, after: str, at: int, cell: int, out: list[Fact]) -> None:
        """An available stretch counts when a contact ends it, directly or through ringing."""
        if before == "available":
            self.idle_ms = at - self.since_ms
        if after == "on_contact" and self.idle_ms is not None:
            out.append((cell | _IDLE, at // 1000, self.idle_ms, 1))
        if after != "ringing":
            self.idle_ms = None

    def _edge(self, at: int, n: int, out: list[Fact]) -> None:
        level, time = _LEVEL.get(self.state), _TIME.get(self.state)
        if level is not None:
            out.append((self.cell | level, self.since_ms // 1000, self.since_ms % 1000, n))
        if time is not None:
            out.append((self.cell | time, at // 1000, at % 1000, n))

    def fire(self, now_ms: int, out: list[Fact]) -> None:
        """Time alone decides nothing in an agent's life."""

    def due_ms(self) -> int:
        """Never."""
        return NEVER

    @property
    def deleted(self) -> bool:
        """Agents are not deleted."""
        return False

    def over(self) -> bool:
        """Whether the agent is logged off."""
        return self.state == "offline"

    def standing(self) -> list[Fact]:
        """The levels and open stretches that stand now, for a base of the delta log."""
        out: list[Fact] = []
        self._edge(self.edge_ms, 1, out)
        return out

    def packed(self) -> list[Any]:
        """The state in plain values, where older events are folded away."""
        place = self.surroundings.places.place(self.cell)
        stretch = [self.since_ms, self.edge_ms, self.idle_ms]
        return [self.state, self.team, self.queues, *stretch, place]

    @classmethod
    def unpacked(cls, around: Surroundings, name: str, values: list[Any]) -> Self:
        """The state in these values (see `packed`)."""
        agent = cls(around, name)
        agent.state, agent.team, queues, *stretch, place = values
        agent.since_ms, agent.edge_ms, agent.idle_ms = stretch
        agent.queues = tuple(queues)
        agent.cell = around.places.cell(tuple(Group(*group) for group in place))
        return agent


def goes_last(_agent: Agent, before: Sequence[Event], event: Event) -> bool:
    """Whether an event of the same instant as the last one comes after it."""
    return event.key > before[-1].key


def next_of(_agent: Agent, _waiting: Sequence[Event]) -> int:
    """Events of one instant are applied in the order of the life."""
    return 0
