"""The page of an add-on code and one of its primaries: its type and days, and the receipt of every row.

Two codes that the table does not name together have their page as well, with status 200.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import edit_words, snapshot
from catalog.edit_words import LAST_DAY, NOT_A_DECISION, Verdict, Words
from catalog.edits import addon_in_force, addon_last_day
from catalog.models import AddOnEdit, Dataset, Release
from catalog.models.addon import CONTRACTOR_DEFINED
from catalog.snapshot import stamped
from catalog.views.edit_parts import Receipt, asked_day, code_in_address, moved, named, receipt


class AddOnRow(NamedTuple):
    """A row of an add-on code and a primary. ``last_day`` is its first deletion day, that of ``ended_by``."""

    row: AddOnEdit
    type: Words
    state: str
    last_day: date | None
    ended_by: str
    receipt: Receipt


@require_safe
@stamped
def addon(request: HttpRequest, add_on: str, primary: str) -> HttpResponse:
    """An add-on code and a primary of it on ``?on=``; the primary CCCCC stands for the lists of contractors."""
    pair = code_in_address(add_on), _primary_in_address(primary)
    if pair != (add_on, primary):
        return moved(request, "addon", *pair)
    loaded = snapshot.of(request)
    asked = asked_day(request, loaded.day)
    release = loaded.edits_of(Dataset.ADDON)
    about = named(loaded, *pair)
    context = {
        "here": "browse",
        "asked": asked,
        "release": release,
        "add_on": add_on,
        "primary": primary,
        "is_contractor_defined": primary == CONTRACTOR_DEFINED,
        "codes_named": [about[code] for code in pair],
        "unchecked": _unchecked(release, asked.day),
        "note": NOT_A_DECISION,
        "last_day_note": LAST_DAY,
        "exception": edit_words.addon_exception(add_on),
    }
    return render(request, "catalog/addon.html", context | _addon_on_file(release, pair, asked.day))


def _addon_on_file(release: Release | None, pair: tuple[str, str], day: date) -> dict[str, object]:
    """The rows of the pair; where there are none, what else the table says of the two. One query."""
    add_on, primary = pair
    either = Q(add_on=add_on) | Q(add_on=primary, primary=add_on)
    on_file = list(AddOnEdit.objects.of(release).filter(either).select_related("file"))
    if rows := [row for row in on_file if (row.add_on, row.primary) == pair]:
        return {"rows": [_addon_row(release, row, day) for row in rows]}
    of_add_on = [row for row in on_file if row.add_on == add_on]
    return {
        "rows": [],
        "verdict": _unchecked(release, day) or edit_words.no_addon_words(release),
        "primaries": len({row.primary for row in of_add_on if not row.is_contractor_defined}),
        "has_contractor_list": any(row.edit_type != AddOnEdit.Type.NATIONAL for row in of_add_on),
        "is_reversed": len(of_add_on) < len(on_file),
    }


def _unchecked(release: Release | None, day: date) -> Verdict | None:
    """Why the loaded table does not answer for the day; None where it does, or none is loaded."""
    return edit_words.addon_uncovered_words(release, day) if release and not release.covers(day) else None


def _primary_in_address(text: str) -> str:
    return CONTRACTOR_DEFINED if text.upper() == CONTRACTOR_DEFINED else code_in_address(text)


def _addon_row(release: Release, row: AddOnEdit, day: date) -> AddOnRow:
    ends = {
        "the edit": row.deletion_date,
        "the add-on code": row.add_on_deletion_date,
        "the primary code": row.primary_deletion_date,
    }
    last_day = addon_last_day(row)
    state = "in force" if addon_in_force(row, day) else "starts" if day < row.effective_date else "ended"
    return AddOnRow(
        row,
        edit_words.type_words(row.edit_type),
        state,
        last_day,
        " and ".join(whose for whose, ended in ends.items() if last_day and ended == last_day),
        receipt(release, row),
    )
