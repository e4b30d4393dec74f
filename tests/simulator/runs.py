"""Simulations that several tests look at, each run once."""

from datetime import datetime
from functools import cache
from typing import Any

from streams.simulator import Delivery, Parameters, simulate
from tests.simulator.recount import events_of

TUESDAY_9 = datetime.fromisoformat("2026-11-24T09:00:00+01:00")


def parameters(**changes: Any) -> Parameters:
    """An hour of a Tuesday from nine, unless said otherwise."""
    given: dict[str, Any] = {"start": TUESDAY_9, "duration_seconds": 3600, "seed": 7, **changes}
    return Parameters(**given)


def told(**changes: Any) -> list[Delivery]:
    """The messages of such a simulation."""
    return list(simulate(parameters(**changes)))


@cache
def working_day() -> list[dict[str, Any]]:
    """The events of a whole Tuesday, 08:00 to 19:00, at scale 1."""
    start = TUESDAY_9.replace(hour=8)
    return events_of(told(start=start, duration_seconds=11 * 3600))


@cache
def busy_hour() -> list[dict[str, Any]]:
    """The events of an hour at scale 4, when every kind of thing happens."""
    return events_of(told(start=TUESDAY_9.replace(hour=15), scale=4.0))
