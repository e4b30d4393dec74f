"""Sends every snapshot to all open pages: made once, shared, never queued.

Each page (everything, or one queue) has one newest frame. Whoever follows it takes the newest
when its connection is free again, so a slow telephone skips snapshots instead of piling them up;
one that takes nothing for WRITE_SECONDS is dropped and connects again by itself.
"""

import asyncio
import logging
import socket
from dataclasses import dataclass, field
from typing import Final

import msgspec
from aiohttp import web

from streams.adapters.web.source import BoardSource
from streams.adapters.web.state import WallboardState

MAXIMUM_FOLLOWERS: Final = 500
WRITE_SECONDS: Final = 10.0
SEND_BUFFER_BYTES: Final = 65_536
"""Little stands between a frame and the network, so that a slow page is late, not old."""
RETRY_MS: Final = 1_000

_log = logging.getLogger(__name__)
_json = msgspec.json.Encoder()


@dataclass(slots=True)
class Page:
    """What everybody who looks at one page gets next."""

    queue: str | None
    followers: int = 0
    number: int = 0
    frame: bytes = b""
    catalogue: bytes = b""
    described: tuple[object, ...] = ()
    newer: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, state: WallboardState, version: str) -> None:
        """Makes the frame of a snapshot, and wakes all followers."""
        described = (state.site, state.kpis, version)
        if described != self.described:
            self.described = described
            catalogue = {"site": state.site, "kpis": state.kpis, "version": version}
            self.catalogue = b"event: catalogue\ndata: " + _json.encode(catalogue) + b"\n\n"
        body = _json.encode(msgspec.structs.replace(state, kpis={}))
        self.frame = b"id: %d\nevent: board\ndata: %b\n\n" % (state.number, body)
        self.number = state.number
        self.wake()

    def wake(self) -> None:
        """Lets followers look again."""
        self.newer.set()
        self.newer = asyncio.Event()


class Streams:
    """All pages that somebody looks at."""

    def __init__(self, source: BoardSource, version: str) -> None:
        self._source = source
        self._version = version
        self._pages: dict[str | None, Page] = {}
        self._closing = False
        self.failure = ""
        """Why the newest snapshot could not be shown, in words; empty when it could."""

    @property
    def followers(self) -> int:
        """How many pages are open."""
        return sum(page.followers for page in self._pages.values())

    async def run(self) -> None:
        """Shows each snapshot to the pages that are looked at, until cancelled."""
        number = 0
        try:
            while True:
                number = await self._source.next_snapshot(number)
                failures = [self._show(page) for page in tuple(self._pages.values())]
                self.failure = next(filter(None, failures), "")
        except Exception as error:
            # Told at /readyz and in the log: the pages grey by themselves, the server stays up.
            self.failure = f"no further snapshots: {type(error).__name__}: {error}"
            _log.exception("the board gives no further snapshots to the pages")

    def _show(self, page: Page) -> str:
        """Shows the newest snapshot on one page; why it could not, else empty."""
        try:
            state = self._source.wallboard(page.queue)
            if state is not None:
                page.show(state, self._version)
        except Exception as error:
            # One page that can't be made must not stop the others: it greys by itself, /readyz
            # tells why, and the log has the trace once per cause.
            failure = f"the wallboard cannot be made: {type(error).__name__}: {error}"
            if failure != self.failure:
                _log.exception("page %r cannot be made", page.queue)
            return failure
        return ""

    def close(self) -> None:
        """Ends all streams, for the server's end."""
        self._closing = True
        for page in self._pages.values():
            page.wake()

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """The stream of one page, until one side goes away."""
        queue = request.query.get("queue")
        if self.followers >= MAXIMUM_FOLLOWERS:
            raise web.HTTPServiceUnavailable(text="too many open pages\n")
        page = self._pages.get(queue)
        if page is None:
            state = self._source.wallboard(queue)
            if state is None:
                raise web.HTTPNotFound(text="no such queue\n")
            page = self._pages[queue] = Page(queue)
            page.show(state, self._version)
        page.followers += 1
        try:
            return await self._send(request, page)
        finally:
            page.followers -= 1
            if not page.followers:
                self._pages.pop(queue, None)

    async def _send(self, request: web.Request, page: Page) -> web.StreamResponse:
        response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})
        response.content_type = "text/event-stream"
        _keep_little(request)
        await response.prepare(request)
        chunk = b"retry: %d\n\n" % RETRY_MS
        catalogue = b""
        while not self._closing:
            newer = page.newer
            if page.catalogue != catalogue:
                catalogue = page.catalogue
                chunk += catalogue
            try:
                async with asyncio.timeout(WRITE_SECONDS):
                    await response.write(chunk + page.frame)
            except (TimeoutError, ConnectionError):
                if request.transport is not None:
                    request.transport.abort()
                break
            chunk = b""
            await newer.wait()
        return response


def _keep_little(request: web.Request) -> None:
    transport = request.transport
    if transport is None:
        return
    transport.set_write_buffer_limits(high=SEND_BUFFER_BYTES)
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
