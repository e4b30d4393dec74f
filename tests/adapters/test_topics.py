"""Topics on a real Kafka: made as planned, left alone when there, judged in words."""

import time
import uuid

import pytest
from kafka.admin import KafkaAdminClient

from streams.adapters import topics
from streams.adapters.topics import (
    Access,
    Finding,
    TopicError,
    TopicNames,
    Wanted,
    check,
    create,
    identity,
    plan,
)
from tests.processes import free_port


def own_names() -> TopicNames:
    prefix = uuid.uuid4().hex
    return TopicNames(
        inputs=(f"{prefix}.calls", f"{prefix}.agents"),
        customers=f"{prefix}.customers",
        dead_letters=f"{prefix}.dead-letters",
        deltas=f"{prefix}.deltas",
        state=f"{prefix}.state",
        history=f"{prefix}.history",
    )


def test_what_is_made_is_found_to_be_right_and_making_again_makes_nothing(kafka: str) -> None:
    names = own_names()
    wanted = plan(names, partitions=3, replicas=1)
    assert {finding.what for finding in check(Access(kafka), wanted)} == {"the topic is missing"}
    assert create(Access(kafka), wanted) == tuple(topic.name for topic in wanted)
    assert check(Access(kafka), wanted) == ()
    assert create(Access(kafka), wanted) == ()


def test_a_topic_that_is_not_as_planned_is_left_alone_and_told(kafka: str) -> None:
    names = own_names()
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    wrong = {
        names.inputs[0]: {"num_partitions": 2, "configs": {"cleanup.policy": "compact"}},
        names.deltas: {
            "num_partitions": 3,
            "configs": {"retention.ms": "3600000", "retention.bytes": "1000000"},
        },
    }
    for settings in wrong.values():
        settings["replication_factor"] = 1
    try:
        admin.create_topics(wrong, wait_for_metadata=True)
    finally:
        admin.close()
    wanted = plan(names, partitions=3, replicas=1)
    create(Access(kafka), wanted)
    found = check(Access(kafka), wanted)
    told = {(finding.where, finding.what, finding.severity) for finding in found}
    assert told == {
        (names.inputs[0], "has 2 partitions instead of 3", "error"),
        (names.inputs[0], "cleanup.policy is compact instead of delete", "error"),
        (names.deltas, "retention.ms is 3600000 instead of 691200000", "warning"),
        (names.deltas, "retention.bytes is 1000000 instead of -1", "error"),
        (names.deltas, "segment.ms is 604800000 instead of 3600000", "warning"),
    }
    assert [finding.severity for finding in found] == ["error"] * 3 + ["warning"] * 2
    assert f"--topic {names.deltas} --add-config retention.bytes=-1" in " ".join(
        finding.what_to_do for finding in found
    )


def test_more_than_planned_is_fine() -> None:
    from streams.adapters.topics import _config_findings

    (log,) = (t for t in plan(TopicNames(), partitions=3, replicas=3) if t.name.endswith("deltas"))
    better = {**log.config, "retention.ms": "-1", "min.insync.replicas": "3", "segment.ms": "60000"}
    assert list(_config_findings(log, better)) == []
    assert log.config["min.insync.replicas"] == "2"
    worse = {**log.config, "min.insync.replicas": "1"}
    assert [finding.severity for finding in _config_findings(log, worse)] == ["warning"]


def test_three_copies_on_one_broker_is_refused_in_words(kafka: str) -> None:
    with pytest.raises(TopicError, match=r"refused.*[Rr]eplication"):
        create(Access(kafka), plan(own_names(), partitions=1, replicas=3))


def test_fewer_copies_than_planned_is_a_warning(kafka: str) -> None:
    name = uuid.uuid4().hex
    create(Access(kafka), (Wanted(name, 1, 1, {}),))
    assert check(Access(kafka), (Wanted(name, 1, 3, {}),)) == (
        Finding(
            name,
            "is kept 1 times instead of 3",
            "raise its replication with kafka-reassign-partitions",
            "warning",
        ),
    )


def test_a_topic_made_anew_has_another_identity(kafka: str) -> None:
    names = own_names()
    wanted = plan(names, partitions=1, replicas=1)
    create(Access(kafka), wanted)
    asked = (names.deltas, names.state, "nobody-made-me")
    before = identity(Access(kafka), asked)
    assert sorted(before.topics) == sorted(asked[:2])
    assert before.cluster
    assert identity(Access(kafka), asked) == before
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        admin.delete_topics([names.deltas])
    finally:
        admin.close()
    end = time.monotonic() + 20
    while names.deltas in identity(Access(kafka), asked).topics:
        assert time.monotonic() < end
    create(Access(kafka), wanted)
    after = identity(Access(kafka), asked)
    assert after.cluster == before.cluster
    assert after.topics[names.state] == before.topics[names.state]
    assert after.topics[names.deltas] != before.topics[names.deltas]


def test_no_kafka_is_said_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert topics.ANSWER_MS == 15_000
    monkeypatch.setattr(topics, "ANSWER_MS", 2_000)
    address = f"127.0.0.1:{free_port()}"
    before = time.monotonic()
    with pytest.raises(TopicError, match=rf"Kafka at {address} does not answer.*bootstrap"):
        check(Access(address), ())
    assert time.monotonic() - before < 4
