"""What every dashboard of ours shares: data source as a variable, both languages, fixed numbers.

The Foundation SDK sets neither the ids of panels nor the letters of queries: here they are counted,
so that links, overrides and screenshots keep their meaning.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.builders import prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from streams.core.kpi import Kpi, Text
from streams.generate.yaml_text import MARK

SOURCE: Final = common.DataSourceRef(type_val="prometheus", uid="${datasource}")
INTERVAL: Final = "5s"
"""As often as Prometheus scrapes: `rate` and steps follow it."""

GOOD, WARNING, CRITICAL, PLAIN = "#0072B2", "#E69F00", "#D55E00", "#7F8C9B"
"""Told apart by the colour-blind too (Okabe and Ito)."""

UNITS: Final = {"ratio": "percentunit", "seconds": "s"}
NO_VALUE: Final = "—"

Panel = stat.Panel | table.Panel | timeseries.Panel


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a panel; an instant one answers with what is now, as a table row each."""

    expr: str
    legend: str = ""
    instant: bool = False


def both(words: Text) -> str:
    """A short title in both languages."""
    return words.en if words.en == words.fr else f"{words.en} · {words.fr}"


def explained(words: Text) -> str:
    """A description in both languages, one under the other."""
    return f"{words.en}\n\n{words.fr}"


def of_kpi(kpi: Kpi, definition: str = "default") -> Text:
    """What a KPI says and how it is computed."""
    way = kpi.definitions[definition]
    return Text(f"{kpi.help.en} {way.help.en}", f"{kpi.help.fr} {way.help.fr}")


def limits(kpi: Kpi | None) -> d.ThresholdsConfig:
    """Colours by the shipped thresholds; without them one plain colour."""
    steps = [models.Threshold(None, PLAIN)]
    if kpi is not None and kpi.target is not None:
        warning, critical = kpi.target.warning, kpi.target.critical
        if kpi.better == "higher":
            below = CRITICAL if critical is not None else WARNING
            steps = [models.Threshold(None, below)]
            if critical is not None:
                color = GOOD if warning is None else WARNING
                steps.append(models.Threshold(critical, color))
            if warning is not None:
                steps.append(models.Threshold(warning, GOOD))
        else:
            steps = [models.Threshold(None, GOOD)]
            if warning is not None:
                steps.append(models.Threshold(warning, WARNING))
            if critical is not None:
                steps.append(models.Threshold(critical, CRITICAL))
    return d.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


def filled(panel: Panel, title: str, description: str, queries: Sequence[Query], unit: str) -> Any:
    """What every panel has: words, unit, text where there is no value, lettered queries."""
    # Any: the builders share these methods without a common type.
    builder: Any = panel
    builder.title(title).description(description).unit(unit).no_value(NO_VALUE)
    builder.datasource(SOURCE).interval(INTERVAL)
    for place, query in enumerate(queries):
        found = prometheus.Dataquery().datasource(SOURCE).expr(query.expr)
        found.ref_id("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]).legend_format(query.legend)
        if query.instant:
            found.instant().format(PromQueryFormat.TABLE)
        else:
            found.range()
        builder.with_target(found)
    return builder


class Sheet:
    """Panels put one after the other on a page 24 columns wide, with counted ids."""

    def __init__(self) -> None:
        self._panels: list[Any] = []
        self._x = self._y = self._row = 0

    def add(self, panel: Any, *, width: int, height: int) -> None:
        """The next place to the right, else the next row."""
        if self._x + width > 24:
            self._x, self._y, self._row = 0, self._y + self._row, 0
        place = models.GridPos(h=height, w=width, x=self._x, y=self._y)
        self._panels.append(panel.id(len(self._panels) + 1).grid_pos(place))
        self._x, self._row = self._x + width, max(self._row, height)

    def onto(self, dashboard: d.Dashboard) -> None:
        """Puts them on the dashboard."""
        for panel in self._panels:
            dashboard.with_panel(panel)


def page(uid: str, title: str, description: str) -> d.Dashboard:
    """An empty dashboard with our usual settings, the data source to choose, alerts as marks."""
    firing = 'ALERTS{alertstate="firing",kind=~"kpi|data",queue=~"$queue|"}'
    marks = (
        d.AnnotationQuery()
        .name("Alerts · Alertes")
        .datasource(SOURCE)
        .enable(True)
        .icon_color(CRITICAL)
        .expr(firing)
        .step("15s")
        .title_format("{{alertname}}")
        .text_format("{{severity}} {{queue}}")
        .tag_keys("severity,queue")
    )
    source = d.DatasourceVariable("datasource").label("Data source · Source").type("prometheus")
    return (
        d.Dashboard(title)
        .uid(uid)
        .description(f"{description}\n\n{MARK}")
        .tags(["vigie"])
        .timezone("browser")
        .refresh("5s")
        .time("now-3h", "now")
        .editable()
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .annotation(marks)
        .with_variable(source)
    )


def sorted_by(field: str, *, descending: bool = False) -> common_builders.TableSortByFieldState:
    """A table's order."""
    return common_builders.TableSortByFieldState().display_name(field).desc(descending)


def transformation(kind: str, **options: Any) -> models.DataTransformerConfig:
    """One step from the answers of several queries to a table."""
    return models.DataTransformerConfig(id_val=kind, options=options)


def as_json(dashboard: d.Dashboard) -> str:
    """The file as it is committed."""
    encoded = JSONEncoder(sort_keys=True, indent=2, ensure_ascii=False).encode(dashboard.build())
    return json.dumps(json.loads(encoded), sort_keys=True, indent=2, ensure_ascii=False) + "\n"
