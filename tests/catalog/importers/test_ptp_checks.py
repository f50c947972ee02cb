from datetime import date
from pathlib import Path

import pytest

from catalog.importers import ptp_checks
from catalog.importers.files import Member, Refused, members
from catalog.importers.names import Publication
from catalog.importers.ptp import read
from catalog.importers.ptp_checks import CANARIES, HOSPITAL_ONLY, Canary, doubts
from catalog.models import PtpEdit, Rationale, Release, ReleaseFile, Setting
from tests.builders import make_release
from tests.ptp_files import Edit, part_name, whole, write_text

SETTINGS = list(CANARIES)
OTHER = dict(zip(SETTINGS, reversed(SETTINGS), strict=True))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_tables_are_whole(monkeypatch):
    monkeypatch.setattr(ptp_checks, "FEWEST", 10)


def found(tmp_path: Path, edits: list[Edit], setting: str = "practitioner", quarter: str = "2024Q3") -> list[str]:
    """The doubts about a release of these edits, read from a file and written."""
    member = Member(write_text(tmp_path / f"{part_name(setting, quarter)}.TXT", edits))
    release = make_release(quarter, dataset="ptp", setting=setting, state=Release.State.LOADING)
    file = ReleaseFile.objects.create(release=release, name=member.name, sha256="0" * 64, size=1)
    reason, _created = Rationale.objects.get_or_create(text="Made-up reason")
    PtpEdit.objects.bulk_create(
        PtpEdit(release=release, file=file, **row._asdict() | {"rationale": reason}) for row in read(member)
    )
    publication = Publication("ptp", quarter, 0, (member,), setting=setting)
    return doubts(PtpEdit.objects.of(release), publication, release.counts)


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_whole_table_raises_no_doubt(tmp_path, setting):
    assert found(tmp_path, whole(setting=setting), setting) == []


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("parts", range(2, 9))
def test_any_part_left_out_is_noticed(tmp_path, setting, parts):
    edits = whole(setting=setting)
    size = -(-len(edits) // parts)
    for begin in range(0, len(edits), size):
        doubt, *_of_dates = found(tmp_path, edits[:begin] + edits[begin + size :], setting)
        assert "A part may be missing." in doubt


def test_the_stretches_that_are_missing_are_named(tmp_path):
    gone = {"38242", "43243", "44360", "U0003", "11057"}
    kept = [edit for edit in whole() if edit.column_one not in gone]
    assert found(tmp_path, kept) == [
        "It lacks 5 of 41 pairs that every table of this setting holds, with column one at 11057 and "
        "from 38242 to 44360 and at U0003. A part may be missing."
    ]


def test_a_pair_with_another_end_is_missing(tmp_path):
    edits = whole()
    edits[5] = edits[5]._replace(deletion="20050101")
    assert "It lacks 1 of 41 pairs" in found(tmp_path, edits)[0]


def test_swapped_columns_are_refused(tmp_path):
    swapped = [edit._replace(column_one=edit.column_two, column_two=edit.column_one) for edit in whole()]
    with pytest.raises(Refused, match="old pairs the other way round: the columns are swapped"):
        found(tmp_path, swapped)


def test_rows_in_number_with_hardly_a_pair_of_the_table_are_of_another(tmp_path):
    strange = [Edit(f"{10000 + n}", "99213") for n in range(20)]
    with pytest.raises(Refused, match="20 rows and hardly one of the old pairs"):
        found(tmp_path, strange)


def test_a_small_table_is_doubted(tmp_path, monkeypatch):
    monkeypatch.setattr(ptp_checks, "FEWEST", 100_000)
    assert found(tmp_path, whole()) == ["It has 42 rows; every table has had 100,000 and more."]


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_table_of_the_other_setting_is_refused(tmp_path, setting):
    strangers = [Edit(one, two, "", "19960101", f"{last:%Y%m%d}") for one, two, last in HOSPITAL_ONLY]
    other = whole(*(strangers if setting == "practitioner" else ()), setting=OTHER[setting])
    with pytest.raises(Refused, match=f"only the table of {OTHER[setting].replace('_', ' ')} has"):
        found(tmp_path, other, setting)


def test_one_pair_of_the_other_setting_is_no_reason_to_refuse(tmp_path):
    one, two, last = HOSPITAL_ONLY[0]
    assert found(tmp_path, whole(Edit(one, two, "", "19960101", f"{last:%Y%m%d}"))) == []


@pytest.mark.parametrize(
    ("newest", "doubt"),
    [
        ("20240401", ["Its newest date is 2024-04-01; it looks like the table of 2024Q2."]),
        ("20240629", ["Its newest date is 2024-06-29; it looks like the table of 2024Q2."]),
        ("20240630", []),
        ("20240701", []),
        ("20240930", []),
        ("20241001", ["Its newest date is 2024-10-01, after 2024Q3; it looks like 2024Q4."]),
    ],
)
@pytest.mark.parametrize("column", ["effective", "deletion"])
def test_dates_tell_the_table_of_another_quarter(tmp_path, newest, doubt, column):
    edits = [edit for edit in whole(quarter="2020Q1") if edit.effective < "2020"]
    edits.append(Edit("99213", "99199")._replace(**{column: newest}))
    assert found(tmp_path, sorted(edits)) == doubt


@pytest.mark.cms
@pytest.mark.parametrize(
    ("setting", "quarter"),
    [("practitioner", "2024Q2"), ("practitioner", "2024Q3"), ("outpatient_hospital", "2024Q3")],
)
def test_every_part_of_the_tables_of_cms_holds_pairs_that_are_looked_for(cms_files, setting, quarter):
    strangers = ptp_checks.STRANGERS[setting]
    wanted = dict.fromkeys(CANARIES[setting])
    by_part, seen = [], set()
    pairs = {one[:2] for one in (*wanted, *strangers)}
    for number in range(1, 5):
        (path,) = (cms_files / "ptp").glob(f"*{quarter.lower()}*{part_name(setting, quarter, number)}.zip")
        rows = [row for row in read(*members([path])) if row[1:3] in pairs]
        here = {Canary(row.column_one, row.column_two, row.deletion_date) for row in rows}
        here |= {one._replace(last_day=None) for one in here}
        by_part.append(len(wanted.keys() & here))
        seen |= here
    assert wanted.keys() <= seen
    assert not seen & set(strangers)
    assert min(by_part) > 5


def test_pairs_looked_for_lie_in_the_order_of_the_tables():
    for canaries in CANARIES.values():
        assert list(canaries) == sorted(canaries, key=lambda one: one[:2])
        assert len(canaries) == 41
        assert all(one.last_day is None or one.last_day < date(2017, 1, 1) for one in canaries)


def test_a_table_is_asked_only_for_pairs_that_had_ended_when_its_quarter_began():
    hospital = Setting.OUTPATIENT_HOSPITAL.value
    old, new = (ptp_checks.expected_canaries(hospital, quarter) for quarter in ("2012Q1", "2024Q3"))
    assert set(old) < set(new) == set(ptp_checks.CANARIES[hospital])
    assert all(one.last_day < date(2012, 1, 1) for one in old)
