"""Lists of links as the lookup shows them: a code, what it is, where it belongs.

Made here and not in a template: a screenful of rows comes with every letter somebody types, and a template would
take longer for them than the search.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from html import escape
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from catalog import codes, modifiers
from catalog.models import Section
from catalog.reading import Marks, highlight
from catalog.search import Entry, SectionEntry
from catalog.templatetags.catalog import code as mark_code
from catalog.to_scratchpad import address
from catalog.tree import Tree
from catalog.wording import shorten

DESCRIPTOR_LENGTH = 180
NO_MARKS = Marks()
OPENS, CLOSES = "\x02", "\x03"  # around what is marked until it is escaped; descriptors hold no such characters


class Row(NamedTuple):
    """One line, a link but for the button at its end. ``tag`` is a remark; ``is_muted`` when it is not in force.

    ``line`` is what the button puts on the scratchpad; there is none without it.
    """

    href: str
    code: str
    text: str
    where: str = ""
    tag: str = ""
    is_muted: bool = False
    marks: Marks = NO_MARKS
    """What to mark in the text."""
    line: str = ""


def of_entry(entry: Entry, marks: Marks = NO_MARKS) -> Row:
    """A code or a modifier on file."""
    href = page_of(entry.kind, entry.code)
    text = shorten(entry.long or entry.short, DESCRIPTOR_LENGTH)
    line = entry.code if entry.kind == "code" else ""
    return Row(href, entry.code, text, entry.where, entry.tag, entry.ended, marks, line)


def of_section(section: SectionEntry, marks: Marks = NO_MARKS) -> Row:
    href, where = page_of("section", section.slug), _extent(section.high, len(section.other_ranges), section.codes)
    return Row(href, section.low, section.title, where, marks=marks)


def of_leaf(tree: Tree, section: Section) -> Row:
    """A section with ranges of its own."""
    first, *others = section.ranges.all()
    where = _extent(first.high, len(others), tree.count(section).total)
    return Row(page_of("section", section.slug), first.low, section.title, where)


def of_modifier_not_on_file(modifier: str) -> Row:
    href = page_of("modifier", modifier)
    if modifiers.is_level_one(modifier):
        return Row(href, modifier, modifiers.LEVEL_I.get(modifier, "A CPT modifier"), tag="CPT, our words")
    return Row(href, modifier, "No such modifier is on file", tag="Not on file", is_muted=True)


def _extent(high: str, others: int, number: int) -> str:
    """What stands after the first code of a section: ``to C9199 and 2 more ranges, 203 codes``."""
    more = f" and {others} more range{'' if others == 1 else 's'}" if others else ""
    return f"to {high}{more}" + (f", {number:,} code{'' if number == 1 else 's'}" if number else "")


def page_of(view: str, name: str) -> str:
    """The address of a code, a modifier or a section. Their names need no quoting."""
    return f"{_before(view)}{name}/"


@cache
def _before(view: str) -> str:
    return reverse(view, args=["0"]).removesuffix("0/")


def html(rows: Iterable[Row], *, opens_first: bool = False) -> SafeString:
    """The items of a list; with ``opens_first`` the first one is marked as what Enter opens."""
    items = [_item(row, is_first=opens_first and at == 0) for at, row in enumerate(rows)]
    return mark_safe("\n".join(items))  # noqa: S308 - every part is escaped


def _item(row: Row, *, is_first: bool) -> str:
    # What is kept in memory is of single codes: a line with modifiers and units is somebody's claim.
    is_plain = codes.is_code(row.code) and row.line in ("", row.code)
    around = _around_kept if is_plain else _around
    before, after = around(row.href, row.code, row.where, row.tag, row.is_muted, row.line, is_first)
    return f"{before}{_marked(row.text, row.marks)}{after}"


def _around(
    href: str, code: str, where: str, tag: str, is_muted: bool, line: str, is_first: bool
) -> tuple[str, str]:
    """What of an item comes before its text and what after it: the same whatever was asked."""
    css = "row-link ended" if is_muted else "row-link"
    css, key = (f"{css} is-on", " <kbd>Enter</kbd>") if is_first else (css, "")
    remark = f' <span class="tag tag-ended">{escape(tag)}</span>' if tag else ""
    button = _to_scratchpad(line) if line else ""
    return (
        f'<li><a class="{css}" href="{escape(href)}">{mark_code(code)}<span>',
        f'</span><span class="where small muted">{escape(where)}{remark}{key}</span></a>{button}</li>',
    )


_around_kept = lru_cache(maxsize=16_384)(_around)


def _to_scratchpad(line: str) -> str:
    """The button beside a row. A page has fifty, so its plus is a character, which is shorter than a picture."""
    href, label = escape(address([line])), f"Put {escape(line)} on the scratchpad"
    return f'<a class="icon-btn" href="{href}" data-scratchpad aria-label="{label}">+</a>'


def _marked(text: str, marks: Marks) -> str:
    """The text with what was found in it inside ``<mark>``."""
    if not (marks.stems or marks.beginning):
        return escape(text)
    pieces = highlight(text, marks)
    # Escaped in one go: there are many pieces on a page, and most have nothing in them to escape.
    whole = "".join([f"{OPENS}{piece}{CLOSES}" if is_found else piece for piece, is_found in pieces])
    return escape(whole).replace(OPENS, "<mark>").replace(CLOSES, "</mark>")
