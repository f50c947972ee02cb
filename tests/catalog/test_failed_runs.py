"""Imports that failed need attention until they are mended, and no longer."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog import failed_runs
from catalog.models import AuditEntry, ImportRun, Release
from tests.builders import make_release
from tests.catalog.views.page import words
from tests.desk import data_manager, editor, make_run

pytestmark = pytest.mark.django_db

OCTOBER = {"dataset": "hcpcs", "quarter": "2025Q4"}


def failed(**fields: object) -> ImportRun:
    return make_run(**{"state": "refused", "ended_at": timezone.now(), "reason": "It is damaged."} | fields)


def loaded(quarter: str = "2025Q4", after: int = 1, **fields: object) -> Release:
    """A release that was loaded so many minutes from now."""
    return make_release(quarter, loaded_at=timezone.now() + timedelta(minutes=after), **fields)


@pytest.mark.parametrize("state", ["refused", "interrupted"])
def test_what_failed_is_told_of_for_two_weeks(state):
    run = failed(state=state)
    assert failed_runs.unmended() == [run]
    ImportRun.objects.update(asked_at=timezone.now() - timedelta(days=15))
    assert failed_runs.unmended() == []


@pytest.mark.parametrize("state", ["waiting", "rehearsing", "rehearsed", "nothing_new", "cancelled"])
def test_what_is_under_way_or_came_to_a_good_end_is_not(state):
    failed(state=state)
    assert failed_runs.unmended() == []


def test_an_import_some_of_whose_releases_were_refused_is_told_of():
    run = failed(state="rehearsed", refused=["Line 3 is cut off."], reason="")
    assert failed_runs.unmended() == [run]


def test_it_is_mended_once_the_quarter_that_was_asked_for_is_loaded():
    run = failed(**OCTOBER)
    loaded("2025Q3", current=False)
    loaded("2025Q4", after=-1, current=False)
    assert failed_runs.unmended() == [run]
    Release.objects.filter(quarter="2025Q4").delete()
    loaded("2025Q4")
    assert failed_runs.unmended() == []


def test_a_release_that_is_only_rehearsed_mends_nothing():
    run = failed(**OCTOBER)
    loaded("2025Q4", state=Release.State.REHEARSED)
    assert failed_runs.unmended() == [run]


def test_where_nobody_said_what_files_were_their_names_tell_that_they_are_loaded():
    run = failed()
    for name in ("october.zip", "notes.txt"):
        run.files.create(name=name, size=1, sha256="0" * 64)
    release = loaded()
    release.files.create(name="HCPC2025_OCT_ANWEB.txt", archive="october.zip", size=1, sha256="1" * 64)
    assert failed_runs.unmended() == [run]
    release.files.create(name="notes.txt", size=1, sha256="2" * 64)
    assert failed_runs.unmended() == []


def test_a_data_manager_dismisses_what_is_to_stay_as_it_is_and_the_audit_log_says_who():
    manager, run = data_manager(), failed()
    address = reverse("admin:dismiss_import", args=[run.pk])
    assert 'id="dismiss"' in manager.get(run.get_absolute_url()).content.decode()
    assert f"{run} is dismissed" in words(manager.post(address, follow=True))
    assert failed_runs.unmended() == []
    assert 'id="dismiss"' not in manager.get(run.get_absolute_url()).content.decode()
    manager.post(address)
    step = AuditEntry.objects.get()
    assert (step.action, step.by, step.run_number) == ("dismissed", "dana", run.pk)
    assert editor().post(address).status_code == 403


def test_one_that_fails_again_after_it_was_dismissed_is_told_of_again():
    run = failed()
    AuditEntry.objects.record("dismissed", by="dana", run=run)
    assert failed_runs.unmended() == []
    ImportRun.objects.update(ended_at=timezone.now() + timedelta(minutes=1))
    assert failed_runs.unmended() == [run]


def test_however_many_failed_a_few_questions_are_asked(django_assert_num_queries):
    for number in range(5):
        failed().files.create(name=f"{number}.zip", size=1, sha256="0" * 64)
        loaded(f"202{number}Q1", current=False)
    # The imports and their files, what was loaded and its files, who dismissed what.
    with django_assert_num_queries(5):
        assert len(failed_runs.unmended()) == 5
