"""What a browser sends for a form, and how two people's changes to one text are put together.

A form is three times the same data: as it was when somebody opened it, as the database has it by now, and as they
sent it. What they did not touch is taken as the database has it; what they wrote stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

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


def with_new_keys(
    mine: Iterable[Sent], before: dict[str, Sent], now: dict[str, Sent], blank: Sent
) -> tuple[list[Sent], dict[str, Sent]]:
    """My rows and those before, with the keys of the rows on file, for a text that was deleted and brought back.

    Its rows have other keys since, and those of the form that brings it back have none: who is who, the words say.
    What I had deleted is not in that form; it is marked so again.
    """
    keys = dict(zip(before, _most_alike(before.values(), now), strict=True))
    before = {keys[key] or key: row for key, row in before.items()}
    empty, filled = [], []
    for row in mine:
        (empty if _is_untouched(row, blank) else filled).append(row)
    of_mine = _most_alike(filled, before)
    filled = [row | {"id": key} if key else row for row, key in zip(filled, of_mine, strict=True)]
    deleted = [now[key] | {"id": key, "DELETE": "on"} for key in before if key in now and key not in of_mine]
    return [*filled, *deleted, *empty], before


def _most_alike(rows: Iterable[Sent], others: dict[str, Sent]) -> list[str]:
    """For each row the key of the one that it is, by its words, among others; "" where too few are left."""
    said, others_said = [_words(row) for row in rows], {key: _words(row) for key, row in others.items()}
    likeness = {
        (at, key): SequenceMatcher(None, words, other, autojunk=False).ratio()
        for at, words in enumerate(said)
        for key, other in others_said.items()
    }
    keys = [""] * len(said)
    for at, key in sorted(likeness, key=likeness.__getitem__, reverse=True):
        if not keys[at] and key not in keys:
            keys[at] = key
    return keys


def _words(row: Sent) -> str:
    return " ".join(value for name, value in sorted(row.items()) if name != "id")


def _is_untouched(row: Sent, before: Sent | None) -> bool:
    return before is not None and all(_is_same(row.get(name), value) for name, value in before.items())


def _is_same(one: str | None, other: str | None) -> bool:
    """Browsers send line breaks as two characters, and some forms drop blanks at the ends."""
    if one is None or other is None:
        return one == other
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
