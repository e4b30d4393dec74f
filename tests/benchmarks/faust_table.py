"""Vanilla Faust as its manual shows it, with one table write per event: the half to compare with.

`faust_table_events_per_second_core(bootstrap, topic, events)` reads a topic that holds at least so
many JSON events, counts them by subject in a table (memory store, changelog in Kafka), and
returns events per CPU-second, from the first event to the last.
"""

import asyncio
import json
import sys
import tempfile
import time
import uuid
from contextlib import suppress

import faust

from tests.benchmarks.child import run_child

START_SECONDS = 60.0
SLOWEST_PER_SECOND = 500.0


def faust_table_events_per_second_core(bootstrap: str, topic: str, events: int) -> float:
    """Events per second of CPU, all threads of the process together."""
    found = run_child(
        __name__,
        bootstrap,
        topic,
        events,
        timeout_seconds=START_SECONDS + events / SLOWEST_PER_SECOND,
    )
    assert found["events"] >= events
    assert found["counted"] == found["events"], "every event makes one table write"
    return float(found["events"] / found["cpu_seconds"])


async def measure(bootstrap: str, topic: str, events: int, folder: str) -> dict[str, float]:
    """Count `events` of the topic, from its beginning."""
    app = faust.App(
        f"bench-{uuid.uuid4().hex}",
        broker=f"kafka://{bootstrap}",
        datadir=folder,
        web_enabled=False,
        topic_disable_leader=True,
        env={},
    )
    source = app.topic(topic, value_serializer="json")
    counts = app.Table("counts", default=int, partitions=await partitions_of(bootstrap, topic))
    seen, began, ended = 0, 0.0, asyncio.get_running_loop().create_future()

    async def count(stream: faust.StreamT[dict[str, str]]) -> None:
        nonlocal seen, began
        async for event in stream:
            if seen == 0:
                began = time.process_time()
            counts[event["subject"]] += 1
            seen += 1
            if seen == events:
                ended.set_result(time.process_time() - began)

    app.agent(source)(count)
    starting = asyncio.ensure_future(app.start())
    await asyncio.wait([ended, starting], return_when=asyncio.FIRST_EXCEPTION)
    used, counted = ended.result(), sum(counts.values())
    starting.cancel()
    with suppress(asyncio.CancelledError):
        await starting
    await app.stop()
    return {"events": events, "counted": min(counted, events), "cpu_seconds": used}


async def partitions_of(bootstrap: str, topic: str) -> int:
    """How many partitions the topic has."""
    from streams.adapters.input_check import partition_counts
    from streams.adapters.source import SourceSettings

    return (await partition_counts(SourceSettings(bootstrap, "bench", (topic,))))[topic]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as datadir:
        found = asyncio.run(measure(sys.argv[1], sys.argv[2], int(sys.argv[3]), datadir))
    print(json.dumps(found))
