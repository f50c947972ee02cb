"""The parser at the door: the fields of an address or of the grid, read as a claim."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from scratchpad.claim import SETTINGS
from scratchpad.claim_text import claim_query, text_of
from scratchpad.forms import CELLS, ClaimForm, provider_remark

TODAY = date(2026, 11, 22)


def form(query: str = "") -> ClaimForm:
    return ClaimForm(QueryDict(query), TODAY)


def grid(*rows: str, **buttons: str) -> ClaimForm:
    """Rows of ``code mod1 units``, ``-`` for an empty cell."""
    fields = []
    for row in rows:
        code, modifier, units = (cell.replace("-", "") for cell in row.split())
        cells = dict.fromkeys(CELLS, "") | {"code": code, "mod1": modifier, "units": units}
        fields += cells.items()
    return form(urlencode(fields + list(buttons.items())))


def query(form: ClaimForm) -> str:
    return claim_query(form.claim)


def lines(form: ClaimForm) -> list[str]:
    return [text_of(line) for line in form.claim.lines]


def test_the_lines_of_an_address_are_the_claim():
    read = form("setting=outpatient_hospital&date=2026-07-15&line=11042&line=97597-59x2%40 7/16/2026~b")
    assert (read.claim.setting, read.claim.date_of_service) == ("outpatient_hospital", date(2026, 7, 15))
    assert lines(read) == ["11042", "97597-59x2@2026-07-16~B"]
    assert [line.number for line in read.claim.lines] == [1, 2]
    assert (read.problems, read.is_grid) == ([], False)


def test_an_empty_address_is_a_practitioners_claim_of_today_without_lines():
    read = form("date=&setting=&line=&line=+%00&line=%E2%80%8B")
    assert (read.claim.setting, read.claim.date_of_service, read.claim.lines) == ("practitioner", TODAY, ())
    assert read.problems == []


def test_the_query_of_a_form_is_its_canonical_address():
    read = form("date=7/15/2026&utm=1&line=97597+59+%C3%972&line=o0100")
    assert query(read) == "setting=practitioner&date=2026-07-15&line=97597-59x2&line=O0100"
    assert query(form(query(read))) == query(read)


def test_fields_of_other_names_do_not_matter():
    assert query(form("line=11042&x=1&_export=csv&add=1&view=settings")) == query(form("line=11042"))
    assert form("x=1").problems == []


# --- Setting and date --------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["hospital", "dme", "PRACTITIONER", "<b>"])
def test_only_the_keys_of_settings_are_settings(setting):
    read = form(urlencode({"setting": setting}))
    assert read.claim.setting == "practitioner"
    assert read.problems == [f"“{setting}” is not a setting. Lines are checked as a practitioner's."]


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_taken(setting):
    assert form(f"setting={setting}").claim.setting == setting


@pytest.mark.parametrize("typed", ["2026-07-15", "7/15/2026", "07/15/26", "20260715"])
def test_the_date_is_read_as_a_line_reads_it(typed):
    assert form(urlencode({"date": typed})).claim.date_of_service == date(2026, 7, 15)


def test_an_unreadable_date_is_today_and_is_quoted_in_part():
    read = form(urlencode({"date": "yesterday" + "y" * 5000}))
    assert read.claim.date_of_service == TODAY
    assert read.problems == [
        f"“yesterday{'y' * 31}” is not a date. Write it like 2026-07-15 or 7/15/2026. "
        "Lines are checked for today, 2026-11-22."
    ]


@pytest.mark.parametrize(
    ("typed", "is_taken"), [("1965-12-31", 0), ("1966-01-01", 1), ("2031-12-31", 1), ("2032-01-01", 0)]
)
def test_a_date_is_taken_from_1966_to_five_years_ahead(typed, is_taken):
    read = form(f"date={typed}")
    assert read.claim.date_of_service == (date.fromisoformat(typed) if is_taken else TODAY)
    assert len(read.problems) == (not is_taken)


# --- The grid ----------------------------------------------------------------------------------------------


def test_the_rows_of_the_grid_are_the_claim_and_blank_ones_are_none():
    read = grid("11042 - 1", "- - -", "97597 59 2", "- - 1")
    assert lines(read) == ["11042", "97597-59x2"]
    assert [line.number for line in read.claim.lines] == [1, 2]
    assert (read.is_grid, read.problems) == (True, [])


def test_all_cells_of_a_row_are_read():
    cells = ["97597", "59", "LT", "", "GP", "2", "2026-07-01", "2026-07-05", "b"]
    assert lines(form(urlencode(list(zip(CELLS, cells, strict=True))))) == [
        "97597-59-LT-GPx2@2026-07-01..2026-07-05~B"
    ]


def test_a_grid_without_the_columns_for_dates_and_providers_is_whole():
    read = form("code=11042&mod1=&units=2&code=97597&mod1=59&units=")
    assert (lines(read), read.problems) == (["11042x2", "97597-59"], [])


def test_cells_that_did_not_arrive_are_said_and_the_rest_is_kept():
    read = form("code=11042&code=97597&units=2")
    assert lines(read) == ["11042x2", "97597"]
    assert len(read.problems) == 1
    assert "did not arrive whole" in read.problems[0]


@pytest.mark.parametrize(
    ("buttons", "expected"),
    [
        ({"remove": "3"}, ["11042", "96372"]),
        ({"remove": "2"}, ["11042", "97597-59", "96372"]),
        ({"up": "3"}, ["97597-59", "11042", "96372"]),
        ({"up": "1"}, ["11042", "97597-59", "96372"]),
        ({"down": "3"}, ["11042", "96372", "97597-59"]),
        ({"down": "4"}, ["11042", "97597-59", "96372"]),
        ({"down": "2"}, ["11042", "97597-59", "96372"]),
        ({"add": "1"}, ["11042", "97597-59", "96372"]),
        ({"remove": "9" * 5000, "up": "²", "down": "-1"}, ["11042", "97597-59", "96372"]),
    ],
)
def test_buttons_move_and_remove_rows(buttons, expected):
    assert lines(grid("11042 - -", "- - -", "97597 59 -", "96372 - -", **buttons)) == expected


def test_buttons_in_an_address_without_a_grid_do_nothing():
    assert lines(form("line=11042&line=97597&remove=1&up=2")) == ["11042", "97597"]


def test_more_shows_the_columns_for_dates_and_providers():
    assert [form(query).more for query in ("more=1", "more=0", "")] == [True, False, False]


# --- What is not kept --------------------------------------------------------------------------------------


def test_lines_after_the_hundredth_are_left_out_and_counted():
    for read in (form("&".join(["line=11042"] * 104)), form("&".join(["code=11042"] * 104))):
        assert len(read.claim.lines) == 100
        assert read.problems == ["A claim here holds 100 lines. The first 100 were kept and 4 left out."]


def test_a_hundred_lines_are_no_problem():
    assert form("&".join(["line=11042"] * 100)).problems == []


def test_providers_that_are_no_letters_stay_apart_by_unused_letters_and_no_name_is_shown():
    for read in (
        form("line=11042~Smith&line=97597~Jones&line=99213~A&line=J1885~SMITH&line=96372"),
        form(
            "code=11042&provider=Smith&code=97597~Jones&provider=&code=99213&provider=a"
            "&code=J1885&provider=SMITH&code=96372&provider="
        ),
    ):
        assert lines(read) == ["11042~B", "97597~C", "99213~A", "J1885~B", "96372"]
        assert [problem.split(" and was not kept")[0] for problem in read.line_problems] == [
            f"Line {number}: A provider is told apart by one letter. What stood there got the letter {letter}"
            for number, letter in ((1, "B"), (2, "C"), (4, "B"))
        ]
        assert "smith" not in " ".join((*read.line_problems, *read.problems, query(read))).lower()
        assert form(query(read)).line_problems == []


def test_providers_beyond_the_alphabet_are_left_out_and_that_is_said():
    read = form("&".join(f"line=11042~NAME{number}" for number in range(28)))
    assert [line.provider for line in read.claim.lines][24:] == ["Y", "Z", "", ""]
    assert len(read.line_problems) == 28
    assert not any("got the letter" in problem for problem in read.line_problems[26:])


def test_a_setting_or_date_sent_twice_is_said_where_the_two_differ():
    read = form("date=2026-07-15&line=11042&date=2026-07-16&setting=practitioner&setting=practitioner")
    assert read.claim.date_of_service == date(2026, 7, 16)
    assert read.problems == ["The address has more than one date. The last counts."]


def test_a_row_of_nothing_but_a_name_is_no_line_and_that_is_said():
    for read in (form("line=~Smith"), form("provider=Smith")):
        assert read.claim.lines == ()
        assert read.problems[0].startswith("A provider is told apart by one letter")


def test_a_date_of_a_line_that_is_none_is_said():
    read = form("line=11042%40soon&line=97597%402026-07-05..2026-07-01")
    assert [problem.split(" is not")[0] for problem in read.line_problems] == [
        "Line 1: “SOON”",
        "Line 2: “2026-07-05..2026-07-01”",
    ]


def test_a_line_too_long_to_keep_is_said():
    assert form("line=" + "9921+" * 1000).line_problems == [
        "Line 1: The text is too long for a line, and the end of it was not kept."
    ]


def test_modifiers_after_the_fourth_are_said_by_name():
    read = form("line=11042&line=97597-22-51-GA-76-59-LT")
    assert read.line_problems == ["Line 2: Only the first four modifiers of a line are kept. Left out: 59 and LT."]
    assert form(urlencode({"code": "97597-22-51-GA-76", "mod1": "59"})).line_problems == [
        "Line 1: Only the first four modifiers of a line are kept. Left out: 59."
    ]
    assert form("line=97597-22-51-GA-76").line_problems == []


def test_cells_in_which_nothing_was_typed_are_known_by_line():
    read = grid("- - -", "11042@SOON - 1", "97597~Smith 59 2")
    assert read.left_blank == {1: {"units", "from", "provider"}, 2: {"from", "provider"}}
    assert form("line=11042@SOON").left_blank == {}


def test_lines_of_the_request_that_are_not_among_the_fields_count_as_left_out():
    read = ClaimForm(QueryDict("&".join(["line=11042"] * 101)), TODAY, dropped=20)
    assert read.problems == ["A claim here holds 100 lines. The first 100 were kept and 21 left out."]


# --- Providers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "remark"),
    [
        ("line=11042&line=97597", ""),
        ("line=11042~A&line=97597~B", ""),
        ("line=11042~A", ""),
        ("line=11042~A&line=9759", ""),
        (
            "line=11042&line=97597~A&line=99213",
            "Lines 1 and 3 name no provider: they are compared with each other only. "
            "Give them the letter of their provider.",
        ),
        (
            "line=11042~A&line=97597&line=99213~A",
            "Line 2 names no provider, so it is compared with no other line. Give it the letter of its provider.",
        ),
    ],
)
def test_lines_without_a_provider_beside_lines_with_one_are_remarked_on(query, remark):
    read = form(query)
    assert provider_remark(read.claim) == remark
    assert read.problems == []


# --- Anything at all ---------------------------------------------------------------------------------------

NAMES = st.sampled_from([*CELLS, "line", "setting", "date", "more", "remove", "up", "down", "add", "x"])


@given(st.lists(st.tuples(NAMES, st.text(max_size=20)), max_size=30))
def test_whatever_is_sent_there_is_a_claim_with_a_canonical_address(fields):
    read = form(urlencode(fields))
    again = form(query(read))
    assert query(again) == query(read)
    assert len(again.claim.lines) == len(read.claim.lines)
    assert all(problem.endswith(".") for problem in (*read.problems, *read.line_problems))


def test_thousands_of_fields_and_megabytes_of_text_are_read():
    fields = QueryDict(mutable=True)
    fields.setlist("line", ["\0" * 10, "9" * 1_000_000, *["11042"] * 10_000])
    fields.setlist("code", ["x" * 1_000_000] * 10)
    fields["date"], fields["setting"] = "2" * 1_000_000, "\0" * 1_000_000
    read = ClaimForm(fields, TODAY)
    assert len(read.claim.lines) == 100
    assert all(len(problem) < 300 for problem in (*read.problems, *read.line_problems))
