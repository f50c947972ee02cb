"""Files that are not what they should be, through the whole command: each refused with a reason, nothing kept."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.models import AddOnEdit, Change, EditCode, Mue, PtpEdit, Release, ReleaseFile
from tests import addon_files, mue_files
from tests.edit_releases import allow_small_tables, ptp_parts, write_addon, write_mue, write_ptp
from tests.ptp_files import Edit, part_name, write_text, zip_name
from tests.release_files import write_zip

pytestmark = pytest.mark.django_db

MUE = mue_files.file_name()
FIRST, SECOND = f"{part_name(part=1)}.TXT", f"{part_name(part=2)}.TXT"


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    allow_small_tables(monkeypatch)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Everything of a quarter: both parts of a PTP table as text, an MUE table and an add-on table."""
    for number, edits in enumerate(ptp_parts("2024Q3"), 1):
        write_text(tmp_path / f"{part_name(part=number)}.TXT", edits)
    write_mue(tmp_path, "04-01-2026")
    write_addon(tmp_path, "2024Q3")
    return tmp_path


def kept() -> list[int]:
    return [model.objects.count() for model in (Release, ReleaseFile, PtpEdit, Mue, AddOnEdit, EditCode, Change)]


def change(path: Path, mutate: Callable[[bytes], bytes]) -> Path:
    before = path.read_bytes()
    path.write_bytes(mutate(before))
    assert path.read_bytes() != before
    return path


def lines(text: bytes) -> list[bytes]:
    return text.splitlines(keepends=True)


def cut_in_a_line(text: bytes) -> bytes:
    return text[:-25]


def cut_at_a_line(text: bytes) -> bytes:
    return b"".join(lines(text)[:-3])


def swap_columns(text: bytes) -> bytes:
    swapped = (line.split(b"\t") for line in lines(text)[6:])
    return b"".join(lines(text)[:6]) + b"".join(b"\t".join([two, one, *rest]) for one, two, *rest in swapped)


def swap_dates(text: bytes) -> bytes:
    swapped = (line.split(b"\t") for line in lines(text)[6:])
    return b"".join(lines(text)[:6]) + b"".join(
        b"\t".join([one, two, mark, end, start, *rest]) for one, two, mark, start, end, *rest in swapped
    )


def refused(*paths: Path, **options: object) -> str:
    with pytest.raises(CommandError) as refusal:
        call_command("import_release", *map(str, paths), **options)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("mutate", "reason"),
    [
        (cut_in_a_line, f"{SECOND}, line 28: "),
        (swap_dates, f"{SECOND}, line 7: effective date is '*'"),
        (lambda text: text.decode("cp1252").encode("utf-16"), f"{SECOND} is UTF-16 text"),
        (lambda text: text.replace(b"36591", b"3659\xff", 1), f"{SECOND}, line 7: column two: "),
        (lambda text: text.replace(b"\t", b","), f"{SECOND}"),
        (lambda text: text.replace(b"\t20010101", b"", 1), f"{SECOND}, line "),
        (lambda text: text.replace(b"20010101", b"20010230", 1), "effective date is '20010230'"),
        (lambda text: text + lines(text)[-1], f"{SECOND}, line 29: the edit of"),
        (lambda text: text + lines(text)[6], "is given twice, first in line 7"),
        (lambda text: b"", f"{SECOND} holds no PTP edit"),
        (lambda text: b"<html>Not found</html>", f"{SECOND} is not a PTP table. It looks like a web page"),
        (lambda text: b"\x00" * 70_000, f"{SECOND}"),
        (lambda text: text.replace(b"Column1/Column2 Edits", b"Medicaid Column1/Column2 Edits"), "Medicaid"),
    ],
)
def test_a_damaged_part_is_refused(folder, mutate, reason):
    change(folder / SECOND, mutate)
    assert reason in refused(folder / FIRST, folder / SECOND)
    assert kept() == [0] * 7


def test_swapped_columns_are_refused(folder, monkeypatch):
    monkeypatch.undo()
    for name in (FIRST, SECOND):
        change(folder / name, swap_columns)
    assert "looks incomplete" in refused(folder / FIRST, folder / SECOND)
    assert kept() == [0] * 7


def test_a_part_that_lies_in_another_twice_is_refused(folder):
    change(folder / SECOND, lambda text: text + b"".join(lines((folder / FIRST).read_bytes())[6:]))
    said = refused(folder / FIRST, folder / SECOND)
    assert "is given twice" in said
    assert kept() == [0] * 7


def test_a_release_with_two_files_for_one_part_is_refused(folder):
    other = write_zip(folder / zip_name(part=2), (SECOND, cut_at_a_line((folder / SECOND).read_bytes())))
    assert "are the same part of one release and differ" in refused(folder / FIRST, folder / SECOND, other)
    assert kept() == [0] * 7


@pytest.mark.parametrize(
    ("mutate", "reason"),
    [
        (cut_in_a_line, f"{MUE}, line "),
        (lambda text: text.replace(b"3 Date of", b"4 Date of"), f"{MUE}, line 6"),
        (lambda text: text.replace(b"MUE Values", b"Units", 1), "line 4: MUE Values: the column is missing"),
        (lambda text: text + lines(text)[-1], "is given twice, first in line"),
        (lambda text: text.replace(b"Practitioner Services", b"DME Supplier Services"), "table of DME supplier"),
        (lambda text: text.decode("cp1252").encode("utf-16"), f"{MUE} is UTF-16 text"),
        (lambda text: b"", f"{MUE}, line 1: no header"),
    ],
)
def test_a_damaged_mue_table_is_refused(folder, mutate, reason):
    assert reason in refused(change(folder / MUE, mutate))
    assert kept() == [0] * 7


@pytest.mark.parametrize(
    ("mutate", "reason"),
    [
        (lambda text: text[:-270], "-MCR.txt, line "),
        (lambda text: text.replace(b"2013091", b"2013366"), "has the date '2013366'"),
        (lambda text: text.replace(b"2013091", b"    091"), "-MCR.txt, line "),
        (lambda text: text.decode("cp1252").encode("utf-16"), "is UTF-16 text"),
    ],
)
def test_a_damaged_add_on_table_is_refused(folder, mutate, reason):
    assert reason in refused(change(folder / "AOC_V2024Q3-MCR.txt", mutate))
    assert kept() == [0] * 7


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (MUE, FIRST, "is not a PTP table"),
        ("AOC_V2024Q3-MCR.txt", FIRST, f"{FIRST}, line "),
        (FIRST, MUE, "no header"),
        (FIRST, "AOC_V2024Q3-MCR.txt", "-MCR.txt, line "),
        (MUE, mue_files.file_name("dme_supplier"), "the table of practitioner, not of DME supplier"),
    ],
)
def test_another_dataset_under_the_right_name_is_refused(folder, content, name, reason):
    content = (folder / content).read_bytes()
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / name).write_bytes(content)
    assert reason in refused(folder)
    assert kept() == [0] * 7


def test_a_zip_bomb_is_refused(tmp_path):
    bomb = write_zip(tmp_path / zip_name(), (FIRST, b"0" * 40_000_000))
    assert "packed too tightly" in refused(bomb)
    assert kept() == [0] * 7


def test_a_path_that_leads_out_of_the_zip_is_refused(folder):
    climbing = write_zip(folder / zip_name(), (f"../../{FIRST}", (folder / FIRST).read_bytes()))
    assert "leads out of the zip" in refused(climbing)
    assert kept() == [0] * 7


def test_a_zip_that_is_cut_or_changed_is_refused(folder):
    whole = write_zip(folder / zip_name(), folder / FIRST)
    content = whole.read_bytes()
    whole.write_bytes(content[:-40])
    assert "is not a zip file, or only part of one" in refused(whole)
    with zipfile.ZipFile(write_zip(whole, folder / FIRST)) as archive:
        begins = archive.infolist()[0].header_offset + 30 + len(FIRST)
    whole.write_bytes(content[: begins + 20] + b"\0\0\0\0\0\0" + content[begins + 26 :])
    assert "is damaged" in refused(whole)
    assert kept() == [0] * 7


def test_medicaid_files_are_refused_by_name(folder):
    path = (folder / FIRST).rename(folder / f"medicaid-{FIRST}")
    assert "Medicaid" in refused(path)
    assert kept() == [0] * 7


def test_one_refused_release_keeps_none_of_the_others_out(folder, capsys):
    write_ptp(folder / "hospital", "2024Q3", setting="outpatient_hospital")
    change(folder / SECOND, cut_in_a_line)
    said = refused(folder)
    assert said.startswith(f"{SECOND}, line 28: ")
    assert "\n" not in said
    assert [line.split(": ")[0] for line in capsys.readouterr().out.splitlines()] == [
        "PTP edits, outpatient hospital, July 2024",
        "MUE, practitioner, April 2026",
        "Add-on codes, July 2024",
    ]
    assert not Release.objects.filter(dataset="ptp", setting="practitioner").exists()


def test_a_table_cut_between_two_rows_is_refused_for_having_fewer(folder, capsys):
    call_command("import_release", str(write_ptp(folder / "q2", "2024Q2")))
    before = kept()
    change(folder / SECOND, cut_at_a_line)
    assert "It has 41 rows, and April 2024 has 44." in refused(folder / FIRST, folder / SECOND)
    assert kept() == before


def test_a_refused_release_leaves_the_one_before_current(folder, capsys):
    call_command("import_release", str(write_ptp(folder / "q2", "2024Q2", Edit("20000", "20100"))))
    before = kept()
    change(folder / SECOND, cut_in_a_line)
    refused(folder / FIRST, folder / SECOND)
    assert kept() == before
    assert Release.objects.current().get().quarter == "2024Q2"


def test_the_columns_of_the_add_on_text_swapped_are_refused(folder):
    rows = [
        one._replace(add_on=one.primary, primary=one.add_on)
        for one in addon_files.whole(2024)
        if one.primary != "CCCCC"
    ]
    assert "looks incomplete" in refused(addon_files.write_text(folder / "AOC_V2024Q3-MCR.txt", rows))
    assert kept() == [0] * 7
