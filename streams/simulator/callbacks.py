"""Promised callbacks: kept when an agent is free, cancelled, or forgotten until they expire."""

from typing import Final

from streams.simulator import writing
from streams.simulator.contact import Contact
from streams.simulator.conversation import Conversation
from streams.simulator.floor import Floor
from streams.simulator.staff import Agent
from streams.simulator.waiting import Waiting

_FIRST_TRY_MS: Final = (180_000, 900_000)
_NEXT_TRY_MS: Final = (30_000, 90_000)
_EXPIRES_MS: Final = 2_400_000
_CANCELLED_SHARE: Final = 0.10
_FORGOTTEN_SHARE: Final = 0.05
_REACHED_SHARE: Final = 0.75
_DIAL_MS: Final = (6_000, 25_000)


class Callbacks:
    """The customers who wait at home."""

    def __init__(self, floor: Floor, waiting: Waiting, conversation: Conversation) -> None:
        self._floor = floor
        self._agenda = floor.agenda
        self._writer = floor.writer
        self._staff = floor.staff
        self._chance = floor.chance
        self._conversation = conversation
        waiting.callbacks = self

    def promise(self, contact: Contact) -> None:
        """The contact left its queue and will be called back."""
        chance, now_ms = self._chance, self._agenda.now_ms
        contact.leaves_ms = now_ms + _EXPIRES_MS
        fate = chance.share()
        if fate < _FORGOTTEN_SHARE:
            self._agenda.at(contact.leaves_ms, self._expire, contact)
            return
        at_ms = now_ms + chance.between(*_FIRST_TRY_MS)
        cancelled = fate < _FORGOTTEN_SHARE + _CANCELLED_SHARE
        self._agenda.at(at_ms, self._cancel if cancelled else self._try, contact)

    def _expire(self, contact: Contact, _stage: int) -> None:
        self._writer.contact(writing.CALLBACK_ENDED, contact, '"outcome":"expired"')

    def _cancel(self, contact: Contact, _stage: int) -> None:
        self._writer.contact(writing.CALLBACK_ENDED, contact, '"outcome":"cancelled"')

    def _try(self, contact: Contact, _stage: int) -> None:
        """Dials when somebody is free; later, when nobody is."""
        now_ms = self._agenda.now_ms
        agent = contact.queue.take_idle()
        if agent is not None:
            self._staff.set_state(agent, "on_contact", "callback")
            at_ms = now_ms + self._chance.between(*_DIAL_MS)
            self._agenda.at(at_ms, self._dialled, (contact, agent))
        elif now_ms < contact.leaves_ms:
            self._agenda.at(now_ms + self._chance.between(*_NEXT_TRY_MS), self._try, contact)
        else:
            self._expire(contact, 0)

    def _dialled(self, dialled: tuple[Contact, Agent], _stage: int) -> None:
        contact, agent = dialled
        reached = self._chance.happens(_REACHED_SHARE)
        outcome = "reached" if reached else "not_reached"
        fields = f'"outcome":"{outcome}","agent":"{agent.name}"'
        self._writer.contact(writing.CALLBACK_ENDED, contact, fields)
        if not reached:
            self._staff.free(agent)
            return
        line = contact.queue
        call = self._floor.contact(line, "voice", contact.customer)
        call.queued_ms, call.legs = self._agenda.now_ms, 1
        fields = (
            f'"queue":{line.name_json},"channel":"voice","direction":"outbound",'
            f'"customer":"{call.customer}"'
        )
        self._writer.contact(writing.QUEUED, call, fields)
        self._conversation.start(call, agent)
