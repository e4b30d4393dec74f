"""Are the input topics there, with one and the same number of partitions? Asked at every start.

Faust idles in silence when a topic is missing, and co-partitions only topics of equal counts.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from streams.adapters.source import SourceError, SourceSettings

RETRY_SECONDS: Final = 1.0
NO_ANSWER: Final = (KafkaError, OSError, TimeoutError)
"""What aiokafka raises when no broker answers."""


class InputsNotReadyError(SourceError):
    """A topic is missing, or the topics differ in their number of partitions."""


async def partition_counts(settings: SourceSettings) -> dict[str, int]:
    """Partitions of each input topic; 0 when it is missing.

    Raises aiokafka.errors.KafkaError when no broker answers.
    """
    admin = AIOKafkaAdminClient(
        bootstrap_servers=settings.bootstrap, request_timeout_ms=5_000, **settings.client_options
    )
    try:
        await admin.start()
        present = set(await admin.list_topics())
        asked = [topic for topic in settings.topics if topic in present]
        described = await admin.describe_topics(asked) if asked else []
    finally:
        await admin.close()
    counts = {entry["topic"]: len(entry["partitions"]) for entry in described}
    return {topic: counts.get(topic, 0) for topic in settings.topics}


def check_counts(counts: Mapping[str, int], bootstrap: str) -> None:
    """Raise `InputsNotReadyError` unless all topics are there and co-partitioned."""
    missing = sorted(topic for topic, count in counts.items() if count == 0)
    if missing:
        raise InputsNotReadyError(
            f"Kafka at {bootstrap} has no topic {', '.join(missing)}: "
            "make it with `vigie topics create`"
        )
    if len(set(counts.values())) > 1:
        listed = ", ".join(f"{topic} {count}" for topic, count in sorted(counts.items()))
        raise InputsNotReadyError(
            f"these topics at {bootstrap} must have the same number of partitions, but have: "
            f"{listed}. Add partitions with `vigie topics create` before the first start"
        )


async def check_inputs(settings: SourceSettings) -> None:
    """The same with the counts of now; asks until Kafka answers."""
    while True:
        try:
            counts = await partition_counts(settings)
        except NO_ANSWER:
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return check_counts(counts, settings.bootstrap)
