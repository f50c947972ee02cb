"""CMS's own MUE and add-on tables, loaded whole. The PTP tables are loaded in tests/benchmarks/test_load.py."""

from datetime import date

import pytest

from catalog.importers import load
from catalog.models import AddOnEdit, Mue, Release

pytestmark = [pytest.mark.cms, pytest.mark.django_db]

DAY = date(2026, 5, 1)


def test_all_mue_tables_of_cms_are_loaded_and_each_answers_for_its_quarter(cms_files):
    whole = [path for path in (cms_files / "mue").iterdir() if "excerpt" not in path.name]
    outcomes = [load.load(publication) for publication in load.publications(sorted(whole))]
    counts = {(one.release.setting, one.release.quarter): one.counts for one in outcomes}
    assert counts == {
        ("practitioner", "2024Q3"): {"values": 14_677},
        ("outpatient_hospital", "2024Q3"): {"values": 14_628},
        ("dme_supplier", "2024Q3"): {"values": 2_928},
        ("practitioner", "2026Q2"): {"values": 15_095},
    }
    assert Release.objects.current().count() == 4
    april = Release.objects.answering("mue", "practitioner", DAY)
    assert Mue.objects.of(april).count() == 15_095
    assert Release.objects.answering("mue", "outpatient_hospital", DAY) is None
    changed = {change.kind for change in april.changes.all()}
    assert changed == {"added", "revised", "vanished"}


def test_the_workbook_of_an_mue_table_that_is_loaded_as_csv_changes_nothing(cms_files):
    csv, book = (
        cms_files / "mue" / f"MCR_MUE_PractitionerServices_Eff_04-01-2026.{form}" for form in ("csv", "xlsx")
    )
    outcomes = [load.load(*load.publications([path])) for path in (csv, book)]
    assert [one.is_new for one in outcomes] == [True, False]


def test_the_add_on_table_of_cms_is_loaded(cms_files):
    (publication,) = load.publications([cms_files / "addon"])
    release = load.load(publication).release
    assert (release.quarter, release.counts) == ("2025Q4", {"edits": 8_615})
    assert AddOnEdit.objects.of(release).among(["11045"]).filter(primary="11042").exists()
    assert release.notice
