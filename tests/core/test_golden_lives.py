"""Stored lives are read by every later release: those of 0.1.0 stand in tests/golden/lives.json.

A change of the format needs a new version in `packing`, which still reads these. Lives of new
kinds are added with `python -m tests.core.test_golden_lives`, which never rewrites an old one.
"""

import json
from pathlib import Path

from streams.core.engine import Partition
from streams.core.facts import MEASURE_MASK
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.measures import ORDERED
from streams.core.packing import unpack
from streams.core.targets import QueueRules, Rules
from tests.laws.kit import decoded
from tests.timelines import TEN_S, Raw, agent, contact

FILE = Path(__file__).parents[1] / "golden" / "lives.json"
RULES = Rules(
    queues={"Réclamations": QueueRules(name="Réclamations", team="care", answer_target_ms=30_000)},
    groups={"all": ("Réclamations", "support")},
    agents=True,
)
LIVES = {
    "waiting": contact("c", (0, "queued", {"queue": "Réclamations", "channel": "chat"})),
    "handled": contact(
        "c",
        (0, "queued"),
        (5, "offered_to_agent", {"agent": "ann"}),
        (9, "answered", {"agent": "ann"}),
        *((20, "held"), (50.25, "resumed"), (60, "ended"), (90, "wrapup_ended")),
    ),
    "transferred": contact(
        "c",
        *((0, "queued"), (31, "answered"), (60, "transferred", {"mode": "blind"})),
        *((60, "queued", {"queue": "Réclamations"}), (70, "callback_requested")),
    ),
    "queued last": contact("c", (0, "ring_no_answer"), (1, "abandoned"), (2, "queued")),
    "deleted": contact("c", (0, "queued"), (3, "deleted")),
    "agent": agent(
        "a", (0, "available", {"queues": ["support"]}), (9, "on_contact"), (60, "break")
    ),
    "folded": agent("a", (0, "available"), (9, "on_contact"), (200_000, "wrapup")),
}


def subject(raws: list[Raw]) -> tuple[str, str]:
    """Letter and name of a life."""
    return ("a" if raws[0]["type"].startswith("agent.") else "c"), raws[0]["subject"]


def written(raws: list[Raw]) -> dict[str, object]:
    """The life an hour later, and what it has in the sums."""
    partition = Partition(Surroundings(RULES))
    named = [raw | {"id": f"e{n}"} for n, raw in enumerate(raws)]
    for event in decoded(named, RULES):
        partition.take(event, record_ms=event.time_ms)
        partition.settle()
    partition.advance((TEN_S + 3600) * 1000)
    (raw,) = partition.cut().lives.values()
    assert raw is not None
    return {"bytes": raw.hex(), "facts": facts(raw, *subject(raws))}


def facts(raw: bytes, letter: str, name: str) -> list[list[object]]:
    """The kept facts, by names."""
    life = unpack(raw, letter, name, Surroundings(RULES))
    assert not life.stale, "today's rules would book it otherwise"
    places = life.around.places
    return sorted(
        [[list(group) for group in places.place(cell)], ORDERED[cell & MEASURE_MASK].name, *rest, n]
        for (cell, *rest), n in life.facts.items()
    )


def test_stored_lives_of_every_release_are_read() -> None:
    known = json.loads(FILE.read_text(encoding="utf-8"))
    assert known.keys() >= LIVES.keys()
    for name, raws in LIVES.items():
        raw = bytes.fromhex(known[name]["bytes"])
        assert facts(raw, *subject(raws)) == known[name]["facts"], name


def test_lives_are_stored_as_they_were() -> None:
    known = json.loads(FILE.read_text(encoding="utf-8"))
    for name, raws in LIVES.items():
        assert written(raws) == known[name], name


if __name__ == "__main__":
    old = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    new = {name: written(raws) for name, raws in LIVES.items()}
    rows = (
        f"{json.dumps(name)}: {json.dumps(life, ensure_ascii=False)}"
        for name, life in (new | old).items()
    )
    FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
