"""Nasty histories of contacts and agents, for the laws: small, seeded, shrinkable.

`history(RandomChooser(seed))` is plain random; `histories()` is the same drawn by hypothesis, the
first choice of each list being the simplest, so that a failure shrinks to a short plain life.
Each gives CloudEvents as dicts in the order made; `arrivals` gives an order of reading with exact
repeats, `instants` the whole seconds at which something may tip over, SETTINGS the settings.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from tests.choosers import Chooser, DrawnChooser

Raw = dict[str, Any]

SETTINGS: tuple[Raw, ...] = (
    {
        "site": {"time_zone": "Europe/Paris"},
        "privacy": {"agents": True},
        "defaults": {"maximum_wait_seconds": 100, "callback_limit_seconds": 60},
        "queues": {
            "Réclamations": {
                "team": "care",
                "aliases": ["reclamations-old"],
                "answer_target_seconds": 30,
            },
            "tokyo": {"time_zone": "Asia/Tokyo", "short_abandon_seconds": 0},
            "rush": {"answer_target_seconds": 3, "maximum_wait_seconds": 20},
        },
        "groups": {
            "care": {"queues": ["Réclamations", "support"]},
            "all": {"queues": ["support", "Réclamations", "tokyo", "rush"]},
        },
    },
    {"site": {"time_zone": "UTC"}, "privacy": {"agents": True}},
)

GROUPINGS: tuple[tuple[str, ...], ...] = (
    (),
    ("queue",),
    ("queue", "channel"),
    ("team",),
    ("agent",),
    ("group",),
)
WINDOWS: tuple[str, ...] = ("5m", "15m", "1h", "today", "total")

QUEUES = ("support", "rush", "tokyo", "Réclamations", "reclamations-old", " support ")
CHANNELS = (None, "voice", "chat", "vidéo")
TEAMS = (None, "blue", "red")
AGENTS = ("ann", "bob", None)
STATES = ("available", "on_contact", "ringing", "wrapup", "break", "offline", "other")
STARTS = (
    datetime(2026, 11, 23, 10, tzinfo=UTC),
    datetime(2026, 10, 24, 21, 59, 30, tzinfo=UTC),  # Paris: midnight before a day of 25 hours
    datetime(2026, 3, 28, 22, 59, 30, tzinfo=UTC),  # Paris: midnight before a day of 23 hours
    datetime(2026, 10, 25, 14, 59, 30, tzinfo=UTC),  # Tokyo: midnight
)
# Milliseconds between two events of a life: nothing, next to a limit, next to a window's edge.
LIMITS_MS = (1_000, 3_000, 5_000, 20_000, 30_000, 60_000, 100_000, 300_000, 900_000, 3_600_000)
STEPS_MS = (10_000, 0, 0, 0, 0, 1, *(ms + off for ms in LIMITS_MS for off in (0, -1, 1)))
DURATIONS_S = (None, 0, 0.001, 3, 12.345, 60, 600)
ZONES = (UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-3, minutes=-30)))
STRAYS = (
    "queued",
    "answered",
    "ended",
    "abandoned",
    "transferred",
    "flowed_out",
    "callback_requested",
    "callback_ended",
    "wrapup_ended",
    "held",
    "resumed",
    "deleted",
    "offered_to_agent",
    "ring_no_answer",
)


class Life:
    """The events of one subject while they are being made; time only moves by `after`."""

    def __init__(self, choose: Chooser, subject: str, start: datetime) -> None:
        self.choose = choose
        self.subject = subject
        self.moment = start
        self.events: list[tuple[datetime, str, Raw]] = []

    def after(self) -> "Life":
        """Let some time pass."""
        self.moment += timedelta(milliseconds=self.choose.one_of(STEPS_MS))
        return self

    def tell(self, kind: str, **data: Any) -> None:
        """Something happens now; fields that are None are absent."""
        known = {name: value for name, value in data.items() if value is not None}
        self.events.append((self.moment, kind, known))

    def tell_contact(self, what: str) -> None:
        """A contact event with whatever fields its type may carry."""
        choose = self.choose
        extra: Raw = {"agent": choose.one_of(AGENTS)}
        if what == "queued":
            extra = {"queue": choose.one_of(QUEUES), "channel": choose.one_of(CHANNELS)}
            extra["direction"] = choose.one_of((*(None,) * 8, "inbound", "outbound", "internal"))
            extra["team"] = choose.one_of(TEAMS)
        elif what in ("answered", "abandoned"):
            extra["wait_seconds"] = choose.one_of(DURATIONS_S)
            extra["queue"] = choose.one_of((None, None, *QUEUES))
            if what == "abandoned":
                extra = {**extra, "where": choose.one_of((None, "ringing", "ivr", "hold"))}
        elif what == "transferred":
            extra["mode"] = choose.one_of(("blind", "attended", "self_service", None))
        elif what == "ended":
            extra = {"talk_seconds": choose.one_of(DURATIONS_S)}
            extra["hold_seconds"] = choose.one_of(DURATIONS_S)
        elif what == "wrapup_ended":
            extra["wrapup_seconds"] = choose.one_of(DURATIONS_S)
        elif what == "callback_ended":
            extra["outcome"] = choose.one_of(("reached", "not_reached", "cancelled", "expired"))
        elif what in ("held", "resumed", "flowed_out", "deleted"):
            extra = {"channel": choose.one_of((None, None, *CHANNELS))}
        self.tell(f"contact.{what}", **extra)


def contact(choose: Chooser, subject: str, start: datetime) -> Life:
    """A plausible contact of up to three legs; `spoil` makes it implausible."""
    life = Life(choose, subject, start)
    for _ in range(1 + choose.number(2)):
        life.after().tell_contact("queued")
        for _ in range(choose.number(2)):
            life.after().tell_contact("offered_to_agent")
            if choose.number(1):
                life.after().tell_contact("ring_no_answer")
        outcome = choose.one_of(
            ("answered", "answered", "abandoned", "flowed_out", "callback_requested", "ended", "")
        )
        if outcome:
            life.after().tell_contact(outcome)
        if outcome == "answered":
            conversation(life)
        elif outcome == "callback_requested" and choose.number(1):
            life.after().tell_contact("callback_ended")
    return life


def conversation(life: Life) -> None:
    """Hold, transfer, end, wrap-up: each there or not."""
    choose = life.choose
    if choose.number(1):
        life.after().tell_contact("held")
        if choose.number(1):
            life.after().tell_contact("resumed")
    if choose.number(1):
        life.after().tell_contact("transferred")
    if choose.number(2):
        life.after().tell_contact("ended")
    if choose.number(1):
        life.after().tell_contact("wrapup_ended")


def agent(choose: Chooser, subject: str, start: datetime) -> Life:
    """An agent through up to eight states."""
    life = Life(choose, subject, start)
    queues: tuple[list[str] | None, ...]
    queues = (None, ["support"], ["support", "tokyo"], ["rush", "Réclamations", "rush"], [])
    for _ in range(1 + choose.number(7)):
        life.after().tell(
            "agent.state_changed",
            state=choose.one_of(STATES),
            queues=choose.one_of(queues),
            team=choose.one_of(TEAMS),
        )
    return life


def spoil(life: Life) -> None:
    """Up to three faults: lost, moved in time, put at the time of its neighbour, a stray event."""
    choose = life.choose
    for _ in range(choose.number(3)):
        place = choose.number(max(0, len(life.events) - 1))
        fault = choose.one_of(
            ("none", "drop", "headless", "earlier", "later", "tie", "twin", "stray")
        )
        if not life.events or fault == "none":
            continue
        moment, kind, data = life.events[place]
        shift = timedelta(milliseconds=choose.one_of(STEPS_MS))
        if fault in ("drop", "headless"):
            del life.events[place if fault == "drop" else 0]
        elif fault in ("earlier", "later"):
            moved = moment - shift if fault == "earlier" else moment + shift
            life.events[place] = (moved, kind, data)
        elif fault == "tie":
            life.events[place] = (life.events[place - 1][0], kind, data)
        elif fault == "twin":  # the same happening told again under another id
            life.events.append((moment, kind, data))
        elif kind.startswith("contact."):
            life.moment = moment + choose.one_of((timedelta(0), shift, -shift))
            life.tell_contact(choose.one_of(STRAYS))


def told(life: Life) -> list[Raw]:
    """The life as CloudEvents; ids are unique within the subject, sequences rare."""
    choose = life.choose
    events = []
    for number, (moment, kind, data) in enumerate(life.events):
        events.append(
            {
                "specversion": "1.0",
                "id": f"{life.subject}-{number}",
                "source": choose.one_of(("test://pbx", "test://crm")),
                "type": kind,
                "time": moment.astimezone(choose.one_of(ZONES)).isoformat(timespec="milliseconds"),
                "subject": life.subject,
                "data": data,
            }
        )
        sequence = choose.one_of((None, None, None, f"{number:03}", "001"))
        if sequence is not None:
            events[-1]["sequence"] = sequence
    return events


def history(choose: Chooser, contacts: int = 4, agents: int = 2) -> list[Raw]:
    """A few contacts and agents, some spoiled; at most so many of each."""
    start = choose.one_of(STARTS)
    events: list[Raw] = []
    for number in range(choose.number(contacts)):
        life = contact(choose, f"contact-{number}", start)
        spoil(life)
        events += told(life)
    for number in range(choose.number(agents)):
        life = agent(choose, choose.one_of(("ann", "bob")) + f"-{number}", start)
        spoil(life)
        events += told(life)
    return events


@st.composite
def histories(draw: Any, contacts: int = 4, agents: int = 2) -> list[Raw]:
    """`history` drawn by hypothesis: shrinks to few, plain, complete lives."""
    return history(DrawnChooser(draw), contacts, agents)


def arrivals(choose: Chooser, events: Sequence[Raw]) -> list[Raw]:
    """The same events in another order of reading, about one in four read again."""
    read = list(events)
    for event in events:
        if choose.number(3) == 3:
            read.insert(choose.number(len(read)), event)
    for place in range(len(read) - 1, 0, -1):
        other = place - choose.number(place)  # 0, the simplest, leaves it where it is
        read[place], read[other] = read[other], read[place]
    return read


def instants(events: Sequence[Raw]) -> list[int]:
    """Whole seconds since 1970 around which a figure may tip: sorted, each once.

    The second of each event and the one after, those at which a limit, a target or a window that
    began with the event is over, and a quiet moment long after everything.
    """
    found = set()
    for event in events:
        at = int(datetime.fromisoformat(event["time"]).timestamp())
        for later in (0, 3, 5, 20, 30, 60, 100, 300, 900, 3600):
            found |= {at + later, at + later + 1}
    last = max(found, default=int(STARTS[0].timestamp()))
    return sorted(found | {last + 100_000})
