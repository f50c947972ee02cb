"""Loads the starter set: our own texts on levels and sections, synonyms, and a selection of Level II codes.

Texts belong to the editors from then on: a level, section or term that is there is left alone, whatever it says.
The codes are a release like any other, told apart by its origin, and current only while no publisher's release is.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.db import transaction

from catalog.importers import load
from catalog.importers.files import Member, fingerprint
from catalog.importers.hcpcs import Row
from catalog.models import Dataset, Level, Release, ReleaseFile, Section, SectionRange, Synonym

FOLDER = Path(__file__).parent
SECTIONS = ("sections-1.toml", "sections-2.toml", "sections-3.toml")
CODES = {"code": "hcpcs.csv", "modifier": "modifiers.csv"}
QUARTER = "2025Q4"  # of the release that its facts were checked against

LISTS = {
    *("pricing_indicators", "types_of_service", "cross_references"),
    *("cim_references", "mcm_references", "lab_certifications"),
}
DATES = {
    *("added_date", "action_effective_date", "termination_date"),
    *("asc_effective_date", "mog_effective_date"),
}
EMPTY = dict.fromkeys(Row._fields, "") | dict.fromkeys(LISTS, ()) | dict.fromkeys(DATES)
EMPTY["anesthesia_base_units"] = None


def load_starter() -> list[str]:
    """Add what is missing; returns what that was, as in ``["431 sections", "435 codes"]``."""
    return [*load_texts(), *load_codes()]


def load_into_empty_database() -> list[str]:
    """The same for a site that has no sections, or no release, yet. What editors removed does not come back."""
    added = [] if Section.objects.exists() else load_texts()
    return added if Release.objects.readable().exists() else [*added, *load_codes()]


@transaction.atomic
def load_texts() -> list[str]:
    added = {
        "levels": [_add_level(**level) for level in _entries("levels.toml", "level")],
        "sections": [_add_section(**section) for name in SECTIONS for section in _entries(name, "section")],
        "terms": [_add_term(**synonym) for synonym in _entries("synonyms.toml", "synonym")],
    }
    return [f"{sum(new)} {what}" for what, new in added.items() if any(new)]


def load_codes() -> list[str]:
    """Install the release of starter codes and modifiers; one made from other files than these is replaced."""
    with load.sole_import():
        load.remove_leftovers()
        starters = Release.objects.readable().filter(origin=Release.Origin.STARTER)
        files = [_release_file(name) for name in CODES.values()]
        if starters.filter(files__sha256=files[0].sha256).filter(files__sha256=files[1].sha256).exists():
            return []
        rows = [row for record, name in CODES.items() for row in _rows(record, name)]
        counts = {f"{record}s": sum(row.record == record for row in rows) for record in CODES}
        replaced = list(starters)
        release = Release(
            dataset=Dataset.HCPCS,
            origin=Release.Origin.STARTER,
            quarter=QUARTER,
            revision=max((old.revision + 1 for old in replaced), default=0),
            counts=counts,
        )
        load.install(release, rows, sources=files)
        current = Release.objects.current().filter(dataset=Dataset.HCPCS).first()
        if current is None or current.is_starter:
            load.make_current(release)
        for old in replaced:
            load.remove(old)
    return [f"{count} {what}" for what, count in counts.items()]


def _entries(name: str, table: str) -> list[dict]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))[table]


def _add_level(number: int, ended: str, description: str, **fields) -> bool:
    fields |= {"description": description.strip(), "ended": date.fromisoformat(ended) if ended else None}
    return Level.objects.get_or_create(number=number, defaults=fields)[1]


def _add_section(
    slug: str, level: int, parent: str, ranges: list[tuple[str, str]], description: str, **fields
) -> bool:
    """Add a section unless it, or one with one of its ranges, is there: then an editor has given it a new slug."""
    is_there = Section.objects.filter(slug=slug).exists() or any(
        SectionRange.objects.filter(low=low, high=high).exists() for low, high in ranges
    )
    if not is_there:
        section = Section.objects.create(
            slug=slug,
            level_id=level,
            parent=Section.objects.filter(slug=parent).first(),
            description=description.strip(),
            **fields,
        )
        SectionRange.objects.bulk_create(SectionRange(section=section, low=low, high=high) for low, high in ranges)
    return not is_there


def _add_term(term: str, means: str = "", codes: tuple[str, ...] = (), note: str = "") -> bool:
    """Add what a term means unless it means something already."""
    is_there = Synonym.objects.filter(term=term).exists()
    if not is_there:
        meanings = [{"means": means}] if means else [{"code": code} for code in codes]
        Synonym.objects.bulk_create(Synonym(term=term, note=note, **meaning) for meaning in meanings)
    return not is_there


def _rows(record: str, name: str) -> Iterator[Row]:
    """Level II only: what is known of the AMA's modifiers does not depend on the release."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        for cells in reader:
            if cells.get("kind", "level_ii") == "level_ii":
                values = {field: _value(field, text) for field, text in cells.items() if field in Row._fields}
                yield Row(**EMPTY | values | {"record": record, "line": reader.line_num})


def _value(field: str, text: str) -> str | tuple[str, ...] | date | None:
    if field in LISTS:
        return tuple(text.split())
    if field in DATES:
        return date.fromisoformat(text) if text else None
    return text


def _release_file(name: str) -> ReleaseFile:
    sha256, size = fingerprint(Member(FOLDER / name))
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        rows = sum(1 for _ in csv.DictReader(stream))
    return ReleaseFile(name=name, sha256=sha256, size=size, rows=rows)
