"""Loading PTP, MUE and add-on tables, a few rows each, made up for each test."""

from datetime import date
from pathlib import Path

import pytest

from catalog.importers import bulk, load, verify
from catalog.importers.files import Refused
from catalog.models import AddOnEdit, Change, EditCode, GoldenPair, Mue, PtpEdit, Release, ReleaseFile
from tests import ptp_files
from tests.addon_files import edit as addon_edit
from tests.builders import make_ptp, make_release
from tests.edit_releases import STANDING, allow_small_tables, ptp_parts, write_addon, write_mue, write_ptp
from tests.mue_files import row as mue_row
from tests.ptp_files import Edit

pytestmark = pytest.mark.django_db

PAIR = Edit("99213", "36415")


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    allow_small_tables(monkeypatch)
    monkeypatch.setattr(bulk, "BATCH", 7)


@pytest.fixture
def counts_free(monkeypatch):
    """Tables of any number of rows may follow each other."""
    monkeypatch.setattr(verify, "BOUNDS", {})


def load_all(*paths: Path, **options) -> list[load.Outcome]:
    return [load.load(publication, **options) for publication in load.publications(paths)]


def load_one(*paths: Path, **options) -> load.Outcome:
    (outcome,) = load_all(*paths, **options)
    return outcome


def states(dataset: str = "ptp") -> dict[str, str]:
    return {one.title: one.state for one in Release.objects.filter(dataset=dataset)}


def row_counts() -> list[int]:
    return [model.objects.count() for model in (Release, ReleaseFile, PtpEdit, Mue, AddOnEdit, EditCode, Change)]


def changes_of(release: Release) -> list[tuple]:
    return list(release.changes.values_list("kind", "code", "other_code", "fields"))


def test_all_parts_make_one_release_and_every_row_names_its_file_and_line(tmp_path):
    folder = write_ptp(tmp_path / "q3", "2024Q3", PAIR, parts=4)
    outcome = load_one(folder)
    release = outcome.release
    assert (release.dataset, release.setting, release.quarter) == ("ptp", "practitioner", "2024Q3")
    assert (release.state, release.partial) == ("current", False)
    assert release.counts == {"edits": 45, "open": 45}
    assert release.notice == ptp_files.NOTICE
    assert [file.rows for file in release.files.all()] == [12, 12, 12, 9]
    assert [file.name for file in release.files.all()] == [f"ccipra-v302r0-f{n}.TXT" for n in (1, 2, 3, 4)]
    stored = {
        (edit.column_one, edit.column_two): (edit.file.name, edit.line)
        for edit in PtpEdit.objects.of(release).select_related("file")
    }
    assert stored == {
        edit[:2]: (f"ccipra-v302r0-f{part}.TXT", line)
        for part, edits in enumerate(ptp_parts("2024Q3", PAIR, parts=4), 1)
        for line, edit in enumerate(edits, ptp_files.FIRST_LINE)
    }


def test_every_field_of_a_ptp_row_reaches_the_database(tmp_path):
    full = Edit("0001A", "0591T", "*", "19960101", "20231231", "0", "A reason, told once")
    release = load_one(write_ptp(tmp_path / "q3", "2024Q3", full, PAIR)).release
    edit = PtpEdit.objects.of(release).for_pair("0001A", "0591T").get()
    assert edit.prior_to_1996 is True
    assert (edit.effective_date, edit.deletion_date) == (date(1996, 1, 1), date(2023, 12, 31))
    assert (edit.modifier_indicator, edit.rationale.text) == ("0", "A reason, told once")
    assert release.counts == {"edits": 46, "open": 45}


def test_the_codes_of_a_release_are_counted(tmp_path):
    release = load_one(write_ptp(tmp_path / "q3", "2024Q3", PAIR, Edit("36415", "36591"))).release
    counted = {one.code: (one.in_first, one.in_second) for one in release.edit_codes.all()}
    assert (counted["36591"], counted["36415"], counted["99213"]) == ((0, 45), (1, 1), (1, 0))


def test_parts_may_come_zipped_and_plain(tmp_path):
    first, second = ptp_parts("2024Q3")
    one = ptp_files.write_text(tmp_path / "ccipra-v302r0-f1.TXT", first)
    folder = tmp_path / "zips"
    two = ptp_files.write_release(folder, [[], second])[1]
    release = load_one(one, two).release
    assert [(file.name, bool(file.archive), file.rows) for file in release.files.all()] == [
        ("ccipra-v302r0-f1.TXT", False, 22),
        ("ccipra-v302r0-f2.TXT", True, 22),
    ]


def test_a_missing_part_is_refused_and_named(tmp_path):
    folder = write_ptp(tmp_path / "q3", parts=3)
    (folder / ptp_files.zip_name(part=2)).unlink()
    with pytest.raises(Refused, match=r"looks incomplete: Part f2 is missing\. Give --allow-partial"):
        load_one(folder)
    assert row_counts() == [0] * 7


def test_an_incomplete_release_never_replaces_a_complete_one_and_gives_way_to_it(tmp_path, counts_free):
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    whole = write_ptp(tmp_path / "q3", parts=3)
    without = write_ptp(tmp_path / "part", parts=3)
    (without / ptp_files.zip_name(part=1)).unlink()
    outcome = load_one(without, allow_partial=True)
    assert outcome.release.partial
    assert outcome.doubts == ["Part f1 is missing."]
    assert outcome.tally["vanished"] == outcome.tally["ended"] == 0
    assert states() == {"April 2024": "current", "July 2024": "loaded"}
    complete = load_one(whole).release
    assert (complete.revision, complete.partial) == (0, False)
    assert states() == {"April 2024": "loaded", "July 2024": "current"}
    assert PtpEdit.objects.count() == 44 + 44


def test_the_same_incomplete_release_again_does_nothing(tmp_path):
    folder = write_ptp(tmp_path / "q3", parts=3)
    (folder / ptp_files.zip_name(part=1)).unlink()
    first = load_one(folder, allow_partial=True)
    again = load_one(folder, allow_partial=True)
    assert (again.is_new, again.release) == (False, first.release)


def test_the_settings_stand_side_by_side(tmp_path):
    write_ptp(tmp_path / "all", "2024Q3", PAIR)
    write_ptp(tmp_path / "all", "2024Q3", setting="outpatient_hospital")
    hospital, practitioner = load_all(tmp_path / "all")
    assert [one.release.setting for one in (hospital, practitioner)] == ["outpatient_hospital", "practitioner"]
    assert Release.objects.current().count() == 2
    assert not PtpEdit.objects.of(hospital.release).for_pair(*PAIR[:2]).exists()
    assert PtpEdit.objects.of(practitioner.release).for_pair(*PAIR[:2]).exists()


def test_a_replacement_takes_the_place_of_its_quarter_which_stays_to_roll_back_to(tmp_path):
    first = load_one(write_ptp(tmp_path / "r0")).release
    outcome = load_one(write_ptp(tmp_path / "r1", "2024Q3", PAIR, revision=1))
    assert (outcome.release.revision, outcome.against) == (1, first)
    assert states() == {"July 2024": "loaded", "July 2024, revision 1": "current"}
    load.make_current(first)
    assert states() == {"July 2024": "current", "July 2024, revision 1": "loaded"}
    assert not PtpEdit.objects.of(Release.objects.current().get()).for_pair(*PAIR[:2]).exists()


def test_what_is_older_than_the_release_before_is_pruned(tmp_path):
    january, april, july = (
        load_one(write_ptp(tmp_path / quarter, quarter, *edits))
        for quarter, edits in (("2024Q1", []), ("2024Q2", [PAIR]), ("2024Q3", [PAIR]))
    )
    assert [one.quarter for one in july.pruned] == ["2024Q1"]
    assert states() == {"January 2024": "pruned", "April 2024": "loaded", "July 2024": "current"}
    assert set(PtpEdit.objects.values_list("release__quarter", flat=True)) == {"2024Q2", "2024Q3"}
    assert not january.release.edit_codes.exists()
    assert january.release.files.count() == 2
    assert changes_of(april.release) == [("added", "99213", "36415", {})]
    pruned = Release.objects.get(quarter="2024Q1")
    with pytest.raises(Refused, match="rows of PTP edits, practitioner, January 2024 were removed"):
        load.make_current(pruned)


def test_a_pruned_release_can_be_loaded_again_to_roll_back_to_it(tmp_path):
    folders = [write_ptp(tmp_path / quarter, quarter) for quarter in ("2024Q1", "2024Q2", "2024Q3")]
    for folder in folders:
        load_one(folder)
    again = load_one(folders[0])
    assert again.is_new
    assert Release.objects.published().filter(quarter="2024Q1").count() == 1


def test_pruning_leaves_the_other_setting_and_add_on_tables_alone(tmp_path):
    load_one(write_ptp(tmp_path / "hospital", "2024Q1", setting="outpatient_hospital"))
    for quarter in ("2024Q1", "2024Q2", "2024Q3"):
        load_one(write_ptp(tmp_path / quarter, quarter))
    kept = Release.objects.published().values_list("setting", "quarter")
    assert set(kept) == {
        ("outpatient_hospital", "2024Q1"),
        ("practitioner", "2024Q2"),
        ("practitioner", "2024Q3"),
    }


def test_add_on_tables_are_pruned_alike(tmp_path):
    for quarter in ("2024Q1", "2024Q2", "2024Q3"):
        load_one(write_addon(tmp_path, quarter, addon_edit(f"08{quarter[5]}0T", "99213")))
    assert states("addon") == {"January 2024": "pruned", "April 2024": "loaded", "July 2024": "current"}


def test_every_quarter_of_mue_stays_current_and_a_repost_replaces_its_own(tmp_path):
    january = load_one(write_mue(tmp_path / "1", "01-01-2026", mue_row("99213", 2))).release
    april = load_one(write_mue(tmp_path / "2", "04-01-2026", mue_row("99213", 3))).release
    assert states("mue") == {"January 2026": "current", "April 2026": "current"}
    again = load_one(write_mue(tmp_path / "3", "01-01-2026", mue_row("99213", 4)))
    assert (again.release.revision, again.pruned) == (1, [])
    assert states("mue") == {
        "January 2026": "loaded",
        "January 2026, revision 1": "current",
        "April 2026": "current",
    }
    answering = Release.objects.answering("mue", "practitioner", date(2026, 2, 1))
    assert Mue.objects.of(answering).get(code="99213").mue_value == 4
    assert Release.objects.answering("mue", "practitioner", date(2026, 4, 1)) == april
    load.make_current(january)
    assert states("mue")["January 2026, revision 1"] == "loaded"
    assert states("mue")["April 2026"] == "current"


def test_the_starter_set_gives_way_to_a_release_of_any_quarter(tmp_path):
    starters = [
        make_release("2026Q4", dataset=dataset, setting=setting, origin=Release.Origin.STARTER)
        for dataset, setting in (("ptp", "practitioner"), ("mue", "practitioner"), ("addon", ""))
    ]
    make_ptp("99213", "36415", starters[0])
    load_one(write_ptp(tmp_path / "ptp"))
    load_one(write_mue(tmp_path / "mue", "04-01-2026"))
    load_one(write_addon(tmp_path / "addon", "2024Q1"))
    assert {one.state for one in Release.objects.filter(origin="starter")} == {"loaded"}
    assert Release.objects.current().count() == 3
    assert PtpEdit.objects.of(starters[0]).count() == 1


def test_changes_of_pairs_are_counted_as_cms_counts_them(tmp_path, counts_free):
    before = [
        Edit("20000", "20100"),
        Edit("20000", "20200"),
        Edit("20000", "20300", indicator="0"),
        Edit("20000", "20400", effective="20200101", deletion="20211231"),
        Edit("20000", "20500"),
    ]
    after = [
        Edit("20000", "20050", effective="20240701"),
        Edit("20000", "20100", deletion="20240630"),
        Edit("20000", "20300", indicator="0", deletion="20240630"),
        Edit("20000", "20300", effective="20240701", indicator="1"),
        Edit("20000", "20400", effective="20200101", deletion="20211231"),
        Edit("20000", "20400", effective="20240701"),
        Edit("20000", "20500"),
    ]
    load_one(write_ptp(tmp_path / "q2", "2024Q2", *before))
    outcome = load_one(write_ptp(tmp_path / "q3", "2024Q3", *after))
    assert changes_of(outcome.release) == [
        ("added", "20000", "20050", {}),
        ("ended", "20000", "20100", {}),
        ("vanished", "20000", "20200", {}),
        ("revised", "20000", "20300", {"modifier_indicator": ["0", "1"]}),
        ("added", "20000", "20400", {}),
    ]
    assert outcome.tally == {"missing": 0, "added": 2, "revised": 1, "ended": 1, "reactivated": 0, "vanished": 1}
    assert {change.record for change in outcome.release.changes.all()} == {"ptp"}


def test_changes_of_unit_limits_tell_the_value_before_and_after(tmp_path):
    load_one(write_mue(tmp_path / "1", "01-01-2026", mue_row("99213", 2), mue_row("99214", 1)))
    outcome = load_one(write_mue(tmp_path / "2", "04-01-2026", mue_row("99213", 3), mue_row("99215", 1)))
    assert changes_of(outcome.release) == [
        ("revised", "99213", "", {"mue_value": [2, 3]}),
        ("vanished", "99214", "", {}),
        ("added", "99215", "", {}),
    ]


def test_changes_of_add_on_edits_tell_what_ended(tmp_path):
    load_one(write_addon(tmp_path, "2024Q1", addon_edit("0800T", "99213"), addon_edit("0801T", "99213")))
    ended = addon_edit("0800T", "99213", deleted="2024091")
    outcome = load_one(
        write_addon(tmp_path / "q2", "2024Q2", ended, addon_edit("0801T", "99213"), addon_edit("0801T", "99214"))
    )
    assert changes_of(outcome.release) == [
        ("ended", "0800T", "99213", {"deletion_date": [None, "2024-03-31"]}),
        ("added", "0801T", "99214", {}),
    ]


def test_a_release_loaded_late_is_what_the_newer_one_is_compared_with(tmp_path):
    april, july = Edit("20000", "20100"), Edit("20000", "20200")
    load_one(write_ptp(tmp_path / "q1", "2024Q1"))
    newer = load_one(write_ptp(tmp_path / "q3", "2024Q3", april, july)).release
    assert [change[2] for change in changes_of(newer)] == ["20100", "20200"]
    between = load_one(write_ptp(tmp_path / "q2", "2024Q2", april))
    assert between.current == newer
    assert [change[2] for change in changes_of(between.release)] == ["20100"]
    assert [change[2] for change in changes_of(newer)] == ["20200"]


def test_the_same_files_again_do_nothing(tmp_path):
    folder = write_ptp(tmp_path / "q3")
    first, before = load_one(folder), row_counts()
    again = load_one(folder)
    assert (again.is_new, again.release) == (False, first.release)
    assert row_counts() == before


def test_the_same_rows_as_workbooks_do_nothing(tmp_path):
    parts = ptp_parts("2024Q3", PAIR)
    first = load_one(write_ptp(tmp_path / "text", "2024Q3", PAIR))
    for number, edits in enumerate(parts, 1):
        ptp_files.write_workbook(tmp_path / f"{ptp_files.part_name(part=number)}.xlsx", edits)
    before = row_counts()
    books = load_one(*sorted(tmp_path.glob("*.xlsx")))
    assert (books.is_new, books.release) == (False, first.release)
    assert row_counts() == before


@pytest.mark.parametrize("change", [{"indicator": "0"}, {"deletion": "20230630"}, {"rationale": "Another"}])
def test_one_other_value_is_another_release(tmp_path, change):
    load_one(write_ptp(tmp_path / "r0", "2024Q3", PAIR))
    other = load_one(write_ptp(tmp_path / "r1", "2024Q3", PAIR._replace(**change)))
    assert (other.is_new, other.release.revision) == (True, 1)


@pytest.mark.parametrize(("quarter", "setting"), [("2024Q2", "practitioner"), ("2024Q3", "outpatient_hospital")])
def test_the_same_content_under_another_name_is_refused(tmp_path, quarter, setting):
    load_one(write_ptp(tmp_path / "first", "2024Q3"))
    before = row_counts()
    ptp_files.write_release(tmp_path / "other", ptp_parts("2024Q3"), quarter=quarter, setting=setting)
    with pytest.raises(Refused, match="has been loaded as PTP edits, practitioner, July 2024, and now appears as"):
        load_one(tmp_path / "other")
    assert row_counts() == before


def test_a_part_that_is_there_under_two_numbers_is_refused(tmp_path):
    first, _second = ptp_parts("2024Q3")
    folder = tmp_path / "doubled"
    ptp_files.write_release(folder, [first, first])
    with pytest.raises(Refused, match=r"f1\.TXT and .*f2\.TXT have the same content: a part is there twice"):
        load_one(folder)
    assert row_counts() == [0] * 7


def test_a_dry_run_tells_and_leaves_nothing(tmp_path):
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    before = row_counts()
    outcome = load_one(write_ptp(tmp_path / "q3", "2024Q3", PAIR), dry_run=True)
    assert outcome.tally["added"] == 1
    assert [change.code for change in outcome.samples] == ["99213"]
    assert outcome.counts == {"edits": 45, "open": 45}
    assert row_counts() == before


def test_nameless_files_are_loaded_with_what_is_told_by_hand(tmp_path):
    edits = [edit for part in ptp_parts("2024Q3", PAIR) for edit in part]
    path = ptp_files.write_text(tmp_path / "download.txt", edits)
    (publication,) = load.publications([path], "ptp", "2024Q3", "practitioner")
    release = load.load(publication).release
    assert (release.quarter, release.setting, release.counts["edits"]) == ("2024Q3", "practitioner", 45)


def test_a_nameless_file_that_several_datasets_could_claim_is_refused(tmp_path):
    path = ptp_files.write_text(tmp_path / "download.txt", STANDING)
    with pytest.raises(Refused, match=r"download\.txt does not say what it is. Give --dataset"):
        load.publications([path], "", "2024Q3", "practitioner")


def test_a_golden_pair_that_comes_out_wrong_blocks_the_flip_whatever_is_allowed(tmp_path):
    load_one(write_ptp(tmp_path / "q2", "2024Q2", PAIR))
    before = row_counts()
    GoldenPair.objects.create(
        setting="practitioner",
        column_one=PAIR.column_one,
        column_two=PAIR.column_two,
        day=date(2024, 7, 1),
        expected=GoldenPair.Expected.ALLOWED,
        source="CMS",
    )
    stricter = write_ptp(tmp_path / "q3", "2024Q3", PAIR._replace(indicator="0"))
    with pytest.raises(Refused, match=r"99213 and 36415 on Jul 1, 2024: .*indicator 0.*; expected: Edit in force"):
        load_one(stricter, allow_partial=True)
    assert row_counts() == before
    assert states() == {"April 2024": "current"}
    assert load_one(write_ptp(tmp_path / "r1", "2024Q3", PAIR)).release.is_current


def test_a_golden_pair_that_an_incomplete_release_lacks_is_no_wrong_answer(tmp_path):
    golden = {"column_one": PAIR.column_one, "column_two": PAIR.column_two, "day": date(2024, 7, 1)}
    GoldenPair.objects.create(setting="practitioner", expected=GoldenPair.Expected.ALLOWED, source="CMS", **golden)
    with pytest.raises(Refused, match="No edit on file; expected"):
        load_one(write_ptp(tmp_path / "whole", "2024Q3"))
    folder = write_ptp(tmp_path / "part", "2024Q3")
    next(folder.iterdir()).unlink()
    assert load_one(folder, allow_partial=True).release.partial


def test_a_part_of_the_quarter_before_among_the_others_is_refused(tmp_path):
    load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    folder = write_ptp(tmp_path / "q3", "2024Q3")
    stale = ptp_parts("2024Q2")[1]
    ptp_files.write_release(folder, [ptp_parts("2024Q3")[0], stale])
    with pytest.raises(Refused, match=r"v302r0-f2\.TXT has been loaded as PTP edits, practitioner, April 2024"):
        load_one(folder)
