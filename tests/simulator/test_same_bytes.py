"""The same seed and parameters give the same bytes, today and on any machine."""

import hashlib
import os
import subprocess
import sys
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from streams.simulator import Delivery, Faults, Parameters, simulate
from streams.simulator.chance import Chance
from tests.simulator.runs import TUESDAY_9, parameters, told

BAD_WAY = Faults(late=0.05, repeat=0.05, shuffle_seconds=60, malformed=0.02)
SCRIPT = """
from tests.simulator.test_same_bytes import BAD_WAY, digest
from tests.simulator.runs import told
print(digest(told(duration_seconds=1200, faults=BAD_WAY)))
"""
DIGEST_OF_SEED_7 = "a4d6739dea5c16a27b5df8e16f3b315a7754fa131cb4056821d906e40820bfb2"
"""Changes with every change of the simulated centre: replace it knowingly, then."""


def digest(deliveries: list[Delivery]) -> str:
    """A fingerprint of all that is delivered, and when."""
    total = hashlib.sha256()
    for delivery in deliveries:
        total.update(f"{delivery.at_ms} {delivery.topic} ".encode())
        total.update(delivery.key + b" " + delivery.value + b"\n")
    return total.hexdigest()


def test_twice_the_same() -> None:
    assert digest(told(faults=BAD_WAY)) == digest(told(faults=BAD_WAY))


@pytest.mark.parametrize("hash_seed", ["1", "4242"])
def test_the_same_in_another_process(hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.strip() == digest(told(duration_seconds=1200, faults=BAD_WAY))


def test_the_same_as_on_the_machine_where_it_was_written() -> None:
    assert digest(told(duration_seconds=1200, faults=BAD_WAY)) == DIGEST_OF_SEED_7


def test_another_seed_is_another_day() -> None:
    assert digest(told()) != digest(told(seed=8))


def test_who_comes_does_not_depend_on_who_is_there() -> None:
    def first_arrivals(**changes: object) -> list[bytes]:
        values = (delivery.value for delivery in told(duration_seconds=240, **changes))
        lines = [value for value in values if b'"contact.queued"' in value]
        return [line[line.index(b'"time"') : line.index(b'"subject"')] for line in lines]

    assert first_arrivals() == first_arrivals(agents_gone=((1, 240),))


def test_ids_and_subjects_of_two_runs_never_meet() -> None:
    def names(**changes: object) -> set[bytes]:
        found = told(duration_seconds=300, **changes)
        contacts = {d.key for d in found if d.topic.endswith("calls") and b"://" not in d.key}
        ids = {d.value[d.value.index(b'"id"') : d.value.index(b'"time"')] for d in found}
        return contacts | ids

    later = TUESDAY_9 + timedelta(seconds=1)
    assert names() and not names() & names(seed=8)
    assert not names() & names(start=later)


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    short = told(duration_seconds=600)
    assert list(islice(simulate(parameters(duration_seconds=7200)), len(short))) == short


def test_events_are_made_as_they_are_asked_for() -> None:
    year = simulate(parameters(duration_seconds=366 * 86_400))
    assert len(list(islice(year, 1000))) == 1000


def test_chance_keeps_its_laws() -> None:
    chance = Chance(7, "law")
    gaps = [chance.gap(100.0) for _ in range(50_000)]
    assert sum(gaps) / len(gaps) == pytest.approx(100, rel=0.02)
    assert sum(gap > 200 for gap in gaps) / len(gaps) == pytest.approx(0.135, abs=0.01)
    numbers = [chance.between(3, 5) for _ in range(3_000)]
    assert set(numbers) == {3, 4, 5}


@pytest.mark.parametrize(
    ("changes", "told_about"),
    [
        ({"start": TUESDAY_9.replace(tzinfo=None)}, "offset"),
        ({"duration_seconds": 0}, "duration"),
        ({"seed": -1}, "seed"),
        ({"scale": 0.0}, "scale"),
        ({"agents_gone": ((20, 10),)}, "agents gone"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(
    changes: dict[str, object], told_about: str
) -> None:
    with pytest.raises(ValueError, match=told_about):
        parameters(**changes)


def test_parameters_are_values() -> None:
    assert parameters() == parameters()
    assert isinstance(parameters(), Parameters)
