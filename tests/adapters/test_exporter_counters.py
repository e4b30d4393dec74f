"""Counters only go up and start with the process; windows carry the corrected truth."""

from tests.adapters.test_exporter import Labels, rules, samples, value
from tests.feeding import PIPELINE, Fed, fed
from tests.timelines import TEN_S, contact

ANSWERED = "contact_center_contacts_answered_total"
ABANDONED = "contact_center_contacts_abandoned_total"
PLACE = {"queue": "support"}


def test_every_target_is_a_bound_and_the_count_there_is_exact() -> None:
    """A wait of exactly the target is in time, in the histograms as in the count."""
    settings = {"queues": {"support": {"answer_target_seconds": 12.5}}}
    waits = [12.499, 12.5, 12.501, 12.6, 3.0, 600.0, 600.001]
    events = [
        event
        for number, wait in enumerate(waits)
        for event in contact(f"c{number}", (0, "queued"), (wait, "answered"))
    ]
    text = fed(rules(settings), events, TEN_S + 800).text()
    window = {**PLACE, "window": "15m"}
    spread = "contact_center_window_wait_spread_seconds_bucket"
    in_time = value(text, "contact_center_window_answered_within_target", **window)
    assert in_time == value(text, spread, **window, le="12.5") == 3
    assert value(text, "contact_center_wait_seconds_bucket", **PLACE, le="12.5") == 3
    assert value(text, spread, **window, le="600.0") == 6
    assert value(text, spread, **window, le="+Inf") == 7
    assert value(text, "contact_center_window_wait_durations", **window) == 7
    assert value(text, "contact_center_window_wait_maximum_seconds", **window) == 600.001
    assert value(text, "contact_center_window_wait_seconds", **window) == sum(waits)
    assert value(text, "contact_center_wait_seconds_sum", **PLACE) == sum(waits)


def test_what_leaves_the_window_leaves_every_bucket() -> None:
    made = fed(rules({}), contact("a", (0, "queued"), (30, "answered")), TEN_S + 60)
    window = {**PLACE, "window": "15m"}
    spread = "contact_center_window_wait_spread_seconds_bucket"
    assert value(made.text(), spread, **window, le="30.0") == 1
    made.at(TEN_S + 30 + 900)  # the second of the answer is the window's first
    assert value(made.text(), spread, **window, le="30.0") == 1
    made.at(TEN_S + 31 + 900)
    text = made.text()
    assert value(text, spread, **window, le="30.0") == 0
    assert value(text, spread, **window, le="+Inf") == 0
    assert value(text, "contact_center_window_wait_maximum_seconds", **window) is None
    assert value(text, ANSWERED, **PLACE) == 1, "a counter has no window"


def test_a_correction_is_counted_beside_and_the_window_is_right() -> None:
    """Taken for abandoned until the answer is read that came before."""
    made = Fed(rules({}))
    queued, abandoned = contact("a", (0, "queued"), (50, "abandoned"))
    made.take([queued, abandoned])
    made.at(TEN_S + 60)
    assert value(made.text(), ABANDONED, **PLACE) == 1
    made.take(contact("a", (10, "answered")))
    made.at(TEN_S + 61)
    text = made.text()
    assert value(text, ABANDONED, **PLACE) == 1
    assert value(text, "contact_center_contacts_abandoned_retracted_total", **PLACE) == 1
    assert value(text, ANSWERED, **PLACE) == 1
    window = {**PLACE, "window": "15m"}
    assert value(text, "contact_center_window_contacts_abandoned", **window) == 0
    assert value(text, "contact_center_window_contacts_answered", **window) == 1
    assert value(text, "contact_center_wait_abandoned_retracted_total", **PLACE) == 1


def test_offered_is_the_sum_of_its_parts() -> None:
    events = [
        *contact("a", (0, "queued"), (10, "answered")),
        *contact("b", (0, "queued"), (10, "abandoned")),
        *contact("c", (0, "queued"), (2, "abandoned")),  # short: nobody could have served it
        *contact("d", (0, "queued"), (10, "flowed_out", {"reason": "overflow"})),
    ]
    text = fed(rules({}), events, TEN_S + 60).text()
    assert value(text, "contact_center_contacts_offered_total", **PLACE) == 3
    assert value(text, "contact_center_window_contacts_offered", **PLACE, window="1h") == 3


def test_no_counter_ever_goes_down() -> None:
    made = Fed(rules({}))
    before: dict[tuple[str, Labels], float] = {}
    for second in range(0, 4000, 200):
        made.take(contact(f"c{second}", (second, "queued"), (second + 30, "answered")))
        if second % 400 == 0:  # and a late correction of the one before
            made.take(contact(f"c{second - 200}", (second - 180, "abandoned")))
        made.at(TEN_S + second + 60)
        now = samples(made.text())
        counters = {
            key: found
            for key, found in now.items()
            if key[0].endswith(("_total", "_count", "_sum"))
            or (key[0].endswith("_bucket") and "window" not in key[0])
        }
        assert len(counters) > 40
        assert all(found >= before.get(key, 0) for key, found in counters.items())
        before = counters


def test_what_was_read_before_the_start_is_not_counted() -> None:
    """A board that starts anew reads the log's past into its windows, not into its counters."""
    old = fed(rules({}), contact("a", (0, "queued"), (10, "answered")), TEN_S + 60)
    text = Fed(rules({})).exporter.render(old.board, PIPELINE, openmetrics=False).decode()
    assert value(text, ANSWERED, **PLACE) == 0
    assert value(text, "contact_center_window_contacts_answered", **PLACE, window="1h") == 1


def test_a_queue_that_was_a_mistake_leaves_no_series() -> None:
    """Deleted by its source: all its facts are taken back, as if it had never been."""
    made = fed(rules({}), contact("a", (0, "queued", {"queue": "typo"})), TEN_S + 10)
    assert 'queue="typo"' in made.text()
    made.take(contact("a", (5, "deleted")))
    made.at(TEN_S + 20)
    assert 'queue="typo"' not in made.text()
