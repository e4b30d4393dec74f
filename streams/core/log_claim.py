"""Who writes a partition of the delta log, and how far the taking over has come."""

from __future__ import annotations

from enum import Enum

import msgspec

from streams.core.delta import Claim, Positions, Record, RecordId


class Phase(Enum):
    """Where the owner of a partition stands."""

    OWN = "own"  # assigned, must claim
    CLAIMING = "claiming"
    LOADING = "loading"
    RUNNING = "running"
    DOUBT = "doubt"  # as OWN, and what is in memory is void
    STOPPED = "stopped"  # the group gave the partition to somebody else


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What every claim says about its writer and its source."""

    cluster_id: str
    topic_ids: dict[str, str]
    settings: str = ""
    key: str = ""
    release: str = ""


class Sent(msgspec.Struct, frozen=True):
    """A record on its way; `to` is committed once it is acked (R5)."""

    raw_bytes: int
    id: RecordId | None = None  # None: the claim of a base
    to: Positions = {}
    chunk: bool = False


def claim_of(identity: Identity, owner: bytes, now_ms: int) -> Claim:
    """The claim of this writer; `owner`: 8 random bytes, fresh; `now_ms`: the wall clock."""
    return Claim(
        owner=owner,
        cluster_id=identity.cluster_id,
        topic_ids=identity.topic_ids,
        settings=identity.settings,
        key=identity.key,
        release=identity.release,
        written_ms=now_ms,
    )


def is_last_of(record: Record | None, newest: RecordId) -> bool:
    """Whether this is the newest record of that writer; its claim, when it wrote none since."""
    if isinstance(record, Claim):
        return newest[2] == 0 and record.owner == newest[1]
    return record is not None and (record.claim, record.owner, record.n) == newest
