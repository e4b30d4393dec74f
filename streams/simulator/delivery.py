"""One message on its way to Kafka."""

from msgspec import Struct


class Delivery(Struct, frozen=True, gc=False):
    """A message and when it is handed over: `at_ms` since 1970 (UTC)."""

    at_ms: int
    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()
