"""What a file of texts would do, row by row, before it does any of it."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from django.db.models import Model
from import_export.results import RowResult

from catalog import trail

ADDED, CHANGED, UNCHANGED = RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE, RowResult.IMPORT_TYPE_SKIP


class Rewording(NamedTuple):
    """A text before and after; its label is the name of its column."""

    label: str
    before: str
    after: str

    @property
    def pieces(self) -> list[trail.Piece]:
        """Both, word by word."""
        return trail.compare(self.before, self.after)


class PlannedRow(NamedTuple):
    """What a line of the file does: ``kind`` is ADDED, CHANGED or UNCHANGED; ``name`` as it is before."""

    line: int
    kind: str
    text: Model
    name: str
    remark: str
    rewordings: tuple[Rewording, ...]


class Problem(NamedTuple):
    """Why a line cannot be taken; no ``column`` where it is the whole line."""

    line: int
    column: str
    given: str
    reason: str

    @property
    def unquoted(self) -> str:
        """What the cell says, unless the reason quotes it already."""
        return "" if f"“{self.given}”".casefold() in self.reason.casefold() else self.given


class Plan(NamedTuple):
    """What a file does, or why it may do nothing: a single problem keeps all of it out.

    ``columns`` are those of the file that texts are taken from; ``warning`` is what to think of before it is let.
    """

    columns: tuple[str, ...]
    rows: tuple[PlannedRow, ...]
    problems: tuple[Problem, ...]
    warning: str = ""

    def of_kind(self, kind: str) -> list[PlannedRow]:
        return [row for row in self.rows if row.kind == kind]

    @property
    def added(self) -> list[PlannedRow]:
        return self.of_kind(ADDED)

    @property
    def changed(self) -> list[PlannedRow]:
        return self.of_kind(CHANGED)

    @property
    def told(self) -> list[PlannedRow]:
        """The rows that do something, as they are shown: first what changes, then what is added."""
        return [*self.changed, *self.added]

    def as_table(self, rows: list[PlannedRow]) -> list[tuple[PlannedRow, list[tuple[str, str]]]]:
        """Rows, each with the columns and what it says in them."""
        texts = ((row, {one.label: one.after for one in row.rewordings}) for row in rows)
        return [(row, [(column, said.get(column, "")) for column in self.columns]) for row, said in texts]

    @property
    def unchanged(self) -> list[PlannedRow]:
        return self.of_kind(UNCHANGED)

    @property
    def bad_lines(self) -> int:
        return len({problem.line for problem in self.problems})

    @property
    def fingerprint(self) -> str:
        """Another one as soon as the file would do something else, because texts have changed meanwhile."""
        told = repr([(row.line, row.kind, row.text.pk, row.rewordings) for row in self.rows])
        return hashlib.sha256(told.encode()).hexdigest()
