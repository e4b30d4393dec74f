"""Lives as bytes: small, whole, and the same after waking up."""

import pytest

from streams.core.engine import Partition
from streams.core.facts import MEASURE_BITS
from streams.core.life import Life
from streams.core.lifecycle.leg import NEVER
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.measures import ORDERED
from streams.core.packing import head, pack, standing, unpack
from streams.core.targets import Rules
from tests.histories import arrivals
from tests.laws.kit import decoded, over, told
from tests.timelines import TEN_S, agent, contact

CALL = contact(
    "3f2a-81c4-77b0-2d01",
    (0, "queued", {"queue": "Réclamations", "channel": "voice"}),
    (5, "offered_to_agent", {"agent": "agent-0115"}),
    (9, "answered", {"agent": "agent-0115", "wait_seconds": 9.0}),
    (250.5, "ended", {"talk_seconds": 241.5}),
    (290, "wrapup_ended", {"agent": "agent-0115", "wrapup_seconds": 39.5}),
)
RULES = Rules()


def worker(rules: Rules = RULES) -> Partition:
    """A worker of which nothing is known."""
    return Partition(Surroundings(rules))


def check_round_trip(number: int) -> None:
    """Whatever a life has been through: bytes give the same life, and that the same bytes."""
    centre = told(number)
    partition = worker(centre.rules)
    for raw in arrivals(centre.choose, centre.raws):
        partition.take(decoded([raw], centre.rules)[0], record_ms=0)
        if centre.choose.number(1):
            partition.advance(centre.instant() * 1000)
            partition.cut()
    partition.cut()
    for key, life in partition.lives.items():
        raw_life = life.raw = pack(life, partition.now_ms)
        again = unpack(raw_life, key[0], key[1:], partition.around)
        assert again.facts == life.facts
        assert [(e.key, e.data) for e in again.events] == [(e.key, e.data) for e in life.events]
        assert (again.settle_ms, again.due_ms) == (life.settle_ms, life.due_ms)
        assert not again.stale
        second = pack(again, partition.now_ms)  # its tables may stand in another order
        third = unpack(second, key[0], key[1:], partition.around)
        assert pack(third, partition.now_ms) == second
        assert head(raw_life).due_ms == life.due_ms
        sums = sorted(standing(raw_life, key[0], key[1:], partition.around))
        assert sums == sorted(life.standing())


def test_a_life_survives_its_bytes(seed: int) -> None:
    over(check_round_trip, seed, 300)


def test_a_whole_contact_takes_at_most_400_bytes() -> None:
    """With ids as a telephone system gives them: 18 bytes of host, instant and number."""
    raws = [raw | {"id": f"1732528800.1234{n:03}"} for n, raw in enumerate(CALL)]
    partition = worker()
    for event in decoded(raws, RULES):
        partition.take(event, record_ms=event.time_ms)
    partition.advance((TEN_S + 300) * 1000)
    (raw,) = partition.cut().lives.values()
    assert raw is not None
    assert len(raw) <= 400


def test_what_is_added_later_gives_the_same_bytes() -> None:
    """Events already packed are not packed anew: that must not show."""
    step_by_step, at_once = worker(), worker()
    for event in decoded(CALL, RULES):
        step_by_step.take(event, record_ms=0)
        content = step_by_step.cut()
    for event in decoded(CALL, RULES):
        at_once.take(event, record_ms=0)
    assert content.lives == at_once.cut().lives


@pytest.mark.parametrize("asleep", [False, True], ids=["booked", "packed again"])
def test_facts_of_a_newer_release_stay_as_they_are(asleep: bool) -> None:
    """Their measure is not known here: they are neither counted, nor taken back, nor lost."""
    newer = len(ORDERED) + 3
    life = _called()
    cell = life.around.places.cell(life.around.places.names[1])
    life.strange[cell | newer, TEN_S + 7, 0] = 2
    raw = pack(life, 0)
    if asleep:
        raw = pack(unpack(raw, "c", life.subject, life.around), 0)
    again = unpack(raw, "c", life.subject, life.around)
    assert again.strange == life.strange
    assert again.facts == life.facts
    assert not again.stale


def _called() -> Life:
    partition = worker()
    for event in decoded(CALL, RULES):
        partition.take(event, record_ms=0)
    partition.cut()
    (life,) = partition.lives.values()
    places = life.around.places
    places.cell((*places.names[0], *places.names[0]))
    assert len(places.names) == 2
    return life


def test_a_head_tells_timer_and_settling_without_unpacking() -> None:
    partition = worker()
    for event in decoded(CALL[:1], RULES):
        partition.take(event, record_ms=5)
    (raw,) = partition.cut().lives.values()
    assert raw is not None
    assert head(raw).due_ms == (TEN_S + 20) * 1000
    assert head(raw).settle_ms is None
    for event in decoded(CALL[1:], RULES):
        partition.take(event, record_ms=5)
    (raw,) = partition.cut().lives.values()
    assert raw is not None
    assert head(raw).due_ms == NEVER
    assert head(raw).settle_ms == 3_600_005


def test_an_agent_of_five_groups_keeps_each_fact_once() -> None:
    rules = Rules(groups={"care": ("a", "b"), "all": ("a", "b", "c")})
    states = ("available", "on_contact", "wrapup")
    steps = [(30 * n, states[n % 3], {"queues": ["a", "b", "c"]}) for n in range(60)]
    partition = worker(rules)
    for event in decoded(agent("ann", *steps), rules):
        partition.take(event, record_ms=0)
    content = partition.cut()
    (life,) = partition.lives.values()
    places = {cell >> MEASURE_BITS for cell, _, _ in life.facts}
    assert len(places) == 1
    assert len(life.around.places.names[places.pop()]) == 6, "overall, three queues, two groups"
    groups = set(content.cells[0::5]) | set(content.levels[1::6])
    assert len(groups) == 6, "the log has them one by one"
    assert len(life.raw) < 60 * 80
