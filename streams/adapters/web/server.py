"""The board's web server: the wallboard, its live stream, figures for programs, metrics, health.

It is up before there is a single figure: a page says what is missing instead of not loading.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from aiohttp import web

from streams.adapters.web import figures
from streams.adapters.web.files import Files
from streams.adapters.web.security import Guard, add_headers
from streams.adapters.web.source import BoardSource, Readiness
from streams.adapters.web.stream import Streams

TEXT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_TYPE: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"
END_SECONDS: Final = 2.0
"""Requests still under way at the end get so long."""

STREAMS: Final = web.AppKey("streams", Streams)
"""`app[STREAMS].followers` says how many pages are open."""

SourceHandler = Callable[[web.Request, BoardSource], Awaitable[web.StreamResponse]]


def application(
    source: BoardSource, *, listen: str = "127.0.0.1", token: str | None = None
) -> web.Application:
    """The web application over a board.

    `listen` is the host that it will listen on; any but a loopback one needs a `token`
    (ValueError otherwise).
    """
    guard = Guard(listen=listen, token=token)
    app = web.Application(middlewares=[guard.middleware], client_max_size=4096)
    app.on_response_prepare.append(add_headers)
    files = Files()
    streams = Streams(source, files.version)
    app[STREAMS] = streams
    app.cleanup_ctx.append(_showing(streams))
    app.on_shutdown.append(_closing(streams))
    _add_pages(app, files, source, guard)
    app.router.add_get("/api/stream", streams.follow, allow_head=False)
    app.router.add_get("/api/kpis", _asking(figures.kpis, source), allow_head=False)
    app.router.add_get("/api/wallboard", _asking(figures.wallboard, source))
    app.router.add_get("/metrics", _asking(metrics, source))
    app.router.add_get("/healthz", healthy)
    app.router.add_get("/readyz", _readiness(source, streams))
    return app


def _add_pages(app: web.Application, files: Files, source: BoardSource, guard: Guard) -> None:
    async def page(request: web.Request) -> web.StreamResponse:
        queue = request.match_info.get("queue")
        if queue is not None and source.wallboard(queue) is None:
            response = files.page("missing.html")
            response.set_status(404)
            return response
        return files.page("index.html")

    async def sign_in(request: web.Request) -> web.StreamResponse:
        return files.page("sign-in.html")

    app.router.add_get("/", page)
    app.router.add_get("/queue/{queue:.+}", page)
    app.router.add_get("/sign-in", sign_in)
    app.router.add_post("/sign-in", guard.sign_in)
    app.router.add_get("/static/words.json", files.all_words)
    app.router.add_get("/static/{path:.+}", files.static)


def _asking(
    handler: SourceHandler, source: BoardSource
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        return await handler(request, source)

    return answer


async def metrics(request: web.Request, source: BoardSource) -> web.StreamResponse:
    """The exposition text, as OpenMetrics for those who accept it."""
    openmetrics = "application/openmetrics-text" in request.headers.get("Accept", "")
    body = source.metrics(openmetrics=openmetrics)
    kind = OPENMETRICS_TYPE if openmetrics else TEXT_TYPE
    return web.Response(body=body, headers={"Content-Type": kind})


async def healthy(request: web.Request) -> web.StreamResponse:
    """The process answers; whether its figures are right is asked at /readyz."""
    return web.Response(text="ok\n")


def _readiness(
    source: BoardSource, streams: Streams
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        said = source.readiness()
        if said.ready and streams.failure:
            said = Readiness(False, streams.failure)
        if said.ready:
            return web.Response(text="ready\n")
        return web.Response(status=503, text=f"{said.reason or 'not ready'}\n")

    return answer


def _showing(streams: Streams) -> Callable[[web.Application], AsyncIterator[None]]:
    async def showing(app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(streams.run(), name="snapshots to pages")
        yield
        task.cancel()
        await asyncio.wait([task])

    return showing


def _closing(streams: Streams) -> Callable[[web.Application], Awaitable[None]]:
    async def closing(app: web.Application) -> None:
        streams.close()

    return closing


async def started(app: web.Application, *, host: str, port: int) -> web.AppRunner:
    """Listens; `await runner.cleanup()` ends it. OSError when the address is taken.

    Port 0 takes a free one: see `runner.addresses`.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=END_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner
