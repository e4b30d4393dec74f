"""Puts what was said into the shape of the settings: knows every key, converts every value."""

import math
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, get_args, get_origin

import msgspec
from msgspec import Struct, structs

from streams.settings.describe import described, example, is_path
from streams.settings.problems import Path, Problem, key_text, nearest
from streams.settings.shape import Section, Settings
from streams.settings.sources import Said


class Leaf(Struct, frozen=True):
    """One value in its place, and where it was said; a table only marks that it is there."""

    said: Said
    value: Any = None
    is_table: bool = False


Leaves = dict[Path, Leaf]


class _Refused(Exception):
    """A value that does not fit its place."""


def is_section(shape: Any) -> bool:
    """Whether a shape is a table with known keys."""
    return isinstance(shape, type) and issubclass(shape, Section)


def named_section(shape: Any) -> type[Section] | None:
    """The shape of each table in a table with free names, such as [queues]; None for others."""
    arguments = get_args(shape)
    if get_origin(shape) is dict and is_section(arguments[1]):
        section: type[Section] = arguments[1]
        return section
    return None


def fields(section: type[Section]) -> dict[str, structs.FieldInfo]:
    """The known keys of a table."""
    return {field.name: field for field in structs.fields(section) if field.name != section.REST}


def child(shape: Any, key: str, *, table: bool) -> Any:
    """The shape of what stands under a key; None when there is no such key."""
    named = named_section(shape)
    if named is not None:
        return named
    if not is_section(shape):
        return None
    known = fields(shape).get(key)
    if known is not None:
        return known.type
    return shape if shape.REST is not None and table else None


def is_known(path: Path) -> bool:
    """Whether a key with that path is a setting."""
    shape: Any = Settings
    for key in path:
        shape = child(shape, key, table=False)
        if shape is None:
            return False
    return True


def read(all_said: Sequence[Said], problems: list[Problem]) -> Leaves:
    """Every value by its path; of two for the same path the later one."""
    leaves: Leaves = {}
    for said in all_said:
        shape: Any = Settings
        path: Path = ()
        for depth, key in enumerate(said.path):
            is_last = depth + 1 == len(said.path)
            is_table = not is_last or isinstance(_toml(said.value), dict)
            deeper = child(shape, key, table=is_table)
            if deeper is None:
                problems.append(_unknown_key(said, shape, path, key))
                break
            path = (*path, _clean(key) if named_section(shape) else key)
            if named_section(shape):
                leaves.setdefault(path, Leaf(said, is_table=True))
            shape = deeper
        else:
            leaves.update(_spread(shape, said, path, said.value, problems))
    return leaves


def _spread(
    shape: Any, said: Said, path: Path, value: Any, problems: list[Problem]
) -> Iterator[tuple[Path, Leaf]]:
    """The leaves below a value."""
    at = structs.replace(said, path=path) if not said.text else said
    named = named_section(shape)
    if named is None and not is_section(shape):
        try:
            yield path, Leaf(at, _converted(shape, at, value))
        except _Refused as error:
            wanted, written = described(shape), f"{path[-1]} = {example(shape)}"
            what = f"expected {wanted}, found {error}"
            problems.append(Problem(at.where, what, f"write for example {written}"))
        return
    table = _toml(value) if said.text else value
    if not isinstance(table, dict):
        what = f"expected a table, found {value!r}"
        problems.append(Problem(at.where, what, f"write [{key_text(path)}] and keys below it"))
        return
    inner = structs.replace(at, text=False)
    for key, item in table.items():
        deeper = child(shape, key, table=isinstance(item, dict))
        if deeper is None:
            problems.append(_unknown_key(inner, shape, path, key))
            continue
        below = (*path, _clean(key) if named is not None else key)
        if named is not None:
            yield below, Leaf(structs.replace(inner, path=below), is_table=True)
        yield from _spread(deeper, inner, below, item, problems)


def _converted(shape: Any, said: Said, value: Any) -> Any:
    candidates = [value]
    if said.text:  # as TOML writes it; else plain text; else a list with commas
        written = _toml(value)
        parts = [part.strip() for part in value.split(",")]
        lowered = value.lower()
        readings = [written, value, _toml(lowered), lowered, parts]
        candidates = [reading for reading in readings if reading is not None]
    for candidate in candidates:
        try:
            result = msgspec.convert(candidate, shape)
        except msgspec.ValidationError:
            continue
        if isinstance(result, float) and not math.isfinite(result):
            break
        return str(said.folder / result) if is_path(shape) else result
    raise _Refused(value if said.text else repr(value))


def _toml(text: str) -> Any:
    """What a value means in TOML; None when it is not TOML."""
    try:
        table = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return None
    return table["value"] if len(table) == 1 else None


def _clean(name: str) -> str:
    """A name as events' names are compared: trimmed, NFC."""
    return unicodedata.normalize("NFC", name).strip()


def _unknown_key(said: Said, shape: Any, path: Path, key: str) -> Problem:
    where = structs.replace(said, path=(*path, key)).where
    place = f"[{key_text(path)}]" if path else "the settings"
    if not is_section(shape):
        return Problem(where, f"{key_text(path)} is no table", f"end the key at {key_text(path)}")
    known = list(fields(shape))
    meant = nearest(key, known)
    homes = [name for name in _homes(key) if name != (path[0] if path else None)]
    if meant is not None:
        help = f"did you mean {meant}?"
    elif homes:
        help = f"that key belongs in {' or '.join(f'[{home}]' for home in homes)}"
    else:
        help = f"keys there are {', '.join(known)}"
    return Problem(where, f"{key!r} is no key of {place}", help)


def _homes(key: str) -> Iterator[str]:
    """The sections that know a key."""
    for name, field in fields(Settings).items():
        named = named_section(field.type)
        if key in fields(named or field.type):
            yield f"{name}.NAME" if named is not None else name


def build(leaves: Leaves, problems: list[Problem]) -> Settings | None:
    """The settings of these values; None when a key that must be there is missing."""
    tree: dict[str, Any] = {}
    for path, leaf in leaves.items():
        place = tree
        for key in path if leaf.is_table else path[:-1]:
            place = place.setdefault(key, {})
        if not leaf.is_table:
            place[path[-1]] = leaf
    settings: Settings | None = _built(Settings, tree, (), problems)
    return settings


def _built(shape: Any, tree: dict[str, Any], path: Path, problems: list[Problem]) -> Any:
    named = named_section(shape)
    if named is not None:
        return {key: _built(named, tree[key], (*path, key), problems) for key in tree}
    known = fields(shape)
    values = {
        key: item.value
        if isinstance(item, Leaf)
        else _built(known[key].type, item, (*path, key), problems)
        for key, item in tree.items()
        if key in known
    }
    for key, field in known.items():
        if field.required and key not in values:
            help = f"write {key} = {example(field.type)}"
            problems.append(Problem(key_text(path), f"{key} is missing", help))
            return None
    if shape.REST is not None:
        rest = {key: item for key, item in tree.items() if key not in known}
        values[shape.REST] = {
            key: _built(shape, item, (*path, key), problems) for key, item in rest.items()
        }
    return shape(**values)
