"""What the pages of a code and of a modifier share: the row they show, what is beside it, and what it says."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse

from catalog import entries, history, values
from catalog.models import HcpcsCode, Modifier, ProcessingNote, Release
from catalog.snapshot import Snapshot
from catalog.wording import shorten

Record = HcpcsCode | Modifier


def find(model: type[Record], loaded: Snapshot, code: str) -> tuple[Record | None, list[Release]]:
    """The row of the current release, or of the newest one before it that had the code; and who else has it."""
    record = model.objects.filter(release=loaded.release, code=code).select_related("release").first()
    if record:
        return record, []
    others = list(model.objects.published().filter(code=code))
    if loaded.release and not loaded.release.is_starter:
        for record in others:
            if record.release.quarter < loaded.release.quarter:
                return record, []
    return None, [record.release for record in others]


def on_file(loaded: Snapshot, record: Record) -> dict[str, object]:
    """What CMS's row says about a code or modifier, in words."""
    last_seen = record.release if record.release != loaded.release else None
    tag = entries.status_words(record, loaded.day, last_seen)
    return {
        "record": record,
        "last_seen": last_seen,
        "tag": tag,
        "is_ended": record.ended_before(loaded.day),
        "is_catch_all": values.is_noc(record.long_descriptor),
        "events": history.events(record, loaded.day),
        "timeline": history.picture(record),
        "facts": values.facts(record),
        "processing_note": _processing_note(record),
        "steps": history.steps(type(record), record.code),
        "receipt": history.receipt(record),
    }


def _processing_note(record: Record) -> ProcessingNote | None:
    if not record.processing_note:
        return None
    return ProcessingNote.objects.filter(release=record.release_id, number=record.processing_note).first()


class Neighbor(NamedTuple):
    """A code or modifier in order; ``rel`` is ``prev``, ``self`` or ``next`` for the nearest ones, else empty."""

    code: str
    url: str
    text: str
    is_ended: bool
    rel: str


def nearby(model: type[Record], loaded: Snapshot, code: str, record: Record | None) -> list[Neighbor]:
    """Up to three codes on each side, and the code itself between them when it is on file."""
    before, after = model.objects.filter(release=loaded.release).beside(code)
    places = [(row, "") for row in before[:-1]] + [(row, "prev") for row in before[-1:]]
    places += [(record, "self")] if record else []
    places += [(row, "next") for row in after[:1]] + [(row, "") for row in after[1:]]
    view = "code" if model is HcpcsCode else "modifier"
    return [
        Neighbor(
            code=row.code,
            url=reverse(view, args=[row.code]),
            text=shorten(row.long_descriptor, 48),
            is_ended=row.ended_before(loaded.day),
            rel=rel,
        )
        for row, rel in places
    ]
