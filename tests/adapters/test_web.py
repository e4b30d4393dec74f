"""The web server over a board whose figures the test sets: addresses, formats, who may look."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Coroutine

import msgspec
import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from streams.adapters.web.server import STREAMS, application
from streams.adapters.web.source import LINE_FIELDS, Readiness
from streams.adapters.web.state import Site
from streams.adapters.web.stream import MAXIMUM_FOLLOWERS
from tests.browser.fake_board import FakeBoard, count, ratio

Client = TestClient[web.Request, web.Application]
Serve = Callable[..., Coroutine[None, None, Client]]
TOKEN = "a-token-of-twenty-ch"
SECONDS = 5.0


@pytest.fixture
def board() -> FakeBoard:
    """Two queues, one of them with figures."""
    board = FakeBoard(queues=["Retours", "<img src=x onerror=alert(1)>"])
    board["service_level", None] = ratio(75, 144)
    board["service_level", "Retours"] = ratio(7, 10)
    board["contacts_waiting", None] = count(3)
    return board


@pytest.fixture
async def serve(board: FakeBoard) -> AsyncIterator[Serve]:
    """Starts the server; `serve(token=…)` with other settings."""
    clients: list[Client] = []

    async def start(*, listen: str = "127.0.0.1", token: str | None = None) -> Client:
        server = TestServer(application(board, listen=listen, token=token))
        client: Client = TestClient(server)
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()


async def text(answer: ClientResponse) -> str:
    """The body of an answer that went well."""
    assert answer.status == 200, await answer.text()
    return await answer.text()


async def until(condition: Callable[[], bool]) -> None:
    """Returns when it holds; AssertionError after SECONDS."""
    for _ in range(int(SECONDS / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError


# ---- figures


async def test_the_state_of_the_page_of_everything(serve: Serve) -> None:
    client = await serve()
    state = json.loads(await text(await client.get("/api/wallboard")))
    level = state["tiles"][0]
    assert (level["kpi"], level["numerator"], level["denominator"]) == ("service_level", 75, 144)
    assert level["value"] == 75 / 144
    assert level["verdict"] == "critical"
    assert len(state["tiles"]) == 7
    assert [row["name"] for row in state["queues"]] == ["Retours", "<img src=x onerror=alert(1)>"]
    assert state["kpis"]["service_level"]["title"]["fr"] == "Niveau de service"


async def test_the_page_of_one_queue_and_of_none(serve: Serve) -> None:
    client = await serve()
    state = json.loads(await text(await client.get("/api/wallboard?queue=Retours")))
    assert (state["queue"], state["tiles"][0]["numerator"]) == ("Retours", 7)
    assert (await client.get("/api/wallboard?queue=Nowhere")).status == 404
    assert (await client.get("/queue/Retours")).status == 200
    assert (await client.get("/queue/Nowhere")).status == 404


async def test_figures_are_an_array_or_lines_or_csv(serve: Serve) -> None:
    client = await serve()
    address = "/api/kpis?window=1h&window=today&by=queue&kpi=service_level"
    lines = json.loads(await text(await client.get(address)))
    assert [(line["window"], line["queue"]) for line in lines] == [
        (window, queue)
        for window in ("1h", "today")
        for queue in ("Retours", "<img src=x onerror=alert(1)>")
    ]
    assert list(lines[0]) == list(LINE_FIELDS)

    by_accept = await client.get(address, headers={"Accept": "application/x-ndjson"})
    assert [json.loads(line) for line in (await text(by_accept)).splitlines()] == lines
    assert by_accept.content_type == "application/x-ndjson"
    by_parameter = await client.get(f"{address}&format=jsonl")
    assert await text(by_parameter) == await text(by_accept)

    table = (await text(await client.get(f"{address}&format=csv"))).splitlines()
    assert table[0] == ",".join(LINE_FIELDS)
    assert len(table) == 5
    assert table[1].startswith(",1h,Retours,")


async def test_many_figures_come_in_slices_that_fit_together(
    serve: Serve, board: FakeBoard
) -> None:
    board.queues = [f"queue {n}" for n in range(1001)]
    client = await serve()
    for shape in ("json", "jsonl", "csv"):
        body = await text(await client.get(f"/api/kpis?by=queue&format={shape}"))
        if shape == "json":
            names = [line["queue"] for line in json.loads(body)]
        elif shape == "jsonl":
            names = [json.loads(line)["queue"] for line in body.splitlines()]
        else:
            names = [line.split(",")[2] for line in body.splitlines()[1:]]
        assert names == board.queues


async def test_no_figures_are_an_empty_array(serve: Serve, board: FakeBoard) -> None:
    board.queues = []
    client = await serve()
    assert json.loads(await text(await client.get("/api/kpis?by=queue"))) == []
    assert (await text(await client.get("/api/kpis?by=queue&format=jsonl"))).strip() == ""


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("by=colour", "cannot group by 'colour'"),
        ("windw=1h", "unknown parameter 'windw'"),
        ("format=xml", "unknown format 'xml'"),
        ("kpi=service_levle", "unknown KPI 'service_levle'"),
        ("at=yesterday", "'yesterday' is no instant"),
        ("at=2026-11-22T10:15:00", "is no instant"),
    ],
)
async def test_a_question_without_answer_says_why(serve: Serve, query: str, said: str) -> None:
    answer = await (await serve()).get(f"/api/kpis?{query}")
    assert answer.status == 400
    assert said in (await answer.json())["error"]


async def test_metrics_are_openmetrics_for_those_who_accept_it(serve: Serve) -> None:
    client = await serve()
    plain = await client.get("/metrics")
    assert await text(plain) == "# plain\n"
    assert plain.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5"
    other = await client.get("/metrics", headers={"Accept": accept})
    assert await text(other) == "# openmetrics\n# EOF\n"
    assert other.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")


async def test_not_ready_says_why_in_words(serve: Serve, board: FakeBoard) -> None:
    client = await serve()
    assert (await client.get("/readyz")).status == 200
    board.ready = Readiness(False, "Kafka unreachable since 10:14")
    answer = await client.get("/readyz")
    assert (answer.status, await answer.text()) == (503, "Kafka unreachable since 10:14\n")
    assert (await client.get("/healthz")).status == 200
    assert (await client.get("/")).status == 200


# ---- the stream


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


# ---- who may look, and what a page may do


@pytest.mark.parametrize("path", ["/", "/api/kpis", "/metrics", "/static/styles/base.css", "/no"])
async def test_every_answer_carries_the_headers(serve: Serve, path: str) -> None:
    answer = await (await serve()).get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    stored = "no-cache" if path.startswith("/static/") else "no-store"
    assert answer.headers["Cache-Control"] == stored


async def test_pages_hold_nothing_inline_and_no_other_host(serve: Serve) -> None:
    client = await serve()
    for path in ("/", "/sign-in", "/queue/Nowhere"):
        page = await (await client.get(path)).text()
        assert "<style" not in page
        assert " style=" not in page
        assert "onload=" not in page
        assert "//" not in page.replace("<!--", "")
        assert "<script>" not in page
        assert "{{" not in page


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8087", 200),
        ("localhost", 200),
        ("[::1]:8087", 200),
        ("board.localhost:1", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:8087", 421),
        ("localhost.evil.example", 421),
        ("192.168.1.7:8087", 421),
    ],
)
async def test_on_loopback_only_loopback_names_are_served(
    serve: Serve, host: str, status: int
) -> None:
    answer = await (await serve()).get("/api/wallboard", headers={"Host": host})
    assert answer.status == status


def test_another_address_needs_a_token(board: FakeBoard) -> None:
    with pytest.raises(ValueError, match=r"0\.0\.0\.0 needs a token"):
        application(board, listen="0.0.0.0")
    with pytest.raises(ValueError, match="too short"):
        application(board, listen="0.0.0.0", token="short")


async def test_with_a_token_figures_need_it(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    for path in ("/api/wallboard", "/api/kpis", "/api/stream", "/metrics"):
        assert (await client.get(path)).status == 401
        wrong = {"Authorization": "Bearer another-token-of-twe"}
        assert (await client.get(path, headers=wrong)).status == 401
        right = {"Authorization": f"Bearer {TOKEN}"}
        answer = await client.get(path, headers=right)
        assert answer.status == 200
        answer.close()
    for path in ("/healthz", "/readyz", "/sign-in", "/static/styles/base.css"):
        assert (await client.get(path)).status == 200


async def test_a_screen_signs_in_by_its_address(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    outside = await client.get("/", allow_redirects=False)
    assert (outside.status, outside.headers["Location"]) == (303, "/sign-in")
    inside = await client.get(f"/queue/Retours?token={TOKEN}", allow_redirects=False)
    assert (inside.status, inside.headers["Location"]) == (303, "/queue/Retours")
    cookie = inside.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    assert (await client.get("/api/wallboard")).status == 200


async def test_somebody_signs_in_by_the_form(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    again = await client.post("/sign-in", data={"token": "no"}, allow_redirects=False)
    assert again.headers["Location"] == "/sign-in?again"
    inside = await client.post("/sign-in", data={"token": TOKEN}, allow_redirects=False)
    assert inside.headers["Location"] == "/"
    assert (await client.get("/api/wallboard")).status == 200


@pytest.mark.parametrize(
    "path", ["/static/../server.py", "/static/%2e%2e/server.py", "/static/..%2fserver.py"]
)
async def test_no_path_leads_out_of_the_pages_own_files(serve: Serve, path: str) -> None:
    assert (await (await serve()).get(path)).status == 404


async def test_files_are_asked_for_again_but_not_sent_again(serve: Serve) -> None:
    client = await serve()
    first = await client.get("/static/modules/main.js")
    assert first.content_type == "text/javascript"
    tag = first.headers["ETag"]
    again = await client.get("/static/modules/main.js", headers={"If-None-Match": tag})
    assert again.status == 304


async def test_both_languages_have_the_same_words(serve: Serve) -> None:
    words = json.loads(await text(await (await serve()).get("/static/words.json")))
    assert {"en", "fr"} <= set(words)

    def paths(tree: object, path: str = "") -> set[str]:
        if not isinstance(tree, dict):
            return {path}
        return {found for key in tree for found in paths(tree[key], f"{path}.{key}")}

    assert paths(words["en"]) == paths(words["fr"])
