"""Events of contacts as a telephone system would send them, for tests with real Kafka."""

import json
from datetime import UTC, datetime
from typing import Any

from tests.kafka.live import Message

SOURCE = "asterisk://pbx-1"


def iso(at_ms: int) -> str:
    """RFC 3339 in UTC, with milliseconds."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")


def event(kind: str, subject: str, at_ms: int, **changes: Any) -> dict[str, Any]:
    """A CloudEvent; `changes` replace attributes, None takes one away."""
    whole = {
        "specversion": "1.0",
        "id": f"{subject}/{kind}/{at_ms}",
        "source": SOURCE,
        "type": kind,
        "time": iso(at_ms),
        "subject": subject,
        "data": {"queue": "Support"} if kind == "contact.queued" else {},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def message(of: dict[str, Any], key: str | None = None) -> Message:
    """As it goes to Kafka, keyed by its subject."""
    return Message(json.dumps(of).encode(), (key or of["subject"]).encode())


def answered(subject: str, at_ms: int, wait_ms: int = 5_000) -> list[Message]:
    """A contact that was answered at that time and ended at once."""
    return [
        message(event("contact.queued", subject, at_ms - wait_ms)),
        message(event("contact.answered", subject, at_ms, data={"agent": "ann"})),
        message(event("contact.ended", subject, at_ms + 1)),
    ]
