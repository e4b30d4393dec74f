"""Who comes, and when: the day's curve, the weekday, and rushes that nobody planned."""

from typing import Final

from streams.simulator import writing
from streams.simulator.chance import Chance
from streams.simulator.contact import Line
from streams.simulator.floor import Floor
from streams.simulator.waiting import Waiting

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 3_600_000
HEARTBEAT_MS: Final = 10_000


class Arrivals:
    """The door of one queue. Its chance is its own: who comes does not depend on who is there."""

    def __init__(self, floor: Floor, waiting: Waiting, line: Line) -> None:
        self._floor = floor
        self._agenda = floor.agenda
        self._staff = floor.staff
        self._waiting = waiting
        self._line = line
        self._chance = Chance(floor.parameters.seed, f"arrivals/{line.queue.name}")
        self._next_ms = 0.0
        self._gap_ms = 0.0
        self._until_ms = 0
        self._was_open = False

    def each_minute(self, _who: object = None, _stage: int = 0) -> None:
        """The rate of this minute. Arrivals have no memory: a new draw at each is no trick."""
        now_ms = self._agenda.now_ms
        self._until_ms = now_ms + _MINUTE_MS
        self._agenda.at(self._until_ms, self.each_minute)
        per_hour = self._contacts_per_hour(now_ms)
        if per_hour:
            self._gap_ms = _HOUR_MS / per_hour
            self._next_ms = float(now_ms)
            self._plan_next()
        elif self._was_open:
            self._waiting.close(self._line)
        self._was_open = per_hour > 0

    def _contacts_per_hour(self, now_ms: int) -> float:
        line, queue, centre = self._line, self._line.queue, self._floor.centre
        percent = queue.curve[self._staff.half_hour()] * queue.week[self._staff.weekday()]
        if now_ms >= line.surge_until_ms:
            line.surge_percent = 100
            if self._chance.share() * centre.surge_every_minutes < 1:
                line.surge_percent = self._chance.between(*centre.surge_percent)
                minutes = self._chance.between(*centre.surge_minutes)
                line.surge_until_ms = now_ms + minutes * _MINUTE_MS
        scale = self._floor.parameters.scale
        return queue.contacts_per_hour * scale * percent * line.surge_percent / 1_000_000

    def _plan_next(self) -> None:
        self._next_ms += self._chance.gap(self._gap_ms)
        if self._next_ms < self._until_ms:
            self._agenda.at(int(self._next_ms), self._arrive)

    def _arrive(self, _who: object, _stage: int) -> None:
        self._plan_next()
        chance, queue, floor = self._chance, self._line.queue, self._floor
        channel = "chat" if chance.happens(queue.chat_share) else "voice"
        contact = floor.contact(self._line, channel, floor.customer())
        if channel == "voice" and chance.happens(queue.menu_hang_up_share):
            fields = f'"where":"ivr","queue":{self._line.name_json},"channel":"voice"'
            floor.writer.contact(writing.ABANDONED, contact, fields)
        else:
            self._waiting.arrive(contact, 0)


class Heartbeats:
    """The sources say every ten seconds that they are alive."""

    def __init__(self, floor: Floor) -> None:
        self._agenda = floor.agenda
        self._writer = floor.writer

    def beat(self, _who: object = None, _stage: int = 0) -> None:
        """One from each source, and the next."""
        self._writer.heartbeats()
        self._agenda.at(self._agenda.now_ms + HEARTBEAT_MS, self.beat)
