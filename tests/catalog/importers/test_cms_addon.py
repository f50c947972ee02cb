"""CMS's own add-on code table of October 2025, whole, in both of its forms."""

from collections import Counter

import pytest

from catalog.importers import addon, files
from catalog.importers.files import Member
from tests.addon_files import edit, write_text
from tests.catalog.importers.test_addon import CMS_ZIP, TEXT, bad_row, doubts, says

pytestmark = pytest.mark.cms

CMS_TEXT, CMS_BOOK = "AOC_V2025Q4_01-MCR.txt", "AOC_V2025Q4_01-MCR.xlsx"


@pytest.fixture(scope="module")
def cms_rows(cms_files):
    """The rows of either form of October 2025, read once."""
    return {
        name: list(addon.read(Member(cms_files / "addon" / CMS_ZIP, (name,)))) for name in (CMS_TEXT, CMS_BOOK)
    }


def test_both_forms_of_october_2025_give_the_same_rows(cms_rows):
    assert says(cms_rows[CMS_TEXT]) == says(cms_rows[CMS_BOOK])
    assert [len(rows) for rows in cms_rows.values()] == [8615, 8615]
    assert [rows[-1].line for rows in cms_rows.values()] == [8615, 8617]


def test_october_2025_by_type(cms_rows):
    rows = cms_rows[CMS_BOOK]
    assert Counter(row.edit_type for row in rows) == {"1": 7908, "2": 47, "3": 660}
    by_contractors = Counter(row.edit_type for row in rows if row.primary == "CCCCC")
    assert by_contractors == {"2": 47, "3": 8}
    assert sum(row.deletion_date is None for row in rows) == 7528


def test_the_zip_of_october_2025_is_revision_1_read_from_its_workbook(cms_files):
    (found,) = addon.publications(files.members([cms_files / "addon"]))
    assert (found.quarter, found.revision, found.members[0].name) == ("2025Q4", 1, CMS_BOOK)
    assert addon.notice(found.members[0]).startswith("Current Procedural Terminology")


@pytest.mark.django_db
@pytest.mark.parametrize("part", [slice(1, None), slice(None, -1)])
def test_october_2025_without_its_first_or_last_row_is_doubted(cms_rows, part):
    (doubt,) = doubts(cms_rows[CMS_BOOK][part], "2025Q4")
    assert doubt.startswith("It lacks ")


@pytest.mark.django_db
def test_october_2025_raises_no_doubt(cms_rows):
    assert doubts(cms_rows[CMS_BOOK], "2025Q4") == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("add_on_deletion_date", "primary_deletion_date"),
        ("primary_deletion_date", "deletion_date"),
        ("add_on_deletion_date", "deletion_date"),
    ],
)
def test_swapped_columns_of_deletion_dates_are_doubted(cms_rows, one, other):
    swapped = [row._replace(**{one: getattr(row, other), other: getattr(row, one)}) for row in cms_rows[CMS_BOOK]]
    found = doubts(swapped, "2025Q4")
    assert any("its columns may be shifted" in doubt for doubt in found), found


def test_swapped_columns_of_codes_are_a_bad_row(cms_rows, tmp_path):
    swapped = [edit(row.primary, row.add_on, kind=row.edit_type) for row in cms_rows[CMS_BOOK]]
    assert bad_row(write_text(tmp_path / TEXT, swapped))[0] == 1
