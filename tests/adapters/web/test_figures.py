"""Figures for programs: the page's state, lines, metrics, health."""

import json

import pytest

from streams.adapters.web.source import LINE_FIELDS, Readiness
from tests.adapters.web.kit import Serve, text
from tests.browser.fake_board import FakeBoard


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
