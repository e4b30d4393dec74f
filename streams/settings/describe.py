"""What may stand at a key, in words and by example, for messages."""

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import Meta

from streams.settings.problems import toml_text

_PLAIN = {
    bool: ("true or false", "true"),
    int: ("a whole number", "5"),
    float: ("a number", "0.5"),
    str: ("text in quotes", '"text"'),
}


def _bare(kind: Any) -> tuple[Any, Meta | None]:
    """A type without None and marks, and its marks."""
    if get_origin(kind) in (Union, UnionType):
        some = [one for one in get_args(kind) if one is not NoneType]
        if len(some) == 1:
            return _bare(some[0])
    if get_origin(kind) is Annotated:
        base, meta = get_args(kind)[:2]
        assert isinstance(meta, Meta)
        return base, meta
    return kind, None


def described(kind: Any) -> str:
    """What a value of that type is, as in "expected …"."""
    base, meta = _bare(kind)
    if meta is not None and meta.description is not None:
        return meta.description
    if get_origin(base) is Literal:
        return "one of " + ", ".join(map(toml_text, get_args(base)))
    if get_origin(base) is tuple:
        return "a list of texts"
    words = _PLAIN[base][0]
    if meta is not None and meta.le is not None:
        return f"{words} from {meta.ge} to {meta.le}"
    return words


def example(kind: Any) -> str:
    """A value of that type, as vigie.toml writes it."""
    base, meta = _bare(kind)
    if meta is not None and meta.examples:
        return toml_text(meta.examples[0])
    if get_origin(base) is Literal:
        return toml_text(get_args(base)[0])
    if get_origin(base) is tuple:
        return f"[{example(get_args(base)[0])}]"
    return _PLAIN[base][1]


def is_path(kind: Any) -> bool:
    """Whether a value of that type is the path of a file."""
    _, meta = _bare(kind)
    return meta is not None and bool((meta.extra or {}).get("is_path"))
