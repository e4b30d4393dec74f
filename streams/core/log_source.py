"""Whether the input topics still are the ones that the delta log speaks of.

Asked at every takeover, before the first record. Offsets of the source may have gaps: they are
compared, never counted as events, except to say how many were lost at most.
"""

from __future__ import annotations

import msgspec

from streams.core.delta import Positions
from streams.core.log_claim import Identity
from streams.core.log_load import Loaded


class SourceCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What the comparison says; each finding names its topic."""

    stop: list[str] = []  # stop the partition, alarm: the operator chooses (`vigie state adopt`)
    lost: dict[str, int] = {}  # topic -> offsets that retention took before they were read: go on
    ahead: dict[str, int] = {}  # topic -> how far the group's commit is ahead: the log wins, alarm


def check_source(
    loaded: Loaded,
    identity: Identity,
    *,
    begins: Positions,
    ends: Positions,
    committed: Positions,
) -> SourceCheck:
    """Compares the log's last word with the source as it is now.

    `begins`, `ends`: first and next offset of this partition in each input topic; `committed`:
    what the group has, topics without a commit absent.
    """
    stop: list[str] = []
    previous = loaded.previous
    if previous is not None and previous.cluster_id != identity.cluster_id:
        stop.append(f"the log was written for cluster {previous.cluster_id}")
    for topic, topic_id in identity.topic_ids.items():
        known = previous.topic_ids.get(topic) if previous is not None else None
        if known is not None and known != topic_id:
            stop.append(f"topic {topic} was made anew: its id was {known}, now {topic_id}")
    lost: dict[str, int] = {}
    ahead: dict[str, int] = {}
    for topic, at in loaded.to.items():
        if topic not in ends:
            continue  # no longer an input: its position is kept in case it comes back
        if at > ends[topic]:
            stop.append(f"topic {topic} ends at {ends[topic]}, events up to {at} were counted")
        if at < begins[topic]:
            lost[topic] = begins[topic] - at
    for topic, at in committed.items():
        if not loaded.reset and at > loaded.to.get(topic, at):
            ahead[topic] = at - loaded.to[topic]
    return SourceCheck(stop=stop, lost=lost, ahead=ahead)
