"""Small builders: a test builds the rows it is about, and names only what matters to it."""

from __future__ import annotations

from datetime import date

from django.db.models import F
from django.utils import timezone

from catalog.models import (
    AddOnEdit,
    Change,
    HcpcsCode,
    Level,
    Modifier,
    Mue,
    PtpEdit,
    Rationale,
    Release,
    Section,
    Setting,
)
from catalog.models.release import quarter_of
from scratchpad.claim import PRACTITIONER, Claim
from scratchpad.claim_text import line_of

CLAIM_DAY = date(2026, 7, 15)


def make_claim(*lines: str, setting: str = PRACTITIONER, day: date = CLAIM_DAY) -> Claim:
    """A claim of its lines as text: ``make_claim("11042", "97597-59x2")``. Nothing is stored."""
    return Claim(setting, day, tuple(line_of(text, number, day) for number, text in enumerate(lines, start=1)))


def make_release(quarter: str = "2025Q4", *, current: bool = True, **fields) -> Release:
    """A CMS release, current unless told otherwise; of the HCPCS dataset unless ``dataset`` names another one."""
    state = Release.State.CURRENT if current else Release.State.LOADED
    now = timezone.now()
    defaults = {"dataset": "hcpcs", "quarter": quarter, "state": state, "loaded_at": now, "activated_at": now}
    return Release.objects.create(**defaults | fields)


def make_table(dataset: str, setting: str = "", quarter: str = "", **fields) -> Release:
    """A current release of an NCCI table, of the quarter we are in unless told otherwise."""
    return make_release(quarter or quarter_of(timezone.localdate()), dataset=dataset, setting=setting, **fields)


def make_code(code: str = "J1885", release: Release | None = None, **fields) -> HcpcsCode:
    """A code of the release given, else of the current one, else of a new one; in force since 2001."""
    return HcpcsCode.objects.create(**_record(code, release, fields))


def make_modifier(code: str = "LT", release: Release | None = None, **fields) -> Modifier:
    return Modifier.objects.create(**_record(code, release, fields))


def make_change(code: str, kind: str, release: Release, against: Release, **fields) -> Change:
    """What a release did to a code or modifier; fields by name, each with its values before and after."""
    record = Change.Record.CODE if len(code) == 5 else Change.Record.MODIFIER
    return release.changes.create(code=code, kind=kind, record=record, against=against, fields=fields)


def make_ptp(column_one: str, column_two: str, release: Release | None = None, **fields) -> PtpEdit:
    """A PTP edit of the release given, else of the practitioners' current one, else of a new one.

    Open since 2020 with indicator 1 unless told otherwise; ``rationale`` is its text.
    """
    rationale = fields.pop("rationale", "Misuse of column two code with column one code")
    release = release or _current("ptp", Setting.PRACTITIONER)
    defaults = {
        "prior_to_1996": False,
        "effective_date": date(2020, 1, 1),
        "modifier_indicator": PtpEdit.Indicator.ALLOWED,
        "rationale": Rationale.objects.get_or_create(text=rationale)[0],
    }
    _count(release, in_first=column_one, in_second=column_two)
    pair = {"column_one": column_one, "column_two": column_two}
    return PtpEdit.objects.create(**pair, **_place(release), **defaults | fields)


def make_mue(code: str, mue_value: int = 1, release: Release | None = None, **fields) -> Mue:
    """An MUE of the release given, else of the practitioners' newest current one, else of a new one; MAI 3."""
    release = release or _current("mue", Setting.PRACTITIONER)
    defaults = {"adjudication_indicator": Mue.AdjudicationIndicator.DAY_CLINICAL, "rationale": "Clinical: Data"}
    _count(release, in_first=code)
    return Mue.objects.create(code=code, mue_value=mue_value, **_place(release), **defaults | fields)


def make_addon(add_on: str, primary: str, release: Release | None = None, **fields) -> AddOnEdit:
    """An add-on edit of the release given, else of the current one, else of a new one; type 1, open since 2013."""
    release = release or _current("addon", "")
    defaults = {"edit_type": AddOnEdit.Type.NATIONAL, "effective_date": date(2013, 4, 1)}
    _count(release, in_first=add_on, in_second=primary)
    return AddOnEdit.objects.create(add_on=add_on, primary=primary, **_place(release), **defaults | fields)


def make_level(number: int = 2, **fields) -> Level:
    """One of the three levels, the same row however often it is asked for."""
    defaults = {
        "name": f"Level {'I' * number}",
        "title": "National codes",
        "maintainer": "CMS",
        "shape": "Letter first",
    }
    return Level.objects.get_or_create(number=number, defaults=defaults | fields)[0]


def make_section(slug: str, *ranges: tuple[str, str], parent: Section | None = None, **fields) -> Section:
    """A Level II section holding the inclusive ranges, below ``parent`` when one is given."""
    section = Section.objects.create(
        **{
            "slug": slug,
            "level": fields.pop("level", None) or make_level(),
            "parent": parent,
            "title": slug.replace("-", " ").capitalize(),
            "short_title": slug,
            "kind": "level_ii",
            "maintainer": "CMS",
        }
        | fields
    )
    for low, high in ranges:
        section.ranges.create(low=low, high=high)
    return section


def _record(code: str, release: Release | None, fields: dict) -> dict:
    return {
        "code": code,
        "release": release or _current("hcpcs", ""),
        "short_descriptor": f"Short {code}",
        "long_descriptor": f"Long descriptor of {code}",
        "added_date": date(2001, 1, 1),
        "action_effective_date": date(2001, 1, 1),
        "action_code": "N",
    } | fields


def _current(dataset: str, setting: str) -> Release:
    """The newest current release of a dataset and setting; a new one when there is none."""
    kind = {"dataset": dataset, "setting": setting}
    return Release.objects.current().filter(**kind).newest_first().first() or make_release(**kind)


def _place(release: Release) -> dict:
    """Where an edit stands: the release, its file, and a line of its own."""
    file = release.files.first() or release.files.create(
        name=f"{release.dataset}.txt", sha256=f"{release.pk:064}", size=1
    )
    file.rows += 1
    file.save()
    return {"release": release, "file": file, "line": file.rows}


def _count(release: Release, **columns: str) -> None:
    """Count the codes of an edit by the column that names them, as loading does."""
    for column, code in columns.items():
        if not release.edit_codes.filter(code=code).update(**{column: F(column) + 1}):
            release.edit_codes.create(code=code, **{column: 1})
