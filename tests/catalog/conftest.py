"""The desk of tests: who works at it, and what lies on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog import versions, watch
from catalog.importers import bulk, load
from catalog.models import Release
from tests.decisions import make_quarters
from tests.desk import data_manager, make_october
from tests.edit_releases import allow_small_tables
from tests.text_desk import Desk


@pytest.fixture(autouse=True)
def rows_are_part_of_the_version_of_their_text_on_a_slow_machine_too(monkeypatch):
    monkeypatch.setattr(versions, "RIGHT_AFTER", timedelta(minutes=1))


@pytest.fixture
def small_imports(monkeypatch, inbox) -> Iterator[None]:
    """Small tables pass, are written by few rows at a time and told of often; in an inbox of the test's own."""
    allow_small_tables(monkeypatch)
    monkeypatch.setattr(bulk, "BATCH", 7)
    monkeypatch.setattr(bulk, "COPY_BATCH", 7)
    monkeypatch.setattr(watch, "TOLD_EVERY", 0.01)
    yield
    for release in Release.objects.all():
        load.remove(release)  # so that no partition stays, as those of PostgreSQL would


@pytest.fixture
def ada(django_user_model) -> User:
    """Somebody who asks for imports."""
    return django_user_model.objects.create_user("ada")


@pytest.fixture
def manager(db) -> Client:
    """A data manager who is logged in."""
    return data_manager()


@pytest.fixture
def october(tmp_path) -> Path:
    return make_october(tmp_path)


@pytest.fixture
def quarters(tmp_path, monkeypatch) -> list[Release]:
    return make_quarters(tmp_path, monkeypatch)


@pytest.fixture
def ann(admin_client) -> Desk:
    """One of two people who work on the same texts; ``ben`` is the other one."""
    return Desk(admin_client)


@pytest.fixture
def ben(db) -> Desk:
    client = Client()
    client.force_login(User.objects.create_superuser("ben"))
    return Desk(client)
