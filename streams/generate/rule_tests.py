"""Tests of a KPI's rules for `promtool test rules`, derived from the same declaration.

Each alert is shown to fire, to stay quiet on target, on few samples and while the queue is closed,
and to leave missing data to the alert that is about them. What goes in are the exported pieces, so
the recording rules are under test too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from streams.core import conventions as names
from streams.core import kpi as k
from streams.core.measures import Measure
from streams.generate.rules import alerts, low
from streams.kpis.words import measures_of

QUEUE: Final = "support"
BOARD: Final = 'instance="board",job="vigie"'
INTERVAL: Final = "15s"
STEPS: Final = 20
EVALUATED: Final = "4m"
SAMPLES: Final = 100
MINIMUM: Final = 5
FEW: Final = 4

Series = dict[str, float]


@dataclass(frozen=True, slots=True)
class Threshold:
    """What the test holds the KPI against."""

    value: float
    severity: str
    window: str | None


def threshold(kpi: k.Kpi) -> Threshold:
    """The shipped one, else one in the middle of the scale."""
    window = None if kpi.live else "15m"
    if kpi.target is not None:
        if not kpi.live:
            window = kpi.target.window
        for severity in ("warning", "critical"):
            value: float | None = getattr(kpi.target, severity)
            if value is not None:
                return Threshold(value, severity, window)
    return Threshold(0.5 if kpi.unit == "ratio" else 20, "warning", window)


def test_file(kpi: k.Kpi) -> dict[str, Any] | None:
    """The content of alerts/tests/<id>.yml; None where there is no alert."""
    if not alerts(kpi):
        return None
    held = threshold(kpi)
    step = 1 / SAMPLES if kpi.unit == "ratio" else 1
    past, fine = held.value, held.value - step
    if low(kpi):
        past, fine = fine, past
    formula = kpi.definitions["default"].formula
    tests = [
        _test(kpi, "fires", _pieces(formula, past, SAMPLES), fires=True, value=past),
        _test(kpi, "quiet on target", _pieces(formula, fine, SAMPLES), value=fine),
        _test(kpi, "quiet while closed", _pieces(formula, past, SAMPLES), value=past, served=0),
        _missing(kpi),
    ]
    if not isinstance(formula, k.Count | k.Level | k.Oldest):
        few = past if kpi.unit == "seconds" else (0 if low(kpi) else 1)
        tests.insert(2, _test(kpi, "quiet on few samples", _pieces(formula, few, FEW), value=few))
    return {
        "rule_files": [f"../rules/{kpi.id}.yml", "../rules/data.yml"],
        "evaluation_interval": INTERVAL,
        "tests": tests,
    }


# ---- what goes in


def _pieces(formula: k.Formula, value: float, samples: int) -> Series:
    """Families and numbers that make the figure come out as `value` over so many samples."""
    measures = measures_of(formula)
    match formula:
        case k.Count():
            return _counts(measures, {measures[0].name: value})
        case k.Ratio(over=over, under=under):
            return _counts(measures, _shares(over, under, value, samples))
        case k.RatioToDurations(over=over):
            found = _counts(over, {over[0].name: round(value * samples)})
            return found | _durations(formula.under, 0, samples)
        case k.Mean() | k.Max():
            return _durations(measures, value, samples)
        case k.TimeShare(over=over, under=under):
            shares = _shares(over, under, value, samples)
            return {_of_agents(names.window_seconds(m), m): shares.get(m.name, 0) for m in measures}
        case k.Level():
            return {_placed(names.level, measures[0]): value}
        case k.Oldest():
            return {_placed(names.age, measures[0]): value}


def _shares(over: k.Measures, under: k.Measures, value: float, samples: int) -> dict[str, float]:
    """Numbers by measure so that the part is `value` of the whole."""
    part = round(value * samples)
    beside = [each for each in over if each not in under]
    if beside:
        return {beside[0].name: part, under[0].name: samples}
    rest = [each for each in under if each not in over]
    return {over[0].name: part, rest[0].name: samples - part}


def _counts(measures: k.Measures, numbers: Mapping[str, float]) -> Series:
    found = {names.window_count(each.name): numbers.get(each.name, 0.0) for each in measures}
    for name, parts in names.SUMS.items():
        if set(parts) <= set(measures):
            found[names.window_count(name)] = sum(numbers.get(part.name, 0) for part in parts)
    return found


def _durations(measures: k.Measures, value: float, samples: int) -> Series:
    found: Series = {}
    for place, each in enumerate(measures):
        n = samples if place == 0 else 0
        found[names.window_seconds(each)] = value * n
        found[names.window_durations(each)] = n
        found[names.window_nonzero(each)] = n
        found[names.window_maximum(each)] = value if place == 0 else 0
    return found


def _of_agents(name: str, measure: Measure) -> str:
    label = measure.label
    return f'{name}{{{label[1]}="{label[2]}"}}' if label else name


def _placed(naming: Any, measure: Measure) -> str:
    return _of_agents(naming(measure), measure)


def _series(name: str, value: float, *labels: str) -> dict[str, str]:
    bare, _, own = name.partition("{")
    inside = ",".join(text for text in (*labels, own.removesuffix("}"), BOARD) if text)
    return {"series": f"{bare}{{{inside}}}", "values": f"{value:.12g}+0x{STEPS}"}


def _inputs(kpi: k.Kpi, pieces: Series, *, served: int) -> Iterator[dict[str, str]]:
    queue, held = f'queue="{QUEUE}"', threshold(kpi)
    window = "" if held.window is None else f'window="{held.window}"'
    for name, value in pieces.items():
        yield _series(name, value, queue, window)
    comparison = "<" if low(kpi) else ">="
    yield _series(
        names.THRESHOLD, held.value, f'kpi="{kpi.id}"', queue, window,
        f'severity="{held.severity}"', f'comparison="{comparison}"',
    )  # fmt: skip
    yield _series(names.MINIMUM_SAMPLE, MINIMUM, queue)
    yield _series(names.QUEUE_OPEN, served, queue)


# ---- what comes out


def _test(
    kpi: k.Kpi,
    name: str,
    pieces: Series,
    *,
    value: float,
    fires: bool = False,
    served: int = 1,
) -> dict[str, Any]:
    return {
        "name": name,
        "interval": INTERVAL,
        "input_series": list(_inputs(kpi, pieces, served=served)),
        "promql_expr_test": [_firing(kpi, fires=fires), _recorded(kpi, value)],
    }


def _firing(kpi: k.Kpi, *, fires: bool) -> dict[str, Any]:
    alert, held = names.alert(kpi.id, low=low(kpi)), threshold(kpi)
    window = "" if held.window is None else f',window="{held.window}"'
    labels = (
        f'alertname="{alert}",alertstate="firing",kind="kpi",kpi="{kpi.id}",queue="{QUEUE}",'
        f'severity="{held.severity}"{window}'
    )
    return {
        "expr": f'ALERTS{{alertname="{alert}",alertstate="firing"}}',
        "eval_time": EVALUATED,
        "exp_samples": [{"labels": f"ALERTS{{{labels}}}", "value": 1}] if fires else [],
    }


def _recorded(kpi: k.Kpi, value: float) -> dict[str, Any]:
    held = threshold(kpi)
    stat = isinstance(kpi.definitions["default"].formula, k.Mean)
    labels = f'kpi="{kpi.id}",definition="default",queue="{QUEUE}"'
    labels += ',stat="mean"' if stat else ""
    labels += "" if held.window is None else f',window="{held.window}"'
    return {
        # Two thirds and the like: the last digit is not the point.
        "expr": f"round({names.VALUE}{{{labels}}}, 1e-6)",
        "eval_time": EVALUATED,
        "exp_samples": [{"labels": f"{{{labels}}}", "value": round(value, 6)}],
    }


def _missing(kpi: k.Kpi) -> dict[str, Any]:
    """Nothing is scraped: this alert has nothing to say, the one about the data does."""
    return {
        "name": "data missing",
        "interval": INTERVAL,
        "input_series": list(_inputs(kpi, {}, served=1)),
        "promql_expr_test": [
            _firing(kpi, fires=False),
            {
                "expr": 'count(ALERTS{alertname="ContactCenterFamilyAbsent",alertstate="firing"})',
                "eval_time": EVALUATED,
                "exp_samples": [{"labels": "{}", "value": 4}],
            },
        ],
    }
