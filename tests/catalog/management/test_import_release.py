from contextlib import closing

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from catalog.importers import hcpcs
from catalog.importers.locks import IMPORT, held
from catalog.management.commands import import_release
from catalog.models import AuditEntry, Release
from tests.edit_releases import allow_small_tables, write_addon, write_mue, write_ptp
from tests.ptp_files import Edit, zip_name
from tests.release_files import record, whole, write_text

pytestmark = pytest.mark.django_db

NEW = {"ADD_DT": "20251001", "ACT_EFF_DT": "20251001", "ACTION_CD": "A"}


@pytest.fixture(autouse=True)
def small_releases(monkeypatch):
    monkeypatch.setattr(hcpcs, "FEWEST", {"code": 1, "modifier": 1})


@pytest.fixture
def folder(tmp_path):
    write_text(tmp_path / "HCPC2025_JUL_ANWEB.txt", whole(record("E0105", ACT_EFF_DT="20250701", ACTION_CD="C")))
    write_text(tmp_path / "HCPC2025_OCT_ANWEB.txt", whole(record("E0105", "New words"), record("C9999", **NEW)))
    return tmp_path


def run(capsys, *arguments: object, **options: object) -> list[str]:
    call_command("import_release", *map(str, arguments), **options)
    return capsys.readouterr().out.splitlines()


def test_a_folder_is_loaded_with_one_line_for_each_release_and_its_changes(folder, capsys):
    july, october, changes = run(capsys, folder)
    assert july.startswith("HCPCS Level II, July 2025: loaded 18 codes, 5 modifiers in ")
    assert july.endswith(" It is current.")
    assert october.startswith("HCPCS Level II, October 2025: loaded 19 codes, 5 modifiers in ")
    assert changes == "  Against July 2025: 1 added, 1 revised."


def test_a_second_run_says_that_all_is_there(folder, capsys):
    run(capsys, folder)
    lines = run(capsys, folder)
    older, newer = Release.objects.order_by("quarter")
    assert lines == [
        "HCPCS Level II, July 2025: already loaded from HCPC2025_JUL_ANWEB.txt, 18 codes, 5 modifiers. "
        f"Nothing to do. October 2025 stays current; manage.py activate_release {older.pk} changes that.",
        "HCPCS Level II, October 2025: already loaded from HCPC2025_OCT_ANWEB.txt, 19 codes, 5 modifiers. "
        "Nothing to do. It is current.",
    ]
    assert newer.is_current


def test_a_dry_run_prints_samples_and_writes_nothing(folder, capsys):
    run(capsys, folder / "HCPC2025_JUL_ANWEB.txt")
    assert run(capsys, folder / "HCPC2025_OCT_ANWEB.txt", "--dry-run") == [
        "HCPCS Level II, October 2025: would load 19 codes, 5 modifiers. Dry run: nothing was kept.",
        "  Against July 2025: 1 added, 1 revised.",
        "  added: C9999",
        "  revised: E0105 (long_descriptor)",
    ]
    assert Release.objects.count() == 1


def test_many_differences_are_cut_to_a_few_samples(folder, capsys):
    run(capsys, folder / "HCPC2025_JUL_ANWEB.txt")
    many = [record(f"C{number}", **NEW) for number in range(8000, 8009)]
    write_text(folder / "HCPC2025_OCT_ANWEB.txt", whole(record("E0105"), *many))
    lines = run(capsys, folder / "HCPC2025_OCT_ANWEB.txt", "--dry-run")
    assert lines[-1] == "  added: C8000, C8001, C8002, C8003, C8004 and 4 more"


def test_flags_go_over_what_the_name_says(folder, capsys):
    path = folder / "HCPC2025_OCT_ANWEB.txt"
    run(capsys, path, "--quarter", "2024q2", "--revision", "3", "--no-activate", "--dataset", "hcpcs")
    release = Release.objects.get()
    assert (release.quarter, release.revision, release.state) == ("2024Q2", 3, "loaded")


def test_an_incomplete_release_is_refused_until_it_is_allowed(folder, capsys):
    path = write_text(folder / "HCPC2026_JAN_ANWEB.txt", [record("E0105")])
    with pytest.raises(CommandError, match=r"looks incomplete: It has no modifiers.*Give --allow-partial"):
        run(capsys, path)
    lines = run(capsys, path, "--allow-partial")
    assert lines[1].startswith("  Loaded all the same: It has no modifiers;")


def test_what_activating_an_incomplete_release_takes_is_told(folder, capsys):
    run(capsys, folder / "HCPC2025_OCT_ANWEB.txt")
    first, *_others = run(
        capsys, write_text(folder / "HCPC2026_JAN_ANWEB.txt", [record("E0105")]), "--allow-partial"
    )
    january = Release.objects.get(partial=True)
    assert first.endswith(f"activate_release {january.pk} --accept-doubts --note WHY changes that.")


def test_a_refused_release_does_not_keep_the_others_out(folder, capsys):
    bad = folder / "HCPC2025_JUL_ANWEB.txt"
    bad.write_bytes(bad.read_bytes() + b"E0110 cut")
    with pytest.raises(CommandError, match="line 24: not a HCPCS record"):
        run(capsys, folder)
    assert [release.title for release in Release.objects.all()] == ["October 2025"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--quarter", "October"], "is not a quarter"),
        (["--revision", "1"], "these paths hold 2"),
        (["--quarter", "2025Q4"], "these are 2025Q3, 2025Q4"),
        (["--revision", "100"], "between 0 and 99"),
        (["--setting", "practitioner"], "--setting practitioner does not apply: HCPCS files are the same"),
    ],
)
def test_flags_that_make_no_sense_are_refused(folder, capsys, arguments, reason):
    with pytest.raises(CommandError, match=reason):
        run(capsys, folder, *arguments)
    assert not Release.objects.exists()


@pytest.mark.parametrize("command", ["import_release", "activate_release", "load_starter", "releases", "serve"])
def test_a_flag_cut_short_is_refused(command):
    paths = ["1"] if command in {"import_release", "activate_release"} else []
    with pytest.raises(CommandError, match="unrecognized arguments: --verb"):
        call_command(command, *paths, "--verb", "2")


def test_a_path_that_is_not_there_is_refused(tmp_path, capsys):
    with pytest.raises(CommandError, match=r"nothing\.zip does not exist"):
        run(capsys, tmp_path / "nothing.zip")


def test_everything_of_a_quarter_in_one_folder_is_loaded_with_one_line_each(folder, capsys, monkeypatch):
    allow_small_tables(monkeypatch)
    write_ptp(folder / "ptp", "2025Q4")
    write_ptp(folder / "ptp", "2025Q4", setting="outpatient_hospital", parts=4)
    write_mue(folder / "mue", "10-01-2025")
    write_mue(folder / "mue", "10-01-2025", setting="dme_supplier")
    write_addon(folder, "2025Q4")
    lines = run(capsys, folder)
    assert [line.partition(" in ")[0] for line in lines] == [
        "HCPCS Level II, July 2025: loaded 18 codes, 5 modifiers",
        "HCPCS Level II, October 2025: loaded 19 codes, 5 modifiers",
        "  Against July 2025: 1 added, 1 revised.",
        "PTP edits, outpatient hospital, October 2025: loaded 44 edits, 44 open",
        "PTP edits, practitioner, October 2025: loaded 44 edits, 44 open",
        "MUE, DME supplier, October 2025: loaded 30 values",
        "MUE, practitioner, October 2025: loaded 30 values",
        "Add-on codes, October 2025: loaded 32 edits",
    ]
    again = run(capsys, folder)
    assert len(again) == 7
    assert all(": already loaded from " in line for line in again)


def test_a_release_that_makes_another_superfluous_says_so(tmp_path, capsys, monkeypatch):
    allow_small_tables(monkeypatch)
    for quarter in ("2024Q1", "2024Q2"):
        run(capsys, write_ptp(tmp_path / quarter, quarter))
    lines = run(capsys, write_ptp(tmp_path / "2024Q3", "2024Q3", Edit("99213", "36415")))
    assert lines[1:] == [
        "  Against April 2024: 1 added.",
        "  Removed the rows of January 2024, as newer releases answer for it.",
    ]


def test_a_release_without_one_of_its_parts_is_loaded_as_partial_when_allowed(tmp_path, capsys, monkeypatch):
    allow_small_tables(monkeypatch)
    folder = write_ptp(tmp_path / "q3", parts=3)
    (folder / zip_name(part=2)).unlink()
    with pytest.raises(CommandError, match=r"Part f2 is missing\. Give --allow-partial"):
        run(capsys, folder)
    first, second = run(capsys, folder, "--allow-partial")
    assert first.startswith("PTP edits, practitioner, July 2024: loaded 29 edits, 29 open as PARTIAL in ")
    assert second == "  Loaded all the same: Part f2 is missing."


def test_setting_and_quarter_by_hand_go_over_names(tmp_path, capsys, monkeypatch):
    allow_small_tables(monkeypatch)
    path = write_mue(tmp_path, "04-01-2026").rename(tmp_path / "MUE-table.csv")
    with pytest.raises(CommandError, match="does not say of which quarter and setting it is"):
        run(capsys, path)
    run(capsys, path, "--setting", "practitioner", "--quarter", "2026Q2")
    assert Release.objects.get().setting == "practitioner"


def test_the_help_says_what_is_detected(capsys):
    parser = import_release.Command().create_parser("manage.py", "import_release")
    text = parser.format_help()
    assert "2019-Alpha-Numeric-HCPCS-File.zip is 2019Q1" in text
    assert "Exit status: 0 loaded or already loaded, 1 refused." in text


def test_what_a_command_loads_is_in_the_audit_log_and_a_dry_run_is_not(folder, capsys):
    july, october = (folder / f"HCPC2025_{month}_ANWEB.txt" for month in ("JUL", "OCT"))
    run(capsys, july, "--dry-run")
    assert not AuditEntry.objects.exists()
    run(capsys, july)
    run(capsys, october, "--no-activate")
    run(capsys, october)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "subject")) == [
        ("activated", "HCPCS Level II, July 2025"),
        ("loaded", "HCPCS Level II, October 2025"),
    ]
    entry = AuditEntry.objects.get(action="loaded")
    assert entry.by == "command line (mary)"
    assert entry.detail["before"] == "July 2025"
    assert list(entry.detail["files"]) == [october.name]


def test_what_a_command_is_refused_is_in_the_audit_log_and_a_dry_run_is_not(folder, capsys):
    damaged, notes = folder / "HCPC2026_JAN_ANWEB.txt", folder / "notes.txt"
    for path in (damaged, notes):
        path.write_text("x")
    for options in (["--dry-run"], []):
        for path in (damaged, notes):
            with pytest.raises(CommandError):
                run(capsys, path, *options)
    steps = AuditEntry.objects.order_by("pk").values_list("by", "action", "subject")
    by = "command line (mary)"
    assert list(steps) == [(by, "refused", "HCPCS Level II, January 2026"), (by, "refused", "notes.txt")]
    assert "HCPC2026_JAN_ANWEB.txt" in AuditEntry.objects.order_by("pk")[0].detail["reason"]


def test_that_another_import_runs_is_no_refusal_of_the_files(folder, capsys):
    busy = "Another import is running"
    with closing(connection.copy()) as other, held(IMPORT, other), pytest.raises(CommandError, match=busy):
        run(capsys, folder)
    assert not AuditEntry.objects.exists()
