"""Facts: what a life puts into the sums, and the groups that they stand under.

A fact is `(cell, second, x, n)`: n is added at that cell, second and x (see `measures`). A cell is
the number of a group (in a worker: of a place, which is one or several groups) and of a measure in
one integer.
"""

from typing import Final, NamedTuple

MEASURE_BITS: Final = 8
MEASURE_MASK: Final = (1 << MEASURE_BITS) - 1

Fact = tuple[int, int, int, int]
Key = tuple[int, int, int]


class Group(NamedTuple):
    """Whom a fact is about; None where a dimension does not apply.

    `group` is a configured group of queues, only for measures that don't add over queues.
    """

    queue: str | None = None
    channel: str | None = None
    priority: str | None = None
    team: str | None = None
    agent: str | None = None
    group: str | None = None


class Groups:
    """Group <-> number, in one process. Numbers are never stored without the names."""

    def __init__(self) -> None:
        self.names: list[Group] = []
        self._numbers: dict[Group, int] = {}

    def number(self, group: Group) -> int:
        """The number of a group, given out at its first use."""
        number = self._numbers.get(group)
        if number is None:
            number = self._numbers[group] = len(self.names)
            self.names.append(group)
        return number


Place = tuple[Group, ...]
"""All groups that a fact stands under at once: one for a contact, several for an agent."""


class Places:
    """Place <-> number, in one worker: what its lives number cells by.

    A fact of an agent in five groups is kept once; the record of the log has it five times.
    """

    def __init__(self) -> None:
        self.names: list[Place] = []
        self.rows: list[list[list[str | None]]] = []
        """The names as lists without the Nones at the end, as lives are packed with them."""
        self._numbers: dict[Place, int] = {}

    def cell(self, place: Place) -> int:
        """The cell of a place, for the measure 0; the place gets its number at its first use."""
        number = self._numbers.get(place)
        if number is None:
            number = self._numbers[place] = len(self.names)
            self.names.append(place)
            self.rows.append([_trimmed(group) for group in place])
        return number << MEASURE_BITS

    def place(self, cell: int) -> Place:
        """The groups of a cell."""
        return self.names[cell >> MEASURE_BITS]


def _trimmed(group: Group) -> list[str | None]:
    row = list(group)
    while row and row[-1] is None:
        del row[-1]
    return row


def add(facts: dict[Key, int], fact: Fact) -> None:
    """Adds a fact to a sum of facts; what comes to nothing is left out."""
    cell, second, x, n = fact
    key = (cell, second, x)
    total = facts.get(key, 0) + n
    if total:
        facts[key] = total
    else:
        facts.pop(key, None)


def difference(new: dict[Key, int], kept: dict[Key, int]) -> list[Fact]:
    """What must be added to `kept` to get `new`."""
    out = [(*key, n - kept.get(key, 0)) for key, n in new.items() if n != kept.get(key, 0)]
    out += [(*key, -n) for key, n in kept.items() if key not in new]
    return out
