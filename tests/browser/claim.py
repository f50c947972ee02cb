"""The grid of a claim as a person sees it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect


def code(page: Page, line: int):
    return page.get_by_label(f"Line {line} code", exact=True)


def codes(page: Page) -> list[str]:
    """What stands in the code cells, blank ones at the end left out."""
    found = page.locator("#claim tbody [name=code]").evaluate_all("fields => fields.map(field => field.value)")
    while found and not found[-1]:
        found.pop()
    return found


def lines(page: Page) -> list[str]:
    """The lines of the address."""
    return lines_of(page.url)


def lines_of(url: str) -> list[str]:
    return parse_qs(urlsplit(url).query).get("line", [])


def expect_lines(page: Page, *wanted: str) -> None:
    """Wait until the address has these lines, and the findings are about them."""
    page.wait_for_url(lambda url: lines_of(url) == list(wanted))
    expect(page.locator("#check")).not_to_have_attribute("aria-busy", "true")


def paste(page: Page, text: str) -> None:
    """Paste a text where the focus is."""
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            if (document.activeElement.dispatchEvent(paste)) document.execCommand("insertText", false, text);
        }""",
        text,
    )


def chips(page: Page):
    return page.locator(".finding .v")
