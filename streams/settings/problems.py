"""What is wrong with the settings: where it stands, what it is, what to do about it."""

import json
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from msgspec import Struct

Path = tuple[str, ...]
"""Where a setting stands, as ("defaults", "targets", "service_level", "window")."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")


class Problem(Struct, frozen=True):
    """One thing that is wrong: `where` (file and key, variable, --set), `what`, `help`."""

    where: str
    what: str
    help: str
    is_unreadable: bool = False
    """Whether a file could not even be read."""

    def __str__(self) -> str:
        """All of it in one line."""
        return f"{self.where}: {self.what}; {self.help}"


class SettingsError(Exception):
    """Settings that can't be used: every problem that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)

    @property
    def is_unreadable(self) -> bool:
        """Whether a file could not be read, so that nothing can be said about the settings."""
        return any(problem.is_unreadable for problem in self.problems)


def key_text(path: Path) -> str:
    """A path as vigie.toml writes it: names with other letters stand in quotes."""
    return ".".join(
        part if _BARE.fullmatch(part) else json.dumps(part, ensure_ascii=False) for part in path
    )


def toml_text(value: object) -> str:
    """A value as vigie.toml writes it, on one line."""
    if isinstance(value, dict):
        pairs = (f"{key_text((str(key),))} = {toml_text(item)}" for key, item in value.items())
        return "{ " + ", ".join(pairs) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False, default=str)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    known = list(known)
    lowered = {one.lower(): one for one in known}
    close = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else None
