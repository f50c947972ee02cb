"""Codes, modifiers and sections as the search takes them: a test names only what matters to it."""

from __future__ import annotations

from catalog.search import Entry, SectionEntry


def entry(code: str, long: str = "", *, short: str | None = None, ended: bool = False, **fields) -> Entry:
    defaults = {
        "kind": "code" if len(code) == 5 else "modifier",
        "tag": "Ended Mar 31, 2024" if ended else "",
        "letter": code[0],
        "section": "",
        "where": "",
        "level": 2,
    }
    return Entry(code=code, short=long if short is None else short, long=long, ended=ended, **defaults | fields)


def section(slug: str, title: str, **fields) -> SectionEntry:
    defaults = {"short_title": title, "description": "", "path_titles": (), "level": 2, "codes": 1}
    defaults |= {"letter": "E", "low": "E0000", "high": "E9999"}
    return SectionEntry(slug=slug, title=title, **defaults | fields)
