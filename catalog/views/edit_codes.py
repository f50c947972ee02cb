"""Codes that the NCCI tables name: what the lookup says of those that are in no other file it has.

A CPT number is shown with the title of our own section, never with a descriptor.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from catalog import codes
from catalog.models import Dataset, EditCode, Mue, Release
from catalog.snapshot import Snapshot
from catalog.status_line import MUE_SETTINGS, PTP_SETTINGS
from catalog.views.asked import Asked
from catalog.views.rows import Row, page_of

BEGINNING = re.compile(r"[A-Z][0-9]{0,3}|[0-9]{3,4}")
LICENSED = "appears in the NCCI tables; descriptor licensed by the AMA"


def is_named(shown: Snapshot, code: str) -> bool:
    """Whether a current NCCI table names the code."""
    at = bisect_left(shown.edit_codes, code)
    return shown.edit_codes[at : at + 1] == (code,)


def beginning(shown: Snapshot, asked: Asked, text: str) -> tuple[str, ...]:
    """The codes beginning with the text that only the tables name, as far as the filters allow."""
    if not BEGINNING.fullmatch(text):
        return ()
    start, end = bisect_left(shown.edit_codes, text), bisect_left(shown.edit_codes, f"{text}~")
    return tuple(
        code
        for code in shown.edit_codes[start:end]
        if shown.index.entry(code) is None and _passes(shown, asked, code)
    )


def _passes(shown: Snapshot, asked: Asked, code: str) -> bool:
    """Whether the filters leave a code in. None of these is known to have ended."""
    if asked.level and codes.level_of(code) != asked.level:
        return False
    if asked.letter and code[0] != asked.letter:
        return False
    if not asked.section:
        return True
    section = shown.tree.narrowest(code)
    return section is not None and asked.section in {around.slug for around in shown.tree.path(section)}


def row(shown: Snapshot, code: str) -> Row:
    section = shown.tree.narrowest(code)
    title = section.title if section else "In numbers that no section uses"
    return Row(page_of("code", code), code, title, where(shown, code), line=code)


def where(shown: Snapshot, code: str) -> str:
    """What stands beside a code that only the tables name."""
    if codes.level_of(code) == codes.Level.ONE:
        return LICENSED
    return f"in the NCCI tables, not in {hcpcs_file(shown)}"


def hcpcs_file(shown: Snapshot) -> str:
    if shown.release is None:
        return "a loaded HCPCS file"
    if shown.is_starter:
        return "the starter set"
    return f"{'what was loaded of ' if shown.release.partial else ''}the {shown.release.title} file"


def facts(shown: Snapshot, code: str) -> list[tuple[str, str]]:
    """What the newest tables have of a code, by label. Two queries; none for a code that they do not name."""
    if not is_named(shown, code):
        return []
    return [*_counts(shown, code), *_mue_values(shown, code)]


def _counts(shown: Snapshot, code: str) -> Iterable[tuple[str, str]]:
    """Rows that name it, ended ones included."""
    tables = {
        f"Pair edits, {name}": shown.edits_of(Dataset.PTP, setting) for setting, name in PTP_SETTINGS.items()
    }
    tables["Add-on edits"] = shown.edits_of(Dataset.ADDON)
    loaded = [release.pk for release in tables.values() if release]
    counted = {found.release_id: found for found in EditCode.objects.filter(release__in=loaded, code=code)}
    for label, release in tables.items():
        if release and (found := counted.get(release.pk)):
            names = ("column one", "column two") if release.dataset == Dataset.PTP else ("add-on", "primary")
            numbers = zip((found.in_first, found.in_second), names, strict=True)
            counts = [f"{number:,} as {name}" for number, name in numbers if number]
            yield label, ", ".join([*counts, "ended rows included", *_remark(release)])


def _remark(release: Release) -> list[str]:
    """That the rows of a release are not all there, if so."""
    return ["starter set"] * release.is_starter + ["may be incomplete"] * release.partial


def _mue_values(shown: Snapshot, code: str) -> Iterable[tuple[str, str]]:
    """The MUE of each setting whose table of this quarter is loaded."""
    mues = [one for one in shown.edits if one.dataset == Dataset.MUE and one.covers(shown.day)]
    tables = {one.setting: one for one in mues}
    found = dict(Mue.objects.filter(release__in=mues, code=code).values_list("release", "mue_value"))
    values = [
        " ".join([f"{found[table.pk]:,} {name}", *(f"({remark})" for remark in _remark(table))])
        for setting, name in MUE_SETTINGS.items()
        if (table := tables.get(setting)) and table.pk in found
    ]
    if values:
        yield "MUE, this quarter", ", ".join(values)
