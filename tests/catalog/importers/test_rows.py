"""The rows of a release in the database, of whatever dataset."""

import pytest

from catalog.importers import rows
from catalog.importers.files import Refused
from catalog.models import AddOnEdit, Change, EditCode, Mue, PtpEdit, Release
from tests.builders import make_addon, make_change, make_code, make_mue, make_ptp, make_release

pytestmark = pytest.mark.django_db

MAKE = {
    "ptp": lambda release, number: make_ptp(f"1100{number}", "36591", release),
    "mue": lambda release, number: make_mue(f"1100{number}", number, release),
    "addon": lambda release, number: make_addon(f"1100{number}", "36591", release),
    "hcpcs": lambda release, number: make_code(f"E010{number}", release),
}


def two_releases(dataset: str, **fields) -> list[Release]:
    releases = [
        make_release(quarter, dataset=dataset, current=False, **fields) for quarter in ("2024Q2", "2024Q3")
    ]
    for release in releases:
        release.files.create(name=f"{release.quarter}.txt", sha256=f"{release.pk:064}", size=1)
        for number in range(3):
            MAKE[dataset](release, number)
    return releases


@pytest.mark.parametrize("dataset", MAKE)
def test_removing_rows_leaves_the_record_its_changes_and_every_other_release(dataset):
    other, release = two_releases(dataset)
    make_change("E0100", Change.Kind.ADDED, release, other)
    rows.remove(release)
    assert release.changes.count() == release.files.count() == 1
    assert not EditCode.objects.filter(release=release).exists()
    assert len(rows.stored(release)) == 0
    assert len(rows.stored(other)) == 3


@pytest.mark.parametrize("dataset", ["ptp", "mue", "addon"])
def test_releases_say_the_same_whatever_files_and_lines_their_rows_are_from(dataset):
    one, other = two_releases(dataset)
    for model in (PtpEdit, Mue, AddOnEdit):
        model.objects.filter(release=other).update(line=77)
    assert rows.say_the_same(one, other)
    MAKE[dataset](other, 7)
    assert not rows.say_the_same(other, one)


@pytest.mark.parametrize("dataset", ["ptp", "mue", "addon"])
def test_releases_with_other_counts_do_not_say_the_same(dataset):
    one, other = two_releases(dataset)
    other.counts = {"edits": 4, "values": 4}
    assert not rows.say_the_same(one, other)


@pytest.mark.parametrize("dataset", MAKE)
def test_what_an_incomplete_release_lacks_is_missing_and_not_gone(dataset):
    before, after = two_releases(dataset)
    MAKE[dataset](before, 8)
    MAKE[dataset](after, 9)
    assert {one.kind for one in rows.differences(before, after)} == {"added", "vanished"}
    after.partial = True
    assert {one.kind for one in rows.differences(before, after)} == {"added", "missing"}


def test_rows_the_database_did_not_take_are_noticed():
    release = make_release(dataset="ptp", setting="practitioner", current=False, counts={"edits": 3})
    make_ptp("11000", "36591", release)
    with pytest.raises(Refused, match="took 1 of 3 rows"):
        rows._count_codes(release)
