"""The delta log holds under 2 400 seeded histories of faults, and each rule is there for a reason.

A history: two or three workers, two boards, one broker. Workers are killed, time out, lose the
partition without knowing it; records repeat, come late, are lost with the broker's tail or by
retention; somebody else writes. After every record a reading of the whole log must equal the
model's and a recount of the source; at rest so must every board, every snapshot of one and every
way back into the partition. Then rules are broken on purpose, and the recount alone finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from unittest.mock import patch

import pytest

from streams.core import log_load, log_owner, log_reader
from streams.core.delta import Chunk, Written
from streams.core.log_base import Bases
from streams.core.log_claim import Phase
from streams.core.log_load import Loaded
from streams.core.log_reader import ReaderState

from . import board, checks, watch
from .real import EngineSource
from .run import Failure, run
from .worker import Worker

BLOCK = 300
BLOCKS = 8
ENGINE_HISTORIES = 400
SEARCHED = 4_000


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_history_comes_to_the_truth(block: int) -> None:
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        failure = run(seed)
        assert failure is None, str(failure)


def test_the_real_engine_comes_to_the_truth() -> None:
    for seed in range(ENGINE_HISTORIES):
        failure = run(seed, source_of=EngineSource)
        assert failure is None, str(failure)


def any_number(state: ReaderState, record: Written) -> bool:
    """R2 without n: whatever names the current claim counts."""
    return True


@contextmanager
def base_named_early() -> Iterator[None]:
    """R8 broken: `base_at` is set with the base's claim, and a load believes it."""
    opened, begun = Bases.opened, log_load.Replay.__init__

    def opened_early(bases: Bases, claim_at: int, previous: tuple[int, bytes, int]) -> None:
        opened(bases, claim_at, previous)
        bases.at = claim_at

    def believing(replay: log_load.Replay, base: int | None) -> None:
        begun(replay, base)
        replay.complete = True

    def unchecked(truth: checks.Truth, step: object) -> None:
        """The simulation's own check of hints is left out: the recount must find it."""

    with (
        patch.object(Bases, "opened", opened_early),
        patch.object(log_load.Replay, "__init__", believing),
        patch.object(checks.Truth, "_check_hint", unchecked),
    ):
        yield


@contextmanager
def reset_ignored() -> Iterator[None]:
    """R9 broken: readers keep what they had before a reset."""
    with ExitStack() as stack:
        for module in (log_load, board):
            stack.enter_context(patch.object(module, "is_reset", lambda record: False))
        yield


@contextmanager
def chunks_over_unflushed() -> Iterator[None]:
    """R7 broken: a chunk is cut while changes of its shard are not yet in the log."""
    with patch.object(Worker, "clean", True):
        yield


BROKEN: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "R2's n": lambda: patch.object(log_reader, "is_next", any_number),
    "R4's offset check": lambda: patch.object(
        log_owner.Owner, "in_place", lambda owner, offset: True
    ),
    "R7's clean chunks": chunks_over_unflushed,
    "R8": base_named_early,
    "R9's reset": reset_ignored,
    "R10's after": lambda: patch.object(log_reader, "follows", lambda state, record: True),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found_by_the_recount(rule: str) -> None:
    with BROKEN[rule]():
        found = first_failure()
    assert found is not None, f"{rule} is broken, and {SEARCHED} histories did not show it"
    # The seed must be seen in the run's output:
    print(f"{rule} broken: found by seed {found.seed}: {found.what}")  # noqa: T201
    assert run(found.seed) is None, "the same history holds with the rule"


def first_failure() -> Failure | None:
    for seed in range(SEARCHED):
        failure = run(seed, against_model=False)
        if failure is not None:
            return failure
    return None


def test_the_histories_go_everywhere() -> None:
    """Every end of a reading, of a load and of a doubt occurs, or the faults are too mild."""
    seen: set[str] = set()
    feed, check_loaded, failed = board.feed, checks.Truth.check_loaded, log_owner.Owner.failed

    def feeding(view: board.View, offset: int, raw: bytes) -> tuple[board.View, log_reader.Step]:
        after, step = feed(view, offset, raw)
        seen.add(f"{type(step).__name__} {getattr(step, 'reason', '')}".strip())
        if isinstance(step, log_reader.Valid):
            seen.add("chunk" if isinstance(step.record, Chunk) else "delta")
        return after, step

    def loading(truth: checks.Truth, loaded: Loaded, worker: Worker) -> None:
        kind = "reset" if loaded.reset else "whole" if loaded.base_at is None else "base"
        seen.add(f"load {kind}")
        check_loaded(truth, loaded, worker)

    def failing(owner: log_owner.Owner, reason: str) -> None:
        if owner.phase is not Phase.STOPPED:
            seen.add(f"doubt: {reason.partition('offset ')[0]}")
        failed(owner, reason)

    with (
        patch.object(watch, "feed", feeding),
        patch.object(checks.Truth, "check_loaded", loading),
        patch.object(log_owner.Owner, "failed", failing),
    ):
        for seed in range(400):
            assert run(seed) is None
    missing = EXPECTED - seen
    assert not missing, missing


EXPECTED = {
    "Claimed",
    "Valid",
    "chunk",
    "delta",
    "PassedOver unreadable",
    "PassedOver repeated",
    "PassedOver its claim was superseded",
    "PassedOver names a claim that this reading never met",
    "PassedOver numbers are missing before it",
    "Rebuild names a claim that this reading never met",
    "Rebuild numbers are missing before it",
    "Rebuild follows another record than the last one read",
    "load whole",
    "load base",
    "load reset",
    "doubt: timed out",
    "doubt: the claim's ",
    "doubt: acked at an ",
    "doubt: the log does not end with this owner's last record",
    "doubt: the log since the last claim is not this owner's own",
    "doubt: while loading: the log no longer holds ",
}
