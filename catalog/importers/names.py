"""What the names of CMS's files say: the quarter, the revision, and which files make one release."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from catalog.importers.files import Member


class Naming(NamedTuple):
    """What the name of a file says about the release it is part of."""

    quarter: str
    has_month: bool = False  # else only a year, and the quarter is that of an annual file
    revision: int | None = None
    posted: date | None = None


class Publication(NamedTuple):
    """The files that make one release. The revision is None where no name gives one.

    ``missing`` says in sentences which files the names show to be lacking.
    """

    dataset: str
    quarter: str
    revision: int | None
    members: tuple[Member, ...]
    notes: Member | None = None
    quarter_by_hand: bool = False
    setting: str = ""
    missing: tuple[str, ...] = ()


MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
POSTED = re.compile(r"(?<!\d)(\d\d)(\d\d)(20\d\d)(?!\d)")
YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)|(?<=hcpc)(\d\d)(?!\d)")
QUARTER = re.compile(r"(?<![a-z])q([1-4])(?![a-z0-9])")
YEAR_AND_MONTH = re.compile(r"(?<!\d)(20\d\d)[-_ ](0[1-9]|1[0-2])(?!\d)")
REVISION = re.compile(r"(?<![a-z0-9])v(\d{1,2})(?!\d)")


def naming(name: str) -> Naming | None:
    """Quarter, revision and posting date in a name such as ``HCPC2025_OCT_ANWEB_v3``; None where no year is.

    A month stands for the quarter it lies in, a year alone for its first quarter: the annual files take effect on
    January 1. Eight digits are the day CMS posted the file, as in ``HCPC2026_JAN_ANWEB_12082025``.
    """
    text = name.lower()
    year = YEAR.search(text)
    if not year:
        return None
    full_year, month = year[1] or f"20{year[2]}", _month_in(text)
    quarter = QUARTER.search(text)
    number = int(quarter[1]) if quarter else ((month or 1) + 2) // 3
    revision, posted = REVISION.search(text), POSTED.search(text)
    return Naming(
        quarter=f"{full_year}Q{number}",
        has_month=bool(quarter or month),
        revision=int(revision[1]) if revision else None,
        posted=_day(posted) if posted else None,
    )


def _month_in(text: str) -> int | None:
    for word in re.findall(r"[a-z]{3,}", text):
        for number, month in enumerate(MONTHS, 1):
            if month.startswith(word):
                return number
    found = YEAR_AND_MONTH.search(text)
    return int(found[2]) if found else None


def _day(posted: re.Match[str]) -> date | None:
    try:
        return date(int(posted[3]), int(posted[1]), int(posted[2]))
    except ValueError:
        return None
