"""Sections that an editor has named and not yet given their ranges: every page goes on without them."""

import pytest
from django.urls import reverse

from catalog.models import Release
from tests.builders import make_change, make_code, make_level, make_release, make_section

pytestmark = pytest.mark.django_db


@pytest.fixture
def july() -> Release:
    """The release before the current one, which added a code; above its sections one that has no range yet."""
    july = make_release("2025Q3", current=False)
    make_change("J1885", "added", make_release("2025Q4"), july)
    make_code("J1885")
    parent = make_section("all-drugs")
    make_section("drugs", ("J0000", "J9999"), parent=parent)
    make_section("new-drugs", parent=parent)
    make_section("new-in-level-one", level=make_level(1), kind="category_i", maintainer="AMA")
    return july


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?q=drugs",
        "/?q=J1885",
        "/?q=new",
        "/sections/",
        "/sections/all-drugs/",
        "/sections/new-drugs/",
        "/sections/new-in-level-one/",
        "/codes/J1885/",
        "/codes/J1885/?q=drugs",
        "/releases/",
        "/levels/",
        "/levels/?code=J1885",
        "/levels/present/",
        "/levels/drill/",
        "/levels/quiz/",
        "/scratchpad/?setting=practitioner&date=2025-10-01&line=J1885",
        "/api/hcpcs/v3/search?terms=drugs",
        "/healthz",
    ],
)
def test_a_section_without_a_range_breaks_no_page(client, july, address):
    assert client.get(address, follow=True).status_code == 200


def test_nor_the_page_of_a_release_that_changed_codes(client, july):
    current = Release.objects.current().get()
    page = client.get(reverse("release", args=[current.pk]))
    assert page.status_code == 200
    assert b"J1885" in page.content
