"""What `vigie doctor` asks: Kafka, the topics, the workers' group, the delta log, a board.

Each question gives findings: a level, a code for the words (streams/cli/doctor_words.py), where,
and values. Every question is answered or given up within 15 s.
"""

import asyncio
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from streams.adapters.worker.log_io import started, stopped
from streams.core.delta import Claim, NewerRecordError, UnreadableRecordError, decode

ANSWER_SECONDS: Final = 15.0
BOARD_SECONDS: Final = 3.0
SILENT_SECONDS: Final = 5.0
"""A worker writes at least once a second."""
BEHIND_EVENTS: Final = 10_000
NO_ANSWER: Final = (KafkaError, OSError, TimeoutError)

Level = Literal["ok", "warning", "error"]


class Finding(NamedTuple):
    """One thing that was looked at."""

    level: Level
    code: str
    where: str
    values: Mapping[str, object] = {}


class Names(NamedTuple):
    """What to look at in Kafka."""

    inputs: tuple[str, ...]
    log: str
    group: str
    partitions: int
    """Of each of these topics."""


class Lines(NamedTuple):
    """What is known of one partition number."""

    partition: int
    lag_events: int
    """Of the workers' group, over all input topics; it commits once a second."""
    age_seconds: float | None
    """Of the newest record in the delta log; None: there is none."""
    settings: str | None
    """Fingerprint of the worker's settings, where the newest record is a claim."""
    problem: str = ""


async def partitions(bootstrap: str, names: Names, options: Mapping[str, Any]) -> list[Lines]:
    """Every partition number. Raises KafkaError, OSError, TimeoutError."""
    async with asyncio.timeout(ANSWER_SECONDS):
        consumer = await started(
            AIOKafkaConsumer(
                bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="none",
                request_timeout_ms=int(ANSWER_SECONDS * 1000), **options,
            )
        )  # fmt: skip
        try:
            return await _partitions(consumer, bootstrap, names, options)
        finally:
            await stopped(consumer)


async def _partitions(
    consumer: Any, bootstrap: str, names: Names, options: Mapping[str, Any]
) -> list[Lines]:
    lags = await _lags(consumer, bootstrap, names, options)
    found = []
    for number in range(names.partitions):
        record = await _last(consumer, TopicPartition(names.log, number))
        found.append(_line(number, lags.get(number, 0), record))
    return found


def _line(number: int, lag: int, record: Any) -> Lines:
    if record is None:
        return Lines(number, lag, None, None)
    age = max(0.0, time.time() - record.timestamp / 1000)
    try:
        read = decode(record.value)
    except (NewerRecordError, UnreadableRecordError) as error:
        return Lines(number, lag, age, None, str(error))
    return Lines(number, lag, age, read.settings if isinstance(read, Claim) else None)


async def _lags(
    consumer: Any, bootstrap: str, names: Names, options: Mapping[str, Any]
) -> dict[int, int]:
    """Partition number -> events that the group has not committed, over all inputs."""
    numbers = range(names.partitions)
    places = [TopicPartition(topic, number) for topic in names.inputs for number in numbers]
    ends = await consumer.end_offsets(places)
    begins = await consumer.beginning_offsets(places)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **options)
    try:
        await admin.start()
        committed = await admin.list_consumer_group_offsets(names.group)
    finally:
        await admin.close()
    lags: dict[int, int] = {}
    for place in places:
        known = committed.get(place)
        at = known.offset if known is not None and known.offset >= 0 else begins[place]
        lags[place.partition] = lags.get(place.partition, 0) + max(0, ends[place] - at)
    return lags


async def _last(consumer: Any, place: TopicPartition) -> Any:
    """The newest record of a partition; None when it is empty."""
    end = (await consumer.end_offsets([place]))[place]
    if end <= (await consumer.beginning_offsets([place]))[place]:
        return None
    consumer.assign([place])
    consumer.seek(place, end - 1)
    return (await consumer.getmany(place, timeout_ms=5_000)).get(place, [None])[-1]


def judged(found: Sequence[Lines], log: str, group: str) -> list[Finding]:
    """What the partitions look like: who is silent, who is behind."""
    out: list[Finding] = []
    unread = {line.partition: line.lag_events for line in found}
    values: dict[str, object]
    values = {"events": sum(unread.values()), "partitions": len(found),
              "worst": max(unread, key=lambda number: unread[number], default=0)}  # fmt: skip
    behind = any(lag > BEHIND_EVENTS for lag in unread.values())
    out.append(Finding("warning" if behind else "ok", "lag", group, values))
    unreadable = [line for line in found if line.problem]
    out += [Finding("error", "log_unreadable", f"{log} {line.partition}", {"why": line.problem})
            for line in unreadable]  # fmt: skip
    empty = [line.partition for line in found if line.age_seconds is None]
    silent = [line for line in found if (line.age_seconds or 0) > SILENT_SECONDS]
    if empty:
        out.append(Finding("error", "log_empty", log, {"numbers": _listed(empty)}))
    if silent:
        oldest = max(line.age_seconds or 0 for line in silent)
        numbers = _listed([line.partition for line in silent])
        out.append(
            Finding("error", "log_silent", log, {"numbers": numbers, "age": f"{oldest:.0f}"})
        )
    if not (empty or silent or unreadable):
        newest = max((line.age_seconds or 0 for line in found), default=0)
        out.append(Finding("ok", "log", log, {"age": f"{newest:.1f}", "partitions": len(found)}))
    return out


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def board(host: str, port: int) -> Finding:
    """Whether a board is there and ready."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    place = f"[{reachable}]:{port}" if ":" in reachable else f"{reachable}:{port}"
    address = f"http://{place}"
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=BOARD_SECONDS):
            return Finding("ok", "board", address)
    except urllib.error.HTTPError as refused:
        why = refused.read(500).decode(errors="replace").strip()
        code = "board_not_ready" if refused.code == 503 else "not_a_board"
        return Finding("error", code, address, {"why": why, "status": refused.code})
    except OSError as error:
        reason = getattr(error, "reason", error)
        return Finding("error", "no_board", address, {"why": str(reason)})
