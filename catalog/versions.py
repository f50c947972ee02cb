"""The versions of a text: what django-simple-history recorded of a row and of the rows that are part of it.

Records that bear the same moment are one version: the admin gives all records of one save the same. Commands do
not, so rows that the same person saved right after the text belong to its version, too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BooleanField, Field, ForeignKey, Model
from django.utils import timezone
from django.utils.text import capfirst

BEFORE = "As it was before the first change that was recorded"
ELSEWHERE = "Changed elsewhere, by the starter set or a command"
DELETED = "-"
RIGHT_AFTER = timedelta(seconds=1)


class Part(NamedTuple):
    """Rows of ``model`` are part of the text that their ``key`` names, such as ``section_id``."""

    model: type[Model]
    key: str

    @property
    def label(self) -> str:
        return capfirst(self.model._meta.verbose_name_plural)


class State(NamedTuple):
    """A text as it was or is, None once it is deleted, with the rows of each of its parts."""

    text: Model | None
    rows: dict[Part, list[Model]]


class Version(NamedTuple):
    """``number`` counts from 1, the oldest. ``by`` is None where nobody was logged in."""

    number: int
    at: datetime
    by: AbstractBaseUser | None
    reason: str
    state: State

    @property
    def is_deletion(self) -> bool:
        return self.state.text is None


def on_file(model: type[Model], pk: object, parts: Sequence[Part]) -> State:
    """The text as the database has it now."""
    rows = {part: list(part.model._default_manager.filter(**{part.key: pk})) for part in parts}
    return State(model._default_manager.filter(pk=pk).first(), rows)


def versions_of(model: type[Model], pk: object, parts: Sequence[Part]) -> list[Version]:
    """All versions, the oldest first: one query for the text and one for each part."""
    records = [(None, record) for record in _records(model, model._meta.pk.attname, pk)]
    records += [(part, record) for part in parts for record in _records(part.model, part.key, pk)]
    records.sort(key=lambda one: (one[1].history_date, one[0] is not None, one[1].history_id))
    text, rows, versions, last = None, {part: {} for part in parts}, [], None
    for part, record in records:
        if part is None:
            text = None if record.history_type == DELETED else record.instance
        elif record.history_type == DELETED:
            rows[part].pop(record.instance.pk, None)
        else:
            rows[part][record.instance.pk] = record.instance
        if text is None and not versions:
            continue  # rows of a text that came without a trail
        state = State(text, {part: _in_order(held.values()) for part, held in rows.items()})
        if last and _is_one_save(last, record, is_row=part is not None):
            versions[-1] = versions[-1]._replace(state=state)
        else:
            number, reason = len(versions) + 1, record.history_change_reason or ""
            versions.append(Version(number, record.history_date, record.history_user, reason, state))
        last = record
    return versions


def trail_of(model: type[Model], pk: object, parts: Sequence[Part]) -> tuple[list[Version], State]:
    """All versions, and the text as it is now. Rows that left no trail are taken to have been there all along."""
    now = on_file(model, pk, parts)
    return _with_rows(versions_of(model, pk, parts), now), now


def _with_rows(known: list[Version], now: State) -> list[Version]:
    if any(chain(*(version.state.rows.values() for version in known))):
        return known
    return [
        version if version.is_deletion else version._replace(state=State(version.state.text, now.rows))
        for version in known
    ]


def _is_one_save(last, record, *, is_row: bool) -> bool:
    between = record.history_date - last.history_date
    is_part_of_it = is_row and not record.history_change_reason and record.history_user_id == last.history_user_id
    return not between or (is_part_of_it and between < RIGHT_AFTER)


def _records(model: type[Model], key: str, pk: object) -> list:
    return list(model.history.filter(**{key: pk}).select_related("history_user").order_by("history_date"))


def _in_order(rows) -> list[Model]:
    """As the database orders them: by the fields that the model names, then by key."""
    fields = [name for name in next(iter(rows))._meta.ordering if name != "pk"] if rows else []
    return sorted(rows, key=lambda row: (*(getattr(row, name) for name in fields), row.pk))


# --- Compared ----------------------------------------------------------------------------------------------


def stamp(state: State) -> str:
    """The same for two states that say the same, rows and their keys included."""
    said = [_values(state.text) if state.text else None]
    said += [sorted((row.pk, _values(row)) for row in rows) for rows in state.rows.values()]
    return blake2b(json.dumps(said, cls=DjangoJSONEncoder).encode(), digest_size=12).hexdigest()


def _values(row: Model) -> list:
    return [field.value_from_object(row) for field in fields_of(row)]


def fields_of(row: Model | type[Model]) -> list[Field]:
    """What people may change of a row: neither its key nor the moment it was saved."""
    return [field for field in row._meta.concrete_fields if field.editable and not field.primary_key]


class Reader:
    """Reads states as texts by label, fields in the order given. It remembers the names of what they refer to."""

    def __init__(self, order: Sequence[str] = ()) -> None:
        self._order = {name: place for place, name in enumerate(order)}
        self._names: dict[tuple[type[Model], object], str] = {}

    def texts(self, state: State) -> dict[str, str]:
        """Each field by its label, and each part as lines, a row to a line; nothing once it is deleted."""
        if state.text is None:
            return {}
        fields = sorted(fields_of(state.text), key=lambda field: self._order.get(field.name, len(self._order)))
        texts = {capfirst(field.verbose_name): self.value(state.text, field) for field in fields}
        return texts | {
            part.label: "\n".join(self._line(row, part) for row in rows) for part, rows in state.rows.items()
        }

    def value(self, row: Model, field: Field) -> str:
        value = field.value_from_object(row)
        if value is None or value == "":
            return ""
        if isinstance(field, ForeignKey):
            return self._name(field.related_model, value)
        if field.choices:
            return str(getattr(row, f"get_{field.name}_display")())
        match value:
            case bool():
                return "yes" if value else "no"
            case list():
                return "\n".join(": ".join(map(str, one)) if isinstance(one, list) else str(one) for one in value)
            case _:
                return str(value)

    def _line(self, row: Model, part: Part) -> str:
        """A row on one line: as it calls itself where that says it all, else its words, and labels of what is yes.

        Its place in an order shows itself.
        """
        words = []
        for field in fields_of(row):
            if field.attname == part.key or field.name == "sort":
                continue
            if isinstance(field, BooleanField):
                words += [str(field.verbose_name)] if field.value_from_object(row) else []
            else:
                words += filter(None, [self.value(row, field)])
        name = str(row)
        return name if all(word in name for word in words) else " · ".join(words)

    def _name(self, model: type[Model], pk: object) -> str:
        if (model, pk) not in self._names:
            row = model._default_manager.filter(pk=pk).first()
            self._names[model, pk] = str(row) if row else f"{model._meta.verbose_name} {pk}, which is deleted"
        return self._names[model, pk]


# --- Recorded ----------------------------------------------------------------------------------------------


def keep(text: Model, parts: Sequence[Part] = ()) -> None:
    """Record the text as the database has it, where the trail ends otherwise: call it before changing a text.

    Sites load their first texts in bulk, which leaves no trail; so does ``QuerySet.update``.
    """
    recorded = versions_of(type(text), text.pk, parts)
    now = on_file(type(text), text.pk, parts)
    if now.text is None:
        return
    if not recorded:
        _record(now, State(None, {}), getattr(now.text, "updated_at", None) or timezone.now(), BEFORE)
        return
    known = _with_rows(recorded, now)
    _record(known[-1].state, recorded[-1].state, recorded[0].at, BEFORE)
    _record(now, known[-1].state, timezone.now(), ELSEWHERE)


def _record(state: State, known: State, at: datetime, reason: str) -> None:
    """Write records of what ``known`` lacks or has otherwise. They name nobody, whoever's request this is."""
    _record_rows([state.text] if state.text else [], [known.text] if known.text else [], at, reason)
    for part, rows in state.rows.items():
        _record_rows(rows, known.rows.get(part, []), at, reason)


def _record_rows(rows: list[Model], known: list[Model], at: datetime, reason: str) -> None:
    held = {row.pk: _values(row) for row in known}
    for row in rows:
        if held.get(row.pk) != _values(row):
            row._history_user = None
            is_known = row.pk in held
            type(row).history.bulk_history_create(
                [row], update=is_known, default_date=at, default_change_reason=reason
            )
