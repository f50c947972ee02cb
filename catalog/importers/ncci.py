"""What CMS's NCCI files have in common: how their names speak, and what is left alone or refused.

CMS publishes the tables of a quarter, and beside them lists of what changed. Medicaid's NCCI is a programme of its
own, with files much alike in layout and other edits in them; none of its files is ever used for Medicare.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from catalog.codes import is_code
from catalog.importers.files import BadRow, Member, Refused, fingerprint, tables
from catalog.models import Setting
from catalog.models.release import quarter_of

MEDICAID = re.compile(r"(?<![a-z])(mcd|medicaid)(?![a-z])", re.IGNORECASE)
CHANGES = re.compile(r"changes?(?![a-z])|additions|deletions|revisions", re.IGNORECASE)
QUARTER = re.compile(r"(?<!\d)(20\d\d)[-_ ]?q([1-4])(?!\d)", re.IGNORECASE)
EFFECTIVE = re.compile(r"eff(?:ective)?[-_ ]?(\d\d)[-_]?(\d\d)[-_]?(20\d\d)(?!\d)", re.IGNORECASE)
NUMBERED = re.compile(r"(?<![a-z0-9])(?:v|rev)_?(\d{1,2})(?!\d)", re.IGNORECASE)
POSTED_AGAIN = re.compile(r"replace|revised|correct|repost|update", re.IGNORECASE)

# A number without its zeros: the lowest code is 00100.
SHORTENED = re.compile(r"[0-9]{3,4}")
# PTP's oldest deletion date known is the last day of 1995.
FIRST_DAY, LAST_DAY = date(1995, 1, 1), date(2100, 12, 31)
# A header stands among the first records, under the AMA's notice.
HEAD = 20


def is_change_list(member: Member) -> bool:
    """Whether the names say that it lists only what changed in a quarter."""
    return bool(CHANGES.search(member.name) or CHANGES.search(member.archive))


def refuse_medicaid(member: Member) -> None:
    """Raises Refused when the name of the file or of its zip says Medicaid."""
    if MEDICAID.search(member.name) or MEDICAID.search(member.archive):
        raise Refused(
            f"{member} is a Medicaid file. Medicaid has edits of its own; only Medicare's tables are loaded here."
        )


def effective_day(name: str) -> date | None:
    """The day in names such as ``…_Eff_04-01-2026.csv`` and ``…-effective-10012025.zip``.

    Raises Refused for a day that no calendar has.
    """
    found = EFFECTIVE.search(name)
    if not found:
        return None
    try:
        return date(int(found[3]), int(found[1]), int(found[2]))
    except ValueError as error:
        raise Refused(f"{name} names {found[1]}-{found[2]}-{found[3]}, and there is no such day.") from error


def quarter_in(name: str) -> str:
    """The quarter a name gives, written as ``2026q2`` and the like or as the day of effect; empty without one."""
    if found := QUARTER.search(name):
        return f"{found[1]}Q{found[2]}"
    day = effective_day(name)
    return quarter_of(day) if day else ""


def revision_in(name: str) -> int | None:
    """The revision in ``…_v2.csv`` (2) and ``…_Replacement.csv`` (1, the first posting being 0)."""
    if found := NUMBERED.search(name):
        return int(found[1])
    return 1 if POSTED_AGAIN.search(name) else None


def agreed(member: Member, own: str, outer: str, what: str) -> str:
    """What the name of a file says, or else that of its zip. Raises Refused when they contradict each other."""
    if own and outer and own != outer:
        own, outer = _in_words([own, outer], what)
        raise Refused(
            f"{member.name} is of {own} by its name, and of {outer} by the name of its zip, {member.archive}. "
            f"Find out which is true and give --{what}."
        )
    return own or outer


def one_by_hand(given: str, said: Iterable[str], what: str) -> None:
    """Raises Refused when a quarter or setting given by hand is for files that name several."""
    named = sorted({one for one in said if one})
    if given and len(named) > 1:
        raise Refused(f"--{what} is for one release, and these are {', '.join(_in_words(named, what))}.")


def _in_words(said: Iterable[str], what: str) -> list[str]:
    """What names say, settings as people write them."""
    return [Setting(one).words if what == "setting" else one for one in said]


def the_one(candidates: list[tuple[int | None, Member]], forms: tuple[str, ...]) -> tuple[int | None, Member]:
    """Of the files of one release, with their revisions, the one to read: newest first, then by form.

    Raises Refused when two could be it and differ; a file beside the zip it came in does not.
    """
    newest = max(revision or 0 for revision, _member in candidates)
    of_newest = [one for one in candidates if (one[0] or 0) == newest]
    best = min(forms.index(member.form) for _revision, member in of_newest)
    chosen, *others = (one for one in of_newest if forms.index(one[1].form) == best)
    content = fingerprint(chosen[1]) if others else None
    for _revision, other in others:
        if fingerprint(other) != content:
            raise Refused(f"{chosen[1]} and {other} are of the same release and differ. Keep the one that counts.")
    return chosen


def records(member: Member) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """The tables of a workbook or CSV, blank records left out; each record under the line where it begins."""
    is_csv = member.form == ".csv"
    for table in tables(member):
        yield (
            # Of a CSV record that goes over several lines, ``tables`` gives the last.
            (number - sum(cell.count("\n") for cell in cells) if is_csv else number, cells)
            for number, cells in table
            if any(cell.strip() for cell in cells)
        )


def words(text: str) -> str:
    """Text with every run of blanks and line breaks made one blank."""
    return " ".join(text.split())


def is_header_row(cells: list[str], heading: re.Pattern[str]) -> bool:
    """Whether one of these cells is this heading; columns may stand in any order."""
    return any(heading.fullmatch(words(cell)) for cell in cells)


def notice_above(member: Member, heading: re.Pattern[str]) -> str:
    """The text above the header of a table: the AMA's notice, as published."""
    for table in records(member):
        above = []
        for number, cells in table:
            if is_header_row(cells, heading):
                return "\n".join(above).strip()
            if number > HEAD or is_code(cells[0].strip()):
                break
            above += [cell for cell in cells if cell.strip()]
    return ""


def code_in(member: Member, line: int, text: str) -> str:
    """A code with the zeros that a spreadsheet may have taken. Raises BadRow for what is none."""
    code = text.strip().upper()
    code = code.zfill(5) if SHORTENED.fullmatch(code) else code
    if not is_code(code):
        raise BadRow(str(member), line, f"{text[:20]!r} stands where a code should.")
    return code


def is_possible(day: date) -> bool:
    """Whether a row can name that day: none is from before the NCCI, and none looks ahead for decades."""
    return FIRST_DAY <= day <= LAST_DAY


def some(items: list[str]) -> str:
    """The first of many, and how many more."""
    return ", ".join(items[:4]) + (f" and {len(items) - 4:,} more" if len(items) > 4 else "")
