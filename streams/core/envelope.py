"""The envelope of a message: CloudEvents 1.0, structured or binary, in one pass of msgspec."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, cast

import msgspec
from msgspec import Meta, Struct

from streams.core.event_types import KINDS, Kind
from streams.core.refusal import UNREADABLE, Rejected

MAXIMUM_ID: Final = 512
Identifier = Annotated[str, Meta(min_length=1, max_length=MAXIMUM_ID)]


class Envelope(Struct, kw_only=True, gc=False):
    """The attributes of CloudEvents 1.0 that matter here."""

    specversion: Literal["1.0"]
    id: Identifier
    source: Identifier
    time: Annotated[datetime, Meta(tz=True)]
    subject: Identifier
    sequence: Annotated[str, Meta(max_length=MAXIMUM_ID)] = ""


def _message_type(kind: Kind) -> type[Envelope]:
    field: tuple[Any, ...] = ("data", kind.data)
    if not kind.required:
        field = (*field, msgspec.field(default_factory=kind.data))
    made = msgspec.defstruct(
        "Message_" + kind.type.replace(".", "_"),
        [field],
        bases=(Envelope,),
        tag_field="type",
        tag=kind.type,
        namespace={"number": kind.number},
        kw_only=True,
        gc=False,
    )
    return cast(type[Envelope], made)


_MESSAGES: Final = tuple(_message_type(kind) for kind in KINDS)
NUMBER_OF: Final = {message: number for number, message in enumerate(_MESSAGES)}
_UNION: Any = _MESSAGES[0]
for _message in _MESSAGES[1:]:
    _UNION |= _message
decode_any: Final = msgspec.json.Decoder(_UNION).decode


def unwrapped(value: bytes | None, headers: Sequence[tuple[str, bytes | None]]) -> bytes | None:
    """The structured form of a message: binary mode has the attributes in `ce_…` headers."""
    given = {name.lower(): content or b"" for name, content in headers}  # Kafka's may be null
    content_type = given.get("content-type", b"").decode("latin-1").lower()
    if not content_type or content_type.startswith("application/cloudevents"):
        if content_type.startswith("application/cloudevents-batch"):
            raise Rejected("not_cloudevents", "content-type: a batch; send one event per message")
        return value
    try:
        attributes: dict[str, Any] = {
            name[3:]: content.decode() for name, content in given.items() if name.startswith("ce_")
        }
    except UnicodeDecodeError as error:
        raise Rejected("not_cloudevents", f"a ce_ header is not UTF-8: {error}") from None
    if "specversion" not in attributes:
        raise Rejected("not_cloudevents", f"content-type {content_type}, but no ce_specversion")
    if value:
        _check_json(value)
        attributes["data"] = msgspec.Raw(value)
    return msgspec.json.encode(attributes)


def _check_json(value: bytes) -> None:
    try:
        msgspec.json.decode(value)
    except UNREADABLE as error:
        raise Rejected("not_json", f"data: {error}") from None
