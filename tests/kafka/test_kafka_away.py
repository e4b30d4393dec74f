"""Kafka is away at the start, goes away, comes back: pages say so, the figures are right after."""

import signal
import sys
import time
from pathlib import Path

import pytest

from tests.kafka.broker import Broker
from tests.kafka.contacts import answered
from tests.kafka.live import Live, Message
from tests.processes import Program, free_port, wait_until

PER_ROUND = 300


def contacts(number: int) -> list[Message]:
    now_ms = time.time_ns() // 1_000_000 - 30_000
    names = (f"r{number}-{n}" for n in range(PER_ROUND))
    return [one for name in names for one in answered(name, now_ms)]


def test_run_waits_for_kafka_and_survives_its_crash(own_kafka: Broker, tmp_path: Path) -> None:
    with Live(own_kafka.bootstrap, tmp_path / "logs") as live:
        live.make_topics()
        own_kafka.stop()
        run = live.start("run")
        live.until(lambda: live.get("/healthz")[0] == 200, "the web side is up without Kafka", 15)
        live.until(lambda: "no answer" in live.get("/readyz")[1], "it says why")
        status, reason = live.get("/readyz")
        assert (status, own_kafka.bootstrap in reason) == (503, True)
        told = live.wallboard()["status"]
        assert told["state"] == "kafka_unreachable"
        assert told["reason"]["code"] == "kafka_unreachable"
        assert told["reason"]["values"]["since_ms"] <= time.time() * 1000
        own_kafka.start()
        live.until(live.ready, "it goes live when Kafka comes")
        live.send(contacts(1))
        live.until(lambda: live.value("contacts_answered") == PER_ROUND, "counted")
        for crash in (2, 3):
            live.send(contacts(crash))  # some of it is on its way through the worker right now
            own_kafka.kill()
            live.until(lambda: live.state() == "kafka_unreachable", "the tiles say so", 20)
            assert live.get("/readyz")[0] == 503
            own_kafka.start()
            live.until(live.ready, "live again")
            live.until(
                lambda wanted=crash * PER_ROUND: live.value("contacts_answered") == wanted, "all"
            )
        live.send(contacts(4))
        live.until(lambda: live.value("contacts_answered") == 4 * PER_ROUND, "it goes on")
        time.sleep(1.5)  # a heartbeat more: nothing may come twice
        assert live.value("contacts_answered") == 4 * PER_ROUND
        assert live.value("answer_rate") == 1.0
        assert live.metric("vigie_events_lost_total") == 0
        lines = run.log.read_text().splitlines()
        assert len(lines) < 60, "said once, not at every attempt"
        own_kafka.kill()
        ends_in_order(live.programs.pop("run"))


@pytest.mark.parametrize("verb", ["run", "worker", "board"])
def test_without_kafka_everything_ends_in_order(verb: str, tmp_path: Path) -> None:
    with Live(f"127.0.0.1:{free_port()}", tmp_path) as live:
        program = live.start(verb)
        if verb != "worker":
            live.until(lambda: "no answer" in live.get("/readyz")[1], "it says why")
        else:
            wait_until(lambda: listens_for_signals(program), 15, "it has begun")
        ends_in_order(live.programs.pop(verb))


def listens_for_signals(program: Program) -> bool:
    """SIGTERM (number 15) is caught: before that it would end the process as it is."""
    status = Path(f"/proc/{program.process.pid}/status").read_text()
    caught = int(next(line for line in status.splitlines() if "SigCgt" in line).split()[1], 16)
    return bool(caught >> 14 & 1)


def ends_in_order(program: Program) -> None:
    """It ends after SIGTERM by itself, with nobody killed; says how long that took."""
    began = time.monotonic()
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(15) == 0
    assert "killed" not in program.log.read_text()
    sys.stdout.write(f"{program.name} ended in {time.monotonic() - began:.1f} s\n")
