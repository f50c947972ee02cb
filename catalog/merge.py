"""What a browser sends for a form, and how two people's changes to one text are put together.

A form is three times the same data: as it was when somebody opened it, as the database has it by now, and as they
sent it. What they did not touch is taken as the database has it; what they wrote stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms
from django.db.models import Model
from django.forms.models import BaseInlineFormSet
from django.http import QueryDict

Sent = dict[str, str]


def with_plain_lines(data: QueryDict) -> QueryDict:
    """What was sent, with lines that end as Unix has them; browsers send two characters for each end."""
    plain = data.copy()
    for name, values in data.lists():
        plain.setlist(name, [value.replace("\r\n", "\n").replace("\r", "\n") for value in values])
    return plain


def sent(form: forms.BaseForm) -> Sent:
    """What the browser sends for a form that nobody has touched. A box that is not ticked is not sent."""
    return {field.html_name: value for field in form if (value := _widget_value(field)) is not None}


def _widget_value(field: forms.BoundField) -> str | None:
    value = field.value()
    if isinstance(field.field.widget, forms.CheckboxInput):
        return "on" if value else None
    value = field.field.widget.format_value(value)
    if isinstance(value, list):  # a select
        value = value[0] if value else ""
    return "" if value is None else str(value)


def rows_sent(formset: type[BaseInlineFormSet], rows: Iterable[Model]) -> dict[str, Sent]:
    """What the browser sends for each row, by its key and without the prefix that says its place.

    Nor with the key of the text that it is part of: the formset fills that in, and refuses the one that a deleted
    text had, which has none until it is saved anew.
    """
    whole = {str(row.pk): sent(formset.form(instance=row)) for row in rows}
    return {
        key: {name: value for name, value in row.items() if name != formset.fk.name} for key, row in whole.items()
    }


def write_rows(data: QueryDict, prefix: str, on_file: Iterable[Sent], new: Iterable[Sent]) -> None:
    """Put rows into the data of a form in place of those it has; rows on file have their ``id``."""
    on_file, new = list(on_file), list(new)
    for key in [key for key in data if key.startswith(f"{prefix}-") and key.split("-")[1].isdecimal()]:
        del data[key]
    data[f"{prefix}-TOTAL_FORMS"] = str(len(on_file) + len(new))
    data[f"{prefix}-INITIAL_FORMS"] = str(len(on_file))
    for place, row in enumerate([*on_file, *new]):
        for name, value in row.items():
            data[f"{prefix}-{place}-{name}"] = value


def read_rows(data: QueryDict, prefix: str) -> list[Sent]:
    """The rows that were sent, in order, each without the prefix that says its place."""
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    rows: list[Sent] = [{} for _ in range(min(int(total), 1000) if total.isdecimal() else 0)]
    for key in data:
        place, _, name = key.removeprefix(f"{prefix}-").partition("-")
        if key.startswith(f"{prefix}-") and name and place.isdecimal() and int(place) < len(rows):
            rows[int(place)][name] = data[key]
    return rows


def merge(mine: Mapping[str, str], before: Sent, now: Sent) -> Sent:
    """What I sent, with what I left as it was replaced by what the database has now."""
    merged = dict(mine)
    for name in {*before, *now}:
        if _is_same(mine.get(name), before.get(name)):
            merged.pop(name, None)
            if name in now:
                merged[name] = now[name]
    return merged


def clashes(mine: Mapping[str, str], before: Sent, now: Sent) -> list[str]:
    """The fields that both of us changed, and not to the same."""
    names = [name for name in {**before, **now} if not _is_same(before.get(name), now.get(name))]
    return [
        name
        for name in names
        if not _is_same(mine.get(name), before.get(name)) and not _is_same(mine.get(name), now.get(name))
    ]


def merge_rows(
    mine: Iterable[Sent], before: dict[str, Sent], now: dict[str, Sent]
) -> tuple[list[Sent], list[Sent]]:
    """Rows on file and new rows. What others added stays; what they deleted comes back only if I changed it."""
    on_file, new = [], []
    for row in mine:
        key = row.get("id", "")
        if key in now:
            on_file.append(merge(row, before.get(key, now[key]), now[key]))
        elif not key:
            new.append(row)
        elif "DELETE" not in row and not _is_untouched(row, before.get(key)):
            new.append({name: value for name, value in row.items() if name != "id"})
    held = {row["id"] for row in on_file}
    on_file += [row | {"id": key} for key, row in now.items() if key not in held and key not in before]
    return on_file, new


def _is_untouched(row: Sent, before: Sent | None) -> bool:
    return before is not None and all(_is_same(row.get(name), value) for name, value in before.items())


def _is_same(one: str | None, other: str | None) -> bool:
    """Browsers send line breaks as two characters, and some forms drop blanks at the ends."""
    if one is None or other is None:
        return one == other
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
