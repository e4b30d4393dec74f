"""A simulated morning through Kafka, worker and board, the worker killed three times: as replay."""

import random
from datetime import datetime
from pathlib import Path

from streams.simulator import Parameters, simulate
from tests.kafka.live import Live
from tests.kafka.trial import trial

START = datetime.fromisoformat("2026-11-23T08:30:00+01:00")
SETS = ("site.clock=events", 'site.windows=["total", "1h"]')


def test_three_kills_change_no_figure(kafka: str, tmp_path: Path, seed: int) -> None:
    rnd = random.Random(seed)
    parameters = Parameters(start=START, duration_seconds=3 * 3600, seed=seed, scale=2)
    events = [delivery.value for delivery in simulate(parameters)]
    assert len(events) > 5_000
    with Live(kafka, tmp_path, *SETS, partitions=4) as live:
        assert trial(live, events, rnd, kills=3) == []
        claims = sum(live.metric(f'vigie_claims_total{{partition="{p}"}}') for p in range(4))
        assert claims >= 2 * 4, "others have taken over from those that were killed"
        assert live.metric("vigie_duplicates_total") > 0
