import pytest

from catalog.importers import files, mue
from catalog.importers.files import BadRow, Member, Refused
from catalog.importers.mue import Row
from catalog.importers.names import Publication
from catalog.models import Mue, Setting
from tests.builders import make_release
from tests.mue_files import NOTICE, file_name, header, row, whole, write_csv, write_workbook
from tests.release_files import write_zip

PRACTITIONER, HOSPITAL, DME = Setting.PRACTITIONER, Setting.OUTPATIENT_HOSPITAL, Setting.DME_SUPPLIER
NAME = file_name()
ZIP = "medicare-ncci-2026-q2-practitioner-services-mue-table.zip"


def publications(folder, quarter: str = "", setting: str = "") -> list[tuple[str, str, int | None, str]]:
    return [
        (found.quarter, found.setting, found.revision, str(found.members[0]))
        for found in mue.publications(files.members([folder]), quarter, setting)
    ]


def touch(folder, *names: str) -> None:
    for name in names:
        (folder / name).write_text(name)


def bad_row(path, setting: str = "") -> tuple[int, str]:
    with pytest.raises(BadRow) as caught:
        list(mue.read(Member(path), setting))
    assert caught.value.file == path.name
    return caught.value.line, caught.value.reason


# --- which files make a release


def test_each_quarter_and_setting_is_a_release_of_its_own_oldest_first(tmp_path):
    touch(tmp_path, *(file_name(setting) for setting in Setting), file_name(PRACTITIONER, "07-01-2024"))
    assert publications(tmp_path) == [
        ("2024Q3", "practitioner", None, "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"),
        ("2026Q2", "dme_supplier", None, "MCR_MUE_DMESupplierServices_Eff_04-01-2026.csv"),
        ("2026Q2", "outpatient_hospital", None, "MCR_MUE_OutpatientHospitalServices_Eff_04-01-2026.csv"),
        ("2026Q2", "practitioner", None, "MCR_MUE_PractitionerServices_Eff_04-01-2026.csv"),
    ]


def test_the_csv_is_read_before_the_workbook(tmp_path):
    touch(tmp_path, NAME, file_name(form="xlsx"))
    assert [name for *_rest, name in publications(tmp_path)] == [NAME]


def test_a_replacement_is_read_instead_of_what_it_replaces_in_either_form(tmp_path):
    touch(tmp_path, NAME, NAME.replace(".csv", "_Replacement.xlsx"))
    assert publications(tmp_path) == [("2026Q2", "practitioner", 1, NAME.replace(".csv", "_Replacement.xlsx"))]


def test_a_table_is_found_in_its_zip(tmp_path):
    write_zip(tmp_path / ZIP, (NAME, b""), (file_name(form="xlsx"), b""))
    assert publications(tmp_path) == [("2026Q2", "practitioner", None, f"{ZIP}: {NAME}")]


@pytest.mark.parametrize(
    ("archive", "says"),
    [
        ("medicare-ncci-2026-q3-practitioner-services-mue-table.zip", "2026Q2.*2026Q3.*--quarter"),
        (
            "medicare-ncci-2026-q2-facility-outpatient-hospital-services-mue-table.zip",
            "practitioner.*outpatient hospital.*--setting",
        ),
    ],
)
def test_a_zip_whose_name_contradicts_that_of_its_file_is_refused(tmp_path, archive, says):
    write_zip(tmp_path / archive, (NAME, b""))
    with pytest.raises(Refused, match=says):
        publications(tmp_path)


def test_the_same_file_beside_its_zip_is_one_release(tmp_path):
    touch(tmp_path, NAME)
    write_zip(tmp_path / ZIP, tmp_path / NAME)
    assert len(publications(tmp_path)) == 1


def test_two_different_files_of_one_release_are_refused(tmp_path):
    touch(tmp_path, NAME)
    write_zip(tmp_path / ZIP, (NAME, b"something else"))
    with pytest.raises(Refused, match="are of the same release and differ"):
        publications(tmp_path)


def test_a_day_within_a_quarter_is_refused_with_what_to_do(tmp_path):
    touch(tmp_path, file_name(day="05-01-2026"))
    with pytest.raises(Refused, match=r"05-01-2026.*give --quarter 2026Q2"):
        publications(tmp_path)
    assert [quarter for quarter, *_rest in publications(tmp_path, "2026Q2")] == ["2026Q2"]


def test_a_quarter_and_setting_given_by_hand_go_over_the_names(tmp_path):
    touch(tmp_path, NAME)
    assert publications(tmp_path, "2025Q1", HOSPITAL)[0][:2] == ("2025Q1", "outpatient_hospital")
    (found,) = mue.publications(files.members([tmp_path]), "2025Q1")
    assert (found.quarter_by_hand, found.setting) == (True, "practitioner")


def test_a_file_without_a_telling_name_is_loaded_by_hand(tmp_path):
    touch(tmp_path, "download.csv")
    assert publications(tmp_path) == []
    assert publications(tmp_path, "2026Q2", DME) == [("2026Q2", "dme_supplier", None, "download.csv")]


def test_a_quarter_by_hand_is_for_one_release(tmp_path):
    touch(tmp_path, NAME, file_name(day="07-01-2026"))
    with pytest.raises(Refused, match="--quarter is for one release, and these are 2026Q2, 2026Q3"):
        publications(tmp_path, "2026Q1")
    touch(tmp_path, file_name(HOSPITAL))
    with pytest.raises(Refused, match="--setting is for one release"):
        publications(tmp_path, setting=DME)


def test_medicaid_files_are_refused(tmp_path):
    touch(tmp_path, "MCD_MUE_PractitionerServices_Eff_04-01-2026.csv")
    with pytest.raises(Refused, match="Medicaid"):
        publications(tmp_path)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("MCR_MUE_PractitionerServices_Changes_Eff_04-01-2026.xlsx", "what changed"),
        ("medicare-mue-file-structure.pdf", "no MUE table"),
        ("mue.csv", "--quarter and --setting"),
    ],
)
def test_other_files_about_mues_are_left_alone_and_explained(tmp_path, name, says):
    touch(tmp_path, name)
    assert publications(tmp_path) == []
    assert says in mue.explain(Member(tmp_path / name))


@pytest.mark.parametrize("name", [NAME, "HCPC2025_OCT_ANWEB.txt", "AOC_V2025Q4-MCR.xlsx", "ccipra-v322r0-f1.TXT"])
def test_a_table_and_files_of_other_datasets_need_no_explanation(tmp_path, name):
    assert mue.explain(Member(tmp_path / name)) == ""


# --- rows


def test_a_row_is_found_where_it_begins_below_a_notice_and_a_header_of_several_lines(tmp_path):
    path = write_csv(tmp_path / NAME, [row("0001U", 1, "2", "CMS Policy"), row("V5364", 0, "1")])
    assert list(mue.read(Member(path))) == [
        Row(6, "0001U", 1, "2", "CMS Policy"),
        Row(7, "V5364", 0, "1", "Clinical: Data"),
    ]
    assert path.read_text().splitlines()[5].startswith("0001U")


def test_line_ends_of_either_kind_give_the_same_rows(tmp_path):
    rows = [row("0001U"), row("99213", 2)]
    unix = write_csv(tmp_path / NAME, rows, line_end="\n")
    windows = write_csv(tmp_path / file_name(day="07-01-2026"), rows)
    assert list(mue.read(Member(unix))) == list(mue.read(Member(windows)))


def test_a_row_with_a_line_break_in_a_cell_is_counted_from_its_first_line(tmp_path):
    path = write_csv(tmp_path / NAME, [row("0001U", rationale="CMS\nPolicy"), row("99213")])
    assert [(one.line, one.rationale) for one in mue.read(Member(path))] == [
        (6, "CMS Policy"),
        (8, "Clinical: Data"),
    ]


def test_a_workbook_gives_codes_their_zeros_and_rows_their_numbers(tmp_path):
    path = write_workbook(tmp_path / file_name(form="xlsx"), [row("00100", 1), row("0001U", 2)])
    assert [(one.line, one.code, one.mue_value) for one in mue.read(Member(path))] == [
        (3, "00100", 1),
        (4, "0001U", 2),
    ]


@pytest.mark.parametrize("damage", [b"\x01", b"\x81", b"\x1b"])
def test_a_rationale_with_damaged_characters_is_a_bad_row(tmp_path, damage):
    path = write_csv(tmp_path / NAME, [row("0001U"), row("99213")])
    path.write_bytes(path.read_bytes()[:-5] + damage + b"\r\n")
    line, reason = bad_row(path)
    assert (line, "as its rationale" in reason) == (7, True)


def test_columns_are_read_by_their_headings(tmp_path):
    path = write_csv(tmp_path / NAME, [row("99213", 2)[::-1]], head=[header()[::-1]])
    assert list(mue.read(Member(path))) == [Row(3, "99213", 2, "3", "Clinical: Data")]


def test_the_notice_is_kept_as_published_in_either_form(tmp_path):
    path = write_csv(tmp_path / NAME, [row("0001U")])
    book = write_workbook(tmp_path / file_name(form="xlsx"), [row("0001U")])
    assert mue.notice(Member(path)) == mue.notice(Member(book)) == NOTICE
    bare = write_csv(tmp_path / "bare.csv", [row("0001U")], head=[header()])
    assert mue.notice(Member(bare)) == ""


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (row("99213", "x"), "'x' as its MUE value"),
        (row("99213", -1), "'-1' as its MUE value"),
        (row("99213", "1.5"), "'1.5' as its MUE value"),
        (row("99213", "2", "4 Other Edit"), "'4 Other Edit' as its adjudication indicator"),
        (row("99213", "2", "2 Line Edit"), "'2 Line Edit' as its adjudication indicator"),
        (row("99213", "2", "3", ""), "'' as its rationale"),
        (["99213", "2", "3 Date of Service Edit: Clinical"], "has 3 cells where the header has 4"),
        ([*row("99213"), "more"], "has 5 cells where the header has 4"),
        (row("992139"), "'992139' stands where a code should"),
        ([row("99213")[number] for number in (1, 0, 2, 3)], "'1' stands where a code should"),
        ([row("99213")[number] for number in (0, 2, 1, 3)], "as its MUE value"),
        ([row("99213")[number] for number in (0, 1, 3, 2)], "'Clinical: Data' as its adjudication indicator"),
    ],
)
def test_a_row_that_cannot_be_one_stops_the_load_and_is_named(tmp_path, cells, reason):
    line, why = bad_row(write_csv(tmp_path / NAME, [row("0001U"), cells, row("V5364")]))
    assert (line, reason in why) == (7, True), why


def test_a_code_given_twice_names_both_lines(tmp_path):
    path = write_csv(tmp_path / NAME, [row("0001U"), row("99213"), row("0001U", 2)])
    assert bad_row(path) == (8, "0001U is given twice, first in line 6.")


# --- wrong files under right names


@pytest.mark.parametrize("title", [PRACTITIONER, DME])
def test_the_table_of_another_setting_is_refused_by_its_header(tmp_path, title):
    path = write_csv(tmp_path / file_name(HOSPITAL), [row("0001U")], head=[[NOTICE], header(title)])
    line, reason = bad_row(path)
    assert line == 4
    assert f"the table of {title.words}, not of outpatient hospital" in reason


def test_the_setting_asked_for_goes_over_the_name(tmp_path):
    path = write_csv(tmp_path / NAME, [row("0001U")], head=[header(HOSPITAL)])
    assert len(list(mue.read(Member(path), HOSPITAL))) == 1
    assert bad_row(path, DME)[0] == 1


@pytest.mark.parametrize("setting", Setting)
@pytest.mark.parametrize("other", Setting)
def test_without_a_setting_in_the_header_the_values_tell_it(tmp_path, setting, other):
    head = [["HCPCS/CPT Code", "MUE Values", "MUE Adjudication Indicator", "MUE Rationale"]]
    path = write_csv(tmp_path / file_name(setting), whole(other), head=head)
    if setting == other:
        assert len(list(mue.read(Member(path)))) == mue.FEWEST[setting]
    else:
        with pytest.raises(Refused, match=f"holds the values of {other.words}, not of {setting.words}"):
            list(mue.read(Member(path)))


@pytest.mark.parametrize(
    ("head", "line", "reason"),
    [
        ([], 1, "a row before any header"),
        ([[NOTICE]], 4, "a row before any header"),
        ([header(), header()], 3, "the header stands here a second time"),
        ([header()[:3]], 1, "MUE Rationale: the column is missing"),
        ([[*header()[:3], header()[2]]], 1, "MUE Adjudication Indicator: the column is there twice"),
        ([["HCPCS/CPT Code", "Medicaid MUE Values", *header()[2:]]], 1, "only Medicare's tables"),
        ([["Column 1", "Column 2"]], 2, "a row before any header"),
    ],
)
def test_a_missing_a_doubled_or_a_foreign_header_is_named(tmp_path, head, line, reason):
    found, why = bad_row(write_csv(tmp_path / NAME, [row("0001U")], head=head))
    assert (found, reason in why) == (line, True), why


def test_a_file_of_another_dataset_is_refused(tmp_path):
    path = tmp_path / NAME
    path.write_text("20054T       CCCCC       2013091\n" * 50)
    line, reason = bad_row(path)
    assert (line, "It is not an MUE table" in reason) == (1, True)


def test_a_table_given_twice_in_one_file_is_refused(tmp_path):
    path = write_csv(tmp_path / NAME, [row("0001U"), row("99213")])
    path.write_bytes(path.read_bytes() * 2)
    assert bad_row(path)[0] == 8


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be", "cp037"])
def test_text_in_a_foreign_encoding_is_refused(tmp_path, encoding):
    path = write_csv(tmp_path / NAME, [row("0001U")], encoding=encoding)
    with pytest.raises(Refused, match=NAME):
        list(mue.read(Member(path)))


def test_utf_8_with_its_mark_is_read(tmp_path):
    path = write_csv(tmp_path / NAME, [row("0001U")], encoding="utf-8-sig")
    assert [one.code for one in mue.read(Member(path))] == ["0001U"]


def test_a_table_cut_before_the_last_cell_of_a_row_is_refused(tmp_path):
    content = write_csv(tmp_path / NAME, [row("99213")]).read_bytes()
    for end in range(1, content.index(b"Clinical: Data") + 1):
        (tmp_path / NAME).write_bytes(content[:end])
        with pytest.raises(Refused, match=NAME):
            list(mue.read(Member(tmp_path / NAME)))


def test_a_table_without_rows_is_refused(tmp_path):
    path = write_csv(tmp_path / NAME, [])
    with pytest.raises(Refused, match="holds no row"):
        list(mue.read(Member(path)))


# --- doubts


def doubts(setting: str, rows: list[list[str]]) -> list[str]:
    release = make_release(dataset="mue", setting=setting, quarter="2026Q2")
    file = release.files.create(name=NAME, sha256="0" * 64, size=1)
    Mue.objects.bulk_create(
        Mue(
            release=release,
            file=file,
            line=line,
            code=code,
            mue_value=value,
            adjudication_indicator="3",
            rationale=why,
        )
        for line, (code, value, _indicator, why) in enumerate(rows, 1)
    )
    publication = Publication("mue", "2026Q2", None, (), setting=setting)
    return mue.doubts(Mue.objects.filter(release=release), publication, {})


@pytest.mark.django_db
@pytest.mark.parametrize("setting", Setting)
def test_a_whole_table_raises_no_doubt(setting):
    assert doubts(setting, whole(setting)) == []


@pytest.mark.django_db
def test_a_table_cut_between_two_rows_is_doubted():
    assert doubts(PRACTITIONER, whole(PRACTITIONER)[:-1]) == [
        "It has 9,999 rows; every table of this setting has had 10,000 and more.",
        "It lacks V5364, which every table of this setting holds.",
    ]


@pytest.mark.django_db
def test_a_table_cut_within_its_last_cell_is_doubted():
    rows = [*whole(PRACTITIONER)[:-1], row("V5364", 0, rationale="Clinical: Da")]
    assert doubts(PRACTITIONER, rows) == ["The rationale 'Clinical: Da' looks cut off."]


def test_the_made_up_files_are_laid_out_as_cms_does(tmp_path):
    path = write_csv(tmp_path / NAME, [row("0001U", 1, "2", "CMS Policy")])
    assert path.read_bytes().endswith(b"\r\n0001U,1,2 Date of Service Edit: Policy,CMS Policy\r\n")
