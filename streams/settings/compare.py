"""What changed settings mean for a running Vigie: taken up on SIGHUP, or only by a restart."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, structs

from streams.settings.problems import Path, key_text
from streams.settings.reading import is_section
from streams.settings.shape import Settings


class Changes(Struct, frozen=True):
    """Changed keys, as vigie.toml writes them, in order."""

    reload: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()


def changes(old: Settings, new: Settings) -> Changes:
    """The keys whose values differ: those a reload takes, and those that need a restart."""
    before, after = dict(_flat(old, ())), dict(_flat(new, ()))
    changed = sorted(
        path for path in before.keys() | after.keys() if before.get(path) != after.get(path)
    )
    return Changes(
        reload=tuple(key_text(path) for path in changed if _is_reloadable(path)),
        restart=tuple(key_text(path) for path in changed if not _is_reloadable(path)),
    )


def _is_reloadable(path: Path) -> bool:
    """Targets, titles, groups, tiles: what only boards read, and no fact keeps."""
    match path:
        case ("groups", *_) | ("web", "tiles") | ("defaults", "targets", *_):
            return True
        case ("queues", _, "targets" | "title", *_):
            return True
    return False


def _flat(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The values that are set, each under its whole path."""
    if is_section(type(value)):
        for key, item in structs.asdict(value).items():
            yield from _flat(item, path if key == value.REST else (*path, key))
    elif isinstance(value, dict) and all(is_section(type(item)) for item in value.values()):
        for key, item in value.items():
            yield from _flat(item, (*path, key))
    elif value is not None:
        yield path, value
