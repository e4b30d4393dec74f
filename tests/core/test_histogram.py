"""Percentiles within 1 % of the nearest rank, on any machine, whatever is added or taken back."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.histogram import bounds, middle, percentile, step

LENGTHS = st.integers(0, 10 * 366 * 86_400 * 1000)


def counts_of(values: list[int]) -> dict[int, int]:
    """The histogram of some lengths."""
    counts: dict[int, int] = {}
    for value in values:
        counts[step(value)] = counts.get(step(value), 0) + 1
    return counts


@given(LENGTHS)
def test_a_step_holds_its_values_and_its_middle_is_near_them(value: int) -> None:
    low, high = bounds(step(value))
    assert low <= value < high
    assert low <= middle(step(value)) < high
    assert abs(middle(step(value)) - value) <= value // 100


@given(LENGTHS, LENGTHS)
def test_steps_keep_the_order(one: int, other: int) -> None:
    assert (step(one) <= step(other)) or one > other


def test_steps_follow_each_other_without_gap() -> None:
    end = 0
    for number in range(3000):
        low, high = bounds(number)
        assert low == end
        end = high


@given(st.lists(LENGTHS, min_size=1, max_size=60), st.sampled_from([1, 50, 75, 90, 95, 100]))
def test_nearest_rank_within_one_percent(values: list[int], percent: int) -> None:
    exact = sorted(values)[-(-percent * len(values) // 100) - 1]
    found = percentile(counts_of(values), percent, min(values), max(values))
    assert found is not None
    assert abs(found - exact) <= exact / 100


def test_of_one_value_every_percentile_is_that_value() -> None:
    for value in (0, 127, 128, 1003, 86_399_999):
        assert percentile(counts_of([value]), 90, value, value) == value


def test_of_nothing_there_is_none() -> None:
    assert percentile({}, 50, 0, 0) is None


def test_merged_and_subtracted_is_the_rest(seed: int) -> None:
    chance = random.Random(seed)
    kept = [chance.randrange(600_000) for _ in range(500)]
    gone = [chance.randrange(600_000) for _ in range(500)]
    both = counts_of(kept + gone)
    for number, n in counts_of(gone).items():
        both[number] -= n
    rest = {number: n for number, n in both.items() if n}
    assert rest == counts_of(kept)


@pytest.mark.parametrize(
    ("value", "number"), [(0, 0), (127, 127), (128, 128), (129, 128), (255, 191), (256, 192)]
)
def test_steps_are_permanent(value: int, number: int) -> None:
    """Stored histograms of one release are read by the next."""
    assert step(value) == number
