"""What Vigie tells about itself in /metrics: lag, age, claims, what was late, repeated or refused.

Everything here is a small copy of what the board's process knows at the scrape.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Final, get_args

from msgspec import Struct

from streams.adapters.exporter_text import Type, bound, header, joined, labels, series
from streams.core.conventions import OWN_PREFIX
from streams.core.events import Reason

TIMING_BOUNDS_MS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


class Timing(Struct, frozen=True):
    """How long something took each time since the process began: counts up to each bound."""

    buckets: tuple[int, ...] = (0,) * (len(TIMING_BOUNDS_MS) + 1)
    total_seconds: float = 0.0


class Stopwatch:
    """Collects how long something takes; `timing()` is the copy for a scrape."""

    def __init__(self) -> None:
        self._buckets = [0] * (len(TIMING_BOUNDS_MS) + 1)
        self._total = 0.0

    def took(self, seconds: float) -> None:
        """Once more, so long."""
        self._buckets[bisect_left(TIMING_BOUNDS_MS, seconds * 1000)] += 1
        self._total += seconds

    def timing(self) -> Timing:
        """What was collected."""
        return Timing(tuple(self._buckets), self._total)


class PartitionState(Struct, frozen=True):
    """One partition of the delta log. None: not known (yet), then there is no series."""

    partition: int
    newest_event_ms: int | None = None
    lag_events: int | None = None
    """Events on the input topics that its worker has not read, as the worker last said."""
    age_seconds: float | None = None
    """Since its worker last wrote anything; it writes at least once a second."""
    behind_seconds: float | None = None
    """How old the records are that its worker is reading; 0 when it has read to the end."""
    base_age_seconds: float | None = None
    claims: int = 0


class PipelineState(Struct, frozen=True, kw_only=True):
    """What a board knows of the way from the sources to itself.

    `counters` are the counters of the delta log summed over partitions since the process began:
    "duplicates", "misrouted", …, with a reason behind a colon where there is one:
    "dead_letters:not_json", "skipped:unknown_type". Those that are not in `COUNTERS` are exported
    as they are called.
    """

    partitions: tuple[PartitionState, ...] = ()
    counters: Mapping[str, int] = {}
    topics: Mapping[tuple[str, int], int] = {}
    """(input topic, partition) -> events not read, where the process itself can tell."""
    loop_lag: Timing | None = None
    flush: Timing | None = None
    """Writing to the log and waiting for the acknowledgement; a board that writes nothing: None."""
    version: str = ""
    fingerprint: str = ""
    """Of the settings that facts keep."""
    catching_up: bool = False
    """The board itself still reads the log's past."""


COUNTERS: Final[Mapping[str, str]] = {
    "events": "Events read from the input topics.",
    "events_late": "Events that came more than a minute after their own time.",
    "duplicates": "Events read again, which change nothing.",
    "conflicting_repeats": "Repeats with other content: the first one read stands.",
    "misrouted": "Events whose key is not their subject.",
    "after_settling": "Events for what had been settled and let go, which change nothing.",
    "facts_too_old": "Facts of a second that no window holds any more.",
    "events_lost": "Events that the broker no longer had when they should have been read.",
    "folded": "Events folded into a life's state because it had too many or was too long.",
}
"""Plain counters that are always there, from 0."""

BY_REASON: Final[Mapping[str, str]] = {
    "dead_letters": "Messages that could not be used, by reason.",
    "skipped": "Messages passed over, by reason.",
}

REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    "dead_letters": get_args(Reason),
    "skipped": ("unknown_type", "tombstone"),
}
"""Known reasons, exported from 0: an alert on their increase sees the first one too."""


def pipeline_text(state: PipelineState, *, openmetrics: bool) -> list[str]:
    """The families of one scrape, each as one piece of text."""
    families = (
        *_partitions(state),
        *_counters(state),
        *_timings(state),
        *_infos(state),
    )
    return [
        header(OWN_PREFIX + name, kind, text, openmetrics=openmetrics)
        + "".join(f"{start}{value}\n" for start, value in samples)
        for name, kind, text, samples in families
    ]


Sample = tuple[str, str]
Family = tuple[str, Type, str, list[Sample]]


def _partitions(state: PipelineState) -> Iterator[Family]:
    each = state.partitions
    yield _by_partition(
        "newest_event_timestamp_seconds",
        "Time of the newest event read.",
        [(p.partition, p.newest_event_ms / 1000 if p.newest_event_ms else None) for p in each],
    )
    yield _by_partition(
        "partition_age_seconds",
        "Since the worker of the partition last said anything.",
        [(p.partition, p.age_seconds) for p in each],
    )
    yield _by_partition(
        "partition_behind_seconds",
        "How old the records are that the worker of the partition is reading.",
        [(p.partition, p.behind_seconds) for p in each],
    )
    yield _by_partition(
        "base_age_seconds",
        "Since the last base of the partition in the delta log.",
        [(p.partition, p.base_age_seconds) for p in each],
    )
    yield _lag(state)
    claims = [
        (series("vigie_claims_total", labels([("partition", str(p.partition))])), str(p.claims))
        for p in each
    ]
    yield "claims", Type.COUNTER, "Workers that took the partition over.", claims


def _by_partition(name: str, text: str, values: list[tuple[int, float | None]]) -> Family:
    samples = [
        (series(OWN_PREFIX + name, labels([("partition", str(number))])), repr(value))
        for number, value in values
        if value is not None
    ]
    return name, Type.GAUGE, text, samples


def _lag(state: PipelineState) -> Family:
    """By partition as the workers tell it, by topic too where the process can see it."""
    unread = [
        (labels([("partition", str(part.partition))]), part.lag_events)
        for part in state.partitions
        if part.lag_events is not None
    ]
    unread += [
        (labels([("topic", topic), ("partition", str(number))]), events)
        for (topic, number), events in sorted(state.topics.items())
    ]
    samples = [(series("vigie_consumer_lag_events", place), str(n)) for place, n in unread]
    text = "Events on the input topics that were not read yet."
    return "consumer_lag_events", Type.GAUGE, text, samples


def _counters(state: PipelineState) -> Iterator[Family]:
    plain = dict.fromkeys(COUNTERS, 0)
    reasons = {name: dict.fromkeys(known, 0) for name, known in REASONS.items()}
    for key, n in state.counters.items():
        name, _, reason = key.partition(":")
        if reason or name in BY_REASON:
            reasons.setdefault(name, {})[reason or "other"] = n
        else:
            plain[name] = n
    for name, n in plain.items():
        sample = (series(f"{OWN_PREFIX}{name}_total", ""), str(n))
        yield name, Type.COUNTER, COUNTERS.get(name, "Counted by the workers."), [sample]
    for name, counts in reasons.items():
        samples = [
            (series(f"{OWN_PREFIX}{name}_total", labels([("reason", reason)])), str(n))
            for reason, n in counts.items()
        ]
        yield name, Type.COUNTER, BY_REASON.get(name, "Counted by the workers."), samples


def _timings(state: PipelineState) -> Iterator[Family]:
    for name, timing, text in (
        ("loop_lag_seconds", state.loop_lag, "By how much this process' loop was held up."),
        ("flush_seconds", state.flush, "Writing to the delta log, acknowledgement included."),
    ):
        if timing is not None:
            yield (
                name,
                Type.HISTOGRAM,
                text,
                histogram_samples(
                    OWN_PREFIX + name, "", TIMING_BOUNDS_MS, timing.buckets, timing.total_seconds
                ),
            )


def histogram_samples(
    name: str,
    label_text: str,
    bounds_ms: tuple[int, ...],
    buckets: tuple[int, ...] | list[int],
    total_seconds: float,
) -> list[Sample]:
    """A histogram's series with their numbers; `buckets` are not cumulated, the last has no end."""
    samples: list[Sample] = []
    below = 0
    for limit, n in zip((*map(bound, bounds_ms), "+Inf"), buckets, strict=True):
        below += n
        samples.append((series(f"{name}_bucket", joined(label_text, f'le="{limit}"')), str(below)))
    samples.append((series(f"{name}_sum", label_text), repr(total_seconds)))
    samples.append((series(f"{name}_count", label_text), str(below)))
    return samples


def _infos(state: PipelineState) -> Iterator[Family]:
    build = (series("vigie_build_info", labels([("version", state.version)])), "1")
    yield "build", Type.INFO, "The release that runs.", [build]
    if state.fingerprint:
        place = labels([("fingerprint", state.fingerprint)])
        settings = [(series("vigie_settings_info", place), "1")]
        yield "settings", Type.INFO, "The settings that facts keep.", settings
    reading = [(series("vigie_board_catching_up", ""), str(int(state.catching_up)))]
    yield "board_catching_up", Type.GAUGE, "1 while the board reads the log's past.", reading
