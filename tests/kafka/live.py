"""Vigie's own processes on a real Kafka, for tests, with topics and a group of their own.

with Live(bootstrap, folder, "site.clock=events") as live:
    live.start("worker"); live.start("board"); live.send(messages); live.figures("total")
"""

import json
import re
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams import app
from streams.adapters import topics
from streams.settings import Settings, load
from tests.processes import Program, free_port, wait_until

Line = dict[str, Any]
VIGIE = (sys.executable, "-m", "streams.cli")
PATIENCE_SECONDS = 60
TOPICS = ("calls", "tickets", "mentions", "agents", "surveys", "business", "customers",
          "dead_letters", "deltas", "state", "history")  # fmt: skip


class Message(NamedTuple):
    """A record to send; `topic` as in the settings (calls, agents …)."""

    value: bytes | None
    key: bytes | None
    topic: str = "calls"
    headers: tuple[tuple[str, bytes], ...] = ()


class Live:
    """A Vigie of its own on some Kafka."""

    def __init__(self, bootstrap: str, folder: Path, *sets: str, partitions: int = 2) -> None:
        prefix = f"live-{uuid.uuid4().hex[:8]}"
        self.port = free_port()
        self.bootstrap, self.folder = bootstrap, folder
        self.programs: dict[str, Program] = {}
        self._starts = 0
        self._sets = [
            f"kafka.bootstrap={bootstrap}",
            f"kafka.group={prefix}",
            f"kafka.partitions={partitions}",
            "kafka.session_timeout_seconds=6",
            f"web.listen=127.0.0.1:{self.port}",
            "defaults.minimum_sample=0",
            *(f"kafka.topics.{name}={prefix}.{name}" for name in TOPICS),
            *sets,
        ]

    @property
    def settings(self) -> Settings:
        """As the processes read them."""
        return load(sets=self._sets, environment={})

    @property
    def options(self) -> list[str]:
        """The same for a command line."""
        return [word for one in self._sets for word in ("--set", one)]

    def make_topics(self) -> None:
        """As `vigie topics create` does."""
        topics.create(app.access(self.settings), app.wanted_topics(self.settings))

    def start(self, verb: str, name: str = "", *, module: str = "streams.cli") -> Program:
        """Starts `vigie VERB`; its log has its name."""
        self._starts += 1
        program = Program.start(
            [sys.executable, "-m", module, verb, *self.options],
            log=self.folder / f"{verb}-{self._starts}.log",
        )
        self.programs[name or verb] = program
        return program

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for program in self.programs.values():
            program.stop(8)
        if error is not None:
            for log in sorted(self.folder.glob("*.log")):
                error.add_note(f"--- {log.name}: {log.read_text(errors='replace')[-2500:]}")

    # ---- into Kafka, out of Kafka

    def send(self, messages: Iterable[Message]) -> int:
        """Sends, acknowledged when it returns; how many."""
        producer = KafkaProducer(
            bootstrap_servers=self.bootstrap, acks="all", linger_ms=5, max_request_size=1_000_000
        )
        names = self.settings.kafka.topics
        sent = [
            producer.send(
                getattr(names, m.topic), value=m.value, key=m.key, headers=list(m.headers) or None
            )
            for m in messages
        ]
        for future in sent:
            future.get(30)
        producer.close()
        return len(sent)

    def records(self, topic: str) -> list[Any]:
        """All records of one of its topics."""
        name = getattr(self.settings.kafka.topics, topic)
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        try:
            places = [TopicPartition(name, n) for n in consumer.partitions_for_topic(name)]
            consumer.assign(places)
            consumer.seek_to_beginning(*places)
            ends = consumer.end_offsets(places)
            found: list[Any] = []
            while any(consumer.position(place) < ends[place] for place in places):
                for batch in consumer.poll(500).values():
                    found += batch
            return found
        finally:
            consumer.close()

    # ---- the web side

    @property
    def address(self) -> str:
        """Of the board."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> tuple[int, str]:
        """(status, text); status 0: nobody listens."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def ready(self) -> bool:
        """Whether /readyz says so."""
        return self.get("/readyz")[0] == 200

    def wallboard(self) -> Mapping[str, Any]:
        """What pages are told."""
        status, text = self.get("/api/wallboard")
        assert status == 200, text
        found: Mapping[str, Any] = json.loads(text)
        return found

    def state(self) -> str:
        """The feed's state on the tiles; "" while nobody answers."""
        status, text = self.get("/api/wallboard")
        return str(json.loads(text)["status"]["state"]) if status == 200 else ""

    def figures(self, window: str, by: str = "") -> list[Line]:
        """What the board says."""
        status, text = self.get(f"/api/kpis?window={window}&by={by}&format=jsonl")
        assert status == 200, text
        return [json.loads(line) for line in text.splitlines()]

    def value(self, kpi: str, window: str = "1h") -> Any:
        """One figure over everything, of the default definition."""
        (line,) = [
            line
            for line in self.figures(window)
            if line["kpi"] == kpi
            and line["definition"] == "default"
            and line["part"] is None
            and line["stat"] in (None, "mean")
        ]
        return line["value"]

    def metric(self, series: str) -> float:
        """One series of /metrics, as it is written there; 0 when it is not there."""
        found = re.search(rf"^{re.escape(series)} (\S+)$", self.get("/metrics")[1], re.MULTILINE)
        return float(found[1]) if found else 0.0

    def until(self, condition: Any, what: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Waits; fails at once when one of the programs has ended."""

        def checked() -> bool:
            for name, program in self.programs.items():
                code = program.process.poll()
                assert code is None, f"{name} ended with {code}: {program.tail()}"
            return bool(condition())

        wait_until(checked, seconds, what)
