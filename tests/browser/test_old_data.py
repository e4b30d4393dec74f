"""Figures that have stopped look like it: grey, with their age and the reason."""

from playwright.sync_api import expect

from streams.adapters.web.state import Message, Status
from tests.browser.conftest import Wall
from tests.browser.fake_board import AT_MS, FakeBoard
from tests.browser.look import NAMES, colour, faint, fill, tile, value


def test_the_page_greys_when_the_stream_stops_and_comes_back_by_itself(wall: Wall) -> None:
    wall.change(lambda board: fill(board, NAMES))
    page = wall.open()
    expect(page.locator("body")).to_have_attribute("data-feed", "live")
    assert colour(value(page, "service_level")) != faint(page)
    wall.down()
    expect(page.locator("body")).to_have_attribute("data-feed", "lost")
    assert colour(value(page, "service_level")) == faint(page)
    expect(tile(page, "service_level")).to_contain_text(" s old")
    expect(page.locator(".notice")).to_contain_text("Figures stopped at 11:15:0")
    stood = value(page, "longest_wait_now").text_content()
    page.wait_for_timeout(1_500)
    assert value(page, "longest_wait_now").text_content() == stood
    wall.up()
    expect(page.locator("body")).to_have_attribute("data-feed", "live")
    expect(page.locator(".notice")).to_have_count(0)
    assert colour(value(page, "service_level")) != faint(page)
    wall.errors.clear()  # the browser itself tells of refused connections


def test_a_hanging_stream_greys_too(wall: Wall) -> None:
    wall.change(lambda board: fill(board, NAMES))
    page = wall.open()
    wall.silent = True
    expect(page.locator("body")).to_have_attribute("data-feed", "lost")
    wall.silent = False
    expect(page.locator("body")).to_have_attribute("data-feed", "live")


def test_a_silent_worker_greys_the_figures_with_their_age(wall: Wall) -> None:
    def silent(board: FakeBoard) -> None:
        fill(board, NAMES)
        board.status = Status(
            "worker_silent", since_ms=AT_MS - 48_000, age_ms=48_000, silent=4, partitions=4
        )

    wall.change(silent)
    page = wall.open()
    expect(page.locator("#feed")).to_contain_text("Worker silent")
    expect(page.locator(".notice")).to_have_text(
        "The worker has said nothing since 11:14:12: 4 of 4 partitions stand still."
    )
    expect(tile(page, "service_level")).to_contain_text("48 s old")
    assert colour(value(page, "service_level")) == faint(page)


def test_catching_up_keeps_the_colours_and_tells_the_age(wall: Wall) -> None:
    def behind(board: FakeBoard) -> None:
        fill(board, NAMES)
        board.status = Status("catching_up", age_ms=34_000, behind=2, lag_events=184_223)

    wall.change(behind)
    page = wall.open()
    expect(page.locator("#feed")).to_contain_text("184,223 events behind")
    expect(tile(page, "service_level")).to_contain_text("34 s old")
    expect(tile(page, "service_level")).to_contain_text("Critical")


def test_without_kafka_each_tile_says_why(wall: Wall) -> None:
    def away(board: FakeBoard) -> None:
        reason = Message(
            "kafka_unreachable", "critical", {"address": "kafka:9092", "since_ms": AT_MS}
        )
        board.status = Status("kafka_unreachable", since_ms=AT_MS, reason=reason)

    wall.change(away)
    page = wall.open()
    for found in page.locator(".tile").all():
        expect(found).to_contain_text("Kafka unreachable since 11:15:00")
    expect(page.locator(".notice")).to_have_text(
        "Kafka at kafka:9092 has not answered since 11:15:00. Trying again."
    )
