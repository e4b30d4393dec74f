"""The real Prometheus, Alertmanager and Chromium that other tests lean on do start here."""

import json
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.processes import NotReadyError, Program, listens, wait_until
from tests.tools import alertmanager, need, prometheus


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def test_prometheus_scrapes_itself_and_is_gone_afterwards(tmp_path: Path) -> None:
    config = tmp_path / "prometheus.yml"
    config.write_text("global: {scrape_interval: 1s}\nscrape_configs: []\n")
    with prometheus(config, tmp_path) as server:
        answer = json.loads(get(f"{server.address}/api/v1/query?query=vector(42)"))
        assert answer["data"]["result"][0]["value"][1] == "42"
        port = int(server.address.rpartition(":")[2])
    assert not listens(port)


def test_alertmanager_takes_an_alert(tmp_path: Path) -> None:
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    run(need("amtool"), "check-config", config)
    with alertmanager(config, tmp_path) as server:
        run(need("amtool"), "alert", "add", "Smoke", f"--alertmanager.url={server.address}")

        def arrived() -> bool:
            alerts = json.loads(get(f"{server.address}/api/v2/alerts"))
            return [alert["labels"]["alertname"] for alert in alerts] == ["Smoke"]

        wait_until(arrived, 10, "the alert is listed")


def test_promtool_refuses_a_wrong_metric(tmp_path: Path) -> None:
    command: list[str | Path] = [need("promtool"), "check", "metrics"]
    good = b"# HELP a_total An.\n# TYPE a_total counter\na_total 1\n"
    bad = good.replace(b"a_total", b"a_count")
    assert subprocess.run(command, input=good, check=False, timeout=30).returncode == 0
    assert subprocess.run(command, input=bad, check=False, timeout=30).returncode != 0


def test_chromium_draws_a_page(tmp_path: Path) -> None:
    page, picture = tmp_path / "page.html", tmp_path / "page.png"
    page.write_text("<title>t</title><body style='background:red'>42")
    # No sandbox: as root, in a container, Chromium refuses to start with one.
    flags = "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'user'}"
    run(need("chromium"), *flags, f"--screenshot={picture}", page.as_uri())
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_program_that_ends_early_fails_at_once_with_its_log(tmp_path: Path) -> None:
    with (
        Program.start(["sh", "-c", "echo why; exit 3"], log=tmp_path / "log") as program,
        pytest.raises(NotReadyError, match=r"(?s)ended with 3.*why"),
    ):
        program.wait_ready(lambda: False, 30)


def test_children_end_with_their_program(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Program.start(["sh", "-c", "sleep 600 & echo $!; wait"], log=log) as program:
        wait_until(lambda: log.read_text().strip() != "", 10, "the child's id is written")
        child = Path(f"/proc/{int(log.read_text())}")
        assert child.exists()
        program.kill()
    wait_until(lambda: not child.exists() or "Z" in (child / "stat").read_text(), 10, "it ended")
