"""The board's side: sums of all partitions, windows over them, and any figure asked for.

A board holds no truth: it is the sum of what the delta log says, at an instant.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from streams.core.calendar import Window
from streams.core.conventions import bounds_ms
from streams.core.delta import Content
from streams.core.delta import Group as GroupNames
from streams.core.facts import MEASURE_BITS, MEASURE_MASK, Fact, Group, Groups
from streams.core.measures import NUMBERS, ORDERED, Kind
from streams.core.standing import Standing
from streams.core.targets import Rules
from streams.core.view import View
from streams.core.windows import Panes, Span

DIMENSIONS: Final = ("queue", "channel", "priority", "team", "agent", "group")
By = tuple[str, ...]


class Board:
    """Sums by group, in windows. Feed it facts or contents, move it on, ask for views."""

    def __init__(
        self, rules: Rules, windows: Sequence[Window], groups: Groups | None = None
    ) -> None:
        self.rules = rules
        self.groups = groups if groups is not None else Groups()
        self.spans = expanded(windows, rules)
        self.panes = Panes(self.spans, bounds_ms(rules))
        self.standing: dict[int, Standing] = {}
        self.now_ms = 0
        self.unknown_measures = 0
        self.touched: set[int] = set()
        """Numbers of groups whose figures may have changed since somebody cleared it."""
        self._counted: Counter[int] = Counter()
        self._timed: Counter[int] = Counter()
        self._standing: Counter[int] = Counter()
        self._members: dict[By, tuple[int, dict[tuple[str | None, ...], list[int]]]] = {}

    def reload(self, rules: Rules) -> None:
        """Takes other thresholds and groups of queues; windows, zones and targets stay."""
        self.rules = rules
        self._members.clear()

    # ---- what comes in

    def add(self, facts: Iterable[Fact]) -> None:
        """Adds facts whose cells are numbered by `groups` and this release's measures."""
        for cell, second, x, n in facts:
            kind = ORDERED[cell & MEASURE_MASK].kind
            if kind is Kind.TIME:
                self._timed[cell >> MEASURE_BITS] += n * (second * 1000 + x)
            elif kind is not Kind.LEVEL:
                self._counted[cell >> MEASURE_BITS] += n
            if kind is Kind.LEVEL:
                self._standing[cell >> MEASURE_BITS] += n
                standing = self.standing.get(cell)
                if standing is None:
                    standing = self.standing[cell] = Standing()
                standing.add(second * 1000 + x, n)
                self.touched.add(cell >> MEASURE_BITS)
            else:
                self.panes.add(cell, kind, second, x, n)

    def merge(self, content: Content) -> None:
        """Adds what one delta of the log says."""
        self.merge_cells(content.measures, content.groups, content.cells)
        self.merge_levels(content.measures, content.groups, content.levels)

    def merge_cells(
        self, measures: list[str], groups: list[GroupNames], flat: Sequence[int]
    ) -> None:
        """Adds cells (flat fives of the log)."""
        cell_of = self.cells(measures, groups)
        self.add(
            (cell, flat[at + 2], flat[at + 3], flat[at + 4])
            for at in range(0, len(flat), 5)
            if (cell := cell_of(flat[at], flat[at + 1])) is not None
        )

    def merge_levels(
        self, measures: list[str], groups: list[GroupNames], flat: Sequence[int], sign: int = 1
    ) -> None:
        """Adds levels (flat sixes of the log), or takes them back (`sign` -1)."""
        cell_of = self.cells(measures, groups)
        self.add(
            (cell, flat[at + 3], flat[at + 4], sign * flat[at + 5])
            for at in range(0, len(flat), 6)
            if (cell := cell_of(flat[at + 1], flat[at + 2])) is not None
        )

    def cells(self, measures: list[str], groups: list[GroupNames]) -> "CellOf":
        """From a record's own numbers to this process's cells; None for unknown measures."""
        return CellOf(
            [self.groups.number(Group(*names)) for names in groups],
            [NUMBERS.get(name) for name in measures],
            self,
        )

    def advance(self, now_ms: int, edge: int) -> None:
        """Time passes: `edge` is the end (exclusive, seconds) of every window."""
        self.now_ms = max(self.now_ms, now_ms)
        self.panes.advance(edge, now_ms // 1000)
        self.touched.update(cell >> MEASURE_BITS for cell in self.panes.touched)
        self.panes.touched.clear()

    # ---- what can be asked

    def members(self, by: By) -> dict[tuple[str | None, ...], list[int]]:
        """Key of the grouping -> numbers of the groups that belong to it, everything included."""
        names = self.groups.names
        seen, members = self._members.get(by, (0, {}))
        for number in range(seen, len(names)):
            for key in self._keys(names[number], by):
                members.setdefault(key, []).append(number)
        self._members[by] = (len(names), members)
        return members

    def present(self, by: By) -> list[tuple[str | None, ...]]:
        """The keys that have facts, sorted; what was all taken back is as if it had never been."""
        if not by:
            return [()]
        sums = (self._counted, self._timed, self._standing)
        found = [
            key
            for key, numbers in self.members(by).items()
            if any(part is not None for part in key)
            and any(one[number] for number in numbers for one in sums)
        ]
        return sorted(found, key=lambda key: [part or "" for part in key])

    def _keys(self, group: Group, by: By) -> list[tuple[str | None, ...]]:
        """The keys under which a group's facts are shown; several for groups of queues."""
        whole_group = group.group
        if "group" not in by:
            options: list[str | None] = [None] if whole_group is None else []
        elif whole_group is not None:
            options = [whole_group]
        elif group.queue is None:
            options = []
        else:
            options = list(self.rules.groups_of(group.queue))
        return [
            tuple(option if dim == "group" else getattr(group, dim) for dim in by)
            for option in options
        ]

    def view(self, by: By, key: tuple[str | None, ...], window: Window) -> View:
        """The sums behind figures of one group in one window."""
        numbers = self.members(by).get(key, [])
        return View(self, by, numbers, self.total_number(by, key, window))

    def live(self, by: By, key: tuple[str | None, ...]) -> View:
        """What stands now in one group; asked for durations it answers for the first window."""
        return View(self, by, self.members(by).get(key, []), 0)

    def total_number(self, by: By, key: tuple[str | None, ...], window: Window) -> int:
        """Which total: a local day is the queue's own, of a mixed group the site's."""
        if window.name != "today":
            return self.spans.index(Span(window.name, window.seconds))
        place = dict(zip(by, key, strict=True))
        queues: tuple[str, ...] = ()
        if place.get("queue"):
            queues = (str(place["queue"]),)
        elif place.get("group"):
            queues = self.rules.groups.get(str(place["group"]), ())
        zones = {self.rules.queue(queue).time_zone for queue in queues}
        zone = zones.pop() if len(zones) == 1 else self.rules.site_time_zone
        return self.spans.index(Span("today", zone=zone))


class CellOf:
    """Translates the numbers of a record; counts what this release does not know."""

    def __init__(self, groups: list[int], measures: list[int | None], board: Board) -> None:
        self._groups, self._measures, self._board = groups, measures, board

    def __call__(self, group: int, measure: int) -> int | None:
        number = self._measures[measure]
        if number is None:
            self._board.unknown_measures += 1
            return None
        return self._groups[group] << MEASURE_BITS | number


def expanded(windows: Sequence[Window], rules: Rules) -> tuple[Span, ...]:
    """The windows, with `today` once for every time zone of a queue and of the site."""
    zones = {rules.site_time_zone, rules.defaults.time_zone}
    zones |= {queue.time_zone for queue in rules.queues.values()}
    out: list[Span] = []
    for window in windows:
        if window.name == "today":
            out += [Span("today", zone=zone) for zone in sorted(zones)]
        else:
            out.append(Span(window.name, window.seconds))
    return tuple(dict.fromkeys(out))
