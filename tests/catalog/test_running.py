"""What the worker does with an import from the browser, here in this process."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection
from django.utils import timezone

from catalog import inbox, running, runs, worker
from catalog.importers import rehearsal
from catalog.importers.files import Cancelled, Refused
from catalog.importers.locks import sole_import
from catalog.models import AuditEntry, ImportRun, PtpEdit, Release
from catalog.watch import Watch
from tests import cms_site
from tests.edit_releases import write_mue, write_ptp
from tests.import_runs import log, make_run, states, steps, work
from tests.ptp_files import Edit, part_name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("small_imports")]

PAIR = Edit("99213", "36415")


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
    assert [(by, action) for by, action, _subject in steps()] == [("ada", "rehearsed")] * 2
    assert len(inbox.paths(run)) == 3


def test_the_log_tells_each_step_in_its_order(tmp_path, ada):
    run = work(make_run(ada, write_ptp(tmp_path / "ptp"), write_mue(tmp_path / "mue", "04-01-2026").parent))
    name, f1, f2 = (file.name for file in run.files.all())
    ptp, mue = "PTP edits, practitioner, July 2024", "MUE, practitioner, April 2026"
    assert [re.sub(r"\b\d+ KB|\d+ seconds?", "…", line).partition(", in …: ")[0] for line in log(run)] == [
        "The worker begins.",
        "Looking at the files.",
        *(f"Opened {one}, …." for one in (name, f1, f2)),
        f"Found {ptp}, in {part_name(part=1)}.TXT, {part_name(part=2)}.TXT.",
        f"Found {mue}, in {name}.",
        f"{ptp}: writing its rows, where no reader sees them.",
        f"{ptp}: 44 rows are written, in …; checking them.",
        f"{ptp}: checked, in …; comparing it with what is loaded.",
        f"{ptp} is rehearsed",
        f"{mue}: writing its rows, where no reader sees them.",
        f"{mue}: 30 rows are written, in …; checking them.",
        f"{mue}: checked, in …; comparing it with what is loaded.",
        f"{mue} is rehearsed",
    ]


def test_the_log_tells_of_waiting_and_of_another_attempt(tmp_path, ada):
    run = make_run(ada, write_mue(tmp_path / "mue", "04-01-2026").parent)
    runs.begin(run)
    thread = threading.Thread(target=lambda: (running.carry_out(run.pk), connection.close()))
    with sole_import():
        thread.start()
        while not run.log.filter(text__endswith=": waiting for another import.").exists():
            assert thread.is_alive()
    thread.join()
    runs.try_again(run)
    assert log(run)[-1] == "ada asked for it again."


def test_what_a_server_says_is_in_the_log_as_it_is(ada):
    run = ImportRun.objects.create(origin="fetch", asked_by=ada, state="fetching", started_at=timezone.now())
    with Watch(run) as watch:
        watch.progress("Waiting to try again. It answers with 503 {busy}.", 0, 0)
    assert log(run) == ["Waiting to try again. It answers with 503 {busy}."]


def test_changes_and_doubts_are_in_the_log(tmp_path, ada):
    work(make_run(ada, write_ptp(tmp_path / "q2", "2024Q2")))
    rehearsal.activate(Release.objects.get(), by="ada")
    folder = write_ptp(tmp_path / "q3", "2024Q3", PAIR, parts=3)
    next(folder.glob("*f1*")).unlink()
    run = work(make_run(ada, folder))
    assert log(run)[-1].endswith("Against April 2024: 15 missing from this file, 1 added.")
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
    ptp = "PTP edits, practitioner, July 2024"
    ((subject, reason),) = AuditEntry.objects.filter(action="refused").values_list("subject", "detail__reason")
    assert (subject, "is given twice" in reason) == (ptp, True)
    assert warning == f"{ptp} is refused. {reason}"
    assert run.refused == [f"{ptp}: {reason}"]
    rehearsal.activate(Release.objects.get(), by="ada")
    assert runs.can_try_again(run)


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
        ("ccipra-v302r0-f1.zip is damaged.", "ccipra-v302r0-f1.zip is damaged."),
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
    assert log(run)[-1] == (
        "PTP edits, practitioner, July 2024 is loaded already, with the same content. Nothing to do."
    )
    assert (run.state, inbox.paths(run)) == ("nothing_new", [])


def test_parts_of_what_is_loaded_already_are_called_parts(tmp_path, ada):
    folder = write_ptp(tmp_path / "q3", parts=4)
    work(make_run(ada, folder))
    rehearsal.activate(Release.objects.get(), by="ada")
    next(folder.glob("*f3*")).unlink()
    run = work(make_run(ada, folder))
    assert log(run)[-1] == (
        "PTP edits, practitioner, July 2024 is loaded already, from 4 files; these are 3 of them, without "
        "ccipra-v302r0-f3.TXT. Nothing to do."
    )
    assert run.state == "nothing_new"


def test_a_refused_release_beside_one_that_is_loaded_already_refuses_the_run(tmp_path, ada):
    mue = write_mue(tmp_path / "mue", "04-01-2026").parent
    work(make_run(ada, mue))
    rehearsal.activate(Release.objects.get(), by="ada")
    run = work(make_run(ada, write_ptp(tmp_path / "ptp", "2024Q3", PAIR, PAIR), mue))
    assert (run.state, runs.can_try_again(run)) == ("refused", True)


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


def test_an_import_that_was_given_up_meanwhile_stays_so_and_keeps_its_files(tmp_path, ada, monkeypatch):
    run = make_run(ada, write_ptp(tmp_path / "ptp"))

    def given_up_by_a_page(run: ImportRun, watch: running.Watch) -> str:
        runs.end(ImportRun.objects.get(), "interrupted", runs.DIED)
        return ImportRun.State.NOTHING_NEW

    monkeypatch.setattr(running, "_work", given_up_by_a_page)
    work(run)
    assert (run.state, run.reason) == ("interrupted", runs.DIED)
    assert runs.can_try_again(run)


@pytest.mark.parametrize("outcome", ["nothing_new", Cancelled(), Refused("No."), OSError("Gone.")])
def test_an_import_that_was_begun_again_meanwhile_is_left_to_who_begins_it(tmp_path, ada, monkeypatch, outcome):
    run = make_run(ada, write_ptp(tmp_path / "ptp"))

    def begun_again(run: ImportRun, watch: running.Watch) -> str:
        again = ImportRun.objects.get()
        runs.end(again, "interrupted", runs.DIED)
        runs.try_again(again)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(running, "_work", begun_again)
    with suppress(OSError):
        work(run)
    run.refresh_from_db()
    assert (run.state, run.reason, len(inbox.paths(run))) == ("waiting", "", 2)


def test_an_import_that_was_given_up_while_it_writes_ends_and_leaves_nothing_to_decide(tmp_path, ada, monkeypatch):
    run = make_run(ada, write_ptp(tmp_path / "ptp"))
    progress = running.Watch.progress

    def give_up() -> None:
        runs.end(ImportRun.objects.get(), "interrupted", runs.DIED)
        connection.close()

    def given_up_at_the_first_batch(watch, what: str, done: int, total: int) -> None:
        progress(watch, what, done, total)
        if done and not watch.is_lost:
            with ThreadPoolExecutor(1) as page:  # a connection of its own: this one streams rows
                page.submit(give_up).result()
            watch.pause(60)  # until the watch has learned of it

    monkeypatch.setattr(running.Watch, "progress", given_up_at_the_first_batch)
    work(run)
    assert (run.state, run.step) == ("interrupted", "")
    assert set(states().values()) == {"loading"}
    assert runs.can_try_again(run)


def test_a_worker_that_is_stopped_says_so_and_leaves_the_removal_to_the_next_one(tmp_path, ada, monkeypatch):
    run = make_run(ada, write_ptp(tmp_path / "ptp"))
    monkeypatch.setattr(worker.Stop, "is_asked", True)
    work(run)
    assert (run.state, run.reason) == ("interrupted", "The worker was stopped in the middle. Try again.")
    assert set(states().values()) == {"loading"}
    rehearsal.tidy()
    assert not Release.objects.exists()
