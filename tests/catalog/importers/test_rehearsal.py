"""Rehearsing a release, and deciding on it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.db import connection

from catalog.importers import bulk, load, rehearsal
from catalog.importers.files import Cancelled, Refused
from catalog.models import AuditEntry, Change, EditCode, GoldenPair, ImportRun, PtpEdit, Release, ReleaseFile
from tests.edit_releases import allow_small_tables, write_mue, write_ptp
from tests.ptp_files import Edit, zip_name

pytestmark = pytest.mark.django_db

PAIR = Edit("99213", "36415")
ADA = "ada"


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    allow_small_tables(monkeypatch)
    monkeypatch.setattr(bulk, "BATCH", 7)
    monkeypatch.setattr(bulk, "COPY_BATCH", 7)


def publication(*paths: Path):
    (found,) = load.publications(paths)
    return found


def load_one(*paths: Path) -> Release:
    return load.load(publication(*paths)).release


def rehearse(*paths: Path, **options) -> Release:
    return rehearsal.rehearse(publication(*paths), **options)


def states(dataset: str = "ptp") -> dict[str, str]:
    return {one.title: one.state for one in Release.objects.filter(dataset=dataset)}


def steps() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("by", "action", "subject"))


def row_counts() -> list[int]:
    return [model.objects.count() for model in (Release, ReleaseFile, PtpEdit, EditCode, Change)]


def just_before_it_is_published(meanwhile: Callable[[], object]) -> AbstractContextManager[None]:
    """Do something when all objections were looked at, and the transaction that publishes is about to begin."""
    is_done = False

    def first(execute, sql, params, many, context):
        nonlocal is_done
        if sql.startswith("SAVEPOINT") and not is_done:
            is_done = True
            meanwhile()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(first)


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


def test_activating_publishes_and_prunes_as_loading_does(tmp_path):
    for quarter in ("2024Q1", "2024Q2"):
        load_one(write_ptp(tmp_path / quarter, quarter))
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    rehearsal.activate(july, by=ADA, note="Looked at twice")
    assert states() == {"January 2024": "pruned", "April 2024": "loaded", "July 2024": "current"}
    assert july.is_current
    assert july.loaded_at <= july.activated_at
    assert steps() == [
        (ADA, "activated", "PTP edits, practitioner, July 2024"),
        (ADA, "pruned", "PTP edits, practitioner, January 2024"),
    ]
    activated = AuditEntry.objects.get(action="activated")
    assert (activated.note, activated.release_number) == ("Looked at twice", july.pk)
    assert activated.detail["before"] == "April 2024"
    assert len(activated.detail["files"]) == 2
    rehearsal.tidy()
    assert set(PtpEdit.objects.values_list("release__quarter", flat=True)) == {"2024Q2", "2024Q3"}


def test_a_loaded_release_is_gone_back_to_and_forward_again(tmp_path):
    april = load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    july = load_one(write_ptp(tmp_path / "q3", "2024Q3"))
    rehearsal.activate(april, by=ADA, note="Wrong pairs")
    assert states() == {"April 2024": "current", "July 2024": "loaded"}
    rehearsal.activate(july, by=ADA)
    assert states() == {"April 2024": "loaded", "July 2024": "current"}
    assert [action for _by, action, _subject in steps()] == ["rolled_back", "activated"]


def test_activating_what_is_current_writes_nothing(tmp_path):
    july = load_one(write_ptp(tmp_path / "q3", "2024Q3"))
    rehearsal.activate(july, by=ADA)
    assert steps() == []


def test_an_older_quarter_becomes_current_when_somebody_says_so(tmp_path):
    july = load_one(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    april = rehearse(write_ptp(tmp_path / "q2", "2024Q2"))
    rehearsal.activate(april, by=ADA)
    assert states() == {"April 2024": "current", "July 2024": "loaded"}
    july.refresh_from_db()
    assert july.compared_with == april
    assert july.changes.filter(code="99213", kind="added").exists()


def test_discarding_leaves_nothing_but_a_line_in_the_audit_log(tmp_path):
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    before = row_counts()
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    rehearsal.discard(july, by=ADA, note="Not yet")
    rehearsal.tidy()
    assert row_counts() == before
    assert steps() == [(ADA, "discarded", "PTP edits, practitioner, July 2024")]
    with pytest.raises(Refused, match="is not there any more"):
        rehearsal.discard(july, by=ADA)
    with pytest.raises(Refused, match="is not there any more"):
        rehearsal.activate(july, by=ADA)


def test_a_discarded_release_cannot_be_activated_before_its_rows_are_gone_either(tmp_path):
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3"))
    rehearsal.discard(july, by=ADA)
    with pytest.raises(Refused, match="never loaded completely"):
        rehearsal.activate(july, by=ADA)


def test_a_release_that_was_activated_cannot_be_discarded(tmp_path):
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3"))
    rehearsal.activate(Release.objects.get(pk=july.pk), by=ADA)
    with pytest.raises(Refused, match="does not wait for a decision any more"):
        rehearsal.discard(july, by=ADA)
    assert states() == {"July 2024": "current"}


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


def test_a_refused_one_leaves_the_older_rehearsal(tmp_path):
    first = rehearse(write_ptp(tmp_path / "one", "2024Q3"))
    before = row_counts()
    with pytest.raises(Refused, match="given twice"):
        rehearse(write_ptp(tmp_path / "two", "2024Q3", PAIR, PAIR))
    assert (list(Release.objects.all()), row_counts()) == ([first], before)


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


def test_doubts_are_kept_and_stand_in_the_way_until_they_are_accepted(tmp_path):
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    folder = write_ptp(tmp_path / "q3", parts=3)
    (folder / zip_name(part=1)).unlink()
    july = rehearse(folder)
    (missing, few) = rehearsal.objections(july).doubts
    assert missing == "Part f1 is missing."
    assert few == "It has 29 rows, and April 2024 has 44."
    with pytest.raises(Refused, match=r"looks incomplete: Part f1 is missing\. "):
        rehearsal.activate(july, by=ADA)
    assert states() == {"April 2024": "current", "July 2024": "rehearsed"}
    rehearsal.activate(july, by=ADA, accept_doubts=True)
    assert states() == {"April 2024": "loaded", "July 2024": "current"}
    assert AuditEntry.objects.get(action="activated").detail["doubts"] == [missing, few]


def test_a_golden_pair_answered_wrongly_does_not_refuse_a_rehearsal_but_blocks_it(tmp_path):
    known = {"column_one": "99213", "column_two": "36415", "day": "2024-07-15"}
    pair = GoldenPair.objects.create(setting="practitioner", expected=GoldenPair.Expected.NONE, **known)
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    (failure,) = rehearsal.objections(july).golden
    assert failure.startswith("99213 and 36415 on 2024-07-15")
    with pytest.raises(Refused, match=r"answers 1 golden pair wrongly\. 99213 and 36415"):
        rehearsal.activate(july, by=ADA, accept_doubts=True)
    pair.delete()
    rehearsal.activate(july, by=ADA)
    assert july.is_current


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
    with pytest.raises(Refused, match="the release before it is no release now"):
        rehearsal.activate(july, by=ADA)


def test_a_second_person_activates_where_the_site_wants_it(tmp_path, settings, django_user_model):
    settings.SECOND_PERSON = True
    run = ImportRun.objects.create(origin="upload", asked_by=django_user_model.objects.create_user(ADA))
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3"), run=run)
    with pytest.raises(
        Refused, match=r"ada has rehearsed PTP edits, practitioner, July 2024\. Another person must"
    ):
        rehearsal.activate(july, by=ADA)
    rehearsal.activate(july, by="grace")
    assert july.is_current


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


def test_a_month_of_mue_is_activated_beside_the_others(tmp_path):
    april = load_one(write_mue(tmp_path / "april", "04-01-2026"))
    july = rehearse(write_mue(tmp_path / "july", "07-01-2026"))
    assert july.compared_with == april
    rehearsal.activate(july, by=ADA)
    assert states("mue") == {"April 2026": "current", "July 2026": "current"}


def test_what_is_decided_by_two_people_in_one_moment_is_decided_once(tmp_path):
    mine = rehearse(write_ptp(tmp_path / "q3", "2024Q3"))
    rehearsal.discard(Release.objects.get(pk=mine.pk), by="grace")
    with pytest.raises(Refused, match=r"has changed in this moment\. Look again"):
        load.publish(mine, activate=True)
    rehearsal.tidy()
    assert row_counts() == [0] * 5


def test_of_two_activated_in_one_moment_the_later_quarter_is_compared_with_the_other_first(tmp_path):
    load_one(write_ptp(tmp_path / "q1", "2024Q1"))
    april = rehearse(write_ptp(tmp_path / "q2", "2024Q2"))
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    with (
        just_before_it_is_published(lambda: rehearsal.activate(april, by="grace")),
        pytest.raises(Refused, match="compared with January 2024, and the release before it is April 2024 now"),
    ):
        rehearsal.activate(july, by=ADA)
    assert states() == {"January 2024": "loaded", "April 2024": "current", "July 2024": "rehearsed"}


def test_an_incomplete_one_does_not_take_the_place_of_a_whole_one_loaded_in_that_moment(tmp_path):
    whole, incomplete = (write_ptp(tmp_path / name, parts=3) for name in ("whole", "incomplete"))
    (incomplete / zip_name(part=1)).unlink()
    rehearsed = rehearse(incomplete)
    with (
        just_before_it_is_published(lambda: load_one(whole)),
        pytest.raises(Refused, match="July 2024 has been loaded from other files since"),
    ):
        rehearsal.activate(rehearsed, by=ADA, accept_doubts=True)
    assert list(Release.objects.order_by("pk").values_list("state", "partial")) == [
        ("rehearsed", True),
        ("current", False),
    ]
