"""Whether the rows of a PTP release can be the whole table of their setting and quarter.

A file cut at the end of a row, a last part left out, or the hospitals' table under the practitioners' name reads
without fault. What gives them away: tables are cumulative, so that pairs which ended long ago stay in every one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from django.db.models import Count, Max, QuerySet

from catalog.importers.files import Refused
from catalog.importers.names import Publication
from catalog.models import PtpEdit, Release, Setting
from catalog.models.release import quarter_of


class Canary(NamedTuple):
    """A pair that ended on ``last_day``, or one whose end does not matter."""

    column_one: str
    column_two: str
    last_day: date | None


def _canaries(text: str) -> tuple[Canary, ...]:
    found = re.findall(r"(\w{5}) (\w{5}) (\d{4})(\d\d)(\d\d)", text)
    return (
        Canary("0001A", "0591T", None),
        *(Canary(one, two, date(int(year), int(month), int(day))) for one, two, year, month, day in found),
        Canary("U0003", "U0004", None),
    )


# A part out of eight holds four of them: what has as many rows as a part and fewer than two is another table.
FEW = 2
# The pairs that stand first and last in the tables of 2024 were added in these years.
BOUNDARIES_LAST_NEW = date(2022, 12, 31)
# From the tables of April and July 2024, chosen evenly over their rows: the first and the last, and of each
# fortieth one that ended before 2005 (for hospitals four until 2016, as their 1 to 13 percent have no older one).
# A part out of as many as eight holds four or more. Those of practitioners never were in the hospitals' table.
CANARIES = {
    Setting.PRACTITIONER.value: _canaries(
        """
        00406 64440 20000630   00934 99351 19980331   01830 G0001 19960331   01996 M0302 20020331
        11057 90780 20041231   15775 90780 20041231   20615 90782 20041231   22310 90781 20041231
        23350 76003 20011231   25115 90780 20041231   26185 87163 20010331   27096 90782 20041231
        27618 90780 20041231   28515 90782 20041231   29580 87163 20010331   31625 90780 20041231
        33244 90780 20041231   33967 90784 20041231   36511 99297 20030331   36537 J1644 20040331
        38242 90784 20041231   43243 90783 20041231   44360 90781 20041231   46600 90783 20041231
        50959 00910 20041231   50978 00910 20041231   52347 00916 20041231   55450 00869 20030331
        62279 01996 20000630   62284 01906 20020331   64440 64442 20000630   64450 64441 20000630
        67225 90784 20041231   76003 20552 20021231   79420 76003 20041231   90378 90788 20041231
        94652 00520 20030331   97601 01995 20041231   G0105 99375 20001231
        """
    ),
    Setting.OUTPATIENT_HOSPITAL.value: _canaries(
        """
        0033T 35161 20041231   00866 62311 20161231   01522 99251 20091231   0251T 0213T 20121231
        0445T 99150 20161231   11200 17105 19961231   15851 97601 20041231   20926 95920 19991231
        21600 32100 20040630   23616 20692 19961231   25332 25330 19970331   26585 20550 20020331
        27303 97601 20041231   27810 97601 20041231   28666 20690 19961231   31511 31510 19991231
        32420 88171 20020331   33400 33416 20040630   34800 75953 20030331   35681 35761 19961231
        38100 56310 20000630   42400 88170 20020331   43633 G0272 20040331   45126 53675 20030331
        47134 69990 20040331   50010 50020 19980331   52240 53670 20030331   54650 54510 20020331
        58551 36000 20030331   61534 62288 20000630   63015 62298 20000630   64702 61712 19990331
        67036 66982 20041231   70010 G0001 19960331   80092 84479 20000630   90645 90748 20031231
        93562 93740 19991231   97545 97265 19990331   G0001 36410 20041231
        """
    ),
}
# Of the hospitals' table and never of the practitioners': ended from 2015 to 2017.
HOSPITAL_ONLY = _canaries(
    """
    0377T G6027 20151231   44401 37202 20151231   45347 37202 20151231   46607 37202 20151231
    46615 G6028 20151231   77385 99143 20161231   77386 99143 20161231   77387 99143 20161231
    G0260 0213T 20170630   G0477 80300 20161231   G0478 80300 20161231   G0479 80300 20161231
    """
)[1:-1]
STRANGERS = {
    Setting.PRACTITIONER.value: HOSPITAL_ONLY,
    Setting.OUTPATIENT_HOSPITAL.value: CANARIES[Setting.PRACTITIONER.value][1:-1],
}
# A pair of the other table may enter this one some day; two that ended years ago do not.
MOST_STRANGERS = 1
# The smallest table known, the hospitals' of July 2024, has 1,775,818 rows.
FEWEST = 100_000


def doubts(edits: QuerySet[PtpEdit], publication: Publication, counts: dict[str, int]) -> list[str]:
    """Why these edits of one release may not be the whole table of its quarter: sentences, none when all is well.

    Raises Refused when they are of the other setting or another table, or have their columns swapped.
    """
    setting = publication.setting
    wanted, strangers = expected_canaries(setting, publication.quarter), STRANGERS[setting]
    there = _present(edits, {*wanted, *strangers})
    if len(intruders := [one for one in strangers if one in there]) > MOST_STRANGERS:
        other = Setting(next(one for one in CANARIES if one != setting))
        raise Refused(
            f"{publication.members[0]} and its other parts hold edits that only the table of {other.words} has, "
            f"as {intruders[0].column_one} with {intruders[0].column_two}. They are not, or not all, of "
            f"{Setting(setting).words}."
        )
    # By the index in whose order the rows lie; SQLite would take the other one, and ten times the time.
    in_order = edits.filter(column_one__gt="")
    seen = in_order.aggregate(rows=Count("pk"), effective=Max("effective_date"), deletion=Max("deletion_date"))
    found = []
    if seen["rows"] < FEWEST:
        found.append(f"It has {seen['rows']:,} rows; every table has had {FEWEST:,} and more.")
    if missing := [one for one in wanted if one not in there]:
        turned = _present(edits, map(_swapped, missing))
        if 2 * len(turned) > len(missing):
            raise Refused(
                f"{publication.members[0]} and its other parts give {len(turned)} of {len(wanted)} old pairs the "
                "other way round: the columns are swapped."
            )
        held = there.intersection(one for one in wanted if one.last_day)
        if seen["rows"] >= FEWEST and len(held) < FEW <= len(wanted) // 20:
            raise Refused(
                f"{publication.members[0]} and its other parts hold {seen['rows']:,} rows and hardly one of the "
                "old pairs that lie evenly over every table of this setting: they are of another table."
            )
        found.append(_about_missing(missing, wanted))
    newest = max(filter(None, (seen["effective"], seen["deletion"])), default=None)
    return found + (_doubts_about_quarter(newest, publication.quarter) if newest else [])


def expected_canaries(setting: str, quarter: str) -> tuple[Canary, ...]:
    """The canaries that had ended before that quarter began, so that its table must hold them."""
    first_day = Release(quarter=quarter).first_day
    return tuple(one for one in CANARIES[setting] if (one.last_day or BOUNDARIES_LAST_NEW) < first_day)


def _present(edits: QuerySet[PtpEdit], canaries: Iterable[Canary]) -> set[Canary]:
    """Those of the canaries that are among the edits, by one query."""
    asked = set(canaries)
    rows = edits.filter(
        column_one__in=sorted({one.column_one for one in asked}),
        column_two__in=sorted({one.column_two for one in asked}),
    ).values_list("column_one", "column_two", "deletion_date")
    found = {Canary(*row) for row in rows.iterator()}
    return asked & (found | {one._replace(last_day=None) for one in found})


def _swapped(canary: Canary) -> Canary:
    return canary._replace(column_one=canary.column_two, column_two=canary.column_one)


def _about_missing(missing: list[Canary], wanted: tuple[Canary, ...]) -> str:
    """What is missing, by stretches of column one, the order of the table."""
    stretches = []
    for lacks, stretch in groupby(wanted, lambda one: one in missing):
        first, *others = (one.column_one for one in stretch)
        if lacks:
            stretches.append(f"from {first} to {others[-1]}" if others else f"at {first}")
    return (
        f"It lacks {len(missing)} of {len(wanted)} pairs that every table of this setting holds, with column one "
        f"{' and '.join(stretches[:3])}{' and elsewhere' if stretches[3:] else ''}. A part may be missing."
    )


def _doubts_about_quarter(newest: date, quarter: str) -> list[str]:
    """In every quarter edits begin on its first day, or end on the day before; none that begin later are known."""
    release = Release(quarter=quarter)
    if newest > release.last_day:
        return [f"Its newest date is {newest:%Y-%m-%d}, after {quarter}; it looks like {quarter_of(newest)}."]
    if newest < release.first_day - timedelta(days=1):
        of_newest = quarter_of(newest + timedelta(days=1))
        return [f"Its newest date is {newest:%Y-%m-%d}; it looks like the table of {of_newest}."]
    return []
