"""Every dashboard is sound: queries parse, ids are fixed, words are there in both languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest

from streams.core.conventions import EXPORTED_WINDOWS, VALUE
from streams.generate import files
from streams.kpis import CATALOGUE

DASHBOARDS = {
    Path(name).stem: json.loads(text)
    for name, text in files(CATALOGUE).items()
    if name.startswith("dashboards/")
}
FOR_EVERYBODY = {"#0072B2", "#E69F00", "#D55E00", "#7F8C9B"}
"""Colours that the colour-blind tell apart."""
PANELS = [
    pytest.param(panel, id=f"{name}-{panel['id']}")
    for name, board in DASHBOARDS.items()
    for panel in board["panels"]
]


def expressions(node: Any) -> Iterator[str]:
    """Every query below a part of a dashboard."""
    if isinstance(node, dict):
        if isinstance(node.get("expr"), str):
            yield node["expr"]
        for each in node.values():
            yield from expressions(each)
    elif isinstance(node, list):
        for each in node:
            yield from expressions(each)


def filled(expression: str) -> str:
    """With the variables chosen, as Grafana does before it asks."""
    return expression.replace("$queue", "(a|b)").replace("$window", "1h")


def selectors(expression: str) -> Iterator[promql_parser.VectorSelector]:
    """Every series that an expression reads."""
    waiting = [promql_parser.parse(filled(expression))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, promql_parser.VectorSelector):
            yield node
        for name in ("expr", "lhs", "rhs", "vector_selector"):
            if (inner := getattr(node, name, None)) is not None and not isinstance(inner, str):
                waiting.append(inner)
        waiting += getattr(node, "args", None) or []


def test_there_is_an_overview_with_a_lasting_address() -> None:
    overview = DASHBOARDS["overview"]
    assert overview["uid"] == "vigie-overview"
    ids = [panel["id"] for panel in overview["panels"]]
    assert ids == list(range(1, len(ids) + 1))
    assert overview["refresh"] == "5s"


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_says_what_it_shows(panel: dict[str, Any]) -> None:
    english, _, french = panel["description"].partition("\n\n")
    assert english and french and english != french
    assert panel["title"] and panel["fieldConfig"]["defaults"]["noValue"]
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["interval"] == "5s"
    letters = [target["refId"] for target in panel["targets"]]
    assert letters == list("ABCDEFGHIJKLM"[: len(letters)]) and letters
    for target in [panel, *panel["targets"]]:
        assert target["datasource"]["uid"] == "${datasource}"


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_query_parses_and_every_window_is_named(name: str) -> None:
    found = list(expressions(DASHBOARDS[name]))
    assert len(found) > 10
    for expression in found:
        read = list(selectors(expression))
        assert read, expression
        for selector in read:
            metric = selector.name or next(
                each.value for each in selector.matchers.matchers if each.name == "__name__"
            )
            names = {matcher.name for matcher in selector.matchers.matchers}
            if "_window_" in metric:
                # A sum over 15m and 1h would count the same contacts twice.
                assert "window" in names, expression
            if metric == VALUE:
                assert {"kpi", "definition"} <= names, expression


@pytest.mark.parametrize("name", DASHBOARDS)
def test_colours_are_for_everybody(name: str) -> None:
    used = set(re.findall(r"#[0-9A-Fa-f]{6}\b", json.dumps(DASHBOARDS[name])))
    assert used and used <= FOR_EVERYBODY


@pytest.mark.parametrize("name", DASHBOARDS)
def test_variables_offer_what_is_exported(name: str) -> None:
    variables = {each["name"]: each for each in DASHBOARDS[name]["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["window"]["query"].split(",") == list(EXPORTED_WINDOWS)


def test_panels_do_not_overlap() -> None:
    for board in DASHBOARDS.values():
        taken: set[tuple[int, int]] = set()
        for panel in board["panels"]:
            place = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert max(x for x, _ in cells) < 24
            assert not cells & taken
            taken |= cells
