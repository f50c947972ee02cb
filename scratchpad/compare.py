"""The same lines in every setting, side by side (pure): of each pair, each code's units and each add-on line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from scratchpad.finding_words import Chip, anchor, chip_of, is_quiet
from scratchpad.findings import Finding, Kind, Status, order
from scratchpad.phrases import counted
from scratchpad.reference import AddOnRow, MueRow, PtpRow

COMPARED = (Kind.PTP, Kind.MUE, Kind.ADDON)
"""What depends on the setting. Codes, modifiers and how a line reads do not."""

NOTHING_KNOWN = (Status.DATA_NOT_LOADED, Status.NOT_APPLICABLE_SETTING, Status.NO_PUBLISHED_MUE)
"""What says nothing of a subject, and so never differs from what another setting says."""

Subject = tuple[Kind, tuple[int, ...]]
"""What a row is about: a rule, and the numbers of the lines it speaks of in ascending order."""


class Mark(NamedTuple):
    """What one setting says. ``detail`` is what its row says in short; ``anchor`` is empty where the page of that
    setting has no article on it."""

    chip: Chip
    detail: str = ""
    anchor: str = ""


class Row(NamedTuple):
    """A subject and what each setting says of it, the gravest first; ``differs`` where they do not say the same.

    ``lines`` are numbers of lines and ``codes`` theirs, of a pair column one first where a row says which it is.
    """

    kind: Kind
    lines: tuple[int, ...]
    codes: tuple[str, ...]
    cells: tuple[tuple[Mark, ...], ...]
    differs: bool


class Comparison(NamedTuple):
    """``rows`` have something to say in one setting at least. Of the others ``rest`` counts, for each setting, how
    often it says what, and ``rest_number`` how many there are. ``everywhere`` is what no setting changes."""

    settings: tuple[str, ...]
    rows: tuple[Row, ...]
    rest: tuple[tuple[tuple[Chip, int], ...], ...]
    rest_number: int
    everywhere: tuple[Finding, ...]

    @property
    def differing(self) -> int:
        return sum(row.differs for row in self.rows)


def compare(findings: Mapping[str, Sequence[Finding]]) -> Comparison:
    """The findings of one claim by setting, in the order of the settings. Rows come in the order of findings."""
    settings = tuple(findings)
    first = next(iter(findings.values()), ())
    told, quiet = [], []
    for subject, found in _by_subject(findings).items():
        is_told = any(not is_quiet(finding) for cell in found for finding in cell)
        (told if is_told else quiet).append((subject, found))
    quiet.sort(key=lambda one: COMPARED.index(one[0][0]))
    return Comparison(
        settings,
        tuple(_row(kind, found) for (kind, _), found in sorted(told, key=lambda one: order(_gravest(one[1])))),
        tuple(_tally(found[at] for _, found in quiet) for at in range(len(settings))),
        len(quiet),
        tuple(finding for finding in first if finding.kind not in COMPARED and not is_quiet(finding)),
    )


Found = tuple[tuple[Finding, ...], ...]
"""The findings on one subject, a group for each setting."""


def _by_subject(findings: Mapping[str, Sequence[Finding]]) -> dict[Subject, Found]:
    """What each setting finds of each subject. A finding on a whole claim stands for every subject of its rule."""
    compared = [[one for one in found if one.kind in COMPARED] for found in findings.values()]
    widest = _widest(one for found in compared for one in found)
    whole = [{one.kind: one for one in found if not one.lines} for found in compared]
    groups: dict[Subject, list[list[Finding]]] = defaultdict(lambda: [[] for _ in compared])
    for at, found in enumerate(compared):
        for one in found:
            if one.lines:
                groups[widest[_subject(one)]][at].append(one)
    return {
        (kind, lines): tuple(
            tuple(cell) or ((whole[at][kind],) if kind in whole[at] else ()) for at, cell in enumerate(cells)
        )
        for (kind, lines), cells in groups.items()
    }


def _subject(finding: Finding) -> Subject:
    return finding.kind, tuple(sorted(finding.lines))


def _widest(findings: Iterable[Finding]) -> dict[Subject, Subject]:
    """The subject that each belongs to: one setting may count the units of each line, another those of a day."""
    subjects = {_subject(one) for one in findings}
    of_units = sorted((lines for kind, lines in subjects if kind is Kind.MUE), key=len)
    together = {line: lines for lines in of_units for line in lines}
    return {one: (Kind.MUE, together[one[1][0]]) if one[0] is Kind.MUE else one for one in subjects}


def _row(kind: Kind, found: Found) -> Row:
    every = [finding for cell in found for finding in cell if finding.lines]
    named = max(every, key=lambda finding: (finding.row is not None, len(finding.lines)))
    return Row(kind, named.lines, named.codes, tuple(tuple(map(_mark, cell)) for cell in found), _differs(found))


def _differs(found: Found) -> bool:
    known = [[one for one in cell if one.status not in NOTHING_KNOWN] for cell in found]
    return len({tuple(_mark(one)[:2] for one in cell) for cell in known if cell}) > 1


def _mark(finding: Finding) -> Mark:
    return Mark(chip_of(finding), _detail(finding), "" if is_quiet(finding) else anchor(finding))


def _detail(finding: Finding) -> str:
    match finding.row:
        case PtpRow(column_two=denied, modifier_indicator=indicator):
            which = f"{denied}, " if finding.status is Status.EDIT_APPLIES else ""
            return f"{which}indicator {indicator}"
        case MueRow(mue_value=limit):
            return f"{counted(finding.units, 'unit')}, limit {limit}"
        case AddOnRow(edit_type=edit_type):
            return f"type {edit_type}"
    return ""


def _gravest(found: Found) -> Finding:
    """Ordered by lines alone where two are as grave."""
    return min((one for cell in found for one in cell if one.lines), key=order)


def _tally(cells: Iterable[tuple[Finding, ...]]) -> tuple[tuple[Chip, int], ...]:
    """How often a setting says what, of pairs first."""
    return tuple(Counter(_chips(cells)).items())


def _chips(cells: Iterable[tuple[Finding, ...]]) -> Iterator[Chip]:
    for cell in cells:
        yield from map(chip_of, cell)
