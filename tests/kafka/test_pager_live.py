"""The whole way with real parts: the agents leave, the pager hears of it, and of their return.

    simulator ──► Kafka ──► vigie run ──► Prometheus (shipped rules) ──► Alertmanager ──► hook

Time runs sixty times faster (`site.clock = "events"`): a simulated hour in a minute.

    minute   0          12      20                        60
    agents   there      gone    there
    alert               ─┐      firing        resolved
"""

import contextlib
import urllib.request
import uuid
from datetime import UTC, datetime
from pathlib import Path

from tests.alerts.stage import Stage, running
from tests.kafka.live import VIGIE
from tests.processes import Program, free_port, wait_until

ALERT = "ContactCenterServiceLevelLow"
SPEED = 60
GONE = "12m-20m"


def scrape(address: str, openmetrics: bool) -> str:
    """The board's /metrics."""
    accept = "application/openmetrics-text; version=1.0.0" if openmetrics else "text/plain"
    request = urllib.request.Request(f"{address}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return str(answer.read().decode())


def is_up(address: str) -> bool:
    """Whether the board answers."""
    with contextlib.suppress(OSError):
        return "vigie_build_info" in scrape(address, False)
    return False


def settings(bootstrap: str, port: int) -> list[str]:
    """Topics and a group of this test's own."""
    names = ("calls", "tickets", "mentions", "agents", "surveys", "business", "customers",
             "dead_letters", "deltas", "state", "history")  # fmt: skip
    own = f"pager-{uuid.uuid4().hex[:8]}"
    values = [f"kafka.topics.{name}={own}-{name.replace('_', '-')}" for name in names]
    values += [f"kafka.bootstrap={bootstrap}", f"kafka.group={own}", "kafka.partitions=2",
               f"web.listen=127.0.0.1:{port}", "site.clock=events"]  # fmt: skip
    return [word for value in values for word in ("--set", value)]


def has_fired(stage: Stage, status: str) -> bool:
    """Whether the hook of some receiver heard of it."""
    return any(status in stage.statuses(path, ALERT) for path in list(stage.received))


def test_the_pager_hears_when_the_agents_leave_and_when_they_are_back(
    kafka: str, tmp_path: Path
) -> None:
    port = free_port()
    address, given = f"http://127.0.0.1:{port}", settings(kafka, port)
    made = Program.start([*VIGIE, "topics", "create", *given], log=tmp_path / "topics.log")
    assert made.process.wait(60) == 0, made.tail()
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    feeding = [
        *VIGIE, "simulate", "--seed", "7", "--scale", "2", "--always-open", "--to-kafka",
        "--speed", str(SPEED), "--start", now, "--duration", "1h", "--agents-gone", GONE, *given,
    ]  # fmt: skip
    with Program.start([*VIGIE, "run", *given], log=tmp_path / "run.log") as service:
        service.wait_ready(lambda: is_up(address), 30)
        with (
            running(lambda openmetrics: scrape(address, openmetrics), tmp_path) as stage,
            Program.start(feeding, log=tmp_path / "simulate.log"),
        ):
            wait_until(stage.knows_its_pager, 60, "Prometheus finds its Alertmanager")
            wait_until(lambda: has_fired(stage, "firing"), 60, "the pager hears of it")
            assert not has_fired(stage, "resolved")
            wait_until(lambda: has_fired(stage, "resolved"), 90, "the pager hears of the end")
    assert service.process.returncode == 0, service.tail()
