"""What a simulation is asked for: seed, start, length, size, faults, when the agents are gone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from streams.simulator.centre import DEFAULT_CENTRE, Centre

DAY_MS: Final = 86_400_000
MAXIMUM_SCALE: Final = 100_000.0


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong on the way of the events. Shares 0-1, all 0: nothing."""

    late: float = 0.0
    """Share of events that are delivered minutes late."""
    repeat: float = 0.0
    """Share of events that are delivered twice."""
    shuffle_seconds: float = 0.0
    """Each event is delivered up to so many seconds after its time."""
    malformed: float = 0.0
    """Share of events beside which a broken message is sent."""
    ahead: bool = True
    """Some of the broken ones are ahead of the clock; False for files, which are read later."""

    def __post_init__(self) -> None:
        """Raises ValueError that names the share that is out of range."""
        for name in ("late", "repeat", "malformed"):
            share = getattr(self, name)
            if not 0 <= share <= 1:
                raise ValueError(f"{name} is a share from 0 to 1, not {share:g}")
        if not 0 <= self.shuffle_seconds <= 3600:
            raise ValueError(f"shuffle is 0 to 3600 seconds, not {self.shuffle_seconds:g}")

    @property
    def some(self) -> bool:
        """Whether anything goes wrong."""
        return any((self.late, self.repeat, self.shuffle_seconds, self.malformed))


@dataclass(frozen=True, slots=True)
class Topics:
    """Where the events go."""

    calls: str = "contact-center.calls"
    agents: str = "contact-center.agents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """A simulation. The same parameters give the same bytes, on any machine."""

    start: datetime
    """The first instant, with its offset; the centre's clock has that offset throughout."""
    duration_seconds: int
    seed: int = 1
    scale: float = 1.0
    """Multiplies arrivals and agents."""
    always_open: bool = False
    """A Monday from 14:30 to 16:00, over and over, whatever the time is."""
    agents_gone: tuple[tuple[int, int], ...] = ()
    """All agents log off from .. to (seconds after the start); who is on a contact ends it."""
    faults: Faults = Faults()
    centre: Centre = DEFAULT_CENTRE
    topics: Topics = Topics()

    def __post_init__(self) -> None:
        """Raises ValueError that names what is out of range."""
        if self.start.tzinfo is None:
            raise ValueError("start has no offset: give one, as in 2026-11-23T09:00:00+01:00")
        if self.duration_seconds < 1:
            raise ValueError(f"duration is at least 1 second, not {self.duration_seconds}")
        if self.seed < 0:
            raise ValueError(f"seed is 0 or more, not {self.seed}")
        if not 0 < self.scale <= MAXIMUM_SCALE:
            raise ValueError(f"scale is over 0, at most {MAXIMUM_SCALE:g}, not {self.scale:g}")
        for begin, end in self.agents_gone:
            if not 0 <= begin < end:
                raise ValueError(f"agents gone from {begin} s to {end} s: the end comes after")
