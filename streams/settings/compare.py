"""What changed settings mean for a running Vigie: taken up on SIGHUP, or only by a restart."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from streams.core.targets import QueueRules
from streams.settings.problems import Path, key_text
from streams.settings.reading import fields, named_section
from streams.settings.shape import Section, Settings


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


def _flat(section: Section, path: Path) -> Iterator[tuple[Path, Any]]:
    """The values that differ from the defaults, each under its whole path."""
    for key, field in fields(type(section)).items():
        value = getattr(section, key)
        if isinstance(value, Section):
            yield from _flat(value, (*path, key))
        elif named_section(field.type) is not None:
            yield from _named(value, (*path, key))
        elif value != field.default and (*path, value) != ("defaults", _SHIPPED.get(key)):
            yield (*path, key), value
    if section.REST is not None:
        yield from _named(getattr(section, section.REST), path)


def _named(sections: Mapping[str, Section], path: Path) -> Iterator[tuple[Path, Any]]:
    for name, section in sections.items():
        yield from _flat(section, (*path, name))


def _shipped() -> dict[str, float]:
    """What [defaults] say where the file says nothing."""
    limits = ("answer_target", "short_abandon", "maximum_wait", "callback_limit")
    rules = QueueRules()
    in_seconds = {f"{limit}_seconds": getattr(rules, f"{limit}_ms") / 1000 for limit in limits}
    return in_seconds | {"minimum_sample": rules.minimum_sample}


_SHIPPED: Final = _shipped()
