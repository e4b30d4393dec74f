"""A trial with real parts: events through Kafka, a worker that is killed, a board; against replay.

    python -m tests.kafka.trial events.jsonl --kills 3 --set defaults.short_abandon_seconds=0

Events are shuffled within some minutes, some sent twice, while the worker is SIGKILLed; the board's
`/api/kpis` must then equal `vigie replay`, to the digit.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from streams.core.calendar import parse_window
from streams.core.events import Decoder, Event
from streams.core.replaying import figures
from streams.kpis import CATALOGUE
from streams.settings import Settings
from tests.kafka.broker import running_broker
from tests.kafka.live import Line, Live, Message

WINDOWS = (("total", ""), ("1h", "queue"))
PATIENCE_SECONDS = 240
SLICES_PER_KILL = 4


def shuffled(
    events: Sequence[bytes], rnd: random.Random, *, minutes: float = 10, repeat: float = 0.05
) -> list[Message]:
    """In order of telling: each event up to so many minutes late, some of them twice."""
    told: list[tuple[float, Message]] = []
    for event in events:
        parsed = json.loads(event)
        topic = "agents" if parsed["type"].startswith("agent.") else "calls"
        message = Message(event, parsed["subject"].encode(), topic)
        at = datetime.fromisoformat(parsed["time"]).timestamp()
        for _ in range(1 + (rnd.random() < repeat)):
            told.append((at + rnd.uniform(0, minutes * 60), message))
    return [message for _, message in sorted(told, key=lambda pair: pair[0])]


def replayed(
    events: Sequence[bytes], settings: Settings, windows: Sequence[tuple[str, str]] = WINDOWS
) -> list[list[Line]]:
    """What `vigie replay` prints, a list for each window."""
    rules = settings.rules()
    decoded = list(map(Decoder(rules.canonical).decode, events))
    found = [event for event in decoded if isinstance(event, Event)]
    at = max(event.time_ms for event in found) // 1000 + 1
    return [
        list(
            figures(found, rules, [at], [parse_window(window)], CATALOGUE,
                    tuple(filter(None, by.split(","))))
        )
        for window, by in windows
    ]  # fmt: skip


def differences(board: Sequence[Line], replay: Sequence[Line]) -> list[str]:
    """Where the two disagree, in words."""
    key = tuple[Any, ...]

    def keyed(lines: Sequence[Line]) -> dict[key, Line]:
        places = ("window", "queue", "channel", "team", "kpi", "definition", "part", "stat")
        return {tuple(line[name] for name in places): line for line in lines}

    ours, theirs = keyed(board), keyed(json.loads(json.dumps(list(replay))))
    found = [f"only one has {place}" for place in ours.keys() ^ theirs.keys()]
    for place in ours.keys() & theirs.keys():
        if ours[place] != theirs[place]:
            found.append(f"{place}: board {ours[place]} replay {theirs[place]}")
    return found


def compared(
    live: Live,
    wanted: Sequence[Sequence[Line]],
    windows: Sequence[tuple[str, str]] = WINDOWS,
    seconds: float = PATIENCE_SECONDS,
) -> list[str]:
    """Waits until the board stands at the replay's instant; the differences then."""
    at = wanted[0][0]["at"]

    def there() -> bool:
        return live.state() == "live" and live.figures(windows[0][0])[0]["at"] == at

    live.until(there, f"the board stands at {at}", seconds)
    found: list[str] = []
    for (window, by), lines in zip(windows, wanted, strict=True):
        found += differences(live.figures(window, by), lines)
    return found


def fed_and_killed(live: Live, told: Sequence[Message], rnd: random.Random, kills: int) -> None:
    """Sends in slices while the worker works; kills it somewhere between claim, load and delta."""
    number = (kills + 1) * SLICES_PER_KILL
    for part, messages in enumerate(sliced(told, number), 1):
        live.send(messages)
        if part % SLICES_PER_KILL == 0 and part < number:
            counted = live.metric("vigie_events_total")
            live.until(lambda before=counted: live.metric("vigie_events_total") > before, "work")
            time.sleep(rnd.uniform(0, 1))  # any moment: that is what the trial is about
            live.programs["worker"].kill()
            live.start("worker")
        elif part % SLICES_PER_KILL == SLICES_PER_KILL - 1:
            time.sleep(rnd.uniform(0, 0.5))


def sliced(told: Sequence[Message], number: int) -> Iterator[Sequence[Message]]:
    """So many parts of about the same length."""
    for part in range(number):
        yield told[len(told) * part // number : len(told) * (part + 1) // number]


def trial(live: Live, events: Sequence[bytes], rnd: random.Random, *, kills: int) -> list[str]:
    """Runs it on a Live by event time; the differences found (none, if all is well)."""
    live.make_topics()
    live.start("board")
    live.start("worker")
    fed_and_killed(live, shuffled(events, rnd), rnd, kills)
    return compared(live, replayed(events, live.settings))


def main() -> None:
    """The command line of the docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], dest="sets")
    given = parser.parse_args()
    events = given.file.read_bytes().splitlines()
    with TemporaryDirectory() as name, running_broker(Path(name) / "kafka") as broker:
        folder = Path(name) / "logs"
        sets = ("site.clock=events", 'site.windows=["total", "1h"]', *given.sets)
        with Live(broker.bootstrap, folder, *sets, partitions=4) as live:
            found = trial(live, events, random.Random(given.seed), kills=given.kills)
        for log in sorted(folder.glob("*.log")):
            sys.stdout.write(f"--- {log.name}: {log.read_text()[-1500:]}\n")
    sys.stdout.write("\n".join([f"{len(found)} differences", *found[:10], ""]))
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
