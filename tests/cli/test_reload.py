"""SIGHUP at `vigie run`: the board takes up what it can, and says what needs a restart."""

import os
import signal
import sys
import urllib.request
from pathlib import Path

from tests.processes import Program, free_port, wait_until

SETTINGS = """\
[kafka]
bootstrap = "127.0.0.1:{kafka}"
[web]
listen = "127.0.0.1:{web}"
{more}
"""
MORE_WAITING = '[defaults.targets.contacts_waiting]\nwarning = 9\n[site]\nlanguage = "{language}"'


def test_a_changed_threshold_is_taken_up_and_a_changed_language_is_not(tmp_path: Path) -> None:
    kafka, web = free_port(), free_port()
    file = tmp_path / "vigie.toml"

    def write(more: str) -> None:
        file.write_text(SETTINGS.format(kafka=kafka, web=web, more=more))

    write("")
    command: list[str | Path] = [sys.executable, "-m", "streams.cli", "run", "--config", file]
    with Program.start(command, log=tmp_path / "run.log") as run:
        run.wait_ready(lambda: is_up(web), 30)

        def told_after(more: str, words: str) -> None:
            write(more)
            os.kill(run.process.pid, signal.SIGHUP)
            wait_until(lambda: words in run.log.read_text(), 10, words)

        told_after("", "no setting differs")
        told_after(
            MORE_WAITING.format(language="en"),
            "taken up: defaults.targets.contacts_waiting.warning",
        )
        told_after(MORE_WAITING.format(language="fr"), "site.language has changed: it needs a")
        told_after("[site]\nlanguage = 5", "the settings stay as they are")
        assert is_up(web)
        assert run.process.poll() is None


def is_up(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
