"""Two processes that live and end together: how `vigie run` and `vigie demo` start them."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType
from typing import Final

END_SECONDS: Final = 4.0
POLL_SECONDS: Final = 0.1


class Children:
    """Processes of this command line; when one ends, or a signal comes, all end."""

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._end = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Starts `vigie NAME …` in a group of its own, so that a Ctrl-C reaches us alone."""
        command = [sys.executable, "-m", "streams.cli", name, *arguments]
        self._processes[name] = subprocess.Popen(command, start_new_session=True)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._end.set()

    @property
    def stopping(self) -> bool:
        """Whether somebody asked to stop."""
        return self._end.is_set()

    def running(self) -> bool:
        """Whether all run and nobody asked to stop."""
        return not self.stopping and all(p.poll() is None for p in self._processes.values())

    def wait(self) -> int:
        """Waits until something ends, then ends the rest; the exit code of what ended first."""
        while self.running():
            self._end.wait(POLL_SECONDS)
        codes = [p.returncode for p in self._processes.values() if p.returncode is not None]
        self.stop()
        return 0 if self.stopping else next((code for code in codes if code), 2)

    def stop(self) -> None:
        """Ends all, with a signal first and by force in the end."""
        for process in self._processes.values():
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + END_SECONDS
        for process in self._processes.values():
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
