"""Whether the input topics still are those that the delta log speaks of."""

import pytest

from streams.core.delta import Claim, Positions
from streams.core.log_claim import Identity, claim_of
from streams.core.log_load import Loaded
from streams.core.log_source import SourceCheck, check_source

from .delta_kit import ANNE, IDENTITY


def check(
    loaded: Loaded,
    *,
    begin: int = 0,
    end: int = 100,
    committed: Positions | None = None,
    identity: Identity = IDENTITY,
) -> SourceCheck:
    return check_source(
        loaded,
        identity,
        begins={"calls": begin},
        ends={"calls": end},
        committed=committed or {},
    )


def loaded(at: int = 50, previous: Claim | None = None) -> Loaded:
    return Loaded(to={"calls": at}, previous=previous or claim_of(IDENTITY, ANNE, 0))


def test_nothing_to_say() -> None:
    assert check(loaded()) == SourceCheck()
    assert check(loaded(), begin=50, end=50, committed={"calls": 50}) == SourceCheck()
    assert check(Loaded()) == SourceCheck(), "a new log"


def test_a_source_that_ends_too_early_stops_the_partition() -> None:
    (stop,) = check(loaded(), end=49).stop
    assert "calls" in stop
    assert "50" in stop


@pytest.mark.parametrize(
    "other",
    [
        Identity(cluster_id="two", topic_ids={"calls": "c1"}),
        Identity(cluster_id="one", topic_ids={"calls": "c2"}),
    ],
    ids=["another cluster", "another topic"],
)
def test_another_source_stops_the_partition(other: Identity) -> None:
    assert len(check(loaded(), identity=other).stop) == 1


def test_a_topic_that_is_new_here_is_no_other_topic() -> None:
    more = Identity(cluster_id="one", topic_ids={"calls": "c1", "tickets": "t1"})
    assert check(loaded(), identity=more) == SourceCheck()


def test_what_retention_took_is_lost_and_counted() -> None:
    assert check(loaded(), begin=60) == SourceCheck(lost={"calls": 10})


def test_the_log_wins_over_the_groups_commit() -> None:
    assert check(loaded(), committed={"calls": 53}) == SourceCheck(ahead={"calls": 3})
    assert check(loaded(), committed={"calls": 40}) == SourceCheck()


def test_a_topic_that_is_no_longer_read_is_left_alone() -> None:
    assert check(Loaded(to={"calls": 5, "faxes": 9})) == SourceCheck()
