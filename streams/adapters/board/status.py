"""How far the figures can be trusted: live, catching up, silent, starting, Kafka unreachable.

Though nothing happens, a feed whose workers speak is live: a quiet night is not an outage.
"""

from typing import Final

from msgspec.structs import replace

from streams.adapters.board.feed import Feed
from streams.adapters.board.tail import LogTail
from streams.adapters.web.state import Message, Status

SILENT_MS: Final = 5_000
BEHIND_MS: Final = 10_000


def status_of(feed: Feed, tail: LogTail | None, wall_ms: int) -> Status:
    """The state of the feed at that instant of the wall clock."""
    parts = feed.partitions.values()
    heard = [part.heard_ms for part in parts if part.heard_ms]
    silent = sum(wall_ms - part.heard_ms > SILENT_MS for part in parts)
    behind = sum(part.behind_ms(wall_ms) > BEHIND_MS for part in parts)
    known = Status(
        "starting",
        age_ms=max(0, wall_ms - min(heard)) if heard and len(heard) == len(parts) else None,
        partitions=len(parts),
        behind=behind,
        silent=silent,
        lag_events=sum(part.lag_events for part in parts) if parts else None,
        newest_event_ms=max((part.newest_event_ms for part in parts), default=0) or None,
    )
    since = tail.unreachable_since_ms if tail is not None else None
    if since is not None:
        reason = Message("kafka_unreachable", "critical", {"since_ms": since})
        return replace(known, state="kafka_unreachable", since_ms=since, reason=reason)
    if not parts or not all(part.caught_up for part in parts):
        return known
    if silent:
        return replace(known, state="worker_silent", since_ms=min(heard, default=None))
    return replace(known, state="catching_up" if behind else "live")
