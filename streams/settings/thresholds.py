"""Thresholds and tiles must be about KPIs that exist, in windows that the site has."""

from collections.abc import Iterator, Mapping

from streams.core.calendar import Unreadable
from streams.core.kpi import Kpi
from streams.kpis import CATALOGUE
from streams.settings.problems import Path, nearest
from streams.settings.rules import merged_thresholds, site_window
from streams.settings.shape import Settings, Target

Found = Iterator[tuple[Path, str, str]]


def tiles_are_known(settings: Settings) -> Found:
    """Every tile is a KPI."""
    for kpi_id in settings.web.tiles or ():
        if kpi_id not in CATALOGUE:
            yield ("web", "tiles"), f"{kpi_id!r} is no KPI", _which_kpi(kpi_id)


def targets_fit(settings: Settings) -> Found:
    """Every target is of a KPI, in one of the site's windows, with sane thresholds."""
    places: list[tuple[Path, Mapping[str, Target]]] = [
        (("defaults", "targets"), settings.defaults.targets)
    ]
    for name, queue in settings.queues.items():
        places.append((("queues", name, "targets"), queue.targets))
    for path, targets in places:
        for kpi_id, target in targets.items():
            kpi = CATALOGUE.get(kpi_id)
            if kpi is None:
                yield (*path, kpi_id), f"{kpi_id!r} is no KPI", _which_kpi(kpi_id)
                continue
            yield from _window(settings, kpi, target, (*path, kpi_id, "window"))
            slips = list(_scale(kpi, target, (*path, kpi_id)))
            yield from slips or _order(settings, kpi, path, targets)


def _which_kpi(kpi_id: str) -> str:
    meant = nearest(kpi_id, CATALOGUE)
    return f"did you mean {meant}?" if meant else "vigie kpis lists them"


def _window(settings: Settings, kpi: Kpi, target: Target, path: Path) -> Found:
    if target.window is None:
        return
    have = ", ".join(settings.site.windows)
    try:
        found = site_window(target.window, settings.site.windows)
    except Unreadable as error:
        yield path, error.what, f"write one of {have}"
        return
    if kpi.live:
        yield path, f"{kpi.id} is a reading of now and has no window", "remove the key"
    elif found is None:
        what = f"{target.window} is none of the site's windows"
        yield path, what, f"write one of {have}, or add it to site.windows"


def _scale(kpi: Kpi, target: Target, path: Path) -> Found:
    """A share of 80 is a slip for 0.80."""
    for key, value in (("warning", target.warning), ("critical", target.critical)):
        if isinstance(value, float) and kpi.unit == "ratio" and kpi.bounded and not 0 <= value <= 1:
            what = f"{kpi.id} is a share from 0 to 1, found {value:g}"
            yield (
                (*path, key),
                what,
                f"write {value / 100:g}" if 1 < value <= 100 else "0.8 is 80 %",
            )


def _order(settings: Settings, kpi: Kpi, path: Path, targets: Mapping[str, Target]) -> Found:
    """Critical lies beyond warning, on the bad side, also where one of them is inherited."""
    both = merged_thresholds(settings, targets, kpi.id)
    if both is None or both.warning is None or both.critical is None or kpi.better == "neutral":
        return
    higher_is_better = kpi.better == "higher"
    if both.warning != both.critical and (both.critical > both.warning) is higher_is_better:
        bad = "below" if higher_is_better else "above"
        what = f"critical {both.critical:g} is reached before warning {both.warning:g}"
        yield (*path, kpi.id, "critical"), what, f"{kpi.id} is bad {bad}: swap them or set both"
