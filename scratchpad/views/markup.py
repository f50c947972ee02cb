"""The rows of the grid, written out.

A hundred lines have two thousand cells, which a template would take longer to fill than all rules take together.
Every text is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString, mark_safe

from catalog.icons import svg
from scratchpad.views.grid import Row
from scratchpad.views.shown import Note

NEXT = "__N__"
"""Stands for the number in the row that is copied when a line is added."""

OOB = ' hx-swap-oob="true"'
_CODE = 'placeholder=" " autocapitalize="characters" spellcheck="false"'


def grid_rows(rows: Iterable[Row]) -> SafeString:
    """The rows of the grid, each with its fields."""
    return mark_safe("\n".join(map(_row, rows)))  # noqa: S308 - escaped below


def beside_fields(rows: Iterable[Row]) -> SafeString:
    """Of the rows that stand on the page already what is no field: what each code is, and its signs."""
    return mark_safe("\n".join(_what(row, OOB) + _signs(row, OOB) for row in rows))  # noqa: S308 - escaped below


def blank_row() -> SafeString:
    return grid_rows([Row(NEXT)])


def _row(row: Row) -> str:
    n, line = row.number, f'aria-label="Line {row.number}'
    modifiers = " ".join(
        f'<input class="form-control in-mod" name="mod{at}" value="{escape(modifier)}" {_CODE} '
        f'{line} modifier {at}"{_wrong(row, f"mod{at}")}>'
        for at, modifier in enumerate(row.modifiers, start=1)
    )
    return (
        f'<tr data-line="{n}"><td class="mono" id="n{n}">{n}</td>'
        f'<td><input class="form-control in-code" id="c{n}" name="code" value="{escape(row.code)}" {_CODE} '
        f'{line} code" aria-describedby="e{n}"{_wrong(row, "code")}></td>'
        f"{_what(row)}"
        f'<td class="mods">{modifiers}</td>'
        f'<td class="num"><input class="form-control in-units" id="u{n}" name="units" value="{escape(row.units)}" '
        f'inputmode="numeric" {line} units"{_wrong(row, "units")}></td>'
        f'<td class="own"><input class="form-control in-day" id="d{n}" name="from" '
        f'type="{"date" if row.is_date else "text"}" value="{escape(row.first)}" '
        f'{line} from"{_wrong(row, "from")}> '
        f'<span class="to" aria-hidden="true">To</span> '
        f'<input class="form-control in-day" name="to" type="date" value="{escape(row.last)}" {line} to"></td>'
        f'<td class="own"><input class="form-control in-who" id="p{n}" name="provider" '
        f'value="{escape(row.provider)}" maxlength="1" {line} provider, a letter"{_wrong(row, "provider")}></td>'
        f"{_signs(row)}"
        f'<td class="moves">{_button(n, "up", "Move line {} up", "i-up", "step")}'
        f"{_button(n, 'down', 'Move line {} down', 'i-below', 'step')}"
        f"{_button(n, 'remove', 'Remove line {}', 'i-x')}</td></tr>"
    )


def _wrong(row: Row, field: str) -> str:
    """What is wrong with it stands beside the code, or, where it is found and not misread, in the signs."""
    if field not in row.invalid:
        return ""
    described = "" if field == "code" else f' aria-describedby="e{row.number} s{row.number}"'
    return f' aria-invalid="true"{described}'


def _button(number: int | str, name: str, label: str, icon: str, css: str = "") -> str:
    return (
        f'<button class="icon-btn {css}" name="{name}" value="{number}" aria-label="{label.format(number)}">'
        f"{svg(icon)}</button>"
    )


def _what(row: Row, oob: str = "") -> str:
    what, parts = row.what, []
    for wrong, advice in what.wrong:
        parts.append(f'<span class="wrong"><b>{escape(wrong)}.</b> {escape(advice)}</span>')
    if what.instead:
        code, href = map(escape, what.instead)
        parts.append(f'<span class="wrong">Read as <b>{code}</b>. <a href="{href}">Confirm {code}</a></span>')
    if what.text:
        parts.append(f'<span class="lv l{what.level}"></span>{escape(what.text)}')
    invalid = f' data-invalid="{" ".join(row.invalid)}"' if row.invalid else ""
    return f'<td class="what" id="e{row.number}"{oob}{invalid}>{"".join(parts)}</td>'


def _signs(row: Row, oob: str = "") -> str:
    signs = " ".join(map(_sign, row.signs))
    more = (
        f' <a class="small" href="#check" aria-label="{row.more_signs} more findings of line {row.number}">'
        f"+{row.more_signs}</a>"
        if row.more_signs
        else ""
    )
    return f'<td class="signs" id="s{row.number}"{oob}>{signs}{more}</td>'


def _sign(note: Note) -> str:
    chip, label = note.chip, escape(note.label)
    link = f'class="sign k-{chip.family}" href="{escape(note.link)}"'
    return f'<a {link} aria-label="{label}" title="{label}">{svg(f"v-{chip.sign}")}</a>'
