"""Where settings are said: vigie.toml, VIGIE_… variables, --set. The later of these wins.

A variable's name is the key in capitals with two underscores for each dot:
`VIGIE_DEFAULTS__SHORT_ABANDON_SECONDS` is `defaults.short_abandon_seconds`. Queues and groups have
names that no variable can spell; they are set in vigie.toml or by --set. VIGIE_CONFIG names the
file. Values are written as in TOML; text does without quotes, a list may be `5m,15m`.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from streams.settings.problems import Path as KeyPath
from streams.settings.problems import Problem, key_text

FILE_NAME: Final = "vigie.toml"
PREFIX: Final = "VIGIE_"
FILE_VARIABLE: Final = "VIGIE_CONFIG"
SECTIONS_OF_VARIABLES: Final = ("site", "kafka", "web", "privacy", "defaults")
_SEGMENT: Final = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^".=]+?))\s*(\.|$)')


class Said(Struct, frozen=True):
    """A value, or a whole table, said somewhere: `text` when it is not TOML yet.

    `folder` is what relative paths in it start from.
    """

    path: KeyPath
    value: Any
    source: str
    text: bool
    folder: Path

    @property
    def where(self) -> str:
        """How a message names the place."""
        return _place(self.source, self.path)


def _place(source: str, path: KeyPath) -> str:
    if source == "--set":
        return f"--set {key_text(path)}"
    if source.startswith(PREFIX):
        return source
    return f"{source}, {key_text(path)}" if path else source


def from_file(file: Path, problems: list[Problem]) -> list[Said]:
    """What a TOML file says, as one table."""
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        help = "name a file that can be read by --config"
        problems.append(Problem(str(file), f"cannot be read: {what}", help, is_unreadable=True))
        return []
    try:
        table = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        help = "correct that line; text stands in quotes"
        problems.append(Problem(str(file), f"is not TOML: {error}", help))
        return []
    return [Said((), table, str(file), False, file.absolute().parent)]


def from_environment(
    environment: Mapping[str, str], is_known: Callable[[KeyPath], bool], problems: list[Problem]
) -> Iterator[Said]:
    """What the variables say.

    Variables without two underscores are passed over, as orchestrators set such ones for a service
    called vigie (VIGIE_PORT); except where a known setting was meant.
    """
    for variable, text in sorted(environment.items()):
        if not variable.startswith(PREFIX) or variable == FILE_VARIABLE:
            continue
        path = tuple(variable.removeprefix(PREFIX).lower().split("__"))
        section, _, key = path[0].partition("_")
        if path[0] in ("queues", "groups"):
            what = f"{path[0]} can't be set by a variable"
            help = f"set them in {FILE_NAME}, or by --set {path[0]}.NAME.KEY=VALUE"
            problems.append(Problem(variable, what, help))
        elif len(path) > 1 or path[0] in SECTIONS_OF_VARIABLES:
            yield Said(path, text, variable, True, Path.cwd())
        elif is_known((section, key)):
            meant = f"{PREFIX}{section.upper()}__{key.upper()}"
            help = f"two underscores stand for the dot: {meant}"
            problems.append(Problem(variable, "is no setting", help))


def from_options(settings: Sequence[str], problems: list[Problem]) -> Iterator[Said]:
    """What --set options say, each `a.b.c=value`."""
    for option in settings:
        key, equals, text = _split(option)
        path = _key_path(key)
        if not equals or not path:
            what = f"{option!r} is not KEY=VALUE"
            help = "write for example --set defaults.short_abandon_seconds=0"
            problems.append(Problem("--set", what, help))
        else:
            yield Said(path, text.strip(), "--set", True, Path.cwd())


def _split(option: str) -> tuple[str, str, str]:
    """Key, "=", value: at the first equals sign outside quotes."""
    match = re.match(r'((?:"(?:[^"\\]|\\.)*"|[^"=])*)(=?)(.*)', option, re.DOTALL)
    return (match[1], match[2], match[3]) if match else (option, "", "")


def _key_path(key: str) -> KeyPath:
    """The parts of a dotted key, some perhaps in quotes; () when it is none."""
    parts: list[str] = []
    at = 0
    while at < len(key):
        match = _SEGMENT.match(key, at)
        if match is None or match.end() == at:
            return ()
        quoted, bare, dot = match.groups()
        parts.append(bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
        at = match.end()
        if dot == "." and at == len(key):
            return ()
    return tuple(parts)
