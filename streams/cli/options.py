"""What every verb takes: --config FILE and --set KEY=VALUE; and the settings that come of them.

A verb calls `current_settings()`. It needs no decorator: `vigie` adds the two options to each verb
(`with_settings_options`), before or after its own ones.
"""

from pathlib import Path
from typing import Any, Final

import click

from streams.settings import Loaded, Problem, Settings, SettingsError, load_all

DONE: Final = 0
NO: Final = 1
"""The answer is no: a check that failed."""
COULD_NOT: Final = 2

_CONFIG: Final = "streams.cli.config"
_SETS: Final = "streams.cli.sets"


class Failure(click.ClickException):
    """What could not be done, told in plain lines on standard error; ends with 2."""

    exit_code = COULD_NOT


def with_settings_options(command: click.Command) -> click.Command:
    """The same command with --config and --set, its own verbs too."""
    names = {name for parameter in command.params for name in parameter.opts}
    command.params += [option for option in _options() if not names.intersection(option.opts)]
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            with_settings_options(inner)
    return command


def current_settings() -> Settings:
    """The effective settings of the running command; a `Failure` tells everything wrong."""
    return current().settings


def current() -> Loaded:
    """The same, with where each value came from."""
    try:
        return load_current()
    except SettingsError as error:
        raise Failure(listed(error.problems)) from error


def load_current(instead: Path | None = None) -> Loaded:
    """The same; raises `SettingsError` for who wants to show problems in another way.

    `instead`: with another file, and the same variables and --set.
    """
    meta = click.get_current_context().meta
    return load_all(instead or meta.get(_CONFIG), meta.get(_SETS, ()))


def listed(problems: tuple[Problem, ...]) -> str:
    """Problems as lines of text."""
    many = f"{len(problems)} settings can't be used:" if len(problems) > 1 else ""
    return "\n".join([*([many] if many else []), *map(str, problems)])


def _options() -> list[click.Option]:
    return [
        click.Option(
            ["--config"],
            metavar="FILE",
            expose_value=False,
            callback=_keep_config,
            help="Settings file instead of ./vigie.toml.",
        ),
        click.Option(
            ["--set"],
            metavar="KEY=VALUE",
            multiple=True,
            expose_value=False,
            callback=_keep_sets,
            help="One setting, as site.language=fr; may be repeated.",
        ),
    ]


def keep(context: click.Context, config: str | None, sets: tuple[str, ...]) -> None:
    """Remembers what was given, before the verb or after it; a later --config wins."""
    if config is not None:
        context.meta[_CONFIG] = config
    context.meta[_SETS] = (*context.meta.get(_SETS, ()), *sets)


def _keep_config(context: click.Context, _: click.Parameter, value: Any) -> None:
    keep(context, value, ())


def _keep_sets(context: click.Context, _: click.Parameter, value: Any) -> None:
    keep(context, None, value)


def passed_on() -> list[str]:
    """--config and --set as they were given, for a process started with the same settings."""
    meta = click.get_current_context().meta
    config = meta.get(_CONFIG)
    given = ["--config", str(config)] if config is not None else []
    return given + [word for one in meta.get(_SETS, ()) for word in ("--set", one)]


def given_config() -> bool:
    """Whether a settings file was named, or one lies in the working directory."""
    return current().file is not None
