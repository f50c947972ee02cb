"""Edits by batches: what is refused as given twice, in order and out of it, and what is removed."""

import gc

import pytest
from django.db import connection

from catalog.importers import bulk, load
from catalog.importers.files import BadRow, Cancelled, Refused
from catalog.models import PtpEdit, Rationale, Release
from tests.builders import make_ptp, make_release
from tests.edit_releases import allow_small_tables
from tests.ptp_files import Edit, part_name, write_text

pytestmark = pytest.mark.django_db

ONE, TWO, THREE = Edit("11000", "36591"), Edit("11001", "36591"), Edit("11002", "36591")
NEW = Edit("99999", "36591", effective="20240701")


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    allow_small_tables(monkeypatch)
    monkeypatch.setattr(bulk, "BATCH", 2)
    monkeypatch.setattr(bulk, "COPY_BATCH", 2)


def load_parts(folder, *parts: list[Edit]) -> Release:
    paths = [write_text(folder / f"{part_name(part=number)}.TXT", edits) for number, edits in enumerate(parts, 1)]
    (publication,) = load.publications(paths)
    return load.load(publication).release


def test_a_batch_is_stopped_in_the_middle_of_reading_and_of_writing(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 100)
    monkeypatch.setattr(bulk, "COPY_BATCH", 100)
    monkeypatch.setattr(bulk, "CHUNK", 2)
    path = write_text(tmp_path / f"{part_name()}.TXT", [ONE, TWO, THREE, NEW])
    (publication,) = load.publications([path])
    told = []

    def stop_at(number: int) -> None:
        told.clear()

        def progress(what: str, done: int, total: int) -> None:
            told.append((what, done))
            if len(told) == number:
                raise Cancelled

        with pytest.raises(Cancelled):
            load.load(publication, progress=progress)
        assert told == [("writing", 0)] * number
        load.remove_leftovers()
        assert not PtpEdit.objects.exists()

    stop_at(1)
    stop_at(2)
    if connection.vendor == "sqlite":  # elsewhere rows stream, and no batch is long
        stop_at(3)


@pytest.mark.parametrize("rows_between", [[], [TWO]], ids=["in one batch", "over two"])
def test_a_row_given_twice_in_one_part_is_refused_with_both_lines(tmp_path, rows_between):
    doubled = [*rows_between, THREE, THREE, NEW]
    lines = 7 + len(rows_between), 8 + len(rows_between)
    with pytest.raises(BadRow, match=f"line {lines[1]}: .* is given twice, first in line {lines[0]}") as refusal:
        load_parts(tmp_path, doubled)
    assert refusal.value.line == lines[1]
    assert not PtpEdit.objects.exists()


def test_a_row_at_the_end_of_a_part_and_again_at_the_start_of_the_next_is_refused(tmp_path):
    with pytest.raises(BadRow, match=r"f2\.TXT, line 7: the edit of 11001 and 36591 is given twice"):
        load_parts(tmp_path, [ONE, TWO], [TWO, THREE, NEW])


def test_a_row_given_twice_far_apart_is_refused_with_both_lines(tmp_path):
    with pytest.raises(Refused, match=r"f1\.TXT, line 7, and .*f2\.TXT, line 8: the edit of 11000 and 36591"):
        load_parts(tmp_path, [ONE, TWO, THREE, NEW], [Edit("10001", "36591"), ONE])
    assert not Release.objects.exists()


def test_parts_out_of_order_without_doubled_rows_are_loaded(tmp_path):
    assert load_parts(tmp_path, [THREE, NEW], [ONE, TWO]).counts == {"edits": 4, "open": 4}


def test_the_periods_of_a_pair_are_not_the_same_row(tmp_path):
    periods = [
        ONE._replace(effective="20010101", deletion="20021231"),
        ONE._replace(effective="20010101", deletion="20031231"),
        ONE._replace(effective="20040101", deletion="*"),
        ONE._replace(effective="20040101", deletion="*", indicator="0"),
    ]
    assert load_parts(tmp_path, [*periods, NEW]).counts == {"edits": 5, "open": 3}


@pytest.mark.parametrize("apart", [[], [TWO, THREE]])
def test_an_edit_withdrawn_from_its_start_may_be_given_twice(tmp_path, apart):
    withdrawn = ONE._replace(deletion="20010101", indicator="9")
    other = withdrawn._replace(rationale="For another reason")
    assert load_parts(tmp_path, [withdrawn, *apart, other, NEW]).counts["edits"] == 3 + len(apart)


def test_a_rationale_is_stored_once_however_many_edits_and_releases_give_it(tmp_path):
    Rationale.objects.create(text="Known before")
    edits = [one._replace(rationale=f"Reason {n % 2}") for n, one in enumerate((ONE, TWO, THREE))]
    release = load_parts(tmp_path, [*edits, NEW._replace(rationale="Known before")])
    assert sorted(Rationale.objects.values_list("text", flat=True)) == ["Known before", "Reason 0", "Reason 1"]
    stored = PtpEdit.objects.of(release).order_by("column_one").select_related("rationale")
    assert [edit.rationale.text for edit in stored] == ["Reason 0", "Reason 1", "Reason 0", "Known before"]


def test_clearing_one_release_leaves_the_others(monkeypatch):
    monkeypatch.setattr(bulk, "FEWER", 2)
    mine = make_release("2024Q3", dataset="ptp", setting="practitioner")
    other = make_release("2024Q2", dataset="ptp", setting="practitioner", current=False)
    for number in range(5):
        make_ptp(f"1100{number}", "36591", mine)
    kept = make_ptp("11000", "36591", other)
    bulk.clear(mine)
    assert list(PtpEdit.objects.all()) == [kept]
    bulk.clear(mine)


def test_releases_say_the_same_only_when_every_row_does():
    one, other = (
        make_release(quarter, dataset="ptp", setting="practitioner", current=False)
        for quarter in ("2024Q2", "2024Q3")
    )
    for release in (one, other):
        make_ptp("11000", "36591", release)
    assert bulk.same_rows(one, other)
    make_ptp("11001", "36591", one)
    assert not bulk.same_rows(one, other)
    make_ptp("11001", "36591", other, rationale="Another")
    assert not bulk.same_rows(one, other)


def test_garbage_is_collected_again_after_a_load_that_fails(tmp_path):
    with pytest.raises(BadRow):
        load_parts(tmp_path, [ONE, TWO._replace(indicator="5")])
    assert gc.isenabled()
