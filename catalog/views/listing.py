"""The list of codes that the lookup found: how many there are, which of them this page has, the way to the rest.

Codes on file come first, then those that only the NCCI tables name; pages run through both.
"""

from __future__ import annotations

from catalog.search import Results
from catalog.snapshot import Snapshot
from catalog.views import edit_codes, rows
from catalog.views.answer_parts import Answer, Group, Link, Pages
from catalog.views.asked import Asked

SHORT_LIST = 10
PAGE = 50

Tabled = tuple[str, ...]
"""Codes that only the NCCI tables name, all of them."""


def add_codes(
    answer: Answer,
    shown: Snapshot,
    asked: Asked,
    found: Results,
    tabled: Tabled = (),
    *,
    opens_first: bool = False,
) -> None:
    """The lists of this page, and the links to the other pages."""
    if found.entries:
        answer.groups.append(_on_file(asked, found, opens_first=opens_first))
    if here := _tabled_here(asked, found, tabled):
        answer.groups.append(_in_tables(shown, asked, found, tabled, here, opens_first=not found.entries))
    if asked.page and (found.entries or here):
        last = last_page(asked, found, tabled)
        answer.pages = Pages(
            f"Page {asked.page} of {last}",
            asked.url(page=asked.page - 1) if asked.page > 1 else "",
            asked.url(page=asked.page + 1) if asked.page < last else "",
        )


def _on_file(asked: Asked, found: Results, *, opens_first: bool) -> Group:
    items = rows.html((rows.of_entry(entry, found.terms) for entry in found.entries), opens_first=opens_first)
    return Group("g-codes", "Codes", _remark(asked, found), items, _rest(asked, found))


def _rest(asked: Asked, found: Results) -> Link | None:
    """The way from the short list to all of it."""
    if asked.page:
        return None
    if (number := listed(asked, found)) > len(found.entries):
        of_what = "codes" if asked.ended or not found.total else "codes in force"
        hidden = 0 if asked.ended or not found.total else found.ended_total
        return Link(asked.url(page=1), f"All {number:,} {of_what}", f"and {hidden:,} ended" if hidden else "")
    if found.total + found.ended_total > len(found.entries):
        return Link(asked.url(ended=True, page=1), "Ended codes too", f"{found.ended_total:,} ended")
    return None


def _tabled_here(asked: Asked, found: Results, tabled: Tabled) -> range:
    """Which of the codes that only the tables name stand on this page, by their places."""
    if not asked.page:
        return range(min(SHORT_LIST, len(tabled)))
    before = listed(asked, found)
    start, end = PAGE * (asked.page - 1) - before, PAGE * asked.page - before
    return range(max(start, 0), max(min(end, len(tabled)), 0))


def _in_tables(
    shown: Snapshot, asked: Asked, found: Results, tabled: Tabled, here: range, *, opens_first: bool
) -> Group:
    items = rows.html((edit_codes.row(shown, tabled[at]) for at in here), opens_first=opens_first)
    number = f"{len(tabled):,}"
    if len(here) < len(tabled):
        number = f"{here[0] + 1:,} to {here[-1] + 1:,} of {number}" if asked.page else f"{len(here)} of {number}"
    more = None
    if not asked.page and len(here) < len(tabled):
        more = Link(asked.url(page=listed(asked, found) // PAGE + 1), f"All {len(tabled):,} in the NCCI tables")
    order = ", in code order" if len(tabled) > 1 else ""
    return Group("g-tabled", "In the NCCI tables only", f"{number}{order}", items, more)


def listed(asked: Asked, found: Results) -> int:
    """How many codes on file the list has on all its pages; ended ones when nothing in force matches."""
    return found.total + (found.ended_total if asked.ended or not found.total else 0)


def last_page(asked: Asked, found: Results, tabled: Tabled = ()) -> int:
    return max(1, -(-(listed(asked, found) + len(tabled)) // PAGE))


def _ended_below(asked: Asked, found: Results) -> int:
    """How many ended codes fill the short list, below those in force."""
    return sum(entry.ended for entry in found.entries) if found.total and not asked.ended else 0


def _remark(asked: Asked, found: Results) -> str:
    """What stands beside the heading: ``10 of 337 in force, best match first``."""
    all_of_it, below = listed(asked, found), _ended_below(asked, found)
    on_page = len(found.entries) - below
    first = PAGE * (asked.page - 1) + 1
    here = f"{first:,} to {first + on_page - 1:,}" if asked.page else f"{on_page}"
    number = f"{all_of_it:,}" if all_of_it == on_page else f"{here} of {all_of_it:,}"
    if not found.total:
        status = " ended, none in force"
    elif asked.ended:
        status = f", {found.ended_total:,} of them ended" if found.ended_total else ", all in force"
    elif below:
        status = f" in force, {below} {f'of {found.ended_total:,} ' if below < found.ended_total else ''}ended"
    else:
        status = " in force"
    order = "best match first" if found.terms.stems or found.terms.beginning else "in code order"
    return f"{number}{status}" + (f", {order}" if all_of_it + below > 1 else "")


def spoken(asked: Asked, found: Results, tabled: Tabled = (), *, heard: int = 0, heard_first: bool = False) -> str:
    """``heard`` is the number of misconceptions shown; with ``heard_first`` they stand above the codes."""
    misconceptions = ("misconception", heard)
    kinds = (
        *([misconceptions] if heard_first else []),
        ("code", listed(asked, found)),
        ("ended code", _ended_below(asked, found)),
        ("code in the NCCI tables only", len(tabled)),
        *([] if heard_first else [misconceptions]),
        ("section", len(found.sections)),
        ("modifier", len(found.modifiers)),
    )
    parts = [f"{number:,} {_plural(name, number)}" for name, number in kinds if number]
    return f"{', '.join(parts) or 'Nothing'} for {found.suggestion if found.corrected else asked.text}."


def _plural(name: str, number: int) -> str:
    first, _, rest = name.partition(" in ")
    return name if number == 1 else f"{first}s{f' in {rest}' if rest else ''}"
