"""The laws can fail: core is broken on purpose, one line at a time, and they find it.

Each row breaks one line and names a law that must notice within some histories.
"""

import inspect
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType

import pytest

from streams.core import engine, owed, totals, windows
from streams.core.life import Life
from streams.core.lifecycle import waiting, work
from tests.laws import (
    test_bounds,
    test_change,
    test_crash,
    test_oracle,
    test_order,
    test_silence,
    test_split,
)
from tests.laws.kit import over

Law = Callable[[int], None]


@dataclass(frozen=True)
class Break:
    """In the function `name` of `place`, `old` becomes `new`: what that means, and who sees it."""

    meaning: str
    place: object
    name: str
    old: str
    new: str
    law: Law


BREAKS = [
    Break(
        "an answer exactly at the target is late",
        *(waiting, "_book_answer", "wait <= leg", "wait < leg"),
        test_oracle.check_one_instant,
    ),
    Break(
        "a miss stands where it is noticed, not where the target passed",
        *(waiting, "fire", "target // 1000, 0, 1", "now_ms // 1000, 0, 1"),
        test_order.check_order,
    ),
    Break(
        "a late event is put at the end of its life",
        *(Life, "_insert", "self.events[place - 1].key > event.key", "False"),
        test_order.check_order,
    ),
    Break(
        "a repeat is not recognised",
        *(Life, "knows", "return True", "return False"),
        test_order.check_repeats,
    ),
    Break(
        "what a replay takes back stays in the sums",
        *(Life, "book", "self.facts), self.shard", "{}), self.shard"),
        test_order.check_order,
    ),
    Break(
        "a leg that is left when the next one opens is left last",
        *(Life, "_run", "self.family.next_of(state, run)", "0"),
        test_oracle.check_all_groupings,
    ),
    Break(
        "facts of one place are written under the groups of its neighbour",
        *(owed.Owed, "flat", "members[place] = found", "members[place | 1] = found"),
        test_split.check,
    ),
    Break(
        "work that is booked anew is taken back twice",
        *(work, "book_work", "second, x, -n", "second, x, -2 * n"),
        test_bounds.check,
    ),
    Break(
        "a worker that starts anew knows no timers",
        *(engine.Partition, "_load", "if known.due is not None", "if False"),
        test_crash.check,
    ),
    Break(
        "a stored life is stepped on, though today's settings would book it elsewhere",
        *(Life, "restore", "self._from_the_start(now_ms) != self.facts", "False"),
        test_change.check,
    ),
    Break(
        "a base has the levels that today's settings would give",
        *(Life, "standing", "if not self.stale", "if True"),
        test_change.check,
    ),
    Break(
        "a callback of what is not inbound is waited for without end",
        *(waiting, "due_ms", "if leg.callback_open", "if leg.callback_open and not leg.muted"),
        test_silence.check,
    ),
    Break(
        "panes that leave a window are added once more",
        *(totals.CountTotals, "enter", "sign *", "abs(sign) *"),
        test_silence.check,
    ),
    Break(
        "time in state that came and went in one step of the board is forgotten",
        *(windows.Panes, "_slide", "self._pass(window, second)", "pass"),
        test_oracle.check_steps,
    ),
]


def broken(one: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function with that line changed takes its place until the test ends."""
    function = inspect.getattr_static(one.place, one.name)
    assert isinstance(function, FunctionType)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(one.old) >= 1, f"no {one.old!r} in {one.name}"
    space = dict(vars(sys.modules[function.__module__]))
    exec(compile(source.replace(one.old, one.new, 1), f"broken {one.name}", "exec"), space)
    monkeypatch.setattr(one.place, one.name, space[one.name])


@pytest.mark.parametrize("one", BREAKS, ids=lambda one: one.meaning)
def test_a_broken_line_is_found(one: Break, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(one, monkeypatch)
    # A board that was told nonsense may also have no shortest of no durations to show.
    with pytest.raises((AssertionError, ValueError)) as caught:
        over(one.law, seed, 2500)
    assert caught.value.__notes__[0].startswith("history ")
