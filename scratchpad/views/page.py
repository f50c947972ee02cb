"""The page of a claim, and the reading of pasted codes.

The address is the claim: nothing is stored, and what a shared cache may not keep is told so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url, replace_url

from catalog import snapshot
from catalog.models import Setting
from catalog.views.code_edits import notices
from scratchpad import coverage, matrix, summary
from scratchpad.claim import MAX_LINES, Claim
from scratchpad.claim_text import text_of
from scratchpad.forms import ClaimForm, provider_remark
from scratchpad.paste import Pasted, read
from scratchpad.phrases import SETTINGS, counted
from scratchpad.views import grid, markup, shown
from scratchpad.views.checked import Checked, address, check_claim, claim_form
from scratchpad.views.export import export
from scratchpad.views.privacy import kept_by_nobody
from scratchpad.views.settings import all_settings
from scratchpad.views.unreadable import unread

MOST_BESIDE = 12
"""Lines of a claim whose matrix finds room beside the grid; a wider one stands below."""


@require_safe
@kept_by_nobody
@vary_on_headers("HX-Target")
def scratchpad(request: HttpRequest) -> HttpResponse:
    """The claim of the address: its page, its file for ``_export``, or every setting for ``view=settings``.

    The grid, sent as a form, leads to that address; htmx gets the findings alone.
    """
    form = claim_form(request)
    is_typing = request.htmx.target == "check"
    if "_export" in form.fields:
        return export(request, check_claim(form, form.claim, snapshot.of(request)))
    is_kept = not (form.problems or form.line_problems)  # what was not is said before it is gone
    if form.is_grid and is_kept and not is_typing:
        return redirect(_address(form, form.claim))
    if form.fields.get("view") == "settings" and not is_typing:
        return all_settings(request, form)
    found = check_claim(form, form.claim, snapshot.of(request))
    if not is_typing:
        return render(request, "scratchpad/scratchpad.html", _page(request, found))
    response = render(request, "scratchpad/_typed.html", _answer(request, found, is_typing=True))
    return replace_url(response, address(form.claim, more="1" if form.more else ""))


@require_POST
@kept_by_nobody
@vary_on_headers("HX-Target")
def paste(request: HttpRequest) -> HttpResponse:
    """The lines that were there and those of the text, with a report of what could not be understood."""
    form = ClaimForm(request.POST, snapshot.of(request).day)
    here = form.claim.lines
    letters, room = {line.provider for line in here}, MAX_LINES - len(here)
    pasted = read(request.POST.get("paste", ""), form.claim.date_of_service, room, letters)
    claim = replace(form.claim, lines=(*here, *pasted.lines))
    context = _page(request, check_claim(form, claim, snapshot.of(request)))
    context |= {"pasted": pasted, "report": _report(pasted)}
    if request.htmx.target == "pad":
        return push_url(render(request, "scratchpad/_pad.html", context), address(claim))
    return render(request, "scratchpad/scratchpad.html", context)


def _address(form: ClaimForm, claim: Claim) -> str:
    view = "settings" if form.fields.get("view") == "settings" else ""
    return address(claim, more="1" if form.more else "", view=view, findings="all" if _shows_all(form) else "")


def _shows_all(form: ClaimForm) -> bool:
    return form.fields.get("findings") == "all"


def _report(pasted: Pasted) -> str:
    """What was made of a paste, in short."""
    taken, others = len(pasted.taken), len(pasted.not_understood)
    said = f"{counted(taken, 'line')} read" if taken else "No line could be read"
    return f"{said}, {counted(others, 'row')} not understood" if others else said


def _page(request: HttpRequest, found: Checked) -> dict[str, object]:
    """For the whole page: its findings, and what somebody types into."""
    form, claim = found.form, found.claim
    return _answer(request, found) | {
        "here": "scratchpad",
        "settings": Setting,
        "more": form.more or any(line.date_text or line.provider for line in claim.lines),
        "shows_all": _shows_all(form),
        "back": _address(form, claim),
        "typed": [text_of(line) for line in claim.lines],
        "blank_row": markup.blank_row(),
    }


def _answer(request: HttpRequest, found: Checked, *, is_typing: bool = False) -> dict[str, object]:
    """For the findings, and what stands beside the fields: all that changes while somebody types."""
    form, claim, reference, _ = found
    loaded = snapshot.of(request)
    # Thousands of findings take seconds: they are for whoever reads them, not for every letter typed.
    notes = shown.notes(found, shows_all=_shows_all(form) and not is_typing)
    rows = grid.rows_of_lines(claim) if is_typing else grid.rows(claim)
    # What somebody types stays in the cell they typed it in; a page is opened with each part in its own.
    unclear = unread(claim.lines, form.left_blank if is_typing else {})
    rows = grid.with_findings(rows, found, notes, unclear, loaded)
    answering, summed = shown.answering(loaded, claim), _summary(found)
    url, waiting = address(claim), grid.to_confirm(claim)
    return {
        "claim": claim,
        "setting_words": SETTINGS[claim.setting],
        "rows": markup.beside_fields(rows) if is_typing else markup.grid_rows(rows),
        "answering": answering,
        "last_days": _last_days(claim, answering, summed["coverage"]),
        "problems": form.problems,
        "remark": provider_remark(claim),
        "to_confirm": waiting,
        "confirm_all": address(grid.confirmed(claim, waiting)) if len(waiting) > 1 else "",
        "unread": unclear,
        "found_number": len(notes),
        "articles": [note.article for note in notes if note.article],
        "all_findings": f"{url}&findings=all",
        "matrix": _matrix(found, notes),
        "is_wide": len(claim.lines) > MOST_BESIDE,
        "notices": notices(shown.releases_read(loaded, reference)),
        "address": url,
        "share": request.build_absolute_uri(url),
        "is_typing": is_typing,
    } | summed


def _last_days(
    claim: Claim, answering: list[shown.Answering], rows: list[coverage.Covered]
) -> list[tuple[date, str]]:
    """The last days of tables that end before the date of service, so that some of the claim is not checked, and
    the address of the lines on each."""
    lacking = {row.kind for row in rows if row.missing}
    days = dict.fromkeys(each.last_day for each in answering if each.last_day and each.kind in lacking)
    return [(day, address(replace(claim, date_of_service=day))) for day in days]


def _matrix(found: Checked, notes: list[shown.Note]) -> str:
    """The table as markup; its cells lead to findings on this page, or to what leads to all of them."""
    elsewhere = {note.anchor: note.link for note in notes if not note.article}
    return mark_safe(matrix.as_html(matrix.matrix(*found[1:], elsewhere)))  # noqa: S308 - escaped there


def _summary(found: Checked) -> dict[str, object]:
    """Headline, counts and table of what was checked, and the sentence that is read out when they change."""
    _form, claim, reference, findings = found
    rows = coverage.coverage(claim, reference, findings)
    headline = summary.headline(claim, findings, rows)
    tally = summary.tally(findings, rows)
    left_out = len(claim.lines) - len(claim.readable)
    aloud = [headline.title, ", ".join(f"{each.count} {each.words}" for each in tally)]
    if left_out:
        aloud.append(f"{counted(left_out, 'line')} cannot be read")
    return {
        "headline": headline,
        "tally": tally,
        "coverage": rows,
        "not_looked_at": coverage.NOT_LOOKED_AT,
        "left_out": left_out,
        "aloud": f"{'. '.join(filter(None, aloud))}." if claim.lines else "",
    }
