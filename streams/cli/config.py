"""`vigie config check`: are the settings right, and what does a change of them need?"""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.cli.options import DONE, NO, Failure, listed, load_current
from streams.settings import Changes, Loaded, SettingsError, changes
from streams.settings.remarks import remarks
from streams.settings.secrets import file_problems


@click.group()
def config() -> None:
    """Settings: are they right, and what does a change need?"""


@config.command()
@click.option(
    "--against",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The file that is running now: tells what takes a reload (SIGHUP), what a restart.",
)
@click.pass_context
def check(context: click.Context, against: Path | None) -> None:
    """Check the effective settings: file, variables and --set together.

    Ends with 0 when they can be used, 1 when they can't; with --against, 1 also when a restart is
    needed; 2 when a file can't be read.
    """
    console = Console(highlight=False, soft_wrap=True)
    loaded = _loaded(console)
    if loaded is None:
        context.exit(NO)
    _show_sources(console, loaded)
    wrong_files = file_problems(loaded.settings)
    for problem in wrong_files:
        _line(console, "wrong", str(problem), "red")
    for remark in remarks(loaded.settings):
        _line(console, "note", remark, "yellow")
    changed = None if against is None else _against(against, loaded)
    if changed is not None:
        _show_changes(console, changed)
    if wrong_files:
        context.exit(NO)
    _line(console, "ok", "the settings can be used", "green")
    context.exit(NO if changed is not None and changed.restart else DONE)


def _loaded(console: Console) -> Loaded | None:
    """The effective settings; None, with the problems shown, when they can't be used."""
    try:
        return load_current()
    except SettingsError as error:
        if error.is_unreadable:
            raise Failure(listed(error.problems)) from error
        for problem in error.problems:
            _line(console, "wrong", str(problem), "red")
        return None


def _against(file: Path, loaded: Loaded) -> Changes:
    """What changes for a Vigie that runs with that file and the same variables and --set."""
    try:
        running = load_current(file).settings
    except SettingsError as error:
        raise Failure(f"--against\n{listed(error.problems)}") from error
    return changes(running, loaded.settings)


def _show_sources(console: Console, loaded: Loaded) -> None:
    sources = ", ".join(loaded.sources) or "nothing is set: every setting has its default"
    console.print(Text(f"from {sources}" if loaded.sources else sources, style="dim"))
    console.print(Text(f"fingerprint {loaded.settings.fingerprint()}", style="dim"))


def _show_changes(console: Console, changed: Changes) -> None:
    if not changed.reload and not changed.restart:
        console.print("no setting differs")
        return
    table = Table("key", "needs", box=None, header_style="bold", pad_edge=False)
    for key in changed.restart:
        table.add_row(Text(key), Text("a restart", style="yellow"))
    for key in changed.reload:
        table.add_row(Text(key), Text("a reload (SIGHUP)", style="green"))
    console.print(table)


def _line(console: Console, word: str, text: str, style: str) -> None:
    console.print(Text.assemble((f"{word:<6}", style), text))
