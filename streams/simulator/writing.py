"""Writing down what happens in the simulated centre, as CloudEvents in JSON.

Hot path: the text is put together from pieces made beforehand; a JSON encoder would cost more than
the whole simulation.
"""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from streams.simulator.agenda import Agenda
from streams.simulator.delivery import Delivery
from streams.simulator.parameters import Parameters

if TYPE_CHECKING:
    from streams.simulator.contact import Contact
    from streams.simulator.staff import Agent

TYPES: Final = (
    "contact.queued",
    "contact.offered_to_agent",
    "contact.ring_no_answer",
    "contact.answered",
    "contact.abandoned",
    "contact.flowed_out",
    "contact.callback_requested",
    "contact.callback_ended",
    "contact.transferred",
    "contact.held",
    "contact.resumed",
    "contact.ended",
    "contact.wrapup_ended",
    "contact.deleted",
    "agent.state_changed",
    "source.heartbeat",
)
(
    QUEUED,
    OFFERED,
    NO_ANSWER,
    ANSWERED,
    ABANDONED,
    FLOWED_OUT,
    CALLBACK_REQUESTED,
    CALLBACK_ENDED,
    TRANSFERRED,
    HELD,
    RESUMED,
    ENDED,
    WRAPUP_ENDED,
    DELETED,
    STATE_CHANGED,
    HEARTBEAT,
) = range(len(TYPES))


def text(value: str) -> str:
    """A text as JSON, accents kept."""
    return json.dumps(value, ensure_ascii=False)


def seconds(ms: int) -> str:
    """Milliseconds as JSON's number of seconds."""
    return f"{ms // 1000}.{ms % 1000:03d}"


class Source:
    """A system that tells events. Its ids grow: a run of other seed or start has other ids."""

    __slots__ = ("count", "heads", "key", "name", "topic")

    def __init__(self, name: str, topic: str, run: str) -> None:
        self.name = name
        self.key = name.encode()
        self.topic = topic
        self.count = 0
        self.heads = [
            f'{{"specversion":"1.0","source":{text(name)},"type":"{type_}","id":"{run}-'
            for type_ in TYPES
        ]


class Writer:
    """Turns what happens now into deliveries, in `out`."""

    __slots__ = ("_agenda", "_agents", "_second", "_second_text", "out", "run", "sources")

    def __init__(self, parameters: Parameters, agenda: Agenda) -> None:
        centre, topics = parameters.centre, parameters.topics
        self._agenda = agenda
        self._second = -1
        self._second_text = ""
        self.out: list[Delivery] = []
        self.run = f"{parameters.seed:x}.{agenda.now_ms:x}"
        self._agents = Source(centre.agent_source, topics.agents, self.run)
        names = (*centre.voice_sources, centre.chat_source)
        self.sources = {name: Source(name, topics.calls, self.run) for name in names}

    def contact(self, type_: int, contact: "Contact", fields: str = "") -> None:
        """An event of a contact; `fields` is the inside of `data` as JSON."""
        source = contact.source
        source.count = number = source.count + 1
        value = (
            f'{source.heads[type_]}{number:09d}","time":"{self._now()}",'
            f'"subject":"{contact.subject}","data":{{{fields}}}}}'
        )
        self.out.append(Delivery(self._agenda.now_ms, source.topic, contact.key, value.encode()))

    def agent(self, agent: "Agent", fields: str) -> None:
        """A new state of an agent. The sequence tells states of one millisecond apart."""
        source = self._agents
        source.count = number = source.count + 1
        value = (
            f'{source.heads[STATE_CHANGED]}{number:09d}","time":"{self._now()}",'
            f'"subject":"{agent.name}","sequence":"{number:09d}","data":{{{fields}}}}}'
        )
        self.out.append(Delivery(self._agenda.now_ms, source.topic, agent.key, value.encode()))

    def heartbeats(self) -> None:
        """Every source says that it is alive."""
        for source in (*self.sources.values(), self._agents):
            source.count += 1
            value = (
                f'{source.heads[HEARTBEAT]}{source.count:09d}","time":"{self._now()}",'
                f'"subject":{text(source.name)}}}'
            )
            at_ms = self._agenda.now_ms
            self.out.append(Delivery(at_ms, source.topic, source.key, value.encode()))

    def _now(self) -> str:
        second, ms = divmod(self._agenda.now_ms, 1000)
        if second != self._second:
            self._second = second
            self._second_text = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f"{self._second_text}.{ms:03d}Z"
