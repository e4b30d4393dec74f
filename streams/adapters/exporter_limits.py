"""Families of /metrics that come from settings: thresholds, targets, what is known of a queue."""

from collections.abc import Iterator, Mapping

from streams.adapters import exporter_families as f
from streams.adapters.exporter_families import Family
from streams.adapters.exporter_text import Type, labels, series
from streams.core import conventions as names
from streams.core.kpi import Kpi
from streams.core.targets import Rules


def limits(queues: list[str], rules: Rules, kpis: Mapping[str, Kpi]) -> Iterator[Family]:
    """Thresholds, minimum samples, answer targets."""
    lines = []
    for queue in queues:
        for kpi_id, limits in sorted(rules.queue(queue).targets.items()):
            if kpi_id not in kpis:
                continue
            comparison = "<" if kpis[kpi_id].better == "higher" else ">="
            head = [("kpi", kpi_id), ("queue", queue), ("window", limits.window)]
            for severity in ("warning", "critical"):
                value: float | None = getattr(limits, severity)
                if value is not None:
                    pairs = [*head, ("severity", severity), ("comparison", comparison)]
                    lines.append(f"{series(names.THRESHOLD, labels(pairs))}{float(value)!r}\n")
    text = "From where on a KPI is a warning, or critical; no window: a reading of now."
    yield Family(names.THRESHOLD, Type.GAUGE, text, f.fixed("".join(lines)))
    yield _each_queue(
        names.MINIMUM_SAMPLE,
        "Below so many a ratio, mean or percentile alerts nobody.",
        {queue: str(rules.queue(queue).minimum_sample) for queue in queues},
    )
    yield _each_queue(
        names.ANSWER_TARGET,
        "Within so many seconds a contact should be answered.",
        {queue: repr(rules.queue(queue).answer_target_ms / 1000) for queue in queues},
    )


def _each_queue(name: str, text: str, values: Mapping[str, str]) -> Family:
    lines = [f"{series(name, labels([('queue', q)]))}{value}\n" for q, value in values.items()]
    return Family(name, Type.GAUGE, text, f.fixed("".join(lines)))


def context(queues: list[str], rules: Rules) -> Iterator[Family]:
    """What is known of a queue, and whether it is served."""
    lines = []
    for queue in queues:
        own = rules.queue(queue)
        pairs = [
            ("queue", queue),
            ("title", own.title or queue),
            ("team", own.team),
            ("time_zone", own.time_zone),
            ("configured", "true" if queue in rules.queues else "false"),
        ]
        lines.append(f"{series(names.QUEUE_INFO, labels(pairs))}1\n")
    info = names.QUEUE_INFO.removesuffix("_info")
    yield Family(info, Type.INFO, "What is known of a queue.", f.fixed("".join(lines)))
    entries = [(series(names.QUEUE_OPEN, labels([("queue", q)])), q) for q in queues]
    yield Family(names.QUEUE_OPEN, Type.GAUGE, "1 while the queue is served.", f.openings(entries))
