"""The starter pairs: sound rows of a file, and true of CMS's tables: the one they cite, and two older ones."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from catalog.importers import ptp
from catalog.importers.files import members
from catalog.models import GoldenPair
from catalog.starter.load import FOLDER


@cache
def pairs() -> list[GoldenPair]:
    with (FOLDER / "golden-pairs.csv").open(encoding="utf-8", newline="") as stream:
        return [GoldenPair(**row | {"day": date.fromisoformat(row["day"])}) for row in csv.DictReader(stream)]


def test_each_names_its_source_and_they_expect_more_than_one_kind_of_answer():
    assert all(pair.source.startswith("CMS, ") for pair in pairs())
    assert {pair.expected for pair in pairs()} == {"indicator_0", "indicator_1", "edit_deleted", "edit_void"}
    for pair in pairs():
        pair.full_clean(validate_unique=False, validate_constraints=False)


@pytest.mark.cms
@pytest.mark.parametrize(
    "name",
    [
        "ccipra-v322r0-f1.excerpt.txt",  # of the table that they cite
        "medicare-ncci-2024q2-practitioner-ptp-edits-ccipra-v301r0-f1.zip",
        "medicare-ncci-2024q3-practitioner-ptp-edits-ccipra-v302r0-f1.zip",
    ],
)
def test_each_is_what_the_published_table_says(cms_files: Path, name: str):
    (member,) = members([cms_files / "ptp" / name])
    asked = {frozenset((pair.column_one, pair.column_two)) for pair in pairs()}
    rows = [row for row in ptp.read(member) if frozenset((row.column_one, row.column_two)) in asked]
    for pair in pairs():
        of_pair = [row for row in rows if {row.column_one, row.column_two} == {pair.column_one, pair.column_two}]
        assert pair.answered_otherwise(of_pair) == "", pair
