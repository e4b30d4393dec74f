"""Law 3. Split: subjects spread over any number of workers, merged, equal one worker."""

from streams.kpis import CATALOGUE
from tests.histories import GROUPINGS, arrivals
from tests.laws.kit import Centre, assert_same, over, read_off, told


def check(number: int) -> None:
    """One worker, and two to five whose contents reach the board in turns."""
    centre = told(number, contacts=8, agents=4)
    at, by = centre.instant(), centre.choose.one_of(GROUPINGS)
    read = arrivals(centre.choose, centre.raws)
    one = Centre(centre.rules).take(centre.before(at, read))
    many = Centre(centre.rules, workers=2 + centre.choose.number(3))
    for event in centre.before(at, read):
        many.take([event])
        if not centre.choose.number(4):  # now and then one of them writes
            writer = many.partitions[centre.choose.number(len(many.partitions) - 1)]
            many.merge(writer.cut())
    found = read_off(many.at(at), by=by)
    assert_same(read_off(one.at(at), by=by), found, f"{len(many.partitions)} workers")
    if not by:
        assert {place[1] for place in found} == set(CATALOGUE), "every KPI is looked at"


def test_split(seed: int) -> None:
    over(check, seed, 400)
