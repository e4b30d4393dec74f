"""The delta log is deleted and made anew under running workers and boards: all is counted again."""

from pathlib import Path

from kafka.admin import KafkaAdminClient

from tests.kafka.live import Live
from tests.kafka.test_takeover import contacts, total
from tests.processes import wait_until


def test_a_log_that_was_made_anew_is_filled_from_the_source(kafka: str, tmp_path: Path) -> None:
    with Live(kafka, tmp_path) as live:
        live.make_topics()
        live.start("board")
        worker = live.start("worker")
        live.until(live.ready, "it runs")
        live.send(contacts(0, 100))
        live.until(lambda: total(live) == 100, "counted")
        delete_log(live)
        live.make_topics()
        live.send(contacts(100, 150))
        live.until(lambda: live.ready() and total(live) == 150, "all is counted again", 60)
        assert live.value("answer_rate") == 1.0
        assert "in doubt" in worker.log.read_text()


def delete_log(live: Live) -> None:
    """As an operator's mistake would."""
    name = live.settings.kafka.topics.deltas
    admin = KafkaAdminClient(bootstrap_servers=live.bootstrap)
    try:
        admin.delete_topics([name])
        wait_until(lambda: name not in admin.list_topics(), 20, "the log is gone")
    finally:
        admin.close()
