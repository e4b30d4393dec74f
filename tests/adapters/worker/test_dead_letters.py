"""Dead letters: headers, those that are too large, a Kafka that is away for a while."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError

from streams.adapters.worker import dead_letters
from streams.adapters.worker.dead_letters import KafkaDeadLetters, headers_of, shortened
from streams.adapters.worker.intake import DeadLetter
from tests.adapters.worker.fakes import Record


def letter(value: bytes | None = b"{", offset: int = 5, **changes: Any) -> DeadLetter:
    record = Record(offset, 0, b"key", value, (("a", b"1"), ("a", b"2")))
    return DeadLetter("calls", 3, record, "not_json", "no end")._replace(**changes)


def test_headers_are_the_messages_own_and_then_ours() -> None:
    found = headers_of(letter())
    assert found[:2] == [("a", b"1"), ("a", b"2")]
    ours = dict(found[2:])
    assert ours.pop("vigie-time").endswith(b"Z")
    assert ours == {
        "vigie-reason": b"not_json", "vigie-detail": b"no end", "vigie-topic": b"calls",
        "vigie-partition": b"3", "vigie-offset": b"5",
    }  # fmt: skip


def test_details_are_bounded_and_any_text_can_be_sent() -> None:
    found = dict(headers_of(letter(detail="\ud800" + "x" * 10_000)))
    assert len(found["vigie-detail"]) == 2_000


def test_shortening_says_so_and_ends() -> None:
    large = letter(b"x" * 2_000_000)
    once, twice = shortened(large, 1), shortened(large, 2)
    assert shortened(large, 0) is large
    assert (len(once.record.value or b""), once.record.key) == (900_000, b"key")
    assert once.record.headers
    assert (len(twice.record.value or b""), twice.record.headers) == (1_000, ())
    assert "only the first 1000 bytes" in twice.detail


class Producer:
    """Takes what fits, is away for some time."""

    def __init__(self, limit: int = 10**9, away: int = 0) -> None:
        self.limit, self.away = limit, away
        self.taken: list[int] = []

    async def start(self) -> None:
        if self.away:
            self.away -= 1
            raise KafkaConnectionError

    async def stop(self) -> None: ...

    async def send_and_wait(self, topic: str, *, value: bytes, key: bytes, headers: Any) -> None:
        if self.away:
            self.away -= 1
            raise KafkaConnectionError
        if len(value) > self.limit:
            raise MessageSizeTooLargeError
        self.taken.append(int(dict(headers)["vigie-offset"]))


@pytest.fixture
def producer(monkeypatch: pytest.MonkeyPatch) -> Producer:
    made = Producer()
    monkeypatch.setattr(dead_letters, "AIOKafkaProducer", lambda **_: made)
    monkeypatch.setattr(dead_letters, "RETRY_SECONDS", 0.01)
    return made


@pytest.mark.parametrize("away", [0, 1, 3])
async def test_all_are_sent_though_kafka_is_away_at_first(producer: Producer, away: int) -> None:
    producer.away = away
    letters = KafkaDeadLetters("kafka:9092", "dead")
    await letters.send([letter(offset=n) for n in range(1_200)])
    assert sorted(producer.taken) == list(range(1_200))
    await letters.stop()


async def test_one_that_is_too_large_is_cut_until_it_fits(producer: Producer) -> None:
    producer.limit = 2_000
    letters = KafkaDeadLetters("kafka:9092", "dead")
    await letters.send([letter(b"x" * 2_000_000, 0), letter(offset=1)])
    assert sorted(producer.taken) == [0, 1]


async def test_a_topic_that_takes_nothing_is_said(
    producer: Producer, caplog: pytest.LogCaptureFixture
) -> None:
    producer.limit = 500
    letters = KafkaDeadLetters("kafka:9092", "dead")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(letters.send([letter(b"x" * 2_000, 0), letter(offset=1)]), 0.5)
    assert producer.taken == [1], "the other was sent"
    assert caplog.text.count("dead letters wait for dead at kafka:9092") == 1
