"""A life as bytes: what an idle life takes in memory, and what the delta log keeps of it.

MessagePack of flat arrays. Times are differences to the first event, names of places stand once,
measures by their permanent number (`measures.NUMBERS`, appended only), facts as they are kept: no
later release and no other setting changes what a stored life has in the sums.
"""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec import Struct

from streams.core.event_types import KINDS, Common
from streams.core.events import Event
from streams.core.facts import MEASURE_BITS, MEASURE_MASK, Fact, Group
from streams.core.life import BY_LETTER, Life
from streams.core.lifecycle.leg import NEVER
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.measures import ORDERED
from streams.core.owed import STANDING

VERSION: Final = 1
_encode: Final = msgspec.msgpack.Encoder().encode
_COMMON: Final = ("queue", "channel", "team", "customer")
_NO_COMMON: Final = (None, None, None, None)


def _fields(data: type[Common]) -> tuple[str, ...]:
    """What most events don't carry stands at the end, where its absence costs nothing."""
    own = [name for name in data.__struct_fields__ if name not in _COMMON]
    return (*own, *_COMMON)


_FIELDS: Final = tuple(_fields(kind.data) for kind in KINDS)
_values: Final = tuple(attrgetter(*fields) for fields in _FIELDS)


class Head(Struct, array_like=True, gc=False):
    """How a packed life begins: what must be known of it while it stays packed.

    `now` and `due` are ms after `first`; `due` is None where time alone decides nothing.
    """

    version: int
    first: int
    now: int
    settle_ms: int | None
    due: int | None

    @property
    def due_ms(self) -> int:
        """When time alone changes something next."""
        return NEVER if self.due is None else self.first + self.due


class Packed(Head, array_like=True, gc=False):
    """A packed life. `places`: the groups of each place, each without the Nones at its end.

    `facts` are flat threes: place number and measure as a cell, second after `first`, x; each once.
    `more` are fours with n at the end.
    `base`, `floor`: see `Life`.
    """

    sources: list[str]
    events: list[list[Any]]
    places: list[list[list[str | None]]]
    facts: list[int]
    more: list[int]
    base: list[Any] | None = None
    floor: list[Any] | None = None


head: Final = msgspec.msgpack.Decoder(Head).decode
"""The beginning of a packed life; the rest is passed over."""
_decode: Final = msgspec.msgpack.Decoder(Packed).decode


def pack(life: Life, now_ms: int) -> bytes:
    """The life as it stands at `now_ms`, its kept facts included.

    Hot path (every life of every record): what an event looks like is remembered, so that a
    further event costs only itself.
    """
    events = life.events
    first = events[0].time_ms if events else 0
    done = life.packed_events
    for number in range(len(done), len(events)):
        done.append(_event(events[number], first, life.sources))
    numbers: dict[int, int] = {}
    facts: list[int] = []
    more: list[int] = []
    start = first // 1000
    for kept in (life.facts, life.strange) if life.strange else (life.facts,):
        for (cell, second, x), n in kept.items():
            place = cell >> MEASURE_BITS
            local = numbers.get(place)
            if local is None:
                local = numbers[place] = len(numbers) << MEASURE_BITS
            if n == 1:
                facts += (local | cell & MEASURE_MASK, second - start, x)
            else:
                more += (local | cell & MEASURE_MASK, second - start, x, n)
    rows = life.around.places.rows
    due = None if life.due_ms >= NEVER else life.due_ms - first
    row: list[Any] = [VERSION, first, now_ms - first, life.settle_ms, due, list(life.sources), done]
    row += [[rows[place] for place in numbers], facts, more]
    return _encode(row if life.floor is None else [*row, life.base, life.floor])


def _event(event: Event, first: int, sources: dict[str, int]) -> msgspec.Raw:
    source = sources.setdefault(event.source, len(sources))
    known = (event.time_ms - first, event.rank, event.sequence or 0, source, event.id)
    values = _values[event.rank](event.data)
    if values[-4:] == _NO_COMMON:
        values = values[:-4]
    return msgspec.Raw(_encode((*known, event.captured, *values)))


def unpack(raw: bytes, letter: str, subject: str, around: Surroundings) -> Life:
    """The life in these bytes, ready to go on."""
    packed = _decode(raw)
    life = Life(BY_LETTER[letter], subject, around)
    life.settle_ms, life.raw = packed.settle_ms, raw
    life.events = [_restored(row, packed, subject) for row in packed.events]
    for cell, second, x, n in _facts(packed, around):
        # A newer release's measure: it stays as it is, in the sums and in the life.
        kept = life.facts if cell & MEASURE_MASK < len(ORDERED) else life.strange
        kept[cell, second, x] = n
    if packed.floor is not None:
        life.base, life.floor = packed.base, tuple(packed.floor)
    life.restore(packed.first + packed.now)
    return life


def _restored(row: list[Any], packed: Packed, subject: str) -> Event:
    time, rank, sequence, source, identifier, *rest = row
    captured = tuple(rest[0]) if rest and rest[0] is not None else None
    data = KINDS[rank].data(**dict(zip(_FIELDS[rank], rest[1:], strict=False)))
    return Event(
        packed.first + time,
        sequence or "",
        rank,
        packed.sources[source],
        identifier,
        subject,
        data,
        captured,
    )


def _facts(packed: Packed, around: Surroundings) -> Iterator[Fact]:
    """The kept facts, by this process's cells."""
    cells = [around.places.cell(tuple(Group(*group) for group in place)) for place in packed.places]
    start = packed.first // 1000
    for at in range(0, len(packed.facts), 3):
        local, second, x = packed.facts[at : at + 3]
        yield (cells[local >> MEASURE_BITS] | local & MEASURE_MASK, second + start, x, 1)
    for at in range(0, len(packed.more), 4):
        local, second, x, n = packed.more[at : at + 4]
        yield (cells[local >> MEASURE_BITS] | local & MEASURE_MASK, second + start, x, n)


def standing(raw: bytes, letter: str, subject: str, around: Surroundings) -> list[Fact]:
    """What a packed life adds to the levels, for a base of the delta log (see `Life.standing`).

    A contact's levels are among its kept facts: nothing has to be unpacked for them.
    """
    packed = _decode(raw)
    if letter != "c" or packed.floor is not None:
        return unpack(raw, letter, subject, around).standing()
    known = len(ORDERED)
    facts = _facts(packed, around)
    return [f for f in facts if f[0] & MEASURE_MASK < known and STANDING[f[0] & MEASURE_MASK]]
