"""Two processes that live and end together: how `vigie run` and `vigie demo` start them."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import Final

import click

from streams.cli.options import COULD_NOT

END_SECONDS: Final = 4.0
POLL_SECONDS: Final = 0.1


class Children:
    """Processes of this command line; when one ends, or a signal comes, all end.

    SIGHUP goes on to them. They end too when this process is gone, however it went: the end of
    their standard input tells them (`serving.serve`).
    """

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_hangup)

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Starts `vigie NAME …` in a group of its own, so that a Ctrl-C reaches us alone."""
        command = [sys.executable, "-m", "streams.cli", name, "--child", *arguments]
        # Inherited: a SIGHUP that comes before the child listens must not end it.
        ours = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            self._processes[name] = subprocess.Popen(
                command, start_new_session=True, stdin=subprocess.PIPE
            )
        finally:
            signal.signal(signal.SIGHUP, ours)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _on_hangup(self, number: int, _frame: FrameType | None) -> None:
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(number)

    def running(self) -> bool:
        """Whether all run and nobody asked to stop."""
        return not self.stopping and all(p.poll() is None for p in self._processes.values())

    def wait(self) -> int:
        """Waits until something ends, then ends the rest; the exit code for all."""
        while self.running():
            first = next(iter(self._processes.values()))
            with contextlib.suppress(subprocess.TimeoutExpired):
                first.wait(POLL_SECONDS)
        ended = {n: p.returncode for n, p in self._processes.items() if p.returncode is not None}
        asked = self.stopping
        self.stop()
        if asked:
            return 0
        for name, code in ended.items():
            how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
            click.echo(f"the {name} ended {how}: so does the rest", err=True)
        return next((code for code in ended.values() if code > 0), COULD_NOT)

    def stop(self) -> None:
        """Ends all, with a signal first and by force in the end."""
        for process in self._processes.values():
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + END_SECONDS
        for name, process in self._processes.items():
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                click.echo(f"the {name} did not end within {END_SECONDS:g} s: killed", err=True)
                process.kill()
                process.wait()
            if process.stdin is not None:
                process.stdin.close()
