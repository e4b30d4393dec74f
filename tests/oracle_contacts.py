"""The recount of every contact figure: simple loops over the legs of one group and one window.

Each leg is looked at again for each figure. Only inbound legs come in here.
"""

from tests.oracle_events import (
    Figure,
    FigureKey,
    Settings,
    Window,
    count,
    largest,
    mean_and_percentiles,
    ratio,
    seconds,
)
from tests.oracle_legs import Leg, NoAnswer


class ContactFigures:
    """The figures of some legs at T, over a window that ends at T."""

    def __init__(
        self, settings: Settings, legs: list[Leg], no_answers: list[NoAnswer], window: Window
    ) -> None:
        self.settings = settings
        self.legs = legs
        self.no_answers = no_answers
        self.window = window
        self.now_ms = window.end_ms
        self.answered = self.decided_as("answered")
        self.short = [leg for leg in self.decided_as("abandoned") if self.is_short(leg)]
        self.abandoned = [leg for leg in self.decided_as("abandoned") if not self.is_short(leg)]
        self.flowed_out = self.decided_as("flowed_out")
        self.callbacks = self.decided_as("callback")
        self.offered = self.answered + self.abandoned + self.flowed_out + self.callbacks
        self.decided = self.offered + self.short
        self.handled = [leg for leg in legs if window.holds(leg.work_ended_ms)]

    def all(self) -> dict[FigureKey, Figure]:
        """Every figure of kpis.md, "Contacts", keyed KPI, definition, part, stat."""
        plain = {**self.counts(), **self.shares(), **self.service_level(), **self.live()}
        figures: dict[FigureKey, Figure] = {
            (kpi, definition, None, None): figure for (kpi, definition), figure in plain.items()
        }
        return {**figures, **self.waits(), **self.work()}

    # -------------------------------------------------------------- reading a leg

    def decided_as(self, outcome: str) -> list[Leg]:
        """The legs with that outcome in the window, short abandons included."""
        return [
            leg for leg in self.legs if leg.outcome == outcome and self.window.holds(leg.decided_ms)
        ]

    def is_short(self, leg: Leg) -> bool:
        """An abandonment before the short limit; exactly at the limit is none."""
        limit = self.settings.limit_ms(leg.queue, "short_abandon_seconds")
        return leg.outcome == "abandoned" and leg.wait_ms is not None and leg.wait_ms < limit

    def target_ms(self, leg: Leg) -> int:
        """The answer target T of the leg's queue."""
        return self.settings.limit_ms(leg.queue, "answer_target_seconds")

    def in_time(self, legs: list[Leg]) -> list[Leg]:
        """Those whose wait is known and at most T."""
        return [
            leg for leg in legs if leg.wait_ms is not None and leg.wait_ms <= self.target_ms(leg)
        ]

    def misses(self, *final_outcomes: str | None) -> list[Leg]:
        """Legs whose T elapsed in the window without a decision, by what became of them."""
        found = []
        for leg in self.legs:
            began_ms = leg.wait_began_ms
            if began_ms is None or leg.outcome not in final_outcomes or self.is_short(leg):
                continue
            elapsed_ms = began_ms + self.target_ms(leg)
            until_ms = self.now_ms if leg.decided_ms is None else leg.decided_ms
            if until_ms > elapsed_ms and self.window.holds(elapsed_ms):
                found.append(leg)
        return found

    # -------------------------------------------------------------- counts and ratios

    def counts(self) -> dict[tuple[str, str], Figure]:
        """Contacts by what became of them."""
        return {
            ("contacts_queued", "default"): count(
                leg for leg in self.legs if self.window.holds(leg.queued_ms)
            ),
            ("contacts_offered", "default"): count(self.offered),
            ("contacts_answered", "default"): count(self.answered),
            ("contacts_abandoned", "default"): count(self.abandoned),
            ("contacts_abandoned", "incl_short"): count(self.abandoned + self.short),
            ("contacts_short_abandoned", "default"): count(self.short),
            ("contacts_flowed_out", "default"): count(self.flowed_out),
            ("callbacks_requested", "default"): count(self.callbacks),
            ("ring_no_answers", "default"): count(
                no_answer for no_answer in self.no_answers if self.window.holds(no_answer.at_ms)
            ),
        }

    def shares(self) -> dict[tuple[str, str], Figure]:
        """The ratios besides service level."""
        answered, offered, decided = len(self.answered), len(self.offered), len(self.decided)
        abandoned, short = len(self.abandoned), len(self.short)
        moved = [leg for leg in self.handled if leg.transfers]
        arrived_by_transfer = [leg for leg in self.offered if leg.opened_by_transfer]
        to_self_service = len(
            [leg for leg in self.answered if "self_service" in [mode for _, mode in leg.transfers]]
        )
        return {
            ("answer_rate", "default"): ratio(answered, offered),
            ("answer_rate", "source_b"): ratio(answered, decided),
            ("abandonment_rate", "default"): ratio(abandoned, offered),
            ("abandonment_rate", "incl_short"): ratio(abandoned + short, offered + short),
            ("abandonment_rate", "source_b"): ratio(decided - answered, decided),
            ("transfer_rate", "default"): ratio(len(moved), len(self.handled)),
            ("transfer_rate", "in"): ratio(len(arrived_by_transfer), offered),
            ("self_service_transfer_rate", "default"): ratio(to_self_service, offered),
            ("self_service_transfer_rate", "source_b"): ratio(to_self_service, answered),
        }

    def service_level(self) -> dict[tuple[str, str], Figure]:
        """The six names of service level."""
        hits = len(self.in_time(self.answered))
        abandoned = len(self.in_time(self.abandoned))
        callbacks = len(self.in_time(self.callbacks))
        flowed_out = len(self.in_time(self.flowed_out))
        missed = len(self.misses(None, "answered", "abandoned"))
        missed_of_all = missed + len(self.misses("flowed_out", "callback"))
        known = [leg for leg in self.answered if leg.wait_ms is not None]
        against = hits + missed + abandoned
        good = hits + abandoned + callbacks
        return {
            ("service_level", "default"): ratio(hits, against),
            ("service_level", "abandons_ignored"): ratio(hits, hits + missed),
            ("service_level", "abandons_count_for"): ratio(hits + abandoned, against),
            ("service_level", "answered_only"): ratio(hits, len(known)),
            ("service_level", "queue_exit"): ratio(good, good + flowed_out + missed_of_all),
            ("service_level", "source_b"): ratio(len(self.answered), len(self.decided)),
        }

    # -------------------------------------------------------------- durations

    def waits(self) -> dict[FigureKey, Figure]:
        """Waiting and ringing, booked when the leg is decided."""
        answered = [leg.wait_ms for leg in self.answered]
        abandoned = [leg.wait_ms for leg in self.abandoned]
        decided = [leg.wait_ms for leg in self.decided]
        ring = [leg.ring_ms for leg in self.answered]

        def longest(waits: list[int | None]) -> Figure:
            return largest([ms for ms in waits if ms is not None])

        return {
            **mean_and_percentiles("average_speed_of_answer", "default", answered),
            **mean_and_percentiles("average_speed_of_answer", "source_b", decided),
            **mean_and_percentiles("average_time_to_abandon", "default", abandoned),
            **mean_and_percentiles("average_agent_response_delay", "default", ring),
            **mean_and_percentiles("average_agent_response_delay", "source_b", answered),
            ("longest_wait", "default", None, None): longest(answered),
            ("longest_wait", "incl_abandoned", None, None): longest(answered + abandoned),
        }

    def work(self) -> dict[FigureKey, Figure]:
        """Talk, hold, after-contact work and their sum, booked when the work ends."""
        handle = [leg.handle_ms for leg in self.handled]
        with_wait = [
            leg.handle_ms + leg.wait_ms
            for leg in self.handled
            if leg.handle_ms is not None and leg.wait_ms is not None
        ]
        talk = [leg.talk_ms for leg in self.handled]
        hold = [leg.hold_ms for leg in self.handled]
        after = [leg.after_contact_work_ms for leg in self.handled]
        return {
            **mean_and_percentiles("average_handle_time", "default", handle),
            **mean_and_percentiles("average_handle_time", "source_b", with_wait),
            **mean_and_percentiles("average_talk_time", "default", talk),
            **mean_and_percentiles("average_hold_time", "default", [ms for ms in hold if ms]),
            **mean_and_percentiles("average_hold_time", "all_contacts", hold),
            **mean_and_percentiles("average_after_contact_work", "default", after),
            **mean_and_percentiles(
                "average_after_contact_work", "nonzero", [ms for ms in after if ms]
            ),
        }

    # -------------------------------------------------------------- live

    def live(self) -> dict[tuple[str, str], Figure]:
        """What stands at T."""
        waiting = []
        callbacks = []
        for leg in self.legs:
            if leg.outcome is None:
                assert leg.queued_ms is not None
                limit = self.settings.limit_ms(leg.queue, "maximum_wait_seconds")
                if self.now_ms <= leg.queued_ms + limit:  # beyond it: a ghost
                    waiting.append(leg.queued_ms)
            if leg.outcome == "callback" and leg.callback_over_ms is None:
                assert leg.decided_ms is not None
                limit = self.settings.limit_ms(leg.queue, "callback_limit_seconds")
                if self.now_ms <= leg.decided_ms + limit:
                    callbacks.append(leg)
        oldest_ms = min(waiting, default=self.now_ms)
        return {
            ("contacts_waiting", "default"): count(waiting),
            ("longest_wait_now", "default"): Figure(seconds(self.now_ms - oldest_ms)),
            ("contacts_in_progress", "default"): count(
                leg for leg in self.legs if leg.in_conversation
            ),
            ("callbacks_waiting", "default"): count(callbacks),
        }
