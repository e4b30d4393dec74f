"""What the tests of the wallboard share: an ordinary morning, and where to look."""

from playwright.sync_api import Locator, Page

from streams.adapters.web.build import Figure
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
