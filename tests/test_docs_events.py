"""docs/events.md is the contract: its examples are read by the decoder, its lists are whole."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec import structs

from streams.core.event_types import KINDS, Common, Kind
from streams.core.events import Decoder, Event
from streams.core.refusal import Reason, Rejected
from streams.settings.shape import Topics

PAGE = (Path(__file__).parents[1] / "docs" / "events.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SECTIONS: dict[str, str] = dict(
    re.findall(r"^### `([a-z_.]+)`\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
)
COMMON = {field.name for field in structs.fields(Common)}


def decoded(block: str) -> Event:
    event = Decoder(hash_customer=str.lower).decode(block.encode())
    assert isinstance(event, Event)
    return event


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: json.loads(block)["type"])
def test_every_example_is_an_event_that_loses_nothing(block: str) -> None:
    told: dict[str, Any] = json.loads(block)
    event = decoded(block)
    assert event.kind.type == told["type"]
    assert (event.id, event.source, event.subject) == (told["id"], told["source"], told["subject"])
    assert event.sequence == told.get("sequence", "")
    kept = structs.asdict(event.data)
    for field, value in told.get("data", {}).items():
        expected = value.lower() if field == "customer" else value
        if isinstance(value, list):  # a set of names, kept in order
            expected = sorted(value)
        assert kept[field] == expected, field


def test_every_type_has_a_section_with_its_own_example_in_the_order_that_decides() -> None:
    assert list(SECTIONS) == [kind.type for kind in KINDS]
    for title, text in SECTIONS.items():
        examples = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
        assert {json.loads(block)["type"] for block in examples} == {title}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
def test_every_field_and_every_value_of_a_type_is_described(kind: Kind) -> None:
    prose = re.sub(r"```.*?```", "", SECTIONS[kind.type], flags=re.DOTALL)
    for field in structs.fields(kind.data):
        if field.required:
            assert f"**`{field.name}`**" in prose
        elif field.name not in COMMON:
            assert f"`{field.name}`" in prose
        values = [value for option in get_args(field.type) for value in get_args(option)]
        for value in values or get_args(field.type):
            if isinstance(value, str):
                assert f"`{value}`" in prose, field.name


def test_a_required_field_left_out_is_refused() -> None:
    """Bold on the page means that the decoder insists."""
    for title, text in SECTIONS.items():
        example = json.loads(re.findall(r"```json\n(.*?)```", text, re.S)[0])
        for field in re.findall(r"\*\*`(\w+)`\*\*", text):
            data = {key: value for key, value in example["data"].items() if key != field}
            with pytest.raises(Rejected, match="missing_field"):
                decoded(json.dumps(example | {"data": data}))
        for attribute in ("id", "source", "time", "subject"):
            short = {key: value for key, value in example.items() if key != attribute}
            with pytest.raises(Rejected, match="missing_field"):
                decoded(json.dumps(short))
        assert f"`{title}`" in PAGE


def test_the_binary_example_is_the_same_event_as_a_structured_one() -> None:
    (block,) = re.findall(r"^```headers\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    head, _, value = block.partition("\n\n")
    headers = [
        (name, text.encode())
        for name, _, text in (line.partition(": ") for line in head.splitlines())
    ]
    event = Decoder().decode(value.encode(), headers)
    assert isinstance(event, Event)
    first = decoded(BLOCKS[0])
    assert (event.key, event.subject) == (first.key, first.subject)
    assert event.data.queue == "support"
    assert event.time_ms == 1_795_421_647_250


def test_every_reason_and_every_topic_is_on_the_page() -> None:
    for reason in get_args(Reason):
        assert f"| `{reason}` |" in PAGE
    for topic in structs.asdict(Topics()).values():
        short = topic.removeprefix("contact-center")
        assert f"`{topic}`" in PAGE or f"`{short}`" in PAGE
