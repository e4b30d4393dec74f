"""Starting other programs for a test, waiting until they are ready, ending them for certain.

Every wait is bounded and watches the program: one that dies early fails the test at once, with
the end of its own log in the message.
"""

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

POLL_SECONDS = 0.05
# Below the range from which the system takes the ports of outgoing connections (32768 on Linux).
# A client that keeps trying a free port inside that range can be given the very same port as its
# own end and so connects to itself: a killed broker could not come back.
LOWEST_PORT, HIGHEST_PORT = 20_000, 32_000


class NotReadyError(AssertionError):
    """The program ended early or was not ready in time; the message ends with its log."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, outside the range of outgoing connections."""
    for _ in range(200):
        port = random.SystemRandom().randrange(LOWEST_PORT, HIGHEST_PORT)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    message = f"no free port between {LOWEST_PORT} and {HIGHEST_PORT}"
    raise NotReadyError(message)


def listens(port: int) -> bool:
    """Whether somebody answers on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Return as soon as the condition holds; after so many seconds, AssertionError says what."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            message = f"not within {seconds} s: {what}"
            raise AssertionError(message)
        time.sleep(POLL_SECONDS)


@dataclass(slots=True)
class Program:
    """A running program with its log file; as a context manager it is ended on the way out."""

    process: subprocess.Popen[bytes]
    log: Path
    name: str

    @classmethod
    def start(
        cls,
        command: Sequence[str | Path],
        *,
        log: Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Self:
        """Start it; output and errors go to the end of the log, `env` is added to ours."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={**os.environ, **(env or {})},
                # Its own group: Ctrl-C at the test run reaches it through us, in order, and its
                # children end with it.
                start_new_session=True,
            )
        return cls(process, log, Path(str(command[0])).name)

    def wait_ready(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return as soon as `ready()`; NotReadyError when it ends before or takes longer."""
        deadline = time.monotonic() + seconds
        while not ready():
            code = self.process.poll()
            if code is not None:
                message = f"{self.name} ended with {code} before it was ready\n{self.tail()}"
                raise NotReadyError(message)
            if time.monotonic() > deadline:
                message = f"{self.name} was not ready within {seconds} s\n{self.tail()}"
                raise NotReadyError(message)
            time.sleep(POLL_SECONDS)

    def stop(self, seconds: float = 20) -> int:
        """Ask it to end (SIGTERM), kill it after so many seconds; its exit code."""
        if self.process.poll() is None:
            self._signal(signal.SIGTERM)
            try:
                return self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                return self.kill()
        # Children that outlived it are in its group still.
        self._signal(signal.SIGKILL)
        return self.process.returncode

    def kill(self) -> int:
        """End it as a power cut would (SIGKILL to the whole group); its exit code."""
        self._signal(signal.SIGKILL)
        return self.process.wait(30)

    def tail(self, lines: int = 30) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return  # ended in the meantime, which is what was asked for

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
