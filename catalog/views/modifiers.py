"""The list of modifiers, and the page of one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from catalog import codes, exports, snapshot
from catalog.filters import RecordFilter
from catalog.models import Modifier
from catalog.modifiers import (
    LEVEL_I,
    NCCI_ASSOCIATED,
    is_anesthesia_status,
    is_level_one,
    ncci_group,
)
from catalog.snapshot import Snapshot, stamped
from catalog.tables import ModifierTable
from catalog.views import record_pages
from catalog.views.table_parts import table_alone


@require_safe
@stamped
def modifiers(request: HttpRequest) -> HttpResponse:
    loaded = snapshot.of(request)
    rows = Modifier.objects.filter(release=loaded.release)
    chosen = RecordFilter(request.GET, rows, loaded.day)
    table = ModifierTable(chosen.qs, loaded.day, order_by="code", empty_text="No modifier fits the filter.")
    if answer := table_alone(request, table, lambda: _sheet(loaded, chosen, table)):
        return answer
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
    record, elsewhere = record_pages.find(Modifier, loaded, modifier)
    about["nearby"] = record_pages.nearby(Modifier, loaded, modifier, record)
    if record is None:
        return render(request, "catalog/modifier_unknown.html", about | {"elsewhere": elsewhere}, status=404)
    about["is_status"] = is_anesthesia_status(modifier)
    return render(request, "catalog/modifier.html", about | record_pages.on_file(loaded, record))


def _sheet(loaded: Snapshot, chosen: RecordFilter, table: ModifierTable) -> exports.Sheet:
    release = loaded.release.title if loaded.release else "not loaded"
    about = (f"HCPCS Level II, {release}", chosen.sentence)
    return exports.Sheet("HCPCS modifiers", about, release, table.as_values(), chosen.is_narrowing)
