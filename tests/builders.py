"""Small builders: a test builds the rows it is about, and names only what matters to it."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from catalog.models import Change, HcpcsCode, Level, Modifier, Release, Section


def make_release(quarter: str = "2025Q4", *, current: bool = True, **fields) -> Release:
    """A CMS release of the HCPCS dataset, current unless told otherwise."""
    state = Release.State.CURRENT if current else Release.State.LOADED
    now = timezone.now()
    defaults = {"dataset": "hcpcs", "quarter": quarter, "state": state, "loaded_at": now, "activated_at": now}
    return Release.objects.create(**defaults | fields)


def make_code(code: str = "J1885", release: Release | None = None, **fields) -> HcpcsCode:
    """A code of the release given, else of the current one, else of a new one; in force since 2001."""
    return HcpcsCode.objects.create(**_record(code, release, fields))


def make_modifier(code: str = "LT", release: Release | None = None, **fields) -> Modifier:
    return Modifier.objects.create(**_record(code, release, fields))


def make_change(code: str, kind: str, release: Release, against: Release, **fields) -> Change:
    """What a release did to a code or modifier; fields by name, each with its values before and after."""
    record = Change.Record.CODE if len(code) == 5 else Change.Record.MODIFIER
    return release.changes.create(code=code, kind=kind, record=record, against=against, fields=fields)


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
        "release": release or Release.objects.current().first() or make_release(),
        "short_descriptor": f"Short {code}",
        "long_descriptor": f"Long descriptor of {code}",
        "added_date": date(2001, 1, 1),
        "action_effective_date": date(2001, 1, 1),
        "action_code": "N",
    } | fields
