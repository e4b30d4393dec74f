"""The file, then variables, then --set: where values come from and which of them wins."""

from pathlib import Path

import pytest

from streams.settings import Settings, SettingsError, from_table, load, load_all

NOTHING: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_nothing_said_gives_the_defaults() -> None:
    settings = load(environment=NOTHING)
    assert settings == Settings()
    assert settings.site.time_zone == "UTC"
    assert settings.site.windows == ("5m", "15m", "30m", "1h", "today")
    assert settings.web.address == ("127.0.0.1", 8087)
    assert settings.kafka.topics.calls == "contact-center.calls"
    assert settings.kafka.topics.dead_letters == "contact-center.dead-letters"


def test_vigie_toml_in_the_working_directory_is_read() -> None:
    Path("vigie.toml").write_text('[site]\nlanguage = "fr"\n')
    assert load(environment=NOTHING).site.language == "fr"


def test_a_named_file_is_read_instead() -> None:
    Path("vigie.toml").write_text('[site]\nlanguage = "fr"\n')
    Path("one.toml").write_text('[site]\ncurrency = "CHF"\n')
    Path("two.toml").write_text('[site]\ncurrency = "GBP"\n')
    by_variable = {"VIGIE_CONFIG": "one.toml"}
    assert load(environment=by_variable).site.currency == "CHF"
    named = load("two.toml", environment=by_variable)
    assert named.site.currency == "GBP"
    assert named.site.language == "en"


def test_variables_win_over_the_file_and_options_over_both() -> None:
    Path("vigie.toml").write_text(
        "[defaults]\nshort_abandon_seconds = 1\nminimum_sample = 2\nanswer_target_seconds = 3\n"
    )
    loaded = load_all(
        sets=["defaults.answer_target_seconds=30"],
        environment={
            "VIGIE_DEFAULTS__MINIMUM_SAMPLE": "20",
            "VIGIE_DEFAULTS__ANSWER_TARGET_SECONDS": "25",
        },
    )
    defaults = loaded.settings.defaults
    assert defaults.short_abandon_seconds == 1
    assert defaults.minimum_sample == 20
    assert defaults.answer_target_seconds == 30
    assert set(loaded.sources) == {"vigie.toml", "VIGIE_DEFAULTS__MINIMUM_SAMPLE", "--set"}


def test_of_two_options_the_later_one_wins() -> None:
    sets = ["site.language=fr", "site.language=en"]
    assert load(sets=sets, environment=NOTHING).site.language == "en"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('["5m", "1h"]', ("5m", "1h")),
        ("5m,1h", ("5m", "1h")),
        ("5m, today", ("5m", "today")),
        ("today", ("today",)),
    ],
)
def test_a_list_is_written_as_in_toml_or_with_commas(text: str, expected: tuple[str, ...]) -> None:
    assert load(environment={"VIGIE_SITE__WINDOWS": text}).site.windows == expected


@pytest.mark.parametrize(("text", "expected"), [("true", True), ("False", False), ("TRUE", True)])
def test_yes_and_no(text: str, expected: bool) -> None:
    assert load(environment={"VIGIE_PRIVACY__AGENTS": text}).privacy.agents is expected


def test_text_needs_no_quotes_in_an_option_even_if_it_looks_like_something_else() -> None:
    sets = ["kafka.group=2026", 'site.time_zone="Europe/Paris"', "kafka.bootstrap=a:1,b:2"]
    settings = load(sets=sets, environment=NOTHING)
    assert settings.kafka.group == "2026"
    assert settings.site.time_zone == "Europe/Paris"
    assert settings.kafka.servers == ("a:1", "b:2")


def test_an_option_cannot_smuggle_in_a_second_key() -> None:
    settings = load(sets=['kafka.group="a"'], environment=NOTHING)
    assert settings.kafka.group == "a"
    smuggled = "defaults.team=1\nminimum_sample = 3"
    assert load(sets=[smuggled], environment=NOTHING).defaults.minimum_sample is None
    with pytest.raises(SettingsError, match="expected a whole number"):
        load(sets=["defaults.minimum_sample=3\nteam = 'x'"], environment=NOTHING)


def test_keys_with_names_of_queues() -> None:
    sets = [
        'queues."Réclamations".team=care',
        "queues.Réclamations.answer_target_seconds=30",
        'queues."a.b=c".minimum_sample=0',
        "queues.sales={}",
        'groups.all={queues = ["Réclamations", "sales"]}',
    ]
    settings = load(sets=sets, environment=NOTHING)
    assert list(settings.queues) == ["Réclamations", "a.b=c", "sales"]
    assert settings.queues["Réclamations"].team == "care"
    assert settings.queues["Réclamations"].answer_target_seconds == 30
    assert settings.queues["a.b=c"].minimum_sample == 0
    assert settings.groups["all"].queues == ("Réclamations", "sales")


def test_names_are_compared_as_those_of_events_trimmed_and_in_one_unicode_form() -> None:
    settings = from_table({"queues": {" Re\u0301clamations ": {"team": "care"}}})
    assert list(settings.queues) == ["R\u00e9clamations"]


def test_an_empty_table_still_names_a_queue() -> None:
    assert list(from_table({"queues": {"sales": {}}}).queues) == ["sales"]


def test_hours_are_one_value_that_replaces_the_earlier_one() -> None:
    Path("vigie.toml").write_text('[defaults]\nopening_hours = { sat = "08:00-12:00" }\n')
    sets = ['defaults.opening_hours={ mon = "09:00-10:00" }']
    assert load(sets=sets, environment=NOTHING).defaults.opening_hours == {"mon": "09:00-10:00"}
    assert from_table({"defaults": {"opening_hours": {}}}).defaults.opening_hours == {}


def test_sla_may_be_given_by_channel_and_priority() -> None:
    table = {"resolution_seconds": 9, "email": {"urgent": {"resolution_seconds": 5}}}
    sla = from_table({"defaults": {"sla": table}}).defaults.sla
    assert sla.resolution_seconds == 9
    assert sla.by["email"].by["urgent"].resolution_seconds == 5
    sets = ["defaults.sla.urgent={business = true}"]
    assert load(sets=sets, environment=NOTHING).defaults.sla.by["urgent"].business is True


def test_paths_start_from_the_folder_of_the_file_or_the_working_directory(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "v.toml").write_text('[privacy]\nkey_file = "k"\n[web]\ntoken_file = "/t"\n')
    settings = load("etc/v.toml", environment=NOTHING)
    assert settings.privacy.key_file == str(folder / "k")
    assert settings.web.token_file == "/t"
    by_option = load("etc/v.toml", ["privacy.key_file=k"], NOTHING)
    assert by_option.privacy.key_file == str(tmp_path / "k")


def test_variables_that_are_not_ours_are_passed_over() -> None:
    """As orchestrators set them for a service called vigie, or vigie-web; and the tests' own."""
    others = {
        "VIGIE_PORT": "tcp://10.0.0.1:80",
        "VIGIE_SERVICE_HOST": "10.0.0.1",
        "VIGIE_WEB_PORT_8087_TCP": "tcp://10.0.0.1:8087",
        "VIGIE_TEST_KAFKA": "localhost:9092",
        "SITE__LANGUAGE": "fr",
    }
    assert load(environment=others) == Settings()


def test_listening_to_an_ipv6_address() -> None:
    assert load(sets=["web.listen=[::1]:0"], environment=NOTHING).web.address == ("::1", 0)
