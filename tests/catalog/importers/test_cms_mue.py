"""CMS's own MUE tables, whole. Counts are CMS's, or those of an independent count of the same file."""

import shutil

import pytest

from catalog.importers import mue
from catalog.importers.files import Member, Refused
from catalog.models import Setting
from tests.catalog.importers.test_mue import NAME, PRACTITIONER, bad_row, doubts
from tests.mue_files import TITLES, file_name

pytestmark = pytest.mark.cms


@pytest.mark.parametrize(
    ("name", "rows", "first", "last"),
    [
        ("PractitionerServices_Eff_04-01-2026.csv", 15_095, (10, "0001U"), (15_104, "V5364")),
        ("PractitionerServices_Eff_04-01-2026.xlsx", 15_095, (3, "0001U"), (15_097, "V5364")),
        ("PractitionerServices_Eff_07-01-2024.csv", 14_677, (10, "0001U"), (14_686, "V5364")),
        ("OutpatientHospitalServices_Eff_07-01-2024.csv", 14_628, (10, "0001U"), (14_637, "V5364")),
        ("DMESupplierServices_Eff_07-01-2024.csv", 2_928, (10, "A4206"), (2_937, "V5336")),
        ("PractitionerServices_Eff_10-01-2026.excerpt.csv", 6, (10, "0001U"), (15, "K0001")),
        ("OutpatientHospitalServices_Eff_10-01-2026.excerpt.csv", 6, (10, "0001U"), (15, "K0001")),
        ("DMESupplierServices_Eff_10-01-2026.excerpt.csv", 3, (10, "E0114"), (12, "K0001")),
    ],
)
def test_a_file_of_cms_gives_all_its_rows(cms_files, name, rows, first, last):
    found = list(mue.read(Member(cms_files / "mue" / f"MCR_MUE_{name}")))
    ends = [(one.line, one.code) for one in (found[0], found[-1])]
    assert (len(found), *ends) == (rows, first, last)


def test_csv_and_workbook_of_april_2026_say_the_same(cms_files):
    csv, book = (
        [one._replace(line=0) for one in mue.read(Member(cms_files / "mue" / file_name(form=form)))]
        for form in ("csv", "xlsx")
    )
    assert csv == book


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("setting", "day"),
    [(PRACTITIONER, "04-01-2026"), *((setting, "07-01-2024") for setting in Setting)],
)
def test_no_whole_file_of_cms_raises_a_doubt(cms_files, setting, day):
    path = cms_files / "mue" / file_name(setting, day)
    assert doubts(setting, [one[1:] for one in mue.read(Member(path))]) == []


@pytest.mark.parametrize("setting", Setting)
def test_a_file_of_cms_under_the_name_of_another_setting_is_refused(cms_files, tmp_path, setting):
    others = [other for other in Setting if other != setting]
    for other in others:
        path = tmp_path / file_name(other, "07-01-2024")
        shutil.copy(cms_files / "mue" / file_name(setting, "07-01-2024"), path)
        assert bad_row(path)[0] == 8
        path.write_bytes(path.read_bytes().replace(TITLES[setting].encode() + b" Services ", b""))
        with pytest.raises(Refused, match=f"holds the values of {setting.words}"):
            list(mue.read(Member(path)))


def test_the_notice_of_a_file_of_cms_is_the_ama_s(cms_files):
    text = mue.notice(Member(cms_files / "mue" / NAME))
    assert text.startswith("Current Procedural Terminology")
    assert text.endswith("herein.")
