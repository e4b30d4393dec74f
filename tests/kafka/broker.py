"""A real Apache Kafka for the tests: one node, up in seconds, killed and restarted at will.

`running_broker(folder)` gives a started `Broker` and stops it at the end. The node is Kafka 4.1 in
KRaft mode from `make kafka`; nothing of it outlives the folder.
"""

import contextlib
import shutil
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import Program, free_port

LIBRARIES = Path(__file__).parents[2] / "build" / "kafka" / "libs"
START_SECONDS = 60
HEAP = "400m"

PROPERTIES = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    # A missing topic is a mistake that a test must see.
    "auto.create.topics.enable": "false",
    # One node holds every copy there is.
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # Inner topics of few partitions: made in no time at the first consumer.
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    # The first consumer of a group does not wait for others.
    "group.initial.rebalance.delay.ms": "0",
    "controller.quorum.election.timeout.ms": "500",
    "log.retention.check.interval.ms": "300000",
    # The usual 128 MiB would be a third of the heap.
    "log.cleaner.dedupe.buffer.size": "8388608",
    # A killed node may register again only when its old session is over (usually 9 s).
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "num.network.threads": "2",
    "num.io.threads": "4",
}

LOGGING = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %m (%c{1})%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = info
"""


def why_not_here() -> str | None:
    """Why this machine cannot start the broker, or None when it can."""
    if shutil.which("java") is None:
        return "no java (17 or newer) on the path"
    if not any(LIBRARIES.glob("kafka_*.jar")):
        return "Kafka was not fetched: run `make kafka`"
    return None


@dataclass(slots=True)
class Broker:
    """One Kafka node with its data in `folder`; ports and data stay over kill and start."""

    folder: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    heap: str = HEAP
    port: int = field(default_factory=free_port)
    controller_port: int = field(default_factory=free_port)
    program: Program | None = None

    @property
    def bootstrap(self) -> str:
        """The address for clients, host:port."""
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the node wrote, over all its starts."""
        return self.folder / "kafka.log"

    def start(self) -> None:
        """Start it on its data (made when there is none) and wait until it serves clients."""
        if not (self.folder / "data" / "meta.properties").exists():
            self._format()
        seen = self._times_started()
        self.program = Program.start(self._java("kafka.Kafka", self._config), log=self.log)
        self.program.wait_ready(lambda: self._times_started() > seen, START_SECONDS)

    def stop(self) -> None:
        """Orderly end: clients see the node leave, everything is on disk."""
        if self.program is not None:
            self.program.stop()

    def kill(self) -> None:
        """A crash: SIGKILL, nothing said to anybody. `start()` brings it back with its data."""
        if self.program is not None:
            self.program.kill()

    def restart(self) -> None:
        """Crash, and back on the same address with the same data."""
        self.kill()
        self.start()

    @property
    def _config(self) -> Path:
        return self.folder / "server.properties"

    def _format(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        own = {
            "log.dirs": str(self.folder / "data"),
            "controller.quorum.voters": f"1@127.0.0.1:{self.controller_port}",
            "listeners": f"PLAINTEXT://{self.bootstrap},"
            f"CONTROLLER://127.0.0.1:{self.controller_port}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
        }
        settings = {**PROPERTIES, **own, **self.extra}
        self._config.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        (self.folder / "log4j2.properties").write_text(LOGGING)
        # Chance may begin it with "-", which the tool would take for an option.
        cluster = "V" + urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]
        command = self._java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", self._config)
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"Kafka's data could not be made:\n{done.stdout}{done.stderr}"

    def _java(self, *arguments: str | Path) -> list[str | Path]:
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"
        heap = (f"-Xms{self.heap}", f"-Xmx{self.heap}")
        return ["java", *heap, logging, "-cp", LIBRARIES / "*", *arguments]

    def _times_started(self) -> int:
        if not self.log.exists():
            return 0
        return self.log.read_text(errors="replace").count("Kafka Server started")


@contextlib.contextmanager
def running_broker(folder: Path, **extra: str) -> Iterator[Broker]:
    """A started node, stopped at the end. `extra`: settings of Kafka, dots as underscores.

    The caller asks `why_not_here()` first.
    """
    settings = {key.replace("_", "."): value for key, value in extra.items()}
    broker = Broker(folder, settings)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()
