"""Which of the events of one instant comes first in a contact's life.

"A leg left at the very time the next one opens is left first"; else causes come before effects.
"""

from collections.abc import Sequence
from typing import Final

from streams.core import event_types as ev
from streams.core.events import Event
from streams.core.lifecycle.contact import Contact, in_menu
from streams.core.lifecycle.leg import OVER, WAITING

_OUT_OF_WAITING: Final = frozenset(
    {ev.TRANSFERRED, ev.CALLBACK_REQUESTED, ev.FLOWED_OUT, ev.ABANDONED, ev.ENDED}
)
_OUT_OF_TALK: Final = frozenset({ev.TRANSFERRED, ev.ABANDONED, ev.ENDED})


def next_of(contact: Contact, events: Sequence[Event]) -> int:
    """Which of the events of one instant comes next: the first, or what leaves the open leg.

    "A leg left at the very time the next one opens is left first".
    """
    leg = contact.last_leg()
    if events[0].rank != ev.QUEUED or leg is None or leg.phase is OVER:
        return 0
    leaving = _OUT_OF_WAITING if leg.phase is WAITING else _OUT_OF_TALK
    for place, event in enumerate(events):
        if event.rank in leaving and not (leg.phase is WAITING and in_menu(event)):
            return place
    return 0


def goes_last(contact: Contact, before: Sequence[Event], event: Event) -> bool:
    """Whether an event of the same instant as the last one can be stepped on as it arrives.

    `before` are all earlier events in order. In doubt it can't; replaying is always right.
    """
    last = before[-1]
    if event.rank == ev.QUEUED:  # the leg was open when it was transferred, and is left first
        alone = len(before) < 2 or not same_instant(before[-2], last)
        open_ = bool(contact.legs) and contact.legs[-1].phase is not OVER
        return last.rank == ev.TRANSFERRED and alone and open_
    if event.rank in _OUT_OF_WAITING:  # a leg may be left at the very time the next one opens
        place = len(before) - 1
        while place and same_instant(before[place - 1], last):
            place -= 1
        if before[place].rank == ev.QUEUED:
            return False
    return event.key > last.key


def same_instant(one: Event, other: Event) -> bool:
    """Whether the order of two events is not told by time and sequence alone."""
    return one.time_ms == other.time_ms and one.sequence == other.sequence
