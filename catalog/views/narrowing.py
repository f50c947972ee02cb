"""The ways to narrow a search: by first letter, section, level, status. Each is a link to the narrower search.

Made here and not in a template for the reason given in ``rows``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from catalog.search import Results
from catalog.snapshot import once_each
from catalog.tree import Tree
from catalog.views.asked import Asked

CHOSEN = ' aria-current="true"'


class Narrow(NamedTuple):
    """The links as HTML."""

    letters: SafeString
    sections: SafeString
    levels: SafeString
    statuses: SafeString


def ways(tree: Tree, asked: Asked, found: Results) -> Narrow:
    """The ways to narrow a search from here: to what it found, and out of what was chosen."""
    any_level, in_force = asked.url(level=None), asked.url(ended=False)
    levels = (
        (any_level, "All", asked.level is None),
        (f"{any_level}&level=1", "I", asked.level == 1),
        (f"{any_level}&level=2", "II", asked.level == 2),
    )
    statuses = (
        (in_force, "In force", not asked.ended),
        (f"{in_force}&status=all", "Ended too", asked.ended),
    )
    return Narrow(
        _letters(tree, asked, found.letters), _sections(tree, asked, found), _choices(levels), _choices(statuses)
    )


def _letters(tree: Tree, asked: Asked, letters: Mapping[str, int]) -> SafeString:
    """Rows of a table, the commonest letter first. The chosen letter leads back to all of them."""
    names, all_letters = _letter_names(tree), asked.url(letter="")
    rows = []
    for letter, number in sorted(letters.items(), key=lambda item: (-item[1], item[0])):
        name, href = escape(names.get(letter, "")), f"{all_letters}&letter={letter}"
        label, chosen = f"{letter}, {name}", ""
        if letter == asked.letter:
            label, chosen, href = f"{label}, chosen: show all letters", CHOSEN, all_letters
        rows.append(
            f'<tr><th scope="row"><a class="mono fw-bold" href="{escape(href)}"{chosen}'
            f' aria-label="{label}">{letter}</a></th>'
            f'<td>{name}</td><td class="num fw-bold">{number:,}</td></tr>'
        )
    return mark_safe("\n".join(rows))  # noqa: S308 - every part is escaped


@once_each
def _letter_names(tree: Tree) -> dict[str, str]:
    """The map's name for each letter of Level II."""
    tops = [(section, section.ranges.all()) for section in tree.top(2)]
    return {ranges[0].low[0]: section.map_title for section, ranges in tops if ranges}


def _sections(tree: Tree, asked: Asked, found: Results) -> SafeString:
    """The Level II sections that the text names, to search inside; or the chosen one, which leads out of it."""
    if chosen := tree.sections.get(asked.section):
        links = ((asked.url(section=""), chosen.title, True),)
    else:
        anywhere = asked.url(section="")
        inside = [section for section in found.sections if section.codes and asked.letter in ("", section.letter)]
        links = ((f"{anywhere}&section={section.slug}", section.title, False) for section in inside)
    items = [f"<li>{link}</li>" for link in map(_choice, links)]
    return mark_safe("".join(items))  # noqa: S308 - every part is escaped


def _choices(choices: Iterable[tuple[str, str, bool]]) -> SafeString:
    """Links side by side of which one is chosen."""
    return mark_safe("".join(map(_choice, choices)))  # noqa: S308 - every part is escaped


def _choice(choice: tuple[str, str, bool]) -> str:
    """A link: its address, its text, whether it is chosen."""
    href, text, is_chosen = choice
    return f'<a href="{escape(href)}"{CHOSEN if is_chosen else ""}>{escape(text)}</a>'
