"""Imports from the browser: begun, worked on, cancelled, settled. The worker's part is done in this process."""

import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from catalog import inbox, running, runs, worker
from catalog.importers import bulk, load, rehearsal
from catalog.importers.files import Refused
from catalog.importers.locks import sole_import, sole_worker
from catalog.models import AuditEntry, ImportRun, PtpEdit, Release
from tests import cms_site
from tests.edit_releases import allow_small_tables, write_mue, write_ptp
from tests.ptp_files import Edit

pytestmark = pytest.mark.django_db(transaction=True)

PAIR = Edit("99213", "36415")


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    allow_small_tables(monkeypatch)
    monkeypatch.setattr(bulk, "BATCH", 7)
    monkeypatch.setattr(bulk, "COPY_BATCH", 7)
    monkeypatch.setattr(running, "TOLD_EVERY", 0.01)


@pytest.fixture(autouse=True)
def no_partitions_left():
    yield
    for release in Release.objects.all():
        load.remove(release)


@pytest.fixture(autouse=True)
def own_inbox(settings, tmp_path):
    settings.INBOX = tmp_path / "inbox"


@pytest.fixture
def ada(django_user_model):
    return django_user_model.objects.create_user("ada")


def make_run(user, *folders: Path, **fields) -> ImportRun:
    """An import with the files of these folders in its inbox."""
    run = ImportRun.objects.create(**{"origin": "upload", "asked_by": user} | fields)
    into = runs.inbox_of(run)
    into.mkdir(parents=True)
    for path in sorted(path for folder in folders for path in folder.iterdir()):
        shutil.copy(path, into)
        run.files.create(name=path.name, size=path.stat().st_size, sha256="0" * 64)
    return run


def work(run: ImportRun) -> ImportRun:
    """What the worker does once the import is begun."""
    runs.begin(run)
    running.carry_out(run.pk)
    run.refresh_from_db()
    return run


def log(run: ImportRun, *, warnings: bool = False) -> list[str]:
    return list(run.log.filter(is_warning=warnings).values_list("text", flat=True))


def steps() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("by", "action", "subject"))


def states() -> dict[str, str]:
    return {str(one): one.state for one in Release.objects.all()}


def test_every_release_of_an_import_is_rehearsed_and_told(tmp_path, ada):
    run = make_run(ada, write_ptp(tmp_path / "ptp"), write_mue(tmp_path / "mue", "04-01-2026").parent)
    work(run)
    assert (run.state, run.reason, run.step) == ("rehearsed", "", "")
    assert run.started_at <= run.ended_at
    assert states() == {
        "PTP edits, practitioner, July 2024": "rehearsed",
        "MUE, practitioner, April 2026": "rehearsed",
    }
    assert {one.run for one in Release.objects.all()} == {run}
    assert [line.partition(" is rehearsed in ")[0] for line in log(run)] == [
        "PTP edits, practitioner, July 2024",
        "MUE, practitioner, April 2026",
    ]
    assert [(by, action) for by, action, _subject in steps()] == [("ada", "rehearsed")] * 2
    assert len(inbox.paths(run)) == 3


def test_changes_and_doubts_are_in_the_log(tmp_path, ada):
    work(make_run(ada, write_ptp(tmp_path / "q2", "2024Q2")))
    rehearsal.activate(Release.objects.get(), by="ada")
    folder = write_ptp(tmp_path / "q3", "2024Q3", PAIR, parts=3)
    next(folder.glob("*f1*")).unlink()
    run = work(make_run(ada, folder))
    assert log(run)[0].endswith("Against April 2024: 1 added.")
    assert log(run, warnings=True)[0] == "PTP edits, practitioner, July 2024: Part f1 is missing."


def test_what_a_run_says_of_itself_grows_while_it_works(tmp_path, ada, monkeypatch):
    told, whole = [], running.Watch._tell

    def noted(watch) -> None:
        whole(watch)
        told.append(ImportRun.objects.values_list("state", "step", "done", "total").get())

    monkeypatch.setattr(running.Watch, "_tell", noted)
    run = make_run(ada, write_ptp(tmp_path / "ptp"))
    runs.begin(run)
    with sole_import():  # so that there is time to tell
        worker_thread = threading.Thread(target=lambda: (running.carry_out(run.pk), connection.close()))
        worker_thread.start()
        while not told or not told[-1][1].endswith("Waiting for another import"):
            assert worker_thread.is_alive()
    worker_thread.join()
    assert told[-1][:2] == ("rehearsing", "PTP edits, practitioner, July 2024: Comparing")
    assert ImportRun.objects.get().state == "rehearsed"


def test_a_damaged_file_refuses_the_run_with_its_reason_and_leaves_nothing(tmp_path, ada):
    folder = write_ptp(tmp_path / "ptp", "2024Q3", PAIR, PAIR)
    run = work(make_run(ada, folder))
    assert run.state == "refused"
    assert "the edit of 99213 and 36415 is given twice" in run.reason
    assert not Release.objects.exists()
    assert not PtpEdit.objects.exists()
    assert steps()[0][:2] == ("ada", "refused")
    assert AuditEntry.objects.get().detail["reason"] == run.reason


def test_one_damaged_release_does_not_keep_the_others(tmp_path, ada):
    mue = write_mue(tmp_path / "mue", "04-01-2026").parent
    run = work(make_run(ada, write_ptp(tmp_path / "ptp", "2024Q3", PAIR, PAIR), mue))
    assert (run.state, states()) == ("rehearsed", {"MUE, practitioner, April 2026": "rehearsed"})
    (warning,) = log(run, warnings=True)
    assert warning.startswith("PTP edits, practitioner, July 2024 is refused. ")


def test_files_that_say_nothing_are_refused(tmp_path, ada):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "notes.txt").write_text("x")
    assert work(make_run(ada, tmp_path / "files")).reason == (
        "No release file among notes.txt. For a file whose name has lost it, give the dataset and the quarter."
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            "X does not say what it is. Give --dataset, as in --dataset hcpcs.",
            "X does not say what it is. Give the dataset.",
        ),
        ("--quarter is for one release, and these are two.", "The quarter is for one release, and these are two."),
        ("If it is of 2026Q2, give --quarter 2026Q2.", "If it is of 2026Q2, give the quarter 2026Q2."),
        ("HCPC2025_JUL_ANWEB.txt is damaged.", "HCPC2025_JUL_ANWEB.txt is damaged."),
    ],
)
def test_advice_for_a_command_is_said_in_the_words_of_the_form(told, said):
    assert running.at_the_desk(told) == said


def test_a_quarter_is_fetched_and_rehearsed(tmp_path, ada, settings):
    with cms_site.running() as site:
        settings.CMS_ADDRESS = site.url
        for path in write_ptp(tmp_path / "ptp", parts=4).iterdir():
            site.put(f"/files/zip/{path.name}", cms_site.serve(path.read_bytes()))
        asked = {"origin": "fetch", "dataset": "ptp", "setting": "practitioner", "quarter": "2024Q3"}
        run = work(make_run(ada, **asked))
        assert run.state == "refused"
        assert "license" in run.reason
        assert site.asked == []
        ImportRun.objects.update(license_accepted_at=timezone.now())
        run.refresh_from_db()
        work(run)
    assert (run.state, states()) == ("rehearsed", {"PTP edits, practitioner, July 2024": "rehearsed"})
    first = run.files.first()
    assert first.address == f"{site.url}/files/zip/{first.name}"
    assert (len(first.sha256), first.size) == (64, inbox.paths(run)[0].stat().st_size)
    assert [action for _by, action, _subject in steps()] == ["refused", "fetched", "rehearsed"]


def test_a_quarter_that_is_not_there_is_refused(ada, settings):
    with cms_site.running() as site:
        settings.CMS_ADDRESS = site.url
        run = work(make_run(ada, origin="fetch", dataset="hcpcs", quarter="2025Q4"))
    assert run.state == "refused"
    assert "There is no such file at the addresses CMS usually gives this quarter" in run.reason


def test_what_is_loaded_already_is_said_and_its_files_go(tmp_path, ada):
    folder = write_ptp(tmp_path / "q3")
    work(make_run(ada, folder))
    rehearsal.activate(Release.objects.get(), by="ada")
    run = work(make_run(ada, folder))
    assert log(run) == [
        "PTP edits, practitioner, July 2024 is loaded already, with the same content. Nothing to do."
    ]
    assert (run.state, inbox.paths(run)) == ("rehearsed", [])


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
        thread.join(20)
        assert not thread.is_alive()
    run.refresh_from_db()
    assert (run.state, run.is_cancel_asked) == ("cancelled", False)
    assert not Release.objects.exists()
    assert len(inbox.paths(run)) == 3


def test_a_cancelled_second_attempt_leaves_what_the_first_one_rehearsed(tmp_path, ada, monkeypatch):
    run = work(make_run(ada, write_ptp(tmp_path / "ptp")))
    first = Release.objects.get()
    runs.try_again(run)
    ImportRun.objects.filter(pk=run.pk).update(is_cancel_asked=True)
    monkeypatch.setattr(running, "_work", lambda *_: [])
    running.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert list(Release.objects.all()) == [first]
    assert states() == {"PTP edits, practitioner, July 2024": "rehearsed"}


def test_a_cancelled_run_is_over_even_when_tidying_fails(tmp_path, ada, monkeypatch):
    run = make_run(ada, write_ptp(tmp_path / "ptp"))
    runs.begin(run)
    ImportRun.objects.filter(pk=run.pk).update(is_cancel_asked=True)
    monkeypatch.setattr(running, "_work", lambda *_: [])
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
    about, rehearsed = running.Watch.about, []

    def cancelled_before_the_second(watch, subject: str) -> None:
        about(watch, subject)
        if subject.startswith("MUE"):
            rehearsed.extend(Release.objects.all())
            runs.ask_cancel(run, by="grace")
            watch._tell()

    monkeypatch.setattr(running.Watch, "about", cancelled_before_the_second)
    work(run)
    assert [str(one) for one in rehearsed] == ["PTP edits, practitioner, July 2024"]
    assert run.state == "cancelled"
    assert not Release.objects.exists()
    assert not PtpEdit.objects.exists()
    assert [step[:2] for step in steps()] == [("ada", "rehearsed"), ("grace", "cancelled")]


def test_a_run_is_tried_again_from_the_files_that_are_kept(tmp_path, ada):
    run = make_run(ada, write_ptp(tmp_path / "ptp"))
    ImportRun.objects.filter(pk=run.pk).update(state="interrupted", reason="Died")
    runs.try_again(run)
    assert (run.state, run.reason) == ("waiting", "")
    with pytest.raises(Refused, match="is not over yet"):
        runs.try_again(run)
    running.carry_out(run.pk)
    inbox.clear(run)
    with pytest.raises(Refused, match=r"files of Import \d+ are not kept any more"):
        runs.try_again(run)


def test_one_that_the_worker_is_at_is_not_begun_again(ada):
    run = ImportRun.objects.create(origin="upload", asked_by=ada)
    ImportRun.objects.update(state="rehearsing", step="Checking")
    with pytest.raises(Refused, match="is not over yet"):
        runs.begin(run)
    assert ImportRun.objects.values_list("state", "step").get() == ("rehearsing", "Checking")
    assert not DBTaskResult.objects.exists()


def test_one_that_is_begun_again_while_a_page_settles_goes_on_waiting(ada):
    run = ImportRun.objects.create(origin="upload", asked_by=ada, state="rehearsing")
    is_begun = False

    def settled_and_begun_elsewhere(execute, sql, params, many, context):
        nonlocal is_begun
        if sql.startswith("UPDATE") and not is_begun:
            is_begun = True
            runs.end(run, "interrupted", runs.DIED)
            runs.begin(run)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(settled_and_begun_elsewhere):
        runs.settle()
    assert is_begun
    run.refresh_from_db()
    assert run.state == "waiting"


def test_a_rehearsed_run_is_rehearsed_again_in_place_of_itself(tmp_path, ada):
    run = work(make_run(ada, write_ptp(tmp_path / "ptp")))
    first = Release.objects.get()
    runs.try_again(run)
    running.carry_out(run.pk)
    assert Release.objects.get().pk != first.pk
    assert states() == {"PTP edits, practitioner, July 2024": "rehearsed"}


def test_whether_a_worker_lives_is_known_from_its_lock():
    assert not runs.worker_is_alive()
    with sole_worker():
        assert runs.worker_is_alive()
    assert not runs.worker_is_alive()


def test_a_run_whose_worker_died_is_interrupted_and_one_that_has_a_worker_is_not(tmp_path, ada):
    run = make_run(ada, write_ptp(tmp_path / "ptp"), state="rehearsing")
    with sole_worker():
        runs.settle()
    run.refresh_from_db()
    assert run.state == "rehearsing"
    runs.settle()
    run.refresh_from_db()
    assert (run.state, run.reason) == ("interrupted", runs.DIED)
    assert [step[:2] for step in steps()] == [("worker", "interrupted")]


def test_a_run_that_waits_for_a_worker_goes_on_waiting(tmp_path, ada):
    run = make_run(ada, write_ptp(tmp_path / "ptp"))
    runs.begin(run)
    runs.settle()
    runs.settle_all()
    run.refresh_from_db()
    assert run.state == "waiting"


@pytest.mark.parametrize("moment", range(1, 5))
def test_one_that_is_begun_while_a_worker_settles_goes_on_waiting(ada, moment):
    run = ImportRun.objects.create(origin="upload", asked_by=ada, state="interrupted")
    seen = []

    def begin_before(execute, sql, params, many, context):
        seen.append(sql)
        if len(seen) == moment:
            runs.begin(run)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(begin_before):
        runs.settle_all()
    run.refresh_from_db()
    assert run.state == ("waiting" if len(seen) >= moment else "interrupted")


def test_one_whose_task_was_lost_does_not(tmp_path, ada):
    run = make_run(ada, write_ptp(tmp_path / "ptp"))
    runs.begin(run)
    DBTaskResult.objects.update(status="RUNNING")  # a worker took it, and died before it began
    runs.settle_all()
    run.refresh_from_db()
    assert run.state == "interrupted"
    assert not DBTaskResult.objects.running().exists()


def test_pages_ask_little_to_settle_when_nothing_runs(django_assert_num_queries):
    with django_assert_num_queries(1):
        runs.settle()


def test_files_that_nobody_came_back_to_are_removed(tmp_path, ada):
    run = work(make_run(ada, write_ptp(tmp_path / "ptp", "2024Q3", PAIR, PAIR)))
    inbox.clear_old()
    assert len(inbox.paths(run)) == 2
    ImportRun.objects.update(ended_at=timezone.now() - inbox.KEPT - timedelta(days=1))
    inbox.clear_old()
    assert not runs.inbox_of(run).exists()
    assert not runs.can_try_again(run)


def test_an_unexpected_error_ends_the_run_and_is_not_swallowed(tmp_path, ada, monkeypatch):
    run = make_run(ada, write_ptp(tmp_path / "ptp"))
    monkeypatch.setattr(running.load, "publications", lambda *_: 1 / 0)
    runs.begin(run)
    with pytest.raises(ZeroDivisionError):
        running.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == "interrupted"
    what = "ZeroDivisionError, division by zero"
    assert run.reason == f"Something unexpected ended it ({what}). The server's log says more."


def test_a_worker_that_is_stopped_says_so(tmp_path, ada, monkeypatch):
    run = make_run(ada, write_ptp(tmp_path / "ptp"))
    monkeypatch.setattr(worker.Stop, "is_asked", True)
    work(run)
    assert (run.state, run.reason) == ("interrupted", "The worker was stopped in the middle. Try again.")
    assert not Release.objects.exists()
