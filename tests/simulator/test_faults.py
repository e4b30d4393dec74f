"""What goes wrong on the way: in the shares that were asked for, and nothing is lost."""

from collections import Counter

import pytest

from streams.core.events import Decoder, Event, Rejected
from streams.simulator import Delivery, Faults
from streams.simulator.breakage import IN_FUTURE, KINDS, TOO_LARGE
from streams.simulator.faults import LATE_MS, REPEAT_MS, with_faults
from tests.simulator.runs import told

DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def good() -> list[Delivery]:
    """About 25 000 events as they happen."""
    return told(scale=4.0)


def faulty(good: list[Delivery], faults: Faults) -> list[Delivery]:
    found = list(with_faults(good, faults, seed=7))
    times = [delivery.at_ms for delivery in found]
    assert times == sorted(times)
    return found


def counted(deliveries: list[Delivery]) -> Counter[bytes]:
    return Counter(delivery.value for delivery in deliveries)


def delays_ms(good: list[Delivery], bad: list[Delivery]) -> list[int]:
    sent = {delivery.value: delivery.at_ms for delivery in good}
    return [delivery.at_ms - sent[delivery.value] for delivery in bad]


def test_no_faults_change_nothing(good: list[Delivery]) -> None:
    assert faulty(good, Faults()) == good


@pytest.mark.parametrize("share", [0.01, 0.2, 1.0])
def test_a_share_comes_late(good: list[Delivery], share: float) -> None:
    bad = faulty(good, Faults(late=share))
    assert counted(bad) == counted(good)
    late = [delay for delay in delays_ms(good, bad) if delay]
    assert len(late) / len(good) == pytest.approx(share, rel=0.15)
    assert min(late) >= LATE_MS[0] and max(late) <= LATE_MS[1]


@pytest.mark.parametrize("share", [0.01, 0.2, 1.0])
def test_a_share_comes_twice(good: list[Delivery], share: float) -> None:
    bad = faulty(good, Faults(repeat=share))
    times = counted(bad)
    assert set(times) == set(counted(good)) and set(times.values()) <= {1, 2}
    assert (len(bad) - len(good)) / len(good) == pytest.approx(share, rel=0.15)
    assert max(delays_ms(good, bad)) <= REPEAT_MS[1]


def test_disorder_is_bounded(good: list[Delivery]) -> None:
    bad = faulty(good, Faults(shuffle_seconds=600))
    assert counted(bad) == counted(good)
    delays = delays_ms(good, bad)
    assert min(delays) >= 0 and 590_000 < max(delays) <= 600_000
    assert [d.value for d in bad] != [d.value for d in good]


@pytest.mark.parametrize("share", [0.01, 0.5])
def test_a_share_of_broken_messages_comes_on_top(good: list[Delivery], share: float) -> None:
    bad = faulty(good[:8000], Faults(malformed=share))
    whole = counted(good[:8000])
    assert whole <= counted(bad)
    assert (len(bad) - 8000) / 8000 == pytest.approx(share, rel=0.3)


def test_every_broken_message_gets_the_reason_that_it_should(good: list[Delivery]) -> None:
    whole = {delivery.value for delivery in good[:8000]}
    decoder = Decoder()
    seen: Counter[str] = Counter()
    for message in faulty(good[:8000], Faults(malformed=0.5)):
        if message.value not in whole:
            seen[reason(decoder, message)] += 1
    expected = {name for name, _ in (*KINDS, IN_FUTURE, TOO_LARGE)}
    assert set(seen) == expected
    assert seen["too_large"] < 0.05 * seen.total()


def reason(decoder: Decoder, message: Delivery) -> str:
    """What the core says of a broken message; its clock is the time of delivery."""
    try:
        event = decoder.decode(message.value)
    except Rejected as error:
        return error.reason
    if isinstance(event, Event):
        assert event.time_ms == message.at_ms + DAY_MS
        assert event.subject.encode() == message.key
        return "in_future"
    return event.reason


def test_a_file_holds_nothing_ahead_of_its_time(good: list[Delivery]) -> None:
    whole = {delivery.value for delivery in good[:8000]}
    bad = faulty(good[:8000], Faults(malformed=0.5, ahead=False))
    broken = [message for message in bad if message.value not in whole]
    seen = Counter(reason(Decoder(), message) for message in broken)
    assert set(seen) == {name for name, _ in (*KINDS, TOO_LARGE)}


def test_a_broken_message_is_one_line(good: list[Delivery]) -> None:
    bad = faulty(good[:8000], Faults(malformed=0.5))
    assert not [message for message in bad if b"\n" in message.value]


def test_faults_do_not_change_what_happens(good: list[Delivery]) -> None:
    whole = told(scale=4.0, faults=Faults(late=0.1, repeat=0.1, shuffle_seconds=30, malformed=0.01))
    assert set(counted(good)) <= set(counted(whole))


@pytest.mark.parametrize(
    "wrong",
    [{"late": -0.1}, {"repeat": 1.1}, {"malformed": 2.0}, {"shuffle_seconds": 7200.0}],
)
def test_shares_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"from 0|0 to 3600"):
        Faults(**wrong)  # type: ignore[arg-type]  # `ahead` is no float, and is not among them
