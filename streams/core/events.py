"""Reading what sources say: one CloudEvent per message, checked once, at the border.

`Decoder.decode` turns a message into an `Event`, says that it is to be skipped, or raises
`Rejected` with a reason code of the contract (docs/events.md) and a sentence.

Hot path: a message is decoded in one pass of msgspec by its type; only what that refuses is looked
at slowly, to find the right reason (see `refusal`).
"""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from streams.core.envelope import NUMBER_OF, decode_any, unwrapped
from streams.core.event_types import KINDS, QUEUED, STATE_CHANGED, Kind
from streams.core.refusal import UNREADABLE, Reason, Rejected, Skipped, rejection, type_is_unknown

__all__ = [
    "IN_FUTURE_MS",
    "MAXIMUM_BYTES",
    "MAXIMUM_NAME",
    "UNASSIGNED",
    "Decoder",
    "Event",
    "Reason",
    "Rejected",
    "Skipped",
    "to_ms",
]

MAXIMUM_BYTES: Final = 256 * 1024
MAXIMUM_NAME: Final = 128
IN_FUTURE_MS: Final = 5 * 60 * 1000
UNASSIGNED: Final = "unassigned"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR: Final = 1900
_MILLISECOND: Final = timedelta(milliseconds=1)
_CACHED_NAMES: Final = 50_000


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
        self, value: bytes | None, headers: Sequence[tuple[str, bytes | None]] = ()
    ) -> Event | Skipped:
        """The event of one message; raises `Rejected`. `headers` only matter in binary mode."""
        if not value and not headers:
            return Skipped("tombstone")
        if value is not None and len(value) > MAXIMUM_BYTES:
            raise Rejected("too_large", f"{len(value)} bytes; at most {MAXIMUM_BYTES} are read")
        if headers:
            value = unwrapped(value, headers)
        if not value:
            return Skipped("tombstone")
        try:
            message = decode_any(value)
        except UNREADABLE as error:
            if type_is_unknown(value):
                return Skipped("unknown_type")
            raise rejection(value, error) from None
        return self._event(message)

    def _event(self, message: Any) -> Event:
        data = message.data
        number = NUMBER_OF[type(message)]
        moment = message.time
        if moment.year < _FIRST_YEAR:
            raise Rejected("bad_time", f"time: {moment.isoformat()} is before {_FIRST_YEAR}")
        names, queues = self._names, self._queues
        if data.queue is not None:
            data.queue = queues.get(data.queue) or self._queue(data.queue)
            if number == QUEUED and data.queue is None:
                raise Rejected("missing_field", "data.queue is empty: name the queue")
        if data.channel is not None:
            data.channel = names.get(data.channel) or self._name(data.channel, "channel")
        if data.team is not None:
            data.team = names.get(data.team) or self._name(data.team, "team")
        if data.agent is not None:
            data.agent = names.get(data.agent) or self._name(data.agent, "agent")
        if data.customer is not None:
            data.customer = self._hash(data.customer) if self._hash and data.customer else None
        if number == STATE_CHANGED and data.queues is not None:
            found = {self._queue(name) for name in data.queues}
            data.queues = sorted(name for name in found if name is not None)
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
        return _remember(self._names, raw, _clean(raw, field))

    def _queue(self, raw: str) -> str | None:
        known = self._queues.get(raw)
        if known is None:
            name = _clean(raw, "queue")
            known = _remember(self._queues, raw, name and self._canonical(name))
        return known


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
