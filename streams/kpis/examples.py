"""Reads the lines of a worked example: the events of a KPI's story, as a source would send them.

One event a line, in the order in which they are read:

    [Nx] HH:MM:SS[.mmm] SUBJECT TYPE [key=value …]

`90x 10:00:00 c contact.queued queue=q` stands for the subjects c-1 … c-90; the sign of
multiplication may stand for the x. A value is JSON (`12.5`, `true`, `["q1","q2"]`, `"two words"`),
anything else is text. The same line twice is the same event read twice. The day is Monday
2 March 2026, UTC.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final

import msgspec

from streams.core.kpi import STATS, Example, Formula, Mean

DAY: Final = datetime(2026, 3, 2, tzinfo=UTC).date()
SOURCE: Final = "example://"
MOST_SUBJECTS: Final = 10_000
"""Of one line: an example is to be understood by a reader."""

_LINE: Final = re.compile(
    r"(?:(?P<times>[1-9]\d*)[x\u00d7]\s+)?"
    r"(?P<at>\S+)\s+(?P<subject>\S+)\s+(?P<type>[a-z_]+(?:\.[a-z_]+)+)(?P<fields>(?:\s.*)?)"
)
_FIELD: Final = re.compile(
    r"\s+(?P<key>\w+)=(?P<value>\"(?:[^\"\\]|\\.)*\"|\[[^\]]*\]|[^\s\"\[]\S*)"
)
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{3})?")


@dataclass(frozen=True, slots=True)
class Reading:
    """Which figure of a KPI an expectation is about."""

    definition: str
    part: str | None
    stat: str | None


def events(lines: str) -> list[dict[str, Any]]:
    """The CloudEvents of an example, in the order read; ValueError names a line it cannot read."""
    told = [" ".join(line.split()) for line in lines.splitlines() if line.strip()]
    return [event for line in told for event in _of_line(line)]


def instant(clock: str) -> datetime:
    """The instant that a clock reading of an example means; ValueError when it is none."""
    if _CLOCK.fullmatch(clock) is None:
        raise ValueError(f"{clock!r} is no time of day like 10:00:05 or 10:00:05.250")
    return datetime.combine(DAY, time.fromisoformat(clock), tzinfo=UTC)


def settings(example: Example) -> dict[str, Any]:
    """The settings of an example in the shape of vigie.toml: its keys as everybody's defaults."""
    return {"defaults": dict(example.settings)} if example.settings else {}


def reading(expected: str, formula: Formula) -> Reading:
    """What `definition[:part][:stat]` means; a mean without a stat is the mean itself."""
    definition, *rest = expected.split(":")
    stat = rest.pop() if rest and rest[-1] in STATS else None
    if len(rest) > 1:
        raise ValueError(f"{expected!r} is not definition[:part][:stat]")
    if stat is None and isinstance(formula, Mean):
        stat = "mean"
    return Reading(definition, rest[0] if rest else None, stat)


def _of_line(line: str) -> Iterator[dict[str, Any]]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"{line!r} is not [Nx] HH:MM:SS subject type key=value …")
    at = instant(match["at"]).isoformat(timespec="milliseconds")
    data = _fields(match["fields"], line)
    for subject in _subjects(match["subject"], match["times"], line):
        yield {
            "specversion": "1.0",
            "id": f"{match['at']} {subject} {match['type']}{match['fields']}",
            "source": SOURCE,
            "type": match["type"],
            "time": at,
            "subject": subject,
            "data": dict(data),
        }


def _subjects(name: str, times: str | None, line: str) -> list[str]:
    if times is None:
        return [name]
    if int(times) > MOST_SUBJECTS:
        raise ValueError(f"{line!r} asks for more than {MOST_SUBJECTS} subjects")
    return [f"{name}-{number}" for number in range(1, int(times) + 1)]


def _fields(text: str, line: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    position = 0
    while position < len(text):
        match = _FIELD.match(text, position)
        if match is None:
            raise ValueError(f"{line!r}: cannot read {text[position:].strip()!r} as key=value")
        if match["key"] in data:
            raise ValueError(f"{line!r} gives {match['key']} twice")
        data[match["key"]] = _value(match["value"])
        position = match.end()
    return data


def _value(written: str) -> Any:
    try:
        return msgspec.json.decode(written)
    except msgspec.DecodeError as error:
        if written[0] in '"[':
            raise ValueError(f"{written!r} is no JSON: {error}") from None
        return written
