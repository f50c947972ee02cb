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

mark_kept = lru_cache(maxsize=16_384)(mark_code)


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
    css = "row-link ended" if row.is_muted else "row-link"
    tag = f' <span class="tag tag-ended">{escape(row.tag)}</span>' if row.tag else ""
    css, key = (f"{css} is-on", " <kbd>Enter</kbd>") if is_first else (css, "")
    button = _button(row.line) if row.line else ""
    return (
        f'<li><a class="{css}" href="{escape(row.href)}">{_mark(row.code)}'
        f"<span>{_marked(row.text, row.marks)}</span>"
        f'<span class="where small muted">{escape(row.where)}{tag}{key}</span></a>{button}</li>'
    )


# What is kept in memory is of single codes: a line with modifiers and units is somebody's claim.


def _mark(text: str) -> str:
    return mark_kept(text) if codes.is_code(text) or codes.is_modifier(text) else mark_code(text)


def _button(line: str) -> str:
    return button_kept(line) if codes.is_code(line) else _to_scratchpad(line)


def _to_scratchpad(line: str) -> str:
    """The button beside a row. A page has fifty, so its plus is a character, which is shorter than a picture."""
    href, label = escape(address([line])), f"Put {escape(line)} on the scratchpad"
    return f'<a class="icon-btn" href="{href}" data-scratchpad aria-label="{label}">+</a>'


button_kept = lru_cache(maxsize=16_384)(_to_scratchpad)


def _marked(text: str, marks: Marks) -> str:
    """The text with what was found in it inside ``<mark>``."""
    if not (marks.stems or marks.beginning):
        return escape(text)
    pieces = highlight(text, marks)
    return "".join([f"<mark>{escape(piece)}</mark>" if is_found else escape(piece) for piece, is_found in pieces])
