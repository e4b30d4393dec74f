"""The simulated contact centre as a stream of messages, in order of delivery."""

from collections.abc import Iterator

from streams.core.events import to_ms
from streams.simulator.agenda import LocalTime
from streams.simulator.arrivals import Arrivals, Heartbeats
from streams.simulator.callbacks import Callbacks
from streams.simulator.conversation import Conversation
from streams.simulator.delivery import Delivery
from streams.simulator.faults import with_faults
from streams.simulator.floor import Floor
from streams.simulator.parameters import Parameters
from streams.simulator.waiting import Waiting


def simulate(parameters: Parameters) -> Iterator[Delivery]:
    """The messages of a simulated centre, made as they are asked for, in order of `at_ms`.

    The same parameters give the same bytes. Contacts and agents that are there at the end of
    `duration_seconds` are cut off where they are.
    """
    events = happenings(parameters)
    if not parameters.faults.some:
        return events
    return with_faults(events, parameters.faults, parameters.seed)


def happenings(parameters: Parameters) -> Iterator[Delivery]:
    """What happens in the centre, in order of time, delivered at once and whole."""
    start_ms = to_ms(parameters.start)
    end_ms = start_ms + parameters.duration_seconds * 1000
    floor = Floor(parameters, start_ms)
    waiting = Waiting(floor)
    Callbacks(floor, waiting, Conversation(floor, waiting))
    Heartbeats(floor).beat()
    floor.staff.open(parameters.agents_gone)
    for line in floor.lines.values():
        Arrivals(floor, waiting, line).each_minute()
    out, step = floor.writer.out, floor.agenda.step
    yield from out
    out.clear()
    while step(end_ms):
        if out:
            yield from out
            out.clear()


def opens_within_an_hour(parameters: Parameters) -> bool:
    """Whether any queue has contacts in the first hour."""
    start_ms = to_ms(parameters.start)
    local = LocalTime(parameters, start_ms)
    moments = [local.at(start_ms + minutes * 60_000) for minutes in (0, 30, 60)]
    return any(
        queue.curve[minute // 30] * queue.week[day]
        for queue in parameters.centre.queues
        for day, minute in moments
    )
