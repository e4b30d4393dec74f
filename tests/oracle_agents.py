"""The recount of every agent figure: each agent's states as a list of pieces, then counted.

A piece is a time in which neither the state nor the agent's queues and team changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.oracle_events import (
    Event,
    Figure,
    FigureKey,
    Settings,
    Window,
    clean,
    count,
    mean_and_percentiles,
    ratio,
    seconds,
)

STATES = ("available", "ringing", "on_contact", "wrapup", "break", "other")
"""Those that are shown: all but offline."""


@dataclass(frozen=True, slots=True)
class Piece:
    """[from, to) of one agent; the last one is open (to is None)."""

    agent: str
    state: str
    since_ms: int  # when the stretch of this state began, perhaps before this piece
    from_ms: int
    to_ms: int | None
    queues: tuple[str, ...]
    team: str | None
    idle_ms: int | None  # at its start a contact began: how long the agent had been available


def pieces_of(agent: str, life: Iterable[Event], settings: Settings) -> list[Piece]:
    """The life of one agent, cut at each of its events."""
    events = list(life)
    pieces: list[Piece] = []
    queues: tuple[str, ...] = ()
    team: str | None = None
    for number, event in enumerate(events):
        state = event.data["state"]
        if event.data.get("queues") is not None:
            queues = tuple(sorted({settings.queue(name) for name in event.data["queues"]}))
        if event.data.get("team") is not None:
            team = clean(event.data["team"]) or None
        goes_on = bool(pieces) and pieces[-1].state == state
        since_ms = pieces[-1].since_ms if goes_on else event.time_ms
        to_ms = events[number + 1].time_ms if number + 1 < len(events) else None
        began = state == "on_contact" and not goes_on
        idle_ms = idle_before(pieces) if began else None
        pieces.append(Piece(agent, state, since_ms, event.time_ms, to_ms, queues, team, idle_ms))
    return pieces


def idle_before(pieces: list[Piece]) -> int | None:
    """The available stretch that the contact after these pieces ended, directly or by ringing."""
    rest = list(pieces)
    while rest and rest[-1].state == "ringing":
        rest.pop()
    if not rest or rest[-1].state != "available":
        return None
    ended_ms = rest[-1].to_ms
    assert ended_ms is not None
    return ended_ms - rest[-1].since_ms


def time_in(pieces: list[Piece], states: tuple[str, ...], window: Window) -> int:
    """Milliseconds of the window spent in these states; an open piece counts up to T."""
    total = 0
    for piece in pieces:
        if piece.state in states:
            to_ms = window.end_ms if piece.to_ms is None else piece.to_ms
            total += window.overlap_ms(piece.from_ms, to_ms)
    return total


def agent_figures(pieces: list[Piece], window: Window) -> dict[FigureKey, Figure]:
    """Every figure of kpis.md, "Agents", for the pieces of one group."""
    figures: dict[FigureKey, Figure] = {}
    for state in STATES:
        since = [piece.since_ms for piece in pieces if piece.to_ms is None and piece.state == state]
        longest_ms = window.end_ms - min(since, default=window.end_ms)
        figures["agents", "default", state, None] = count(since)
        figures["longest_state_time", "default", state, None] = Figure(seconds(longest_ms))
    figures["agents_available", "default", None, None] = figures[
        "agents", "default", "available", None
    ]
    busy_ms = time_in(pieces, ("on_contact", "wrapup"), window)
    staffed_ms = busy_ms + time_in(pieces, ("available",), window)
    figures["occupancy", "default", None, None] = ratio(seconds(busy_ms), seconds(staffed_ms))
    idle = [piece.idle_ms for piece in pieces if window.holds(piece.from_ms)]
    return {**figures, **mean_and_percentiles("average_idle_time", "default", idle)}
