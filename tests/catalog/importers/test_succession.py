"""Which release is answered from, gives way, stays, or goes when others come: small tables, made up for a test."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from catalog.importers import bulk, load, rows, verify
from catalog.importers.files import Refused
from catalog.models import Level, PtpEdit, Rationale, Release
from tests.builders import make_level, make_release
from tests.edit_releases import allow_small_tables, write_addon, write_mue, write_ptp
from tests.ptp_files import Edit

pytestmark = pytest.mark.django_db

PAIR = Edit("99213", "36415")
QUARTERS = ("2024Q1", "2024Q2", "2024Q3", "2024Q4")


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    allow_small_tables(monkeypatch)
    monkeypatch.setattr(verify, "BOUNDS", {})


def load_one(*paths, **options) -> Release:
    (publication,) = load.publications(paths)
    return load.load(publication, **options).release


def states(dataset: str = "ptp") -> dict[str, str]:
    return {one.title: one.state for one in Release.objects.filter(dataset=dataset)}


@pytest.fixture
def nothing_left(transactional_db):
    """Emptying the tables, as is done after a test with transactions of its own, drops no partition."""
    yield
    for release in Release.objects.all():
        load.remove(release)


def interrupted(*_args) -> None:
    raise KeyboardInterrupt


def test_an_interruption_after_the_flip_leaves_the_new_release_current(tmp_path, monkeypatch):
    for quarter in ("2024Q1", "2024Q2"):
        load_one(write_ptp(tmp_path / quarter, quarter))
    (publication,) = load.publications([write_ptp(tmp_path / "q3", "2024Q3", PAIR)])
    really = rows.remove
    monkeypatch.setattr(rows, "remove", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load.load(publication)
    monkeypatch.setattr(rows, "remove", really)
    assert states() == {"July 2024": "current", "April 2024": "loaded", "January 2024": "pruned"}
    current = Release.objects.current().get()
    assert PtpEdit.objects.of(current).count() == current.counts["edits"]
    load_one(write_ptp(tmp_path / "q4", "2024Q4"))
    assert set(PtpEdit.objects.values_list("release__quarter", flat=True)) == {"2024Q3", "2024Q4"}


def test_a_release_that_would_leave_nothing_current_is_not_loaded_without_being_activated(tmp_path, monkeypatch):
    monkeypatch.setattr(load, "_doubts", lambda *_: ["Made up."])
    incomplete = load_one(write_ptp(tmp_path / "part", "2024Q3"), allow_partial=True)
    monkeypatch.undo()
    allow_small_tables(monkeypatch)
    folder = write_ptp(tmp_path / "whole", "2024Q3", PAIR)
    with pytest.raises(Refused, match="Load it without --no-activate"):
        load_one(folder, activate=False)
    assert list(Release.objects.all()) == [incomplete]
    assert load_one(folder).is_current
    assert states() == {"July 2024": "current"}


def test_a_release_pruned_since_it_was_read_cannot_be_made_current(tmp_path):
    first = load_one(write_ptp(tmp_path / "q1", "2024Q1"))
    for quarter in ("2024Q2", "2024Q3"):
        load_one(write_ptp(tmp_path / quarter, quarter))
    first.state = Release.State.LOADED  # as it was when a person looked
    with pytest.raises(Refused, match="were removed"):
        load.make_current(first)
    assert states()["July 2024"] == "current"


def test_an_editor_can_save_while_two_releases_are_compared(tmp_path, monkeypatch, nothing_left):
    monkeypatch.setattr(rows, "BATCH", 2)
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    level = make_level()

    def edit() -> None:
        Level.objects.filter(pk=level.pk).update(description="Edited")
        connection.close()

    def elsewhere(action: Callable[[], None]) -> None:
        thread = threading.Thread(target=action)
        thread.start()
        thread.join(timeout=60)
        assert not thread.is_alive()

    real = load.rows.differences

    def slowly(before: Release, after: Release):
        for number, difference in enumerate(real(before, after)):
            if number == 1:
                elsewhere(edit)
            yield difference

    monkeypatch.setattr(rows, "differences", slowly)
    release = load_one(write_ptp(tmp_path / "q3", "2024Q3", PAIR, Edit("99214", "36415"), Edit("99215", "36415")))
    assert release.changes.count() == 3
    assert Level.objects.get().description == "Edited"


def test_a_pruned_release_loaded_again_keeps_what_others_changed_against_it(tmp_path):
    folders = {
        quarter: write_ptp(tmp_path / quarter, quarter, Edit("99213", f"3641{n}"))
        for n, quarter in enumerate(QUARTERS)
    }
    first, second, third, _fourth = [load_one(folder) for folder in folders.values()]
    assert states()["January 2024"] == states()["April 2024"] == "pruned"
    known = {one.pk: one.changes.count() for one in (second, third)}
    against = third.changes.first().against
    again = load_one(folders["2024Q1"])
    assert again.pk != first.pk
    assert {one.pk: one.changes.count() for one in (second, third)} == known
    assert third.changes.first().against == against
    assert second.changes.first().against == again


def test_the_release_that_answered_until_now_is_kept(tmp_path):
    second = load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    load_one(write_ptp(tmp_path / "q3", "2024Q3"))
    load.make_current(second)
    load_one(write_ptp(tmp_path / "r1", "2024Q3", PAIR, revision=1))
    assert states() == {"July 2024, revision 1": "current", "July 2024": "loaded", "April 2024": "loaded"}


def test_an_incomplete_release_replaces_an_incomplete_one(tmp_path, monkeypatch):
    monkeypatch.setattr(load, "_doubts", lambda *_: ["Made up."])
    load_one(write_ptp(tmp_path / "one", "2024Q3"), allow_partial=True)
    load_one(write_ptp(tmp_path / "two", "2024Q3", PAIR), allow_partial=True)
    assert states() == {"July 2024": "current"}


def test_a_table_posted_again_for_the_next_quarter_is_that_quarters_once_somebody_accepts_it(tmp_path):
    table = write_mue(tmp_path, "04-01-2026")
    load_one(table)
    again = table.rename(tmp_path / table.name.replace("04-01", "07-01"))
    with pytest.raises(Refused, match="Byte for byte its file is that of April 2026, which is loaded"):
        load_one(again)
    assert states("mue") == {"April 2026": "current"}
    accepted = load_one(again, allow_partial=True)
    assert (accepted.quarter, accepted.state, accepted.changes.count()) == ("2026Q3", "current", 0)
    assert states("mue") == {"April 2026": "current", "July 2026": "current"}


def test_a_refused_table_leaves_no_rationale(tmp_path):
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    before = set(Rationale.objects.values_list("text", flat=True))
    folder = write_ptp(tmp_path / "q3", "2024Q3", PAIR._replace(rationale="Never seen"), PAIR)
    with pytest.raises(Refused):
        load_one(folder)
    assert set(Rationale.objects.values_list("text", flat=True)) == before


def test_a_table_with_hundreds_of_rationales_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_RATIONALES", 3)
    odd = [Edit("99213", f"3641{n}", rationale=f"Reason {n}") for n in range(4)]
    with pytest.raises(Refused, match="more than 3 different rationales"):
        load_one(write_ptp(tmp_path / "q3", "2024Q3", *odd))
    assert not Rationale.objects.exists()


@pytest.mark.postgres
def test_a_table_that_somebody_reads_for_long_is_left_to_the_next_run(tmp_path, monkeypatch, nothing_left):
    monkeypatch.setattr(bulk, "LOCK_TIMEOUT", "50ms")
    oldest = load_one(write_ptp(tmp_path / "q1", "2024Q1"))
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    reader = connection.copy()
    with reader.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"SELECT COUNT(*) FROM {bulk.partition(oldest)}")
        assert load_one(write_ptp(tmp_path / "q3", "2024Q3")).is_current
        assert PtpEdit.objects.of(oldest).exists()
        cursor.execute("ROLLBACK")
    reader.close()
    load_one(write_addon(tmp_path, "2025Q4"))
    assert not PtpEdit.objects.of(oldest).exists()
    assert states() == {"July 2024": "current", "April 2024": "loaded", "January 2024": "pruned"}


def test_a_quarter_of_mue_is_answered_again_when_the_starter_set_gives_way(tmp_path):
    july = load_one(write_mue(tmp_path, "07-01-2024"))
    starter = make_release("2024Q3", dataset="mue", setting="practitioner", origin="starter", current=False)
    load.make_current(starter)
    assert not Release.objects.current().filter(pk=july.pk).exists()
    load_one(write_mue(tmp_path, "04-01-2026"))
    current = Release.objects.current().filter(dataset="mue")
    assert {(one.quarter, one.is_starter) for one in current} == {("2024Q3", False), ("2026Q2", False)}


def test_a_file_loaded_in_part_under_a_wrong_name_can_be_loaded_under_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(load, "_doubts", lambda *_: ["Made up."])
    load_one(write_ptp(tmp_path / "q3", "2024Q3"), allow_partial=True)
    renamed = write_ptp(tmp_path / "q4", "2024Q3", setting="outpatient_hospital")
    assert load_one(renamed, allow_partial=True).setting == "outpatient_hospital"
