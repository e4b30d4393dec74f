"""The page on running Vigie names every verb there is, every line that is logged, every alert."""

import re
from pathlib import Path

import click
import pytest

from streams.cli.main import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operations.md").read_text()
VERBS = main.list_commands(click.Context(main))


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_there(verb: str) -> None:
    assert f"| `vigie {verb}` |" in PAGE


def test_no_verb_is_promised_that_is_not_there() -> None:
    assert set(re.findall(r"`vigie ([a-z-]+)", PAGE)) <= set(VERBS)


def test_what_is_said_of_a_partition_is_explained() -> None:
    """Each warning and error of the worker that begins with its partition."""
    said = set()
    for file in (ROOT / "streams/adapters/worker").glob("*.py"):
        said |= set(re.findall(r'"(partition %d[: ][^"]*)"', file.read_text()))
    assert len(said) >= 9
    plain = re.sub(r"\b[A-Z]\b", "?", PAGE)
    for line in said:
        words = re.sub(r"%[ds]", "?", line).split("?")[1].strip(": ")
        beginning = " ".join(words.split()[:3])
        assert beginning in plain, line


def test_every_alert_about_the_data_is_explained() -> None:
    rules = (ROOT / "alerts/rules/data.yml").read_text()
    for name in re.findall(r"alert: (\w+)", rules):
        assert f"`{name}`" in PAGE, name
