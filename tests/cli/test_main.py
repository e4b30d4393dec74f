"""The command itself: verbs by table, options before or after the verb, exit codes."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from streams import __version__
from streams.cli import main as command
from streams.cli.main import VERBS, main
from streams.cli.options import current_settings

VERB = "state"
MODULE = "streams.cli.state"


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A verb made up for the test, in the place of a real one."""
    module = ModuleType(MODULE)
    monkeypatch.setitem(sys.modules, MODULE, module)
    monkeypatch.setattr(
        "streams.cli.main.find_spec", lambda name: module if name == MODULE else find_spec(name)
    )
    return module


def test_the_version() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"vigie {__version__}\n")


def test_help_lists_the_verbs_whose_file_is_there() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    folder = Path(command.__file__).parent
    for verb, purpose in VERBS.items():
        there = (folder / f"{verb.replace('-', '_')}.py").exists()
        assert (f"\n  {verb} " in result.stdout) is there
        assert len(purpose) <= 72, verb


def test_help_is_quick_because_it_imports_no_verb_and_no_library_of_theirs() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from streams.cli.main import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        "heavy = {'faust', 'kafka', 'aiohttp', 'rich', 'streams.kpis', 'streams.settings'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize(
    ("verb", "message"),
    [("confg", "'confg' is no verb; did you mean config?"), ("xyz", "vigie --help lists them")],
)
def test_an_unknown_verb(verb: str, message: str) -> None:
    result = CliRunner().invoke(main, [verb])
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_verb_whose_file_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VERBS, "not-yet", "Later.")
    result = CliRunner().invoke(main, ["not-yet"])
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: vigie not-yet: not part of this version ({__version__}); "
        "vigie --help lists the verbs that are\n"
    )


def test_a_file_without_its_command(verb: ModuleType) -> None:
    result = CliRunner().invoke(main, [VERB])
    assert result.exit_code == 2
    assert "streams.cli.state has no command called state" in result.stderr


def test_options_stand_before_the_verb_or_after_it_and_the_later_ones_win(
    verb: ModuleType, tmp_path: Path
) -> None:
    @click.group()
    def state() -> None:
        """A verb with verbs of its own."""

    @state.command()
    def show() -> None:
        site = current_settings().site
        click.echo(f"{site.language} {site.currency} {site.maximum_names} {site.time_zone}")

    verb.state = state  # type: ignore[attr-defined]  # a module made for the test
    (tmp_path / "a.toml").write_text('[site]\ntime_zone = "Europe/Paris"\ncurrency = "CHF"\n')
    file = str(tmp_path / "a.toml")
    runner = CliRunner()
    before = ["--set", "site.language=fr", "--set", "site.maximum_names=1", "--config", "none"]
    after = ["--set", "site.maximum_names=3", "--config", file]
    result = runner.invoke(main, [*before, VERB, "--set", "site.maximum_names=2", "show", *after])
    assert (result.exit_code, result.stdout) == (0, "fr CHF 3 Europe/Paris\n")
    again = runner.invoke(main, [VERB, "show"])
    assert again.stdout == "en EUR 500 UTC\n"


def test_wrong_settings_end_any_verb_with_2(verb: ModuleType) -> None:
    @click.command()
    def state() -> None:
        current_settings()

    verb.state = state  # type: ignore[attr-defined]  # a module made for the test
    result = CliRunner().invoke(main, [VERB, "--set", "x=1", "--set", "site.language=de"])
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: 2 settings can't be used:\n--set x: 'x' is no key")


def test_a_bug_ends_with_2_and_shows_where(
    verb: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def state() -> None:
        raise ZeroDivisionError

    verb.state = state  # type: ignore[attr-defined]  # a module made for the test
    with pytest.raises(SystemExit) as ended:
        main.main([VERB])
    assert ended.value.code == 2
    assert "ZeroDivisionError" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        main.main([VERB], standalone_mode=False)
