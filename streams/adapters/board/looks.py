"""Single figures of a board, as wallboard pages ask for them."""

from typing import TYPE_CHECKING, Final

from streams.adapters.web.build import Figure
from streams.core.board import By
from streams.core.calendar import parse_window
from streams.core.figures import Figure as EvaluatedFigure
from streams.core.figures import evaluate
from streams.core.kpi import Level, Mean, Oldest
from streams.core.measures import AGENT_TIME, AGENTS
from streams.core.view import View

if TYPE_CHECKING:
    from streams.adapters.board.service import BoardService

ALL: Final[By] = ()
QUEUE: Final[By] = ("queue",)


class Looks:
    """Answers for the board that the service keeps at the moment."""

    def __init__(self, service: "BoardService") -> None:
        self._service = service

    def queues(self) -> tuple[str, ...]:
        """All queues: configured ones first, then those that events have named, by name."""
        seen = {str(key[0]) for key in self._service.board.present(QUEUE)}
        configured = list(self._service.rules.queues)
        limit = self._service.rules.maximum_names
        return (*configured, *sorted(seen - set(configured)))[:limit]

    def figure(
        self,
        kpi: str,
        definition: str,
        window: str | None,
        queue: str | None,
        *,
        spread: bool = False,
    ) -> Figure:
        """A figure of one queue, or of everything; `window` None reads now."""
        board = self._service.board
        by, key = (ALL, ()) if queue is None else (QUEUE, (queue,))
        view = board.live(by, key) if window is None else board.view(by, key, parse_window(window))
        formula = self._service.kpis[kpi].definitions[definition].formula
        found = evaluate(formula, view)
        first = found[0]
        if isinstance(formula, Level) and not _told(formula, view):
            first = EvaluatedFigure()  # nobody tells about agents here: that is not "none"
        parts = {f.part: float(f.value or 0) for f in found if f.part is not None}
        stats = {f.stat: float(f.value) for f in found if f.stat and f.value is not None}
        stats.pop("mean", None)
        oldest: int | None = None
        if isinstance(formula, Oldest):
            since = (view.oldest_ms(measure) for measure in formula.of.values())
            oldest = min((ms for ms in since if ms is not None), default=None)
        return Figure(
            value=first.value,
            numerator=first.numerator,
            denominator=first.denominator,
            samples=None if first.samples is None else int(first.samples),
            stats=stats if spread and isinstance(formula, Mean) else {},
            parts=parts,
            oldest_ms=oldest,
        )


def _told(formula: Level, view: View) -> bool:
    """Contacts waiting are 0 until told otherwise; agents are unknown until one is told of."""
    if not next(iter(formula.of.values())).whole:
        return True
    return any(view.known(measure) for measure in (*AGENTS.values(), *AGENT_TIME.values()))
