"""What is loaded and where it came from, and what one release did to the codes of the one before it.

What releases of the NCCI tables changed is in ``edit_changes``.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from django.db.models import Count, QuerySet
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog import charts, codes, exports, release_words, snapshot
from catalog.freshness import KINDS
from catalog.models import Change, Dataset, HcpcsCode, Release
from catalog.snapshot import Snapshot, stamped
from catalog.status_line import MUE_SETTINGS
from catalog.tables import ChangeTable
from catalog.tree import Tree
from catalog.views import edit_changes
from catalog.views.table_parts import table_alone

LETTERS_SHOWN = 7
MODIFIERS = ""  # where the count of a kind's modifiers stands among its letters

# Kind of change -> first letter -> how many codes.
Counts = dict[str, Counter[str]]


class Listed(NamedTuple):
    """A release in the list, in words; ``behind`` says how far one is that is read today, and is else empty."""

    release: Release
    dates: str
    held: list[str]
    behind: str


class Group(NamedTuple):
    """The releases of one dataset and setting, newest first, the starter set last; none when none is loaded."""

    title: str
    listed: list[Listed]


class Changed(NamedTuple):
    """What the current release of a table changed, in words: ``926 added, 293 deleted``."""

    release: Release
    words: str


@require_safe
@stamped
def releases(request: HttpRequest) -> HttpResponse:
    shown = snapshot.of(request)
    context = {"groups": _groups(shown), "changed": _changed(shown)}
    current = None if shown.is_starter else shown.release
    return _answer(request, "catalog/releases.html", context, current)


@require_safe
@stamped
def release(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(_on_record().prefetch_related("files"), pk=pk)
    if shown.dataset != Dataset.HCPCS:
        return edit_changes.page(request, shown)
    context = {"behind": snapshot.of(request).behind.get(shown.pk, "")}
    return _answer(request, "catalog/release.html", context, shown)


def _on_record() -> QuerySet:
    """Every release that was published here, those included whose rows are gone again."""
    return Release.objects.exclude(state__in=(Release.State.LOADING, Release.State.REHEARSED))


def _groups(loaded: Snapshot) -> list[Group]:
    by_kind: dict[tuple[str, str], list[Release]] = {kind: [] for kind in KINDS}
    for one in _on_record().newest_first().prefetch_related("files"):
        by_kind.setdefault((one.dataset, one.setting), []).append(one)
    groups = []
    for (dataset, setting), found in by_kind.items():
        title = Dataset(dataset).label + (f", {MUE_SETTINGS[setting]}" if setting else "")
        found.sort(key=lambda one: one.is_starter)
        groups.append(Group(title, [_listed(loaded, one) for one in found]))
    return groups


def _listed(loaded: Snapshot, one: Release) -> Listed:
    return Listed(one, release_words.dates(one), release_words.held(one), loaded.behind.get(one.pk, ""))


def _changed(shown: Snapshot) -> list[Changed]:
    """Of each table the release that is read today, where one before it is loaded to compare with."""
    tallies = edit_changes.tallies(shown)
    read = [release for kind in KINDS if (release := shown.edits_of(*kind))]
    return [Changed(one, release_words.changes(one, tallies[one.pk])) for one in read if one.pk in tallies]


def _answer(
    request: HttpRequest, template: str, context: dict[str, object], shown: Release | None
) -> HttpResponse:
    """The page with what ``shown`` changed; or the table of changes alone; or that table as a file."""
    changed = changes(request, shown) if shown else {}
    if not isinstance(changed, dict):
        return changed
    return render(request, template, context | {"here": "releases", "release": shown} | changed)


def changes(
    request: HttpRequest, shown: Release, found: QuerySet | None = None
) -> HttpResponse | dict[str, object]:
    """What ``_changes.html`` shows of a release of codes or of changes ``found``, nothing where nothing changed.

    An answer instead when the table of changes alone was asked for, or that table as a file.
    """
    found = shown.changes.all() if found is None else found
    counts = _counts(found)
    if not counts:
        return {}
    kind, letter = _asked(request, counts)
    against, changes = found.against(), found.filter(kind=kind)
    if letter:
        changes = changes.filter(record=Change.Record.CODE, code__startswith=letter)
    table = ChangeTable(changes, kind, order_by="code")
    if answer := table_alone(request, table, lambda: _sheet(shown, against, kind, letter, table)):
        return answer
    return {
        "table": table,
        "kind": Change.Kind(kind),
        "letter": letter,
        "kinds": _by_kind(counts),
        "letters": _by_letter(counts[kind], snapshot.of(request).tree),
        "against": against,
        "quarters": _quarters(shown),
    }


def _counts(found: QuerySet) -> Counts:
    """Empty when the release changed nothing, or no release before it is loaded to compare with."""
    rows = found.order_by().values_list("kind", "record", Substr("code", 1, 1)).annotate(Count("pk"))
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
    tops = tree.top(codes.Level.TWO)  # of which an editor may have given one its ranges later
    names = {stretch.low[0]: section.map_title for section in tops for stretch in section.ranges.all()[:1]}
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


def _sheet(shown: Release, against: Release, kind: str, letter: str, table: ChangeTable) -> exports.Sheet:
    about = f"HCPCS Level II, {shown.title}, against {against.title}"
    what = f"codes in {letter}" if letter else "codes and modifiers"
    title = f"{Change.Kind(kind).label}: {what}"
    return exports.Sheet(title, (about,), shown.title, table.as_values())
