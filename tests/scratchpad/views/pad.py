"""The scratchpad as a browser asks for it, and reading what it answers."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import Client

from tests.catalog.views.page import main, text

PAGE, PASTE = "/scratchpad/", "/scratchpad/paste/"
DAY = "2025-12-01"
TYPING = {"HX-Request": "true", "HX-Target": "check"}


def opened(client: Client, *lines: str, **fields: str) -> HttpResponse:
    return client.get(PAGE, {"setting": "practitioner", "date": DAY, "line": lines} | fields)


def typed(client: Client, *lines: str, **fields: str) -> HttpResponse:
    return client.get(PAGE, {"setting": "practitioner", "date": DAY, "line": lines} | fields, headers=TYPING)


def grid(*codes: str, **cells: list[str]) -> dict[str, list[str]]:
    """The fields of the grid as a browser sends them without JavaScript: blank cells too."""
    names = ("mod1", "mod2", "mod3", "mod4", "units", "from", "to", "provider")
    rows = len(codes)
    return {"code": list(codes)} | {name: cells.get(name, [""] * rows) for name in names}


def cells(response: HttpResponse, name: str) -> list[str]:
    """What stands in the fields of that name."""
    return [field["value"] for field in main(response).select(f"#claim tbody [name={name}]")]


def chips(response: HttpResponse) -> list[str]:
    return [text(chip) for chip in main(response).select(".finding .v")]
