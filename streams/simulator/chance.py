"""Chance for the simulated centre: seeded, and the same on every machine.

Only additions, multiplications and divisions of floats are used, which every machine rounds alike;
logarithms come from a table made with decimal arithmetic.
"""

from collections.abc import Sequence
from decimal import Context, Decimal
from itertools import pairwise
from random import Random
from typing import Final, TypeVar

T = TypeVar("T")

_STEPS: Final = 1024


def _exponential_table() -> tuple[float, ...]:
    """Quantiles of the exponential law with mean 1 at the middle of each of 1024 steps.

    One entry more than steps: draws lie between two neighbours. decimal rounds logarithms
    correctly, math.log may differ in its last bit from machine to machine.
    """
    context = Context(prec=12)
    whole = Decimal(2 * _STEPS)
    values = [-context.ln((whole - 2 * step) / whole) for step in range(_STEPS)]
    values.append(-context.ln(1 / (2 * whole)))
    area = Decimal(0)
    for low, high in pairwise(values):  # sum() of floats is another one in Python 3.12
        area = context.add(area, (low + high) / (2 * _STEPS))
    return tuple(float(context.divide(value, area)) for value in values)


_EXPONENTIAL: Final = _exponential_table()


class Chance:
    """One stream of draws. Streams of different names do not disturb each other."""

    __slots__ = ("_random",)

    def __init__(self, seed: int, name: str) -> None:
        self._random = Random(f"{seed}/{name}").random

    def happens(self, share: float) -> bool:
        """True in this share of cases (0-1)."""
        return self._random() < share

    def share(self) -> float:
        """A number from 0 up to 1, all equally likely."""
        return self._random()

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random() * (high - low + 1))

    def gap(self, mean: float) -> float:
        """Time to the next of things that happen at random, in the unit of `mean`."""
        place = self._random() * _STEPS
        step = int(place)
        low = _EXPONENTIAL[step]
        return mean * (low + (_EXPONENTIAL[step + 1] - low) * (place - step))

    def work(self, mean_ms: int) -> int:
        """How long a piece of work takes: rarely near zero, sometimes long (two gaps in a row)."""
        return int(self.gap(mean_ms / 2) + self.gap(mean_ms / 2)) + 1

    def one_of(self, values: Sequence[T]) -> T:
        """One of these, all equally likely."""
        return values[int(self._random() * len(values))]
