"""The topics that Vigie needs in Kafka: makes what is missing, says what is wrong.

`plan(names, …)` is what should be; `create` and `check` hold it against a broker. Nothing that
exists is ever changed: a wrong setting is a finding, with what to do. With kafka-python, blocking
for at most 15 s; call it by `asyncio.to_thread` from a loop.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError

ANSWER_MS: Final = 15_000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
LOG_RETENTION_MS: Final = 8 * DAY_MS
"""A long week-end switched off must not empty the delta log."""
DEAD_LETTER_RETENTION_MS: Final = 14 * DAY_MS
DEAD_LETTER_BYTES: Final = 2 * 1024 * 1024
"""A dead letter may be as large as a broker takes, with our headers on top."""


class TopicError(Exception):
    """A broker did not do what was asked; says which broker, what, and what to do."""


class TopicNames(NamedTuple):
    """Names are settings; these are the defaults."""

    inputs: tuple[str, ...] = (
        "contact-center.calls",
        "contact-center.tickets",
        "contact-center.mentions",
        "contact-center.agents",
        "contact-center.surveys",
        "contact-center.business",
    )
    customers: str = "contact-center.customers"
    dead_letters: str = "contact-center.dead-letters"
    deltas: str = "contact-center.deltas"
    state: str = "contact-center.state"
    history: str = "contact-center.history"


class Wanted(NamedTuple):
    """One topic as it should be; `config` holds the settings that matter, as Kafka spells them."""

    name: str
    partitions: int
    replicas: int
    config: Mapping[str, str]


class Finding(NamedTuple):
    """One thing that is not as it should be."""

    where: str
    what: str
    what_to_do: str
    severity: Literal["error", "warning"] = "error"


class Identity(NamedTuple):
    """What tells a cluster and its topics from others of the same names."""

    cluster: str
    topics: Mapping[str, str]
    """Topic id by name, "" where the broker has none; missing topics are left out."""


class Access(NamedTuple):
    """Where Kafka is and how to get in: `options` are kafka-python's security settings."""

    bootstrap: str
    options: Mapping[str, Any] = {}


def plan(
    names: TopicNames, *, partitions: int, replicas: int, compacted_partitions: int = 1
) -> tuple[Wanted, ...]:
    """All topics. Inputs and delta log have equally many partitions, for they belong together."""
    # With three copies, two must have a record before it counts as written.
    safe = {"min.insync.replicas": "2" if replicas >= 3 else "1"}
    strict = {**safe, "unclean.leader.election.enable": "false"}
    log = {
        "cleanup.policy": "delete",
        "retention.ms": str(LOG_RETENTION_MS),
        "retention.bytes": "-1",
        "segment.ms": str(HOUR_MS),
        **strict,
    }
    letters = {
        "cleanup.policy": "delete",
        "retention.ms": str(DEAD_LETTER_RETENTION_MS),
        "max.message.bytes": str(DEAD_LETTER_BYTES),
        **safe,
    }
    compacted = {"cleanup.policy": "compact", **strict}
    inputs = (*names.inputs, names.customers)
    return (
        *(Wanted(name, partitions, replicas, {"cleanup.policy": "delete"}) for name in inputs),
        Wanted(names.dead_letters, partitions, replicas, letters),
        Wanted(names.deltas, partitions, replicas, log),
        Wanted(names.state, compacted_partitions, replicas, compacted),
        Wanted(names.history, compacted_partitions, replicas, compacted),
    )


def create(access: Access, wanted: tuple[Wanted, ...]) -> tuple[str, ...]:
    """Make the missing topics; returns their names. What is there stays as it is.

    Raises TopicError.
    """
    with _admin(access) as admin:
        present = set(admin.list_topics())
        missing = {
            topic.name: {
                "num_partitions": topic.partitions,
                "replication_factor": topic.replicas,
                "configs": dict(topic.config),
            }
            for topic in wanted
            if topic.name not in present
        }
        if missing:
            admin.create_topics(missing, timeout_ms=ANSWER_MS, wait_for_metadata=True)
    return tuple(missing)


def check(access: Access, wanted: tuple[Wanted, ...]) -> tuple[Finding, ...]:
    """What is not as planned, worst first; empty when all is well. Raises TopicError."""
    with _admin(access) as admin:
        present = set(admin.list_topics())
        there = [topic for topic in wanted if topic.name in present]
        described = _described(admin, there)
        configs = _configs(admin, there)
    found = [_missing(topic) for topic in wanted if topic.name not in present]
    for topic in there:
        found += _size_findings(topic, described[topic.name])
        found += _config_findings(topic, configs[topic.name])
    return tuple(sorted(found, key=lambda finding: finding.severity))


def identity(access: Access, names: tuple[str, ...]) -> Identity:
    """Cluster id and the ids of those topics that are there. Raises TopicError."""
    with _admin(access) as admin:
        cluster = admin.describe_cluster()["cluster_id"]
        present = set(admin.list_topics())
        asked = [name for name in names if name in present]
        entries = admin.describe_topics(asked) if asked else []
    ids = {entry["name"]: str(entry.get("topic_id") or "") for entry in entries}
    return Identity(cluster or "", ids)


@contextlib.contextmanager
def _admin(access: Access) -> Iterator[Any]:
    """An admin client that gives up after 15 s and puts Kafka's errors into words."""
    end = time.monotonic() + ANSWER_MS / 1000
    try:
        _await_listener(access.bootstrap, end)
        left_ms = max(int((end - time.monotonic()) * 1000), 1)
        admin = KafkaAdminClient(
            bootstrap_servers=access.bootstrap,
            bootstrap_timeout_ms=left_ms,
            request_timeout_ms=ANSWER_MS,
            **access.options,
        )
    except (KafkaError, OSError) as error:
        raise TopicError(
            f"Kafka at {access.bootstrap} does not answer within {ANSWER_MS // 1000} s ({error}): "
            "is it running, and is kafka.bootstrap its address?"
        ) from error
    try:
        yield admin
    except KafkaError as error:
        raise TopicError(f"Kafka at {access.bootstrap} refused: {error}") from error
    finally:
        admin.close()


def _await_listener(bootstrap: str, end: float) -> None:
    """Wait until one of the servers takes a connection; OSError when none does before `end`.

    kafka-python would wait as well, but leaves its sockets open when it gives up.
    """
    while True:
        for server in bootstrap.split(","):
            host, _, port = server.strip().rpartition(":")
            left = max(end - time.monotonic(), 0.1)
            try:
                with socket.create_connection((host.strip("[]"), int(port)), min(left, 3.0)):
                    return
            except OSError as error:
                failed = error
        if time.monotonic() + 0.5 > end:
            raise failed
        threading.Event().wait(0.5)  # refused at once: a broker may be about to come up


def _described(admin: Any, topics: list[Wanted]) -> dict[str, list[dict[str, Any]]]:
    """The partitions of each topic."""
    entries = admin.describe_topics([topic.name for topic in topics]) if topics else []
    return {entry["name"]: entry["partitions"] for entry in entries}


def _configs(admin: Any, topics: list[Wanted]) -> dict[str, dict[str, str]]:
    """The settings in force of each topic, the broker's defaults among them."""
    if not topics:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics]
    answer = admin.describe_configs(asked, config_filter="all")["topic"]
    return {
        name: {key: str(entry["value"]) for key, entry in settings.items()}
        for name, settings in answer.items()
    }


def _missing(topic: Wanted) -> Finding:
    return Finding(topic.name, "the topic is missing", "make it with `vigie topics create`")


def _size_findings(topic: Wanted, partitions: list[dict[str, Any]]) -> Iterator[Finding]:
    if len(partitions) != topic.partitions:
        yield Finding(
            topic.name,
            f"has {len(partitions)} partitions instead of {topic.partitions}",
            "all input topics and the delta log need equally many: set kafka.partitions to the "
            "number they have, or make the topic anew",
        )
    copies = min((len(partition["replica_nodes"]) for partition in partitions), default=0)
    if copies < topic.replicas:
        yield Finding(
            topic.name,
            f"is kept {copies} times instead of {topic.replicas}",
            "raise its replication with kafka-reassign-partitions",
            "warning",
        )
    leaderless = [part["partition_index"] for part in partitions if part["leader_id"] < 0]
    if leaderless:
        yield Finding(
            topic.name,
            f"partitions without a leader: {leaderless}",
            "start the brokers that hold them",
        )


def _config_findings(topic: Wanted, config: Mapping[str, str]) -> Iterator[Finding]:
    for key, value in topic.config.items():
        has = config.get(key)
        if has is None or _as_good(key, has, value):
            continue
        yield Finding(
            topic.name,
            f"{key} is {has} instead of {value}",
            f"kafka-configs --alter --topic {topic.name} --add-config {key}={value}",
            "error" if key in {"cleanup.policy", "retention.bytes"} else "warning",
        )


def _as_good(key: str, has: str, wanted: str) -> bool:
    """Whether a setting does no worse: longer retention, more copies, larger messages are fine."""
    if key in {"retention.ms", "max.message.bytes", "min.insync.replicas"}:
        return has == "-1" or (wanted != "-1" and int(has) >= int(wanted))
    if key == "segment.ms":
        return int(has) <= int(wanted)
    return has == wanted
