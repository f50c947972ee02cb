"""Reading the pages as a person would: by their words and links."""

from __future__ import annotations

from functools import lru_cache

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse


@lru_cache(maxsize=8)  # a test asks several things about one answer, and reading it takes as long as making it
def main(response: HttpResponse) -> Tag:
    """The page's own part, without header and footer; the whole answer when it is a fragment."""
    soup = BeautifulSoup(response.content, "html.parser")
    return soup.find("main") or soup


def text(element: Tag) -> str:
    """What is written in it, with single blanks."""
    return " ".join(element.get_text(" ").split())


def words(response: HttpResponse) -> str:
    return text(main(response))


def links(response: HttpResponse) -> set[str]:
    return {link["href"] for link in main(response).find_all("a", href=True)}


def codes_listed(response: HttpResponse) -> list[str]:
    """The first cell of every row of the table."""
    return [text(row.find("td")).replace(" ", "") for row in main(response).select("table.codes tbody tr")]


def verdict(response: HttpResponse) -> str:
    """The chip of what is said of an edit."""
    return text(main(response).select_one(".hit .v"))


def receipts(response: HttpResponse) -> list[str]:
    return [text(receipt) for receipt in main(response).select(".receipt")]
