"""Reading what sources say: one CloudEvent per message, checked once, at the border.

`Decoder.decode` turns a message into an `Event`, says that it is to be skipped, or raises
`Rejected` with a reason code of the contract (docs/events.md) and a sentence.

Hot path: a message is decoded in one pass of msgspec by its type; only what that refuses is looked
at slowly, to find the right reason.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

MAXIMUM_BYTES: Final = 256 * 1024
MAXIMUM_NAME: Final = 128
MAXIMUM_ID: Final = 512
MAXIMUM_SECONDS: Final = 10 * 366 * 86400
IN_FUTURE_MS: Final = 5 * 60 * 1000
UNASSIGNED: Final = "unassigned"

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
Seconds = Annotated[float, Meta(ge=0, le=MAXIMUM_SECONDS)]
Identifier = Annotated[str, Meta(min_length=1, max_length=MAXIMUM_ID)]
Share = Annotated[float, Meta(ge=0)]


class Rejected(Exception):
    """A message that can't be used: `reason` is a code of the contract, `detail` says what, where."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Reason = reason
        self.detail = detail


class Skipped(Struct, frozen=True):
    """A message that is no event for us and no mistake: `unknown_type` or `tombstone`."""

    reason: Literal["unknown_type", "tombstone"]


class Common(Struct, kw_only=True, gc=False):
    """What any event may say about where it happened. Names are trimmed, NFC."""

    queue: str | None = None
    channel: str | None = None
    team: str | None = None
    agent: str | None = None
    customer: str | None = None


class Queued(Common, kw_only=True, gc=False):
    """The contact starts to wait for an agent."""

    queue: str
    direction: Literal["inbound", "outbound", "internal"] | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None


class RingNoAnswer(Common, kw_only=True, gc=False):
    """An agent did not pick up."""

    ring_seconds: Seconds | None = None


class Answered(Common, kw_only=True, gc=False):
    """An agent took the contact; the wait counts only where no `queued` is known."""

    wait_seconds: Seconds | None = None


class Abandoned(Common, kw_only=True, gc=False):
    """The customer left before an answer."""

    where: Literal["queue", "ringing", "ivr", "hold", "voicemail"] | None = None
    wait_seconds: Seconds | None = None


class FlowedOut(Common, kw_only=True, gc=False):
    """The contact left the queue without answer and without hanging up."""

    reason: Literal["timeout", "overflow", "key", "empty", "voicemail", "closed"] | None = None
    to: str | None = None


class CallbackEnded(Common, kw_only=True, gc=False):
    """How a promised callback ended."""

    outcome: Literal["reached", "not_reached", "cancelled", "expired"]


class Transferred(Common, kw_only=True, gc=False):
    """The answered contact moves on."""

    to_queue: str | None = None
    to_agent: str | None = None
    mode: Literal["blind", "attended", "self_service"] | None = None


class Ended(Common, kw_only=True, gc=False):
    """The conversation is over; given totals override the computed ones."""

    talk_seconds: Seconds | None = None
    hold_seconds: Seconds | None = None
    resolved: bool | None = None
    cost: Share | None = None


class WrapupEnded(Common, kw_only=True, gc=False):
    """The work after the contact is over."""

    wrapup_seconds: Seconds | None = None


class StateChanged(Common, kw_only=True, gc=False):
    """An agent's state, which holds until the next one."""

    state: Literal["offline", "available", "ringing", "on_contact", "wrapup", "break", "other"]
    reason: str | None = None
    queues: list[str] | None = None


class Kind(Struct, frozen=True):
    """One type of event: its number in stored lives, its life, its place among equal times."""

    number: int
    type: str
    family: Literal["contact", "agent", "source"]
    rank: int
    data: type[Common]
    required: bool


def _kinds() -> tuple[Kind, ...]:
    rows: list[tuple[str, type[Common], bool]] = [
        ("contact.queued", Queued, True),
        ("contact.offered_to_agent", Common, False),
        ("contact.ring_no_answer", RingNoAnswer, False),
        ("contact.answered", Answered, False),
        ("contact.held", Common, False),
        ("contact.resumed", Common, False),
        ("contact.transferred", Transferred, False),
        ("contact.callback_requested", Common, False),
        ("contact.flowed_out", FlowedOut, False),
        ("contact.abandoned", Abandoned, False),
        ("contact.ended", Ended, False),
        ("contact.wrapup_ended", WrapupEnded, False),
        ("contact.callback_ended", CallbackEnded, True),
        ("contact.deleted", Common, False),
        ("agent.state_changed", StateChanged, True),
        ("source.heartbeat", Common, False),
    ]
    families: dict[str, Literal["contact", "agent", "source"]] = {
        "contact": "contact",
        "agent": "agent",
        "source": "source",
    }
    return tuple(
        Kind(n, name, families[name.split(".")[0]], n, data, required)
        for n, (name, data, required) in enumerate(rows)
    )


KINDS: Final = _kinds()
"""By number, which is also the rank: cause before effect. New kinds are appended."""
BY_TYPE: Final = {kind.type: kind for kind in KINDS}
(
    QUEUED,
    OFFERED,
    NO_ANSWER,
    ANSWERED,
    HELD,
    RESUMED,
    TRANSFERRED,
    CALLBACK_REQUESTED,
    FLOWED_OUT,
    ABANDONED,
    ENDED,
    WRAPUP_ENDED,
    CALLBACK_ENDED,
    DELETED,
    STATE_CHANGED,
    HEARTBEAT,
) = range(len(KINDS))


class Event(Struct, gc=False):
    """One thing that happened, as a life keeps it.

    `time_ms` since 1970 (UTC). `captured` are the settings read once when the event opened a leg;
    None until then.
    """

    time_ms: int
    sequence: str
    rank: int
    source: str
    id: str
    subject: str
    data: Any
    captured: tuple[Any, ...] | None = None

    @property
    def kind(self) -> Kind:
        """The type of event."""
        return KINDS[self.rank]

    @property
    def key(self) -> tuple[int, str, int, str, str]:
        """Its place in the life: time, sequence, cause before effect, source, id."""
        return (self.time_ms, self.sequence, self.rank, self.source, self.id)


class Envelope(Struct, kw_only=True, gc=False):
    """The attributes of CloudEvents 1.0 that matter here."""

    specversion: Literal["1.0"]
    id: Identifier
    source: Identifier
    time: Annotated[datetime, Meta(tz=True)]
    subject: Identifier
    sequence: Annotated[str, Meta(max_length=MAXIMUM_ID)] = ""


class _Loose(Struct):
    """An envelope whose type alone is read, to tell unknown types from mistakes."""

    specversion: Any = None
    type: Any = None


def _message_type(kind: Kind) -> type[Envelope]:
    field: tuple[Any, ...] = ("data", kind.data)
    if not kind.required:
        field = (*field, msgspec.field(default_factory=kind.data))
    return msgspec.defstruct(
        "Message_" + kind.type.replace(".", "_"),
        [field],
        bases=(Envelope,),
        tag_field="type",
        tag=kind.type,
        namespace={"number": kind.number},
        kw_only=True,
        gc=False,
    )


_MESSAGES: Final = tuple(_message_type(kind) for kind in KINDS)
_NUMBER: Final = {message: number for number, message in enumerate(_MESSAGES)}
_UNION: Any = _MESSAGES[0]
for _message in _MESSAGES[1:]:
    _UNION |= _message
_decode_any: Final = msgspec.json.Decoder(_UNION).decode
_decode_loose: Final = msgspec.json.Decoder(_Loose).decode
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR: Final = 1900
_MILLISECOND: Final = timedelta(milliseconds=1)
_NAME_FIELDS: Final = ("queue", "channel", "team", "agent")
_CACHED_NAMES: Final = 50_000
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


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware time; parts of a millisecond are cut off."""
    return (moment - _EPOCH) // _MILLISECOND


class Decoder:
    """Turns messages into events.

    `canonical` gives a queue's configured name for an alias; `hash_customer` turns a customer's id
    into its keyed hash (text), or is None where customers are not followed (the id is dropped).
    """

    def __init__(
        self,
        canonical: Callable[[str], str] = str,
        hash_customer: Callable[[str], str] | None = None,
    ) -> None:
        self._canonical = canonical
        self._hash = hash_customer
        self._names: dict[str, str | None] = {}
        self._queues: dict[str, str | None] = {}

    def decode(
        self, value: bytes | None, headers: Sequence[tuple[str, bytes]] = ()
    ) -> Event | Skipped:
        """The event of one message; raises `Rejected`. `headers` only matter in binary mode."""
        if not value and not headers:
            return Skipped("tombstone")
        if value is not None and len(value) > MAXIMUM_BYTES:
            raise Rejected("too_large", f"{len(value)} bytes; at most {MAXIMUM_BYTES} are read")
        if headers:
            value = _unwrapped(value, headers)
        if not value:
            return Skipped("tombstone")
        try:
            message = _decode_any(value)
        except msgspec.DecodeError as error:  # ValidationError is one of these
            if _type_is_unknown(value):
                return Skipped("unknown_type")
            raise _rejection(value, error) from None
        return self._event(message)

    def _event(self, message: Any) -> Event:
        data = message.data
        number = _NUMBER[type(message)]
        moment = message.time
        if moment.year < _FIRST_YEAR:
            raise Rejected("bad_time", f"time: {moment.isoformat()} is before {_FIRST_YEAR}")
        if data.queue is not None:
            data.queue = self._queue(data.queue)
            if number == QUEUED and data.queue is None:
                raise Rejected("missing_field", "data.queue is empty: name the queue")
        if data.channel is not None:
            data.channel = self._name(data.channel, "channel")
        if data.team is not None:
            data.team = self._name(data.team, "team")
        if data.agent is not None:
            data.agent = self._name(data.agent, "agent")
        if data.customer is not None:
            data.customer = self._hash(data.customer) if self._hash and data.customer else None
        if number == STATE_CHANGED and data.queues is not None:
            names = (self._queue(name) for name in data.queues)
            data.queues = sorted({name for name in names if name is not None})
        return Event(
            (moment - _EPOCH) // _MILLISECOND,
            message.sequence,
            number,
            message.source,
            message.id,
            message.subject,
            data,
        )

    def _name(self, raw: str, field: str) -> str | None:
        try:
            return self._names[raw]
        except KeyError:
            return _remember(self._names, raw, _clean(raw, field))

    def _queue(self, raw: str) -> str | None:
        try:
            return self._queues[raw]
        except KeyError:
            name = _clean(raw, "queue")
            return _remember(self._queues, raw, name and self._canonical(name))


def _remember(cache: dict[str, str | None], raw: str, name: str | None) -> str | None:
    if len(cache) >= _CACHED_NAMES:
        cache.clear()
    cache[raw] = name
    return name


def _clean(raw: str, field: str) -> str | None:
    """A name as it is shown and compared: trimmed, NFC; None when nothing is left."""
    name = unicodedata.normalize("NFC", raw).strip()
    if len(name) > MAXIMUM_NAME:
        raise Rejected(
            "out_of_range", f"data.{field}: {len(name)} characters; at most {MAXIMUM_NAME}"
        )
    return name or None


def _unwrapped(value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> bytes | None:
    """The structured form of a message: binary mode has the attributes in `ce_…` headers."""
    given = {name.lower(): content for name, content in headers}
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
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Rejected("not_json", f"data: {error}") from None


def _type_is_unknown(value: bytes) -> bool:
    """Whether this is a CloudEvent of a type that the contract does not know."""
    try:
        loose = _decode_loose(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    known: Mapping[str, Kind] = BY_TYPE
    return loose.specversion == "1.0" and isinstance(loose.type, str) and loose.type not in known


def _rejection(value: bytes, error: Exception) -> Rejected:
    """The reason of the contract for what msgspec refused."""
    try:
        loose = _decode_loose(value)
    except msgspec.ValidationError:
        return Rejected("not_cloudevents", "the message is JSON, but no object")
    except (msgspec.DecodeError, UnicodeDecodeError) as unreadable:
        return Rejected("not_json", str(unreadable))
    if loose.specversion != "1.0":
        return Rejected("not_cloudevents", f'specversion is {loose.specversion!r}, not "1.0"')
    if loose.type is None:
        return Rejected("missing_field", "Object missing required field `type`")
    text = str(error)
    reason = next((code for prefix, code in _PREFIXES if text.startswith(prefix)), "wrong_type")
    if reason == "wrong_type" and "`$.time`" in text:
        reason = "bad_time"
    return Rejected(reason, text)
