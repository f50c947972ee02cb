"""CMS's own files, whole. Counts are CMS's, or those of an independent count of the same file."""

import itertools
from collections import Counter
from datetime import date

import pytest

from catalog.importers import changes, files, hcpcs, load
from catalog.importers.files import Member
from catalog.models import Change, Release

pytestmark = pytest.mark.cms

OCTOBER = "october-2025-alpha-numeric-hcpcs-file.zip"
ANNUAL_2019 = "2019-Alpha-Numeric-HCPCS-File.zip"


@pytest.fixture(scope="module")
def rows(cms_files):
    """The rows of a file in CMS's folder, by name; files are read once."""
    kept: dict[tuple[str, ...], list[hcpcs.Row]] = {}

    def rows_of(*name: str) -> list[hcpcs.Row]:
        if name not in kept:
            kept[name] = list(hcpcs.read(Member(cms_files / "hcpcs" / name[0], name[1:])))
        return kept[name]

    return rows_of


def counts(rows: list[hcpcs.Row]) -> dict[str, int]:
    return dict(Counter(row.record for row in rows))


@pytest.mark.parametrize(
    ("name", "codes", "modifiers"),
    [
        ([OCTOBER, "HCPC2025_OCT_ANWEB.txt"], 8463, 383),
        ([OCTOBER, "HCPC2025_OCT_ANWEB.xlsx"], 8463, 383),
        (["HCPC2025_OCT_ANWEB.xlsx"], 8463, 383),
        ([ANNUAL_2019, "HCPC2019_CONTR_ANWEB.txt"], 6440, 360),
        ([ANNUAL_2019, "HCPC2019_CONTR_ANWEB.xlsx"], 6440, 360),
        (["2020-04_anweb.xlsx"], 6728, 369),
        (["2020-07_anweb.xlsx"], 6789, 369),
        (["HCPC2026_JUL_ANWEB.excerpt.txt"], 6, 5),
    ],
)
def test_a_file_gives_all_its_codes_and_modifiers(rows, name, codes, modifiers):
    assert counts(rows(*name)) == {"code": codes, "modifier": modifiers}


def test_an_excerpt_as_csv_gives_its_modifiers(rows):
    assert counts(rows("HCPC2026_OCT_ANWEB.excerpt.csv")) == {"modifier": 35}


def test_text_and_workbook_of_october_2025_say_the_same(rows):
    assert hcpcs.same_release(
        rows(OCTOBER, "HCPC2025_OCT_ANWEB.txt"), rows("HCPC2025_OCT_ANWEB.xlsx"), across_forms=False
    )


def test_text_and_workbook_of_2019_differ_only_in_what_is_known(rows):
    text = {row.code: row for row in rows(ANNUAL_2019, "HCPC2019_CONTR_ANWEB.txt")}
    book = {row.code: row for row in rows(ANNUAL_2019, "HCPC2019_CONTR_ANWEB.xlsx")}
    differing = Counter(
        name
        for code, row in text.items()
        for name, one, other in zip(row._fields, row, book[code], strict=True)
        if one != other and name != "line"
    )
    assert differing == {"action_effective_date": 115, "types_of_service": 2}
    assert hcpcs.same_release(text.values(), book.values(), across_forms=True)


def test_the_changes_of_july_2020_are_those_cms_marked(rows):
    april, july = rows("2020-04_anweb.xlsx"), rows("2020-07_anweb.xlsx")
    marked = {row.code: row.action_code for row in july}
    found = Counter(
        (difference.kind, marked[difference.code])
        for difference in changes.compare(changes.of_hcpcs(april), changes.of_hcpcs(july), date(2020, 7, 1))
    )
    assert found == {("added", "A"): 61, ("ended", "D"): 9, ("revised", "C"): 4, ("revised", "S"): 1}


def test_no_record_vanished_from_2019_to_2025(rows):
    in_order = [
        rows(ANNUAL_2019, "HCPC2019_CONTR_ANWEB.txt"),
        rows("2020-04_anweb.xlsx"),
        rows("2020-07_anweb.xlsx"),
        rows(OCTOBER, "HCPC2025_OCT_ANWEB.txt"),
    ]
    for before, after in itertools.pairwise(in_order):
        assert {row.code for row in before} <= {row.code for row in after}


@pytest.mark.parametrize(
    ("name", "notes"), [((OCTOBER, "proc_notes_JAN2026.txt"), 234), ((ANNUAL_2019, "proc_notes_2019.txt"), 218)]
)
def test_all_processing_notes_are_read(cms_files, rows, name, notes):
    found = list(hcpcs.read_notes(Member(cms_files / "hcpcs" / name[0], name[1:])))
    assert [int(note.number) for note in found] == list(range(1, notes + 1))
    assert all(note.text and "*" not in note.text for note in found)


def test_the_folder_gives_one_release_for_each_quarter(cms_files):
    found = hcpcs.publications(files.members([cms_files / "hcpcs"]))
    assert [(one.quarter, str(one.members[0])) for one in found] == [
        ("2019Q1", f"{ANNUAL_2019}: HCPC2019_CONTR_ANWEB.txt"),
        ("2020Q2", "2020-04_anweb.xlsx"),
        ("2020Q3", "2020-07_anweb.xlsx"),
        ("2025Q4", f"{OCTOBER}: HCPC2025_OCT_ANWEB.txt"),
        ("2026Q3", "HCPC2026_JUL_ANWEB.excerpt.txt"),
        ("2026Q4", "HCPC2026_OCT_ANWEB.excerpt.csv"),
    ]


@pytest.mark.django_db
def test_releases_loaded_out_of_order_have_the_changes_of_their_order(cms_files):
    for name in (OCTOBER, "2020-04_anweb.xlsx", ANNUAL_2019, "2020-07_anweb.xlsx"):
        (publication,) = load.publications([cms_files / "hcpcs" / name])
        load.load(publication)
    (publication,) = load.publications([cms_files / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx"])
    assert not load.load(publication).is_new
    assert Release.objects.current().get().quarter == "2025Q4"
    tallies = {release.quarter: release.changes.tally() for release in Release.objects.all()}
    assert [tallies[quarter][Change.Kind.ADDED] for quarter in sorted(tallies)] == [0, 297, 61, 1688]
    assert [tallies[quarter][Change.Kind.ENDED] for quarter in sorted(tallies)] == [0, 89, 9, 418]
    assert {tally[Change.Kind.VANISHED] for tally in tallies.values()} == {0}
