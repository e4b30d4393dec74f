"""Turns settings into the rules that figures are made by; tells which ones facts keep."""

import hashlib
from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import structs

from streams.core.calendar import OpeningHours, parse_window
from streams.core.kpi import Kpi
from streams.core.targets import QueueRules, Rules, Thresholds
from streams.kpis import CATALOGUE
from streams.settings.shape import QueueKeys, Settings, Target

USUAL_WINDOW = "15m"
"""Of a threshold that names none, where the KPI has a window."""


def rules_of(settings: Settings, catalogue: Mapping[str, Kpi] = CATALOGUE) -> Rules:
    """The rules of the whole centre; the settings must have passed their checks."""
    site = settings.site
    shipped = _shipped(site.windows, catalogue)
    usual = _merged(shipped, settings.defaults.targets, site.windows, catalogue)
    defaults = structs.replace(
        _with_keys(QueueRules(time_zone=site.time_zone), settings.defaults), targets=usual
    )
    queues = {
        name: structs.replace(
            _with_keys(defaults, queue),
            name=name,
            title=queue.title,
            targets=_merged(usual, queue.targets, site.windows, catalogue),
        )
        for name, queue in settings.queues.items()
    }
    aliases = {alias: name for name, queue in settings.queues.items() for alias in queue.aliases}
    groups = {
        name: tuple(dict.fromkeys(aliases.get(queue, queue) for queue in group.queues))
        for name, group in settings.groups.items()
    }
    return Rules(
        site_time_zone=site.time_zone,
        windows=site.windows,
        queues=queues,
        defaults=defaults,
        aliases=aliases,
        groups=groups,
        maximum_names=site.maximum_names,
        agents=settings.privacy.agents,
        language=site.language,
        currency=site.currency,
        clock=site.clock,
    )


def fingerprint_of(settings: Settings) -> str:
    """16 hex digits of everything that facts read and keep: equal where figures are made alike.

    Targets (thresholds), titles, groups, tiles and all that is outside figures stay out of it.
    """
    made = rules_of(settings, {})  # without KPIs there are no thresholds
    captured = {
        "site": made.site_time_zone,
        "agents": made.agents,
        "aliases": dict(made.aliases),
        "queues": {
            name: structs.replace(queue, title=None)
            for name, queue in {**made.queues, "": made.defaults}.items()
        },
    }
    return hashlib.sha256(msgspec.json.encode(captured, order="sorted")).hexdigest()[:16]


def _with_keys(base: QueueRules, keys: QueueKeys) -> QueueRules:
    """The same rules with the keys that are set."""
    given: dict[str, object] = {
        "team": keys.team,
        "time_zone": keys.time_zone,
        "answer_target_ms": _ms(keys.answer_target_seconds),
        "short_abandon_ms": _ms(keys.short_abandon_seconds),
        "maximum_wait_ms": _ms(keys.maximum_wait_seconds),
        "callback_limit_ms": _ms(keys.callback_limit_seconds),
        "minimum_sample": keys.minimum_sample,
        "opening_hours": None
        if keys.opening_hours is None
        else OpeningHours.parse(keys.opening_hours),
    }
    return structs.replace(base, **{k: value for k, value in given.items() if value is not None})


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _shipped(windows: tuple[str, ...], catalogue: Mapping[str, Kpi]) -> dict[str, Thresholds]:
    """The thresholds that Vigie ships, over windows that the site has."""
    return {
        kpi.id: Thresholds(
            window=None
            if kpi.live
            else site_window(kpi.target.window or USUAL_WINDOW, windows, closest=True),
            warning=_float(kpi.target.warning),
            critical=_float(kpi.target.critical),
        )
        for kpi in catalogue.values()
        if kpi.target is not None
    }


def _float(number: float | None) -> float | None:
    return None if number is None else float(number)


def _merged(
    base: Mapping[str, Thresholds],
    targets: Mapping[str, Target],
    windows: tuple[str, ...],
    catalogue: Mapping[str, Kpi],
) -> dict[str, Thresholds]:
    """Thresholds with the ones that are set here, key by key; those that are off fall out."""
    merged = dict(base)
    for kpi_id, target in targets.items():
        if kpi_id not in catalogue:
            continue
        live = catalogue[kpi_id].live
        usual = None if live else site_window(USUAL_WINDOW, windows, closest=True)
        old = base.get(kpi_id, Thresholds(window=usual))
        window = old.window if target.window is None else site_window(target.window, windows)
        merged[kpi_id] = Thresholds(
            window=window,
            warning=_threshold(target.warning, old.warning),
            critical=_threshold(target.critical, old.critical),
        )
    return {
        kpi_id: target
        for kpi_id, target in merged.items()
        if target.warning is not None or target.critical is not None
    }


def merged_thresholds(
    settings: Settings, targets: Mapping[str, Target], kpi_id: str
) -> Thresholds | None:
    """What these targets make of one KPI's thresholds, on top of the defaults and shipped ones."""
    kpi = {kpi_id: CATALOGUE[kpi_id]}
    merged = _shipped((), kpi)
    for level in (settings.defaults.targets, targets):
        if kpi_id in level:
            merged = _merged(merged, {kpi_id: structs.replace(level[kpi_id], window=None)}, (), kpi)
    return merged.get(kpi_id)


def _threshold(given: float | Literal["off"] | None, old: float | None) -> float | None:
    if given == "off":
        return None
    return old if given is None else given


def site_window(name: str, windows: tuple[str, ...], *, closest: bool = False) -> str | None:
    """What the site calls that window (60m may be its 1h); None when it has no such window.

    `closest`: then the one nearest in length, so that a shipped threshold always has a window.
    """
    wanted = parse_window(name)
    have = [parse_window(window) for window in windows]
    for window in have:
        if window.name == wanted.name or (window.seconds and window.seconds == wanted.seconds):
            return window.name
    if not closest or not have:
        return None
    seconds = wanted.seconds or 86_400
    return min(have, key=lambda window: abs((window.seconds or 86_400) - seconds)).name
