"""What follows from withdrawing a table: nothing is compared with it, takes its name, or brings it back."""

import pytest

from catalog.importers import rehearsal
from catalog.importers.files import Refused
from catalog.models import AuditEntry, ImportRun, PtpEdit, Release
from catalog.starter.load import load_edits
from tests.builders import make_release
from tests.catalog.views.page import words
from tests.decisions import see
from tests.edit_releases import write_mue, write_ptp
from tests.import_runs import log, make_run, work
from tests.rehearsals import ADA, PAIR, load_one, make_tables_small, rehearse, states, steps

pytestmark = pytest.mark.django_db

WHY = "It is the table of another setting"


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    make_tables_small(monkeypatch)


def withdrawn(release: Release) -> Release:
    rehearsal.withdraw(release, by=ADA, note=WHY)
    return release


def test_the_next_quarter_is_compared_with_the_one_before_and_removes_it(tmp_path, manager):
    april = load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    july = withdrawn(load_one(write_ptp(tmp_path / "q3", "2024Q3", PAIR)))
    october = rehearse(write_ptp(tmp_path / "q4", "2024Q4"))
    assert (october.compared_with, october.doubts) == (april, [])
    page = words(see(manager, october))
    assert "Readers are answered from none of these now." in page
    assert "nothing to roll back to" not in page
    rehearsal.activate(october, by=ADA, instead_of=0)
    assert steps()[-2:] == [(ADA, "activated", str(october)), (ADA, "pruned", f"{july}, withdrawn before")]
    rehearsal.tidy()
    assert states() == {"April 2024": "loaded", "October 2024": "current"}
    assert not PtpEdit.objects.filter(release_id=july.pk).exists()


def test_the_right_table_of_its_quarter_has_its_name_and_is_not_judged_by_it(tmp_path):
    wrong = withdrawn(load_one(write_ptp(tmp_path / "wrong", "2024Q3", PAIR)))
    right = load_one(write_ptp(tmp_path / "right", "2024Q3"))
    assert (right.title, right.compared_with, right.is_current) == ("July 2024", None, True)
    assert not Release.objects.filter(pk=wrong.pk).exists()


def test_its_files_may_be_loaded_as_what_they_are(tmp_path, manager):
    folder = write_ptp(tmp_path / "q3", "2024Q3", PAIR, setting="outpatient_hospital")
    withdrawn(load_one(folder, dataset="ptp", quarter="2024Q3", setting="practitioner"))
    right = rehearse(folder)
    assert (right.setting, right.revision) == ("outpatient_hospital", 0)
    page = words(see(manager, right))
    assert (
        f"{ADA} withdrew PTP edits, practitioner, July 2024, which has files of the same content: “{WHY}”" in page
    )


def test_beside_another_of_its_name_it_cannot_be_used_again(tmp_path):
    wrong = withdrawn(load_one(write_ptp(tmp_path / "wrong", "2024Q3", PAIR)))
    right = rehearse(write_ptp(tmp_path / "right", "2024Q3"))
    Release.objects.filter(pk=right.pk).update(state="loaded")
    with pytest.raises(Refused, match="has been loaded from other files since it was withdrawn"):
        rehearsal.activate(wrong, by=ADA, note="All the same")
    assert set(Release.objects.values_list("state", flat=True)) == {"withdrawn", "loaded"}


def test_a_quarter_of_mue_does_not_come_back_in_place_of_a_starter_set(tmp_path):
    bad = withdrawn(load_one(write_mue(tmp_path / "bad", "07-01-2024")))
    make_release("2024Q3", dataset="mue", setting="practitioner", origin="starter")
    load_one(write_mue(tmp_path / "new", "04-01-2026"))
    bad.refresh_from_db()
    assert bad.state == "withdrawn"


def test_what_answers_again_in_place_of_a_starter_set_is_on_record(tmp_path):
    july = load_one(write_mue(tmp_path / "july", "07-01-2024"))
    starter = make_release("2024Q3", dataset="mue", setting="practitioner", origin="starter", current=False)
    rehearsal.activate(starter, by=ADA)
    rehearsal.activate(rehearse(write_mue(tmp_path / "new", "04-01-2026")), by=ADA)
    assert (ADA, "activated", str(july)) in steps()
    july.refresh_from_db()
    assert july.is_current


def test_part_of_a_quarter_does_not_answer_by_itself_when_a_starter_set_gives_way(tmp_path):
    make_release("2024Q3", dataset="mue", setting="practitioner", origin="starter")
    part = make_release("2024Q3", dataset="mue", setting="practitioner", current=False, partial=True)
    load_one(write_mue(tmp_path / "new", "04-01-2026"))
    part.refresh_from_db()
    assert part.state == "loaded"


def test_the_starter_set_does_not_answer_in_its_place(tmp_path):
    july = withdrawn(load_one(write_ptp(tmp_path / "q3", "2024Q3")))
    load_edits()
    assert not Release.objects.current().filter(dataset="ptp", setting="practitioner").exists()
    assert Release.objects.current().filter(dataset="addon").get().is_starter
    assert AuditEntry.objects.get().subject == str(july)


@pytest.mark.django_db(transaction=True)
def test_files_that_are_loaded_and_answer_nobody_say_so(tmp_path, ada, small_imports):
    folder = write_mue(tmp_path / "mue", "04-01-2026").parent
    Release.objects.filter(pk=load_one(folder).pk).update(state="loaded")
    run = work(make_run(ada, folder))
    assert "Readers are answered from none now: where imports are listed, it can be made active." in log(run)[-1]
    assert ("ada", "nothing_new", run.files.get().name) in steps()


def test_a_second_person_uses_it_again_where_the_site_wants_it(tmp_path, settings, django_user_model):
    settings.SECOND_PERSON = True
    run = ImportRun.objects.create(origin="upload", asked_by=django_user_model.objects.create_user(ADA))
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3"), run=run)
    rehearsal.activate(july, by="grace")
    withdrawn(july)
    with pytest.raises(Refused, match="Another person must activate it"):
        rehearsal.activate(july, by=ADA, note="All the same")
    rehearsal.activate(july, by="grace", note="All the same")
    assert july.is_current
