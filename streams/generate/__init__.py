"""Derived files: the KPI declarations as rules, rule tests and dashboards. Pure, text out."""

from collections.abc import Mapping
from typing import Final

from streams.core.kpi import Kpi
from streams.generate import data_rules, rule_tests, rules
from streams.generate.overview import overview
from streams.generate.pages import filled, pages, sections
from streams.generate.yaml_text import MARK, document

GENERATED: Final = ("alerts/rules", "alerts/tests", "dashboards", "docs/kpis")
"""Folders in which a marked file that is not derived any more is a leftover."""

WITH_SECTIONS: Final = ("README.md",)
"""Documents of which only marked sections are derived."""

__all__ = ["GENERATED", "MARK", "WITH_SECTIONS", "files", "filled", "sections"]


def files(catalogue: Mapping[str, Kpi]) -> dict[str, str]:
    """Path from the project's root -> text, of everything that is derived."""
    found = {"alerts/rules/data.yml": document(data_rules.rule_file())}
    for kpi in catalogue.values():
        found[f"alerts/rules/{kpi.id}.yml"] = document(rules.rule_file(kpi))
        tests = rule_tests.test_file(kpi)
        if tests is not None:
            found[f"alerts/tests/{kpi.id}.yml"] = document(tests)
    found["dashboards/overview.json"] = overview(catalogue)
    found |= pages(catalogue)
    return dict(sorted(found.items()))
