"""What a queue promises: answer targets, limits, hours, thresholds. Settings as figures need them.

`Rules` is what is left of vigie.toml once it has been read and checked: plain values, durations in
whole milliseconds, defaults filled in. Facts read a queue's rules once, when a leg, turn or
deadline opens, and keep what they read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from msgspec import Struct, structs

from streams.core.calendar import OpeningHours

KNOWN_QUEUES: Final = 20_000
"""Rules of so many queues are kept ready; names beyond it are worked out anew."""


class Thresholds(Struct, frozen=True):
    """From where on a figure is a warning, and where critical; `window` is None for live figures.

    A threshold that is None is off. Which side is the bad one is the KPI's `better`.
    """

    window: str | None = None
    warning: float | None = None
    critical: float | None = None


class QueueRules(Struct, frozen=True, kw_only=True):
    """The promises and limits of one queue."""

    name: str = ""
    title: str | None = None
    team: str | None = None
    time_zone: str = "UTC"
    answer_target_ms: int = 20_000
    short_abandon_ms: int = 5_000
    maximum_wait_ms: int = 14_400_000
    callback_limit_ms: int = 86_400_000
    minimum_sample: int = 5
    opening_hours: OpeningHours | None = None
    """None: always open."""
    targets: dict[str, Thresholds] = {}
    """By KPI id; a KPI that is not here has no threshold."""

    def is_open(self, at_ms: int) -> bool:
        """Whether the queue is served at that instant."""
        return self.opening_hours is None or self.opening_hours.is_open(at_ms, self.time_zone)

    def open_ms_between(self, from_ms: int, to_ms: int) -> int:
        """How many milliseconds of [from, to) the queue is served."""
        if self.opening_hours is None:
            return max(0, to_ms - from_ms)
        return self.opening_hours.open_ms_between(from_ms, to_ms, self.time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of the whole centre: configured queues, the defaults of all others, groups."""

    site_time_zone: str = "UTC"
    windows: tuple[str, ...] = ("5m", "15m", "30m", "1h", "today")
    queues: Mapping[str, QueueRules] = field(default_factory=dict)
    defaults: QueueRules = field(default_factory=QueueRules)
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Other names of a queue -> its own."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Group -> its queues."""
    maximum_names: int = 500
    agents: bool = False
    """Whether there are figures of single agents."""
    language: Literal["en", "fr"] = "en"
    currency: str = "EUR"
    clock: Literal["wall", "events"] = "wall"
    _known: dict[str, QueueRules] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _groups_of: dict[str, tuple[str, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Turns groups round, as they are asked for by queue."""
        for group, queues in self.groups.items():
            for queue in queues:
                self._groups_of[queue] = (*self._groups_of.get(queue, ()), group)

    def queue(self, name: str) -> QueueRules:
        """The rules of a queue: configured ones, else the defaults under that name.

        Hot path (every leg asks): one look-up; the answers are kept, `KNOWN_QUEUES` at most.
        """
        try:
            return self._known[name]
        except KeyError:
            rules = self.queues.get(name) or structs.replace(self.defaults, name=name)
            if len(self._known) >= KNOWN_QUEUES:
                self._known.clear()
            self._known[name] = rules
            return rules

    def canonical(self, name: str) -> str:
        """A queue's own name, given one of its aliases."""
        return self.aliases.get(name, name)

    def groups_of(self, queue: str) -> tuple[str, ...]:
        """The configured groups that the queue belongs to."""
        return self._groups_of.get(queue, ())

    def targets(self, queue: str, kpi: str) -> Thresholds | None:
        """The thresholds of a KPI in a queue, if it has any."""
        return self.queue(queue).targets.get(kpi)
