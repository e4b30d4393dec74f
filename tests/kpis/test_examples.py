"""Every worked example of every KPI is true: by the engine, and by the recount it can't copy."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from streams.core.calendar import parse_window
from streams.core.events import Decoder, Event
from streams.core.figures import lines
from streams.core.kpi import Example, Kpi
from streams.core.replaying import Replay
from streams.core.targets import QueueRules, Rules
from streams.kpis import CATALOGUE, examples
from tests.oracle import figure_of, recount

CASES = [
    pytest.param(kpi, example, id=f"{kpi.id}-{example.name}")
    for kpi in CATALOGUE.values()
    for example in kpi.examples
]
TOTAL = parse_window("total")
EXACT = 1e-9
"""Relative: values are quotients of integers, rounded once."""


def instant_s(example: Example) -> int:
    """The instant of reading, whole seconds since 1970."""
    return int(examples.instant(example.at).timestamp())


def decoded(example: Example) -> list[Event]:
    """The events before the reading, in the order told, as the worker reads them from a topic."""
    decode = Decoder().decode
    told = []
    for raw in examples.events(example.events):
        event = decode(msgspec.json.encode(raw))
        assert isinstance(event, Event), event
        if event.time_ms < instant_s(example) * 1000:
            told.append(event)
    return told


def rules(example: Example) -> Rules:
    """The example's settings as the core takes them: limits in milliseconds."""
    limits = {
        key.removesuffix("_seconds") + "_ms": round(seconds * 1000)
        for key, seconds in example.settings.items()
    }
    assert limits.keys() <= set(QueueRules.__struct_fields__), "a setting that nobody reads"
    return Rules(defaults=msgspec.convert(limits, QueueRules))


def at_once(replay: Replay, told: Sequence[Event]) -> None:
    """A backlog: all events as told, before time moves at all."""
    for event in told:
        replay.take(event)


def backwards(replay: Replay, told: Sequence[Event]) -> None:
    """The worst disorder: the last one told arrives first."""
    at_once(replay, told[::-1])


def live(replay: Replay, told: Sequence[Event]) -> None:
    """As it happens: the clock reaches each second before its events do, timers fire between."""
    for event in sorted(told, key=lambda event: event.time_ms):
        replay.at(event.time_ms // 1000)
        replay.take(event)


def check(kpi: Kpi, example: Example, value_of: Callable[[examples.Reading], Any]) -> None:
    """Each expectation against what `value_of` finds for it."""
    for expected, value in example.expect.items():
        definition = kpi.definitions[expected.split(":")[0]]
        got = value_of(examples.reading(expected, definition.formula))
        wanted = None if value is None else pytest.approx(value, rel=EXACT)
        assert got == wanted, f"{kpi.id} {expected}: {got}, not {value}"


@pytest.mark.parametrize("arrival", [at_once, backwards, live])
@pytest.mark.parametrize(("kpi", "example"), CASES)
def test_example_is_what_the_engine_says(
    kpi: Kpi, example: Example, arrival: Callable[[Replay, Sequence[Event]], None]
) -> None:
    """The product's own way, from the message to the figure, however the events arrive."""
    replay = Replay(rules(example), [TOTAL])
    arrival(replay, decoded(example))
    board = replay.at(instant_s(example))
    by = ("queue",) if example.queue else ()
    found = {
        (line["definition"], line["part"], line["stat"]): line["value"]
        for line in lines(board, {kpi.id: kpi}, [TOTAL], by)
        if line["queue"] == example.queue
    }
    check(kpi, example, lambda wanted: found[wanted.definition, wanted.part, wanted.stat])


@pytest.mark.parametrize(("kpi", "example"), CASES)
def test_example_is_what_the_recount_says(kpi: Kpi, example: Example) -> None:
    """The judge that shares no code with the product."""
    grouping = (("queue", example.queue),) if example.queue else ()
    by = tuple(name for name, _ in grouping)
    told = examples.events(example.events)
    found = recount(told, examples.settings(example), instant_s(example), "total", by)
    check(
        kpi,
        example,
        lambda wanted: (
            figure_of(
                found,
                kpi.id,
                wanted.definition,
                part=wanted.part,
                stat=wanted.stat,
                grouping=grouping,
            ).value
        ),
    )


def test_disorder_counts_one_repeat() -> None:
    """The answer of the example "Disorder" is read twice: the second one is counted and ignored."""
    example = next(e for e in CATALOGUE["contacts_answered"].examples if e.name == "Disorder")
    replay = Replay(rules(example), [TOTAL])
    at_once(replay, decoded(example))
    assert replay.partition.counters["duplicates"] == 1
    assert replay.partition.counters["conflicting_repeats"] == 0
