"""What is left of settled subjects: an 8-byte fingerprint for 26 hours.

An event for one of them is counted and changes nothing; without the fingerprint it would begin a
new life. In the log a settled subject is a mark in place of its life; a base holds all marks of an
hour of record time under one key, `!<hour>`.
"""

from array import array
from hashlib import blake2b
from typing import Final

MARK: Final = "!"
KEEP_HOURS: Final = 26
_HOUR_MS: Final = 3_600_000


def fingerprint(key: str) -> int:
    """Eight bytes that stand for a subject."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")


class Settled:
    """Fingerprints by the hour of record time in which their subjects settled."""

    def __init__(self) -> None:
        self._hours: dict[int, set[int]] = {}

    def __len__(self) -> int:
        return sum(len(marks) for marks in self._hours.values())

    def add(self, key: str, record_ms: int) -> bytes:
        """Remembers a subject; gives the mark for the log."""
        hour = record_ms // _HOUR_MS
        self._hours.setdefault(hour, set()).add(fingerprint(key))
        return f"{MARK}{hour}".encode()

    def holds(self, key: str) -> bool:
        """Whether that subject settled lately."""
        if not self._hours:
            return False
        mark = fingerprint(key)
        for marks in self._hours.values():  # noqa: SIM110 - a generator costs more (hot)
            if mark in marks:
                return True
        return False

    def forget_before(self, record_ms: int) -> None:
        """Lets go of what is older than 26 hours."""
        first = record_ms // _HOUR_MS - KEEP_HOURS
        if self._hours and min(self._hours) < first:
            self._hours = {hour: marks for hour, marks in self._hours.items() if hour >= first}

    def packed(self) -> dict[str, bytes]:
        """All marks, for a base."""
        return {
            f"{MARK}{hour}": array("Q", sorted(marks)).tobytes()
            for hour, marks in self._hours.items()
        }

    def load(self, key: str, raw: bytes) -> None:
        """Takes in a mark of a delta or an hour of a base."""
        if key.startswith(MARK):
            marks = array("Q")
            marks.frombytes(raw)
            self._hours.setdefault(int(key[1:]), set()).update(marks)
        else:
            self._hours.setdefault(int(raw[1:]), set()).add(fingerprint(key))
