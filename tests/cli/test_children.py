"""Two processes that live and end together; errors of a service as sentences."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from streams.adapters.source import SourceError
from streams.cli.options import Failure
from streams.cli.serving import Signals, _is_news, serve

PARENT = """
import subprocess, sys
from streams.cli import children
real = subprocess.Popen
def instead(command, **options):
    name = command[3]
    return real([sys.executable, "-c", CODE[name]], **options)
children.subprocess.Popen = instead
made = children.Children()
for name in CODE:
    made.start(name, [])
print("up", flush=True)
sys.exit(made.wait())
"""
SLEEPS = "import time; time.sleep(60)"
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""
POLITE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("bye", flush=True), sys.exit(0)))
signal.signal(signal.SIGHUP, lambda *_: print("again", flush=True))
print("here", flush=True)
time.sleep(60)
"""


def parent(tmp_path: Path, **code: str) -> "subprocess.Popen[str]":
    script = tmp_path / "parent.py"
    script.write_text(f"CODE = {code!r}\n{PARENT}")
    return subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ends", "code", "says"),
    [
        ("import sys; sys.exit(2)", 2, "the worker ended with exit code 2"),
        ("import sys; sys.exit(1)", 1, "the worker ended with exit code 1"),
        ("import sys; sys.exit(0)", 2, "the worker ended with exit code 0"),
        ("import os; os.kill(os.getpid(), 9)", 2, "the worker ended by signal 9"),
    ],
)
def test_when_one_ends_the_other_does_too(tmp_path: Path, ends: str, code: int, says: str) -> None:
    process = parent(tmp_path, board=SLEEPS, worker=ends)
    _, errors = process.communicate(timeout=15)
    assert process.returncode == code
    assert says in errors


def test_signals_reach_them_and_the_end_is_in_order(tmp_path: Path) -> None:
    process = parent(tmp_path, board=POLITE)
    assert process.stdout is not None
    assert {process.stdout.readline().strip() for _ in range(2)} == {"up", "here"}
    process.send_signal(signal.SIGHUP)
    assert process.stdout.readline().strip() == "again"
    process.send_signal(signal.SIGTERM)
    said, errors = process.communicate(timeout=10)
    assert (process.returncode, said, errors) == (0, "bye\n", "")


def test_whoever_does_not_listen_is_ended_by_force_and_named(
    tmp_path: Path,
) -> None:
    process = parent(tmp_path, worker=DEAF)
    assert process.stdout is not None
    assert {process.stdout.readline().strip() for _ in range(2)} == {"up", "deaf"}
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=15)
    assert process.returncode == 0
    assert "the worker did not end within 4 s: killed" in errors


def test_known_trouble_becomes_a_sentence_whatever_group_it_comes_in() -> None:
    async def begin(_: Signals) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(trouble("first"))
            tasks.create_task(trouble("second"))

    async def trouble(text: str) -> None:
        raise SourceError(text)

    with pytest.raises(Failure) as raised:
        serve(begin)
    assert raised.value.exit_code == 2
    assert raised.value.message in ("first; second", "first")


def test_a_bug_is_no_sentence() -> None:
    async def begin(_: Signals) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(bug())

    async def bug() -> None:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup):
        serve(begin)


def test_what_kafka_refused_is_told_once_and_bugs_in_tasks_are_told() -> None:
    def record(error: Exception) -> logging.LogRecord:
        return logging.LogRecord("asyncio", logging.ERROR, "", 1, "task", None,
                                 (type(error), error, None))  # fmt: skip

    assert not _is_news(record(TimeoutError()))
    assert _is_news(record(ZeroDivisionError()))
    assert _is_news(logging.LogRecord("asyncio", logging.ERROR, "", 1, "task", None, None))
