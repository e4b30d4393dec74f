"""What is compared and said when a partition is taken over: the log's last word and the source."""

import logging
from collections import Counter
from collections.abc import Mapping

from streams.adapters.source import Place, Source
from streams.core.log_claim import Identity
from streams.core.log_load import Loaded
from streams.core.log_source import SourceCheck, check_source

logger = logging.getLogger(__name__)


async def checked(
    source: Source, identity: Identity, loaded: Loaded, begins: Mapping[Place, int]
) -> SourceCheck:
    """Asks the source what it has, and compares. `begins`: its first offsets."""
    places = list(begins)
    ends = await source.end_offsets(places)
    committed = await source.committed(places)
    return check_source(
        loaded,
        identity,
        begins={topic: at for (topic, _), at in begins.items()},
        ends={topic: at for (topic, _), at in ends.items()},
        committed={topic: at for (topic, _), at in committed.items() if at is not None},
    )


def tell(number: int, loaded: Loaded, check: SourceCheck, counters: Counter[str]) -> None:
    """What must be known of a takeover: counted, and said."""
    if loaded.reset:
        counters["log_resets"] += 1
        logger.error(
            "partition %d: the log's beginning is gone and no base is left: counting starts anew",
            number,
        )
    for topic, lost in check.lost.items():
        counters["events_lost"] += lost
        text = "partition %d: %d events of %s were deleted before they were read"
        logger.error(text, number, lost, topic)
    for topic, ahead in check.ahead.items():
        counters["commits_ahead"] += 1
        text = "partition %d: the group's offset in %s is %d ahead of the log: the log is right"
        logger.error(text, number, topic, ahead)
