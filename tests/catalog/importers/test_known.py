"""Files that are there already, under the name of another quarter."""

import pytest

from catalog.importers import rehearsal
from catalog.models import Release
from tests import ptp_files
from tests.addon_files import edit as addon_edit
from tests.edit_releases import ptp_parts, write_addon, write_mue, write_ptp
from tests.mue_files import row
from tests.rehearsals import ADA, load_one, make_tables_small, rehearse

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    make_tables_small(monkeypatch)


def test_a_table_of_unit_limits_under_the_name_of_another_quarter_is_doubted(tmp_path):
    april = write_mue(tmp_path / "q2", "04-01-2026")
    load_one(april)
    july = rehearse(april.rename(tmp_path / april.name.replace("04-01", "07-01")))
    assert july.doubts == [
        "Byte for byte its file is that of April 2026, which is loaded: one of the two may have the wrong name. "
        "Download July 2026 again from CMS. Use this only if CMS posted the same for both quarters."
    ]
    with pytest.raises(rehearsal.Refused, match="Say that you accept it all the same"):
        rehearsal.activate(july, by=ADA)
    rehearsal.activate(july, by=ADA, accept_doubts=True, note="CMS says that nothing changed")
    assert july.is_current


def test_a_new_file_with_the_same_rows_is_not_doubted(tmp_path):
    load_one(write_mue(tmp_path, "04-01-2026"))
    assert rehearse(write_mue(tmp_path, "07-01-2026")).doubts == []


def test_the_same_file_as_a_revision_of_its_own_quarter_is_known_and_not_doubted(tmp_path):
    first = load_one(write_mue(tmp_path / "1", "04-01-2026"))
    load_one(write_mue(tmp_path / "2", "04-01-2026", row("99213", 4)))
    assert rehearse(tmp_path / "1") == first


def test_an_add_on_table_of_another_quarter_of_the_year_is_doubted(tmp_path):
    april = write_addon(tmp_path, "2024Q2", addon_edit("0800T", "99213"))
    load_one(april)
    (doubt,) = rehearse(april.rename(tmp_path / "AOC_V2024Q3-MCR.txt")).doubts
    assert doubt.startswith("Byte for byte its file is that of April 2024, which is loaded")


def test_so_is_one_of_a_quarter_of_which_only_the_record_is_left(tmp_path):
    tables = [write_addon(tmp_path, f"2024Q{n}", addon_edit(f"080{n}T", "99213")) for n in (1, 2, 3)]
    for table in tables:
        load_one(table)
    assert Release.objects.get(quarter="2024Q1").state == Release.State.PRUNED
    (doubt,) = rehearse(tables[0].rename(tmp_path / "AOC_V2024Q4-MCR.txt")).doubts
    assert doubt.startswith("Byte for byte its file is that of January 2024, which was loaded before")


def test_a_pair_of_quarters_that_come_together_is_doubted_before_either_is_loaded(tmp_path):
    april = write_mue(tmp_path, "04-01-2026")
    first = rehearse(april)
    second = rehearse(april.rename(tmp_path / april.name.replace("04-01", "07-01")))
    assert first.doubts == []
    assert second.doubts[0].startswith("Byte for byte its file is that of April 2026, which waits for a decision")


def test_what_was_withdrawn_or_discarded_says_nothing_against_the_right_name(tmp_path):
    wrong = write_mue(tmp_path, "04-01-2026")
    withdrawn = load_one(wrong)
    rehearsal.withdraw(withdrawn, by=ADA, note="It is that of July")
    right = wrong.rename(tmp_path / wrong.name.replace("04-01", "07-01"))
    assert rehearse(right).doubts == []
    rehearsal.discard(Release.objects.get(quarter="2026Q3"), by=ADA)
    assert rehearse(right.rename(tmp_path / right.name.replace("07-01", "10-01"))).doubts == []


def test_of_a_table_in_parts_all_files_are_meant(tmp_path):
    rehearse(write_ptp(tmp_path / "q2", "2024Q2"))
    first, second = ptp_parts("2024Q2")
    ptp_files.write_release(tmp_path / "q3", [first, second], quarter="2024Q3")
    assert any(
        "Byte for byte its files are those of April 2024" in one for one in rehearse(tmp_path / "q3").doubts
    )
    ptp_files.write_release(tmp_path / "q4", [first, ptp_parts("2024Q4")[1]], quarter="2024Q4")
    assert not any("Byte for byte" in one for one in rehearse(tmp_path / "q4").doubts)
