"""Once and in order, whatever is lost or repeated between the fetching and the handing over."""

import random
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.adapters.delivery import Delivery, Fetch, GapError
from streams.adapters.source import SourceWentBackError

PLACE = ("calls", 3)


class Row(NamedTuple):
    offset: int
    timestamp: int = 0
    key: bytes | None = None
    value: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


def fetch(*offsets: int, after: int | None = None, place: tuple[str, int] = PLACE) -> Fetch:
    start = offsets[0] if after is None else after
    return Fetch(*place, [Row(offset) for offset in offsets], start)


def taken(delivery: Delivery, of: Fetch) -> list[int]:
    return [record.offset for record in delivery.take(of)]


def ready(at: int) -> Delivery:
    delivery = Delivery()
    delivery.assign({PLACE: at})
    return delivery


def test_fetches_in_order_pass_with_the_holes_that_transactions_leave() -> None:
    delivery = ready(5)
    assert taken(delivery, fetch(5, 6)) == [5, 6]
    assert taken(delivery, fetch(9, 10, after=7)) == [9, 10]
    assert delivery.next == {PLACE: 11}


def test_a_repeated_fetch_gives_only_what_is_new() -> None:
    delivery = ready(5)
    assert taken(delivery, fetch(5, 6, 7)) == [5, 6, 7]
    assert taken(delivery, fetch(5, 6, 7)) == []
    assert taken(delivery, fetch(6, 7, 8, 9)) == [8, 9]
    assert taken(delivery, fetch(10)) == [10]


def test_a_fetch_after_a_lost_one_is_not_handed_over() -> None:
    delivery = ready(5)
    with pytest.raises(GapError) as gap:
        delivery.take(fetch(8, 9, after=8))
    assert (gap.value.place, gap.value.expected) == (PLACE, 5)
    assert taken(delivery, fetch(5, 6, 7)) == [5, 6, 7]
    assert taken(delivery, fetch(8, 9)) == [8, 9]


def test_what_is_not_ours_or_paused_is_not_handed_over() -> None:
    delivery = ready(5)
    assert taken(delivery, fetch(5, place=("calls", 4))) == []
    delivery.paused.add(3)
    assert taken(delivery, fetch(5)) == []
    assert delivery.resume([3], {}) == {PLACE: 5}
    assert taken(delivery, fetch(5)) == [5]
    delivery.paused.add(3)
    assert delivery.resume([3], {PLACE: 2, ("calls", 4): 1}) == {PLACE: 2}
    assert taken(delivery, fetch(2, 3)) == [2, 3]
    delivery.release()
    assert taken(delivery, fetch(4)) == []


def test_a_fetch_in_pieces_is_the_same_fetch() -> None:
    whole = fetch(3, 4, 8, 9, 20, after=2)
    pieces = list(whole.parts(2))
    assert [(piece.after, [row.offset for row in piece.records]) for piece in pieces] == [
        (2, [3, 4]),
        (5, [8, 9]),
        (10, [20]),
    ]
    delivery = ready(2)
    assert [taken(delivery, piece) for piece in pieces] == [[3, 4], [8, 9], [20]]
    assert list(whole.parts(5)) == [whole]


def test_a_broker_that_puts_us_back_is_told() -> None:
    delivery = ready(500)
    with pytest.raises(SourceWentBackError, match=r"calls partition 3: read up to offset 500"):
        delivery.take(fetch(0, 1, 2, after=500))
    assert delivery.next == {PLACE: 500}


def test_a_start_that_retention_took_is_passed_over() -> None:
    delivery = ready(5)
    assert taken(delivery, fetch(40, 41, after=5)) == [40, 41]


def fetches(rng: random.Random, offsets: list[int], at: int) -> Iterator[Fetch]:
    """The rest of the log from a sought position, cut anywhere."""
    rest = [offset for offset in offsets if offset >= at]
    while rest:
        size = rng.randint(1, 6)
        yield fetch(*rest[:size], after=at)
        at = rest[size - 1 : size][0] + 1 if len(rest) >= size else rest[-1] + 1
        rest = rest[size:]


@given(st.randoms(use_true_random=False), st.sets(st.integers(0, 60), min_size=1, max_size=40))
def test_any_loss_and_repetition_on_the_way_leaves_each_record_once(
    rng: random.Random, log: set[int]
) -> None:
    offsets = sorted(log)
    start = rng.randint(0, offsets[-1])
    delivery, got = ready(start), list[int]()
    on_the_way: list[Fetch] = []
    source = fetches(rng, offsets, start)
    for _step in range(2_000):
        if delivery.next[PLACE] > offsets[-1]:
            break
        made = next(source, None)
        if made is not None and rng.random() < 0.8:  # else it is lost
            on_the_way += [made] * rng.choice([1, 1, 1, 2])
        if made is None and not on_the_way:  # the look for what was lost
            source = fetches(rng, offsets, delivery.next[PLACE])
        if on_the_way and rng.random() < 0.6:
            try:
                got += taken(delivery, on_the_way.pop(0))
            except GapError as gap:
                source = fetches(rng, offsets, gap.expected)
    assert got == [offset for offset in offsets if offset >= start]
