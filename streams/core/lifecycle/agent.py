"""The life of an agent: stretches of states, each holding until the next event.

An agent counts once for everything, once in each queue served and once in each configured group of
queues: the sum of queues is not the total. Time in state is booked where it passes.
"""

from collections.abc import Sequence
from typing import Any, Final, Self

from streams.core.events import Event
from streams.core.facts import MEASURE_BITS, Fact, Group
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.measures import AGENT_TIME, AGENTS, IDLE, NUMBERS

_LEVEL: Final = {state: NUMBERS[measure.name] for state, measure in AGENTS.items()}
_TIME: Final = {state: NUMBERS[measure.name] for state, measure in AGENT_TIME.items()}
_IDLE: Final = NUMBERS[IDLE.name]
_NEVER: Final = 1 << 62


class Agent:
    """One agent as events have told it so far."""

    __slots__ = (
        "agent", "cells", "edge_ms", "idle_ms", "queues", "since_ms", "state", "surroundings",
        "team",
    )  # fmt: skip

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
        self.cells: tuple[int, ...] = ()

    def step(self, event: Event, out: list[Fact]) -> None:
        """Applies the next event in order; its facts are added to `out`."""
        data, at = event.data, event.time_ms
        if data.team is not None:
            self.team = data.team
        if data.queues is not None:
            self.queues = tuple(data.queues)
        cells = self._cells(event)
        before, after = self.state, data.state
        if after == before and cells == self.cells:
            return
        self._leave(at, out)
        if after != before:
            self._idle(before, after, at, cells, out)
            self.since_ms = at
        self.state, self.cells, self.edge_ms = after, cells, at
        self._enter(at, out)

    def _cells(self, event: Event) -> tuple[int, ...]:
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
        return tuple(around.groups.number(group) << MEASURE_BITS for group in groups)

    def _idle(
        self, before: str, after: str, at: int, cells: tuple[int, ...], out: list[Fact]
    ) -> None:
        """An available stretch counts when a contact ends it, directly or through ringing."""
        if before == "available":
            self.idle_ms = at - self.since_ms
        if after == "on_contact" and self.idle_ms is not None:
            out.extend((cell | _IDLE, at // 1000, self.idle_ms, 1) for cell in cells)
        if after != "ringing":
            self.idle_ms = None

    def _leave(self, at: int, out: list[Fact]) -> None:
        level, time = _LEVEL.get(self.state), _TIME.get(self.state)
        if level is not None:
            second, rest = divmod(self.since_ms, 1000)
            out.extend((cell | level, second, rest, -1) for cell in self.cells)
        if time is not None:
            second, rest = divmod(at, 1000)
            out.extend((cell | time, second, rest, -1) for cell in self.cells)

    def _enter(self, at: int, out: list[Fact]) -> None:
        level, time = _LEVEL.get(self.state), _TIME.get(self.state)
        if level is not None:
            second, rest = divmod(self.since_ms, 1000)
            out.extend((cell | level, second, rest, 1) for cell in self.cells)
        if time is not None:
            second, rest = divmod(at, 1000)
            out.extend((cell | time, second, rest, 1) for cell in self.cells)

    def fire(self, now_ms: int, out: list[Fact]) -> None:
        """Time alone decides nothing in an agent's life."""

    def due_ms(self) -> int:
        """Never."""
        return _NEVER

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
        self._enter(self.edge_ms, out)
        return out

    def packed(self) -> list[Any]:
        """The state in plain values, where older events are folded away."""
        names = self.surroundings.groups.names
        groups = [names[cell >> MEASURE_BITS] for cell in self.cells]
        return [
            self.state,
            self.team,
            self.queues,
            self.since_ms,
            self.edge_ms,
            self.idle_ms,
            groups,
        ]

    @classmethod
    def unpacked(cls, around: Surroundings, name: str, values: list[Any]) -> Self:
        """The state in these values (see `packed`)."""
        agent = cls(around, name)
        (agent.state, agent.team, queues, agent.since_ms, agent.edge_ms, agent.idle_ms, groups) = (
            values
        )
        agent.queues = tuple(queues)
        agent.cells = tuple(around.groups.number(Group(*g)) << MEASURE_BITS for g in groups)
        return agent

    def copy(self) -> Self:
        """An independent copy."""
        return self.unpacked(self.surroundings, self.agent, self.packed())


def next_of(_agent: Agent, _waiting: Sequence[Event]) -> int:
    """Events of one instant are applied in the order of the life."""
    return 0
