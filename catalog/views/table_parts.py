"""What every page with a table does alike: sort and page it, send it alone to htmx, or as a file."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_tables2 import RequestConfig

from catalog import exports, snapshot
from catalog.tables import ROWS_PER_PAGE, ChangeTable, RecordTable


def table_alone(
    request: HttpRequest, table: RecordTable | ChangeTable, sheet: Callable[[], exports.Sheet]
) -> HttpResponse | None:
    """Sort and page the table as asked, and answer with it when nothing else was asked for.

    ``?_export=csv`` or ``xlsx`` asks for a file of all its rows, htmx for the fragment it swaps. None when the
    whole page is wanted, which then shows the table.
    """
    if "_export" in request.GET:
        RequestConfig(request, paginate=False).configure(table)
        return exports.response(sheet(), request.GET["_export"], snapshot.of(request).day)
    RequestConfig(request, paginate={"per_page": ROWS_PER_PAGE}).configure(table)
    if request.htmx.target == table.target:
        return render(request, "catalog/_table.html", {"table": table})
    return None
