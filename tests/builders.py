"""Small builders: a test builds the rows it is about, and names only what matters to it."""

from __future__ import annotations

from datetime import date

from catalog.models import HcpcsCode, Modifier, Release


def make_release(quarter: str = "2025Q4", *, current: bool = True, **fields) -> Release:
    """A CMS release of the HCPCS dataset, current unless told otherwise."""
    state = Release.State.CURRENT if current else Release.State.LOADED
    return Release.objects.create(**{"dataset": "hcpcs", "quarter": quarter, "state": state} | fields)


def make_code(code: str = "J1885", release: Release | None = None, **fields) -> HcpcsCode:
    """A code of the release given, else of the current one, else of a new one; in force since 2001."""
    return HcpcsCode.objects.create(**_record(code, release, fields))


def make_modifier(code: str = "LT", release: Release | None = None, **fields) -> Modifier:
    return Modifier.objects.create(**_record(code, release, fields))


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
