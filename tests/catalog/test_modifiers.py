from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from catalog import modifiers
from catalog.modifiers import first_day, is_anesthesia_status, is_level_one, ncci_group


def test_44_modifiers_are_ncci_associated():
    assert [len(group) for group in modifiers.NCCI_ASSOCIATED.values()] == [31, 6, 7]


@pytest.mark.parametrize(
    ("modifier", "group"), [("LT", "Anatomic"), ("25", "Global surgery"), ("59", "Other"), ("XS", "Other")]
)
def test_an_associated_modifier_names_its_group(modifier, group):
    assert ncci_group(modifier) == group


@pytest.mark.parametrize("modifier", ["22", "26", "50", "51", "76", "77", "GA", "GY", "JW", "KX", "QW", "TC", ""])
def test_no_other_modifier_has_a_group(modifier):
    assert ncci_group(modifier) == ""


@pytest.mark.parametrize(
    ("day", "members"), [(date(2015, 1, 1), {"XE", "XP", "XS", "XU"}), (date(2013, 1, 1), {"LM", "RI"})]
)
def test_the_youngest_associated_modifiers_have_a_first_day(day, members):
    named = {modifier for group in modifiers.NCCI_ASSOCIATED.values() for modifier in group}
    assert {modifier for modifier in named if first_day(modifier) == day} == members


@pytest.mark.parametrize("modifier", ["59", "LT", "RC", "22", "XX", ""])
def test_other_modifiers_have_no_first_day(modifier):
    assert first_day(modifier) is None


def test_two_digits_and_category_ii_modifiers_are_level_one():
    assert all(is_level_one(modifier) for modifier in ["25", "99", "1P", "8P"])
    assert not any(is_level_one(modifier) for modifier in ["LT", "E1", "P1", "4P", "5", ""])


def test_p1_to_p6_are_anesthesia_status():
    assert [modifier for modifier in ("P0", "P1", "P6", "P7", "1P") if is_anesthesia_status(modifier)] == [
        "P1",
        "P6",
    ]


def test_labels_are_given_for_level_one_only():
    assert all(is_level_one(modifier) for modifier in modifiers.LEVEL_I)


@pytest.mark.cms
def test_every_associated_modifier_with_a_letter_is_in_the_october_2025_file(cms_files):
    sheet = CalamineWorkbook.from_path(cms_files / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx").get_sheet_by_index(0)
    on_file = {str(row[0]).strip() for row in sheet.to_python()}
    named = {modifier for group in modifiers.NCCI_ASSOCIATED.values() for modifier in group}
    assert {modifier for modifier in named if not is_level_one(modifier)} <= on_file
    assert not any(is_level_one(modifier) for modifier in on_file)


@pytest.mark.cms
def test_the_first_days_are_those_of_the_october_2025_file(cms_files):
    sheet = CalamineWorkbook.from_path(cms_files / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx").get_sheet_by_index(0)
    header, *rows = sheet.to_python()
    added = {str(row[0]).strip(): str(row[header.index("ADD DT")]) for row in rows}
    for modifier in ("LM", "RI", "XE", "XP", "XS", "XU"):
        assert added[modifier] == f"{first_day(modifier):%Y%m%d}"
