"""Every name that Prometheus, Grafana and the pager see. Names are API: changing one is breaking.

Metric names come from measures: `contact_center_<measure>[_unit][_total]` since the process began,
`contact_center_window_<measure>[_…]` in a window, `contact_center_<level>[_unit]` now. A KPI's id
appears as the label `kpi` only. Seconds are the unit of time, ratios go from 0 to 1.
"""

from typing import Final

from streams.core import measures as m
from streams.core.measures import MEASURES, NUMBERS, Kind, Measure
from streams.core.targets import Rules

PREFIX: Final = "contact_center_"
GROUP_PREFIX: Final = "contact_center_group_"
"""For what does not add up over queues: configured groups by the label `group`, everything without
that label."""
OWN_PREFIX: Final = "vigie_"
"""For what Vigie tells about itself."""

JOB: Final = "vigie"
"""The scrape job of the boards."""

VALUE: Final = "contact_center:kpi:value"
SAMPLE_SIZE: Final = "contact_center:kpi:sample_size"
THRESHOLD: Final = "contact_center_kpi_threshold"
MINIMUM_SAMPLE: Final = "contact_center_kpi_minimum_sample"
ANSWER_TARGET: Final = "contact_center_answer_target_seconds"
QUEUE_INFO: Final = "contact_center_queue_info"
QUEUE_OPEN: Final = "contact_center_queue_open"

EXPORTED_WINDOWS: Final = ("15m", "1h", "today")
"""Windows in /metrics; the window of any configured threshold comes on top."""

BOUNDS_MS: Final[dict[str, tuple[int, ...]]] = {
    name: tuple(1000 * second for second in seconds)
    for name, seconds in {
        "wait": (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600),
        "handle": (30, 60, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 3600),
    }.items()
}
"""Durations that are exported with a histogram: measure -> upper bounds in ms, ends included."""

TARGETED: Final = frozenset({"wait"})
"""Durations that are held against the answer target: every target is one of their bounds."""

SUMS: Final[dict[str, tuple[Measure, ...]]] = {
    "contacts_offered": (
        m.CONTACTS_ANSWERED,
        m.CONTACTS_ABANDONED,
        m.CONTACTS_FLOWED_OUT,
        m.CALLBACKS_REQUESTED,
    ),
}
"""Sums of counts that people ask for so often that they are exported under a name of their own."""

SUM_HELP: Final = {"contacts_offered": "Legs decided, short abandons left out."}

ABOUT_VIGIE: Final = frozenset({m.GHOSTS.name, m.DISCARDED_DURATIONS.name})
"""Counts that say something about the feed, not about the contact centre."""

_AGES: Final = {"contacts_waiting": "longest_wait_now", "agents": "longest_state_time"}


def counted() -> tuple[str, ...]:
    """Names of all counts of the contact centre, named sums included, in their order."""
    counts = [
        each.name
        for each in MEASURES.values()
        if each.kind is Kind.COUNT and each.name not in ABOUT_VIGIE
    ]
    return (*counts, *SUMS)


def lasting(*, whole: bool) -> tuple[Measure, ...]:
    """All durations that add up over queues, or (`whole`) all that don't."""
    return tuple(
        each for each in MEASURES.values() if each.kind is Kind.DURATION and each.whole is whole
    )


def parts_of(name: str) -> tuple[Measure, ...]:
    """The measures behind the name of a count or of a named sum."""
    return SUMS.get(name) or (MEASURES[name],)


def prefix(*, group: bool) -> str:
    """What names start with, for queues or for what does not add up over them."""
    return GROUP_PREFIX if group else PREFIX


def counter(name: str) -> str:
    """Things counted since the process began, without `_total`, which OpenMetrics adds itself."""
    return (OWN_PREFIX if name in ABOUT_VIGIE else PREFIX) + name


def retracted(name: str) -> str:
    """Things taken back since the process began, without `_total`."""
    return f"{counter(name)}_retracted"


def histogram(measure: Measure) -> str:
    """Durations since the process began."""
    return f"{PREFIX}{measure.name}_seconds"


def window_count(name: str) -> str:
    """Things counted in a window."""
    return f"{PREFIX}window_{name}"


def window_seconds(measure: Measure, *, group: bool = False) -> str:
    """Sum of durations, or of time in a state, in a window."""
    return f"{prefix(group=group)}window_{family(measure)}_seconds"


def window_durations(measure: Measure, *, group: bool = False) -> str:
    """How many durations the sum is of."""
    return f"{prefix(group=group)}window_{measure.name}_durations"


def window_nonzero(measure: Measure, *, group: bool = False) -> str:
    """How many of them are longer than zero."""
    return f"{prefix(group=group)}window_{measure.name}_nonzero_durations"


def window_maximum(measure: Measure, *, group: bool = False) -> str:
    """The longest of them, exact; there is no series where there is none."""
    return f"{prefix(group=group)}window_{measure.name}_maximum_seconds"


def window_spread(measure: Measure) -> str:
    """Gauge histogram of them."""
    return f"{PREFIX}window_{measure.name}_spread_seconds"


def family(measure: Measure) -> str:
    """The name that a measure shares with those that differ from it by a label only."""
    return measure.label[0] if measure.label else measure.name


def level(measure: Measure, *, group: bool = False) -> str:
    """How many stand now."""
    return prefix(group=group) + family(measure)


def age(measure: Measure, *, group: bool = False) -> str:
    """How long the oldest has stood now."""
    name = family(measure)
    return f"{prefix(group=group)}{_AGES.get(name, f'{name}_oldest')}_seconds"


def alert(kpi_id: str, *, low: bool) -> str:
    """`service_level` -> `ContactCenterServiceLevelLow`."""
    words = "".join(word.capitalize() for word in kpi_id.split("_"))
    return f"ContactCenter{words}{'Low' if low else 'High'}"


def bounds_ms(rules: Rules) -> dict[int, tuple[int, ...]]:
    """Measure number -> upper bounds of its exported histogram in ms, every target among them."""
    targets = {rules.defaults.answer_target_ms}
    targets |= {queue.answer_target_ms for queue in rules.queues.values()}
    return {
        NUMBERS[name]: tuple(sorted({*bounds, *(targets if name in TARGETED else ())}))
        for name, bounds in BOUNDS_MS.items()
    }
