"""A wallboard in a real Chromium, over a board whose figures the test sets.

The server runs in a thread of its own, so that a test can be read from top to bottom.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Self

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page, expect, sync_playwright

from streams.adapters.web.server import application, started
from tests.browser.fake_board import FakeBoard
from tests.processes import free_port
from tests.tools import need

# No sandbox: as root, in a container, Chromium refuses to start with one.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
HOLD_SECONDS = 10.0
SNAPSHOT_SECONDS = 0.2

expect.set_options(timeout=10_000)


class Wall:
    """A board, its server, and the pages that were opened on it."""

    def __init__(self, board: FakeBoard, browser: Browser) -> None:
        self.board = board
        self.port = free_port()
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.silent = False
        """Whether no snapshots come, though the server answers."""
        self._browser = browser
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.AppRunner | None = None
        self._contexts = ExitStack()

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._begin_snapshots)
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self._contexts.close()
        self.down()
        self._snapshots.cancel()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(HOLD_SECONDS)
        self._loop.close()

    def _do(self, what: Callable[[], None]) -> None:
        async def now() -> None:
            what()

        asyncio.run_coroutine_threadsafe(now(), self._loop).result(HOLD_SECONDS)

    def _begin_snapshots(self) -> None:
        async def snapshots() -> None:
            while True:
                if not self.silent:
                    self.board.show()
                await asyncio.sleep(SNAPSHOT_SECONDS)

        self._snapshots = self._loop.create_task(snapshots())

    def up(self) -> None:
        """Starts the server, on the same port each time."""
        app = application(self.board)
        begun = started(app, host="127.0.0.1", port=self.port)
        self._runner = asyncio.run_coroutine_threadsafe(begun, self._loop).result(HOLD_SECONDS)

    def down(self) -> None:
        """Ends the server."""
        if self._runner is not None:
            ended = asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop)
            ended.result(HOLD_SECONDS)
            self._runner = None

    def change(self, what: Callable[[FakeBoard], None]) -> None:
        """Changes figures between two snapshots; the next one shows them."""
        self._do(lambda: what(self.board))

    def open(
        self, path: str = "/", *, width: int = 1920, height: int = 1080, language: str = "en-GB"
    ) -> Page:
        """A page in a browser of its own; what it logs as an error lands in `errors`."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, locale=language
        )
        self._contexts.callback(context.close)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(f"http://127.0.0.1:{self.port}{path}")
        expect(page.locator(".tile")).to_have_count(7)
        return page


# For a module, not the session: while it runs, no test with a loop of its own can.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    chromium = need("chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def wall(browser: Browser) -> Iterator[Wall]:
    """A wallboard without queues or figures yet; a page that logs an error fails the test."""
    with Wall(FakeBoard(), browser) as wall:
        yield wall
        assert wall.errors == []
