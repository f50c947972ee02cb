"""What tree and index are made of: the rows of the current release and the sections, read as plain values."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from catalog import markdown
from catalog.models import HcpcsCode, Level, Modifier, Release, Section
from catalog.search import Entry, SectionEntry
from catalog.tree import Tree
from catalog.wording import us_date


def tree_and_entries(release: Release | None, day: date) -> tuple[Tree, list[Entry]]:
    on_file = _records(HcpcsCode, release)
    tree = Tree(
        Level.objects.all(),
        Section.objects.prefetch_related("ranges"),
        {record.code: record.effective_on(day) for record in on_file},
    )
    entries = [_code_entry(record, day, tree) for record in on_file]
    entries += [_code_entry(record, day, tree, record.release) for record in _no_longer_on_file(release)]
    entries += [_entry(record, "modifier", status_words(record, day)) for record in _records(Modifier, release)]
    return tree, entries


class _Record(NamedTuple):
    """What tree and index need of a code or a modifier: thousands are read at once, too many for models."""

    code: str
    short_descriptor: str
    long_descriptor: str
    added_date: date | None
    termination_date: date | None

    effective_on = HcpcsCode.effective_on
    ended_before = HcpcsCode.ended_before


def _records(model: type[HcpcsCode] | type[Modifier], release: Release | None) -> list[_Record]:
    return list(map(_Record._make, model.objects.filter(release=release).values_list(*_Record._fields)))


def _no_longer_on_file(release: Release | None) -> list[HcpcsCode]:
    """Codes that earlier releases had and the current one has not, each from the newest release that has it."""
    if release is None or release.is_starter:
        return []
    earlier = (
        HcpcsCode.objects.filter(release__in=Release.objects.published().before(release))
        .exclude(code__in=HcpcsCode.objects.filter(release=release).values("code"))
        .select_related("release")
        .order_by("release__quarter", "release__revision")
    )
    return list({record.code: record for record in earlier}.values())


def _code_entry(record: _Record | HcpcsCode, day: date, tree: Tree, last_seen: Release | None = None) -> Entry:
    return _entry(record, "code", status_words(record, day, last_seen), tree.narrowest(record.code))


def _entry(record: _Record | HcpcsCode, kind: str, tag: str, section: Section | None = None) -> Entry:
    return Entry(
        code=record.code,
        kind=kind,
        short=record.short_descriptor,
        long=record.long_descriptor,
        ended=bool(tag),
        tag=tag,
        letter=record.code[0] if kind == "code" else "",
        section=section.slug if section else "",
        where=section.short_title if section else "",
        level=2,
    )


def status_words(record: _Record | HcpcsCode | Modifier, day: date, last_seen: Release | None = None) -> str:
    """What stands beside a code that is not in force on ``day``; empty for one that is."""
    if record.ended_before(day):
        return f"Ended {us_date(record.termination_date)}"
    if last_seen is not None:
        return f"Last seen in {last_seen.title}"
    if not record.effective_on(day):
        return f"Starts {us_date(record.added_date)}"
    return ""


def section_entries(tree: Tree) -> list[SectionEntry]:
    entries = []
    for section in tree.sections.values():
        ranges = list(section.ranges.all())
        around = tree.path(section)[:-1]
        entries.append(
            SectionEntry(
                slug=section.slug,
                title=section.title,
                short_title=section.short_title,
                description=markdown.without_addresses(section.description),
                path_titles=tuple(ancestor.title for ancestor in around),
                level=section.level_id,
                letter=ranges[0].low[0] if ranges and section.level_id == 2 else "",
                low=ranges[0].low if ranges else "",
                high=ranges[0].high if ranges else "",
                codes=tree.count(section).total,
                parent=around[-1].slug if around else "",
                other_ranges=tuple((stretch.low, stretch.high) for stretch in ranges[1:]),
            )
        )
    return entries
