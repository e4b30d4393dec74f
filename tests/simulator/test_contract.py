"""What the simulator tells keeps the event contract, and every part of the contract is told."""

from collections import defaultdict
from typing import Any

import pytest

from streams.core.event_types import KINDS
from streams.core.events import Decoder, Event
from streams.simulator import Delivery
from tests.simulator import contract
from tests.simulator.runs import busy_hour, told, working_day

ALL: dict[str, dict[str, set[Any]]] = {
    "contact.transferred": {"mode": {"blind", "attended", "self_service"}},
    "contact.abandoned": {"where": {"queue", "ringing", "ivr", "hold"}},
    "contact.callback_ended": {"outcome": {"reached", "not_reached", "cancelled", "expired"}},
    "contact.queued": {
        "channel": {"voice", "chat"}, "priority": {"high", "urgent"}, "direction": {"outbound"},
        "queue": {"Ventes", "Support", "Réclamations", "Billing", "Urgences"},
    },
    "agent.state_changed": {
        "state": {"offline", "available", "ringing", "on_contact", "wrapup", "break", "other"},
        "team": {"Nord", "Sud", "Care", "Office", "Renfort"},
    },
    "contact.ended": {"resolved": {True, False}},
}  # fmt: skip
"""What must occur on a working day."""


def test_every_event_keeps_the_contract() -> None:
    events = busy_hour()
    assert len(events) > 15_000
    found = [offence for event in events for offence in contract.offences(event)]
    assert not found


def test_an_offence_would_be_seen() -> None:
    event = dict(busy_hour()[-1], time="2026-11-24T09:00:00", type="contact.queued", data={})
    assert len(list(contract.offences(event))) == 2


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_every_type_is_told_within_an_hour(scale: float) -> None:
    # With a quarter of an hour without agents, as a demonstration has it.
    deliveries = told(scale=scale, agents_gone=((1200, 2100),), always_open=True)
    decoder = Decoder()
    kinds = set()
    for delivery in deliveries:
        event = decoder.decode(delivery.value)
        assert isinstance(event, Event)
        kinds.add(event.kind.type)
    assert kinds == {kind.type for kind in KINDS}


def test_every_word_is_said_on_a_working_day() -> None:
    said: dict[str, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    for event in working_day():
        for field, value in event["data"].items():
            if not isinstance(value, list):
                said[event["type"]][field].add(value)
    missing = {
        (type_, field): wanted - said[type_][field]
        for type_, fields in ALL.items()
        for field, wanted in fields.items()
    }
    assert not {place: words for place, words in missing.items() if words}


def test_ids_are_unique_within_their_source() -> None:
    events = busy_hour()
    assert len({(event["source"], event["id"]) for event in events}) == len(events)


def test_the_key_is_the_subject_and_one_subject_stays_on_one_topic() -> None:
    topics: dict[bytes, set[str]] = defaultdict(set)
    for delivery in told():
        assert b'"subject":"' + delivery.key + b'"' in delivery.value
        topics[delivery.key].add(delivery.topic)
    assert all(len(found) == 1 for found in topics.values())
    assert {next(iter(found)) for found in topics.values()} == {
        "contact-center.calls",
        "contact-center.agents",
    }


def test_every_source_is_alive_every_ten_seconds() -> None:
    beats: dict[str, list[int]] = defaultdict(list)
    for event in busy_hour():
        if event["type"] == "source.heartbeat":
            beats[event["subject"]].append(event["ms"])
    assert len(beats) == 4
    for times in beats.values():
        assert {late - early for late, early in zip(times[1:], times, strict=False)} == {10_000}


def test_customers_come_back() -> None:
    customers = [
        event["data"]["customer"] for event in working_day()
        if event["type"] == "contact.queued" and "customer" in event["data"]
    ]  # fmt: skip
    again = len(customers) - len(set(customers))
    assert 0.02 < again / len(customers) < 0.3


def test_deliveries_are_frozen() -> None:
    delivery = told(duration_seconds=60)[0]
    assert isinstance(delivery, Delivery)
    with pytest.raises(AttributeError):
        delivery.at_ms = 0  # type: ignore[misc]  # frozen on purpose: that is what is tested
