"""Imports from the browser as pages see them: begun, tried again, settled when their worker died."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from catalog import inbox, running, runs
from catalog.importers.files import Refused
from catalog.importers.locks import sole_worker
from catalog.models import ImportRun, Release
from tests.edit_releases import write_ptp
from tests.import_runs import make_run, states, steps, work
from tests.ptp_files import Edit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("small_imports")]

PAIR = Edit("99213", "36415")


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


def test_what_its_files_are_is_not_said_otherwise_while_it_is_open(ada):
    run = ImportRun.objects.create(origin="upload", asked_by=ada, state="refused")
    ImportRun.objects.update(state="waiting", dataset="mue")  # somebody else was faster
    with pytest.raises(Refused, match="is not over yet"):
        runs.try_again(run, dataset="ptp", setting="practitioner", quarter="2024Q3")
    assert ImportRun.objects.values_list("dataset", "quarter").get() == ("mue", "")


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
