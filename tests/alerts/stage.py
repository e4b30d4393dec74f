"""A stage for the pager: an endpoint that a Prometheus scrapes, a receiver of web hooks, and the
shipped settings with other addresses and seconds instead of minutes."""

import contextlib
import json
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from streams.adapters.web.server import OPENMETRICS_TYPE, TEXT_TYPE
from tests.alerts.places import ALERTS, RULES
from tests.tools import Server, alertmanager, prometheus

Text = Callable[[bool], str]
"""The text of /metrics now; the argument is whether as OpenMetrics."""


@dataclass
class Stage:
    """What is to be scraped, and what came in by web hook."""

    text: Text
    port: int = 0
    received: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Path of the web hook -> alerts in the order in which they came."""
    scraped_as: set[str] = field(default_factory=set)
    prometheus: Server | None = None
    alertmanager: Server | None = None

    def statuses(self, path: str, alert: str) -> list[str]:
        """What was said about an alert: firing, resolved."""
        found = self.received.get(path, [])
        return [each["status"] for each in found if each["labels"]["alertname"] == alert]

    def query(self, expression: str) -> dict[frozenset[tuple[str, str]], float]:
        """Labels without the name -> value, as Prometheus answers now."""
        assert self.prometheus is not None
        question = urllib.parse.urlencode({"query": expression})
        answer = _get(f"{self.prometheus.address}/api/v1/query?{question}")
        return {
            frozenset((k, v) for k, v in each["metric"].items() if k != "__name__"): float(
                each["value"][1]
            )
            for each in answer["data"]["result"]
        }

    def evaluated(self) -> datetime:
        """When the rule group that is the longest without a turn had its last one."""
        assert self.prometheus is not None
        groups = _get(f"{self.prometheus.address}/api/v1/rules")["data"]["groups"]
        return min(datetime.fromisoformat(group["lastEvaluation"]) for group in groups)

    def knows_its_pager(self) -> bool:
        """Whether Prometheus has found the Alertmanager, which takes it some seconds."""
        assert self.prometheus is not None
        found = _get(f"{self.prometheus.address}/api/v1/alertmanagers")["data"]
        return bool(found["activeAlertmanagers"])

    def alerts(self) -> list[dict[str, Any]]:
        """What Alertmanager knows, with the state of each."""
        assert self.alertmanager is not None
        found: list[dict[str, Any]] = _get(f"{self.alertmanager.address}/api/v2/alerts")
        return found


def _get(address: str) -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=10) as answer:
        return json.load(answer)


def _handler(stage: Stage) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            openmetrics = "application/openmetrics-text" in self.headers.get("Accept", "")
            kind = OPENMETRICS_TYPE if openmetrics else TEXT_TYPE
            stage.scraped_as.add(kind)
            self._answer(stage.text(openmetrics).encode(), kind)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            stage.received.setdefault(self.path, []).extend(body["alerts"])
            self._answer(b"", "text/plain")

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the test says what it saw."""

    return Handler


@contextlib.contextmanager
def opened(text: Text) -> Iterator[Stage]:
    """The endpoint and the receiver, on a free port of this machine."""
    stage = Stage(text)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stage))
    stage.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield stage
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@contextlib.contextmanager
def running(text: Text, folder: Path) -> Iterator[Stage]:
    """The same with a Prometheus and an Alertmanager on the shipped settings, only quicker."""
    with opened(text) as stage:
        (folder / "alertmanager.yml").write_text(yaml.safe_dump(_alertmanager(stage.port)))
        with alertmanager(folder / "alertmanager.yml", folder) as stage.alertmanager:
            settings = _prometheus(stage.port, stage.alertmanager.address.removeprefix("http://"))
            (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
            _rules(folder / "rules")
            with prometheus(folder / "prometheus.yml", folder) as stage.prometheus:
                yield stage


def _prometheus(port: int, pager: str) -> dict[str, Any]:
    settings: dict[str, Any] = yaml.safe_load((ALERTS / "prometheus.yml").read_text())
    settings["global"] |= {
        "scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms",
    }  # fmt: skip
    # The same board twice, as two boards would be: nothing may be added up over them.
    targets = [f"127.0.0.1:{port}", f"localhost:{port}"]
    settings["scrape_configs"][0]["static_configs"] = [{"targets": targets}]
    settings["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [pager]}]}]
    return settings


def _rules(folder: Path) -> None:
    folder.mkdir()
    for path in RULES:
        content = yaml.safe_load(path.read_text())
        for group in content["groups"]:
            for rule in group["rules"]:
                rule |= {key: "1s" for key in ("for", "keep_firing_for") if key in rule}
        (folder / path.name).write_text(yaml.safe_dump(content, allow_unicode=True))


def _alertmanager(port: int) -> dict[str, Any]:
    settings: dict[str, Any] = yaml.safe_load((ALERTS / "alertmanager.yml").read_text())
    settings["templates"] = [str(ALERTS / "templates" / "*.tmpl")]
    settings["route"] |= {"group_wait": "200ms", "group_interval": "500ms"}
    for route in settings["route"]["routes"]:
        route.pop("active_time_intervals", None)  # the test runs at night too
    for receiver in settings["receivers"]:
        hook = receiver["webhook_configs"][0]
        hook["url"] = f"http://127.0.0.1:{port}/{receiver['name']}"
    return settings
