"""The way of the events through Faust alone: whole fetches, handed over, not decoded.

`transport_events_per_second_core` with a topic filled beforehand; `transport_load` while events
come in at a steady rate.
"""

import asyncio
import gc
import json
import sys
import time
import uuid
from collections.abc import Mapping, Sequence

from streams.adapters.faust_worker import FaustWorker
from streams.adapters.source import Place, Record, Source, SourceSettings, SourceWentBackError
from tests.benchmarks.child import run_child

START_SECONDS = 60.0


def transport_events_per_second_core(bootstrap: str, topic: str, events: int) -> float:
    """Events per second of CPU, all threads of the process together."""
    found = run_child(__name__, bootstrap, topic, events, 0, timeout_seconds=START_SECONDS * 2)
    return float(found["events"] / found["cpu_seconds"])


def transport_load(bootstrap: str, topic: str, seconds: float) -> dict[str, float]:
    """{"cores", "events_per_second", "p50_ms", "p99_ms"} while somebody else writes.

    The latency is from Kafka's record time to the processor.
    """
    found = run_child(
        __name__, bootstrap, topic, 0, seconds, timeout_seconds=START_SECONDS + seconds
    )
    waits = sorted(found["waits_ms"])
    return {
        "cores": found["cpu_seconds"] / found["seconds"],
        "events_per_second": found["events"] / found["seconds"],
        "p50_ms": waits[len(waits) // 2],
        "p99_ms": waits[len(waits) * 99 // 100],
    }


class Counter:
    """A processor that only counts."""

    def __init__(self, start_at: str) -> None:
        self.source: Source
        self.start_at = start_at
        self.events = 0
        self.waits_ms: list[float] | None = None
        self.began_cpu = self.began = 0.0
        self.ready = asyncio.Event()

    def on_fetch(self, topic: str, partition: int, records: Sequence[Record]) -> None:
        if self.events == 0:
            self.begin()
        self.events += len(records)
        if self.waits_ms is not None:
            now = time.time() * 1000
            self.waits_ms += [now - record.timestamp for record in records]

    def begin(self) -> None:
        """Start to measure here."""
        self.began_cpu, self.began = time.process_time(), time.monotonic()

    async def on_assigned(self, partitions: frozenset[int]) -> Mapping[Place, int]:
        places = [(topic, number) for topic in self.source.topics for number in partitions]
        self.ready.set()
        if self.start_at == "end":
            return await self.source.end_offsets(places)
        return await self.source.beginning_offsets(places)

    async def on_revoked(self, partitions: frozenset[int]) -> None:
        """Nothing to keep."""

    async def on_shutdown(self) -> None:
        """Nothing to keep."""

    def on_went_back(self, error: SourceWentBackError) -> None:
        raise error


async def measure(bootstrap: str, topic: str, events: int, seconds: float) -> dict[str, object]:
    """Count `events` from the beginning, or for `seconds` what comes new."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # as the service does: fetches are thousands of objects
    counter = Counter("beginning" if events else "end")
    settings = SourceSettings(bootstrap, f"bench-{uuid.uuid4().hex}", (topic,))
    worker = FaustWorker(settings, counter)
    counter.source = worker.source
    await worker.start()
    await asyncio.wait_for(counter.ready.wait(), START_SECONDS)
    if events:
        end = time.monotonic() + START_SECONDS
        while counter.events < events:
            assert time.monotonic() < end, f"only {counter.events} events"
            await asyncio.sleep(0.01)
    else:
        await asyncio.sleep(2)  # past the start
        counter.events, counter.waits_ms = 0, []
        counter.begin()
        await asyncio.sleep(seconds)
    found: dict[str, object] = {
        "events": counter.events,
        "cpu_seconds": time.process_time() - counter.began_cpu,
        "seconds": time.monotonic() - counter.began,
        "waits_ms": counter.waits_ms,
    }
    await worker.stop()
    return found


if __name__ == "__main__":
    asked = (sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
    print(json.dumps(asyncio.run(measure(*asked))))
