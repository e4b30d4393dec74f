"""What somebody in front of the wallboard sees: on a wall, at a desk, on a telephone."""

from pathlib import Path

import pytest
from msgspec import structs
from playwright.sync_api import Locator, Page, expect

from streams.adapters.web.build import Figure
from streams.adapters.web.state import Message, Status
from tests.browser.conftest import Wall
from tests.browser.fake_board import AT_MS, FakeBoard, count, mean, ratio

NAMES = [f"File d'attente numéro {n}" for n in range(1, 15)]
HOSTILE = [
    "<img src=x onerror=\"window.hacked='img'\">",
    "</script><script>window.hacked='script'</script>",
    '"><svg onload="window.hacked=\'svg\'">',
    "{{7*7}} ${window.hacked='template'}",
    "javascript:window.hacked='link'",
    "../../etc/passwd?x=1#y",
    "\N{GHOST} \u202e evil \u0000 \u0645\u0631\u062d\u0628\u0627",
    "W" * 128,
]


def fill(board: FakeBoard, names: list[str]) -> None:
    """Figures as on an ordinary morning: one queue in trouble, one with too few contacts."""
    board.queues = list(names)
    for place, name in enumerate(names):
        board["service_level", name] = ratio(80 + place, 100)
        board["abandonment_rate", name] = ratio(4, 100)
        board["average_speed_of_answer", name] = mean(1800, 90)
        board["contacts_waiting", name] = count(place % 5)
        board["agents_available", name] = count(2)
        board["longest_wait_now", name] = Figure(value=30, oldest_ms=AT_MS - 30_000)
    board["service_level", None] = ratio(75, 144)
    board["abandonment_rate", None] = ratio(6, 144)
    board["average_speed_of_answer", None] = mean(2484, 138, p90=41, max=95)
    board["contacts_waiting", None] = count(12)
    board["longest_wait_now", None] = Figure(value=83, oldest_ms=AT_MS - 83_000)
    board["agents_available", None] = count(9)
    board["agents", None] = count(31, available=9, on_contact=18, wrapup=4)
    board["occupancy", None] = Figure(
        value=0.75, numerator=27_000, denominator=36_000, samples=36_000
    )


def tile(page: Page, kpi: str) -> Locator:
    """One of the big figures."""
    return page.locator(f'.tile[data-kpi="{kpi}"]')


def value(page: Page, kpi: str) -> Locator:
    """The figure itself, with its sign."""
    return tile(page, kpi).locator(".value")


# ---- figures


def test_each_tile_shows_its_figure_and_its_pieces(wall: Wall) -> None:
    wall.change(lambda board: fill(board, NAMES))
    page = wall.open()
    expect(value(page, "service_level")).to_have_text("52.0%")
    expect(tile(page, "service_level")).to_contain_text("75 of 144 within 20 s")
    expect(tile(page, "service_level")).to_contain_text("n = 144")
    expect(tile(page, "service_level")).to_contain_text("15 min")
    expect(tile(page, "service_level")).to_contain_text("target ≥ 80%")
    expect(tile(page, "service_level")).to_contain_text("Critical")
    expect(value(page, "average_speed_of_answer")).to_have_text("0:18")
    expect(tile(page, "average_speed_of_answer")).to_contain_text("90% in 0:41 · max. 1:35")
    expect(value(page, "agents_available")).to_have_text("9")
    expect(tile(page, "agents_available")).to_contain_text("of 31 logged in")
    expect(tile(page, "occupancy")).to_contain_text("7 h 30 of 10 h 00")
    expect(page.locator("#clock-time")).to_contain_text("11:15:0")  # in the site's zone
    assert {url.split("/")[2] for url in wall.asked} == {f"127.0.0.1:{wall.port}"}


def test_figures_change_with_the_next_snapshot(wall: Wall) -> None:
    wall.change(lambda board: fill(board, NAMES))
    page = wall.open()
    expect(value(page, "contacts_waiting")).to_have_text("12")

    def rise(board: FakeBoard) -> None:
        board["contacts_waiting", None] = count(13)
        board["service_level", None] = ratio(90, 100)
        board["contacts_waiting", NAMES[3]] = count(9)

    wall.change(rise)
    expect(value(page, "contacts_waiting")).to_have_text("13")
    expect(value(page, "service_level")).to_have_text("90.0%")
    expect(tile(page, "service_level")).to_have_attribute("data-verdict", "good")
    expect(tile(page, "contacts_waiting")).to_have_attribute("data-verdict", "warning")
    expect(tile(page, "contacts_waiting")).to_contain_text("1 queue over its limit")
    expect(page.locator("tbody tr").first).to_contain_text(NAMES[3])


def test_the_heartbeat_moves_only_with_snapshots(wall: Wall) -> None:
    page = wall.open()
    beats = page.locator(".beat i")
    lit = "all => all.findIndex((e) => e.hasAttribute('data-on'))"
    seen = {beats.evaluate_all(lit) for _ in range(30) if page.wait_for_timeout(50) is None}
    assert seen == {0, 1, 2, 3, 4}
    wall.silent = True
    page.wait_for_timeout(600)  # what was under way arrives
    at = beats.evaluate_all(lit)
    page.wait_for_timeout(600)
    assert beats.evaluate_all(lit) == at


def test_the_longest_wait_ticks_between_snapshots(wall: Wall) -> None:
    wall.change(lambda board: fill(board, NAMES))
    page = wall.open()
    wall.silent = True
    expect(value(page, "longest_wait_now")).to_have_text("1:24", timeout=3_000)
    expect(value(page, "longest_wait_now")).to_have_text("1:25", timeout=3_000)


def test_too_few_contacts_colour_nothing(wall: Wall) -> None:
    def few(board: FakeBoard) -> None:
        fill(board, NAMES)
        board["service_level", None] = ratio(0, 3)

    wall.change(few)
    page = wall.open()
    expect(value(page, "service_level")).to_have_text("0.0%")
    expect(tile(page, "service_level")).to_contain_text("3 of the 5 needed")
    expect(tile(page, "service_level")).to_contain_text("Too few")
    assert colour(value(page, "service_level")) == faint(page)


def test_no_value_is_a_dash(wall: Wall) -> None:
    page = wall.open()
    expect(value(page, "service_level")).to_have_text("—")
    expect(tile(page, "service_level")).to_contain_text("nothing in this window yet")


def test_a_tile_opens_to_its_pieces_by_keyboard(wall: Wall) -> None:
    wall.change(lambda board: fill(board, NAMES))
    page = wall.open()
    tile(page, "service_level").get_by_role("button").focus()
    page.keyboard.press("Enter")
    card = page.get_by_role("dialog", name="Service level")
    expect(card).to_contain_text("Numerator75")
    expect(card).to_contain_text("Minimum sample5")
    wall.change(lambda board: board.__setitem__(("service_level", None), ratio(76, 145)))
    expect(card).to_contain_text("Numerator76")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_a_queue_has_a_page_of_its_own(wall: Wall) -> None:
    wall.change(lambda board: fill(board, [*NAMES, "a/b?c#d é"]))
    page = wall.open()
    page.get_by_role("link", name="a/b?c#d é").click()
    expect(page.locator("#scope")).to_have_text("a/b?c#d é")
    expect(value(page, "service_level")).to_have_text("94.0%")
    expect(page.locator("tr[aria-current]")).to_contain_text("a/b?c#d é")


# ---- languages and light


def test_the_language_switches_and_stays(wall: Wall) -> None:
    wall.change(lambda board: fill(board, NAMES))
    page = wall.open()
    expect(tile(page, "service_level")).to_contain_text("Service level")
    page.get_by_role("button", name="Français").click()
    expect(tile(page, "service_level")).to_contain_text("Niveau de service")
    expect(tile(page, "service_level")).to_contain_text("75 sur 144 en 20")
    expect(value(page, "service_level")).to_have_text("52,0%")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("thead")).to_contain_text("En attente")
    page.reload()
    expect(tile(page, "service_level")).to_contain_text("Niveau de service")


def test_the_sites_language_is_the_first(wall: Wall) -> None:
    wall.change(lambda board: setattr(board, "site", structs.replace(board.site, language="fr")))
    expect(tile(wall.open(), "occupancy")).to_contain_text("occupation")
    expect(tile(wall.open("/?language=en"), "occupancy")).to_contain_text("Occupancy")


def test_the_light_can_be_switched(wall: Wall) -> None:
    page = wall.open()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light display").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


# ---- room


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


# Texts that don't have the room they need: tiles and cells show every figure in full.
CUT = """[...document.querySelectorAll('.value, .pieces, .foot, .badge, .open, .cell')]
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


# ---- old data


def colour(element: Locator, name: str = "color") -> str:
    """A colour as the browser paints it."""
    return str(element.evaluate(f"e => getComputedStyle(e).{name}"))


def faint(page: Page) -> str:
    """The colour of what does not count."""
    return str(
        page.evaluate(
            """() => {
                const probe = document.body.appendChild(document.createElement('p'));
                probe.style.color = 'var(--faint)';
                const found = getComputedStyle(probe).color;
                probe.remove();
                return found;
            }"""
        )
    )


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
        reason = Message("worker_silent", "critical", {"silent": 4, "partitions": 4})
        board.status = Status(
            "worker_silent", since_ms=AT_MS - 48_000, age_ms=48_000, reason=reason
        )

    wall.change(silent)
    page = wall.open()
    expect(page.locator("#feed")).to_contain_text("Worker silent")
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


# ---- names that mean harm, ears instead of eyes


def test_hostile_names_are_only_text(wall: Wall, tmp_path: Path) -> None:
    wall.change(lambda board: fill(board, HOSTILE))
    wall.change(lambda board: setattr(board, "site", structs.replace(board.site, name=HOSTILE[0])))
    page = wall.open()
    expect(page.locator("tbody tr")).to_have_count(len(HOSTILE))
    shown = page.locator(".queue-name .text").all_text_contents()
    assert sorted(shown) == sorted(HOSTILE)
    assert page.locator("main img, main script, .queue-name svg").count() == 0
    for link in page.locator(".queue-name").all():
        assert str(link.get_attribute("href")).startswith("/queue/")
    page.locator(".queue-name").nth(0).click()
    expect(page.locator(".tile")).to_have_count(7)
    assert page.evaluate("window.hacked") is None


def test_a_screen_reader_finds_names_and_hears_alarms(wall: Wall) -> None:
    wall.change(lambda board: fill(board, NAMES))
    page = wall.open()
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_role("columnheader")).to_have_count(7)
    expect(page.get_by_role("rowheader")).to_have_count(14)
    expect(page.get_by_role("heading", level=2)).to_have_count(7)
    expect(page.get_by_role("heading", level=1)).to_have_text("Maison Azur, All queues")
    expect(page.locator("#voice")).to_have_text("")
    wall.change(lambda board: board.__setitem__(("agents_available", None), count(0)))
    expect(page.locator("#voice")).to_have_text("Agents available: 0, Critical")
