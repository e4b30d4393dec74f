"""Broken messages of every kind that the contract names, made from good ones.

Each says in `KINDS` which reason code (or counter) it must get. `too_many_names` is missing: it
takes thousands of names, not one message.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from streams.simulator.chance import Chance
from streams.simulator.delivery import Delivery

_TOO_LARGE: Final = 300 * 1024
_RARE: Final = 40
"""One in so many broken messages is the large one: 300 KiB each would fill a disk."""
_TENTH_YEAR: Final = "2099"

Message = dict[str, Any]


def _not_json(message: Message) -> str:
    return _text(message)[:-7]


def _no_object(message: Message) -> str:
    return _text([message])


def _old_version(message: Message) -> str:
    return _text(message | {"specversion": "0.3"})


def _no_id(message: Message) -> str:
    return _text({name: value for name, value in message.items() if name != "id"})


def _queue_missing(message: Message) -> str:
    return _text(_other(message, "contact.queued", {"channel": "voice"}))


def _wrong_type(message: Message) -> str:
    return _text(_other(message, "contact.queued", {"queue": ["Support"]}))


def _no_offset(message: Message) -> str:
    return _text(message | {"time": message["time"].removesuffix("Z")})


def _no_time(message: Message) -> str:
    return _text(message | {"time": "yesterday"})


def _negative(message: Message) -> str:
    return _text(_other(message, "contact.ended", {"talk_seconds": -12.5}))


def _too_large(message: Message) -> str:
    return _text(message | {"filler": "x" * _TOO_LARGE})


def _in_future(message: Message) -> str:
    return _text(message | {"time": _TENTH_YEAR + message["time"][4:].replace("-02-29", "-02-28")})


def _unknown_type(message: Message) -> str:
    return _text(_other(message, "contact.teleported", {"to": "the moon"}))


def _tombstone(_message: Message) -> str:
    return ""


KINDS: Final[tuple[tuple[str, Callable[[Message], str]], ...]] = (
    ("not_json", _not_json),
    ("not_cloudevents", _no_object),
    ("not_cloudevents", _old_version),
    ("missing_field", _no_id),
    ("missing_field", _queue_missing),
    ("wrong_type", _wrong_type),
    ("bad_time", _no_offset),
    ("bad_time", _no_time),
    ("out_of_range", _negative),
    ("in_future", _in_future),
    ("unknown_type", _unknown_type),
    ("tombstone", _tombstone),
)
"""What the contract calls it, and how a good message becomes one. The large one comes on top."""
TOO_LARGE: Final = ("too_large", _too_large)


class Breakage:
    """Breaks copies of messages, in all ways by turns of chance."""

    def __init__(self, seed: int) -> None:
        self._chance = Chance(seed, "breakage")
        self._count = 0

    def of(self, event: Delivery) -> Delivery:
        """A broken message with the event's topic and key, and an id of its own."""
        self._count += 1
        large = self._chance.between(1, _RARE) == 1
        _, make = TOO_LARGE if large else self._chance.one_of(KINDS)
        message = json.loads(event.value)
        message["id"] = f"{message['id']}-broken"
        value = make(message).encode()
        return Delivery(event.at_ms, event.topic, event.key, value, event.headers)


def _other(message: Message, type_: str, data: Message) -> Message:
    return message | {"type": type_, "data": data}


def _text(message: Message | list[Message]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
