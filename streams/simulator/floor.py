"""What the parts of the simulated centre share: agenda, writer, staff, queues, chance."""

from streams.simulator.agenda import Agenda
from streams.simulator.chance import Chance
from streams.simulator.contact import Contact, Line
from streams.simulator.parameters import Parameters
from streams.simulator.staff import Staff
from streams.simulator.writing import Writer, text


class Floor:
    """The centre at this instant."""

    def __init__(self, parameters: Parameters, start_ms: int) -> None:
        self.parameters = parameters
        self.centre = parameters.centre
        self.agenda = Agenda(start_ms)
        self.writer = Writer(parameters, self.agenda)
        self.lines = {queue.name: Line(queue, text(queue.name)) for queue in self.centre.queues}
        self.staff = Staff(parameters, self.agenda, self.writer, self.lines)
        self.chance = Chance(parameters.seed, "contacts")
        self._customers = max(1, round(self.centre.customers * parameters.scale))
        self._contacts = 0

    @property
    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return self.agenda.now_ms

    def customer(self) -> str:
        """Any of the centre's customers."""
        return f"customer-{self.chance.between(1, self._customers):07d}"

    def contact(self, line: Line, channel: str, customer: str) -> Contact:
        """A new contact, at the door."""
        self._contacts += 1
        centre = self.centre
        if channel == "chat":
            name = centre.chat_source
        else:
            name = centre.voice_sources[self._contacts % len(centre.voice_sources)]
        subject = f"{self.writer.run}-{self._contacts}"
        return Contact(subject, self.writer.sources[name], line, channel, customer)
