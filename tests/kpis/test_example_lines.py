"""The lines of worked examples: what they mean, and what is refused."""

from datetime import UTC, datetime

import pytest

from streams.core.kpi import Count, Example, Mean
from streams.core.measures import CONTACTS_QUEUED, WAIT
from streams.kpis import examples
from streams.kpis.examples import Reading


def test_a_line_is_one_cloud_event() -> None:
    """Time of day, subject, type, fields."""
    assert examples.events("  10:00:05.250  c1 contact.queued  queue=sales priority=high ") == [
        {
            "specversion": "1.0",
            "id": "10:00:05.250 c1 contact.queued queue=sales priority=high",
            "source": "example://",
            "type": "contact.queued",
            "time": "2026-03-02T10:00:05.250+00:00",
            "subject": "c1",
            "data": {"queue": "sales", "priority": "high"},
        }
    ]


@pytest.mark.parametrize("sign", ["x", "\u00d7"])
def test_a_number_of_subjects(sign: str) -> None:
    """`3x … c` are c-1, c-2 and c-3, each with an event of its own."""
    told = examples.events(f"3{sign} 10:00:00 c contact.queued queue=q")
    assert [event["subject"] for event in told] == ["c-1", "c-2", "c-3"]
    assert len({event["id"] for event in told}) == 3


def test_the_order_told_is_the_order_read() -> None:
    """Also where it is not the order of time; empty lines are nothing."""
    told = examples.events("\n10:00:09 c contact.ended\n\n10:00:00 c contact.queued queue=q\n")
    assert [event["type"] for event in told] == ["contact.ended", "contact.queued"]


def test_the_same_line_twice_is_a_repeat() -> None:
    """Same source and id; another field is another event."""
    line = "10:00:00 c contact.answered agent=ann\n"
    first, again = examples.events(line + line)
    assert first == again
    other = examples.events(line.replace("ann", "bob"))[0]
    assert other["id"] != first["id"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("q", "q"),
        ("12.5", 12.5),
        ("3", 3),
        ("true", True),
        ("null", None),
        ('"3"', "3"),
        ('"two words"', "two words"),
        (r'"a \"b\""', 'a "b"'),
        ('["q1","q2"]', ["q1", "q2"]),
        ('["q1", "two words"]', ["q1", "two words"]),
        ("Réclamations", "Réclamations"),
    ],
)
def test_values(written: str, value: object) -> None:
    """JSON where it is JSON, else text."""
    event = examples.events(f"10:00:00 c contact.queued key={written} next=1")[0]
    assert event["data"] == {"key": value, "next": 1}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("10:00 c contact.queued", "no time of day"),
        ("24:00:00 c contact.queued", "no time of day"),
        ("10:00:00.5 c contact.queued", "no time of day"),
        ("10:00:00 c queued", "is not"),
        ("0x 10:00:00 c contact.queued", "is not"),
        ("10:00:00 contact.queued", "is not"),
        ("20000x 10:00:00 c contact.queued", "more than 10000"),
        ("10:00:00 c contact.queued queue", "cannot read 'queue'"),
        ("10:00:00 c contact.queued queue= q", "cannot read"),
        ("10:00:00 c contact.queued queue=q queue=r", "gives queue twice"),
        ("10:00:00 c contact.queued queues=[q]", "no JSON"),
        ('10:00:00 c contact.queued queue="q', "cannot read"),
    ],
)
def test_what_is_refused(line: str, why: str) -> None:
    """An example that nobody can read is a mistake in the tree, told with the line."""
    with pytest.raises(ValueError, match=why):
        examples.events(line)


def test_instants() -> None:
    """The day of the examples is a Monday, UTC."""
    assert examples.instant("10:30:00") == datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
    assert examples.instant("10:30:00").strftime("%A") == "Monday"


def test_what_an_expectation_is_about() -> None:
    """`definition[:part][:stat]`; a mean is its mean unless it says more."""
    count, mean = Count((CONTACTS_QUEUED,)), Mean((WAIT,))
    assert examples.reading("default", count) == Reading("default", None, None)
    assert examples.reading("default:break", count) == Reading("default", "break", None)
    assert examples.reading("default", mean) == Reading("default", None, "mean")
    assert examples.reading("source_b:p90", mean) == Reading("source_b", None, "p90")
    with pytest.raises(ValueError, match="is not definition"):
        examples.reading("default:a:b", count)


def test_settings_are_everybodys_defaults() -> None:
    """In the shape of vigie.toml."""
    changed = Example("x", "", "10:00:00", {"default": 0}, {"answer_target_seconds": 30})
    assert examples.settings(changed) == {"defaults": {"answer_target_seconds": 30}}
    assert examples.settings(Example("x", "", "10:00:00", {"default": 0})) == {}
