"""Workers that end, by force or in order: who goes on, how soon, and what it costs in figures."""

import os
import signal
import sys
import time
from pathlib import Path

from tests.kafka.contacts import answered
from tests.kafka.live import Live, Message
from tests.processes import Program

SESSION_SECONDS = 6


def contacts(first: int, last: int) -> list[Message]:
    """Answered contacts of the last minutes, told one after the other."""
    now_ms = time.time_ns() // 1_000_000 - 30_000
    return [one for number in range(first, last) for one in answered(f"c-{number}", now_ms)]


def total(live: Live) -> float:
    return live.value("contacts_answered") or 0


def age(live: Live) -> float:
    """Of the partition that was silent for longest, seconds."""
    return max(live.metric(f'vigie_partition_age_seconds{{partition="{n}"}}') for n in range(4))


def test_another_worker_takes_over_in_time_and_nothing_is_lost(kafka: str, tmp_path: Path) -> None:
    with Live(kafka, tmp_path, partitions=4) as live:
        live.make_topics()
        live.start("board")
        first, second = live.start("worker", "first"), live.start("worker", "second")
        live.until(live.ready, "both work")
        live.until(lambda: _partitions(first) and _partitions(second), "each has partitions")
        live.send(contacts(0, 50))
        live.until(lambda: total(live) == 50, "counted")
        victim = live.programs.pop("first")
        victim.kill()
        killed = time.monotonic()
        live.send(contacts(50, 150))
        live.until(lambda: total(live) == 150, "the other goes on")
        seconds = time.monotonic() - killed
        live.until(lambda: age(live) < 2, "all partitions speak")
        assert total(live) == 150
        sys.stdout.write(f"takeover {seconds:.1f} s after SIGKILL, session {SESSION_SECONDS} s\n")


def _partitions(worker: Program) -> bool:
    return "taken over" in worker.log.read_text()


def test_run_ends_in_order_at_a_signal_and_leaves_nobody_behind(kafka: str, tmp_path: Path) -> None:
    with Live(kafka, tmp_path) as live:
        live.make_topics()
        run = live.start("run")
        live.until(live.ready, "it runs")
        live.send(contacts(0, 200))
        live.until(lambda: total(live) == 200, "counted")
        family = children(run.process.pid)
        assert len(family) == 2
        run.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert run.process.wait(10) == 0
        seconds = time.monotonic() - began
        sys.stdout.write(f"ended {seconds:.1f} s after SIGTERM\n")
        assert not any(map(is_alive, family))
        assert "killed" not in run.log.read_text()
        sys.stdout.write(f"vigie run ended {seconds:.1f} s after SIGTERM\n")


def test_children_end_when_their_parent_is_killed(kafka: str, tmp_path: Path) -> None:
    with Live(kafka, tmp_path) as live:
        live.make_topics()
        run = live.start("run")
        live.until(live.ready, "it runs")
        family = children(run.process.pid)
        os.kill(live.programs.pop("run").process.pid, signal.SIGKILL)
        run.process.wait(5)
        live.until(lambda: not any(map(is_alive, family)), "nobody is left", 6)


def test_when_one_process_dies_the_other_ends_too_and_says_so(kafka: str, tmp_path: Path) -> None:
    with Live(kafka, tmp_path) as live:
        live.make_topics()
        run = live.start("run")
        live.until(live.ready, "it runs")
        worker, board = children(run.process.pid)
        live.programs.pop("run")
        os.kill(worker, signal.SIGKILL)
        assert run.process.wait(10) == 2
        assert not is_alive(board)
        assert "the worker ended by signal 9: so does the rest" in run.log.read_text()


def children(parent: int) -> list[int]:
    """Process ids, in the order of their starts."""
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(number) for number in text.split()]


def is_alive(number: int) -> bool:
    """Whether it runs; one that only waits to be fetched does not."""
    stat = Path(f"/proc/{number}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
