"""`vigie kpis` as people and programs use it."""

import json

import pytest
from click.testing import CliRunner, Result

from streams.cli.kpis import alert, kpis, number
from streams.cli.main import main
from streams.kpis import CATALOGUE
from streams.kpis.texts import LANGUAGES, Language, said
from streams.kpis.words import example_title, in_words


def run(*arguments: str) -> Result:
    """What the command answers."""
    return CliRunner().invoke(kpis, list(arguments))


def flat(output: str) -> str:
    """The words of a page, however its lines are broken."""
    return " ".join(output.split())


def test_json_is_one_object_a_line() -> None:
    """Every KPI in the order of the catalogue, with all that it declares."""
    result = run("--format", "json")
    assert result.exit_code == 0, result.output
    told = [json.loads(line) for line in result.output.splitlines()]
    assert [one["id"] for one in told] == list(CATALOGUE)
    for one in told:
        kpi = CATALOGUE[one["id"]]
        assert one["titles"] == {"en": kpi.title.en, "fr": kpi.title.fr}
        assert one["definitions"].keys() == kpi.definitions.keys()
        assert one["sources"] == list(kpi.sources)
        assert (one["unit"], one["better"], one["bounded"]) == (kpi.unit, kpi.better, kpi.bounded)
        assert one["live"] is kpi.live
        assert (one["windows"] == []) is kpi.live
        assert len(one["examples"]) == len(kpi.examples)


def test_json_of_the_service_level() -> None:
    """The figures that others build upon."""
    result = run("service_level", "--format", "json")
    (one,) = [json.loads(line) for line in result.output.splitlines()]
    assert one["target"] == {
        "comparison": "<",
        "warning": 0.8,
        "critical": 0.6,
        "window": "15m",
    }
    assert one["definitions"]["default"]["measures"] == [
        "answered_within_target",
        "target_missed",
        "abandoned_within_target",
    ]
    assert [name for name, way in one["definitions"].items() if way["wrong"]] == ["source_b"]
    hundred = one["examples"][0]
    assert hundred["expect"]["default"] == 0.7
    assert hundred["events"][0] == "70x 10:00:00 quick contact.queued queue=q"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_names_every_kpi(language: Language) -> None:
    """Ids are never cut: they are what one types next."""
    words = run("--language", language).output.split()
    assert set(CATALOGUE) <= set(words)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kpi_id", CATALOGUE)
def test_a_page_explains_everything(kpi_id: str, language: Language) -> None:
    """Help, each definition with its formula, the runbook, each example with its lines."""
    kpi = CATALOGUE[kpi_id]
    result = run(kpi_id, "--language", language)
    assert result.exit_code == 0, result.output
    page = flat(result.output)
    for both in (kpi.title, kpi.abbreviation, kpi.help):
        assert flat(said(both, language)) in page
    assert flat(said(kpi.runbook, language))[:60] in page
    for name, definition in kpi.definitions.items():
        assert f" {name} " in page
        assert flat(in_words(definition.formula, language))[:60] in page
        assert flat(said(definition.help, language))[:60] in page
    for example in kpi.examples:
        assert flat(said(example_title(example), language)) in page
        assert flat(example.events) in page
    assert page.count("(wrong)" if language == "en" else "(faux)") == sum(
        definition.wrong for definition in kpi.definitions.values()
    )


def test_an_unknown_id_names_the_nearest() -> None:
    """Exit code 2: it could not be done."""
    result = run("servise_level")
    assert result.exit_code == 2
    assert "did you mean service_level?" in result.output
    assert "`vigie kpis` lists them" in run("zzz").output


def test_the_site_has_a_language() -> None:
    """What the settings say counts where the command line says nothing."""
    group = CliRunner().invoke(main, ["kpis", "occupancy", "--set", "site.language=fr"])
    assert group.exit_code == 0, group.output
    assert "Taux d" in group.output
    assert "Occupancy ·" in run("occupancy", "--language", "en").output


def test_alerts_and_numbers_are_written_as_people_do() -> None:
    """A comma in French, a dash for no value, the side that is bad."""
    assert alert(CATALOGUE["service_level"], "en") == "warning < 0.8, critical < 0.6 over 15m"
    assert alert(CATALOGUE["abandonment_rate"], "fr") == (
        "avertissement ≥ 0,05, critique ≥ 0,1 sur 15m"
    )
    assert alert(CATALOGUE["agents_available"], "en") == "critical < 1"
    assert alert(CATALOGUE["occupancy"], "en") == ""
    assert number(7 / 9, "fr") == "0,778"
    assert number(1800.0, "en") == "1800"
    assert number(None, "en") == "—"
