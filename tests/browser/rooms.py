"""What every page has to pass in a real browser: nothing inaccessible, nothing wider than a phone."""

from __future__ import annotations

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCREENS = [("light", 1280), ("dark", 390)]
ASKED = {"resultTypes": ["violations"]}  # what passes need not be listed, which saves a fifth of the time
PHONE = {"width": 390, "height": 844}


def violations(page: Page, rooms: Iterable[str], scheme: str, width: int) -> dict[str, list[tuple[str, str]]]:
    """What axe finds in each of these addresses, with all details open: the rule and the first element."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": PHONE["height"]})
    found = {}
    for room in rooms:
        page.goto(room)
        for details in page.locator("details").all():
            details.evaluate("element => element.open = true")
        if broken := violations_here(page):
            found[room] = broken
    return found


def violations_here(page: Page) -> list[tuple[str, str]]:
    """What axe finds in the page as it is: the rule and the first element."""
    broken = Axe().run(page, options=ASKED).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in broken]


def too_wide(page: Page, rooms: Iterable[str]) -> list[str]:
    """Those of these addresses that scroll sideways on a phone."""
    page.set_viewport_size(PHONE)
    found = []
    for room in rooms:
        page.goto(room)
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            found.append(room)
    return found
