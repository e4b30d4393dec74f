"""A life as bytes: what an idle life takes in memory, and what the delta log keeps of it.

MessagePack of flat arrays. Times are differences to the first event, names of groups stand once,
measures by their permanent number (`measures.NUMBERS`, appended only), facts as they are kept: no
later release and no other setting changes what a stored life has in the sums.
"""

from typing import Any, Final

import msgspec

from streams.core.events import KINDS, Event
from streams.core.facts import MEASURE_BITS, MEASURE_MASK, Group, Key
from streams.core.life import BY_LETTER, Life
from streams.core.lifecycle.agent import Agent
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.measures import ORDERED

VERSION: Final = 1
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder().decode
_FIELDS: Final = tuple(kind.data.__struct_fields__ for kind in KINDS)


def _trimmed(values: list[Any]) -> list[Any]:
    while values and values[-1] is None:
        values.pop()
    return values


def pack(life: Life, now_ms: int) -> bytes:
    """The life as it stands at `now_ms`, its kept facts included."""
    first = life.events[0].time_ms if life.events else 0
    sources: dict[str, int] = {}
    events: list[Any] = []
    for event in life.events:
        data = event.data
        source = sources.setdefault(event.source, len(sources))
        events.append(
            _trimmed(
                [
                    event.time_ms - first,
                    event.rank,
                    event.sequence or 0,
                    source,
                    event.id,
                    event.captured,
                    *[getattr(data, field) for field in _FIELDS[event.rank]],
                ]
            )
        )
    groups, facts = _facts(life, first)
    state = life.base.packed() if isinstance(life.base, Agent) else None
    row = [VERSION, now_ms - first, life.settle_ms, first, list(sources), events, groups, facts]
    return _encode(row if life.floor is None else [*row, state, life.floor])


def _facts(life: Life, first_ms: int) -> tuple[list[Group], list[int]]:
    numbers: dict[int, int] = {}
    facts: list[int] = []
    start = first_ms // 1000
    for (cell, second, x), n in life.facts.items():
        group = numbers.setdefault(cell >> MEASURE_BITS, len(numbers))
        facts += (group, cell & MEASURE_MASK, second - start, x, n)
    names = life.around.groups.names
    return [names[number] for number in numbers], facts


def unpack(raw: bytes, letter: str, subject: str, around: Surroundings) -> Life:
    """The life in these bytes, ready to go on."""
    row: list[Any] = _decode(raw)
    _, now, settle_ms, first, sources, events, groups, facts = row[:8]
    life = Life(BY_LETTER[letter], subject, around)
    life.settle_ms = settle_ms
    for time, rank, sequence, source, identifier, *rest in events:
        captured = tuple(rest[0]) if rest and rest[0] is not None else None
        data = KINDS[rank].data(**dict(zip(_FIELDS[rank], rest[1:], strict=False)))
        event = Event(
            first + time, sequence or "", rank, sources[source], identifier, subject, data, captured
        )
        life.events.append(event)
        life.ids.add((event.source, event.id))
    numbers = [around.groups.number(Group(*names)) for names in groups]
    known: dict[Key, int] = {}
    for at in range(0, len(facts), 5):
        group, measure, second, x, n = facts[at : at + 5]
        if measure < len(ORDERED):  # a newer release's measure: its facts stay where they are
            known[numbers[group] << MEASURE_BITS | measure, second + first // 1000, x] = n
    life.facts = known
    if len(row) > 8:  # noqa: PLR2004 - a folded life has two more fields
        life.floor = tuple(row[9])
        if row[8] is not None:
            life.base = Agent.unpacked(around, subject, row[8])
    life.restore(first + now)
    return life
