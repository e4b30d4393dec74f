"""What somebody in front of the wallboard sees: figures, pieces, words, names."""

from msgspec import structs
from playwright.sync_api import expect

from tests.browser.conftest import Wall
from tests.browser.fake_board import FakeBoard, count, ratio
from tests.browser.look import HOSTILE, NAMES, colour, faint, fill, tile, value


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
    expect(tile(page, "average_speed_of_answer")).to_contain_text(
        "90% in 0:41 · max.\N{NO-BREAK SPACE}1:35"
    )
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
    seen = set()
    for _ in range(30):
        seen.add(beats.evaluate_all(lit))
        page.wait_for_timeout(50)
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


# ---- names that mean harm, ears instead of eyes


def test_hostile_names_are_only_text(wall: Wall) -> None:
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
