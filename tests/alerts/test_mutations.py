"""The rule tests can fail: an alert broken on purpose is found by the tests of that very alert."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.alerts.places import RULES, TESTS, promtool


def flipped(expr: str) -> str:
    """The comparison with the threshold the other way round."""
    if " < on (kpi" in expr:
        return expr.replace(" < on (kpi", " > on (kpi")
    return expr.replace(" >= on (kpi", " < on (kpi")


def softened(expr: str) -> str:
    """A figure that is just on its threshold changes sides."""
    if " < on (kpi" in expr:
        return expr.replace(" < on (kpi", " <= on (kpi")
    return expr.replace(" >= on (kpi", " > on (kpi")


def unguarded(expr: str) -> str:
    """However few the samples."""
    return re.sub(r"\nunless on \(kpi.*?\n\)", "", expr, flags=re.DOTALL)


def sleepless(expr: str) -> str:
    """Whether the queue is open or not."""
    return re.sub(r"\nand on \(queue\) .*", "", expr)


def broken(folder: Path, mutation: Callable[[str], str]) -> list[str]:
    """Copies rules and tests, every alert on a KPI mutated; names of those that differ."""
    (folder / "rules").mkdir()
    (folder / "tests").mkdir()
    changed = []
    for path in RULES:
        content = yaml.safe_load(path.read_text())
        for group in content["groups"]:
            for rule in group["rules"]:
                if rule.get("labels", {}).get("kind") == "kpi":
                    mutated = mutation(rule["expr"])
                    changed += [path.stem] if mutated != rule["expr"] else []
                    rule["expr"] = mutated
        (folder / "rules" / path.name).write_text(yaml.safe_dump(content, allow_unicode=True))
    for path in TESTS:
        (folder / "tests" / path.name).write_bytes(path.read_bytes())
    return changed


@pytest.mark.parametrize("mutation", [flipped, softened, unguarded, sleepless])
def test_a_broken_alert_is_found(mutation: Callable[[str], str], tmp_path: Path) -> None:
    changed = broken(tmp_path, mutation)
    assert "service_level" in changed and len(changed) > 10
    tests = [tmp_path / "tests" / f"{name}.yml" for name in changed]
    done = promtool("test", "rules", *tests)
    # One verdict for each file, in order: "  SUCCESS" or "  FAILED:".
    verdicts = re.findall(r"^  (SUCCESS|FAILED)", done.stdout + done.stderr, re.MULTILINE)
    assert len(verdicts) == len(changed), done.stdout + done.stderr
    missed = [name for name, said in zip(changed, verdicts, strict=True) if said != "FAILED"]
    assert not missed


def test_a_recording_rule_without_its_guard_is_found(tmp_path: Path) -> None:
    """Over zero there must be no value: 0 / 0 would be recorded as NaN."""
    broken(tmp_path, lambda expr: expr)
    path = tmp_path / "rules" / "service_level.yml"
    text = path.read_text()
    assert " > 0)" in text
    path.write_text(text.replace(" > 0)", " >= 0)"))
    done = promtool("test", "rules", tmp_path / "tests" / "by_hand_service_level.yml")
    assert done.returncode != 0
    assert "NaN" in done.stdout + done.stderr
