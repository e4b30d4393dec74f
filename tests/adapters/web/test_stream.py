"""The live stream: made once, shared by all pages, never queued."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator

import msgspec
import pytest
from aiohttp import ClientResponse

from streams.adapters.web.server import STREAMS
from streams.adapters.web.state import Site
from streams.adapters.web.stream import MAXIMUM_FOLLOWERS
from tests.adapters.web.kit import SECONDS, Serve, until
from tests.browser.fake_board import FakeBoard, ratio


async def frames(answer: ClientResponse) -> AsyncIterator[tuple[str, dict[str, object]]]:
    """The events of a stream: their name and data."""
    name = ""
    async for raw in answer.content:
        line = raw.decode().rstrip("\n")
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


async def test_a_stream_begins_with_the_catalogue_then_sends_each_snapshot(
    serve: Serve, board: FakeBoard
) -> None:
    client = await serve()
    async with asyncio.timeout(SECONDS), client.get("/api/stream") as answer:
        assert answer.content_type == "text/event-stream"
        assert answer.headers["Cache-Control"] == "no-store"
        events = frames(answer)
        name, catalogue = await anext(events)
        assert (name, catalogue["site"]) == (
            "catalogue",
            {"name": "Maison Azur", "time_zone": "Europe/Paris", "language": "en"},
        )
        name, first = await anext(events)
        assert (name, first["number"]) == ("board", 1)
        assert "kpis" not in first
        board["service_level", None] = ratio(90, 100)
        board.show()
        name, second = await anext(events)
        assert (name, second["number"]) == ("board", 2)
        board.site = Site("Renamed")
        board.show()
        name, catalogue = await anext(events)
        assert name == "catalogue"


async def test_a_snapshot_is_made_once_for_all_who_look(serve: Serve, board: FakeBoard) -> None:
    made: list[str | None] = []
    wallboard = board.wallboard

    def counted(queue: str | None) -> object:
        made.append(queue)
        return wallboard(queue)

    board.wallboard = counted  # type: ignore[method-assign, assignment]  # counts the calls
    client = await serve()
    async with asyncio.timeout(SECONDS):
        answers = [await client.get("/api/stream") for _ in range(5)]
        answers += [await client.get("/api/stream?queue=Retours") for _ in range(3)]
        streams = [frames(answer) for answer in answers]
        for stream in streams:
            assert [(await anext(stream))[0], (await anext(stream))[0]] == ["catalogue", "board"]
        made.clear()
        board.show()
        assert {(await anext(stream))[1]["number"] for stream in streams} == {2}
        assert sorted(made, key=str) == [None, "Retours"]
        for answer in answers:
            answer.close()


async def test_a_slow_page_skips_snapshots(serve: Serve, board: FakeBoard) -> None:
    client = await serve()
    async with asyncio.timeout(SECONDS), client.get("/api/stream") as answer:
        events = frames(answer)
        await anext(events)
        await anext(events)
        for _ in range(50):  # all of them before the page's own task gets a turn
            board.show()
        assert (await anext(events))[1]["number"] == 51


async def test_a_page_that_reads_nothing_is_dropped(
    serve: Serve, board: FakeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.adapters.web.stream.WRITE_SECONDS", 0.2)
    board.queues = [f"queue {n}" for n in range(1000)]
    client = await serve()
    streams = client.app[STREAMS]
    with socket.socket() as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.connect((client.host, client.port))
        stuck.sendall(b"GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await until(lambda: streams.followers == 1)
        frame = len(json.dumps(msgspec.to_builtins(board.wallboard(None))))
        snapshots = 0
        while streams.followers and snapshots < 400:
            board.show()
            snapshots += 1
            await asyncio.sleep(0.01)
        assert streams.followers == 0
        stuck.settimeout(SECONDS)
        read = await asyncio.to_thread(read_to_the_end, stuck)
    assert read < 5 * frame  # the rest of what was made in the meantime was never kept


def read_to_the_end(connection: socket.socket) -> int:
    """How many bytes still come before the other side's end; TimeoutError without one."""
    total = 0
    try:
        while piece := connection.recv(65_536):
            total += len(piece)
    except ConnectionResetError:
        pass  # an end too
    return total


async def test_the_end_of_the_server_ends_streams_at_once(serve: Serve) -> None:
    client = await serve()
    answer = await client.get("/api/stream")
    async with asyncio.timeout(SECONDS):
        await client.server.close()
        assert b"event: board" in await answer.content.read()


async def test_streams_have_a_limit(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAXIMUM_FOLLOWERS >= 100
    monkeypatch.setattr("streams.adapters.web.stream.MAXIMUM_FOLLOWERS", 2)
    client = await serve()
    kept = [await client.get("/api/stream") for _ in range(2)]
    assert (await client.get("/api/stream")).status == 503
    kept[0].close()
    async with asyncio.timeout(SECONDS):
        await until(lambda: client.app[STREAMS].followers == 1)
        assert (await client.get("/api/stream?queue=Nowhere")).status == 404
        assert (await client.get("/api/stream")).status == 200


async def test_a_page_that_cannot_be_made_is_told_and_recovers(
    serve: Serve, board: FakeBoard
) -> None:
    client = await serve()
    async with asyncio.timeout(SECONDS), client.get("/api/stream") as answer:
        events = frames(answer)
        await anext(events)
        await anext(events)
        board.failing = True
        board.show()
        await until(lambda: client.app[STREAMS].failure != "")
        ready = await client.get("/readyz")
        assert ready.status == 503
        assert "the test says so" in await ready.text()
        board.failing = False
        board.show()
        assert (await anext(events))[1]["number"] == 3
        assert (await client.get("/readyz")).status == 200
