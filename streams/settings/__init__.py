"""Settings: vigie.toml, VIGIE_… variables and --set, read once into one frozen value.

    settings = load(config="vigie.toml", sets=["site.language=fr"])
    settings.site.language, settings.rules().queue("support").answer_target_ms

Everything that is wrong is told at once, in a `SettingsError`: where, what, what to do.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from streams.settings.checks import check, is_loopback
from streams.settings.compare import Changes, changes
from streams.settings.problems import Problem, SettingsError
from streams.settings.reading import Leaves, build, is_known, read
from streams.settings.shape import Settings
from streams.settings.sources import (
    FILE_NAME,
    FILE_VARIABLE,
    Said,
    from_environment,
    from_file,
    from_options,
)

__all__ = [
    "Changes",
    "Loaded",
    "Problem",
    "Settings",
    "SettingsError",
    "changes",
    "from_table",
    "is_loopback",
    "load",
    "load_all",
]


class Loaded(Struct, frozen=True):
    """Settings with where they came from: the file, if any, and each value's place."""

    settings: Settings
    file: Path | None
    leaves: Leaves

    @property
    def sources(self) -> tuple[str, ...]:
        """The places that set something, in order of their weight."""
        return tuple(dict.fromkeys(leaf.said.source for leaf in self.leaves.values()))


def load(
    config: str | Path | None = None,
    sets: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The effective settings. Raises `SettingsError` with everything that is wrong.

    `config`: the file; None: VIGIE_CONFIG, else vigie.toml in the working directory if there.
    `sets`: `key=value` each. `environment`: None is that of the process.
    """
    return load_all(config, sets, environment).settings


def load_all(
    config: str | Path | None = None,
    sets: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Loaded:
    """The same, with where each value came from."""
    environment = os.environ if environment is None else environment
    problems: list[Problem] = []
    file = _file(config, environment)
    said = [
        *([] if file is None else from_file(file, problems)),
        *from_environment(environment, is_known, problems),
        *from_options(sets, problems),
    ]
    settings, leaves = _settings(said, problems)
    return Loaded(settings, file, leaves)


def from_table(table: Mapping[str, Any], source: str = "settings") -> Settings:
    """The settings of a table in the shape of vigie.toml. Raises `SettingsError`."""
    return _settings([Said((), dict(table), source, False, Path.cwd())], [])[0]


def _file(config: str | Path | None, environment: Mapping[str, str]) -> Path | None:
    named = config or environment.get(FILE_VARIABLE)
    if named:
        return Path(named)
    usual = Path(FILE_NAME)
    return usual if usual.exists() else None


def _settings(said: Sequence[Said], problems: list[Problem]) -> tuple[Settings, Leaves]:
    leaves = read(said, problems)
    settings = build(leaves, problems)
    if settings is not None and not problems:
        problems += check(settings, leaves)
    if settings is None or problems:
        raise SettingsError(problems)
    return settings, leaves
