"""The worker on a real broker: events per second and core, from the first fetch to the last ack.

`worker_events_per_second_core(bootstrap, prefix, events)` runs `vigie worker`'s own code in a child
process over topics that were filled beforehand, with every contact KPI, and divides by the CPU
seconds of all its threads.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from kafka import KafkaProducer

from streams import app
from streams.adapters import topics
from streams.adapters.source import Record
from streams.adapters.worker.service import Worker
from streams.settings import Settings, load
from tests.benchmarks.child import run_child

PATIENCE_SECONDS = 180.0


def settings_for(bootstrap: str, prefix: str) -> Settings:
    """Settings with topics and a group of their own."""
    names = ("calls", "tickets", "mentions", "agents", "surveys", "business", "customers",
             "dead_letters", "deltas", "state", "history")  # fmt: skip
    sets = [f"kafka.topics.{name}={prefix}-{name.replace('_', '-')}" for name in names]
    return load(sets=[f"kafka.bootstrap={bootstrap}", f"kafka.group={prefix}", *sets])


def fill(bootstrap: str, prefix: str, values: Sequence[bytes]) -> None:
    """Makes the topics and sends the events, keyed by their subjects."""
    settings = settings_for(bootstrap, prefix)
    topics.create(app.access(settings), app.wanted_topics(settings))
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=20, batch_size=256 * 1024)
    for value in values:
        subject = json.loads(value)["subject"]
        producer.send(settings.kafka.topics.calls, value, key=subject.encode())
    producer.flush()
    producer.close()


def worker_events_per_second_core(bootstrap: str, prefix: str, events: int) -> float:
    """Events per second of CPU, all threads of the process together."""
    found = run_child(__name__, bootstrap, prefix, events, timeout_seconds=PATIENCE_SECONDS)
    assert found["events"] == events, "every event is counted once"
    return float(found["events"] / found["cpu_seconds"])


class Timed(Worker):
    """The worker, with a look at the CPU at its first fetch."""

    began = 0.0
    taken = 0
    last: "Timed"

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        Timed.last = self

    def on_fetch(self, topic: str, partition: int, records: Sequence[Record]) -> None:
        """Notes the first fetch."""
        if not self.taken:
            self.began = time.process_time()
        self.taken += len(records)
        super().on_fetch(topic, partition, records)

    def written(self) -> bool:
        """Whether the log has everything that was read."""
        return all(owned.settled for owned in self.owned.values())


async def measure(bootstrap: str, prefix: str, events: int) -> dict[str, float]:
    """Reads so many events from the beginning and writes them to the log."""
    stop = asyncio.Event()
    working = asyncio.create_task(app.work(settings_for(bootstrap, prefix), stop, made=Timed))
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and not working.done():
        worker = getattr(Timed, "last", None)
        if worker is not None and worker.taken >= events and worker.written():
            break
        await asyncio.sleep(0.01)
    spent = time.process_time() - Timed.last.began
    taken = Timed.last.taken
    stop.set()
    await working
    return {"events": taken, "cpu_seconds": spent}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(sys.argv[1], sys.argv[2], int(sys.argv[3])))))
