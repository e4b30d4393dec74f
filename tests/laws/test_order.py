"""Laws 1 and 2. Order: any order of reading gives the same figures. Repeats change nothing."""

from streams.core.events import Event
from tests.choosers import RandomChooser
from tests.histories import GROUPINGS, arrivals
from tests.laws.kit import Centre, assert_same, over, read_off, told


def check_order(number: int) -> None:
    """In order; in any other order with repeats; the same with the clock running in between."""
    centre = told(number)
    at, by = centre.instant(), centre.choose.one_of(GROUPINGS)
    straight = sorted(centre.before(at), key=lambda event: event.key)
    wanted = read_off(Centre(centre.rules).take(straight).at(at), by=by)

    shuffled = arrivals(centre.choose, centre.raws)
    any_order = Centre(centre.rules).take(centre.before(at, shuffled))
    assert_same(wanted, read_off(any_order.at(at), by=by), "another order")

    live = Centre(centre.rules)
    _with_running_clock(live, centre.before(at, shuffled), at, centre.choose)
    assert_same(wanted, read_off(live.at(at), by=by), "with a running clock")


def _with_running_clock(
    centre: Centre, events: list[Event], at: int, choose: RandomChooser
) -> None:
    """Time passes while events are read, some of them late: timers fire and are taken back."""
    times = sorted(event.time_ms // 1000 for event in events)
    for event, then in zip(events, times, strict=True):
        centre.take([event])
        if choose.number(2):
            centre.at(min(then + choose.one_of((0, 1, 5, 30, 120)), at))


def check_repeats(number: int) -> None:
    """Every event read twice more, in the middle of the others: counted, and nothing else."""
    centre = told(number)
    at = centre.instant()
    once = Centre(centre.rules).take(centre.before(at))
    wanted = read_off(once.at(at))
    events = centre.before(at)
    thrice = Centre(centre.rules)
    for place, event in enumerate(events):
        thrice.take([event])
        thrice.take(events[centre.choose.number(place) : place + 1])
        thrice.at(min(event.time_ms // 1000, at))
    repeats = Centre(centre.rules).take([*events, *centre.before(at)])
    assert_same(wanted, read_off(thrice.at(at)), "read again at once")
    assert repeats.partitions[0].counters["duplicates"] == len(events)
    assert repeats.partitions[0].counters["conflicting_repeats"] == 0
    assert_same(wanted, read_off(repeats.at(at)), "all read again")


def test_order(seed: int) -> None:
    over(check_order, seed, 700)


def test_repeats(seed: int) -> None:
    over(check_repeats, seed, 250)
