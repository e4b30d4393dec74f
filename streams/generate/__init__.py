"""Derived files: the KPI declarations as rules, rule tests and dashboards. Pure, text out."""

from collections.abc import Mapping
from typing import Final

from streams.core.kpi import Kpi
from streams.generate import data_rules, rule_tests, rules
from streams.generate.overview import overview
from streams.generate.yaml_text import MARK, document

GENERATED: Final = ("alerts/rules", "alerts/tests", "dashboards")
"""Folders in which a marked file that is not derived any more is a leftover."""

__all__ = ["GENERATED", "MARK", "files"]


def files(catalogue: Mapping[str, Kpi]) -> dict[str, str]:
    """Path from the project's root -> text, of everything that is derived."""
    found = {"alerts/rules/data.yml": document(data_rules.rule_file())}
    for kpi in catalogue.values():
        found[f"alerts/rules/{kpi.id}.yml"] = document(rules.rule_file(kpi))
        tests = rule_tests.test_file(kpi)
        if tests is not None:
            found[f"alerts/tests/{kpi.id}.yml"] = document(tests)
    found["dashboards/overview.json"] = overview(catalogue)
    return dict(sorted(found.items()))
