"""The Overview dashboard: all queues at a glance, the worst first."""

from collections.abc import Mapping
from typing import Any, Final

from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.builders.common import GraphThresholdsStyleConfig, ReduceDataOptions
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    GraphThresholdsStyleMode,
)

from streams.core import conventions as names
from streams.core import kpi as k
from streams.core.kpi import Kpi
from streams.generate import dashboard as page
from streams.generate.alert_texts import OVERVIEW
from streams.generate.dashboard import Query
from streams.generate.promql import counted
from streams.kpis.texts import text

TILES: Final = (
    "service_level",
    "contacts_waiting",
    "longest_wait_now",
    "abandonment_rate",
    "average_speed_of_answer",
    "agents_available",
    "occupancy",
)
COLUMNS: Final = (
    "service_level",
    "contacts_waiting",
    "longest_wait_now",
    "abandonment_rate",
    "average_speed_of_answer",
    "contacts_offered",
    "agents_available",
)
LINES: Final = ("service_level", "contacts_waiting", "longest_wait_now", "average_handle_time")
QUEUES: Final = 'queue=~"$queue"'
IN_WINDOW: Final = f'{QUEUES},window="$window"'


def overview(kpis: Mapping[str, Kpi]) -> str:
    """The committed JSON."""
    made = page.page(
        OVERVIEW,
        page.both(text("Vigie · Overview", "Vue d'ensemble")),
        page.explained(text("All queues, the worst first.", "Toutes les files, la pire d'abord.")),
    )
    for variable in _variables():
        made.with_variable(variable)
    sheet = page.Sheet()
    for kpi_id in TILES:
        sheet.add(_tile(kpis[kpi_id]), width=3, height=5)
    sheet.add(_age(), width=3, height=5)
    sheet.add(_table(kpis), width=24, height=11)
    for kpi_id in LINES:
        sheet.add(_lines(kpis[kpi_id]), width=12, height=9)
    sheet.add(_firing(), width=24, height=7)
    sheet.onto(made)
    return page.as_json(made)


def _variables() -> tuple[Any, ...]:
    queue = (
        d.QueryVariable("queue")
        .label("Queue · File")
        .datasource(page.SOURCE)
        .query({"query": f"label_values({names.QUEUE_INFO}, queue)", "refId": "queue"})
        .definition(f"label_values({names.QUEUE_INFO}, queue)")
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_CASE_INSENSITIVE_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".+")
        .current(models.VariableOption(selected=True, text=["All"], value=["$__all"]))
    )
    window = (
        d.CustomVariable("window")
        .label("Window · Période")
        .values(",".join(names.EXPORTED_WINDOWS))
        .current(models.VariableOption(selected=True, text="15m", value="15m"))
    )
    return queue, window


# ---- everything together: pieces are added over the queues chosen, then divided, per board


def _sum(families: list[str], selector: str) -> str:
    if len(families) == 1:
        return f"sum by (instance) ({families[0]}{{{selector}}})"
    return f'sum by (instance) ({{__name__=~"{"|".join(families)}",{selector}}})'


def together(kpi: Kpi) -> str:
    """The figure of all queues chosen."""
    formula = kpi.definitions["default"].formula
    match formula:
        case k.Ratio(over=over, under=under):
            parts = counted(over), counted(under)
        case k.Mean(of=measures, positive=False):
            parts = (
                [names.window_seconds(each) for each in measures],
                [names.window_durations(each) for each in measures],
            )
        case k.Level(of={None: measure}) if not measure.whole:
            return f"max({_sum([names.level(measure)], QUEUES)})"
        case k.Oldest(of={None: measure}):
            return f"max({names.age(measure)}{{{QUEUES}}})"
        case _:
            # Agents of two queues count once overall: not to be had from the queues.
            window = "" if kpi.live else ',window="$window"'
            place = f'kpi="{kpi.id}",definition="default",queue="",group=""{window}'
            return f"{names.VALUE}{{{place}}}"
    over_text, under_text = (_sum(families, IN_WINDOW) for families in parts)
    return f"max({over_text} / ({under_text} > 0))"


def _tile(kpi: Kpi) -> Any:
    queries = [Query(together(kpi), kpi.abbreviation.en)]
    formula = kpi.definitions["default"].formula
    if isinstance(formula, k.Mean) and formula.of[0].name in names.BOUNDS_MS:
        buckets = f"{names.window_spread(formula.of[0])}_bucket{{{IN_WINDOW}}}"
        p90 = f"max(histogram_quantile(0.9, sum by (instance, le) ({buckets})) >= 0)"
        queries.append(Query(p90, "p90"))
    unit = page.UNITS.get(kpi.unit, "none")
    words = page.explained(page.of_kpi(kpi))
    panel = page.filled(stat.Panel(), page.both(kpi.title), words, queries, unit)
    return (
        panel.decimals(1 if kpi.unit == "ratio" else 0)
        .thresholds(page.limits(kpi))
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.AREA if len(queries) == 1 else BigValueGraphMode.NONE)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
    )


def _age() -> Any:
    words = text(
        "How old the data are: seconds since the slowest worker last wrote. Over 5 s it is silent.",
        "L'âge des données : secondes depuis le dernier signe de l'ouvrier le plus lent. Au-delà "
        "de 5 s, il se tait.",
    )
    title = page.both(text("Age of the data", "Âge des données"))
    query = Query("max(min by (partition) (vigie_partition_age_seconds))", "age")
    steps = [models.Threshold(None, page.GOOD), models.Threshold(5, page.CRITICAL)]
    limits = d.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)
    panel = page.filled(stat.Panel(), title, page.explained(words), [query], "s")
    return (
        panel.decimals(1)
        .thresholds(limits)
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.AREA)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
    )


# ---- queue by queue: what the rules have recorded


def recorded(kpi: Kpi) -> str:
    """The figure of each queue chosen, over all its channels."""
    window = "" if kpi.live else ',window="$window"'
    mean = isinstance(kpi.definitions["default"].formula, k.Mean)
    stat_label = ',stat="mean"' if mean else ""
    selector = f'kpi="{kpi.id}",definition="default",channel="",{QUEUES}{window}{stat_label}'
    return f"max by (queue) ({names.VALUE}{{{selector}}})"


def _table(kpis: Mapping[str, Kpi]) -> Any:
    words = text(
        "Each queue in the window chosen, the lowest service level first.",
        "Chaque file sur la période choisie, le plus bas niveau de service d'abord.",
    )
    queries = [Query(recorded(kpis[kpi_id]), instant=True) for kpi_id in COLUMNS]
    title = page.both(text("Queues", "Files"))
    panel = page.filled(table.Panel(), title, page.explained(words), queries, "none")
    renamed = {"queue": "Queue · File"}
    for place, kpi_id in enumerate(COLUMNS):
        name = page.both(kpis[kpi_id].abbreviation)
        renamed[f"Value #{chr(ord('A') + place)}"] = name
        panel.override_by_name(name, _column(kpis[kpi_id]))
    order = {name: place for place, name in enumerate(renamed)}
    panel.with_transformation(page.transformation("joinByField", byField="queue", mode="outer"))
    panel.with_transformation(
        page.transformation(
            "organize",
            excludeByName={"Time": True, **{f"Time {n}": True for n in range(1, 10)}},
            indexByName=order,
            renameByName=renamed,
        )
    )
    return panel.sort_by([page.sorted_by(page.both(kpis[COLUMNS[0]].abbreviation))])


def _column(kpi: Kpi) -> list[models.DynamicConfigValue]:
    values: dict[str, object] = {
        "unit": page.UNITS.get(kpi.unit, "none"),
        "decimals": 1 if kpi.unit == "ratio" else 0,
        "noValue": page.NO_VALUE,
    }
    if kpi.target is not None:
        values["thresholds"] = page.limits(kpi).build()
        values["custom.cellOptions"] = {"type": "color-text"}
    return [models.DynamicConfigValue(name, value) for name, value in values.items()]


def _lines(kpi: Kpi) -> Any:
    """A figure over time by queue, with the thresholds of the queues as lines."""
    window = "" if kpi.live else ',window="$window"'
    limit = f'{names.THRESHOLD}{{kpi="{kpi.id}",{QUEUES}{window}}}'
    # One line per height, not one per queue: most queues share theirs.
    lines = f"max by (severity) ({limit})"
    queries = [Query(recorded(kpi), "{{queue}}"), Query(lines, "{{severity}}")]
    unit = page.UNITS.get(kpi.unit, "none")
    words = page.explained(page.of_kpi(kpi))
    panel = page.filled(timeseries.Panel(), page.both(kpi.title), words, queries, unit)
    off = GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.OFF)
    panel.thresholds(page.limits(None)).thresholds_style(off).fill_opacity(0).line_width(2)
    if kpi.unit == "ratio" and kpi.bounded:
        panel.min(0).max(1)
    else:
        panel.min(0)
    for severity, color in (("warning", page.WARNING), ("critical", page.CRITICAL)):
        dashed = {"fill": "dash", "dash": [8, 8]}
        panel.override_by_name(
            severity,
            [
                models.DynamicConfigValue("color", {"mode": "fixed", "fixedColor": color}),
                models.DynamicConfigValue("custom.lineStyle", dashed),
            ],
        )
    return panel


def _firing() -> Any:
    words = text(
        "Alerts that fire now, on figures and on the data themselves.",
        "Alertes en cours, sur les chiffres et sur les données elles-mêmes.",
    )
    title = page.both(text("Alerts", "Alertes"))
    expr = (
        "max by (alertname, severity, queue, window, partition, family) "
        '(ALERTS{alertstate="firing",kind!="watchdog",queue=~"$queue|"})'
    )
    queries = [Query(expr, instant=True)]
    panel = page.filled(table.Panel(), title, page.explained(words), queries, "none")
    return panel.with_transformation(
        page.transformation(
            "organize",
            excludeByName={"Time": True, "Value": True},
            indexByName={"severity": 0, "alertname": 1, "queue": 2},
            renameByName={
                "severity": "Severity · Gravité",
                "alertname": "Alert · Alerte",
                "queue": "Queue · File",
                "window": "Window · Période",
                "partition": "Partition",
                "family": "Family · Famille",
            },
        )
    )
