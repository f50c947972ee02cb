"""The October 2025 release as a site serves it: imported from CMS's file, with our own sections and synonyms."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from django.db import connection, transaction

from catalog import snapshot
from catalog.importers import load
from catalog.models import HcpcsCode, Synonym
from catalog.search import Index
from catalog.starter.load import load_texts
from tests.benchmarks import full_tables

WORKBOOK = "hcpcs/HCPC2025_OCT_ANWEB.xlsx"


class October(NamedTuple):
    with_synonyms: Index
    without: Index
    descriptors: list[str]
    """The long descriptors of its codes."""


@pytest.fixture(scope="session")
def october_2025(cms_files, django_db_setup, django_db_blocker) -> October:
    """Search indexes of the release, for tests marked ``cms`` and ``django_db``; the database is left empty."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_texts()
        (publication,) = load.publications([cms_files / WORKBOOK])
        load.load(publication)
        with_synonyms = snapshot.current().index
        Synonym.objects.all().delete()
        without = snapshot.current().index
        descriptors = list(HcpcsCode.objects.values_list("long_descriptor", flat=True))
        transaction.set_rollback(True)
    return October(with_synonyms, without, descriptors)


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    """The URL of a database for tables at full size, with the starter texts, on the kind of server we test on."""
    if connection.vendor == "sqlite":
        url = f"sqlite:///{folder}/{name}.sqlite3"
        prepare(url)
        yield url
        return
    server_url = os.environ["DATABASE_URL"]
    with closing(psycopg.connect(server_url, autocommit=True)) as server:
        server.execute(f"CREATE DATABASE {name}")
        url = server_url.replace("/postgres?", f"/{name}?")
        prepare(url)
        yield url
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def static_root(tmp_path_factory) -> Path:
    """A folder for the static files of every site that is measured."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture(scope="session")
def full_database(tmp_path_factory) -> Iterator[str]:
    """One that is gone when the session ends."""
    with database("full_tables", tmp_path_factory.mktemp("full")) as url:
        yield url


def prepare(url: str) -> None:
    full_tables.run(url, "manage.py", "migrate", "--verbosity=0")
    full_tables.run(url, "manage.py", "load_starter")


@pytest.fixture(scope="session")
def measured(full_database, cms_files, tmp_path_factory) -> full_tables.Measured:
    """The practitioners' tables of April and July 2024 in that database, and what loading them took.

    Loading April is measured again, a few times at most, while something else may have disturbed it.
    """
    found = full_tables.measure(full_database, cms_files)
    for _ in range(full_tables.MOST_ROUNDS_MORE):
        if found.is_fair:
            break
        with database("once_more", tmp_path_factory.mktemp("again")) as url:
            found = found.at_best(*full_tables.measure_first(url, cms_files))
    return found
