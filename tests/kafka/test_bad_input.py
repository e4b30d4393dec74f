"""Bad input through real Kafka: each in its dead letter or counter, nothing else disturbed."""

import time
from pathlib import Path
from typing import Any

from tests.kafka.contacts import answered, event, iso, message
from tests.kafka.live import Live, Message

GOOD = 40


def dead(now_ms: int) -> dict[str, list[Message]]:
    """Reason of the contract -> messages that must be refused for it."""

    def bad(**changes: Any) -> Message:
        return message(event("contact.answered", "bad", now_ms, **changes))

    headers = (("trace", b"abc"), ("trace", b"def"))
    return {
        "not_json": [Message(b'{"specversion": "1.0", nonsense', b"bad", headers=headers),
                     Message(b"\xff\xfe", None)],
        "not_cloudevents": [bad(specversion="0.3"), Message(b"[1, 2]", b"bad")],
        "missing_field": [bad(id=None), message(event("contact.queued", "bad", now_ms, data={}))],
        "wrong_type": [bad(data={"wait_seconds": "seven"})],
        "bad_time": [bad(time=iso(now_ms).removesuffix("+00:00")), bad(time="yesterday")],
        "out_of_range": [bad(data={"wait_seconds": -3})],
        "too_large": [bad(data={"agent": "x" * 300 * 1024})],
        "in_future": [bad(time=iso(now_ms + 10 * 60_000))],
    }  # fmt: skip


def test_bad_input_is_told_and_disturbs_nothing(kafka: str, tmp_path: Path) -> None:
    now_ms = time.time_ns() // 1_000_000 - 60_000
    good = [answered(f"good-{number}", now_ms + number * 100) for number in range(GOOD)]
    refused = dead(now_ms)
    stream: list[Message] = []
    all_bad = [(reason, one) for reason, some in refused.items() for one in some]
    for contact, (_, bad) in zip(good, all_bad + [("", Message(None, b"t"))] * GOOD, strict=False):
        stream += [contact[0], bad, *contact[1:]]
    tombstones = sum(one.value is None for one in stream)
    stream += [good[0][0], good[1][1]]  # said again
    unknown = event("contact.teleported", "good-2", now_ms)
    stream += [message(unknown), message(event("ticket.invented", "x", now_ms))]
    stray = event("contact.queued", "stray", now_ms)
    stream.append(message(stray, key="somebody else"))
    with Live(kafka, tmp_path) as live:
        live.make_topics()
        live.start("board")
        live.until(lambda: live.state() == "worker_silent", "the board has read an empty log")
        live.start("worker")
        sent = live.send(stream)
        usable = sent - len(all_bad) - tombstones - 2
        live.until(lambda: live.metric("vigie_events_total") == usable, "all are read")
        check_counters(live, refused, tombstones)
        assert live.value("contacts_answered") == GOOD
        assert live.value("answer_rate") == 1.0
        assert live.value("average_speed_of_answer") == 5.0
        assert live.value("contacts_waiting") == 1, "the stray one waits"
        check_letters(live, refused)


def check_counters(live: Live, refused: dict[str, list[Message]], tombstones: int) -> None:
    for reason, some in refused.items():
        assert live.metric(f'vigie_dead_letters_total{{reason="{reason}"}}') == len(some), reason
    assert live.metric('vigie_skipped_total{reason="tombstone"}') == tombstones
    assert live.metric('vigie_skipped_total{reason="unknown_type"}') == 2
    assert live.metric("vigie_duplicates_total") == 2
    assert live.metric("vigie_misrouted_total") == 1


def check_letters(live: Live, refused: dict[str, list[Message]]) -> None:
    """Each letter is the message as it came, with our headers; there are no others."""
    letters = live.records("dead_letters")
    came = {(record.partition, record.offset): record for record in live.records("calls")}
    assert len(letters) == sum(map(len, refused.values()))
    for letter in letters:
        ours = {name: value.decode() for name, value in letter.headers if name[:6] == "vigie-"}
        assert ours["vigie-topic"] == live.settings.kafka.topics.calls
        record = came[int(ours["vigie-partition"]), int(ours["vigie-offset"])]
        assert (letter.key, letter.value) == (record.key, record.value)
        assert [h for h in letter.headers if h[0][:6] != "vigie-"] == list(record.headers)
        original = Message(record.value, record.key, headers=tuple(record.headers))
        assert original in refused[ours["vigie-reason"]], ours
        assert ours["vigie-detail"]
        assert ours["vigie-time"].endswith("Z")
    large = max(letters, key=lambda letter: len(letter.value))
    assert dict(large.headers)["vigie-detail"].startswith(b"307")
