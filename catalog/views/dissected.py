"""A typed text taken apart, with what the loaded data say of the code in it; the snapshot knows it all."""

from __future__ import annotations

from catalog import codes
from catalog.codes import Level
from catalog.dissect import dissect
from catalog.models import Section
from catalog.snapshot import Snapshot
from catalog.taken_apart import Dissection, Facts, Filed, Place
from catalog.typed_code import Reading, Stage, read
from catalog.views import edit_codes

EXAMPLES = ("J1885", "99213", "0202U")
"""A letter first, digits only, a letter last."""

DOUBTS = {
    Section.Mark.SECONDARY: "bounds from a secondary source",
    Section.Mark.INFERRED: "bounds not verified",
    Section.Mark.GENERAL: "bounds not verified",
}


def of(shown: Snapshot, text: str) -> Dissection:
    reading = read(text)
    return dissect(reading, _facts(shown, reading))


def examples(shown: Snapshot) -> list[Dissection]:
    return [of(shown, code) for code in EXAMPLES]


def _facts(shown: Snapshot, reading: Reading) -> Facts:
    code = reading.taken if reading.stage is Stage.CODE else ""
    return Facts(
        path=_path(shown, code) if code else (),
        open_to=_open_to(shown, *reading.span) if reading.span else (),
        filed=_filed(shown, reading.taken),
        twin_filed=_filed(shown, reading.twin),
        file=edit_codes.hcpcs_file(shown) if shown.release else "",
        is_whole=bool(shown.release and not shown.is_starter and not shown.release.partial),
        is_in_edits=bool(code) and edit_codes.is_named(shown, code),
    )


def _path(shown: Snapshot, code: str) -> tuple[Place, ...]:
    narrowest = shown.tree.narrowest(code)
    return tuple(_place(section, code) for section in shown.tree.path(narrowest)) if narrowest else ()


def _place(section: Section, code: str) -> Place:
    around = [stretch for stretch in section.ranges.all() if codes.contains(stretch.low, stretch.high, code)]
    return Place(section.title, section.slug, str(around[0]) if around else "", DOUBTS.get(section.mark, ""))


def _open_to(shown: Snapshot, low: str, high: str) -> tuple[Place, ...]:
    """The widest sections that hold some number from ``low`` to ``high``."""
    if low[0].isalpha():
        return _path(shown, low)[:1]
    line = codes.series(low)
    return tuple(
        Place(section.title, section.slug, "")
        for section in shown.tree.top(Level.ONE)
        if any(
            codes.series(first) == line
            and codes.number(first) <= codes.number(high)
            and codes.number(low) <= codes.number(last)
            for first, last in shown.tree.stretches(section)
        )
    )


def _filed(shown: Snapshot, code: str) -> Filed | None:
    """The record of a code or modifier, of the loaded release or the last one that had it."""
    entry = shown.index.entry(code) if code else None
    if entry is None:
        return None
    return Filed(entry.tag or shown.in_force_words, entry.long or entry.short)
