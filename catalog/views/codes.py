"""The page of one code.

A code on file has the whole page. Of a code that no loaded file can hold (CPT, dental, local) the page says what
its shape tells. A Level II code that is not on file has a page too, with status 404, unless the NCCI tables
name it. What is no code at all gets the page for addresses that lead nowhere. What the NCCI tables say stands on
every page but those of local codes, which ended in 2003.
"""

from __future__ import annotations

from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from catalog import codes, snapshot
from catalog.models import CodeNote, HcpcsCode, Level
from catalog.snapshot import Snapshot, stamped
from catalog.views import code_edits, code_ptp, dissected, record_pages

AS_TYPED = {codes.Status.OK, codes.Status.NORMALIZED}


@require_safe
@stamped
def code(request: HttpRequest, code: str) -> HttpResponse:
    meant = codes.parse(code)
    if meant.status not in AS_TYPED:
        raise Http404(f"{code} is not a code.")
    if meant.code != code:
        return redirect("code", meant.code, permanent=True)
    if answer := code_ptp.alone(request, code):
        return answer
    loaded = snapshot.of(request)
    about = _about(loaded, code) | code_edits.context(request, code)
    if codes.kind_of(code) is not codes.Kind.LEVEL_II:
        return render(request, "catalog/code_by_shape.html", about)
    record, elsewhere = record_pages.find(HcpcsCode, loaded, code)
    about["nearby"] = record_pages.nearby(HcpcsCode, loaded, code, record)
    if record is None:
        status = 200 if about["naming"] else 404
        return render(request, "catalog/code_unknown.html", about | {"elsewhere": elsewhere}, status=status)
    on_file = record_pages.on_file(loaded, record) | {"references": _references(loaded, record)}
    return render(request, "catalog/code.html", about | on_file)


def _about(loaded: Snapshot, code: str) -> dict[str, object]:
    """What the shape of a code and our tree say, whether it is on file or not."""
    section = loaded.tree.narrowest(code)
    level = codes.level_of(code)
    return {
        "here": "browse",
        "code": code,
        "kind": codes.kind_of(code),
        "level": loaded.tree.levels.get(level) or Level(number=level, name=level.label),
        "section": section,
        "above": loaded.tree.path(section) if section else [],
        "dissection": dissected.of(loaded, code),
        "lookalike": _lookalike(loaded, code),
        "notes": CodeNote.objects.filter(code=code),
    }


def _lookalike(loaded: Snapshot, code: str) -> str:
    """The other code with the same letter at its other end, as 0001U and U0001; empty where no range is open."""
    if code.isdigit():
        return ""
    other = code[-1] + code[:-1] if code[-1].isalpha() else code[1:] + code[0]
    section = loaded.tree.narrowest(other) if codes.is_code(other) else None
    return other if section and not section.closed else ""


class Reference(NamedTuple):
    """A code CMS names beside another one, and its row when it is on file itself."""

    code: str
    record: HcpcsCode | None
    is_ended: bool


def _references(loaded: Snapshot, record: HcpcsCode) -> list[Reference]:
    named = record.cross_references
    rows = HcpcsCode.objects.filter(release=loaded.release, code__in=named) if named else ()
    on_file = {row.code: row for row in rows}
    return [
        Reference(code, row := on_file.get(code), is_ended=bool(row and row.ended_before(loaded.day)))
        for code in named
    ]
