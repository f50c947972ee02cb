"""Loads the starter set: our own texts on levels and sections, synonyms, and selections of codes and edits.

Texts belong to the editors from then on: a level, section or term that is there is left alone, whatever it says.
Codes and edits are releases like any other, told apart by their origin, and current only while no publisher's
release of their kind is.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from django.db import transaction

from catalog.importers import DATASETS, addon, load, mue, ptp
from catalog.importers.files import Member, fingerprint
from catalog.importers.hcpcs import Row
from catalog.models import Dataset, Level, Release, ReleaseFile, Section, SectionRange, Setting, Synonym
from catalog.starter.training import load_training

FOLDER = Path(__file__).parent
SECTIONS = ("sections-1.toml", "sections-2.toml", "sections-3.toml")
CODES = {"code": "hcpcs.csv", "modifier": "modifiers.csv"}
QUARTER = "2025Q4"  # of the release that its facts were checked against

# The tables that the facts were taken from. Those of PTP edits at hand had lost the day an edit began, so each of
# these begins on the first day of the quarter it was found in force in, and no page shows that day.
EDITS = {
    "ptp-practitioner.csv": (Dataset.PTP, Setting.PRACTITIONER, "2024Q3"),
    "ptp-outpatient_hospital.csv": (Dataset.PTP, Setting.OUTPATIENT_HOSPITAL, "2024Q3"),
    "mue-practitioner.csv": (Dataset.MUE, Setting.PRACTITIONER, "2024Q3"),
    "mue-outpatient_hospital.csv": (Dataset.MUE, Setting.OUTPATIENT_HOSPITAL, "2024Q3"),
    "mue-dme_supplier.csv": (Dataset.MUE, Setting.DME_SUPPLIER, "2024Q3"),
    "addon.csv": (Dataset.ADDON, "", "2025Q4"),
}
SELECTION = (
    "Starter data, not a CMS release: a small selection, to try this site with. Nothing follows from what is "
    "missing in it. CPT is a registered trademark of the American Medical Association, and its codes are shown "
    "without descriptors."
)
NOTICES = {
    Dataset.PTP: f"{SELECTION} The days its edits began and ended are not in it: each is shown for the quarter "
    "it was found in force in.",
    Dataset.MUE: SELECTION,
    Dataset.ADDON: SELECTION,
}

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
    return [*load_texts(), *load_codes(), *load_edits()]


def load_into_empty_database() -> list[str]:
    """The same for a site that has no sections, or no release, yet. What editors removed does not come back."""
    added = [] if Section.objects.exists() else load_texts()
    return added if Release.objects.readable().exists() else [*added, *load_codes(), *load_edits()]


@transaction.atomic
def load_texts() -> list[str]:
    added = {"levels": _add_levels(), "sections": _add_sections(), "terms": _add_terms(), **load_training()}
    return [f"{count} {what}" for what, count in added.items() if count]


def sections_left_out() -> list[str]:
    """The slugs of the sections that loading leaves out, as there is no section with the slug of their parent."""
    return [entry["slug"] for entry in _missing_sections()]


def load_codes() -> list[str]:
    """Install the release of starter codes and modifiers."""
    release = Release(dataset=Dataset.HCPCS, quarter=QUARTER)
    return _install(release, {name: partial(_rows, record, name) for record, name in CODES.items()})


def load_edits() -> list[str]:
    """Install the releases of starter edits: each is a selection, and nothing follows from what is not in it."""
    added = []
    for name, (dataset, setting, quarter) in EDITS.items():
        release = Release(dataset=dataset, setting=setting, quarter=quarter, notice=NOTICES[dataset])
        if _install(release, {name: partial(_edits, release, name)}):
            rows = release.counts.get("edits") or release.counts["values"]
            added.append(f"{rows} rows of {str(release).removesuffix(f', {release.title}')}")
    return added


def _install(release: Release, files: dict[str, Callable[[], Iterator]]) -> list[str]:
    """Install a starter release made of these files in place of one made of others; nothing if it is there."""
    release.origin = Release.Origin.STARTER
    with load.sole_import():
        load.remove_leftovers()
        of_its_kind = Release.objects.filter(dataset=release.dataset, setting=release.setting)
        replaced = list(of_its_kind.readable().filter(origin=Release.Origin.STARTER))
        parts = [load.Part(_release_file(name), rows()) for name, rows in files.items()]
        hashes = {part.source.sha256 for part in parts}
        if any(hashes == set(old.files.values_list("sha256", flat=True)) for old in replaced):
            return []
        release.revision = max((old.revision + 1 for old in replaced), default=0)
        with load.removed_on_failure(release):
            load.write(release, parts)
            load.publish(release, activate=False)
        current = list(of_its_kind.current())
        if all(one.is_starter for one in current) and (
            current or not of_its_kind.kept().exclude(origin=release.origin).exists()
        ):
            load.make_current(release)
        for old in replaced:
            load.remove(old)
    return [f"{count} {what}" for what, count in release.counts.items() if count]


def _entries(name: str, table: str) -> list[dict]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))[table]


def _add_levels() -> int:
    held = set(Level.objects.values_list("number", flat=True))
    new = [Level(**_level(**entry)) for entry in _entries("levels.toml", "level") if entry["number"] not in held]
    return len(Level.objects.bulk_create(new))


def _level(ended: str, description: str, **fields) -> dict:
    ended_on = date.fromisoformat(ended) if ended else None
    return fields | {"ended": ended_on, "description": description.strip()}


def _missing_sections() -> list[dict]:
    """A section is there when its slug is, or one of its ranges: then an editor gave it another slug."""
    slugs = set(Section.objects.values_list("slug", flat=True))
    held = set(SectionRange.objects.values_list("low", "high"))
    entries = (entry for name in SECTIONS for entry in _entries(name, "section"))
    return [
        entry for entry in entries if entry["slug"] not in slugs and held.isdisjoint(map(tuple, entry["ranges"]))
    ]


def _add_sections() -> int:
    """A section whose parent an editor removed or gave another slug has no place any more."""
    sections = {"": None} | {section.slug: section for section in Section.objects.all()}
    ranges = []
    added = 0
    for entry in _missing_sections():
        if entry["parent"] not in sections:
            continue
        stretches = entry.pop("ranges")
        section = Section.objects.create(**_section(sections, **entry))
        sections[section.slug] = section
        ranges += [SectionRange(section=section, low=low, high=high) for low, high in stretches]
        added += 1
    SectionRange.objects.bulk_create(ranges)
    return added


def _section(sections: dict[str, Section | None], parent: str, level: int, description: str, **fields) -> dict:
    return fields | {"parent": sections[parent], "level_id": level, "description": description.strip()}


def _add_terms() -> int:
    """A term is there when it means anything at all."""
    held = set(Synonym.objects.values_list("term", flat=True))
    new = [entry for entry in _entries("synonyms.toml", "synonym") if entry["term"] not in held]
    Synonym.objects.bulk_create(synonym for entry in new for synonym in _meanings(**entry))
    return len(new)


def _meanings(term: str, means: str = "", codes: Sequence[str] = (), note: str = "") -> list[Synonym]:
    if means:
        return [Synonym(term=term, means=means, note=note)]
    return [Synonym(term=term, code=code, note=note) for code in codes]


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


def _edits(release: Release, name: str) -> Iterator[ptp.Row | mue.Row | addon.Row]:
    row = DATASETS[release.dataset].Row
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        for cells in reader:
            values = {field: _edit_value(field, text) for field, text in cells.items()}
            if release.dataset == Dataset.PTP:
                values |= {"prior_to_1996": False, "effective_date": release.first_day, "deletion_date": None}
            yield row(line=reader.line_num, **values)


def _edit_value(field: str, text: str) -> str | int | date | None:
    if field.endswith("_date"):
        return date.fromisoformat(text) if text else None
    return int(text) if field == "mue_value" else text


def _release_file(name: str) -> ReleaseFile:
    sha256, size = fingerprint(Member(FOLDER / name))
    return ReleaseFile(name=name, sha256=sha256, size=size)
