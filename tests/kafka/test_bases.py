"""Bases with real Kafka: they are written, used, and stand for what retention took away."""

import time
from pathlib import Path
from typing import Any

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient

from streams.core.delta import Chunk, Claim, Delta, decode
from tests.kafka.contacts import answered, event, message
from tests.kafka.live import Line, Live, Message

QUICK = "tests.kafka.quick_bases"
SETS = ("site.clock=events", 'site.windows=["total", "1h"]')
WAITING = 7


def bases(live: Live) -> dict[int, int]:
    """Partition -> offset of the newest base that a later delta names."""
    found: dict[int, int] = {}
    for record in live.records("deltas"):
        read = decode(record.value)
        if isinstance(read, Delta) and read.base_at is not None:
            found[record.partition] = read.base_at
    return found


def still(lines: list[Line]) -> list[Line]:
    """In an order of their own."""
    return sorted(lines, key=lambda line: str(sorted(line.items(), key=str)))


def waiting(at_ms: int) -> list[Message]:
    return [message(event("contact.queued", f"w-{n}", at_ms)) for n in range(WAITING)]


def delete_before(live: Live, offsets: dict[int, int]) -> None:
    """What retention does one day: the log begins at these offsets."""
    name = live.settings.kafka.topics.deltas
    admin = KafkaAdminClient(bootstrap_servers=live.bootstrap)
    try:
        admin.delete_records({TopicPartition(name, n): at for n, at in offsets.items()})
    finally:
        admin.close()


def test_a_base_stands_for_the_log_before_it(kafka: str, tmp_path: Path) -> None:
    at_ms = time.time_ns() // 1_000_000 - 600_000
    with Live(kafka, tmp_path, *SETS) as live:
        live.make_topics()
        live.start("board")
        live.start("worker", module=QUICK)
        live.send([one for n in range(30) for one in answered(f"a-{n}", at_ms + n)])
        live.send(waiting(at_ms + 5_000))
        live.until(lambda: len(bases(live)) == 2, "a base of each partition is complete and named")
        before = settled(live)
        live.programs["board"].kill()
        live.start("board")
        assert still(settled(live)) == still(before), "a board that begins anew shows the same"
        live.programs["worker"].kill()
        delete_before(live, bases(live))
        live.programs["board"].kill()
        worker = live.start("worker")
        live.start("board")
        live.until(lambda: live.state() == "live", "both go on")
        assert value(settled(live), "contacts_waiting") == WAITING, "levels came from the base"
        live.send([one for n in range(WAITING) for one in answers(f"w-{n}", at_ms + 12_000)])
        live.until(lambda: live.value("contacts_answered", "total") == WAITING, "they go on")
        assert live.value("contacts_waiting") == 0, "the lives came from the base"
        assert live.value("average_speed_of_answer", "total") == 7.0
        assert "lives" in worker.log.read_text()
        assert live.metric("vigie_log_resets_total") == 0
        check_numbers(live)


def test_a_board_begins_at_a_base_that_is_old_enough(kafka: str, tmp_path: Path) -> None:
    at_ms = time.time_ns() // 1_000_000 - 60_000
    with Live(kafka, tmp_path) as live:
        live.make_topics()
        live.start("worker", module=QUICK)
        live.send([one for n in range(30) for one in answered(f"a-{n}", at_ms + n)])
        live.send(waiting(at_ms + 5_000))
        live.until(lambda: len(bases(live)) == 2, "a base of each partition is complete and named")
        time.sleep(3)  # until the bases are older than what this board wants to know
        live.start("board", module=QUICK)
        live.until(live.ready, "it reads")
        assert live.value("contacts_waiting") == WAITING
        assert live.value("contacts_answered") == 0, "what came before the base was not read"
        live.programs["board"].kill()
        live.start("board")
        live.until(live.ready, "it reads")
        assert live.value("contacts_waiting") == WAITING
        assert live.value("contacts_answered") == 30, "a usual board reads 26 hours"


def settled(live: Live) -> list[Line]:
    """The figures, once all workers and the board have come to rest."""
    live.until(lambda: live.state() == "live", "live")
    found: list[Line] = []

    def same() -> bool:
        nonlocal found
        last, found = found, live.figures("total", "queue")
        return bool(found) and last == found and found[0]["at"] > "2000"

    live.until(same, "the figures stand still")
    return found


def value(lines: list[Line], kpi: str) -> Any:
    (line,) = [x for x in lines if x["kpi"] == kpi and x["definition"] == "default"]
    return line["value"]


def answers(subject: str, at_ms: int) -> list[Message]:
    return [message(event("contact.answered", subject, at_ms, data={"agent": "ann"}))]


def check_numbers(live: Live) -> None:
    """The log as it was written: claims, then records numbered without a gap under each."""
    current: dict[int, tuple[int, bytes, int]] = {}
    chunks = 0
    for record in live.records("deltas"):
        read = decode(record.value)
        if isinstance(read, Claim):
            current[record.partition] = (record.offset, read.owner, 0)
            continue
        claim, owner, n = current[record.partition]
        assert (read.claim, read.owner, read.n) == (claim, owner, n + 1)
        current[record.partition] = (claim, owner, n + 1)
        chunks += isinstance(read, Chunk)
    assert chunks >= 2
