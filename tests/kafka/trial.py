"""A trial with real parts: events through Kafka, worker and board, the worker killed, against replay.

    python -m tests.kafka.trial events.jsonl --kills 3 --set defaults.short_abandon_seconds=0

Events are shuffled within some minutes, some sent twice, while the worker is SIGKILLed; the board's
`/api/kpis` must then equal `vigie replay`, to the digit.
"""

import argparse
import json
import os
import random
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kafka import KafkaProducer

from tests.kafka.broker import running_broker
from tests.processes import Program, free_port, wait_until

Line = dict[str, Any]
VIGIE = (sys.executable, "-m", "streams.cli")
PATIENCE_SECONDS = 240


def told(
    events: Sequence[bytes], rnd: random.Random, *, minutes: float, repeat: float
) -> list[bytes]:
    """The order of telling: each event up to so many minutes late, some of them twice."""
    keyed: list[tuple[float, bytes]] = []
    for event in events:
        at = datetime.fromisoformat(json.loads(event)["time"]).timestamp()
        keyed.append((at + rnd.uniform(0, minutes * 60), event))
        if rnd.random() < repeat:
            keyed.append((at + rnd.uniform(0, minutes * 60), event))
    return [event for _, event in sorted(keyed, key=lambda pair: pair[0])]


def topic_of(event: Line) -> str:
    """Where the contract expects the type."""
    return "contact-center.agents" if event["type"].startswith("agent.") else "contact-center.calls"


def feed(bootstrap: str, events: Sequence[bytes], *, pause_at: Sequence[int]) -> Iterator[int]:
    """Sends the events keyed by their subjects; yields at the places where something happens."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5)
    for place, event in enumerate(events):
        parsed = json.loads(event)
        producer.send(topic_of(parsed), event, key=parsed["subject"].encode())
        if place in pause_at:
            producer.flush()
            yield place
    producer.flush()
    producer.close()


def figures_of(address: str, window: str, by: str) -> list[Line]:
    """What the board says."""
    with urllib.request.urlopen(
        f"{address}/api/kpis?window={window}&by={by}&format=jsonl"
    ) as answer:
        return [json.loads(line) for line in answer.read().splitlines()]


def replayed(path: Path, settings: Sequence[str], window: str, by: str) -> list[Line]:
    """What `vigie replay` says."""
    log = path.with_suffix(f".{window}.{by}.log")
    log.unlink(missing_ok=True)
    command = [*VIGIE, "replay", str(path), "--window", window, "--format", "json", *settings]
    command += ["--by", by] if by else []
    program = Program.start(command, log=log)
    program.process.wait(PATIENCE_SECONDS)
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def differences(board: Sequence[Line], replay: Sequence[Line]) -> list[str]:
    """Where the two disagree, in words."""
    key = tuple[Any, ...]

    def keyed(lines: Sequence[Line]) -> dict[key, Line]:
        places = ("window", "queue", "channel", "team", "kpi", "definition", "part", "stat")
        return {tuple(line[name] for name in places): line for line in lines}

    ours, theirs = keyed(board), keyed(replay)
    found = [f"only one has {place}" for place in ours.keys() ^ theirs.keys()]
    for place in ours.keys() & theirs.keys():
        if ours[place] != theirs[place]:
            found.append(f"{place}: board {ours[place]} replay {theirs[place]}")
    return found


def trial(
    bootstrap: str,
    path: Path,
    folder: Path,
    *,
    kills: int,
    seed: int,
    settings: Sequence[str] = (),
    windows: Sequence[tuple[str, str]] = (("total", ""), ("1h", "queue")),
) -> list[str]:
    """Runs it; the differences found (none, if all is well)."""
    rnd = random.Random(seed)
    listen = free_port()
    names = [window for window, _ in windows]
    given = ["--set", f"kafka.bootstrap={bootstrap}", "--set", f"web.listen=127.0.0.1:{listen}",
             "--set", "site.clock=events", "--set", f"site.windows={json.dumps(names)}",
             "--set", "kafka.group=trial-" + str(seed), *settings]  # fmt: skip
    environment = dict(os.environ)
    run = lambda verb, n: Program.start(  # noqa: E731 - two lines of text used twice
        [*VIGIE, verb, *given], log=folder / f"{verb}-{n}.log", env=environment
    )
    made = Program.start([*VIGIE, "topics", "create", *given], log=folder / "topics.log")
    assert made.process.wait(60) == 0, made.log.read_text()
    board, worker = run("board", 0), run("worker", 0)
    try:
        events = told(path.read_bytes().splitlines(), rnd, minutes=10, repeat=0.05)
        places = sorted(rnd.sample(range(len(events)), kills))
        for number, _ in enumerate(feed(bootstrap, events, pause_at=places), 1):
            time.sleep(rnd.uniform(0.5, 4))  # somewhere between claim, load and delta
            worker.kill()
            worker = run("worker", number)
        return settled(f"http://127.0.0.1:{listen}", path, given, windows)
    finally:
        worker.stop()
        board.stop()


def settled(
    address: str, path: Path, given: Sequence[str], windows: Sequence[tuple[str, str]]
) -> list[str]:
    """Waits until the board stands at the replay's instant, then compares everything."""
    wanted = {window: replayed(path, given, *window) for window in windows}
    at = next(iter(wanted.values()))[0]["at"]

    def there() -> bool:
        return figures_of(address, windows[0][0], "")[0]["at"] == at

    wait_until(there, PATIENCE_SECONDS, f"the board stands at {at}")
    found: list[str] = []
    for window, lines in wanted.items():
        found += differences(figures_of(address, *window), lines)
    return found


def main() -> None:
    """The command line of the docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], dest="sets")
    given = parser.parse_args()
    settings = [word for one in given.sets for word in ("--set", one)]
    with TemporaryDirectory() as name:
        folder = Path(name)
        with running_broker(folder / "kafka") as broker:
            found = trial(broker.bootstrap, given.file, folder, kills=given.kills,
                          seed=given.seed, settings=settings)  # fmt: skip
        for log in sorted(folder.glob("*.log")):
            print(f"--- {log.name}: {log.read_text()[-1500:]}")
    print(f"{len(found)} differences", *found[:10], sep="\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
