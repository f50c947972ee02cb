from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from python_calamine import CalamineWorkbook

from catalog import values
from catalog.values import Fact, Meaning, facts, is_noc


def record(**fields) -> SimpleNamespace:
    """A record whose fields are blank but for the ones given."""
    blank = {
        "coverage_code": "",
        "pricing_indicators": [],
        "multiple_pricing_indicator": "",
        "types_of_service": [],
        "betos": "",
        "lab_certifications": [],
        "asc_group": "",
        "asc_effective_date": None,
        "mog_group": "",
        "mog_policy_indicator": "",
        "mog_effective_date": None,
        "anesthesia_base_units": None,
        "statute": "",
        "cim_references": [],
        "mcm_references": [],
    }
    return SimpleNamespace(**blank | fields)


def test_a_known_value_has_words_beside_it():
    assert facts(record(coverage_code="D")) == [Fact("Coverage", (Meaning("D", "Special instructions apply"),))]


def test_an_unknown_value_is_kept_and_has_no_words():
    assert facts(record(betos="X9Z")) == [Fact("BETOS", (Meaning("X9Z", ""),))]


def test_every_value_of_a_list_is_explained_in_its_order():
    [fact] = facts(record(types_of_service=["1", "P"]))
    assert [meaning.value for meaning in fact.meanings] == ["1", "P"]
    assert all(meaning.words for meaning in fact.meanings)


def test_blank_fields_make_no_fact():
    assert facts(record()) == []


def test_the_asc_group_says_since_when():
    [fact] = facts(record(asc_group="YY", asc_effective_date=date(2025, 1, 1)))
    assert fact.since == date(2025, 1, 1)


def test_both_retired_manuals_stand_under_one_label():
    [fact] = facts(record(cim_references=["60-9"], mcm_references=["2049"]))
    assert fact == Fact("Old manual reference", (Meaning("60-9"), Meaning("2049")))


def test_no_base_units_is_not_a_fact():
    assert facts(record(anesthesia_base_units=0)) == []
    assert facts(record(anesthesia_base_units=5)) == [Fact("Anesthesia base units", (Meaning("5"),))]


@pytest.mark.parametrize(
    "wording",
    [
        "Supply, not otherwise specified",
        "Ambulance service, unlisted",
        "Hearing service, miscellaneous",
        "Unclassified drugs",
        "NOC for enteral supplies",
        "Oral drug, nos",
        "Waiver services; not otherwise specified (nos)",
        "Garment, not-otherwise specified",
        "Assay, not elsewhere specified",
    ],
)
def test_catch_all_wording_is_recognized(wording):
    assert is_noc(wording)


@pytest.mark.parametrize(
    "wording",
    [
        "Screening not done, reason not otherwise specified",
        "Report classifies the tumor as nsclc-nos",
        "Nose mask",
        "Diagnosis not specified in the record",
        "",
    ],
)
def test_other_wording_is_not_a_catch_all(wording):
    assert not is_noc(wording)


def workbook_rows(path: Path) -> Iterator[dict[str, str]]:
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    header = next(at for at, row in enumerate(sheet) if str(row[0]).strip() in {"HCPC", "HCPCS"})
    for row in sheet[header + 1 :]:
        if str(row[0]).strip():
            yield dict(zip(sheet[header], (str(cell).strip() for cell in row), strict=False))


@pytest.mark.cms
def test_catch_alls_agree_with_the_list_cms_publishes(cms_files):
    listed = {row["HCPCS"] for row in workbook_rows(cms_files / "hcpcs" / "NOC codes_JUL2025.xlsx")}
    october = workbook_rows(cms_files / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx")
    found = {row["HCPC"] for row in october if len(row["HCPC"]) == 5 and is_noc(row["LONG DESCRIPTION"])}
    # The list also holds eight quality statements ("reason not otherwise specified") and three codes without such
    # wording; the descriptors it lacks are younger than it or were passed over.
    assert len(found & listed) / len(found) >= 0.96
    assert len(found & listed) / len(listed) >= 0.93
    assert found - listed == {"A6609", "J0131", "J0799", "M0235", "M0236", "Q0235"}


@pytest.mark.cms
@pytest.mark.parametrize(
    ("columns", "table"),
    [
        (["COV"], values.COVERAGE),
        (["PRICE1", "PRICE2", "PRICE3", "PRICE4"], values.PRICING),
        (["MULT_PI"], values.MULTIPLE_PRICING),
        (["TOS1", "TOS2", "TOS3", "TOS4", "TOS5"], values.TYPE_OF_SERVICE),
        (["BETOS"], values.BETOS),
        ([f"LABCERT{n}" for n in range(1, 9)], values.LAB_CERTIFICATION),
        (["ASC_GRP"], values.ASC_GROUP),
        (["ACTION CD"], values.ACTION),
    ],
)
def test_every_value_of_the_october_2025_file_has_words(cms_files, columns, table):
    october = workbook_rows(cms_files / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx")
    used = {row[column] for row in october for column in columns} - {""}
    # One cell of the workbook holds a number, which reads as "2.0".
    assert {value.removesuffix(".0") for value in used} <= set(table)
