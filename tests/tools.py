"""Real Prometheus, Alertmanager and Chromium for the tests, by whatever name they have here.

`need("promtool")` gives the program or skips the test with the reason (CI=true: a failure).
`prometheus(…)` and `alertmanager(…)` run a server on a free port until the end of the `with`.
"""

import contextlib
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import Program, free_port

READY_SECONDS = 30
NAMES = {
    "prometheus": ("prometheus",),
    "promtool": ("promtool",),
    "alertmanager": ("prometheus-alertmanager", "alertmanager"),  # Debian's name, upstream's
    "amtool": ("amtool",),
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "node": ("node",),
}


@dataclass(frozen=True, slots=True)
class Server:
    """A server under test conditions: where it answers, and the program behind it."""

    address: str  # http://127.0.0.1:port
    program: Program


def find(tool: str) -> Path | None:
    """The program of this tool, None when this machine has none."""
    for name in NAMES[tool]:
        if path := shutil.which(name):
            return Path(path)
    return None


def need(tool: str) -> Path:
    """The program of this tool; without it the test is skipped, with what to do as the reason."""
    path = find(tool)
    if path is None:
        pytest.skip(f"no {tool} here: `make system` installs it")
    return path


def answers(address: str) -> bool:
    """Whether a GET of this address is answered with 2xx."""
    # No proxy: the address is of this machine, whatever the environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def _server(program: Program, port: int) -> Iterator[Server]:
    address = f"http://127.0.0.1:{port}"
    with program:
        program.wait_ready(lambda: answers(f"{address}/-/ready"), READY_SECONDS)
        yield Server(address, program)


@contextlib.contextmanager
def prometheus(config: Path, folder: Path, *, port: int | None = None) -> Iterator[Server]:
    """Prometheus with this configuration file, its data and log in `folder`."""
    port = port or free_port()
    command: list[str | Path] = [
        need("prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--web.external-url=http://127.0.0.1:{port}/",
        "--web.enable-lifecycle",  # POST /-/reload after a changed file
        "--log.level=warn",
    ]
    with _server(Program.start(command, log=folder / "prometheus.log"), port) as server:
        yield server


@contextlib.contextmanager
def alertmanager(config: Path, folder: Path, *, port: int | None = None) -> Iterator[Server]:
    """Alertmanager, one alone, with this configuration file, its data and log in `folder`."""
    port = port or free_port()
    command: list[str | Path] = [
        need("alertmanager"),
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--web.external-url=http://127.0.0.1:{port}/",
        "--cluster.listen-address=",  # no port for peers
        "--log.level=warn",
    ]
    with _server(Program.start(command, log=folder / "alertmanager.log"), port) as server:
        yield server
