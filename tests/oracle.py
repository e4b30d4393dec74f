"""The brute-force recount: every contact and agent figure from the raw events, sharing no code.

`recount(events, settings, at, window, by)` → {(kpi, definition, part, stat, grouping): Figure}.
It is the product's judge, so it is written to be read: it takes the events with time < T, walks
each contact and agent from its first event, and counts anew for every figure. It never imports
the product. `events` are CloudEvents as dicts, `settings` has the shape of vigie.toml.
"""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from tests.oracle_agents import Piece, agent_figures, pieces_of
from tests.oracle_contacts import ContactFigures
from tests.oracle_events import Figure, Grouping, Settings, by_subject, read, window_of
from tests.oracle_legs import INBOUND, Leg, NoAnswer
from tests.oracle_walk import ContactWalk

Key = tuple[str, str, str | None, str | None, Grouping]
"""KPI, definition, part, stat, grouping."""

CONTACT_DIMENSIONS = ("queue", "channel", "team", "agent", "group")
AGENT_DIMENSIONS = ("queue", "team", "agent", "group")

LIVE_KPIS = frozenset(
    {
        "contacts_waiting",
        "longest_wait_now",
        "contacts_in_progress",
        "callbacks_waiting",
        "agents",
        "agents_available",
        "longest_state_time",
    }
)
"""Their figures are those of the instant T, whatever the window."""


class Recount:
    """The lives as they stand at T (whole seconds since 1970)."""

    def __init__(
        self, events: Iterable[Mapping[str, Any]], settings: Mapping[str, Any], at: int
    ) -> None:
        self.settings = Settings(settings)
        self.at_ms = at * 1000
        known = read(events, self.at_ms)
        self.legs: list[Leg] = []
        self.no_answers: list[NoAnswer] = []
        for life in by_subject(known, "contact").values():
            walk = ContactWalk(self.settings).walk(life)
            if not walk.taken_back:
                self.legs += [leg for leg in walk.legs if leg.direction == INBOUND]
                self.no_answers += [no for no in walk.no_answers() if no.direction == INBOUND]
        self.pieces: list[Piece] = []
        for agent, life in by_subject(known, "agent").items():
            self.pieces += pieces_of(agent, life, self.settings)

    def figures(self, window: str | int, by: tuple[str, ...] = ()) -> dict[Key, Figure]:
        """All figures of a window ("15m", "today", "total", seconds), one set for each group.

        Without a grouping there is always the one group (), else the groups that ever had a leg
        (contact KPIs) or an agent (agent KPIs). Agents have no channel.
        """
        found: dict[Key, Figure] = {}
        if set(by) <= set(CONTACT_DIMENSIONS):
            for grouping in self.contact_groups(by):
                for (kpi, definition, part, stat), figure in self.contacts(
                    grouping, window
                ).items():
                    found[kpi, definition, part, stat, grouping] = figure
        if set(by) <= set(AGENT_DIMENSIONS):
            for grouping in self.agent_groups(by):
                limits = window_of(window, self.at_ms, self.settings.zone(grouping))
                pieces = [p for p in self.pieces if grouping in self.places_of_piece(p, by)]
                for (kpi, definition, part, stat), figure in agent_figures(pieces, limits).items():
                    found[kpi, definition, part, stat, grouping] = figure
        return found

    def contacts(
        self, grouping: Grouping, window: str | int
    ) -> dict[tuple[str, str, str | None, str | None], Figure]:
        """The contact figures of one group."""
        by = tuple(name for name, _ in grouping)
        limits = window_of(window, self.at_ms, self.settings.zone(grouping))
        legs = [leg for leg in self.legs if grouping in self.places_of(leg, by)]
        no_answers = [no for no in self.no_answers if grouping in self.places_of(no, by)]
        return ContactFigures(self.settings, legs, no_answers, limits).all()

    # -------------------------------------------------------------- groups

    def places_of(self, thing: Leg | NoAnswer, by: tuple[str, ...]) -> list[Grouping]:
        """The groups that a leg belongs to; several when its queue is in several [groups]."""
        values: dict[str, list[Any]] = {
            "queue": [thing.queue],
            "channel": [thing.channel],
            "team": [thing.team],
            "agent": [thing.agent],
            "group": self.settings.groups_of([thing.queue]),
        }
        return combinations(values, by)

    def places_of_piece(self, piece: Piece, by: tuple[str, ...]) -> list[Grouping]:
        """The groups that an agent belongs to in that time: each of its queues, each once."""
        values: dict[str, list[Any]] = {
            "queue": list(piece.queues),
            "team": [piece.team],
            "agent": [piece.agent],
            "group": self.settings.groups_of(piece.queues),
        }
        return combinations(values, by)

    def contact_groups(self, by: tuple[str, ...]) -> set[Grouping]:
        """All groups that ever had a leg or an unanswered offer."""
        things: list[Leg | NoAnswer] = [*self.legs, *self.no_answers]
        return {place for thing in things for place in self.places_of(thing, by)} or only_all(by)

    def agent_groups(self, by: tuple[str, ...]) -> set[Grouping]:
        """All groups that ever had an agent."""
        found = {place for piece in self.pieces for place in self.places_of_piece(piece, by)}
        return found or only_all(by)


def only_all(by: tuple[str, ...]) -> set[Grouping]:
    """Everything together has figures even when nothing happened."""
    return {()} if by == () else set()


def combinations(values: Mapping[str, list[Any]], by: tuple[str, ...]) -> list[Grouping]:
    """One grouping for each combination of the values of the dimensions asked for."""
    return [tuple(zip(by, chosen, strict=True)) for chosen in product(*(values[d] for d in by))]


def recount(
    events: Iterable[Mapping[str, Any]],
    settings: Mapping[str, Any],
    at: int,
    window: str | int = "1h",
    by: tuple[str, ...] = (),
) -> dict[Key, Figure]:
    """Every figure at T = `at` (whole seconds since 1970) over one window, by the grouping."""
    return Recount(events, settings, at).figures(window, by)


def figure_of(
    figures: Mapping[Key, Figure],
    kpi: str,
    definition: str = "default",
    *,
    part: str | None = None,
    stat: str | None = None,
    grouping: Grouping = (),
) -> Figure:
    """One figure; of a group that never had anything, the figure of nothing."""
    key = (kpi, definition, part, stat)
    if (*key, grouping) in figures:
        return figures[(*key, grouping)]
    return NOTHING[(*key, ())]


NOTHING = recount([], {}, 0)
"""The figures when nothing has happened."""
