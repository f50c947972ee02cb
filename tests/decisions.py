"""What people do who decide on a rehearsed release, and two quarters for them to decide on."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from catalog.importers import load, rehearsal
from catalog.models import Release
from tests.builders import make_release
from tests.catalog.views.page import text
from tests.edit_releases import allow_small_tables, write_ptp
from tests.ptp_files import Edit

PAIR = Edit("99213", "36415")
REHEARSED = Release.State.REHEARSED


def make_quarters(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Release]:
    """PTP of April 2024, which is current, and July, which is rehearsed against it and adds a pair."""
    allow_small_tables(monkeypatch)
    (april,) = load.publications([write_ptp(folder / "q2", "2024Q2")])
    (july,) = load.publications([write_ptp(folder / "q3", "2024Q3", PAIR)])
    return [load.load(april).release, rehearsal.rehearse(july)]


def address(name: str, release: Release) -> str:
    return reverse(f"admin:{name}", args=[release.pk])


def see(client: Client, release: Release, **asked: str) -> HttpResponse:
    return client.get(address("rehearsal", release), asked)


def activate(client: Client, release: Release, **fields: str) -> HttpResponse:
    return client.post(address("activate", release), fields, follow=True)


def messages(response: HttpResponse) -> str:
    return text(BeautifulSoup(response.content, "html.parser").select_one(".messagelist"))


def state(release: Release) -> str:
    return Release.objects.get(pk=release.pk).state


def make_rehearsal(quarter: str = "2025Q4", **fields: object) -> Release:
    return make_release(quarter, **{"state": REHEARSED, "loaded_at": None, "activated_at": None} | fields)
