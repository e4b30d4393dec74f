"""What several KPIs add up or count: the ways out of a queue, the states of agents."""

from collections.abc import Mapping
from typing import Final

from streams.core import measures as m
from streams.core.measures import Measure

OFFERED: Final[tuple[Measure, ...]] = (
    m.CONTACTS_ANSWERED,
    m.CONTACTS_ABANDONED,
    m.CONTACTS_FLOWED_OUT,
    m.CALLBACKS_REQUESTED,
)
"""Every decided leg but the short abandons, which nobody could have served."""

EVERY_DECIDED: Final[tuple[Measure, ...]] = (*OFFERED, m.CONTACTS_SHORT_ABANDONED)
"""Every decided leg, the short abandons too."""

UNANSWERED: Final[tuple[Measure, ...]] = tuple(
    measure for measure in EVERY_DECIDED if measure is not m.CONTACTS_ANSWERED
)
"""Every decided leg that no agent took."""

BY_STATE: Final[Mapping[str | None, Measure]] = dict(m.AGENTS.items())
"""Agents, a part for each state."""
