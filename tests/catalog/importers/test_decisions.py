"""Deciding on a rehearsed release, and going back to a kept one."""

import pytest

from catalog import runs
from catalog.importers import load, rehearsal, succession
from catalog.importers.files import Refused
from catalog.models import AuditEntry, Change, GoldenPair, ImportRun, PtpEdit, Release
from tests.builders import make_release
from tests.edit_releases import write_ptp
from tests.import_runs import make_run, work
from tests.ptp_files import zip_name
from tests.rehearsals import (
    ADA,
    PAIR,
    just_before_it_is_locked,
    just_before_it_is_published,
    load_one,
    make_tables_small,
    publication,
    rehearse,
    row_counts,
    states,
    steps,
)

pytestmark = pytest.mark.django_db

QUARTERS = ("2025Q4", "2025Q3", "2025Q2")


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    make_tables_small(monkeypatch)


def test_activating_publishes_and_prunes_as_loading_does(tmp_path):
    for quarter in ("2024Q1", "2024Q2"):
        load_one(write_ptp(tmp_path / quarter, quarter))
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    rehearsal.activate(july, by=ADA, note="Looked at twice")
    assert states() == {"January 2024": "pruned", "April 2024": "loaded", "July 2024": "current"}
    assert july.is_current
    assert july.loaded_at <= july.activated_at
    assert steps() == [
        (ADA, "activated", "PTP edits, practitioner, July 2024, in place of April 2024"),
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
    assert steps() == [
        (ADA, "rolled_back", "PTP edits, practitioner, April 2024, in place of July 2024"),
        (ADA, "activated", "PTP edits, practitioner, July 2024, in place of April 2024"),
    ]


def test_going_back_to_one_that_answers_golden_pairs_wrongly_takes_a_tick_and_a_note(tmp_path):
    april = load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    load_one(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    known = {"column_one": "99213", "column_two": "36415", "day": "2024-06-15"}
    GoldenPair.objects.create(setting="practitioner", expected="indicator_1", **known)
    with pytest.raises(Refused, match=r"1 golden pair wrongly\. 99213 and 36415 .* Say that you accept"):
        rehearsal.activate(april, by=ADA, note="Why not")
    with pytest.raises(Refused, match="Say in the note why"):
        rehearsal.activate(april, by=ADA, accept_doubts=True)
    rehearsal.activate(april, by=ADA, accept_doubts=True, note="July is wrong")
    (failure,) = AuditEntry.objects.get(action="rolled_back").detail["golden"]
    assert failure.startswith("99213 and 36415 on Jun 15, 2024")


def test_a_whole_older_one_is_gone_back_to_from_an_incomplete_one():
    april, july = make_release("2024Q2", current=False), make_release("2024Q3", partial=True)
    assert succession.is_way_back(april, july)
    assert not succession.is_way_back(july, april)


def test_one_that_was_loaded_and_never_used_is_not_rolled_back_to_but_activated(tmp_path):
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    july = load.load(publication(write_ptp(tmp_path / "q3", "2024Q3")), activate=False).release
    rehearsal.activate(july, by=ADA)
    assert [action for _by, action, _subject in steps()] == ["activated"]


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
    with pytest.raises(Refused, match="Say in the note why"):
        rehearsal.activate(july, by=ADA, accept_doubts=True, note=" ")
    rehearsal.activate(july, by=ADA, accept_doubts=True, note="CMS says so")
    assert states() == {"April 2024": "loaded", "July 2024": "current"}
    activated = AuditEntry.objects.get(action="activated")
    assert activated.subject == "PTP edits, practitioner, July 2024, incomplete, in place of April 2024"
    assert (activated.detail["doubts"], activated.note) == ([missing, few], "CMS says so")


def test_going_back_to_an_incomplete_release_takes_as_much(tmp_path):
    folder = write_ptp(tmp_path / "q2", "2024Q2", parts=3)
    (folder / zip_name(quarter="2024Q2", part=1)).unlink()
    april = load.load(publication(folder), allow_partial=True).release
    load_one(write_ptp(tmp_path / "q3", "2024Q3"))
    for how in ({}, {"accept_doubts": True}, {"note": "Why not"}):
        with pytest.raises(Refused, match="looks incomplete"):
            rehearsal.activate(april, by=ADA, **how)
    rehearsal.activate(april, by=ADA, accept_doubts=True, note="July is wrong")
    step = AuditEntry.objects.get(action="rolled_back")
    assert step.subject == "PTP edits, practitioner, April 2024, incomplete, in place of July 2024"
    assert (step.note, step.detail["doubts"]) == ("July is wrong", ["Part f1 is missing."])


def test_a_golden_pair_answered_wrongly_does_not_refuse_a_rehearsal_but_blocks_it(tmp_path):
    known = {"column_one": "99213", "column_two": "36415", "day": "2024-07-15"}
    pair = GoldenPair.objects.create(setting="practitioner", expected=GoldenPair.Expected.NONE, **known)
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    (failure,) = rehearsal.objections(july).golden
    assert failure.startswith("99213 and 36415 on Jul 15, 2024")
    with pytest.raises(Refused, match=r"answers 1 golden pair wrongly\. 99213 and 36415"):
        rehearsal.activate(july, by=ADA, accept_doubts=True)
    pair.delete()
    rehearsal.activate(july, by=ADA)
    assert july.is_current


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


@pytest.mark.django_db(transaction=True)  # what watches an import writes from a thread of its own
def test_that_somebody_else_asks_again_does_not_let_the_first_one_activate(tmp_path, settings, django_user_model):
    settings.SECOND_PERSON, settings.INBOX = True, tmp_path / "inbox"
    ada, grace = (django_user_model.objects.create_user(name) for name in (ADA, "grace"))
    run = make_run(ada, write_ptp(tmp_path / "q3", "2024Q3"))
    work(run)
    (july,) = Release.objects.all()
    runs.try_again(run, by=grace)
    with pytest.raises(Refused, match="Another person must"):
        rehearsal.activate(july, by=ADA)
    rehearsal.activate(july, by="grace")


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
        rehearsal.activate(rehearsed, by=ADA, accept_doubts=True, note="So be it")
    assert list(Release.objects.order_by("pk").values_list("state", "partial")) == [
        ("rehearsed", True),
        ("current", False),
    ]


def test_what_a_release_was_rolled_back_to_in_place_of_is_what_was_current_then():
    _october, july, april = (make_release(quarter, current=quarter == "2025Q4") for quarter in QUARTERS)
    with just_before_it_is_locked(lambda: rehearsal.activate(july, by="grace")):
        rehearsal.activate(april, by=ADA)
    assert [subject for _by, _action, subject in steps()] == [
        f"{july}, in place of October 2025",
        f"{april}, in place of July 2025",
    ]
    assert list(Release.objects.current()) == [april]


def test_who_says_what_is_current_replaces_nothing_else():
    october, july, april = (make_release(quarter, current=quarter == "2025Q4") for quarter in QUARTERS)
    with (
        just_before_it_is_locked(lambda: rehearsal.activate(july, by="grace", instead_of=october.pk)),
        pytest.raises(Refused, match=r"changed meanwhile: look again\. They are answered from July 2025 now"),
    ):
        rehearsal.activate(april, by=ADA, instead_of=october.pk)
    rehearsal.activate(july, by="grace")
    for none_or_another in (0, october.pk):
        with pytest.raises(Refused, match="changed meanwhile"):
            rehearsal.activate(april, by=ADA, instead_of=none_or_another)
    rehearsal.activate(july, by=ADA, instead_of=october.pk)  # it is active already, and nothing is replaced
    assert list(Release.objects.current()) == [july]
    rehearsal.activate(april, by=ADA, instead_of=july.pk)
    assert [by for by, _action, _subject in steps()] == ["grace", ADA]


def test_nor_is_it_replaced_by_a_rehearsed_one():
    october, july, _april = (make_release(quarter, current=quarter == "2025Q4") for quarter in QUARTERS)
    rehearsed = make_release("2026Q1", state="rehearsed", compared_with=october)
    rehearsal.activate(july, by="grace")
    with pytest.raises(Refused, match="changed meanwhile"):
        rehearsal.activate(rehearsed, by=ADA, instead_of=october.pk)
    assert list(Release.objects.current()) == [july]


def test_the_incomplete_release_that_a_whole_one_replaces_is_on_record_as_removed(tmp_path):
    folder = write_ptp(tmp_path / "part", parts=3)
    (folder / zip_name(part=1)).unlink()
    load.load(publication(folder), allow_partial=True)
    rehearsal.activate(rehearse(write_ptp(tmp_path / "whole", parts=3)), by=ADA)
    july = "PTP edits, practitioner, July 2024"
    assert steps() == [(ADA, "activated", f"{july}, in place of the incomplete July 2024"), (ADA, "pruned", july)]
    detail = AuditEntry.objects.get(action="activated").detail
    assert (detail["before"], detail["before_was_incomplete"]) == ("July 2024", True)


def test_what_awaited_a_decision_goes_although_the_release_was_pruned_before_it_was_tidy(tmp_path):
    load_one(write_ptp(tmp_path / "q1", "2024Q1"))
    july = load_one(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    april = rehearse(write_ptp(tmp_path / "q2", "2024Q2"))
    rehearsal.activate(april, by=ADA)
    assert Change.every.filter(awaits=april).exists()
    Release.objects.filter(pk=april.pk).update(state="pruned")
    Release.objects.filter(pk=july.pk).update(state="current")
    rehearsal.tidy()
    assert Release.objects.get(pk=april.pk).state == "pruned"
    assert not Change.every.filter(awaits=april).exists()


def test_one_that_something_else_follows_in_that_moment_is_not_activated(tmp_path):
    july = load_one(write_ptp(tmp_path / "q3", "2024Q3"))
    january = rehearse(write_ptp(tmp_path / "q1", "2024Q1", PAIR))
    april = write_ptp(tmp_path / "q2", "2024Q2")
    with (
        just_before_it_is_published(lambda: load_one(april)),
        pytest.raises(Refused, match=r"has changed in this moment\. Look again"),
    ):
        rehearsal.activate(january, by=ADA)
    assert states() == {"January 2024": "rehearsed", "April 2024": "loaded", "July 2024": "current"}
    assert not july.changes.filter(against=january).exists()
