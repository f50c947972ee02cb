"""The folder of the files of imports: what goes from it after two weeks, and what does not."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from catalog import inbox
from catalog.models import ImportRun
from tests.builders import make_release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inbox")]

LONG_AGO = timezone.now() - inbox.KEPT - timedelta(hours=1)


def make_run(state: str = "refused", **fields: object) -> ImportRun:
    """An import that ended long ago, with a file in its folder that is not on record, as a fetch leaves it."""
    run = ImportRun.objects.create(**{"origin": "fetch", "state": state, "ended_at": LONG_AGO} | fields)
    make_folder(inbox.inbox_of(run))
    return run


def make_folder(folder: Path, *, is_old: bool = True) -> Path:
    folder.mkdir(parents=True)
    (folder / "ccipra-v302r0-f3.zip.part").write_bytes(b"PK")
    if is_old:
        os.utime(folder, (LONG_AGO.timestamp(),) * 2)
    return folder


@pytest.mark.parametrize("state", ["refused", "interrupted", "cancelled", "nothing_new"])
def test_files_that_are_not_on_record_go_as_well(state):
    run = make_run(state)
    inbox.clear_old()
    assert not inbox.inbox_of(run).exists()


def test_files_stay_of_what_ended_lately_or_goes_on_or_waits_for_a_decision():
    lately = make_run(ended_at=timezone.now() - inbox.KEPT + timedelta(hours=1))
    open_ones = [make_run(state, ended_at=LONG_AGO) for state in ImportRun.OPEN]
    undecided = make_run("rehearsed")
    make_release("2026Q1", current=False, state="rehearsed", run=undecided)
    inbox.clear_old()
    assert all(inbox.inbox_of(run).exists() for run in (lately, *open_ones, undecided))


def test_files_stay_of_an_import_that_somebody_has_tried_again_in_this_moment():
    run = make_run("nothing_new")
    ImportRun.objects.update(state="waiting")
    inbox.clear_if_decided(run)
    assert inbox.inbox_of(run).exists()
    ImportRun.objects.update(state="nothing_new")
    inbox.clear_if_decided(run)
    assert not inbox.inbox_of(run).exists()


def test_files_whose_folder_somebody_has_removed_are_no_longer_called_kept():
    run = ImportRun.objects.create(origin="upload", state="refused", ended_at=LONG_AGO)
    run.files.create(name="a.zip", size=1, sha256="0" * 64)
    inbox.clear_old()
    assert not run.files.get().is_kept


def test_a_folder_of_an_import_that_is_not_there_any_more_goes_once_it_is_old(settings):
    old = make_folder(settings.INBOX / "1000")
    young = make_folder(settings.INBOX / "1001", is_old=False)  # its import may be written in this moment
    others = [make_folder(settings.INBOX / name) for name in ("notes", "01", "-1", "1" * 30)]
    inbox.clear_old()
    assert not old.exists()
    assert all(folder.exists() for folder in (young, *others))


def test_an_inbox_that_nobody_has_made_yet_holds_nothing_old():
    inbox.clear_old()


def test_however_many_folders_lie_there_two_questions_are_asked(django_assert_num_queries):
    for _ in range(5):
        make_run(ended_at=timezone.now())
    with django_assert_num_queries(2):
        inbox.clear_old()
