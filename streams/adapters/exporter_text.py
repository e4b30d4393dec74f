"""The two text formats of /metrics: Prometheus 0.0.4 and OpenMetrics 1.0, written by hand.

A client library takes 10 µs for a sample, which at 20 000 of them holds the loop for 200 ms. Here a
series' name and labels are written once and kept; a scrape only puts the number behind them.
"""

from collections.abc import Iterable, Mapping
from enum import Enum

Labels = Mapping[str, str]


class Type(Enum):
    """What a family is, by its name in OpenMetrics and in the older format."""

    COUNTER = ("counter", "counter")
    GAUGE = ("gauge", "gauge")
    HISTOGRAM = ("histogram", "histogram")
    SUMMARY = ("summary", "summary")
    GAUGE_HISTOGRAM = ("gaugehistogram", "histogram")
    INFO = ("info", "gauge")


_SUFFIX = {Type.COUNTER: "_total", Type.INFO: "_info"}
"""What OpenMetrics takes off the family's name and the older format leaves on."""


def header(name: str, kind: Type, text: str, *, openmetrics: bool) -> str:
    """The HELP and TYPE lines of a family; counters and infos are named without their suffix."""
    if not openmetrics:
        name += _SUFFIX.get(kind, "")
    spelled = kind.value[0 if openmetrics else 1]
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    if openmetrics:
        escaped = escaped.replace('"', '\\"')
    return f"# HELP {name} {escaped}\n# TYPE {name} {spelled}\n"


def escaped(value: str) -> str:
    """A label's value between its quotes."""
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def labels(pairs: Iterable[tuple[str, str | None]]) -> str:
    """`queue="support",window="1h"`; labels without a value are left out."""
    return ",".join(f'{name}="{escaped(value)}"' for name, value in pairs if value)


def series(name: str, label_text: str) -> str:
    """Name and labels of a series, with the blank before its number."""
    return f"{name}{{{label_text}}} " if label_text else f"{name} "


def joined(*label_texts: str) -> str:
    """Label texts one after the other."""
    return ",".join(text for text in label_texts if text)


def bound(ms: int) -> str:
    """An upper bound as the label `le` has it: in seconds, always with a point."""
    return repr(ms / 1000)


def seconds(ms: int) -> str:
    """A length in seconds, no rounding."""
    return repr(ms / 1000) if ms % 1000 else str(ms // 1000)
