"""Percentiles within 1 %: an integer log-linear histogram, the same on every machine.

Lengths in ms go to numbered steps: exact below 128 ms, above that 64 steps to each doubling. Counts
can be added and subtracted, so histograms merge and windows slide.
"""

from typing import Final

_BITS: Final = 7
_EXACT: Final = 1 << _BITS


def step(value: int) -> int:
    """The number of the step that holds `value` (>= 0)."""
    if value < _EXACT:
        return value
    shift = value.bit_length() - _BITS
    return (shift << (_BITS - 1)) + (value >> shift)


def middle(number: int) -> int:
    """The value that stands for a step: its middle, at most 0.8 % from any value in it."""
    if number < _EXACT:
        return number
    shift = (number >> (_BITS - 1)) - 1
    low = (number - (shift << (_BITS - 1))) << shift
    return low + (1 << shift >> 1)


def bounds(number: int) -> tuple[int, int]:
    """The smallest value of a step and the smallest of the next one."""
    if number < _EXACT:
        return number, number + 1
    shift = (number >> (_BITS - 1)) - 1
    low = (number - (shift << (_BITS - 1))) << shift
    return low, low + (1 << shift)


def percentile(counts: dict[int, int], percent: int, low: int, high: int) -> int | None:
    """Nearest rank: the smallest value with at least `percent` % at or below it, in ms.

    `counts` {step: n}; clamped to the exact extremes `low` and `high`. None when empty.
    """
    total = sum(counts.values())
    if total <= 0:
        return None
    rank = -(-total * percent // 100)
    for number in sorted(counts):
        rank -= counts[number]
        if rank <= 0:
            return min(max(middle(number), low), high)
    raise AssertionError("the counts of a histogram are positive")
