"""docs/glossary.md: every word of the trade once, in both languages, in order."""

import re
from pathlib import Path

PAGE = (Path(__file__).parents[1] / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith(("| word", "| ---"))
]
WORDS = [re.sub(r" \(.*\)", "", word) for word, _, _ in ROWS]
EXPECTED = {
    "contact", "queue", "agent", "channel", "offered", "answered", "handled", "abandoned",
    "service level", "average speed of answer", "average handle time", "occupancy",
    "contacts waiting", "window", "pane", "edge", "late", "target", "fact", "measure", "cell",
    "delta log", "board", "worker",
}  # fmt: skip
"""The words of the house."""


def test_each_word_stands_once_in_alphabetical_order() -> None:
    assert sorted(set(WORDS)) == WORDS


def test_each_word_has_its_french_and_its_meaning() -> None:
    for row in ROWS:
        assert len(row) == 3
        assert all(row), row


def test_the_words_of_the_house_are_all_there() -> None:
    assert set(WORDS) >= EXPECTED
