"""Where made-up histories take their choices from: a seed, or hypothesis."""

import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Chooser(Protocol):
    """Where the choices come from."""

    def one_of(self, values: Sequence[T]) -> T:
        """One of these values; the first is the simplest."""
        ...

    def number(self, most: int) -> int:
        """A whole number from 0 to `most`."""
        ...


class RandomChooser:
    """Choices of a seeded random number generator."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one_of(self, values: Sequence[T]) -> T:
        """Any of them, the first (the plain one) more often."""
        return values[0] if self.random.random() < 0.3 else self.random.choice(values)

    def number(self, most: int) -> int:
        """All equally likely."""
        return self.random.randint(0, most)


class DrawnChooser:
    """Choices of hypothesis, which knows how to make them simpler."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw

    def one_of(self, values: Sequence[T]) -> T:
        """One drawn; shrinks towards the first."""
        return values[self.number(len(values) - 1)]

    def number(self, most: int) -> int:
        """One drawn; shrinks towards 0."""
        return int(self.draw(st.integers(0, most)))
