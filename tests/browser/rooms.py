"""What every page has to pass in a real browser: nothing inaccessible, nothing wider than a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCREENS = [("light", 1280), ("dark", 390)]
ASKED = {"resultTypes": ["violations"]}  # what passes need not be listed, which saves a fifth of the time
UNFOLD = "for (const each of document.querySelectorAll('details')) each.open = true"
BUT_COLORS = ASKED | {"rules": {"color-contrast": {"enabled": False}}}
"""For more pages of the same make: their colors are those of the first, and take most of the time."""
PHONE = {"width": 390, "height": 844}


def faults(
    page: Page, rooms: Iterable[str], screens: Sequence[tuple[str, int]] = SCREENS, asked: dict = ASKED
) -> dict[str, list[tuple[str, str]]]:
    """What axe finds in each of these addresses on every screen, and whether a phone has to scroll it sideways.

    Each is loaded once, on a dark phone, and seen on the other screens from there, with all its details open.
    """
    found = {}
    for room in rooms:
        show(page, "dark", PHONE["width"])
        page.goto(room)
        broken = [("wider than a phone", room)] if is_too_wide(page) else []
        page.evaluate(UNFOLD)
        for screen in reversed(screens):
            show(page, *screen)
            broken += violations_here(page, asked)
        if broken:
            found[room] = broken
    return found


def show(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": PHONE["height"]})


def violations_here(page: Page, asked: dict = ASKED) -> list[tuple[str, str]]:
    """What axe finds in the page as it is: the rule and the first element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    broken = page.evaluate("asked => axe.run(document, asked)", asked)["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in broken]


def too_wide(page: Page, rooms: Iterable[str]) -> list[str]:
    """Those of these addresses that scroll sideways on a phone."""
    page.set_viewport_size(PHONE)
    found = []
    for room in rooms:
        page.goto(room)
        if is_too_wide(page):
            found.append(room)
    return found


def is_too_wide(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]
