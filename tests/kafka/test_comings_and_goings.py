"""Workers join, leave and are killed while events flow: each event counts once."""

import random
import time
from collections.abc import Callable
from pathlib import Path

from tests.kafka.contacts import answered
from tests.kafka.live import Live

PARTITIONS = 6
PER_SLICE = 60


def test_workers_come_and_go_under_load(kafka: str, tmp_path: Path, seed: int) -> None:
    rnd = random.Random(seed)
    with Live(kafka, tmp_path, partitions=PARTITIONS) as live:
        live.make_topics()
        live.start("board")
        live.start("worker", "w0")
        live.until(live.ready, "the first works")
        sent, number = 0, 0

        def join() -> None:
            nonlocal number
            number += 1
            live.start("worker", f"w{number}")

        def leave() -> None:
            assert live.programs.pop(someone(live, rnd)).stop(8) == 0

        def die() -> None:
            live.programs.pop(someone(live, rnd)).kill()

        steps: list[Callable[[], None]] = [join, join, leave, join, die, leave, join]
        for step in steps:
            sent += tell(live, sent)
            step()
            for _ in range(3):
                sent += tell(live, sent)
                time.sleep(rnd.uniform(0.2, 1.0))  # some moment of a rebalance
        live.until(lambda: live.value("contacts_answered") >= sent, "all are counted", 40)
        live.until(live.ready, "every partition has a worker")
        time.sleep(1.5)  # a pulse more: nothing may come twice
        assert live.value("contacts_answered") == sent
        assert live.value("answer_rate") == 1.0
        assert live.metric("vigie_conflicting_repeats_total") == 0


def someone(live: Live, rnd: random.Random) -> str:
    return rnd.choice([name for name in live.programs if name != "board"])


def tell(live: Live, first: int) -> int:
    """So many contacts more, all answered; how many."""
    now_ms = time.time_ns() // 1_000_000 - 30_000
    live.send(m for n in range(first, first + PER_SLICE) for m in answered(f"c-{n}", now_ms))
    return PER_SLICE
