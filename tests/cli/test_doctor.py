"""`vigie doctor`: what it says in each case, in both languages, and how it ends."""

import re
from itertools import chain
from string import Formatter

import pytest
from click.testing import CliRunner, Result

from streams.adapters import examination, topics
from streams.adapters.examination import Finding, Lines, judged
from streams.cli.doctor_words import WORDS, topic_texts
from streams.cli.main import main
from tests.processes import free_port


def doctor(*sets: str) -> Result:
    options = chain.from_iterable(("--set", one) for one in sets)
    return CliRunner().invoke(main, ["doctor", *options], env={"COLUMNS": "200"})


def test_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "ANSWER_MS", 1_000)
    kafka, web = free_port(), free_port()
    found = doctor(f"kafka.bootstrap=127.0.0.1:{kafka}", f"web.listen=127.0.0.1:{web}")
    assert found.exit_code == 1
    assert f"Kafka at 127.0.0.1:{kafka} does not answer within 1 s" in found.stdout
    assert f"http://127.0.0.1:{web}" in found.stdout
    assert "start `vigie run`, or set web.listen to its address" in found.stdout
    assert "2 things are wrong" in found.stdout


def test_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "ANSWER_MS", 1_000)
    found = doctor(f"kafka.bootstrap=127.0.0.1:{free_port()}", "site.language=fr",
                   f"web.listen=127.0.0.1:{free_port()}")  # fmt: skip
    assert "aucun tableau ne répond" in found.stdout
    assert "2 choses ne vont pas" in found.stdout


def test_settings_that_cannot_be_used_end_with_2() -> None:
    found = doctor("site.language=de")
    assert found.exit_code == 2
    assert "site.language" in found.stderr


LOG, GROUP = "deltas", "vigie"


def line(partition: int, lag: int = 0, age: float | None = 0.4, problem: str = "") -> Lines:
    return Lines(partition, lag, age, None, problem)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([line(0), line(1, 3)], [("ok", "lag"), ("ok", "log")]),
        ([line(0, 10_001), line(1)], [("warning", "lag"), ("ok", "log")]),
        ([line(0, age=5.5), line(1)], [("ok", "lag"), ("error", "log_silent")]),
        ([line(0, age=None), line(1)], [("ok", "lag"), ("error", "log_empty")]),
        ([line(0, problem="x")], [("ok", "lag"), ("error", "log_unreadable")]),
    ],
)
def test_what_partitions_look_like(lines: list[Lines], found: list[tuple[str, str]]) -> None:
    told = judged(lines, LOG, GROUP)
    assert [(one.level, one.code) for one in told] == found


def test_the_silent_and_the_worst_are_named() -> None:
    lines = [line(0, age=7), line(1, 5), line(2, 9, age=61.2)]
    lag, silent = judged(lines, LOG, GROUP)
    assert lag.values == {"events": 14, "partitions": 3, "worst": 2}
    assert silent == Finding("error", "log_silent", LOG, {"numbers": "0, 2", "age": "61"})


@pytest.mark.parametrize("code", WORDS)
def test_both_languages_say_the_same_with_the_same_values(code: str) -> None:
    fields = {}
    for language in ("en", "fr"):
        what, to_do = WORDS[code][language]
        fields[language] = {name for _, name, _, _ in Formatter().parse(what + to_do) if name}
        assert bool(to_do) is bool(WORDS[code]["en"][1])
    assert fields["en"] == fields["fr"]
    en, fr = WORDS[code]["en"], WORDS[code]["fr"]
    assert en == fr or set(en) == {"{text}", "{help}"} or en[0] != fr[0] or en[1] != fr[1]


def test_every_sentence_about_topics_has_its_french() -> None:
    wanted = topics.Wanted("calls", 4, 3, {"cleanup.policy": "delete"})
    part = {"replica_nodes": [1], "partition_index": 0, "leader_id": -1}
    found = [
        topics._missing(wanted),
        *topics._size_findings(wanted, [part]),
        *topics._config_findings(wanted, {"cleanup.policy": "compact"}),
    ]
    assert len(found) == 5
    for finding in found:
        what, to_do = topic_texts(finding, "fr")
        assert what != finding.what
        assert to_do != finding.what_to_do or to_do.startswith("kafka-configs ")
        assert topic_texts(finding, "en") == (finding.what, finding.what_to_do)
        assert set(re.findall(r"\d+", what)) == set(re.findall(r"\d+", finding.what))


def test_an_address_that_means_everywhere_is_asked_here() -> None:
    found = examination.board("0.0.0.0", free_port())
    assert found.code == "no_board"
    assert found.where.startswith("http://127.0.0.1:")
    assert examination.board("::", free_port()).where.startswith("http://[::1]:")
