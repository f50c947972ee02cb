"""What the names of CMS's PTP files say: setting, quarter, revision and part.

``ccipra-v302r0-f1.TXT`` is part 1 of the practitioners' table (``ccioph`` is that of outpatient hospitals) of
version 30.2, revision 0. CMS counts versions by year and quarter from 1994 on: 30.2 is the third quarter of 2024.
The file comes in ``medicare-ncci-2024q3-practitioner-ptp-edits-ccipra-v302r0-f1.zip``, often beside a workbook of
the same rows. A table has four parts today and had other numbers of them before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from catalog.importers import ncci
from catalog.importers.files import FORMS, Member, Refused, fingerprint
from catalog.importers.names import Publication
from catalog.models import Setting

SETTINGS = {
    Setting.PRACTITIONER.value: re.compile(r"ccipra|practitioner|physician", re.IGNORECASE),
    Setting.OUTPATIENT_HOSPITAL.value: re.compile(r"ccioph|hospital|(?<![a-z])oce(?![a-z])", re.IGNORECASE),
}
FAMILY = re.compile(r"cci(?:pra|oph)|(?<![a-z])ptp(?![a-z])|mcr_ncci_(?:pra|oce|oph)", re.IGNORECASE)
OTHER_FILE = re.compile(r"layout|structure|readme|read[-_ ]me|faq|manual|guide|license|ccmichgs", re.IGNORECASE)
OTHER_TABLE = re.compile(r"(?<![a-z])(?:mue|add[-_ ]?on|anweb)", re.IGNORECASE)
VERSION = re.compile(r"(?<![a-z0-9])v(\d\d)[._]?([0-3])(?!\d)", re.IGNORECASE)
REVISION = re.compile(r"(?<![a-z0-9])v\d\d[._]?[0-3][-_]?r(\d{1,2})(?!\d)", re.IGNORECASE)
PART = re.compile(r"(?<![a-z0-9])f(\d{1,2})(?!\d)", re.IGNORECASE)
VERSIONS_BEGAN = 1994


class _Named(NamedTuple):
    """What the names of a file and of its zip say together; empty or None for what they do not."""

    setting: str
    quarter: str
    revision: int | None
    part: int | None


def publications(members: list[Member], quarter: str = "", setting: str = "") -> list[Publication]:
    """The releases among these files, oldest first: one for each quarter, setting and revision, of all its parts.

    ``quarter`` and ``setting`` given by hand go over what the names say and are for the files of one release. With
    both, files whose names say nothing are the parts of one, in the order of their names.

    Raises Refused for Medicaid's files, for names that contradict each other, and for two different files that
    claim to be the same part.
    """
    files = [member for member in members if _is_table(member)]
    for member in members:
        if _in_family(member):
            ncci.refuse_medicaid(member)
    if not files and quarter and setting:
        files = [one for one in members if one.form in FORMS and not _is_other(one)]
    named = {member: _named(member, quarter, setting) for member in files}
    quarters = (_quarters_in(member.name) for member in files)
    ncci.one_by_hand(quarter, (found[0] for found in quarters if len(found) == 1), "quarter")
    ncci.one_by_hand(quarter or setting, (name.setting for name in named.values()), "setting")
    releases: dict[tuple[str, str, int | None], list[Member]] = defaultdict(list)
    for member, name in named.items():
        if name.quarter and name.setting:
            releases[name.quarter, name.setting, name.revision].append(member)
    return [
        _publication(key, {member: named[member].part for member in of_it}, bool(quarter))
        for key, of_it in sorted(releases.items(), key=lambda release: (*release[0][:2], release[0][2] or 0))
    ]


def _publication(
    key: tuple[str, str, int | None], parts: dict[Member, int | None], quarter_by_hand: bool
) -> Publication:
    quarter, setting, revision = key
    by_part: dict[tuple[int, str], list[Member]] = defaultdict(list)
    for member, part in parts.items():
        # A file without a number is a part of its own; its copy in the other form has the same stem.
        stem = "" if part else member.name.lower().removesuffix(member.form)
        by_part[part or 0, stem].append(member)
    members = tuple(_the_one(of_part) for _part, of_part in sorted(by_part.items()))
    numbers = {part for part in parts.values() if part}
    missing = sorted(set(range(1, max(numbers, default=0))) - numbers)
    return Publication(
        *("ptp", quarter, revision, members),
        quarter_by_hand=quarter_by_hand,
        setting=setting,
        missing=tuple(f"Part f{part} is missing." for part in missing),
    )


def _the_one(members: list[Member]) -> Member:
    """Of the files of one part the one to read, by form; copies of it may lie beside it, other content may not."""
    best = min(FORMS.index(member.form) for member in members)
    chosen, *copies = (member for member in members if FORMS.index(member.form) == best)
    content = fingerprint(chosen) if copies else None
    for copy in copies:
        if fingerprint(copy) != content:
            raise Refused(
                f"{chosen} and {copy} are the same part of one release and differ. Keep the one that counts."
            )
    return chosen


def _named(member: Member, quarter: str, setting: str) -> _Named:
    own, outer = member.name, member.archive
    revision = ncci.agreed(member, _revision_in(own), _revision_in(outer), "revision")
    own_part, outer_part = (_part_in(name) for name in (own, outer))
    if own_part and outer_part and own_part != outer_part:
        raise Refused(f"{member} is part f{own_part} by its name, and lies in a zip of part f{outer_part}.")
    return _Named(
        setting or ncci.agreed(member, _setting_in(own), _setting_in(outer), "setting"),
        quarter or ncci.agreed(member, _quarter_in(own), _quarter_in(outer), "quarter"),
        int(revision) if revision else None,
        own_part or outer_part,
    )


def _quarter_in(name: str) -> str:
    found = _quarters_in(name)
    if len(found) > 1:
        raise Refused(f"{name} says {found[0]}, and its version is that of {found[1]}. Give --quarter.")
    return found[0] if found else ""


def _quarters_in(name: str) -> list[str]:
    """The quarter a name says, and that of its version if it is another."""
    version = VERSION.search(name)
    by_version = f"{VERSIONS_BEGAN + int(version[1])}Q{int(version[2]) + 1}" if version else ""
    return [quarter for quarter in dict.fromkeys((ncci.quarter_in(name), by_version)) if quarter]


def _setting_in(name: str) -> str:
    found = [setting for setting, pattern in SETTINGS.items() if pattern.search(name)]
    return found[0] if len(found) == 1 else ""


def _revision_in(name: str) -> str:
    found = REVISION.search(name)
    return found[1] if found else ""


def _part_in(name: str) -> int | None:
    """The part a name gives; None for a name without one, and for a zip of several."""
    parts = {int(number) for number in PART.findall(name)}
    return parts.pop() if len(parts) == 1 else None


def explain(member: Member) -> str:
    """Why a file that has to do with PTP edits is not loaded; empty when it can be, or is another thing."""
    if not _in_family(member) or OTHER_TABLE.search(member.name):
        return ""
    if _is_change_list(member):
        return (
            f"{member} lists what changed in a quarter; the whole PTP table is loaded instead. "
            "Its files are named like ccipra-v302r0-f1.txt."
        )
    if not _is_table(member):
        return f"{member} is no PTP table. CMS's tables are .txt and .xlsx files."
    name = _named(member, "", "")
    if not (name.quarter and name.setting):
        return (
            f"{member} does not say of which quarter and setting it is. A table is named like "
            "ccipra-v302r0-f1.txt; else give --quarter and --setting."
        )
    return ""


def _in_family(member: Member) -> bool:
    return _matches(FAMILY, (member.name, member.archive))


def _is_table(member: Member) -> bool:
    return member.form in FORMS and _in_family(member) and not _is_other(member)


def _is_other(member: Member) -> bool:
    return _is_change_list(member) or _matches(OTHER_FILE, [member.name]) or _matches(OTHER_TABLE, [member.name])


def _is_change_list(member: Member) -> bool:
    return ncci.is_change_list(member) or "ccmichgs" in member.name.lower()


def _matches(pattern: re.Pattern[str], names: Iterable[str]) -> bool:
    return any(pattern.search(name) for name in names)
