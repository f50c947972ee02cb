"""Rehearsing a release: what is written, compared and kept until somebody decides."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import inbox
from catalog.importers import load, rehearsal
from catalog.importers.files import Cancelled, Refused
from catalog.models import AuditEntry, Change, ImportRun, PtpEdit, Release
from tests.edit_releases import write_mue, write_ptp
from tests.ptp_files import Edit, zip_name
from tests.rehearsals import ADA, PAIR, load_one, make_tables_small, rehearse, row_counts, states

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    make_tables_small(monkeypatch)


def test_a_rehearsed_release_has_everything_but_readers(tmp_path):
    april = load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    assert states() == {"April 2024": "current", "July 2024": "rehearsed"}
    assert july.counts == {"edits": 45, "open": 45}
    assert PtpEdit.objects.of(july).for_pair(*PAIR[:2]).exists()
    assert july.edit_codes.get(code="99213").in_first == 1
    assert july.compared_with == april
    assert july.changes.tally()["added"] == 1
    for seen in (Release.objects.readable(), Release.objects.published(), Release.objects.current()):
        assert list(seen) == [april]
    assert april.next() is None


def test_it_is_the_same_release_as_a_loaded_one(tmp_path):
    """Loaded and rehearsed from the same files, each beside the same release before it."""
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    folder = write_ptp(tmp_path / "q3", "2024Q3", PAIR)
    rehearsed = rehearse(folder)

    def told(release: Release) -> dict[str, object]:
        return {
            "fields": (release.counts, release.notice, release.partial, release.doubts, release.revision),
            "against": release.compared_with,
            "files": list(release.files.values_list("name", "archive", "sha256", "size", "rows")),
            "codes": list(release.edit_codes.values_list("code", "in_first", "in_second")),
            "changes": list(release.changes.values_list("kind", "code", "other_code", "fields", "against")),
            "rows": list(
                PtpEdit.objects.of(release)
                .order_by("file", "line")
                .values_list("column_one", "column_two", "effective_date", "rationale__text", "file__name", "line")
            ),
        }

    as_rehearsed = told(rehearsed)
    rehearsal.discard(rehearsed, by=ADA)
    assert as_rehearsed == told(load_one(folder))


def test_a_part_of_a_quarter_that_is_loaded_whole_is_measured_by_that(tmp_path):
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    load_one(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    folder = write_ptp(tmp_path / "again", "2024Q3", PAIR, parts=3)
    (folder / zip_name(part=1)).unlink()
    part = rehearse(folder)
    assert part.doubts[-1] == "It has 30 rows, and July 2024 has 45."
    assert (part.compared_with.title, part.title) == ("July 2024", "July 2024, revision 1")


def test_what_activating_an_older_quarter_changes_is_known_before(tmp_path):
    july = load_one(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    april = rehearse(write_ptp(tmp_path / "q2", "2024Q2", Edit("99214", "36415")))
    assert (april.compared_with, april.compared_after, april.compared_current) == (None, july, july)
    seen = Change.every.after_activating(april).values_list("code", "other_code", "kind")
    assert set(seen) == {("99213", "36415", "vanished"), ("99214", "36415", "added")}
    assert not july.changes.exists()
    assert not april.changes.exists()

    with CaptureQueriesContext(connection) as asked:
        rehearsal.activate(april, by=ADA)
    compared = [query["sql"] for query in asked if "catalog_ptpedit" in query["sql"]]
    assert compared == []
    july.refresh_from_db()
    found = set(july.changes.values_list("code", "other_code", "kind", "against"))
    assert {("99213", "36415", "added", april.pk), ("99214", "36415", "vanished", april.pk)} == found
    rehearsal.tidy()
    assert not Change.every.exclude(awaits=None).exists()


def test_nothing_is_known_of_it_once_it_is_discarded(tmp_path):
    load_one(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    before = row_counts()
    rehearsal.discard(rehearse(write_ptp(tmp_path / "q2", "2024Q2")), by=ADA)
    rehearsal.tidy()
    assert (row_counts(), Change.every.count()) == (before, 0)


def test_what_comes_after_it_meanwhile_makes_a_rehearsal_outdated(tmp_path):
    load_one(write_ptp(tmp_path / "q3", "2024Q3"))
    january = rehearse(write_ptp(tmp_path / "q1", "2024Q1"))
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    with pytest.raises(Refused, match="The release after it is April 2024 now, which was not compared with it"):
        rehearsal.activate(january, by=ADA)
    again = rehearse(tmp_path / "q1")
    rehearsal.activate(again, by=ADA)
    assert states()["January 2024"] == "current"


def test_what_an_import_leaves_behind_is_removed_and_rehearsed_releases_stay(tmp_path):
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    load_one(write_mue(tmp_path, "04-01-2026"))
    rehearsal.tidy()
    assert PtpEdit.objects.of(july).count() == 45
    assert states() == {"July 2024": "rehearsed"}


def test_a_rehearsal_takes_the_place_of_an_older_one_of_its_revision(tmp_path):
    rehearse(write_ptp(tmp_path / "one", "2024Q3"))
    second = rehearse(write_ptp(tmp_path / "two", "2024Q3", PAIR))
    assert list(Release.objects.all()) == [second]
    assert PtpEdit.objects.count() == 45


def test_a_rehearsal_that_is_replaced_is_on_record(tmp_path, settings, django_user_model):
    settings.INBOX = tmp_path / "inbox"
    ada, grace = (django_user_model.objects.create_user(name) for name in (ADA, "grace"))
    first, second = (
        ImportRun.objects.create(origin="upload", asked_by=by, state="rehearsed") for by in (ada, grace)
    )
    write_ptp(settings.INBOX / str(first.pk), "2024Q3")
    old = rehearse(settings.INBOX / str(first.pk), run=first)
    new = rehearse(write_ptp(tmp_path / "two", "2024Q3", PAIR), run=second)
    assert states() == {"July 2024": "rehearsed"}
    assert Release.objects.count() == 2
    assert (settings.INBOX / str(first.pk)).exists()
    rehearsal.replace_older(second, since=new.started_at)
    assert list(Release.objects.all()) == [new]
    step = AuditEntry.objects.get(action="replaced")
    assert (step.by, step.subject, step.release_number, step.run_number) == ("grace", str(old), old.pk, first.pk)
    assert (step.detail["rehearsed_again_as"], step.detail["by_import"]) == (new.pk, second.pk)
    assert str(second) in first.log.get().text
    assert not (settings.INBOX / str(first.pk)).exists()


def test_a_refused_one_leaves_the_older_rehearsal(tmp_path):
    first = rehearse(write_ptp(tmp_path / "one", "2024Q3"))
    before = row_counts()
    with pytest.raises(Refused, match="given twice"):
        rehearse(write_ptp(tmp_path / "two", "2024Q3", PAIR, PAIR))
    assert (list(Release.objects.all()), row_counts()) == ([first], before)


def test_part_of_a_quarter_does_not_replace_the_whole_of_it(tmp_path):
    run = ImportRun.objects.create(origin="upload")
    whole = rehearse(write_ptp(tmp_path / "whole", parts=3), run=run)
    before = row_counts()
    folder = write_ptp(tmp_path / "part", parts=3)
    (folder / zip_name(part=1)).unlink()
    sentence = rf"incomplete: Part f1 is missing\. .* waits for a decision, in {run}\. .* discard that one first"
    for by_import in (ImportRun.objects.create(origin="upload"), None):
        with pytest.raises(Refused, match=sentence):
            rehearse(folder, run=by_import)
    assert (list(Release.objects.all()), row_counts()) == ([whole], before)
    rehearsal.discard(whole, by=ADA)
    part = rehearse(folder)
    assert part.partial
    rehearse(tmp_path / "whole")
    assert Release.objects.get().doubts == []


def test_what_is_loaded_already_is_given_back_as_it_is(tmp_path):
    folder = write_ptp(tmp_path / "q3", "2024Q3")
    loaded = load_one(folder)
    again = rehearse(folder)
    assert (again, again.state) == (loaded, "current")


@pytest.mark.parametrize("batches", [0, 3, 8, 9, 10])
def test_a_cancelled_rehearsal_leaves_nothing(tmp_path, batches):
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    before = row_counts()
    asked = []

    def is_cancelled() -> bool:
        asked.append(True)
        return len(asked) > batches

    with pytest.raises(Cancelled):
        rehearse(write_ptp(tmp_path / "q3", "2024Q3", PAIR), is_cancelled=is_cancelled)
    rehearsal.tidy()
    assert row_counts() == before


def test_what_an_incomplete_rehearsal_lacks_is_listed(tmp_path):
    ended = Edit("99213", "36415", deletion="20240331")
    april = load_one(write_ptp(tmp_path / "q2", "2024Q2", ended))
    folder = write_ptp(tmp_path / "q3", parts=3)
    (folder / zip_name(part=3)).unlink()
    july = rehearse(folder)
    held = set(PtpEdit.objects.of(july).values_list("column_one", "column_two"))
    lacks = set(PtpEdit.objects.of(april).values_list("column_one", "column_two")) - held
    missing = july.changes.filter(kind="missing", against=april)
    assert set(missing.values_list("code", "other_code")) == lacks
    assert ("99213", "36415") in lacks
    assert july.changes.tally()["vanished"] == 0


def test_a_release_loaded_in_between_makes_a_rehearsal_outdated(tmp_path):
    load_one(write_ptp(tmp_path / "q1", "2024Q1"))
    folder = write_ptp(tmp_path / "q3", "2024Q3", PAIR)
    july = rehearse(folder)
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    sentence = "It was compared with January 2024, and the release before it is April 2024 now. Rehearse it again."
    assert rehearsal.objections(july).outdated == sentence
    with pytest.raises(Refused, match="compared with January 2024"):
        rehearsal.activate(july, by=ADA)
    again = rehearse(folder)
    assert rehearsal.objections(again) == ([], [], "")
    assert states()["July 2024"] == "rehearsed"


def test_so_does_the_same_quarter_loaded_from_other_files(tmp_path):
    july = rehearse(write_ptp(tmp_path / "one", "2024Q3", PAIR))
    load_one(write_ptp(tmp_path / "two", "2024Q3"))
    with pytest.raises(Refused, match="July 2024 has been loaded from other files since"):
        rehearsal.activate(july, by=ADA)
    again = rehearse(tmp_path / "one")
    assert again.title == "July 2024, revision 1"
    rehearsal.activate(again, by=ADA)
    assert Release.objects.current().get() == again


def test_quarters_of_one_import_are_compared_with_each_other_and_activated_in_order(tmp_path):
    run = ImportRun.objects.create(origin="upload")
    load_one(write_ptp(tmp_path / "q1", "2024Q1"))
    april = rehearse(write_ptp(tmp_path / "q2", "2024Q2", PAIR), run=run)
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3", PAIR), run=run)
    assert july.compared_with == april
    assert not july.changes.filter(code="99213").exists()
    with pytest.raises(Refused, match=r"compared with April 2024, which is rehearsed as well\. Activate that one"):
        rehearsal.activate(july, by=ADA)
    rehearsal.activate(april, by=ADA)
    rehearsal.activate(july, by=ADA)
    assert states() == {"January 2024": "pruned", "April 2024": "loaded", "July 2024": "current"}


def test_when_the_first_of_them_is_discarded_the_other_is_rehearsed_again(tmp_path):
    run = ImportRun.objects.create(origin="upload")
    april = rehearse(write_ptp(tmp_path / "q2", "2024Q2"), run=run)
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3"), run=run)
    assert july.compared_with == april
    rehearsal.discard(april, by=ADA)
    sentence = r"compared with April 2024, which is not there any more\. Rehearse it again"
    for _time in ("before its rows are removed", "after"):
        with pytest.raises(Refused, match=sentence):
            rehearsal.activate(july, by=ADA)
        rehearsal.tidy()
    assert not july.changes.exists()
    assert rehearsal.objections(rehearse(tmp_path / "q3", run=run)).outdated == ""


def test_files_of_an_import_go_when_the_last_of_its_releases_is_decided(tmp_path, settings):
    settings.INBOX = tmp_path / "inbox"
    run = ImportRun.objects.create(origin="upload", state="rehearsed")
    folder = settings.INBOX / str(run.pk)
    write_ptp(folder, "2024Q2")
    write_ptp(folder, "2024Q3")
    april, july = (rehearsal.rehearse(one, run=run) for one in load.publications([folder]))
    rehearsal.activate(april, by=ADA)
    assert folder.exists()
    rehearsal.discard(july, by=ADA)
    assert not folder.exists()


def test_files_stay_while_one_of_its_releases_was_refused_and_go_in_the_end(tmp_path, settings):
    settings.INBOX = tmp_path / "inbox"
    over = {"state": "rehearsed", "ended_at": timezone.now() - inbox.KEPT, "refused": ["It was damaged."]}
    run = ImportRun.objects.create(origin="upload", **over)
    folder = write_ptp(settings.INBOX / str(run.pk))
    (path,) = folder.glob("*f1*")
    run.files.create(name=path.name, size=1, sha256="0" * 64)
    rehearsed = rehearse(folder, run=run)
    inbox.clear_old()
    assert folder.exists()
    rehearsal.activate(rehearsed, by=ADA)
    assert folder.exists()
    inbox.clear_old()
    assert not folder.exists()


def test_a_month_of_mue_is_activated_beside_the_others(tmp_path):
    april = load_one(write_mue(tmp_path / "april", "04-01-2026"))
    july = rehearse(write_mue(tmp_path / "july", "07-01-2026"))
    assert july.compared_with == april
    rehearsal.activate(july, by=ADA)
    assert states("mue") == {"April 2026": "current", "July 2026": "current"}
