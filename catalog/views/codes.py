"""The page of one code, the list of modifiers, and the page of one modifier.

A code on file has the whole page. Of a code that no loaded file can hold (CPT, dental, local) the page says what
its shape tells. A Level II code that is not on file has a page too, with status 404. What is no code at all gets
the page for addresses that lead nowhere.
"""

from __future__ import annotations

from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from catalog import codes, exports, history, snapshot, values
from catalog.filters import RecordFilter
from catalog.models import CodeNote, HcpcsCode, Level, Modifier, ProcessingNote, Release
from catalog.modifiers import (
    KEPT_BY_AMA,
    LEVEL_I,
    NCCI_ASSOCIATED,
    is_anesthesia_status,
    is_level_one,
    ncci_group,
)
from catalog.snapshot import Snapshot, stamped
from catalog.tables import ROWS_PER_PAGE, ModifierTable
from catalog.wording import shorten

AS_TYPED = {codes.Status.OK, codes.Status.NORMALIZED}
Record = HcpcsCode | Modifier


@require_safe
@stamped
def code(request: HttpRequest, code: str) -> HttpResponse:
    meant = codes.parse(code)
    if meant.status not in AS_TYPED:
        raise Http404(f"{code} is not a code.")
    if meant.code != code:
        return redirect("code", meant.code, permanent=True)
    loaded = snapshot.of(request)
    about = _about(loaded, code)
    if codes.kind_of(code) is not codes.Kind.LEVEL_II:
        return render(request, "catalog/code_by_shape.html", about)
    record, elsewhere = _find(HcpcsCode, loaded, code)
    about["nearby"] = _nearby(HcpcsCode, loaded, code, record)
    if record is None:
        return render(request, "catalog/code_unknown.html", about | {"elsewhere": elsewhere}, status=404)
    on_file = _on_file(loaded, record) | {"references": _references(loaded, record)}
    return render(request, "catalog/code.html", about | on_file)


@require_safe
@stamped
def modifiers(request: HttpRequest) -> HttpResponse:
    loaded = snapshot.of(request)
    # The starter set holds the AMA's too; they have a list of their own.
    records = Modifier.objects.filter(release=loaded.release).exclude(code__in=KEPT_BY_AMA)
    chosen = RecordFilter(request.GET, records, loaded.day)
    table = ModifierTable(chosen.qs, loaded.day, order_by="code", empty_text="No modifier fits the filter.")
    if "_export" in request.GET:
        RequestConfig(request, paginate=False).configure(table)
        return exports.response(_sheet(loaded, chosen, table), request.GET["_export"], loaded.day)
    RequestConfig(request, paginate={"per_page": ROWS_PER_PAGE}).configure(table)
    if request.htmx.target == table.target:
        return render(request, "catalog/_table.html", {"table": table})
    context = {"here": "browse", "table": table, "filter": chosen, "groups": NCCI_ASSOCIATED}
    return render(request, "catalog/modifiers.html", context | {"level_one": LEVEL_I})


@require_safe
@stamped
def modifier(request: HttpRequest, modifier: str) -> HttpResponse:
    meant = codes.normalize(modifier)
    if not codes.is_modifier(meant):
        raise Http404(f"{modifier} is not a modifier.")
    if meant != modifier:
        return redirect("modifier", meant, permanent=True)
    loaded = snapshot.of(request)
    about = {
        "here": "browse",
        "modifier": modifier,
        "group": ncci_group(modifier),
        "label": LEVEL_I.get(modifier, ""),
    }
    if is_level_one(modifier):
        return render(request, "catalog/modifier_by_shape.html", about | {"is_category_ii": modifier[1] == "P"})
    record, elsewhere = _find(Modifier, loaded, modifier)
    about["nearby"] = _nearby(Modifier, loaded, modifier, record)
    if record is None:
        return render(request, "catalog/modifier_unknown.html", about | {"elsewhere": elsewhere}, status=404)
    is_status = is_anesthesia_status(modifier)
    return render(request, "catalog/modifier.html", about | _on_file(loaded, record) | {"is_status": is_status})


def _find(model: type[Record], loaded: Snapshot, code: str) -> tuple[Record | None, list[Release]]:
    """The row of the current release, or of the newest one before it that had the code; and who else has it."""
    record = model.objects.filter(release=loaded.release, code=code).select_related("release").first()
    if record:
        return record, []
    others = list(model.objects.published().filter(code=code))
    if loaded.release and not loaded.release.is_starter:
        for record in others:
            if record.release.quarter < loaded.release.quarter:
                return record, []
    return None, [record.release for record in others]


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


def _on_file(loaded: Snapshot, record: Record) -> dict[str, object]:
    """What CMS's row says about a code or modifier, in words."""
    last_seen = record.release if record.release != loaded.release else None
    tag = snapshot.status_words(record, loaded.day, last_seen)
    return {
        "record": record,
        "last_seen": last_seen,
        "tag": tag,
        "is_ended": record.ended_before(loaded.day),
        "is_catch_all": values.is_noc(record.long_descriptor),
        "events": history.events(record, loaded.day),
        "timeline": history.picture(record),
        "facts": values.facts(record),
        "processing_note": _processing_note(record),
        "steps": history.steps(type(record), record.code),
        "receipt": history.receipt(record),
    }


def _processing_note(record: Record) -> ProcessingNote | None:
    if not record.processing_note:
        return None
    return ProcessingNote.objects.filter(release=record.release_id, number=record.processing_note).first()


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


class Neighbor(NamedTuple):
    """A code or modifier in order; ``rel`` is ``prev``, ``self`` or ``next`` for the nearest ones, else empty."""

    code: str
    url: str
    text: str
    is_ended: bool
    rel: str


def _nearby(model: type[Record], loaded: Snapshot, code: str, record: Record | None) -> list[Neighbor]:
    """Up to three codes on each side, and the code itself between them when it is on file."""
    before, after = model.objects.filter(release=loaded.release).beside(code)
    places = [(row, "") for row in before[:-1]] + [(row, "prev") for row in before[-1:]]
    places += [(record, "self")] if record else []
    places += [(row, "next") for row in after[:1]] + [(row, "") for row in after[1:]]
    view = "code" if model is HcpcsCode else "modifier"
    return [
        Neighbor(
            code=row.code,
            url=reverse(view, args=[row.code]),
            text=shorten(row.long_descriptor, 48),
            is_ended=row.ended_before(loaded.day),
            rel=rel,
        )
        for row, rel in places
    ]


def _sheet(loaded: Snapshot, chosen: RecordFilter, table: ModifierTable) -> exports.Sheet:
    release = loaded.release.title if loaded.release else "not loaded"
    about = (f"HCPCS Level II, {release}", chosen.sentence)
    return exports.Sheet("HCPCS modifiers", about, release, table.as_values())
