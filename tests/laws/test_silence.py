"""Law 5. Silence: with nothing open, time alone brings counts to 0 and all else to no value."""

from datetime import datetime, timedelta

from streams.core.kpi import Count, Level, Oldest
from streams.kpis import CATALOGUE
from tests.histories import GROUPINGS, Raw
from tests.laws.kit import ALL_WINDOWS, Centre, over, read_off, told

LONGEST_S = 30 * 3600
"""Beyond every window but `total`, a day of 25 hours included, and every limit."""
SLIDING = [window for window in ALL_WINDOWS if window.name != "total"]


def closed(raws: list[Raw]) -> list[Raw]:
    """The same history with an end: conversations over, agents gone home."""
    latest: dict[str, Raw] = {}
    for raw in raws:
        known = latest.setdefault(raw["subject"], raw)
        if datetime.fromisoformat(raw["time"]) >= datetime.fromisoformat(known["time"]):
            latest[raw["subject"]] = raw
    ends = []
    for subject, last in latest.items():
        moment = datetime.fromisoformat(last["time"]) + timedelta(seconds=3)
        agent = last["type"].startswith("agent.")
        ends.append(
            last
            | {
                "id": f"{subject}-end",
                "time": moment.isoformat(timespec="milliseconds"),
                "type": "agent.state_changed" if agent else "contact.ended",
                "data": {"state": "offline"} if agent else {},
            }
        )
    return [*raws, *ends]


def check(number: int) -> None:
    """The clock alone runs on, in steps or in one."""
    centre = told(number)
    raws = closed(centre.raws)
    end = max((int(datetime.fromisoformat(raw["time"]).timestamp()) for raw in raws), default=0)
    engine = Centre(centre.rules).take(centre.before(end + 2, raws))
    for step in range(centre.choose.number(4)):
        engine.at(end + 2 + (step + 1) * 3600)
    board = engine.at(end + LONGEST_S)
    by = centre.choose.one_of(GROUPINGS)
    found = read_off(board, SLIDING, by)
    if not by:
        assert {place[1] for place in found} == set(CATALOGUE)
    for (_, kpi, definition, _, _, key), pieces in found.items():
        formula = CATALOGUE[kpi].definitions[definition].formula
        resting = 0 if isinstance(formula, Count | Level | Oldest) else None
        assert pieces[0] == resting, f"{kpi} {definition} {key}: {pieces}"
        assert not any(pieces), f"{kpi} {definition} {key}: {pieces}"
    for partition in engine.partitions:
        assert all(life.state.over() for life in partition.lives.values())


def test_silence(seed: int) -> None:
    over(check, seed, 600)
