"""Which series /metrics has: every known queue, channel, team, group and window, with their cells.

The plan is made anew when a name appears or the rules change; between that, scrapes reuse it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from streams.adapters.exporter_counters import Place
from streams.adapters.exporter_text import labels
from streams.core.board import Board, By
from streams.core.calendar import Window
from streams.core.conventions import EXPORTED_WINDOWS
from streams.core.facts import MEASURE_BITS
from streams.core.measures import NUMBERS, Measure
from streams.core.targets import Rules


@dataclass(frozen=True, slots=True)
class Spot:
    """One set of labels: the groups whose cells are added up, and the board's windows there."""

    place: Place | None
    """None: a configured group or everything."""
    labels: str
    groups: tuple[int, ...]
    windows: tuple[tuple[str, int], ...]
    """(label text, number of the total)"""

    def cells(self, measure: Measure) -> tuple[int, ...]:
        """The cells to add up for one measure."""
        number = NUMBERS[measure.name]
        return tuple(group << MEASURE_BITS | number for group in self.groups)


@dataclass(slots=True)
class Spots:
    """All of them, by what they are about."""

    contacts: list[Spot] = field(default_factory=list)
    agents: list[Spot] = field(default_factory=list)
    contact_groups: list[Spot] = field(default_factory=list)
    agent_groups: list[Spot] = field(default_factory=list)
    queues: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Known:
    """Groups of the board, sorted by what they are about."""

    contacts: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    agents: dict[str, dict[str | None, list[int]]] = field(default_factory=dict)
    everybody: list[int] = field(default_factory=list)
    groups: dict[str, list[int]] = field(default_factory=dict)


PRESENCE: By = ("queue", "channel", "team")
"""What was all taken back, as a mistyped queue that was corrected, leaves no series."""


def _known(board: Board) -> _Known:
    known = _Known()
    present = set(board.present(PRESENCE))
    for number, group in enumerate(board.groups.names):
        if group.group is not None:
            known.groups.setdefault(group.group, []).append(number)
        elif group.queue is None:
            known.everybody.append(number)
        elif (group.queue, group.channel, group.team) not in present:
            continue
        elif group.channel is not None:
            channels = known.contacts.setdefault(group.queue, {})
            channels.setdefault(group.channel, []).append(number)
        else:
            known.agents.setdefault(group.queue, {}).setdefault(group.team, []).append(number)
    return known


def exported_windows(board: Board, rules: Rules) -> tuple[Window, ...]:
    """The usual windows and those of thresholds, as far as the board has them; shortest first."""
    wanted = set(EXPORTED_WINDOWS)
    for queue in (rules.defaults, *rules.queues.values()):
        wanted |= {limits.window for limits in queue.targets.values() if limits.window}
    have = {span.name: Window(span.name, span.seconds) for span in board.spans}
    found = [window for name, window in have.items() if name in wanted]
    return tuple(sorted(found, key=lambda window: (window.seconds or 1 << 62, window.name)))


def spots(board: Board, rules: Rules) -> Spots:
    """Every set of labels that /metrics shows. Configured queues are known before any event."""
    known = _known(board)
    out = Spots()
    out.queues = sorted({*rules.queues, *known.contacts, *known.agents})
    windows = exported_windows(board, rules)
    for queue in out.queues:
        texts = _windows(board, ("queue",), (queue,), windows)
        out.contacts += _contacts(queue, known.contacts.get(queue, {}), texts)
        out.agents += _agents(queue, known.agents.get(queue, {}), texts)
    everything = _windows(board, (), (), windows)
    numbers = {
        queue: [number for found in channels.values() for number in found]
        for queue, channels in known.contacts.items()
    }
    every = tuple(number for found in numbers.values() for number in found)
    out.contact_groups.append(Spot(None, "", every, everything))
    out.agent_groups.append(Spot(None, "", tuple(known.everybody), everything))
    for name in sorted({*rules.groups, *known.groups}):
        text = labels([("group", name)])
        own = _windows(board, ("group",), (name,), windows)
        members = tuple(n for queue in rules.groups.get(name, ()) for n in numbers.get(queue, ()))
        out.contact_groups.append(Spot(None, text, members, own))
        out.agent_groups.append(Spot(None, text, tuple(known.groups.get(name, ())), own))
    return out


def _windows(
    board: Board, by: By, key: tuple[str | None, ...], windows: tuple[Window, ...]
) -> tuple[tuple[str, int], ...]:
    return tuple(
        (labels([("window", window.name)]), board.total_number(by, key, window))
        for window in windows
    )


def _contacts(
    queue: str, channels: Mapping[str, list[int]], windows: tuple[tuple[str, int], ...]
) -> Iterator[Spot]:
    """A queue's channels; the label is there only where a queue has two."""
    if not channels:
        yield Spot(Place(queue), labels([("queue", queue)]), (), windows)
    for channel, numbers in sorted(channels.items()):
        pairs = [("queue", queue), ("channel", channel if len(channels) > 1 else None)]
        yield Spot(Place(queue, channel), labels(pairs), tuple(numbers), windows)


def _agents(
    queue: str, teams: Mapping[str | None, list[int]], windows: tuple[tuple[str, int], ...]
) -> Iterator[Spot]:
    if not teams:
        yield Spot(Place(queue), labels([("queue", queue)]), (), windows)
    for team, numbers in sorted(teams.items(), key=lambda item: item[0] or ""):
        text = labels([("queue", queue), ("team", team)])
        yield Spot(Place(queue, None, team), text, tuple(numbers), windows)
