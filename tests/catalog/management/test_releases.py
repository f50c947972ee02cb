import pytest
from django.core.management import CommandError, call_command

from catalog.management.commands.releases import together
from catalog.models import AuditEntry, Release
from tests.builders import make_release

pytestmark = pytest.mark.django_db


def output(capsys, *arguments: str) -> list[str]:
    call_command(*arguments)
    return capsys.readouterr().out.splitlines()


def test_nothing_loaded_is_said_with_what_to_do(capsys):
    assert output(capsys, "releases") == ["Nothing is loaded. manage.py import_release PATH loads a release."]


def test_releases_are_listed_newest_first_with_their_source(capsys):
    older = make_release("2025Q3", current=False, partial=True, counts={"codes": 8_000, "modifiers": 380})
    older.files.create(name="HCPC2025_JUL_ANWEB.txt", archive="july.zip", sha256="ab12cd34" * 8, size=1)
    make_release("2025Q4")
    make_release("2026Q1", state=Release.State.LOADING)
    header, newest, second = output(capsys, "releases")
    assert header.split() == ["ID", "Dataset", "Setting", "Release", "State", "Rows", "Loaded", "SHA-256", "File"]
    assert "hcpcs    -        October 2025  current" in newest
    assert "July 2025     loaded, partial  8,380" in second
    assert second.endswith("ab12cd34  july.zip / HCPC2025_JUL_ANWEB.txt")


def test_a_table_in_parts_is_one_line_with_every_file(capsys):
    counts = {"edits": 2_546_017, "open": 1_669_820}
    table = make_release("2024Q3", dataset="ptp", setting="practitioner", counts=counts)
    for part in (1, 2):
        table.files.create(
            name=f"ccipra-v302r0-f{part}.TXT", archive=f"f{part}.zip", sha256=f"{part}" * 64, size=1
        )
    make_release("2024Q2", dataset="ptp", setting="practitioner", state=Release.State.PRUNED)
    _header, current, pruned = output(capsys, "releases")
    assert "ptp      practitioner  July 2024   current  2,546,017" in current
    assert current.endswith("11111111 22222222  ccipra-v302r0-f{1,2}.TXT")
    assert "April 2024  pruned" in pruned


@pytest.mark.parametrize(
    ("names", "written"),
    [
        ([], ""),
        (["a.csv"], "a.csv"),
        (["f1.TXT", "f2.TXT", "f10.TXT"], "f{1,2,10}.TXT"),
        (["hcpcs.csv", "modifiers.csv"], "hcpcs.csv, modifiers.csv"),
    ],
)
def test_names_that_differ_in_one_place_are_written_together(names, written):
    assert together(names) == written


def test_an_earlier_table_is_made_current_again_by_the_name_of_its_setting(capsys):
    kind = {"dataset": "ptp", "setting": "outpatient_hospital"}
    older, _newer = make_release("2024Q2", current=False, **kind), make_release("2024Q3", **kind)
    assert output(capsys, "activate_release", str(older.pk)) == [
        "PTP edits, outpatient hospital, April 2024 is current."
    ]


def test_an_earlier_release_is_made_current_again(capsys):
    older, newer = make_release("2025Q3", current=False), make_release("2025Q4")
    assert output(capsys, "activate_release", str(older.pk)) == ["HCPCS Level II, July 2025 is current."]
    newer.refresh_from_db()
    assert newer.state == Release.State.LOADED


def test_a_release_that_looked_incomplete_is_not_made_current_without_saying_so(capsys):
    kind = {"dataset": "ptp", "setting": "practitioner"}
    older, _newer = make_release("2024Q2", current=False, partial=True, **kind), make_release("2024Q3", **kind)
    with pytest.raises(CommandError, match="looks incomplete: It looked incomplete when it was loaded"):
        output(capsys, "activate_release", str(older.pk))
    said = output(capsys, "activate_release", str(older.pk), "--accept-doubts", "--note", "Part 1 is enough")
    assert said[-1] == "It looked incomplete when it was loaded: what is not in it counts as not checked."


def test_a_release_that_is_not_there_or_not_whole_is_refused(capsys):
    with pytest.raises(CommandError, match="There is no release 99"):
        output(capsys, "activate_release", "99")
    loading = make_release("2026Q1", state=Release.State.LOADING)
    with pytest.raises(CommandError, match="never loaded completely"):
        output(capsys, "activate_release", str(loading.pk))


def test_going_back_is_in_the_audit_log_with_the_note(capsys):
    older, _newer = make_release("2025Q3", current=False), make_release("2025Q4")
    output(capsys, "activate_release", str(older.pk), "--note", "Wrong file")
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.action) == ("command line (mary)", "rolled_back")
    assert (entry.release_number, entry.note) == (older.pk, "Wrong file")


def test_a_rehearsed_release_is_activated_once_its_doubts_are_accepted(capsys):
    rehearsed = make_release("2025Q4", state=Release.State.REHEARSED, partial=True, doubts=["Part f1 is missing."])
    with pytest.raises(CommandError, match="looks incomplete: Part f1 is missing"):
        output(capsys, "activate_release", str(rehearsed.pk))
    output(capsys, "activate_release", str(rehearsed.pk), "--accept-doubts", "--note", "CMS says so")
    assert Release.objects.get().is_current


def test_rehearsed_releases_are_listed_with_their_state(capsys):
    make_release("2025Q4", state=Release.State.REHEARSED)
    assert "rehearsed" in output(capsys, "releases")[1]
