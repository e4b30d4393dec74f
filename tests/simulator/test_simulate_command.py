"""`vigie simulate`: what a supervisor types, and what comes of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli.main import main
from streams.cli.simulate import _live_start
from streams.core.events import Decoder, Event
from tests.simulator.recount import ms_of


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["simulate", *arguments])


def test_the_same_command_writes_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for place in (first, second):
        result = run("--seed", "7", "--duration", "1h", "--to-file", str(place))
        assert result.exit_code == 0, result.output
    assert first.read_bytes() == second.read_bytes()
    lines = first.read_bytes().splitlines()
    assert f"{len(lines)} messages in" in result.stderr
    decoder = Decoder()
    assert all(isinstance(decoder.decode(line), Event) for line in lines)


def test_a_file_ends_with_a_whole_line_whatever_its_length(tmp_path: Path) -> None:
    for seconds in ("61s", "10m", "25m"):
        place = tmp_path / "a.jsonl"
        assert run("--duration", seconds, "--to-file", str(place)).exit_code == 0
        content = place.read_bytes()
        assert content.endswith(b"}\n") and b"\n\n" not in content
        assert len(content.splitlines()) == content.count(b'{"specversion"')


def test_faults_and_size_are_options(tmp_path: Path) -> None:
    place = tmp_path / "a.jsonl"
    result = run(
        "--duration", "10m", "--scale", "2", "--late", "0.1", "--repeat", "0.1", "--shuffle",
        "10m", "--malformed", "0.05", "--agents-gone", "2m-4m", "--to-file", str(place),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    lines = place.read_bytes().splitlines()
    assert len(set(lines)) < 0.95 * len(lines)
    whole = [json.loads(line) for line in lines if b"-broken" not in line and line]
    times = [ms_of(event["time"]) for event in whole]
    assert times != sorted(times)


def test_standard_output_is_a_file_too() -> None:
    result = run("--duration", "30s", "--to-file", "-")
    assert result.exit_code == 0
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert {event["specversion"] for event in events} == {"1.0"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to-file", "x", "--to-kafka"], "say where the events go"),
        ([], "say where the events go"),
        (["--to-file", "x", "--duration", "soon"], "'soon' is no duration"),
        (["--to-file", "x", "--late", "1.5"], "0<=x<=1"),
        (["--to-file", "x", "--start", "2026-11-24T09:00:00"], "no time with an offset"),
        (["--to-file", "x", "--agents-gone", "5m"], "such as 10m-15m"),
        (["--to-file", "x", "--agents-gone", "5m-4m"], "the end comes after"),
        (["--to-file", "x", "--scale", "0"], "0<x<="),
        (["--to-file", "x", "--shuffle", "2h"], "0 to 3600 seconds"),
        (["--to-file", "no/such/folder/x"], "no/such/folder/x: No such file or directory"),
    ],
)
def test_mistakes_are_answered_in_words(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_closed_centre_is_noted() -> None:
    result = run("--duration", "30s", "--start", "2026-11-22T10:00:00+01:00", "--to-file", "-")
    assert result.exit_code == 0 and "the centre is closed" in result.stderr
    result = run("--duration", "30s", "--to-file", "-")
    assert "closed" not in result.stderr


@pytest.mark.parametrize(("speed", "ago"), [(1.0, 0), (0.5, 0), (60.0, 3540), (0.0, 3600)])
def test_events_to_kafka_never_run_ahead_of_the_clock(speed: float, ago: int) -> None:
    start = _live_start("Europe/Paris", speed, 3600)
    assert abs((datetime.now(UTC) - start).total_seconds() - ago) < 60  # the machine may be busy
    assert start.utcoffset() is not None
