"""What a simulated contact centre is made of: queues, teams, shifts, breaks, and one ready-made.

Values only; what happens in it is in the other files of this folder. Shares are 0-1, percentages
0-100, times of day minutes since local midnight.
"""

from dataclasses import dataclass
from typing import Final, Literal

HALF_HOURS: Final = 48


def day(first_hour: int, *percentages: int) -> tuple[int, ...]:
    """A curve over the 48 half hours of a day; hours not named are closed (0)."""
    before = (0,) * (first_hour * 2)
    return (before + percentages + (0,) * HALF_HOURS)[:HALF_HOURS]


OFFICE_DAY: Final = day(
    8, 48, 48, 66, 73, 76, 86, 86, 75, 72, 74, 81, 80, 82, 83, 92, 94, 57, 49, 27, 25, 24, 22
)
"""Monday's curve of arrivals, 08:00 to 19:00, as the shifts below can carry it."""
WEEK: Final = (110, 100, 97, 99, 102, 0, 0)
"""How busy each day is, Monday first, in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One queue: how many come, how long they wait, what is done for them."""

    name: str
    contacts_per_hour: float
    """Where the curve says 100, at scale 1."""
    curve: tuple[int, ...] = OFFICE_DAY
    week: tuple[int, ...] = WEEK
    chat_share: float = 0.0
    urgent_share: float = 0.01
    high_share: float = 0.06
    menu_hang_up_share: float = 0.04
    """Voice contacts that leave in the menu, before they are queued."""
    patience_seconds: int = 170
    """How long callers wait on average before they hang up."""
    hurried_share: float = 0.012
    """Those who hang up within a few seconds."""
    talk_seconds: int = 240
    wrapup_seconds: int = 40
    no_wrapup_share: float = 0.08
    hold_share: float = 0.16
    transfer_share: float = 0.07
    transfers_to: tuple[str, ...] = ()
    timeout_seconds: int = 300
    """Who waited this long flows out to `overflow_to`."""
    overflow_to: str = ""
    """A queue of the centre; empty: out of it, to voicemail."""
    callback_share: float = 0.25
    """Those who take a callback when it is offered, after about a minute of waiting."""
    key_share: float = 0.02
    """Those who press the key for voicemail."""
    resolved_share: float = 0.86


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Agents with the same skills: queues by name, the first is their own."""

    name: str
    agents: int
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """Working time of a share of every team, in minutes since midnight; days from Monday = 0."""

    begin: int
    end: int
    share: float
    days: tuple[int, ...] = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Break:
    """A pause that begins between `earliest` and `latest` minutes after the shift's begin."""

    earliest: int
    latest: int
    minutes: int
    state: Literal["break", "other"] = "break"
    reason: str = "pause"


SHIFTS: Final = (
    Shift(8 * 60, 16 * 60, 0.45),
    Shift(9 * 60, 17 * 60, 0.30),
    Shift(10 * 60 + 30, 19 * 60, 0.25),
)
BREAKS: Final = (
    Break(60, 120, 12),
    Break(180, 270, 45, "break", "lunch"),
    Break(40, 400, 15, "other", "training"),
    Break(330, 420, 12),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A whole contact centre at scale 1."""

    queues: tuple[Queue, ...]
    teams: tuple[Team, ...]
    shifts: tuple[Shift, ...] = SHIFTS
    breaks: tuple[Break, ...] = BREAKS
    voice_sources: tuple[str, ...] = ("asterisk://pbx-1", "asterisk://pbx-2")
    chat_source: str = "chat://web-1"
    agent_source: str = "acd://agents"
    customers: int = 20_000
    ring_seconds: tuple[int, int] = (2, 9)
    no_answer_share: float = 0.025
    no_answer_seconds: int = 20
    test_share: float = 0.01
    """Contacts that are tests, and are deleted afterwards."""
    surge_every_minutes: int = 75
    surge_minutes: tuple[int, int] = (6, 14)
    surge_percent: tuple[int, int] = (140, 190)
    """Now and then a queue has more contacts than planned: how often, how long, how many."""

    def __post_init__(self) -> None:
        """Raises ValueError when a name is used that is no queue, or something is missing."""
        names = [queue.name for queue in self.queues]
        if not names or len(set(names)) != len(names):
            raise ValueError(f"a centre needs queues with different names, not {names}")
        used = {skill for team in self.teams for skill in team.skills}
        used |= {name for queue in self.queues for name in queue.transfers_to}
        used |= {queue.overflow_to for queue in self.queues if queue.overflow_to}
        if unknown := used - set(names):
            raise ValueError(f"no such queue: {', '.join(sorted(unknown))}")
        if unserved := set(names) - {skill for team in self.teams for skill in team.skills}:
            raise ValueError(f"no team serves {', '.join(sorted(unserved))}")


def _queues() -> tuple[Queue, ...]:
    return (
        Queue(
            name="Ventes", contacts_per_hour=190, talk_seconds=225, wrapup_seconds=35,
            transfers_to=("Billing", "Support"), overflow_to="Billing", patience_seconds=150,
        ),
        Queue(
            name="Support", contacts_per_hour=214, chat_share=0.35, talk_seconds=330,
            wrapup_seconds=50, hold_share=0.22, transfers_to=("Billing", "Réclamations"),
            resolved_share=0.8, patience_seconds=210,
        ),
        Queue(
            name="Réclamations", contacts_per_hour=74, talk_seconds=400, wrapup_seconds=95,
            hold_share=0.25, high_share=0.2, transfers_to=("Support", "Billing"),
            overflow_to="Support", patience_seconds=240, resolved_share=0.72,
        ),
        Queue(
            name="Billing", contacts_per_hour=130, chat_share=0.3, talk_seconds=205,
            wrapup_seconds=35, transfers_to=("Réclamations", "Ventes"), patience_seconds=140,
        ),
        Queue(
            name="Urgences", contacts_per_hour=28, talk_seconds=150, wrapup_seconds=30,
            urgent_share=0.5, high_share=0.3, menu_hang_up_share=0.01, callback_share=0.0,
            key_share=0.0, transfers_to=("Support",), overflow_to="Support", patience_seconds=300,
        ),
    )  # fmt: skip


DEFAULT_CENTRE: Final = Centre(
    queues=_queues(),
    teams=(
        Team(name="Nord", agents=22, skills=("Ventes", "Billing")),
        Team(name="Sud", agents=29, skills=("Support", "Urgences")),
        Team(name="Care", agents=17, skills=("Réclamations", "Support")),
        Team(name="Office", agents=12, skills=("Billing", "Ventes")),
        Team(name="Renfort", agents=5, skills=("Urgences", "Réclamations", "Ventes", "Support")),
    ),
)
"""Five queues with names in two languages, five teams, voice and chat."""
