"""What a life may ask of the outside: settings, numbers of places, nothing else."""

from dataclasses import dataclass, field
from typing import Final

from streams.core.facts import Group, Places
from streams.core.targets import Rules

Captured = tuple[int, int, int, int, str | None]
"""Settings of a queue that a leg keeps: answer target, short limit, longest wait, callback limit
(ms), team."""
KEPT: Final = 20_000
"""So many queues and places are kept ready; names beyond that are worked out anew."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Settings and the numbering of places in this process."""

    rules: Rules
    places: Places = field(default_factory=Places)
    _captured: dict[str, Captured] = field(default_factory=dict, init=False, repr=False)
    _cells: dict[tuple[str | None, ...], int] = field(default_factory=dict, init=False, repr=False)

    @property
    def agents(self) -> bool:
        """Whether figures of single agents are kept (personal data)."""
        return self.rules.agents

    def captured(self, queue: str) -> Captured:
        """The settings of a queue as a leg keeps them."""
        found = self._captured.get(queue)
        if found is None:
            if len(self._captured) >= KEPT:
                self._captured.clear()
            rules = self.rules.queue(queue)
            found = self._captured[queue] = (
                rules.answer_target_ms,
                rules.short_abandon_ms,
                rules.maximum_wait_ms,
                rules.callback_limit_ms,
                rules.team,
            )
        return found

    def cell(
        self, queue: str | None, channel: str, team: str | None, agent: str | None = None
    ) -> int:
        """The cell of a contact's group; an agent is left out where single ones have no figures."""
        key = (queue, channel, team, agent if self.rules.agents else None)
        found = self._cells.get(key)
        if found is None:
            if len(self._cells) >= KEPT:
                self._cells.clear()
            group = Group(queue, channel, None, key[2], key[3])
            found = self._cells[key] = self.places.cell((group,))
        return found
