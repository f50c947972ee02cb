"""The starter set's files: their shape, and their truth against CMS's October 2025 release.

The descriptors are ours and the facts are CMS's. Tests marked ``cms`` read the published workbook with their own
few lines, so that a fault of the importer cannot hide one of the starter set.
"""

import csv
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

import catalog
from catalog import codes, modifiers
from catalog.models import Synonym

STARTER = Path(catalog.__file__).parent / "starter"
WORKBOOK = Path("hcpcs", "HCPC2025_OCT_ANWEB.xlsx")
QUARTER_BEGINS = "2025-10-01"

SHORT_DESCRIPTOR_LENGTH = 28
"""As in CMS's record layout; an AMA label is not cut, so it may be longer."""

WORDS_IN_COMMON = 5
"""As many words in a row may be CMS's too: the name of a thing and its unit are nobody's sentence."""

PRACTICE_CODES = (
    "J1885 E0114 A0429 A0425 V2020 C1713 U0001 T1019 H0004 S9123 G0008 G0463 A4253 L3000 R0070 J8522 G2012"
)

SINGLE_FACTS = {
    "action_code": "ACTION CD",
    "coverage_code": "COV",
    "multiple_pricing_indicator": "MULT_PI",
    "betos": "BETOS",
    "asc_group": "ASC_GRP",
}
DATES = {"added_date": "ADD DT", "termination_date": "TERM DT", "action_effective_date": "ACT EFF DT"}
SEVERAL_FACTS = {
    "pricing_indicators": ["PRICE1", "PRICE2", "PRICE3", "PRICE4"],
    "types_of_service": ["TOS1", "TOS2", "TOS3", "TOS4", "TOS5"],
    "cross_references": ["XREF1", "XREF2", "XREF3", "XREF4", "XREF5"],
}


def rows_of(name: str) -> list[dict[str, str]]:
    with (STARTER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


CODES = rows_of("hcpcs.csv")
MODIFIERS = rows_of("modifiers.csv")
SYNONYMS = tomllib.loads((STARTER / "synonyms.toml").read_text(encoding="utf-8"))["synonym"]
OF_CMS = [row for row in MODIFIERS if row["kind"] == "level_ii"]


@pytest.fixture(scope="module")
def published(cms_files) -> dict[str, dict[str, str]]:
    """CMS's rows by code or modifier, every cell as trimmed text."""
    sheet = CalamineWorkbook.from_path(cms_files / WORKBOOK).get_sheet_by_index(0).to_python()
    names, *rows = ([text(cell) for cell in row] for row in sheet)
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows if row[0]}


def text(cell: object) -> str:
    """Some cells are numbers: 20250701.0 means the date 20250701."""
    return str(int(cell) if isinstance(cell, float) else cell or "").strip()


def iso(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if digits else ""


def differing(rows, published, facts: dict[str, str], read=str) -> list[tuple[str, str, str, str]]:
    return [
        (row["code"], ours, row[ours], read(published[row["code"]][theirs]))
        for row in rows
        for ours, theirs in facts.items()
        if row[ours] != read(published[row["code"]][theirs])
    ]


def words(sentence: str) -> list[str]:
    return re.findall(r"[a-z]+|\d[\d.,]*\d|\d", sentence.lower())


def numbers(sentence: str) -> set[str]:
    """Amounts and other numbers, not those inside names such as COVID-19, ALS1 or O2."""
    nameless = re.sub(r"covid-19", "", sentence, flags=re.IGNORECASE)
    found = re.findall(r"(?<![A-Za-z\d.])\d[\d,]*(?:\.\d+)?", nameless)
    return {number.replace(",", "") for number in found}


def measured_amounts(sentence: str) -> set[str]:
    """Numbers that a unit of measure follows: what one unit of the code stands for."""
    unit = r"(?:mg|mcg|ml|cc|micrograms?|grams?|units?|minutes?|strips|square)\b"
    found = re.findall(rf"(?<![\d.-])(\d[\d,]*(?:\.\d+)?) ?(?:{unit})", sentence.lower())
    return {number.replace(",", "") for number in found}


def theirs(published, code: str) -> list[str]:
    return [published[code]["LONG DESCRIPTION"], published[code]["SHORT DESCRIPTION"]]


def ours(row: dict[str, str]) -> list[str]:
    return [row["long_descriptor"], row["short_descriptor"]]


def borrowed(row, published) -> list[str]:
    """Runs of more words than may be in common, and descriptors that are CMS's but for case and punctuation."""
    length = WORDS_IN_COMMON + 1
    found = []
    for their_text in theirs(published, row["code"]):
        their_words = words(their_text)
        their_runs = {tuple(their_words[at : at + length]) for at in range(len(their_words) - length + 1)}
        for our_text in ours(row):
            our_words = words(our_text)
            if "".join(our_words) == "".join(their_words):
                found.append(f"{row['code']}: {our_text}")
            for at in range(len(our_words) - length + 1):
                run = tuple(our_words[at : at + length])
                if run in their_runs:
                    found.append(f"{row['code']}: {' '.join(run)}")
    return found


# --- codes ---


def test_there_are_about_four_hundred_codes_over_all_seventeen_letters():
    assert 380 <= len(CODES) <= 450
    assert {row["code"][0] for row in CODES} == set("ABCEGHJKLMPQRSTUV")


def test_codes_are_sorted_unique_and_of_level_ii():
    found = [row["code"] for row in CODES]
    assert found == sorted(set(found))
    assert {codes.kind_of(code) for code in found} == {codes.Kind.LEVEL_II}


def test_the_codes_of_the_practice_items_are_in_the_set():
    assert set(PRACTICE_CODES.split()) <= {row["code"] for row in CODES}


def test_some_codes_have_ended_and_some_of_those_name_a_successor():
    ended = [row for row in CODES if row["termination_date"] and row["termination_date"] < QUARTER_BEGINS]
    assert len(ended) >= 20
    assert sum(bool(row["cross_references"]) for row in ended) >= 8


def test_descriptors_are_there_and_short_ones_fit_the_record_layout():
    for row in CODES + OF_CMS:
        assert 0 < len(row["short_descriptor"]) <= SHORT_DESCRIPTOR_LENGTH, row
        assert len(row["long_descriptor"]) <= 200, row


def test_cells_hold_no_stray_blanks():
    for row in CODES + MODIFIERS:
        assert all(cell == " ".join(cell.split()) for cell in row.values()), row


def test_dates_are_dates_and_no_code_ends_before_it_begins():
    for row in CODES + OF_CMS:
        added, ended = date.fromisoformat(row["added_date"]), row["termination_date"]
        assert not ended or added <= date.fromisoformat(ended), row


@pytest.mark.cms
def test_every_fact_of_every_code_is_cms_s(published):
    assert differing(CODES, published, SINGLE_FACTS) == []
    assert differing(CODES, published, DATES, read=iso) == []
    for column, names in SEVERAL_FACTS.items():
        for row in CODES:
            values = [published[row["code"]][name] for name in names]
            assert row[column].split() == [value for value in values if value], (row["code"], column)


@pytest.mark.cms
def test_descriptors_are_in_our_own_words(published):
    assert [run for row in CODES + OF_CMS for run in borrowed(row, published)] == []


@pytest.mark.cms
def test_our_descriptors_name_no_number_that_cms_does_not(published):
    for row in CODES + OF_CMS:
        assert numbers(" ".join(ours(row))) <= numbers(" ".join(theirs(published, row["code"]))), row


@pytest.mark.cms
def test_our_descriptors_keep_every_measured_amount(published):
    for row in CODES:
        amounts = measured_amounts(published[row["code"]]["LONG DESCRIPTION"])
        assert amounts <= numbers(row["long_descriptor"]), row


# --- modifiers ---


def test_modifiers_are_sorted_unique_and_of_a_modifier_s_shape():
    found = [row["code"] for row in MODIFIERS]
    assert found == sorted(set(found))
    assert all(codes.is_modifier(modifier) for modifier in found)


def test_every_ncci_associated_modifier_is_there_with_its_group():
    groups = {row["code"]: row["bypass_group"] for row in MODIFIERS if row["bypass_group"]}
    associated = {member for members in modifiers.NCCI_ASSOCIATED.values() for member in members}
    assert set(groups) == associated
    assert len(associated) == 44
    for modifier, group in groups.items():
        assert group == modifiers.ncci_group(modifier).lower().replace(" ", "_")


def test_a_modifier_of_the_ama_bears_our_label_and_no_date():
    of_the_ama = [row for row in MODIFIERS if row["kind"] != "level_ii"]
    for row in of_the_ama:
        assert modifiers.is_level_one(row["code"])
        assert row["added_date"] == row["termination_date"] == ""
    labels = {row["code"]: row["long_descriptor"] for row in of_the_ama if row["kind"] == "level_i"}
    assert labels == modifiers.LEVEL_I
    assert {row["code"] for row in of_the_ama if row["kind"] == "category_ii"} == modifiers.CATEGORY_II


@pytest.mark.cms
def test_a_modifier_s_dates_are_cms_s_and_the_ama_s_are_not_in_the_file(published):
    dates = {name: DATES[name] for name in ("added_date", "termination_date")}
    assert differing(OF_CMS, published, dates, read=iso) == []
    assert [row["code"] for row in MODIFIERS if row not in OF_CMS and row["code"] in published] == []


# --- synonyms ---


def test_there_are_a_few_hundred_synonyms_in_lower_case_each_once():
    terms = [synonym["term"] for synonym in SYNONYMS]
    assert 200 <= len(terms) <= 900
    assert len(terms) == len(set(terms))
    assert all(term == " ".join(term.lower().split()) for term in terms)
    assert all(synonym.get("means", "") == synonym.get("means", "").lower() for synonym in SYNONYMS)


def test_a_synonym_means_either_words_or_codes():
    for synonym in SYNONYMS:
        assert set(synonym) <= {"term", "means", "codes", "note"}, synonym
        assert bool(synonym.get("means")) != bool(synonym.get("codes")), synonym
        assert synonym["term"] != synonym.get("means"), synonym


def test_synonyms_fit_their_columns():
    for synonym in SYNONYMS:
        for column in ("term", "means", "note"):
            assert len(synonym.get(column, "")) <= Synonym._meta.get_field(column).max_length, synonym


def test_the_codes_that_synonyms_name_are_current_codes_of_the_set():
    current = {row["code"] for row in CODES if not row["termination_date"]}
    assert {code for synonym in SYNONYMS for code in synonym.get("codes", [])} <= current


@pytest.mark.cms
def test_the_words_of_a_synonym_lead_to_a_current_code(published):
    descriptors = [
        set(re.findall(r"[a-z0-9]+", row["LONG DESCRIPTION"].lower()))
        for code, row in published.items()
        if codes.kind_of(code) is codes.Kind.LEVEL_II and not row["TERM DT"]
    ]
    for synonym in SYNONYMS:
        wanted = set(re.findall(r"[a-z0-9]+", synonym.get("means", "")))
        assert any(wanted <= descriptor for descriptor in descriptors), synonym
