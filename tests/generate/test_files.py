"""What is derived is committed as it is derived: no drift, no leftovers, nothing edited by hand."""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from streams.cli.main import main
from streams.generate import GENERATED, MARK, files, filled, sections
from streams.kpis import CATALOGUE

ROOT = Path(__file__).parents[2]


def generate(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["generate", *arguments])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The derived folders, to be spoiled."""
    for folder in GENERATED:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def test_the_tree_is_as_the_declarations_say() -> None:
    done = generate("--check", "--root", str(ROOT))
    assert done.exit_code == 0, done.output


def test_an_edited_file_is_told_and_written_anew(copy: Path) -> None:
    path = copy / "alerts/rules/service_level.yml"
    good = path.read_text()
    path.write_text(good.replace("group_right ()", "group_left ()"))
    done = generate("--check", "--root", str(copy))
    assert done.exit_code == 1
    assert "differs: alerts/rules/service_level.yml" in done.output
    assert path.read_text() != good, "a check writes nothing"
    assert generate("--root", str(copy)).exit_code == 0
    assert path.read_text() == good
    assert generate("--check", "--root", str(copy)).exit_code == 0


def test_a_kpi_that_is_gone_leaves_no_rules(copy: Path) -> None:
    text = (copy / "alerts/rules/occupancy.yml").read_text()
    (copy / "alerts/rules/gone.yml").write_text(text)
    (copy / "alerts/rules/own.yml").write_text("groups: []\n")
    assert "left over: alerts/rules/gone.yml" in generate("--check", "--root", str(copy)).output
    assert generate("--root", str(copy)).exit_code == 0
    assert not (copy / "alerts/rules/gone.yml").exists()
    assert (copy / "alerts/rules/own.yml").exists(), "what has no mark is somebody's own"


def test_another_folder_is_a_plain_error(tmp_path: Path) -> None:
    done = generate("--root", str(tmp_path))
    assert done.exit_code == 2
    assert "no alerts/ and dashboards/ here" in done.output


def test_every_file_says_that_it_is_derived_and_every_kpi_has_its_own() -> None:
    derived = files(CATALOGUE)
    assert all(MARK in text for text in derived.values())
    assert {f"alerts/rules/{kpi_id}.yml" for kpi_id in CATALOGUE} <= derived.keys()


def test_every_definition_is_recorded() -> None:
    derived = files(CATALOGUE)
    for kpi in CATALOGUE.values():
        groups = yaml.safe_load(derived[f"alerts/rules/{kpi.id}.yml"])["groups"]
        recorded = {
            rule["labels"]["definition"]
            for rule in groups[0]["rules"]
            if rule.get("record") == "contact_center:kpi:value"
        }
        assert recorded == set(kpi.definitions), kpi.id


def test_the_same_declarations_give_the_same_bytes() -> None:
    assert files(CATALOGUE) == files(CATALOGUE)


def test_sections_of_a_document_are_written_and_the_rest_is_left() -> None:
    document = "# Ours\n<!-- kpis:begin -->\nwritten before\n<!-- kpis:end -->\nend\n"
    written = filled(document, sections(CATALOGUE))
    assert written.startswith("# Ours\n<!-- kpis:begin -->\n| KPI |")
    assert written.endswith("|\n<!-- kpis:end -->\nend\n") and "written before" not in written
    assert filled(written, sections(CATALOGUE)) == written
    with pytest.raises(ValueError, match="kpis:begin"):
        filled("<!-- kpis:begin -->", sections(CATALOGUE))


def test_every_alert_leads_to_a_page() -> None:
    derived = files(CATALOGUE)
    for name, text in derived.items():
        if name.startswith("alerts/rules/"):
            pages = re.findall(r"vigie_runbooks }}/(\w+\.md)", text)
            assert all(f"docs/kpis/{page}" in derived for page in pages), name
