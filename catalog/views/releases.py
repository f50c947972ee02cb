"""What is loaded and where it came from, and what one release did to the codes of the one before it."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from django.db.models import Count
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog import charts, codes, exports, snapshot
from catalog.models import Change, HcpcsCode, Release
from catalog.snapshot import stamped
from catalog.tables import ChangeTable
from catalog.tree import Tree
from catalog.views.table_parts import table_alone

LETTERS_SHOWN = 7
MODIFIERS = ""  # where the count of a kind's modifiers stands among its letters

# Kind of change -> first letter -> how many codes.
Counts = dict[str, Counter[str]]


@require_safe
@stamped
def releases(request: HttpRequest) -> HttpResponse:
    readable = Release.objects.readable().newest_first().prefetch_related("files")
    loaded = sorted(readable, key=lambda release: release.is_starter)
    current = next((release for release in loaded if release.is_current and not release.is_starter), None)
    return _answer(request, "catalog/releases.html", {"releases": loaded}, current)


@require_safe
@stamped
def release(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Release.objects.readable().prefetch_related("files"), pk=pk)
    return _answer(request, "catalog/release.html", {}, shown)


def _answer(
    request: HttpRequest, template: str, context: dict[str, object], shown: Release | None
) -> HttpResponse:
    """The page with what ``shown`` changed; or the table of changes alone; or that table as a file."""
    context |= {"here": "releases", "release": shown}
    counts = _counts(shown) if shown else {}
    if not counts:
        return render(request, template, context)
    kind, letter = _asked(request, counts)
    changes = shown.changes.filter(kind=kind)
    if letter:
        changes = changes.filter(record=Change.Record.CODE, code__startswith=letter)
    table = ChangeTable(changes, kind, order_by="code")
    if answer := table_alone(request, table, lambda: _sheet(shown, kind, letter, table)):
        return answer
    context |= {
        "table": table,
        "kind": Change.Kind(kind),
        "letter": letter,
        "kinds": _by_kind(counts),
        "letters": _by_letter(counts[kind], snapshot.of(request).tree),
        "against": _against(shown),
        "quarters": _quarters(shown),
    }
    return render(request, template, context)


def _counts(shown: Release) -> Counts:
    """Empty when the release changed nothing, or no release before it is loaded to compare with."""
    rows = shown.changes.order_by().values_list("kind", "record", Substr("code", 1, 1)).annotate(Count("pk"))
    counts: Counts = {}
    for kind, record, letter, number in rows:
        found = counts.setdefault(kind, Counter())
        found[letter if record == Change.Record.CODE else MODIFIERS] += number
    return counts


def _asked(request: HttpRequest, counts: Counts) -> tuple[str, str]:
    """The kind of change to list, and the letter to list alone; the first kind, and every letter, unless asked."""
    kind = request.GET.get("kind", "")
    if kind not in counts:
        kind = next(kind for kind in Change.Kind.values if kind in counts)
    letter = request.GET.get("letter", "")
    return kind, letter if letter in counts[kind] else ""


class Bar(NamedTuple):
    name: str
    label: str
    number: int
    width: float


def _by_kind(counts: Counts) -> list[Bar]:
    kinds = [kind for kind in Change.Kind if kind in counts]
    numbers = [counts[kind].total() for kind in kinds]
    return [
        Bar(kind, kind.label, number, width)
        for kind, number, width in zip(kinds, numbers, charts.bar_widths(numbers, 160), strict=True)
    ]


def _by_letter(found: Counter[str], tree: Tree) -> list[Bar]:
    """The letters whose codes changed, most first, each with the map's name for it; the rest summed up."""
    names = {section.ranges.all()[0].low[0]: section.map_title for section in tree.top(codes.Level.TWO)}
    letters = [(letter, number) for letter, number in found.most_common() if letter != MODIFIERS]
    widths = charts.bar_widths([number for _, number in letters], 104)
    bars = [
        Bar(letter, names.get(letter, ""), number, width)
        for (letter, number), width in zip(letters, widths, strict=True)
    ]
    shown, others = bars[:LETTERS_SHOWN], bars[LETTERS_SHOWN:]
    if len(others) < 2:
        return bars
    return [*shown, Bar("", f"{len(others)} other letters", sum(bar.number for bar in others), 0)]


def _quarters(shown: Release) -> charts.QuarterChart:
    """Codes begun and ended in the two years up to the release, from the dates of its rows."""

    def by_day(field: str) -> dict:
        dated = HcpcsCode.objects.filter(release=shown, **{f"{field}__isnull": False})
        return dict(dated.order_by().values_list(field).annotate(Count("pk")))

    return charts.quarters(by_day("added_date"), by_day("termination_date"), shown.last_day)


def _against(shown: Release) -> Release:
    """The release its changes were found against."""
    return shown.changes.select_related("against").first().against


def _sheet(shown: Release, kind: str, letter: str, table: ChangeTable) -> exports.Sheet:
    about = f"HCPCS Level II, {shown.title}, against {_against(shown).title}"
    what = f"codes in {letter}" if letter else "codes and modifiers"
    title = f"{Change.Kind(kind).label}: {what}"
    return exports.Sheet(title, (about,), shown.title, table.as_values())
