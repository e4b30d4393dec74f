"""The recount's walk through one contact: its events in order → its legs with their outcomes.

The walk only notes what happened, one short method per event type; nothing is counted here.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.oracle_events import Event, Settings, clean, duration_ms
from tests.oracle_legs import INBOUND, Leg, NoAnswer


class ContactWalk:
    """One contact, walked event by event."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.legs: list[Leg] = []
        self.stray_no_answers: list[NoAnswer] = []  # before any leg
        self.stray_offers: list[tuple[int, str | None]] = []
        self.in_force: dict[str, str] = {}  # queue, channel, team
        self.taken_back = False

    # -------------------------------------------------------------- order

    def walk(self, life: Iterable[Event]) -> "ContactWalk":
        """All events, in the order inside a life; a leg is left before the next one opens."""
        waiting = list(life)
        while waiting:
            event = self.next_of(waiting)
            waiting.remove(event)
            self.take(event)
        return self

    def next_of(self, waiting: list[Event]) -> Event:
        """The first event, or one of the same time that leaves the leg before it is replaced."""
        first = waiting[0]
        if first.type != "contact.queued" or self.leg_queued_at(first) is not None:
            return first
        for other in waiting:
            same_time = (other.time_ms, other.sequence) == (first.time_ms, first.sequence)
            if same_time and self.leaves_the_leg(other):
                return other
        return first

    def leaves_the_leg(self, event: Event) -> bool:
        """Whether this event ends the stay in the newest leg."""
        if not self.legs:
            return False
        leg = self.legs[-1]
        what = event.type.removeprefix("contact.")
        if leg.outcome is None:
            if what == "abandoned":
                return event.data.get("where") != "ivr"
            return what in ("flowed_out", "callback_requested", "ended", "transferred")
        if leg.in_conversation:
            return what in ("transferred", "abandoned", "ended")
        return False

    def take(self, event: Event) -> None:
        """Note what the event says about the legs."""
        for name in ("queue", "channel", "team"):
            if event.data.get(name) is not None:
                self.in_force[name] = clean(event.data[name])
        getattr(self, event.type.removeprefix("contact."))(event, event.data)

    # -------------------------------------------------------------- legs

    def leg_queued_at(self, event: Event) -> Leg | None:
        """The leg that this contact.queued repeats: same time, same queue."""
        queue = self.settings.queue(event.data.get("queue"))
        for leg in self.legs:
            if leg.queued_ms == event.time_ms and leg.queue == queue:
                return leg
        return None

    def place(self, queue: str) -> dict[str, Any]:
        """Where a leg that opens now belongs."""
        team = self.settings.of_queue(queue, "team") or self.in_force.get("team") or None
        return {"queue": queue, "channel": self.in_force.get("channel") or "voice", "team": team}

    def leg_or_implied(self) -> Leg:
        """The newest leg; without any, one that no contact.queued is known for."""
        if not self.legs:
            queue = self.settings.queue(self.in_force.get("queue"))
            place = self.place(queue)
            self.legs.append(Leg(**place, direction=INBOUND, queued_ms=None))
            self.legs[-1].offers = self.stray_offers
        return self.legs[-1]

    def decide(self, event: Event, outcome: str) -> bool:
        """The newest leg's outcome; False if it already has one (the first stands)."""
        leg = self.leg_or_implied()
        if leg.outcome is not None:
            return False
        leg.outcome, leg.decided_ms = outcome, event.time_ms
        told = event.data.get("wait_seconds")
        leg.told_wait_ms = None if told is None else duration_ms(told)
        return True

    def queued(self, event: Event, data: Mapping[str, Any]) -> None:
        """Opens a leg, or belongs to the one whose outcome came before it."""
        if self.leg_queued_at(event) is not None:
            return
        place = self.place(self.settings.queue(data.get("queue")))
        direction = data.get("direction") or INBOUND
        last = self.legs[-1] if self.legs else None
        outcome_came_first = (
            last is not None
            and last.queued_ms is None
            and last.outcome in ("answered", "abandoned")
            and not last.moved_on
        )
        if last is not None and outcome_came_first:
            last.queue, last.channel, last.team = place["queue"], place["channel"], place["team"]
            last.direction, last.queued_ms, last.queued_late = direction, event.time_ms, True
            return
        if last is not None and last.outcome is None:
            last.outcome, last.decided_ms = "flowed_out", event.time_ms
        elif last is not None and last.in_conversation:
            last.talk_ended_ms = last.transfers[-1][0] if last.transfers else event.time_ms
        by_transfer = last is not None and last.moved_on
        self.legs.append(Leg(**place, direction=direction, queued_ms=event.time_ms))
        self.legs[-1].opened_by_transfer = by_transfer

    def offered_to_agent(self, event: Event, data: Mapping[str, Any]) -> None:
        """A phone rings."""
        offers = self.legs[-1].offers if self.legs else self.stray_offers
        offers.append((event.time_ms, data.get("agent")))

    def ring_no_answer(self, event: Event, data: Mapping[str, Any]) -> None:
        """Nobody picked up; it belongs to the newest leg."""
        agent = data.get("agent")
        if self.legs:
            self.legs[-1].no_answers.append((event.time_ms, agent))
            return
        place = self.place(self.settings.queue(self.in_force.get("queue")))
        self.stray_no_answers.append(NoAnswer(event.time_ms, agent, **place, direction=INBOUND))

    def answered(self, event: Event, data: Mapping[str, Any]) -> None:
        """The first answer of an undecided leg."""
        if not self.decide(event, "answered"):
            return
        leg = self.legs[-1]
        leg.agent = data.get("agent")
        for offered_ms, agent in leg.offers:  # the last one that fits
            if leg.agent is None or agent == leg.agent:
                leg.ring_ms = event.time_ms - offered_ms

    def abandoned(self, event: Event, data: Mapping[str, Any]) -> None:
        """Left the queue; after an answer it only ends the conversation."""
        if self.legs and self.legs[-1].outcome == "answered":
            self.end_talk(event)
        elif data.get("where") != "ivr":
            self.decide(event, "abandoned")

    def flowed_out(self, event: Event, _: Mapping[str, Any]) -> None:
        """Left the queue without answer and without hanging up."""
        self.decide(event, "flowed_out")

    def callback_requested(self, event: Event, _: Mapping[str, Any]) -> None:
        """Left the queue, will be called back."""
        self.decide(event, "callback")

    def callback_ended(self, event: Event, _: Mapping[str, Any]) -> None:
        """All callbacks of the contact that were requested before are over."""
        for leg in self.legs:
            if leg.outcome == "callback" and leg.callback_over_ms is None:
                leg.callback_over_ms = event.time_ms

    def held(self, event: Event, _: Mapping[str, Any]) -> None:
        """Hold starts, unless it is on."""
        if self.legs and self.legs[-1].in_conversation:
            holds = self.legs[-1].holds
            if not holds or holds[-1][1] is not None:
                holds.append((event.time_ms, None))

    def resumed(self, event: Event, _: Mapping[str, Any]) -> None:
        """Hold ends, if it is on."""
        if self.legs and self.legs[-1].in_conversation:
            holds = self.legs[-1].holds
            if holds and holds[-1][1] is None:
                holds[-1] = (holds[-1][0], event.time_ms)

    def transferred(self, event: Event, data: Mapping[str, Any]) -> None:
        """The contact moves on; whether a leg follows is seen later."""
        if self.legs:
            leg = self.legs[-1]
            leg.moved_on = True
            if leg.outcome == "answered":
                leg.transfers.append((event.time_ms, data.get("mode")))

    def ended(self, event: Event, data: Mapping[str, Any]) -> None:
        """Conversation over; while waiting it is an abandonment."""
        if not self.legs:
            return
        leg = self.legs[-1]
        if leg.outcome is None:
            self.decide(event, "abandoned")
        elif leg.in_conversation:
            self.end_talk(event)
            if data.get("talk_seconds") is not None:
                leg.told_talk_ms = duration_ms(data["talk_seconds"])
            if data.get("hold_seconds") is not None:
                leg.told_hold_ms = duration_ms(data["hold_seconds"])

    def end_talk(self, event: Event) -> None:
        """The conversation of the newest leg ends, once."""
        leg = self.legs[-1]
        if leg.in_conversation:
            leg.talk_ended_ms = event.time_ms

    def wrapup_ended(self, event: Event, data: Mapping[str, Any]) -> None:
        """After-contact work of the last leg that the event can mean; the newest word stands.

        That of the agent it names, else the last whose talk is over, else the last answered.
        """
        answered = [leg for leg in self.legs if leg.outcome == "answered"]
        of_agent = [leg for leg in answered if data.get("agent") and leg.agent == data["agent"]]
        talk_over = [leg for leg in answered if not leg.in_conversation]
        for leg in (of_agent or talk_over or answered)[-1:]:
            leg.wrapup_ms = event.time_ms
            told = data.get("wrapup_seconds")
            leg.told_wrapup_ms = None if told is None else duration_ms(told)

    def deleted(self, _: Event, __: Mapping[str, Any]) -> None:
        """Taken back everywhere."""
        self.taken_back = True

    def no_answers(self) -> list[NoAnswer]:
        """All offers that were not picked up, each in the place of its leg."""
        return self.stray_no_answers + [
            NoAnswer(at_ms, agent, leg.queue, leg.channel, leg.team, leg.direction)
            for leg in self.legs
            for at_ms, agent in leg.no_answers
        ]
