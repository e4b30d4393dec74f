"""A web server over a board whose figures the test sets."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from streams.adapters.web.server import application
from tests.adapters.web.kit import Client, Serve
from tests.browser.fake_board import FakeBoard, count, ratio


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
