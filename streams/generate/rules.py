"""A KPI's rule file: recording rules for every definition, and the alert on its thresholds.

Thresholds are series that the boards export, so one alert serves every queue and every setting; it
comes as warning or critical by the threshold that is passed. Only syntax of Prometheus 2.42.
"""

from collections.abc import Iterator
from typing import Any, Final

from streams.core import conventions as names
from streams.core.kpi import Kpi, Level, Mean, Oldest
from streams.generate.alert_texts import annotations
from streams.generate.promql import sample_size, values

FOR: Final = "1m"
KEEP_FIRING_FOR: Final = "1m"
"""A figure that trembles around its threshold is one alert."""

Rule = dict[str, Any]


def rule_file(kpi: Kpi) -> dict[str, Any]:
    """The content of alerts/rules/<id>.yml: the alert reads what the same turn has recorded."""
    rules = [*records(kpi)]
    if alerts(kpi):
        rules.append(alert(kpi))
    return {"groups": [{"name": f"vigie_{kpi.id}", "rules": rules}]}


def records(kpi: Kpi) -> Iterator[Rule]:
    """`contact_center:kpi:value` and `contact_center:kpi:sample_size` of every definition."""
    for name, definition in kpi.definitions.items():
        fixed = {"kpi": kpi.id, "definition": name}
        for record in values(definition.formula):
            yield {"record": names.VALUE, "expr": record.expr, "labels": {**fixed, **record.labels}}
        size = sample_size(definition.formula)
        if size is not None:
            yield {"record": names.SAMPLE_SIZE, "expr": size, "labels": fixed}


def alerts(kpi: Kpi) -> bool:
    """Whether a threshold can be held against it: it is one figure, not one for each part."""
    formula = kpi.definitions["default"].formula
    return not (isinstance(formula, Level | Oldest) and set(formula.of) != {None})


def low(kpi: Kpi) -> bool:
    """Whether it is bad below its threshold."""
    return kpi.better == "higher"


def alert(kpi: Kpi) -> Rule:
    """Past the threshold, on enough samples, while the queue is served."""
    return {
        "alert": names.alert(kpi.id, low=low(kpi)),
        "expr": _expr(kpi),
        "for": FOR,
        "keep_firing_for": KEEP_FIRING_FOR,
        "labels": {"kind": "kpi"},
        "annotations": annotations(kpi, low=low(kpi)),
    }


def _expr(kpi: Kpi) -> str:
    formula = kpi.definitions["default"].formula
    # Thresholds are a queue's, over all its channels.
    whole = f'kpi="{kpi.id}",definition="default",queue!="",channel=""'
    stat = ',stat="mean"' if isinstance(formula, Mean) else ""
    comparison = "<" if low(kpi) else ">="
    past = (
        f"(\n  {names.VALUE}{{{whole}{stat}}}\n"
        f"  {comparison} on (kpi, queue, window) group_right ()\n"
        f"  max by (kpi, queue, window, severity) (\n"
        f'    {names.THRESHOLD}{{kpi="{kpi.id}",comparison="{comparison}"}}\n'
        f"  )\n)"
    )
    few = (
        f"\nunless on (kpi, queue, window) (\n  {names.SAMPLE_SIZE}{{{whole}}}\n"
        f"  < on (queue) group_left ()\n"
        f"  max by (queue) ({names.MINIMUM_SAMPLE})\n)"
        if sample_size(formula) is not None
        else ""
    )
    served = f"\nand on (queue) (max by (queue) ({names.QUEUE_OPEN}) == 1)"
    return past + few + served
