"""Broken messages of every kind that the contract names, made from good ones.

Beside each stands which reason code (or counter) it must get. `too_many_names` is missing: it takes
thousands of names, not one message.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from streams.simulator.chance import Chance
from streams.simulator.delivery import Delivery

_TOO_LARGE: Final = 300 * 1024
_RARE: Final = 40
"""One in so many broken messages is the large one: 300 KiB each would fill a disk."""
_AHEAD: Final = timedelta(days=1)

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
    ahead = datetime.fromisoformat(message["time"]) + _AHEAD
    return _text(
        _other(message, "source.heartbeat", {})
        | {"subject": message["source"], "time": ahead.isoformat(timespec="milliseconds")}
    )


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
    ("unknown_type", _unknown_type),
    ("tombstone", _tombstone),
)
"""What the contract calls it, and how a good message becomes one."""
IN_FUTURE: Final = ("in_future", _in_future)
TOO_LARGE: Final = ("too_large", _too_large)


class Breakage:
    """Breaks copies of messages, in all ways by turns of chance.

    `ahead`: also heartbeats a day ahead of the clock, which only a reader with a clock refuses.
    """

    def __init__(self, seed: int, *, ahead: bool) -> None:
        self._chance = Chance(seed, "breakage")
        self._kinds = (*KINDS, IN_FUTURE) if ahead else KINDS

    def of(self, event: Delivery) -> Delivery:
        """A broken message with the event's topic, and an id of its own."""
        large = self._chance.between(1, _RARE) == 1
        name, make = TOO_LARGE if large else self._chance.one_of(self._kinds)
        message = json.loads(event.value)
        message["id"] = f"{message['id']}-broken"
        key = message["source"].encode() if name == "in_future" else event.key
        return Delivery(event.at_ms, event.topic, key, make(message).encode(), event.headers)


def _other(message: Message, type_: str, data: Message) -> Message:
    return message | {"type": type_, "data": data}


def _text(message: Message | list[Message]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
