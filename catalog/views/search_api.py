"""Type-ahead for other programs, in the shape of NLM's Clinical Table Search Service for HCPCS Level II.

``GET /api/hcpcs/v3/search?terms=wheel&count=2&ef=add_dt`` gives the total, the codes, the extra fields, and per
code the fields to display::

    [337, ["K0001", "K0002"], {"add_dt": ["19931001", "19931001"]}, [["K0001", "Standard wheelchair"], ...]]

Parameters and field names follow https://clinicaltables.nlm.nih.gov/apidoc/hcpcs/v3/doc.html. Two differences:
``sf`` is ignored, for there is one way to search; ``q`` is refused, for ignoring it would widen what was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_http_methods

from catalog import snapshot, values
from catalog.models import HcpcsCode
from catalog.search import Entry
from catalog.snapshot import Snapshot

DEFAULT_COUNT = 7
MAX_COUNT = 500
MAX_DEPTH = 7_500
"""``offset`` and ``count`` together, as at NLM."""

LONGEST_TERMS = 200

# Fields that the index knows, and those for which the record has to be read.
_OF_ENTRY: dict[str, Callable[[Entry], object]] = {
    "code": lambda entry: entry.code,
    "display": lambda entry: entry.short or entry.long,
    "short_desc": lambda entry: entry.short,
    "long_desc": lambda entry: entry.long,
    "obsolete": lambda entry: entry.ended,
    "is_noc": lambda entry: values.is_noc(entry.long),
}
_OF_RECORD = {"add_dt": "added_date", "term_dt": "termination_date", "act_eff_dt": "action_effective_date"}
FIELDS = (*_OF_ENTRY, *_OF_RECORD)

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


class RefusedError(Exception):
    """The question cannot be answered; its text is a sentence for whoever asked."""


def _etag(request: HttpRequest) -> str:
    return f'"{snapshot.of(request).stamp}-{settings.BUILD}"'


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def search(request: HttpRequest) -> HttpResponse:
    """The answer, or 400 with ``{"error": sentence}``. Open to pages of any origin."""
    response = HttpResponse(status=204) if request.method == "OPTIONS" else _answered(request)
    for name, value in CORS.items():
        response.headers[name] = value
    if response.status_code == 400:
        del response.headers["ETag"]  # that of the answer it is not
    patch_cache_control(response, public=True, no_cache=True)
    return response


@condition(etag_func=_etag)
def _answered(request: HttpRequest) -> HttpResponse:
    try:
        return JsonResponse(_answer(snapshot.of(request), request.GET), safe=False)
    except RefusedError as refused:
        return JsonResponse({"error": str(refused)}, status=400)


def _answer(shown: Snapshot, query: dict[str, str]) -> list:
    if "terms" not in query:
        raise RefusedError("Say what to search for in the parameter terms, as in ?terms=wheel.")
    if query.get("q"):
        raise RefusedError("The parameter q is not supported; put all words into terms.")
    offset, count = _page(query)
    display, extra, code_field = (
        _fields(query, "df", "code,display"),
        _extra_fields(query),
        query.get("cf") or "code",
    )
    _known(code_field, "cf")
    terms = query["terms"].replace("\0", "")[:LONGEST_TERMS]
    found = shown.index.search(terms, ended=True, limit=count, offset=offset)
    # A guess at what was meant cannot be told from an answer in this shape, so none is given.
    entries, total = ((), 0) if found.corrected else (found.entries, found.total + found.ended_total)
    rows = _rows(shown, entries, {*display, *extra.values(), code_field})
    return [
        total,
        [row[code_field] for row in rows],
        {alias: [row[name] for row in rows] for alias, name in extra.items()} or None,
        [[_text(row[name]) for name in display] for row in rows],
    ]


def _page(query: dict[str, str]) -> tuple[int, int]:
    """Offset and count. ``maxList`` is the older way to say how many, from the first; empty it means the most."""
    if "count" in query or "offset" in query:
        offset, count = _number(query, "offset", 0), _number(query, "count", DEFAULT_COUNT)
    else:
        offset, count = 0, MAX_COUNT if query.get("maxList") == "" else _number(query, "maxList", DEFAULT_COUNT)
    count = min(count, MAX_COUNT)
    if offset + count > MAX_DEPTH:
        raise RefusedError(f"offset and count together may not exceed {MAX_DEPTH:,}.")
    return offset, count


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise RefusedError(f"{name} must be a whole number from 0, not “{text[:20]}”.")
    return int(text)


def _fields(query: dict[str, str], parameter: str, default: str) -> list[str]:
    names = (query.get(parameter) or default).split(",")
    return [_known(name.strip(), parameter) for name in names if name.strip()]


def _extra_fields(query: dict[str, str]) -> dict[str, str]:
    """The extra fields by the name they are to have: ``ef=add_dt:since`` is ``{"since": "add_dt"}``."""
    parts = [part.strip().partition(":") for part in query.get("ef", "").split(",")]
    return {alias or name: _known(name, "ef") for name, _, alias in parts if name}


def _known(name: str, parameter: str) -> str:
    if name not in FIELDS:
        raise RefusedError(f"{parameter} names a field “{name[:20]}”; there are {', '.join(FIELDS)}.")
    return name


def _rows(shown: Snapshot, entries: tuple[Entry, ...], names: set[str]) -> list[dict[str, object]]:
    rows = [{name: read(entry) for name, read in _OF_ENTRY.items() if name in names} for entry in entries]
    if dates := names & _OF_RECORD.keys():
        records = _records(shown, [entry.code for entry in entries])
        for entry, row in zip(entries, rows, strict=True):
            record = records.get(entry.code)
            row.update({name: _day(getattr(record, _OF_RECORD[name], None)) for name in dates})
    return rows


def _records(shown: Snapshot, codes: list[str]) -> dict[str, HcpcsCode]:
    """The rows of the loaded release; of codes it no longer has, the newest row there is."""
    records = {record.code: record for record in HcpcsCode.objects.filter(release=shown.release, code__in=codes)}
    if gone := [code for code in codes if code not in records]:
        for record in HcpcsCode.objects.published().filter(code__in=gone):
            records.setdefault(record.code, record)
    return records


def _day(day: date | None) -> str:
    """A date as CMS writes it, ``20250401``; empty for none."""
    return day.strftime("%Y%m%d") if day else ""


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
