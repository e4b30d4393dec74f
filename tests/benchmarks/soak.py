"""`make soak MINUTES=10`: trial after trial on one real Kafka, each with other events and crashes.

Every round simulates another hour, tells it shuffled and with repeats, kills the worker three times
and compares the board with replay. Writes build/soak.json; ends with 1 when a figure differed.
"""

import argparse
import json
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from streams.simulator import Parameters, simulate
from tests.kafka.broker import running_broker
from tests.kafka.live import Live
from tests.kafka.trial import trial

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
OUT = Path("build/soak.json")
KILLS = 3


def one_round(bootstrap: str, folder: Path, seed: int) -> tuple[int, list[str]]:
    """How many events, and the differences found."""
    hour = Parameters(start=START, duration_seconds=3600, seed=seed, scale=2.0)
    events = [delivery.value for delivery in simulate(hour)]
    with Live(bootstrap, folder, "site.clock=events", 'site.windows=["total", "1h"]') as live:
        return len(events), trial(live, events, random.Random(seed), kills=KILLS)


def main() -> None:
    """Rounds until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    end = time.monotonic() + given.minutes * 60
    rounds = told = differing = 0
    with TemporaryDirectory() as name, running_broker(Path(name) / "kafka") as broker:
        while time.monotonic() < end:
            seed = given.seed + rounds
            events, found = one_round(broker.bootstrap, Path(name) / f"round-{seed}", seed)
            rounds, told, differing = rounds + 1, told + events, differing + len(found)
            lines = [f"seed {seed}: {events} events, {len(found)} differences", *found[:5], ""]
            sys.stdout.write("\n".join(lines))
            sys.stdout.flush()
    summary = {"rounds": rounds, "events": told, "kills": rounds * KILLS, "differences": differing}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(summary, indent=1) + "\n")
    sys.stdout.write(f"{summary}\n")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
