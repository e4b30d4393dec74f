"""The same Kafka from Docker, for a machine that has Docker but no Java or no Maven."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator

from tests.processes import free_port, wait_until

IMAGE = "apache/kafka:4.1.0"
START_SECONDS = 180  # the image may have to be fetched


def why_not_docker() -> str | None:
    """Why Docker cannot be used, or None when it can."""
    if shutil.which("docker") is None:
        return "no Docker"
    asked = subprocess.run(["docker", "info"], capture_output=True, timeout=30, check=False)
    return None if asked.returncode == 0 else "Docker's daemon does not answer"


def _docker(*arguments: str) -> str:
    done = subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, timeout=START_SECONDS, check=False
    )
    assert done.returncode == 0, f"docker {arguments[0]}: {done.stderr}"
    return done.stdout + done.stderr


@contextlib.contextmanager
def running_container() -> Iterator[str]:
    """The bootstrap address of a Kafka in a container, removed at the end."""
    port = free_port()
    settings = {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        # Clients outside reach the published port, so inside the same number is listened on.
        "KAFKA_LISTENERS": f"PLAINTEXT://:{port},CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://127.0.0.1:{port}",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
    }
    options = [part for name, value in settings.items() for part in ("-e", f"{name}={value}")]
    publish = f"127.0.0.1:{port}:{port}"
    name = f"vigie-test-kafka-{port}"
    _docker("run", "--rm", "--detach", "--name", name, "--publish", publish, *options, IMAGE)
    try:
        wait_until(
            lambda: "Kafka Server started" in _docker("logs", name),
            START_SECONDS,
            "Kafka in Docker is up",
        )
        yield f"127.0.0.1:{port}"
    finally:
        subprocess.run(["docker", "rm", "--force", name], capture_output=True, check=False)
