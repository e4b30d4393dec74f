"""Reading messages: what is an event, what is skipped, and the reason for all that is refused."""

import json
from typing import Any

import pytest

from streams.core.event_types import KINDS, Answered, Queued, StateChanged
from streams.core.events import MAXIMUM_BYTES, Decoder, Event, Rejected, Skipped

ANSWERED: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e1",
    "source": "test://pbx",
    "type": "contact.answered",
    "time": "2026-11-25T10:00:00.1239+01:00",
    "subject": "c1",
    "data": {"agent": "ann", "wait_seconds": 3.5, "colour": {"of": ["no", "interest"]}},
}
TEXT = json.dumps(ANSWERED)
BINARY = [
    ("content-type", b"application/json; charset=utf-8"),
    *((f"ce_{name}", str(ANSWERED[name]).encode()) for name in ANSWERED if name != "data"),
]


def message(**changes: Any) -> bytes:
    """The answered event with some attributes changed, or left out (None)."""
    told = {name: value for name, value in (ANSWERED | changes).items() if value is not None}
    return json.dumps(told).encode()


def queued(**data: Any) -> bytes:
    """A contact that is queued with these data."""
    return message(type="contact.queued", data=data)


def read(value: bytes, decoder: Decoder | None = None) -> Event:
    """The event of a message that is one."""
    event = (decoder or Decoder()).decode(value)
    assert isinstance(event, Event)
    return event


# ---- what is read


def test_a_structured_event() -> None:
    event = read(TEXT.encode())
    assert event.time_ms == 1_795_597_200_123, "whole milliseconds, finer digits are cut"
    assert event.kind.type == "contact.answered"
    assert event.key == (event.time_ms, "", event.rank, "test://pbx", "e1")
    assert (event.subject, event.captured) == ("c1", None)
    assert event.data == Answered(agent="ann", wait_seconds=3.5)


def test_a_binary_event_is_the_same() -> None:
    data = json.dumps(ANSWERED["data"]).encode()
    assert Decoder().decode(data, BINARY) == read(TEXT.encode())
    upper = [(name.upper(), content) for name, content in BINARY]
    assert Decoder().decode(data, upper) == read(TEXT.encode())


def test_structured_by_its_content_type_and_with_headers_of_others() -> None:
    headers = [("content-type", b"application/cloudevents+json"), ("traceparent", b"00-1")]
    assert Decoder().decode(TEXT.encode(), headers) == read(TEXT.encode())
    assert Decoder().decode(TEXT.encode(), [("content-type", None)]) == read(TEXT.encode())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
def test_every_type_is_read_and_data_is_only_needed_where_it_says_so(kind: Any) -> None:
    without = message(type=kind.type, data=None)
    if kind.required:
        with pytest.raises(Rejected, match="missing_field"):
            Decoder().decode(without)
    else:
        assert read(without).rank == kind.number
    assert KINDS[kind.number] is kind


def test_names_are_trimmed_composed_and_found_by_their_alias() -> None:
    decoder = Decoder(lambda name: {"old": "Réclamations"}.get(name, name))
    for spelling in (" Réclamations ", "Re\u0301clamations", "old", " old"):
        for _ in range(2):
            data = read(queued(queue=spelling, channel=" chat ", team="  "), decoder).data
            assert (data.queue, data.channel, data.team) == ("Réclamations", "chat", None)


def test_queues_of_an_agent_are_a_sorted_set() -> None:
    data = {"state": "available", "queues": ["b", " a ", "", "b", "a"]}
    event = read(message(type="agent.state_changed", data=data))
    assert event.data == StateChanged(state="available", queues=["a", "b"])


def test_customers_are_hashed_or_dropped() -> None:
    hashing = Decoder(hash_customer=lambda name: f"#{len(name)}")
    raw = queued(queue="q", customer="Ada Lovelace")
    assert read(raw, hashing).data == Queued(queue="q", customer="#12")
    assert read(raw).data == Queued(queue="q")
    assert read(queued(queue="q", customer=""), hashing).data.customer is None


# ---- what is skipped


def test_unknown_types_and_empty_values_are_no_mistakes() -> None:
    assert Decoder().decode(message(type="ticket.invented")) == Skipped("unknown_type")
    assert Decoder().decode(message(type="ticket.invented", data=5)) == Skipped("unknown_type")
    for empty in (None, b""):
        assert Decoder().decode(empty) == Skipped("tombstone")


# ---- what is refused

DEEP = "[" * 100_000 + "]" * 100_000
REFUSED: list[tuple[str, bytes, str]] = [
    ("no JSON", b"{", "not_json"),
    ("text", b"hello", "not_json"),
    ("JSON, but no object", b"[1]", "not_cloudevents"),
    ("nested without end", f'{{"data": {DEEP}, {TEXT[1:]}'.encode(), "not_json"),
    ("no UTF-8 in a name", TEXT.encode().replace(b"ann", b"\xff\xfe"), "not_json"),
    ("half a surrogate", TEXT.replace("ann", "a\\ud800b").encode(), "not_json"),
    ("another version", message(specversion="0.3"), "not_cloudevents"),
    ("no version", message(specversion=None), "not_cloudevents"),
    ("no type", message(type=None), "missing_field"),
    ("no id", message(id=None), "missing_field"),
    ("no subject", message(subject=None), "missing_field"),
    ("no time", message(time=None), "missing_field"),
    ("no queue", queued(channel="voice"), "missing_field"),
    ("an empty queue", queued(queue="  "), "missing_field"),
    ("an empty id", message(id=""), "out_of_range"),
    ("an endless subject", message(subject="x" * 513), "out_of_range"),
    ("an endless queue", queued(queue="x" * 129), "out_of_range"),
    ("an endless agent", message(data={"agent": "x" * 129}), "out_of_range"),
    ("a number for a name", queued(queue=5), "wrong_type"),
    ("a type that is a number", message(type=5), "wrong_type"),
    ("a text for a duration", message(data={"wait_seconds": "3"}), "wrong_type"),
    ("a state that nobody has", message(type="agent.state_changed", data={"state": "dancing"}),
     "wrong_type"),
    ("a time without offset", message(time="2026-11-25T10:00:00"), "bad_time"),
    ("a time of no calendar", message(time="2026-02-30T10:00:00Z"), "bad_time"),
    ("a time that is a number", message(time=1_795_597_200), "bad_time"),
    ("a time before telephones", message(time="0001-01-01T00:00:00+01:00"), "bad_time"),
    ("a negative duration", message(data={"wait_seconds": -0.001}), "out_of_range"),
    ("a duration of decades", message(data={"wait_seconds": 1e300}), "out_of_range"),
    ("an infinite duration", TEXT.replace("3.5", "1e999").encode(), "out_of_range"),
    ("300 KiB", message(data={"agent": "x" * 300 * 1024}), "too_large"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "value", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_refused_says_why(what: str, value: bytes, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        Decoder().decode(value)
    assert caught.value.reason == reason, f"{what}: {caught.value}"
    assert caught.value.detail


def test_the_largest_message_is_read() -> None:
    """The limit is part of the contract: 256 KiB and no byte more."""
    padding = MAXIMUM_BYTES - len(message(pad=""))
    assert read(message(pad="x" * padding)).subject == "c1"
    with pytest.raises(Rejected, match="too_large"):
        Decoder().decode(message(pad="x" * (padding + 1)))


@pytest.mark.parametrize(
    ("headers", "value", "reason"),
    [
        ([("content-type", b"application/json")], TEXT.encode(), "not_cloudevents"),
        ([("content-type", b"application/cloudevents-batch+json")], b"[]", "not_cloudevents"),
        ([*BINARY, ("ce_source", b"\xff")], b"{}", "not_cloudevents"),
        ([*BINARY, ("ce_id", None)], b"{}", "out_of_range"),
        (BINARY, b'{"agent":', "not_json"),
        (BINARY, b"\xff", "not_json"),
        (BINARY, DEEP.encode(), "not_json"),
        (BINARY, b"[]", "wrong_type"),
        (BINARY, b'{"wait_seconds": -1}', "out_of_range"),
    ],
)
def test_binary_messages_are_refused_by_the_same_reasons(
    headers: list[tuple[str, bytes | None]], value: bytes, reason: str
) -> None:
    with pytest.raises(Rejected) as caught:
        Decoder().decode(value, headers)
    assert caught.value.reason == reason, caught.value


def test_a_binary_event_without_value_is_an_event_without_data() -> None:
    event = Decoder().decode(b"", BINARY)
    assert isinstance(event, Event)
    assert event.data == Answered()


def test_a_flood_of_names_is_forgotten_and_read_right() -> None:
    decoder = Decoder()
    for number in range(50_100):
        decoder._name(f" n{number}", "team")
    assert len(decoder._names) <= 50_000
    assert read(message(data={"team": " n7 "}), decoder).data.team == "n7"
