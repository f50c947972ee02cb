"""Loading, with files made up for each test. What a complete release needs is cut down to a few rows."""

import os
import threading
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from catalog.importers import hcpcs, load, rows
from catalog.importers.files import Refused
from catalog.importers.locks import IMPORT
from catalog.models import Change, HcpcsCode, Level, Modifier, ProcessingNote, Release, ReleaseFile
from tests.builders import make_code, make_level, make_release
from tests.killed import forked, until_free
from tests.release_files import record, table_row, whole, write_text, write_workbook, write_zip

pytestmark = pytest.mark.django_db

NEW = {"ADD_DT": "20251001", "ACT_EFF_DT": "20251001", "ACTION_CD": "A"}
NEXT = {"ADD_DT": "20260101", "ACT_EFF_DT": "20260101", "ACTION_CD": "A"}


@pytest.fixture(autouse=True)
def small_releases(monkeypatch):
    monkeypatch.setattr(hcpcs, "FEWEST", {"code": 1, "modifier": 1})
    monkeypatch.setattr(rows, "BATCH", 4)


@pytest.fixture
def july(tmp_path) -> Path:
    records = whole(record("E0105"), record("J0001", ADD_DT="20250701", ACT_EFF_DT="20250701", ACTION_CD="A"))
    return write_text(tmp_path / "HCPC2025_JUL_ANWEB.txt", records)


@pytest.fixture
def october(tmp_path) -> Path:
    ended = record("J0001", ADD_DT="20250701", ACT_EFF_DT="20251001", TERM_DT="20250930", ACTION_CD="D")
    records = whole(record("E0105", "Other words"), ended, record("C9999", **NEW))
    return write_text(tmp_path / "HCPC2025_OCT_ANWEB.txt", records)


def load_file(path: Path, **options) -> load.Outcome:
    (publication,) = load.publications([path])
    return load.load(publication, **options)


def states() -> dict[str, str]:
    return {release.title: release.state for release in Release.objects.all()}


def row_counts() -> list[int]:
    models = (Release, ReleaseFile, HcpcsCode, Modifier, ProcessingNote, Change)
    return [model.objects.count() for model in models]


def test_a_release_is_loaded_with_its_rows_and_becomes_current(october):
    outcome = load_file(october)
    release = outcome.release
    assert (release.quarter, release.revision, release.state, release.partial) == ("2025Q4", 0, "current", False)
    assert release.counts == {"codes": 20, "modifiers": 5, "processing notes": 0}
    assert (release.codes.count(), release.modifiers.count()) == (20, 5)
    assert outcome.is_new
    assert outcome.current == release
    assert release.loaded_at <= release.activated_at


def test_every_field_of_a_row_reaches_the_database_and_comes_back(tmp_path):
    full = {
        "PRICE1": "51",
        "CIM1": "60-9",
        "MCM1": "2049",
        "STATUTE": "1833(t)",
        "LABCERT1": "510",
        "XREF1": "J0123",
    }
    full |= {
        "MULT_PI": "A",
        "ASC_GRP": "YY",
        "ASC_DT": "20200101",
        "OPPS": "AB",
        "OPPS_PI": "1",
        "OPPS_DT": "20210101",
    }
    full |= {
        "PROCNOTE": "0088",
        "BETOS": "O1E",
        "TOS1": "1",
        "TOS2": "P",
        "ANEST_BU": "  3",
        "TERM_DT": "20301231",
    }
    path = write_text(tmp_path / "HCPC2025_OCT_ANWEB.txt", whole(record("E0105", **full), record("C9999", **NEW)))
    release = load_file(path).release
    (publication,) = load.publications([path])
    assert set(rows.stored(release)) == set(hcpcs.read(publication.members[0]))
    stored = release.codes.get(code="E0105")
    assert (stored.types_of_service, stored.anesthesia_base_units) == (["1", "P"], 3)
    assert stored.termination_date == date(2030, 12, 31)


def test_the_files_a_release_came_from_are_kept_with_their_hashes(tmp_path, october):
    notes = ("proc_notes_2025.txt", b"  0088--A NOTE.   *\r\n")
    release = load_file(write_zip(tmp_path / "october-2025-alpha-numeric-hcpcs-file.zip", october, notes)).release
    main, beside = release.files.all()
    assert (main.name, main.archive) == (october.name, "october-2025-alpha-numeric-hcpcs-file.zip")
    assert (main.size, main.rows, len(main.sha256)) == (october.stat().st_size, 25, 64)
    assert (beside.name, beside.rows) == ("proc_notes_2025.txt", 1)
    assert release.processing_notes.get().text == "A NOTE."


def test_the_same_content_again_changes_nothing(tmp_path, july, october):
    load_file(july)
    first = load_file(october)
    before = row_counts()
    again = load_file(october)
    in_a_zip = load_file(write_zip(tmp_path / "october-2025-alpha-numeric-hcpcs-file.zip", october))
    assert [again.release, in_a_zip.release] == [first.release, first.release]
    assert not again.is_new
    assert row_counts() == before


def test_the_same_rows_in_the_other_form_change_nothing(tmp_path):
    records = whole(record("C9999", **NEW))
    text = load_file(write_text(tmp_path / "HCPC2025_OCT_ANWEB.txt", records))
    book = load_file(write_workbook(tmp_path / "HCPC2025_OCT_ANWEB.xlsx", map(table_row, records)))
    assert (book.is_new, book.release) == (False, text.release)
    assert Release.objects.count() == 1


def test_the_same_content_under_another_quarter_is_refused(tmp_path, october):
    load_file(october)
    other = tmp_path / "HCPC2026_JAN_ANWEB.txt"
    other.write_bytes(october.read_bytes())
    with pytest.raises(
        Refused,
        match="has been loaded as HCPCS Level II, October 2025, and now appears as HCPCS Level II, January 2026",
    ):
        load_file(other)


def test_a_repost_becomes_the_next_revision_and_takes_the_place_of_its_quarter(october):
    load_file(october)
    records = whole(record("E0105", "Corrected words"), record("J0001"), record("C9999", **NEW))
    outcome = load_file(write_text(october, records))
    assert outcome.release.revision == 1
    assert outcome.against.title == "October 2025"
    assert states() == {"October 2025": "loaded", "October 2025, revision 1": "current"}


def test_a_repost_with_a_number_keeps_it_whenever_it_comes(tmp_path, october):
    text = whole(record("E0105", "Third words"), record("J0001"), record("C9999", **NEW))
    third = load_file(write_text(tmp_path / "HCPC2025_OCT_ANWEB_v3.txt", text))
    first = load_file(october)
    assert [third.release.revision, first.release.revision] == [3, 0]
    assert states() == {"October 2025": "loaded", "October 2025, revision 3": "current"}


def test_a_revision_given_by_hand_that_is_taken_is_refused(tmp_path, october):
    load_file(october)
    path = write_text(
        tmp_path / "HCPC2025_OCT_ANWEB_v2.txt", whole(record("E0105"), record("J0001"), record("C9999", **NEW))
    )
    with pytest.raises(Refused, match="Revision 0 of 2025Q4 is loaded already"):
        load_file(path, revision=0)
    assert load_file(path, revision=7).release.revision == 7


def test_a_newer_quarter_becomes_current_and_an_older_one_does_not(july, october):
    load_file(october)
    older = load_file(july)
    assert states() == {"October 2025": "current", "July 2025": "loaded"}
    assert older.current.title == "October 2025"


def test_any_release_of_cms_takes_the_place_of_the_starter_set(july):
    make_release("2025Q4", origin=Release.Origin.STARTER)
    load_file(july)
    assert states() == {"July 2025": "current", "Starter set": "loaded"}


def test_a_release_is_only_loaded_when_it_shall_not_be_activated(july, october):
    load_file(july)
    load_file(october, activate=False)
    assert states() == {"July 2025": "current", "October 2025": "loaded"}


def test_rolling_back_is_making_the_release_before_current(july, october):
    before, after = load_file(july).release, load_file(october).release
    load.make_current(before)
    assert states() == {"July 2025": "current", "October 2025": "loaded"}
    assert before.activated_at > after.activated_at


def test_making_the_current_release_current_leaves_its_time(october):
    release = load_file(october).release
    load.make_current(Release.objects.get(pk=release.pk))
    assert Release.objects.get(pk=release.pk).activated_at == release.activated_at


def test_changes_against_the_release_before_are_stored(july, october):
    load_file(july)
    outcome = load_file(october)
    changes = {change.code: change for change in outcome.release.changes.all()}
    assert {code: change.kind for code, change in changes.items()} == {
        "C9999": "added",
        "E0105": "revised",
        "J0001": "ended",
    }
    assert changes["E0105"].fields == {"long_descriptor": ["Long words about E0105", "Other words"]}
    assert changes["J0001"].fields == {"termination_date": [None, "2025-09-30"]}
    assert {change.against.title for change in changes.values()} == {"July 2025"}


def test_a_release_loaded_late_is_compared_with_both_its_neighbors(tmp_path, july, october):
    reworded = record("E0105", "First words", ACT_EFF_DT="20250401", ACTION_CD="C")
    load_file(write_text(tmp_path / "HCPC2025_APR_ANWEB.txt", whole(reworded)))
    after = load_file(october).release
    assert dict(after.changes.values_list("code", "against__quarter"))["J0001"] == "2025Q2"
    between = load_file(july).release
    assert list(between.changes.values_list("code", "kind")) == [("E0105", "revised"), ("J0001", "added")]
    assert list(after.changes.values_list("code", "kind", "against__quarter")) == [
        ("C9999", "added", "2025Q3"),
        ("E0105", "revised", "2025Q3"),
        ("J0001", "ended", "2025Q3"),
    ]


def test_an_incomplete_release_loaded_late_leaves_the_changes_of_the_next_alone(tmp_path, july, october):
    load_file(july)
    after = load_file(october).release
    before = list(after.changes.values_list("pk", flat=True))
    load_file(write_text(tmp_path / "HCPC2025_JUL_ANWEB_v2.txt", [record("E0105")]), allow_partial=True)
    assert list(after.changes.values_list("pk", flat=True)) == before


def test_a_dry_run_tells_the_differences_and_writes_nothing(july, october):
    load_file(july)
    before = row_counts()
    outcome = load_file(october, dry_run=True)
    assert outcome.tally == {"missing": 0, "added": 1, "revised": 1, "ended": 1, "reactivated": 0, "vanished": 0}
    assert outcome.release.pk is None
    assert outcome.against.title == "July 2025"
    assert row_counts() == before


def test_a_release_that_lost_many_codes_is_refused(tmp_path, october):
    load_file(october)
    path = write_text(tmp_path / "HCPC2026_JAN_ANWEB.txt", whole())
    with pytest.raises(Refused, match="It lacks 2 of the 24 codes and modifiers in force in October 2025"):
        load_file(path)
    assert Release.objects.count() == 1


def test_codes_that_had_ended_may_leave_the_file(tmp_path, october):
    load_file(october)
    later = whole(record("E0105", "Other words"), record("C9999", **NEW), record("J0002", **NEXT))
    outcome = load_file(write_text(tmp_path / "HCPC2026_JAN_ANWEB.txt", later))
    assert (outcome.tally["added"], outcome.tally["vanished"]) == (1, 1)
    assert outcome.release.is_current


def test_an_incomplete_release_is_loaded_when_allowed_and_never_replaces_a_complete_one(tmp_path, october):
    load_file(october)
    outcome = load_file(
        write_text(tmp_path / "HCPC2026_JAN_ANWEB.txt", [record("E0105", "New")]), allow_partial=True
    )
    assert outcome.release.partial
    assert len(outcome.doubts) == 3
    assert [change.kind for change in outcome.samples] == ["missing"] * 5 + ["revised"]
    assert states() == {"October 2025": "current", "January 2026": "loaded"}


def test_no_release_is_compared_with_an_incomplete_one(tmp_path, july, october):
    load_file(july)
    partial = [record("E0105")]
    load_file(write_text(tmp_path / "HCPC2025_JUL_ANWEB_v2.txt", partial), allow_partial=True)
    assert load_file(october).against.title == "July 2025"


def test_a_bad_row_leaves_nothing(october):
    october.write_bytes(october.read_bytes() + b"E0110 cut")
    with pytest.raises(Refused, match="line 26: not a HCPCS record"):
        load_file(october)
    assert row_counts() == [0] * 6


def test_progress_tells_the_rows_written_and_what_comes_after(october):
    told = []
    load_file(october, progress=lambda what, done, total: told.append((what, done)))
    writing = [("writing", done) for done in (4, 8, 12, 16, 20, 24, 25)]
    assert told == [*writing, ("checking", 0), ("comparing", 0)]


def stop(what: str, done: int, total: int) -> None:
    raise KeyboardInterrupt


def test_a_load_that_is_interrupted_takes_its_rows_away(july, october):
    load_file(july)
    before = row_counts()
    with pytest.raises(KeyboardInterrupt):
        load_file(october, progress=stop)
    assert row_counts() == before
    assert states() == {"July 2025": "current"}


@pytest.mark.django_db(transaction=True)
def test_a_load_that_is_killed_is_never_seen_and_the_next_one_cleans_up(july, october):
    load_file(july)

    def die_in_the_middle(what: str, done: int, total: int) -> None:
        if done > 8:
            os._exit(9)

    child = forked(lambda: load_file(october, progress=die_in_the_middle))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    until_free(IMPORT)
    assert states() == {"July 2025": "current", "October 2025": "loading"}
    assert HcpcsCode.objects.filter(release__state="loading").count() == 12
    assert Release.objects.readable().get().title == "July 2025"
    assert load_file(october).is_new
    assert states() == {"July 2025": "loaded", "October 2025": "current"}
    assert HcpcsCode.objects.filter(release__quarter="2025Q4").count() == 20


@pytest.mark.django_db(transaction=True)
def test_a_second_import_is_refused_while_one_runs(july, october):
    refusals = []

    def second() -> None:
        try:
            load_file(october)
        except Refused as reason:
            refusals.append(str(reason))
        finally:
            connection.close()

    with load.sole_import():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert refusals == ["Another import is running on this database. Wait until it is done."]
    assert load_file(july).is_new


@pytest.mark.django_db(transaction=True)
def test_an_editor_can_save_between_two_batches(october):
    level = make_level()
    saved = []

    def edit() -> None:
        Level.objects.filter(pk=level.pk).update(description=f"Edited {len(saved)}")
        connection.close()

    def in_between(what: str, done: int, total: int) -> None:
        thread = threading.Thread(target=edit)
        thread.start()
        thread.join(timeout=60)
        saved.append(thread.is_alive())

    load_file(october, progress=in_between)
    assert saved == [False] * 9


def test_a_release_that_was_never_loaded_whole_cannot_be_made_current():
    release = make_release(state=Release.State.LOADING)
    make_code(release=release)
    with pytest.raises(Refused, match="never loaded completely"):
        load.make_current(release)


def test_files_that_are_no_release_are_refused_by_name(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(Refused, match=r"No release file among notes\.txt\."):
        load.publications([tmp_path])
