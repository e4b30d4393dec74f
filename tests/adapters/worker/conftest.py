"""A worker on a bench, with a quick pulse."""

from collections.abc import AsyncIterator

import pytest

from streams.adapters.worker import owned, service, writing
from tests.adapters.worker.fakes import Bench


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that waits waits a tenth of the time."""
    monkeypatch.setattr(owned, "HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr(owned, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(writing, "COMMIT_SECONDS", 0.1)
    monkeypatch.setattr(service, "TICK_SECONDS", 0.025)
    monkeypatch.setattr(service, "STOPPED_SECONDS", 1.0)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Shut down at the end, which must always be possible."""
    bench = Bench()
    yield bench
    await bench.end()
