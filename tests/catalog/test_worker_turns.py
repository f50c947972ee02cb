"""The turns of the worker, here in this process: a task, and what is to be settled after it."""

import pytest
from django.db import OperationalError, connection
from django_tasks_db.models import DBTaskResult

from catalog import chores, runs, worker
from catalog.importers.locks import Lost
from catalog.models import ImportRun
from tests.edit_releases import write_mue, write_ptp
from tests.import_runs import make_run
from tests.ptp_files import Edit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("small_imports")]

PAIR = Edit("99213", "36415")


@pytest.fixture
def take_tasks(monkeypatch):
    """Does what is asked for until nothing is; then it may have lost its lock."""

    def take(*, lost: bool = False) -> None:
        def until_nothing_is() -> None:
            monkeypatch.setattr(worker.Stop, "is_asked", not DBTaskResult.objects.ready().exists())
            if lost and worker.Stop.is_asked:
                raise Lost

        worker._take_tasks(worker.one_at_a_time(), 0, until_nothing_is)

    monkeypatch.setattr(worker, "PAUSE", 0)
    monkeypatch.setattr(chores, "CHORES", ())
    return take


def locked(*, at: str):
    """A database that is locked when the first statement comes that changes an import and holds this."""
    is_over = False

    def execute_unless_locked(execute, sql, params, many, context):
        nonlocal is_over
        if (
            not is_over
            and sql.startswith(f"UPDATE {connection.ops.quote_name('catalog_importrun')}")
            and at in sql
        ):
            is_over = True
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    return connection.execute_wrapper(execute_unless_locked)


@pytest.mark.parametrize("at", ["reason", "started_at"], ids=["at its end", "at its beginning"])
def test_an_import_whose_task_failed_while_the_database_was_locked_is_ended(tmp_path, ada, take_tasks, at):
    run = make_run(ada, write_ptp(tmp_path / "ptp", "2024Q3", PAIR, PAIR))
    runs.begin(run)
    with locked(at=at):
        take_tasks()
    run.refresh_from_db()
    assert (run.state, run.reason) == ("interrupted", runs.DIED)
    assert runs.can_try_again(run)


def test_one_that_another_worker_may_be_at_is_left_to_it(tmp_path, ada, take_tasks):
    run = make_run(ada, write_ptp(tmp_path / "ptp", "2024Q3", PAIR, PAIR))
    runs.begin(run)
    with locked(at="reason"), pytest.raises(Lost):
        take_tasks(lost=True)
    run.refresh_from_db()
    assert run.state == "rehearsing"


def test_the_imports_that_wait_behind_one_are_left_waiting_until_it_is_their_turn(tmp_path, ada, take_tasks):
    first = make_run(ada, write_ptp(tmp_path / "ptp", "2024Q3", PAIR, PAIR))
    second = make_run(ada, write_mue(tmp_path / "mue", "04-01-2026").parent)
    for run in (first, second):
        runs.begin(run)
    with locked(at="reason"):
        take_tasks()
    assert list(ImportRun.objects.order_by("pk").values_list("state", flat=True)) == ["interrupted", "rehearsed"]
