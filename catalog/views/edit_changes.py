"""The page of a release of the NCCI tables: where it came from, what it answers for, and what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog import charts, codes, exports, release_words, snapshot
from catalog.change_tables import TABLES, EditChangeTable
from catalog.edit_rows import release_name
from catalog.models import Change, Dataset, Release
from catalog.snapshot import Snapshot, once_each
from catalog.views.edit_parts import notices
from catalog.views.table_parts import table_alone

BAR_WIDTH = 160
CODE_LENGTH = 5
WORKBOOK_ROWS = 20_000
"""More rows than these take too long to make into a workbook; as CSV they are sent while they are read."""


@once_each
def tallies(shown: Snapshot) -> dict[int, dict[str, int]]:
    """For each current release of the NCCI tables the number of its changes by kind, counted once a snapshot."""
    counted: dict[int, dict[str, int]] = {}
    changes = Change.objects.filter(release__in=[release.pk for release in shown.edits])
    for release, kind, number in changes.order_by().values_list("release", "kind").annotate(n=Count("*")):
        counted.setdefault(release, {})[kind] = number
    return counted


def page(request: HttpRequest, shown: Release) -> HttpResponse:
    """The whole page; or the table of changes alone; or that table as a file."""
    changed = changes(request, shown)
    if not isinstance(changed, dict):
        return changed
    loaded = snapshot.of(request)
    context = {
        "here": "releases",
        "release": shown,
        "behind": loaded.behind.get(shown.pk, ""),
        "coverage": release_words.coverage(shown),
        "held": release_words.held(shown),
        "instead": loaded.edits_of(shown.dataset, shown.setting),
    }
    return render(request, "catalog/release.html", context | changed)


def changes(
    request: HttpRequest, shown: Release, found: QuerySet | None = None
) -> HttpResponse | dict[str, object]:
    """What ``_edit_changes.html`` shows of a release or of changes ``found``, nothing where nothing changed.

    An answer instead when the table of changes alone was asked for, or that table as a file.
    """
    found = shown.changes.all() if found is None else found
    tally = {kind: number for kind, number in found.tally().items() if number}
    if not tally:
        return {}
    kind, code = asked(request, tally)
    against = found.against()
    changes = naming(found.filter(kind=kind), code).order_by("code", "other_code")
    fits_workbook = tally[kind] <= WORKBOOK_ROWS or (code and changes.count() <= WORKBOOK_ROWS)
    if request.GET.get("_export") == "xlsx" and not fits_workbook:
        return redirect(f"{request.path}?{urlencode(request.GET.dict() | {'_export': 'csv'})}")
    rows_of = against if kind in (Change.Kind.VANISHED, Change.Kind.MISSING) else shown
    table = TABLES[shown.dataset](changes, kind, rows_of, empty_text="No such change names this code.")
    if answer := table_alone(request, table, lambda: _sheet(shown, against, kind, code, table)):
        return answer
    labels = release_words.KINDS[shown.dataset]
    widths = charts.bar_widths(tally.values(), BAR_WIDTH)
    return {
        "table": table,
        "kind": kind,
        "code": code,
        "against": against,
        "fits_workbook": fits_workbook,
        "kinds": [
            (name, labels[name], number, width)
            for (name, number), width in zip(tally.items(), widths, strict=True)
        ],
        "of_values": found.filter(fields__has_key="mue_value").count() if shown.dataset == Dataset.MUE else None,
    }


def asked(request: HttpRequest, tally: dict[str, int]) -> tuple[str, str]:
    """The kind of change to list, the first there is unless asked; and the code, or its beginning, to list."""
    kind, typed = request.GET.get("kind", ""), request.GET.get("f", "")
    signs = filter(str.isprintable, typed)  # all there is, where the normal form leaves nothing
    code = "".join("".join(codes.normalize(typed) or signs).split())
    return kind if kind in tally else next(iter(tally)), code[:CODE_LENGTH]


def naming(changes: QuerySet, code: str) -> QuerySet:
    """Those of the changes that name a code, as either one of the pair; with fewer characters, that begin so.

    Text with signs in it is in no code: no change names it.
    """
    if not code:
        return changes
    if not code.isalnum():
        return changes.none()
    if len(code) == CODE_LENGTH:
        return changes.filter(Q(code=code) | Q(other_code=code))
    return changes.filter(Q(code__startswith=code) | Q(other_code__startswith=code))


def _sheet(shown: Release, against: Release, kind: str, code: str, table: EditChangeTable) -> exports.Sheet:
    about = [f"{shown}, against {against.title}"]
    about += [f"Filter: names {code}"] if code else []
    label = release_words.KINDS[shown.dataset][kind]
    setting = f" {shown.get_setting_display()}" if shown.setting else ""
    title = f"{shown.get_dataset_display()}{setting}: {label}"
    return exports.Sheet(
        title,
        tuple(about),
        shown.title,
        _with_release(table.lines(), shown),
        is_filtered=bool(code),
        remarks=tuple(notices(shown)),
    )


def _with_release(lines: Iterable[tuple[object, ...]], release: Release) -> Iterator[tuple[object, ...]]:
    """The header and the rows, in every one the release and the setting that they are of."""
    of = (release_name(release), release.get_setting_display())
    for number, line in enumerate(lines):
        yield (*line, *(of if number else ("Release", "Setting")))
