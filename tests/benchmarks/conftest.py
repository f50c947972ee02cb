"""The October 2025 release as a site serves it: imported from CMS's file, with our own sections and synonyms."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from django.db import transaction

from catalog import snapshot
from catalog.importers import load
from catalog.models import HcpcsCode, Synonym
from catalog.search import Index
from catalog.starter.load import load_texts

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
