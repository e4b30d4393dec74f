"""The wallboard has room on a wall, a desk, a telephone; an alarm takes none."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Wall
from tests.browser.fake_board import FakeBoard, count, ratio
from tests.browser.look import HOSTILE, NAMES, colour, fill, tile, value


@pytest.mark.parametrize(
    ("width", "height"), [(1920, 1080), (1366, 768), (1280, 720), (3840, 2160), (1280, 1024)]
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_fourteen_queues_fit_on_a_wall_without_scrolling(
    wall: Wall, width: int, height: int, language: str
) -> None:
    wall.change(lambda board: fill(board, NAMES))
    page = wall.open(f"/?language={language}", width=width, height=height)
    expect(page.locator("tbody tr")).to_have_count(14)
    page.evaluate("document.fonts.ready")
    too_long = page.evaluate(
        "[document.documentElement, document.querySelector('.scroll')]"
        ".map((e) => e.scrollHeight - e.clientHeight)"
    )
    assert max(too_long) <= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT) == []


def test_few_queues_are_large_and_whole(wall: Wall) -> None:
    def trouble(board: FakeBoard) -> None:
        fill(board, NAMES[:3])
        board["service_level", NAMES[0]] = ratio(555, 1000)
        board["abandonment_rate", NAMES[0]] = ratio(155, 1000)

    wall.change(trouble)
    page = wall.open("/?language=fr")
    height = page.locator("tbody tr").first.bounding_box()
    assert height is not None
    assert height["height"] > 55
    assert page.evaluate(CUT) == []


# Texts that don't have the room they need: tiles and cells show every figure in full.
CUT = """[...document.querySelectorAll('.value, .pieces, .foot, .badge, .open, td, thead th')]
    .filter((e) => e.offsetParent && e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
    .map((e) => e.textContent)"""


@pytest.mark.parametrize("width", [390, 360, 320, 768])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_telephone_scrolls_down_only(wall: Wall, width: int, language: str) -> None:
    wall.change(lambda board: fill(board, [*NAMES[:3], *HOSTILE]))
    page = wall.open(f"/?language={language}", width=width, height=844)
    expect(page.locator("tbody tr")).to_have_count(3 + len(HOSTILE))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    first, second = tile(page, "contacts_waiting"), tile(page, "longest_wait_now")
    boxes = first.bounding_box(), second.bounding_box()
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] == boxes[1]["y"]  # side by side


def test_an_alarm_recolours_its_tile_and_covers_nothing(wall: Wall) -> None:
    wall.change(lambda board: fill(board, NAMES))
    page = wall.open()
    calm = colour(tile(page, "agents_available"), "backgroundColor")
    boxes = page.locator(".tile").evaluate_all("all => all.map((e) => e.offsetTop)")
    wall.change(lambda board: board.__setitem__(("agents_available", None), count(0)))
    expect(tile(page, "agents_available")).to_have_attribute("data-verdict", "critical")
    assert colour(tile(page, "agents_available"), "backgroundColor") != calm
    assert page.locator(".tile").evaluate_all("all => all.map((e) => e.offsetTop)") == boxes
    expect(value(page, "agents_available")).to_be_visible()
