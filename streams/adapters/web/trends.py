"""The last half hour of each big figure, for the small curves on the tiles."""

from collections import deque
from collections.abc import Sequence
from typing import Final

from streams.adapters.web.state import WallboardState

STEP_S: Final = 30
LENGTH: Final = 60
"""Values of one curve: half an hour of half minutes."""
MAXIMUM_CURVES: Final = 5_000

Curve = deque[float | None]


class Trends:
    """Keeps one value every half minute of each figure of each queue that is shown."""

    def __init__(self) -> None:
        self._curves: dict[tuple[str | None, str], Curve] = {}
        self._step: int | None = None

    def due(self, at_ms: int) -> bool:
        """Whether the next values should be noted now."""
        return self._step is None or at_ms // (STEP_S * 1000) > self._step

    def note(self, state: WallboardState) -> None:
        """Keeps the figures of the page of everything: tiles, and the table of queues.

        A step that nobody noted (the board was busy, or stood still) leaves a gap in the curve.
        """
        step = state.at_ms // (STEP_S * 1000)
        missed = 0 if self._step is None else min(step - self._step - 1, LENGTH)
        if missed < 0:
            return
        self._step = step
        values = _values(state)
        for key in self._curves.keys() | values.keys():
            curve = self._curves.get(key)
            if curve is None:
                if len(self._curves) >= MAXIMUM_CURVES:
                    continue
                curve = self._curves[key] = deque(maxlen=LENGTH)
            curve.extend([None] * missed)
            curve.append(values.get(key))
        self._forget_silent()

    def _forget_silent(self) -> None:
        silent = [key for key, curve in self._curves.items() if not any(_said(v) for v in curve)]
        for key in silent:
            del self._curves[key]

    def fill(
        self, queue: str | None, kpi: str, values: Sequence[float | None], *, at_ms: int
    ) -> None:
        """Replaces a curve by one that ends at the step of `at_ms`, and keeps what came later."""
        step = at_ms // (STEP_S * 1000)
        later = 0 if self._step is None else min(max(0, self._step - step), LENGTH)
        if self._step is None:
            self._step = step
        kept = self.of(queue, kpi)[-later:] if later else ()
        if all(value is None for value in values) and not any(map(_said, kept)):
            return
        if (queue, kpi) in self._curves or len(self._curves) < MAXIMUM_CURVES:
            self._curves[queue, kpi] = deque([*values, *kept], maxlen=LENGTH)

    def of(self, queue: str | None, kpi: str) -> tuple[float | None, ...]:
        """The curve of a figure, oldest first; of everything for queue None."""
        return tuple(self._curves.get((queue, kpi), ()))


def _values(state: WallboardState) -> dict[tuple[str | None, str], float | None]:
    values: dict[tuple[str | None, str], float | None] = {
        (None, tile.kpi): tile.value for tile in state.tiles
    }
    for row in state.queues:
        for column, cell in zip(state.columns, row.cells, strict=True):
            values[row.name, column.kpi] = cell.value
    return values


def _said(value: float | None) -> bool:
    return value is not None
