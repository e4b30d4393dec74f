"""What the tests of the web server share."""

import asyncio
from collections.abc import Callable, Coroutine

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

Client = TestClient[web.Request, web.Application]
Serve = Callable[..., Coroutine[None, None, Client]]
SECONDS = 5.0


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
