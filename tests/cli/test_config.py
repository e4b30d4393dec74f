"""`vigie config check`: the verdict, and what a change needs; ends with 0, 1 or 2."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli.main import main
from streams.settings import Settings


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(*arguments: str, environment: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, ["config", "check", *arguments], env=environment)


def test_right_settings_end_with_0() -> None:
    Path("vigie.toml").write_text('[site]\nlanguage = "fr"\n')
    result = check("--set", "site.currency=CHF")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "from vigie.toml, --set"
    assert lines[1] == f"fingerprint {Settings().fingerprint()}"
    assert lines[-1] == "ok    the settings can be used"


def test_wrong_settings_end_with_1_and_are_all_told() -> None:
    Path("vigie.toml").write_text('[site]\nlangage = "fr"\n')
    result = check("--set", "x=1", environment={"VIGIE_SITE__MAXIMUM_NAMES": "0"})
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "wrong vigie.toml, site.langage: 'langage' is no key of [site]; did you mean language?",
        "wrong VIGIE_SITE__MAXIMUM_NAMES: expected a whole number from 1 to 100000, found 0; "
        "write for example maximum_names = 5",
        "wrong --set x: 'x' is no key of the settings; "
        "keys there are site, kafka, web, privacy, defaults, queues, groups",
    ]


def test_a_secret_that_cannot_be_read_is_wrong_too() -> None:
    result = check("--set", "privacy.key_file=missing")
    assert result.exit_code == 1
    assert "wrong privacy.key_file" in result.stdout
    assert "can be used" not in result.stdout


def test_a_file_that_cannot_be_read_ends_with_2() -> None:
    result = check("--config", "missing.toml")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: missing.toml: cannot be read: No such file or directory; "
        "name a file that can be read by --config\n"
    )
    Path("broken.toml").write_text("[site\n")
    assert check("--config", "broken.toml").exit_code == 1


def test_what_a_reload_takes_ends_with_0() -> None:
    Path("old.toml").write_text("")
    Path("vigie.toml").write_text("[defaults.targets.service_level]\nwarning = 0.9\n")
    result = check("--against", "old.toml")
    assert result.exit_code == 0
    assert "defaults.targets.service_level.warning  a reload (SIGHUP)" in result.stdout


def test_what_needs_a_restart_ends_with_1() -> None:
    Path("old.toml").write_text("[defaults.targets.service_level]\nwarning = 0.9\n")
    Path("vigie.toml").write_text("[defaults]\nanswer_target_seconds = 30\n")
    result = check("--against", "old.toml")
    assert result.exit_code == 1
    words = [line.strip().split(maxsplit=1) for line in result.stdout.splitlines()]
    assert ["defaults.answer_target_seconds", "a restart"] in words
    assert ["defaults.targets.service_level.warning", "a reload (SIGHUP)"] in words


def test_variables_and_options_are_the_same_on_both_sides() -> None:
    Path("old.toml").write_text("")
    Path("vigie.toml").write_text("[site]\n")
    changed = {"VIGIE_SITE__LANGUAGE": "fr"}
    result = check("--against", "old.toml", "--set", "site.clock=events", environment=changed)
    assert result.exit_code == 0
    assert "no setting differs" in result.stdout


def test_a_running_file_that_is_wrong_ends_with_2() -> None:
    Path("old.toml").write_text("x = 1\n")
    result = check("--against", "old.toml")
    assert result.exit_code == 2
    assert "old.toml, x: 'x' is no key of the settings" in result.stderr


def test_texts_with_brackets_are_shown_as_they_are() -> None:
    result = check("--set", 'queues."[bold]x".holidays=FR')
    assert 'queues."[bold]x".holidays is accepted' in result.stdout
