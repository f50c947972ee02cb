"""Imports from the browser that somebody cancels: while they wait, while they run, and at the very end."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from catalog import inbox, running, runs, watch
from catalog.importers import rehearsal
from catalog.importers.locks import sole_import
from catalog.models import AuditEntry, ImportRun, PtpEdit, Release
from tests.edit_releases import write_mue, write_ptp
from tests.import_runs import log, make_run, states, steps, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("small_imports")]


def test_a_run_that_waits_is_cancelled_at_once(tmp_path, ada):
    run = make_run(ada, write_ptp(tmp_path / "q3"))
    runs.begin(run)
    runs.ask_cancel(run, by="grace")
    assert run.state == "cancelled"
    running.carry_out(run.pk)  # its task is still there
    assert not Release.objects.exists()
    assert log(run) == ["grace asked to cancel it."]
    assert [step[:2] for step in steps()] == [("grace", "cancelled")]
    runs.ask_cancel(run, by="grace")
    assert len(steps()) == 1


def test_a_run_that_works_is_cancelled_and_leaves_nothing_but_its_files(tmp_path, ada):
    mue = write_mue(tmp_path / "mue", "04-01-2026").parent
    run = make_run(ada, write_ptp(tmp_path / "ptp"), mue)
    runs.begin(run)
    ImportRun.objects.filter(pk=run.pk).update(is_cancel_asked=True)
    with sole_import():  # it waits, and so learns of the wish for certain
        thread = threading.Thread(target=lambda: (running.carry_out(run.pk), connection.close()))
        thread.start()
        thread.join()
    run.refresh_from_db()
    assert (run.state, run.is_cancel_asked) == ("cancelled", False)
    assert not Release.objects.exists()
    assert len(inbox.paths(run)) == 3


def cancel_before_the_second(monkeypatch, run: ImportRun) -> list[Release]:
    """Have somebody cancel it when it has rehearsed PTP and comes to MUE. What is there then, once it was so."""
    about, rehearsed = running.Watch.about, []

    def about_and_cancel(watch, subject: str) -> None:
        about(watch, subject)
        if subject.startswith("MUE"):
            rehearsed.extend(Release.objects.order_by("pk"))
            runs.ask_cancel(run, by="grace")
            watch.pause(60)  # until it has learned of it

    monkeypatch.setattr(running.Watch, "about", about_and_cancel)
    return rehearsed


def test_a_cancelled_second_attempt_leaves_what_the_first_one_rehearsed(tmp_path, ada, monkeypatch):
    mue = write_mue(tmp_path / "mue", "04-01-2026").parent
    run = work(make_run(ada, write_ptp(tmp_path / "ptp"), mue))
    first = list(Release.objects.order_by("pk"))
    edits = PtpEdit.objects.count()
    runs.try_again(run)
    rehearsed = cancel_before_the_second(monkeypatch, run)
    running.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert [one.dataset for one in rehearsed] == ["ptp", "mue", "ptp"]
    assert list(Release.objects.order_by("pk")) == first
    assert set(states().values()) == {"rehearsed"}
    assert PtpEdit.objects.count() == edits
    assert "replaced" not in [action for _by, action, _subject in steps()]


def test_a_cancelled_import_leaves_the_rehearsal_and_the_files_of_another_one(tmp_path, ada, monkeypatch):
    folder = write_ptp(tmp_path / "ptp")
    other = work(make_run(ada, folder))
    (first,) = Release.objects.all()
    run = make_run(ada, folder, write_mue(tmp_path / "mue", "04-01-2026").parent)
    cancel_before_the_second(monkeypatch, run)
    work(run)
    assert list(Release.objects.all()) == [first]
    assert len(inbox.paths(other)) == 2
    assert not [line for line in log(other) if "takes the place" in line]


def test_an_import_that_ends_well_replaces_what_waited_before_it(tmp_path, ada):
    run = work(make_run(ada, write_ptp(tmp_path / "ptp")))
    (first,) = Release.objects.all()
    runs.try_again(run)
    running.carry_out(run.pk)
    (second,) = Release.objects.all()
    assert (second.state, second != first) == ("rehearsed", True)
    assert [action for _by, action, _subject in steps()] == ["rehearsed", "asked_again", "rehearsed", "replaced"]
    other = work(make_run(ada, tmp_path / "ptp"))
    (third,) = Release.objects.all()
    assert (third.run, inbox.paths(run)) == (other, [])


def test_a_cancelled_run_is_over_even_when_tidying_fails(tmp_path, ada, monkeypatch):
    run = make_run(ada, write_ptp(tmp_path / "ptp"))
    runs.begin(run)
    ImportRun.objects.filter(pk=run.pk).update(is_cancel_asked=True)
    monkeypatch.setattr(running, "_work", lambda *_: ImportRun.State.REHEARSED)
    monkeypatch.setattr(rehearsal.load, "remove_leftovers", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        running.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_a_wish_to_cancel_that_comes_at_the_very_end_is_heeded(tmp_path, ada, monkeypatch):
    monkeypatch.setattr(running.Watch, "_tell", lambda watch: None)  # it looked just before
    run = make_run(ada, write_mue(tmp_path / "mue", "04-01-2026").parent)
    runs.begin(run)
    record = AuditEntry.objects.record

    def cancelled_after_the_last_step(*step, **fields) -> None:
        record(*step, **fields)
        if step == ("rehearsed",):
            runs.ask_cancel(run, by="grace")
            assert [done[:2] for done in steps()] == [("ada", "rehearsed")]

    monkeypatch.setattr(running.AuditEntry.objects, "record", cancelled_after_the_last_step)
    running.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, states(), run.is_cancel_asked) == ("cancelled", {}, False)
    assert [step[:2] for step in steps()] == [("ada", "rehearsed"), ("grace", "cancelled")]


def test_a_cancelled_run_gives_up_the_releases_it_had_rehearsed(tmp_path, ada, monkeypatch):
    run = make_run(ada, write_ptp(tmp_path / "ptp"), write_mue(tmp_path / "mue", "04-01-2026").parent)
    rehearsed = cancel_before_the_second(monkeypatch, run)
    work(run)
    assert [str(one) for one in rehearsed] == ["PTP edits, practitioner, July 2024"]
    assert run.state == "cancelled"
    assert not Release.objects.exists()
    assert not PtpEdit.objects.exists()
    assert [step[:2] for step in steps()] == [("ada", "rehearsed"), ("grace", "cancelled")]


def test_a_run_cancelled_in_the_middle_is_over_before_its_rows_are_removed(tmp_path, ada, monkeypatch):
    run = make_run(ada, write_ptp(tmp_path / "ptp"))
    progress, tidy, left = watch.Watch.progress, rehearsal.tidy, []

    def cancel() -> None:
        runs.ask_cancel(ImportRun.objects.get(), by="grace")
        connection.close()

    def cancelled_at_the_second_batch(told, what: str, done: int, total: int) -> None:
        progress(told, what, done, total)
        if done > 7 and not told.is_cancelled():
            with ThreadPoolExecutor(1) as page:  # a connection of its own: this one streams rows
                page.submit(cancel).result()
            told.pause(60)  # until it has learned of it

    def look_what_is_left_before() -> None:
        left.extend([*ImportRun.objects.values_list("state", flat=True), *states().values()])
        tidy()

    monkeypatch.setattr(watch.Watch, "progress", cancelled_at_the_second_batch)
    monkeypatch.setattr(rehearsal, "tidy", look_what_is_left_before)
    work(run)
    assert left == ["cancelled", "loading"]
    assert not Release.objects.exists()
    assert not PtpEdit.objects.exists()
    assert log(run)[-1] == "Stopped. What it had written is being removed; its files are kept."
