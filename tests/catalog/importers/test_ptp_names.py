from pathlib import Path

import pytest

from catalog.importers import ptp
from catalog.importers.files import Member, Refused, members
from catalog.importers.names import Publication
from tests.ptp_files import EDITS, write_release, write_text, write_workbook, zip_name
from tests.release_files import write_zip

PARTS = [EDITS[:1], EDITS[1:2], EDITS[2:3], EDITS[3:]]


def found(*names: str, quarter: str = "", setting: str = "") -> list[Publication]:
    """What the names say; a name such as ``a.zip/b.txt`` is that of a file in a zip. There are no such files."""
    return ptp.publications([member(name) for name in names], quarter, setting)


def member(name: str) -> Member:
    path, *inside = name.split("/")
    return Member(Path(path), tuple(inside))


def refusal(*names: str, **by_hand: str) -> str:
    with pytest.raises(Refused) as refused:
        found(*names, **by_hand)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "setting", "quarter", "revision"),
    [
        ("ccipra-v302r0-f1.TXT", "practitioner", "2024Q3", 0),
        ("ccioph-v302r0-f2.txt", "outpatient_hospital", "2024Q3", 0),
        ("ccipra-v320r1-f1.xlsx", "practitioner", "2026Q1", 1),
        ("CCIPRA_V32.3R12_F1.XLSX", "practitioner", "2026Q4", 12),
        ("medicare-ncci-2024q3-hospital-ptp-edits.zip/f1.txt", "outpatient_hospital", "2024Q3", None),
        (f"{zip_name()}/ccipra-v302r0-f1.TXT", "practitioner", "2024Q3", 0),
        (f"{zip_name('outpatient_hospital', '2025Q1', revision=2)}/f1.txt", "outpatient_hospital", "2025Q1", 2),
    ],
)
def test_names_say_setting_quarter_and_revision(name, setting, quarter, revision):
    (release,) = found(name)
    assert (release.setting, release.quarter, release.revision) == (setting, quarter, revision)
    assert (release.dataset, release.members, release.quarter_by_hand) == ("ptp", (member(name),), False)


@pytest.mark.parametrize(
    "name",
    [
        *("HCPC2025_OCT_ANWEB.txt", "MCR_MUE_PractitionerServices_Eff_04-01-2026.csv", "ccipra-v302r0-f1.pdf"),
        *("add-code-edits-medicare-effective-10012025.txt", "ccipra-readme.txt", "notes.txt"),
        "MCR_NCCI_OCE_Changes_Eff_10-01-2025.xlsx",
        "medicare-ncci-2025q4-hospital-quarterly-additions-deletions-revisions-ptp.zip/MCR_NCCI_OCE_CCMIChgs.txt",
    ],
)
def test_other_files_are_left_alone(name):
    assert found(name) == []


def test_all_parts_of_a_quarter_and_setting_make_one_release_in_their_order(tmp_path):
    for setting in ("outpatient_hospital", "practitioner"):
        for quarter in ("2024Q3", "2024Q2"):
            write_release(tmp_path / setting, PARTS, setting=setting, quarter=quarter)
    releases = ptp.publications(members([tmp_path]))
    assert [(release.quarter, release.setting) for release in releases] == [
        *(("2024Q2", "outpatient_hospital"), ("2024Q2", "practitioner")),
        *(("2024Q3", "outpatient_hospital"), ("2024Q3", "practitioner")),
    ]
    for release in releases:
        assert [one.name[-7:] for one in release.members] == ["-f1.TXT", "-f2.TXT", "-f3.TXT", "-f4.TXT"]
        assert release.missing == ()


def test_there_may_be_ten_parts_and_more():
    (release,) = found(*(f"ccipra-v302r0-f{part}.txt" for part in (10, 2, 1, 3, 9, 4, 8, 5, 7, 6)))
    assert [one.name for one in release.members] == [f"ccipra-v302r0-f{part}.txt" for part in range(1, 11)]


def test_a_gap_in_the_parts_is_said():
    (release,) = found("ccipra-v302r0-f2.txt", "ccipra-v302r0-f5.txt")
    assert release.missing == ("Part f1 is missing.", "Part f3 is missing.", "Part f4 is missing.")


def test_revisions_are_releases_of_their_own_in_their_order():
    releases = found("ccipra-v302r10-f1.txt", "ccipra-v302r2-f1.txt", "ccipra-v302r0-f1.txt")
    assert [release.revision for release in releases] == [0, 2, 10]


def test_of_two_forms_of_a_part_the_text_is_read_and_forms_may_mix(tmp_path):
    write_text(tmp_path / "ccipra-v302r0-f1.TXT")
    write_workbook(tmp_path / "ccipra-v302r0-f1.xlsx")
    write_workbook(tmp_path / "ccipra-v302r0-f2.xlsx")
    (release,) = ptp.publications(members([tmp_path]))
    assert [one.name for one in release.members] == ["ccipra-v302r0-f1.TXT", "ccipra-v302r0-f2.xlsx"]


def test_a_copy_of_a_part_is_read_once_and_another_content_is_refused(tmp_path):
    plain = write_text(tmp_path / "ccipra-v302r0-f1.TXT")
    write_zip(tmp_path / zip_name(), plain)
    (release,) = ptp.publications(members([tmp_path]))
    assert len(release.members) == 1
    write_text(plain, EDITS[:2])
    with pytest.raises(Refused) as refused:
        ptp.publications(members([tmp_path]))
    assert f"ccipra-v302r0-f1.TXT and {zip_name()}: ccipra-v302r0-f1.TXT are the same part" in str(refused.value)


@pytest.mark.parametrize(
    ("zipped_as", "inside", "says"),
    [
        (zip_name(quarter="2024Q2"), "ccipra-v302r0-f1.TXT", "2024Q3 by its name, and of 2024Q2"),
        (zip_name("outpatient_hospital"), "ccipra-v302r0-f1.TXT", "of practitioner by its name"),
        (zip_name(part=2), "ccipra-v302r0-f1.TXT", "part f1 by its name, and lies in a zip of part f2"),
        (zip_name(revision=1), "ccipra-v302r0-f1.TXT", "of 0 by its name, and of 1"),
        (
            "medicare-ncci-2024q2-practitioner-ptp-edits-ccipra-v302r0-f1.zip",
            "f1.TXT",
            "says 2024Q2, and its version is that of 2024Q3",
        ),
    ],
)
def test_names_that_contradict_each_other_are_refused(zipped_as, inside, says):
    assert says in refusal(f"{zipped_as}/{inside}")


def test_a_quarter_given_by_hand_settles_what_contradicts_itself():
    (release,) = found("2024q2-ccipra-v302r0-f1.txt", quarter="2024Q3")
    assert release.quarter == "2024Q3"


@pytest.mark.parametrize(
    "name",
    [
        *("medicaid-ncci-2024q3-practitioner-ptp-edits.txt", "MCD_PTP_PRA_Eff_07-01-2024.xlsx"),
        "medicaid-ncci-ptp.zip/ccipra-v302r0-f1.TXT",
    ],
)
def test_medicaids_files_are_refused(name):
    assert "is a Medicaid file" in refusal(name)


def test_a_quarter_and_setting_by_hand_go_over_what_the_names_say():
    (release,) = found("ccipra-v302r0-f1.txt", quarter="2024Q4", setting="outpatient_hospital")
    assert (release.quarter, release.setting, release.quarter_by_hand) == ("2024Q4", "outpatient_hospital", True)
    (release,) = found("practitioner-ptp-f1.txt", quarter="2024Q4")
    assert (release.quarter, release.setting) == ("2024Q4", "practitioner")


def test_by_hand_files_whose_names_say_nothing_are_parts_in_the_order_of_their_names(tmp_path):
    for name in ("b.txt", "a.txt", "c.xlsx", "a.xlsx"):
        (tmp_path / name).touch()
    (release,) = ptp.publications(members([tmp_path]), "2024Q3", "practitioner")
    assert [one.name for one in release.members] == ["a.txt", "b.txt", "c.xlsx"]
    assert found("a.txt", "b.txt") == found("a.txt", quarter="2024Q3") == []


def test_by_hand_is_for_one_release():
    names = ("ccipra-v302r0-f1.txt", "ccipra-v303r0-f1.txt")
    assert "2024Q3, 2024Q4" in refusal(*names, quarter="2024Q3", setting="practitioner")
    names = ("ccipra-v302r0-f1.txt", "ccioph-v302r0-f1.txt")
    assert "outpatient hospital, practitioner" in refusal(*names, quarter="2024Q3")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("MCR_NCCI_OCE_Changes_Eff_10-01-2025.xlsx", "lists what changed in a quarter"),
        ("MCR_NCCI_OCE_CCMIChgs_Eff_10-01-2025.txt", "lists what changed in a quarter"),
        ("ccipra-v302r0-f1.pdf", "no PTP table"),
        ("ccipra-f1.txt", "does not say of which quarter"),
        ("2024q3-ptp-edits-f1.txt", "does not say of which quarter and setting"),
        ("ccipra-v302r0-f1.txt", ""),
        ("notes.txt", ""),
        ("ptp.zip/MCR_MUE_PractitionerServices_Eff_04-01-2026.csv", ""),
    ],
)
def test_what_is_not_loaded_is_explained(name, says):
    explained = ptp.explain(member(name))
    assert says in explained
    assert bool(says) == bool(explained)


@pytest.mark.cms
def test_the_files_of_cms_are_told_apart(cms_files):
    releases = ptp.publications(members([cms_files / "ptp"]))
    assert [(one.quarter, one.setting, one.revision, len(one.members), one.missing) for one in releases] == [
        ("2024Q2", "practitioner", 0, 4, ()),
        ("2024Q3", "outpatient_hospital", 0, 4, ()),
        ("2024Q3", "practitioner", 0, 4, ()),
        ("2026Q3", "practitioner", 0, 1, ()),
    ]
