"""`make bench`: what Vigie costs, beside vanilla Faust on the same broker and events, in one run.

Prints medians of several runs and writes build/bench.json.
"""

import json
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.engine import messages
from tests.benchmarks.faust_table import faust_table_events_per_second_core
from tests.benchmarks.worker import fill, settings_for, worker_events_per_second_core
from tests.kafka.broker import running_broker

RUNS = 5
EVENTS = 200_000
FAUST_EVENTS = 20_000
OUT = Path("build/bench.json")


def say(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Runs both, turn about, so that a noisy minute touches both."""
    say(f"making {EVENTS} events")
    values = messages(EVENTS, agents=False)
    vigie: list[float] = []
    table: list[float] = []
    with TemporaryDirectory() as folder, running_broker(Path(folder)) as broker:
        for run in range(1, RUNS + 1):
            prefix = f"bench-{run}"
            say(f"run {run} of {RUNS}: filling topics")
            fill(broker.bootstrap, prefix, values)
            vigie.append(worker_events_per_second_core(broker.bootstrap, prefix, len(values)))
            say(f"  vigie worker  {vigie[-1]:10,.0f} events/s and core")
            calls = settings_for(broker.bootstrap, prefix).kafka.topics.calls
            table.append(faust_table_events_per_second_core(broker.bootstrap, calls, FAUST_EVENTS))
            say(f"  faust table   {table[-1]:10,.0f} events/s and core")
    found = {"vigie": statistics.median(vigie), "faust_table": statistics.median(table)}
    print(f"{'worker, all contact KPIs':28}{found['vigie']:12,.0f} events/s and core")
    print(f"{'vanilla Faust, one table':28}{found['faust_table']:12,.0f} events/s and core")
    print(f"{'ratio':28}{found['vigie'] / found['faust_table']:12.1f}")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({"events_per_second_core": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
