"""What can't be used, and why: reason codes of the contract, and how to tell them apart.

Only what the one fast pass of decoding refuses is looked at here, slowly.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from streams.core.event_types import BY_TYPE, Kind

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading bytes as JSON may raise: no JSON or not as wanted; no UTF-8; nested without end."""

Reason = Literal[
    "not_json",
    "not_cloudevents",
    "missing_field",
    "wrong_type",
    "bad_time",
    "out_of_range",
    "too_large",
    "in_future",
    "too_many_names",
]


class Rejected(Exception):
    """A message that can't be used: `reason` is a code of the contract, `detail` says why."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Reason = reason
        self.detail = detail


class Skipped(Struct, frozen=True):
    """A message that is no event for us and no mistake: `unknown_type` or `tombstone`."""

    reason: Literal["unknown_type", "tombstone"]


class _Loose(Struct):
    """An envelope whose type alone is read, to tell unknown types from mistakes."""

    specversion: Any = None
    type: Any = None


_decode_loose: Final = msgspec.json.Decoder(_Loose).decode
_PREFIXES: Final[tuple[tuple[str, Reason], ...]] = (
    ("Object missing required field `specversion`", "not_cloudevents"),
    ("Object missing required field", "missing_field"),
    ("Invalid RFC3339", "bad_time"),
    ("Expected `datetime`", "bad_time"),
    ("Expected `float` >=", "out_of_range"),
    ("Expected `float` <=", "out_of_range"),
    ("Expected `str` of length", "out_of_range"),
    ("Number out of range", "out_of_range"),
)


def type_is_unknown(value: bytes) -> bool:
    """Whether this is a CloudEvent of a type that the contract does not know."""
    try:
        loose = _decode_loose(value)
    except UNREADABLE:
        return False
    known: Mapping[str, Kind] = BY_TYPE
    return loose.specversion == "1.0" and isinstance(loose.type, str) and loose.type not in known


def rejection(value: bytes, error: Exception) -> Rejected:
    """The reason of the contract for what msgspec refused."""
    try:
        loose = _decode_loose(value)
    except msgspec.ValidationError:
        return Rejected("not_cloudevents", "the message is JSON, but no object")
    except UNREADABLE as unreadable:
        return Rejected("not_json", str(unreadable))
    if loose.specversion != "1.0":
        return Rejected("not_cloudevents", f'specversion is {loose.specversion!r}, not "1.0"')
    if loose.type is None:
        return Rejected("missing_field", "Object missing required field `type`")
    text = str(error)
    fallback: Reason = "wrong_type" if isinstance(error, msgspec.ValidationError) else "not_json"
    reason = next((code for prefix, code in _PREFIXES if text.startswith(prefix)), fallback)
    if reason == "wrong_type" and "`$.time`" in text:
        reason = "bad_time"
    return Rejected(reason, text)
