"""The tree of sections, and the page of one section with the table of its codes."""

from __future__ import annotations

from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from catalog import codemap, codes, exports, snapshot
from catalog.filters import RecordFilter
from catalog.models import HcpcsCode, Level, Section
from catalog.snapshot import Snapshot, stamped
from catalog.tables import RecordTable
from catalog.tree import Count, Tree
from catalog.views.table_parts import table_alone

# Which levels stand in the left and the right column of the tree.
COLUMNS = ((1, 3), (2,))
SUBSECTIONS_SHOWN = 4


class Branch(NamedTuple):
    """A top section in the tree: the tile beside it, the sub-sections shown at once and those behind "more"."""

    section: Section
    tile: str
    count: Count
    bounds: tuple[str, str] | None
    shown: list[Section]
    more: list[Section]

    @property
    def is_kept_elsewhere(self) -> bool:
        """Whether its codes are nobody's to load: dental codes are the ADA's, local codes have ended."""
        return self.section.kind in (codes.Kind.DENTAL, codes.Kind.LOCAL)


class LevelPart(NamedTuple):
    """A level in the tree, and its top sections."""

    level: Level
    branches: list[Branch]


@require_safe
@stamped
def browse(request: HttpRequest) -> HttpResponse:
    tree = snapshot.of(request).tree
    columns = [[_level_part(tree, n) for n in levels if n in tree.levels] for levels in COLUMNS]
    context = {"here": "browse", "columns": columns, "map": codemap.draw(tree)}
    return render(request, "catalog/browse.html", context)


@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    """A section's text and facts, and for Level II the codes of the loaded release in it.

    Who may change the section sees the draft of its text where there is one, on a page that nothing keeps.
    """
    is_editor = request.user.has_perm("catalog.change_section")
    drafted = Section.objects.exclude(draft="").filter(slug=slug).first() if is_editor else None
    if drafted is None:
        return _published(request, slug)
    answer = _section(request, slug, drafted)
    add_never_cache_headers(answer)
    return answer


@stamped
def _published(request: HttpRequest, slug: str) -> HttpResponse:
    return _section(request, slug)


def _section(request: HttpRequest, slug: str, drafted: Section | None = None) -> HttpResponse:
    loaded = snapshot.of(request)
    shown = loaded.tree.sections.get(slug)
    if shown is None:
        raise Http404(f"There is no section {slug}.")
    text = {"drafted": drafted, "shows_draft": bool(drafted) and "published" not in request.GET}
    if shown.kind != codes.Kind.LEVEL_II:
        return render(request, "catalog/section.html", _about(loaded, shown) | text)
    records = HcpcsCode.objects.filter(release=loaded.release).within(loaded.tree.stretches(shown))
    chosen = RecordFilter(request.GET, records, loaded.day)
    table = RecordTable(chosen.qs, loaded.day, order_by="code", empty_text=_nothing_found(loaded, chosen))
    if answer := table_alone(request, table, lambda: _sheet(loaded, shown, chosen, table)):
        return answer
    on_file = records.extent(loaded.day) if loaded.release else None
    context = _about(loaded, shown) | text | {"table": table, "filter": chosen, "on_file": on_file}
    return render(request, "catalog/section.html", context)


def _about(loaded: Snapshot, shown: Section) -> dict[str, object]:
    """What stands around the table: where the section lies in the tree, and what is beside and below it."""
    path = loaded.tree.path(shown)
    below = loaded.tree.children(shown)
    around = path[-2] if len(path) > 1 and not below else shown
    return {
        "here": "browse",
        "section": shown,
        "level": loaded.tree.levels[shown.level_id],
        "above": path[:-1],
        "around": around,
        "nearby": loaded.tree.children(around),
    }


def _nothing_found(loaded: Snapshot, chosen: RecordFilter) -> str:
    if loaded.release is None:
        return "No release is loaded."
    if chosen.is_narrowing:
        return "No code of this section fits the filter."
    return f"The loaded release, {loaded.release.title}, has no code here."


def _sheet(loaded: Snapshot, shown: Section, chosen: RecordFilter, table: RecordTable) -> exports.Sheet:
    ranges = ", ".join(map(str, shown.ranges.all()))
    release = loaded.release.title if loaded.release else "not loaded"
    return exports.Sheet(
        title=f"{shown.title}, {ranges}",
        about=(f"HCPCS Level II, {release}", chosen.sentence),
        release=release,
        rows=table.as_values(),
        is_filtered=chosen.is_narrowing,
    )


def _level_part(tree: Tree, number: int) -> LevelPart:
    return LevelPart(tree.levels[number], [_branch(tree, top) for top in tree.top(number)])


def _branch(tree: Tree, top: Section) -> Branch:
    below = tree.children(top)
    shown = below if len(below) <= SUBSECTIONS_SHOWN + 1 else below[:SUBSECTIONS_SHOWN]
    return Branch(top, codemap.key(top), tree.count(top), tree.bounds(top), shown, below[len(shown) :])
