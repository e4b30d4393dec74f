"""A contact centre made up from a seed: arrivals, patience, agents with shifts, faults.

for delivery in simulate(Parameters(start=…, duration_seconds=3600, seed=7)): …
"""

from streams.simulator.centre import DEFAULT_CENTRE, Break, Centre, Queue, Shift, Team
from streams.simulator.delivery import Delivery
from streams.simulator.parameters import Faults, Parameters, Topics
from streams.simulator.run import simulate

__all__ = [
    "DEFAULT_CENTRE",
    "Break",
    "Centre",
    "Delivery",
    "Faults",
    "Parameters",
    "Queue",
    "Shift",
    "Team",
    "Topics",
    "simulate",
]
