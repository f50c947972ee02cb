"""What the practice items say of Level II codes, held against CMS's October 2025 release."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from catalog.importers import hcpcs
from catalog.importers.files import Member
from tests.practice_items import ITEMS, deliberately_invalid, letter_first_codes, slug, texts

pytestmark = pytest.mark.cms

FIRST_DAY = date(2025, 10, 1)  # of the quarter of the release
WORDS_IN_COMMON = 5
"""As many words in a row may be CMS's too: the name of a thing and its unit are nobody's sentence."""

every_item = pytest.mark.parametrize("item", ITEMS, ids=slug)


@pytest.fixture(scope="module")
def on_file(cms_files) -> dict[str, hcpcs.Row]:
    """Codes alone, without the modifiers of the release."""
    rows = hcpcs.read(Member(cms_files / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx"))
    return {row.code: row for row in rows if row.record == "code"}


def is_in_force(row: hcpcs.Row | None) -> bool:
    return row is not None and (row.termination_date is None or row.termination_date >= FIRST_DAY)


def test_the_items_name_many_codes(on_file):
    named = {code for item in ITEMS for code in letter_first_codes(item)}
    assert len(named & set(on_file)) >= 50


@every_item
def test_every_code_of_an_item_is_on_file_and_in_force_unless_it_is_marked(item, on_file):
    named, marked = letter_first_codes(item), deliberately_invalid(item)
    assert {code for code in named - marked if not is_in_force(on_file.get(code))} == set()
    assert {code for code in marked if is_in_force(on_file.get(code))} == set()


@every_item
def test_an_ended_code_is_told_with_its_last_day(item, on_file):
    for code in deliberately_invalid(item) & set(on_file):
        assert in_words(on_file[code].termination_date) in " ".join(texts(item))


def test_days_on_which_codes_were_added_are_cms_s(on_file):
    text = " ".join(item["prompt"] for item in ITEMS)
    said = re.findall(r"\b([A-Z][0-9]{4}) (?:was added on|named a new drug from) (\w+ [0-9]+, [0-9]{4})", text)
    assert [code for code, _ in said] == ["J8522", "C9453"]
    assert [(code, in_words(on_file[code].added_date)) for code, _ in said] == said


def test_what_is_said_of_single_records_holds(on_file):
    assert on_file["S9123"].coverage_code == "I", "not payable by Medicare"
    assert on_file["V5266"].coverage_code == "S", "excluded by statute"
    assert on_file["C9742"].cross_references == ("31573", "31574")
    assert on_file["C9453"].cross_references == ("J9299",)
    assert on_file["J9299"].added_date == on_file["C9453"].termination_date + timedelta(days=1)
    assert sum(row.termination_date == date(2024, 12, 12) for row in on_file.values()) == 17
    assert sum(ended_before_2014_12_31(row) for row in on_file.values()) <= 2, "next to none"


def ended_before_2014_12_31(row: hcpcs.Row) -> bool:
    return row.termination_date is not None and row.termination_date < date(2014, 12, 31)


def in_words(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


@every_item
def test_the_words_of_an_item_are_not_cms_s(item, on_file):
    length = WORDS_IN_COMMON + 1
    ours = {run for text in texts(item) for run in runs(text, length)}
    for code in letter_first_codes(item) & set(on_file):
        theirs = runs(on_file[code].long_descriptor, length)
        assert ours & theirs == set(), code


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}
