"""From the queue to an agent who picks up, or out of the queue in one of the other ways."""

from typing import TYPE_CHECKING, Final

from streams.simulator import writing
from streams.simulator.contact import Contact, Line, next_for
from streams.simulator.floor import Floor
from streams.simulator.staff import Agent
from streams.simulator.writing import seconds

if TYPE_CHECKING:
    from streams.simulator.callbacks import Callbacks
    from streams.simulator.conversation import Conversation

_HURRIED_MS: Final = (600, 4_800)
_CHOICE_MS: Final = (30_000, 75_000)
"""When the announcement offers a callback or voicemail."""
_RECOVER_MS: Final = (15_000, 60_000)
_REDIAL_SHARE: Final = 0.35
_REDIAL_MS: Final = (40_000, 720_000)
_TO_VOICEMAIL: Final = ',"to":"voicemail"'
_EMPTY_SHARE: Final = 0.08


class Waiting:
    """The waiting contacts, and the telephones that ring for them."""

    conversation: "Conversation"
    callbacks: "Callbacks"

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._agenda = floor.agenda
        self._writer = floor.writer
        self._staff = floor.staff
        self._chance = floor.chance
        self._no_answer_ms = floor.centre.no_answer_seconds * 1000
        self._ring_ms = tuple(second * 1000 for second in floor.centre.ring_seconds)
        floor.staff.find_work = self.find_work

    # ---- into the queue

    def enter(self, contact: Contact, line: Line) -> None:
        """A leg begins: the contact waits in this queue, or rings at once."""
        chance, now_ms, queue = self._chance, self._agenda.now_ms, line.queue
        contact.queue = line
        contact.legs += 1
        contact.stage += 1
        contact.queued_ms = now_ms
        contact.agent = None
        if contact.legs == 1 and chance.happens(queue.hurried_share):
            contact.gives_up_ms = now_ms + chance.between(*_HURRIED_MS)
        else:
            patience_ms = queue.patience_seconds * 1000
            contact.gives_up_ms = now_ms + 4_000 + int(chance.gap(patience_ms))
        self._choose_way_out(contact, line)
        self._write_queued(contact, line)
        agent = line.take_idle()
        if agent is not None:
            self.offer(contact, agent)
        elif not line.is_served() and chance.happens(_EMPTY_SHARE):
            self._flow_out(contact, "empty", _TO_VOICEMAIL)
        else:
            self._wait(contact, line)

    def _write_queued(self, contact: Contact, line: Line) -> None:
        fields = (
            f'"queue":{line.name_json},"channel":"{contact.channel}",'
            f'"customer":"{contact.customer}"'
        )
        if contact.priority != "normal":
            fields += f',"priority":"{contact.priority}"'
        self._writer.contact(writing.QUEUED, contact, fields)

    def _choose_way_out(self, contact: Contact, line: Line) -> None:
        """When and how the contact will leave if nobody answers: the earliest of its ways."""
        chance, queue, now_ms = self._chance, line.queue, self._agenda.now_ms
        contact.leaves_ms, contact.leaves = contact.gives_up_ms, self._abandon
        if contact.legs > 1:
            return
        timeout_ms = now_ms + queue.timeout_seconds * 1000
        if timeout_ms < contact.leaves_ms:
            contact.leaves_ms, contact.leaves = timeout_ms, self._time_out
        choice = chance.share()
        choice_ms = now_ms + chance.between(*_CHOICE_MS)
        if choice_ms < contact.leaves_ms and choice < queue.callback_share + queue.key_share:
            asks = choice < queue.callback_share
            contact.leaves_ms = choice_ms
            contact.leaves = self._ask_for_callback if asks else self._press_key

    def _wait(self, contact: Contact, line: Line, *, first: bool = False) -> None:
        line.put(contact, first=first)
        self._agenda.at(contact.leaves_ms, self._leave, contact, contact.stage)

    # ---- out of the queue without an answer

    def _leave(self, contact: Contact, stage: int) -> None:
        if contact.stage == stage:
            contact.queue.leave()
            contact.stage += 1
            assert contact.leaves is not None, "chosen when the contact was queued"
            contact.leaves(contact)

    def _abandon(self, contact: Contact, where: str = "queue") -> None:
        wait_ms = self._agenda.now_ms - contact.queued_ms
        fields = f'"where":"{where}","wait_seconds":{seconds(wait_ms)}'
        self._writer.contact(writing.ABANDONED, contact, fields)
        if self._chance.happens(_REDIAL_SHARE):
            self._come_back(contact)

    def _come_back(self, contact: Contact) -> None:
        delay_ms = self._chance.between(*_REDIAL_MS)
        again = self._floor.contact(contact.queue, contact.channel, contact.customer)
        self._agenda.at(self._agenda.now_ms + delay_ms, self.arrive, again)

    def arrive(self, contact: Contact, _stage: int) -> None:
        """A contact at the door; urgent or not, a test or not; into its queue."""
        chance, queue = self._chance, contact.queue.queue
        if not queue.curve[self._staff.half_hour()]:
            return  # the queue has closed since the customer decided to try again
        kind = chance.share()
        if kind < queue.urgent_share:
            contact.priority = "urgent"
        elif kind < queue.urgent_share + queue.high_share:
            contact.priority = "high"
        contact.is_test = chance.happens(self._floor.centre.test_share)
        self.enter(contact, contact.queue)

    def _flow_out(self, contact: Contact, reason: str, to: str) -> None:
        self._writer.contact(writing.FLOWED_OUT, contact, f'"reason":"{reason}"{to}')

    def _time_out(self, contact: Contact) -> None:
        overflow = self._floor.lines.get(contact.queue.queue.overflow_to)
        if overflow is None:
            self._flow_out(contact, "timeout", _TO_VOICEMAIL)
        else:
            self._flow_out(contact, "timeout", f',"to":{overflow.name_json}')
            self.enter(contact, overflow)

    def _press_key(self, contact: Contact) -> None:
        self._flow_out(contact, "key", _TO_VOICEMAIL)

    def _ask_for_callback(self, contact: Contact) -> None:
        self._writer.contact(writing.CALLBACK_REQUESTED, contact)
        self.callbacks.promise(contact)

    def close(self, line: Line) -> None:
        """The queue closes: who waits is sent away."""
        for contact in line.everyone():
            line.leave()
            contact.stage += 1
            self._flow_out(contact, "closed", "")

    # ---- to an agent

    def find_work(self, agent: Agent) -> bool:
        """Whether somebody waits for this free agent; if so, the telephone rings."""
        contact = next_for(agent.pool)
        if contact is None:
            return False
        contact.queue.leave()
        self.offer(contact, agent)
        return True

    def offer(self, contact: Contact, agent: Agent) -> None:
        """The agent's telephone rings: picked up, not picked up, or the caller is quicker."""
        chance, now_ms = self._chance, self._agenda.now_ms
        contact.stage += 1
        contact.agent = agent
        self._staff.set_state(agent, "ringing")
        self._writer.contact(writing.OFFERED, contact, f'"agent":"{agent.name}"')
        missed = chance.happens(self._floor.centre.no_answer_share)
        ring_ms = self._no_answer_ms if missed else chance.between(*self._ring_ms)
        if contact.gives_up_ms < now_ms + ring_ms:
            self._agenda.at(contact.gives_up_ms, self._abandon_ringing, contact, contact.stage)
        elif missed:
            self._agenda.at(now_ms + ring_ms, self._no_answer, contact, contact.stage)
        else:
            self._agenda.at(now_ms + ring_ms, self._pick_up, contact, contact.stage)

    def _abandon_ringing(self, contact: Contact, _stage: int) -> None:
        agent, contact.agent = contact.agent, None
        assert agent is not None, "the telephone rings at somebody's desk"
        contact.stage += 1
        self._abandon(contact, "ringing")
        self._staff.free(agent)

    def _no_answer(self, contact: Contact, _stage: int) -> None:
        """The agent is taken out for a moment; the contact waits on, or rings elsewhere."""
        agent, contact.agent = contact.agent, None
        assert agent is not None, "the telephone rings at somebody's desk"
        contact.stage += 1
        fields = f'"agent":"{agent.name}","ring_seconds":{seconds(self._no_answer_ms)}'
        self._writer.contact(writing.NO_ANSWER, contact, fields)
        self._staff.away(agent, "other", "no_answer", self._chance.between(*_RECOVER_MS))
        another = contact.queue.take_idle()
        if another is not None:
            self.offer(contact, another)
        else:
            self._wait(contact, contact.queue, first=True)

    def _pick_up(self, contact: Contact, _stage: int) -> None:
        agent = contact.agent
        assert agent is not None, "the telephone rings at somebody's desk"
        self.conversation.start(contact, agent)
