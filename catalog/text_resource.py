"""Texts as rows of a file: what each row would change, and changing it.

A file adds and changes; it takes nothing away. Rows are matched with what is on file by what names them, and go
through the same checks as the forms.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection
from django.db.models import Model, QuerySet
from django.utils import timezone
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import Result, RowResult
from simple_history.utils import bulk_create_with_history, bulk_update_with_history
from tablib import Dataset

from catalog import versions
from catalog.text_plan import Plan, PlannedRow, Problem, Rewording
from catalog.text_table import Line, Table
from catalog.versions import Part

OUTDATED = (
    "This text was changed after the file was exported. Look at it at the desk, then export again; or empty this "
    "cell to change the text all the same."
)
ZEROS = "A code has five characters. Did a spreadsheet drop zeros? Format the column as text."
_BATCH = 200  # rows in one statement
_LONGEST_REASON = 100  # characters, of simple_history's column


class TextResource(ModelResource):
    """Rows of one file against one kind of text. Made for one file, used once."""

    class Meta:
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True
        store_instance = True

    meanings: dict[str, str]
    """What each column is for, in the order of an export."""
    needed: tuple[str, ...]
    """The columns a file must have."""
    days: tuple[str, ...] = ()
    """The columns that hold dates."""
    for_reading: tuple[str, ...] = ()
    """Columns of an export that help to find one's way; what stands in them is not taken."""
    adds = ""
    """Which rows add a text, in a sentence; nothing where none can."""
    called = ""
    """The texts in words, where that is not the plural of the model."""
    parts: tuple[Part, ...] = ()
    """What else is one version with a text in its trail."""

    version = Field(column_name="version", readonly=True)

    def __init__(self, table: Table | None = None, file_name: str = ""):
        super().__init__()
        self.table = table
        self.file_name = file_name
        self.seen: dict[object, int] = {}

    def dehydrate_version(self, text: Model) -> str:
        """Another one as soon as somebody changes the text; no spreadsheet takes it for a number."""
        said = repr([field.export(text) for field in self.get_import_fields() if not field.readonly])
        return f"v{hashlib.blake2b(said.encode(), digest_size=4).hexdigest()}"

    @classmethod
    def columns(cls) -> list[str]:
        """All columns, as an export has them."""
        return cls().get_export_headers()

    def plan(self) -> Plan:
        """What the file would do. Writes nothing, and locks nothing unless it runs in a transaction."""
        result = self.import_data_inner(
            self._dataset(),
            dry_run=True,
            raise_errors=False,
            using_transactions=False,
            collect_failed_rows=False,
        )
        return self._told(result)

    def write(self, plan: Plan, by: str) -> None:
        """Do what was planned in this transaction, for the user called ``by``.

        Raises IntegrityError where somebody else has just added the same.
        """
        model, reason = self._meta.model, f"Imported from {self.file_name}"[:_LONGEST_REASON]
        changed = [row.text for row in plan.changed]
        _keep(model, {text.pk for text in changed}, self.parts)
        columns = self.make_way(changed)
        for row in plan.changed:
            labels = {rewording.label for rewording in row.rewordings}
            columns |= labels | self.touch(row.text, labels, by)
        bulk_update_with_history(changed, model, columns, batch_size=_BATCH, default_change_reason=reason)
        added = [row.text for row in plan.added]
        bulk_create_with_history(added, model, batch_size=_BATCH, default_change_reason=reason)

    def on_file(self) -> QuerySet:
        """All texts of the kind; in a transaction nobody else changes them until it ends."""
        texts = self.get_queryset()
        return texts.select_for_update() if connection.in_atomic_block else texts

    def _dataset(self) -> Dataset:
        columns = self.table.columns
        rows = ([line.texts[column] for column in columns] for line in self.table.lines)
        return Dataset(*rows, headers=list(columns))

    def _told(self, result: Result) -> Plan:
        for error in (*result.base_errors, *(error for _, errors in result.row_errors() for error in errors)):
            raise error.error
        rows, problems = [], []
        for line, row in zip(self.table.lines, result.rows, strict=True):
            if row.validation_error:
                problems += _problems(line, row.validation_error)
            elif clash := self.clash(row.instance):
                problems.append(Problem(line.number, "", "", clash))
            else:
                rewordings = tuple(self._reworded(row))
                name = str(row.original or row.instance)
                remark = self.remark(row.instance, {rewording.label for rewording in rewordings})
                rows.append(PlannedRow(line.number, row.import_type, row.instance, name, remark, rewordings))
        return Plan(tuple(self._taken()), tuple(rows), tuple(problems))

    def _reworded(self, row: RowResult) -> Iterator[Rewording]:
        for field in self.get_import_fields():
            after = field.export(row.instance)
            before = "" if row.original is None else field.export(row.original)
            if not field.readonly and before != after:
                yield Rewording(field.column_name, before, after)

    def make_way(self, changed: list[Model]) -> set[str]:
        """Free what one text takes over from another in the same file; the names of what is set for it."""
        return set()

    def touch(self, text: Model, changed: set[str], by: str) -> set[str]:
        """Set what a change of these fields brings along; the names of what may be set."""
        text.updated_at = timezone.now()
        return {"updated_at"}

    def _taken(self) -> list[str]:
        """The columns of the file that texts are taken from; they are called as the fields of the model."""
        fields = (field for field in self.get_import_fields() if not field.readonly)
        return [field.column_name for field in fields if field.column_name in self.table.columns]

    # --- Hooks of the library

    def before_import_row(self, row: dict[str, str], row_number: int, **kwargs) -> None:
        line = self.table.lines[row_number - 1]
        if faults := {column: why for column, why in line.faults.items() if column not in self.for_reading}:
            raise ValidationError(faults)
        for column, text in row.items():
            row[column] = text and self.tidy(column, text)

    def tidy(self, column: str, text: str) -> str:
        """A text as a form would take it."""
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()

    def import_field(self, field: Field, instance: Model, row: dict, is_m2m: bool = False, **kwargs) -> None:
        """Take what a cell says, unless there is none, or it says the same with other ends of lines."""
        if row.get(field.column_name, "") is None:
            return
        before = field.get_value(instance)
        super().import_field(field, instance, row, is_m2m, **kwargs)
        is_text = isinstance(before, str) and not field.readonly
        if is_text and self.tidy(field.column_name, before) == field.get_value(instance):
            setattr(instance, field.attribute, before)

    def import_instance(self, instance: Model, row: dict, row_number: int, **kwargs) -> None:
        version = self.dehydrate_version(instance)
        super().import_instance(instance, row, row_number=row_number, **kwargs)
        given = row.get("version") if instance.pk else ""
        if given and given != version != self.dehydrate_version(instance):
            raise ValidationError({"version": OUTDATED})
        line = self.table.lines[row_number - 1].number
        for key, what in self.names(instance):
            if (earlier := self.seen.setdefault(key, line)) != line:
                raise ValidationError(f"{what} as in line {earlier}.")

    def names(self, instance: Model) -> Iterator[tuple[object, str]]:
        """What may stand in one line only, and the beginning of the sentence said where it does not."""
        if instance.pk:
            yield instance.pk, f"The same {self._meta.model._meta.verbose_name}"

    def validate_instance(
        self, instance: Model, import_validation_errors: dict | None = None, validate_unique: bool = True
    ) -> None:
        """The checks of the form, without a query for each row."""
        errors = dict(import_validation_errors or {})
        others = {field.name for field in instance._meta.fields} - {*self._taken()}
        try:
            instance.full_clean({*others, *errors}, validate_unique=False, validate_constraints=False)
            self.check_text(instance)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def check_text(self, instance: Model) -> None:
        """Raise ValidationError for what its fields alone do not tell."""

    def clash(self, instance: Model) -> str:
        """Why there can be no such text beside the others, as the file leaves them; nothing where there can."""
        return ""

    def remark(self, instance: Model, changed: set[str]) -> str:
        """What an editor is to know before these fields of the text are changed."""
        return ""


def _keep(model: type[Model], keys: set, parts: Iterable[Part]) -> None:
    """``versions.keep`` for many texts. Those that nobody has changed yet, mostly all, are recorded together."""
    recorded = [(model, model._meta.pk.attname), *((part.model, part.key) for part in parts)]
    begun = set()
    for kind, key in recorded:
        begun |= set(kind.history.filter(**{f"{key}__in": keys}).values_list(key, flat=True))
    fresh = model._default_manager.in_bulk(keys - begun)
    _record_first(model, fresh.values(), fresh.values())
    for part in parts:
        rows = list(part.model._default_manager.filter(**{f"{part.key}__in": fresh}))
        _record_first(part.model, rows, [fresh[getattr(row, part.key)] for row in rows])
    for text in model._default_manager.filter(pk__in=keys & begun):
        versions.keep(text, parts)


def _record_first(model: type[Model], rows: Iterable[Model], texts: Iterable[Model]) -> None:
    for row, text in zip(rows, texts, strict=True):
        row._history_user, row._history_date = None, text.updated_at
    model.history.bulk_history_create(rows, batch_size=_BATCH, default_change_reason=versions.BEFORE)


def _problems(line: Line, error: ValidationError) -> Iterator[Problem]:
    reasons = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for column, messages in reasons.items():
        name = "" if column == NON_FIELD_ERRORS else column
        for message in messages:
            yield Problem(line.number, name, line.texts.get(name) or "", message)
