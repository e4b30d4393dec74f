"""From the answer to the end of the work after it: talk, hold, transfer, wrap-up."""

from typing import Final

from streams.simulator import writing
from streams.simulator.contact import Contact, Line
from streams.simulator.floor import Floor
from streams.simulator.staff import Agent
from streams.simulator.waiting import Waiting
from streams.simulator.writing import seconds

_HOLD_MS: Final = 40_000
_LEAVES_HOLD_SHARE: Final = 0.02
_SELF_SERVICE_SHARE: Final = 0.15
_ATTENDED_SHARE: Final = 0.4
_CONSULT_MS: Final = (15_000, 50_000)
_MAXIMUM_LEGS: Final = 3
_DELETE_AFTER_MS: Final = (10_000, 90_000)
_COMES_BACK_SHARE: Final = 0.3
_COMES_BACK_MS: Final = (300_000, 7_200_000)
_CENTS_PER_HOUR: Final = 3_200
"""What an agent costs, for the contact's cost."""


class Conversation:
    """The contacts that an agent has taken."""

    def __init__(self, floor: Floor, waiting: Waiting) -> None:
        self._floor = floor
        self._agenda = floor.agenda
        self._writer = floor.writer
        self._staff = floor.staff
        self._chance = floor.chance
        self._waiting = waiting
        waiting.conversation = self

    def start(self, contact: Contact, agent: Agent) -> None:
        """The agent picks up."""
        now_ms, line = self._agenda.now_ms, contact.queue
        wait_ms = now_ms - contact.queued_ms
        fields = f'"agent":"{agent.name}","wait_seconds":{seconds(wait_ms)}'
        self._writer.contact(writing.ANSWERED, contact, fields)
        if agent.state != "on_contact":  # it is after dialling
            self._staff.set_state(agent, "on_contact")
        self._talk(contact, agent, line)

    def _talk(self, contact: Contact, agent: Agent, line: Line) -> None:
        """How the talk will go: plain, with a hold, or on to somebody else."""
        chance, now_ms, queue = self._chance, self._agenda.now_ms, line.queue
        contact.agent = agent
        contact.stage += 1
        contact.answered_ms = now_ms
        contact.held_ms = 0
        talk_ms = 8_000 + chance.work(max(1_000, line.talk_ms - 8_000))
        contact.talk_until_ms = now_ms + talk_ms
        kind = chance.share()
        if kind < queue.hold_share and contact.channel != "chat":
            at_ms = now_ms + talk_ms * chance.between(20, 80) // 100
            self._agenda.at(at_ms, self._hold, contact, contact.stage)
        elif kind > 1 - queue.transfer_share and contact.legs < _MAXIMUM_LEGS:
            at_ms = now_ms + talk_ms // 2
            self._agenda.at(at_ms, self._transfer, contact, contact.stage)
        else:
            self._agenda.at(contact.talk_until_ms, self._end, contact, contact.stage)

    # ---- hold

    def _hold(self, contact: Contact, _stage: int) -> None:
        contact.held_since_ms = self._agenda.now_ms
        self._writer.contact(writing.HELD, contact)
        at_ms = self._agenda.now_ms + self._chance.work(_HOLD_MS)
        leaves = self._chance.happens(_LEAVES_HOLD_SHARE)
        action = self._leave_hold if leaves else self._resume
        self._agenda.at(at_ms, action, contact, contact.stage)

    def _resume(self, contact: Contact, _stage: int) -> None:
        held_ms = self._agenda.now_ms - contact.held_since_ms
        contact.held_ms += held_ms
        contact.talk_until_ms += held_ms
        self._writer.contact(writing.RESUMED, contact)
        self._agenda.at(contact.talk_until_ms, self._end, contact, contact.stage)

    def _leave_hold(self, contact: Contact, _stage: int) -> None:
        self._writer.contact(writing.ABANDONED, contact, '"where":"hold"')
        self._wrap_up(contact)

    # ---- transfer

    def _transfer(self, contact: Contact, _stage: int) -> None:
        chance, queue = self._chance, contact.queue.queue
        if not queue.transfers_to or chance.happens(_SELF_SERVICE_SHARE):
            self._writer.contact(writing.TRANSFERRED, contact, '"mode":"self_service"')
            self._end(contact, contact.stage)
            return
        line = self._floor.lines[chance.one_of(queue.transfers_to)]
        colleague = line.take_idle() if chance.happens(_ATTENDED_SHARE) else None
        if colleague is None:
            fields = f'"mode":"blind","to_queue":{line.name_json}'
            self._writer.contact(writing.TRANSFERRED, contact, fields)
            self._wrap_up(contact)
            self._waiting.enter(contact, line)
        else:
            self._consult(contact, line, colleague)

    def _consult(self, contact: Contact, line: Line, colleague: Agent) -> None:
        """The caller is held while the agent speaks with a colleague, who then takes over."""
        self._staff.set_state(colleague, "on_contact", "consultation")
        self._writer.contact(writing.HELD, contact)
        at_ms = self._agenda.now_ms + self._chance.between(*_CONSULT_MS)
        self._agenda.at(at_ms, self._hand_over, (contact, line, colleague))

    def _hand_over(self, consultation: tuple[Contact, Line, Agent], _stage: int) -> None:
        contact, line, colleague = consultation
        self._writer.contact(writing.RESUMED, contact)
        fields = f'"mode":"attended","to_queue":{line.name_json},"to_agent":"{colleague.name}"'
        self._writer.contact(writing.TRANSFERRED, contact, fields)
        self._wrap_up(contact)
        contact.queue = line
        contact.legs += 1
        fields = f'"queue":{line.name_json},"channel":"{contact.channel}"'
        self._writer.contact(writing.QUEUED, contact, fields)
        fields = f'"agent":"{colleague.name}","wait_seconds":0'
        self._writer.contact(writing.ANSWERED, contact, fields)
        self._talk(contact, colleague, line)

    # ---- the end

    def _end(self, contact: Contact, _stage: int) -> None:
        chance, now_ms = self._chance, self._agenda.now_ms
        length_ms = now_ms - contact.answered_ms
        resolved = chance.happens(contact.queue.queue.resolved_share)
        cents = length_ms * _CENTS_PER_HOUR // 3_600_000
        cost = f"{cents // 100}.{cents % 100:02d}"
        fields = f'"resolved":{"true" if resolved else "false"},"cost":{cost}'
        if contact.channel == "chat":  # the chat server gives totals only
            talk_ms = length_ms - contact.held_ms
            fields += f',"talk_seconds":{seconds(talk_ms)}'
        self._writer.contact(writing.ENDED, contact, fields)
        self._wrap_up(contact)
        if contact.is_test:
            at_ms = now_ms + chance.between(*_DELETE_AFTER_MS)
            self._agenda.at(at_ms, self._delete, contact)
        elif not resolved and chance.happens(_COMES_BACK_SHARE):
            again = self._floor.contact(contact.queue, contact.channel, contact.customer)
            at_ms = now_ms + chance.between(*_COMES_BACK_MS)
            self._agenda.at(at_ms, self._waiting.arrive, again)

    def _delete(self, contact: Contact, _stage: int) -> None:
        self._writer.contact(writing.DELETED, contact)

    def _wrap_up(self, contact: Contact) -> None:
        """The agent leaves the contact, and writes it up."""
        agent, contact.agent = contact.agent, None
        assert agent is not None, "only answered contacts have work after them"
        contact.stage += 1
        line = contact.queue
        if self._chance.happens(line.queue.no_wrapup_share):
            self._staff.free(agent)
            return
        length_ms = 3_000 + self._chance.work(line.wrapup_ms)
        self._staff.set_state(agent, "wrapup")
        at_ms = self._agenda.now_ms + length_ms
        self._agenda.at(at_ms, self._wrapped_up, (contact, agent, length_ms))

    def _wrapped_up(self, work: tuple[Contact, Agent, int], _stage: int) -> None:
        contact, agent, length_ms = work
        fields = f'"agent":"{agent.name}","wrapup_seconds":{seconds(length_ms)}'
        self._writer.contact(writing.WRAPUP_ENDED, contact, fields)
        self._staff.free(agent)
