"""A record of the delta log comes back as it was written, and other bytes are told apart."""

import random
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core import delta
from streams.core.delta import Chunk, Claim, Content, Delta, NewerRecordError, UnreadableRecordError

OWNER = b"\x00\x01\x02\x03\x04\x05\x06\x07"
NUMBERS = st.integers(-(2**40), 2**40)
CONTENTS = st.builds(
    Content,
    lives=st.dictionaries(st.text(max_size=9), st.none() | st.binary(max_size=30), max_size=5),
    measures=st.just(["offered", "talk_time"]),
    groups=st.just([("support", "phone", None), ("Réclamations", None, None)]),
    cells=st.lists(st.tuples(*[NUMBERS] * 5), max_size=4).map(lambda rows: sum(rows, ())).map(list),
    levels=st.lists(st.tuples(*[NUMBERS] * 6), max_size=4)
    .map(lambda rows: sum(rows, ()))
    .map(list),
    counters=st.dictionaries(st.sampled_from(["duplicates", "misrouted"]), NUMBERS),
    now_ms=NUMBERS,
    newest_event_ms=NUMBERS,
    record_time_ms=NUMBERS,
    lag_events=NUMBERS,
)


def some_delta(content: Content, n: int = 1) -> Delta:
    return Delta(
        claim=7,
        owner=OWNER,
        n=n,
        after=(3, OWNER, 9),
        from_={"calls": 4},
        to={"calls": 9, "tickets": 2},
        base_at=3,
        body=delta.pack(content),
    )


@given(CONTENTS)
def test_a_content_survives_the_wire(content: Content) -> None:
    record = some_delta(content)
    back = delta.decode(delta.encode(record))
    assert back == record
    assert isinstance(back, Delta)
    unpacked = delta.unpack(back.body)
    if not (content.cells or content.levels):  # names are sent with numbers only
        assert (unpacked.measures, unpacked.groups) == ([], [])
        unpacked = msgspec.structs.replace(
            unpacked, measures=content.measures, groups=content.groups
        )
    assert unpacked == content


def test_claims_and_chunks_survive_the_wire() -> None:
    claim = Claim(
        owner=OWNER, cluster_id="c", topic_ids={"calls": "t"}, settings="s", key="k", release="1"
    )
    content = Content(lives={"a": b"life"})
    chunk = Chunk(
        claim=7,
        owner=OWNER,
        n=3,
        i=1,
        of=4,
        to={"calls": 9},
        base_at=None,
        body=delta.pack(content),
    )
    assert delta.decode(delta.encode(claim)) == claim
    assert delta.decode(delta.encode(chunk)) == chunk


def test_any_msgpack_tool_reads_a_record() -> None:
    raw = delta.encode(some_delta(Content(lives={"a": None}, now_ms=5)))
    plain = msgspec.msgpack.decode(raw[3:])
    assert (plain["type"], plain["from"], plain["n"]) == ("delta", {"calls": 4}, 1)
    assert msgspec.msgpack.decode(plain["body"]["lives"]) == {"a": None}


def test_fields_of_a_later_release_are_skipped() -> None:
    raw = delta.encode(some_delta(Content()))
    later = msgspec.msgpack.decode(raw[3:]) | {"mood": "calm"}
    assert delta.decode(raw[:3] + msgspec.msgpack.encode(later)) == some_delta(Content())


@pytest.mark.parametrize("raw", [None, b"", b"vd", b"{}", b"vd\x01", b"vd\x01\xc1", b"vd\x01\x80"])
def test_foreign_bytes_are_unreadable(raw: bytes | None) -> None:
    with pytest.raises(UnreadableRecordError):
        delta.decode(raw)


@given(st.binary(max_size=60).filter(lambda raw: not raw.startswith(b"vd")))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    with pytest.raises(UnreadableRecordError):
        delta.decode(raw)
    with pytest.raises(UnreadableRecordError):
        delta.decode(b"vd\x01" + raw)


def test_a_newer_version_is_not_passed_over() -> None:
    raw = bytearray(delta.encode(some_delta(Content())))
    raw[2] = delta.VERSION + 1
    with pytest.raises(NewerRecordError, match="upgrade"):
        delta.decode(bytes(raw))


def test_a_version_that_is_not_known_is_not_written() -> None:
    with pytest.raises(ValueError, match="not 9"):
        delta.encode(some_delta(Content()), version=9)


def test_a_record_beyond_the_limit_is_refused() -> None:
    lives: dict[str, bytes | None] = {"a": bytes(delta.MAXIMUM_RECORD_BYTES)}
    with pytest.raises(delta.RecordTooLargeError):
        delta.encode(some_delta(Content(lives=lives)))


def test_shards_nest() -> None:
    subjects = [f"contact-{k}" for k in range(500)]
    assert len({delta.fine_shard(subject) for subject in subjects}) > 200
    for subject in subjects:
        fine = delta.fine_shard(subject)
        assert fine % 4 == fine % 64 % 4
    # CRC-32's published check value is 0xCBF43926: the same on every machine, in every release.
    assert delta.fine_shard("123456789") == 0x26


@pytest.mark.parametrize(
    ("content_bytes", "of"), [(0, 1), (450_000, 1), (450_001, 2), (2_000_000, 8), (10**9, 256)]
)
def test_a_base_is_a_power_of_two_of_chunks(content_bytes: int, of: int) -> None:
    assert delta.chunks_for(content_bytes) == of


def test_twenty_thousand_cells_are_cheap() -> None:
    """A busy second: 4 records of 20 000 cells must cost a few per cent of a core, and fit."""
    rnd = random.Random(1)
    cells: list[int] = []
    for _ in range(20_000):
        second = 1_795_000_000 + rnd.randrange(3600)
        cells += [rnd.randrange(200), rnd.randrange(80), second, rnd.randrange(600_000), 1]
    content = Content(measures=["m"] * 80, groups=[("g",)] * 200, cells=cells)
    began = time.process_time()
    raw = delta.encode(some_delta(content))
    back = delta.decode(raw)
    assert isinstance(back, Delta)
    assert delta.cells_of(back.body) == cells
    spent = time.process_time() - began
    # A figure to be seen in the run's output:
    print(f"{len(raw)} bytes, {spent * 1000:.1f} ms to write and read")  # noqa: T201
    assert len(raw) < 400_000
    assert spent < 0.1, "measured 5 ms; the limit is for slow, shared machines"
