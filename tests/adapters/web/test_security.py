"""Who may look at the wallboard, and what a page may do."""

import json

import pytest

from streams.adapters.web.server import application
from tests.adapters.web.kit import Serve, text
from tests.browser.fake_board import FakeBoard

TOKEN = "a-token-of-twenty-ch"


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
