from datetime import date
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import codes, snapshot
from catalog.models import Release
from scratchpad.claim import DME_SUPPLIER, OUTPATIENT_HOSPITAL, PRACTITIONER, Claim, ClaimLine
from scratchpad.lookup import reference_for
from scratchpad.reference import CodeRow, ModifierRow, MueRow, PtpRow, Reference, beside, pair_key
from tests.builders import make_addon, make_code, make_modifier, make_mue, make_ptp, make_release
from tests.plans import assert_searches_indexes

pytestmark = pytest.mark.django_db

DAY = date(2024, 8, 15)


def line(typed: str, number: int = 1, first: date | None = DAY, last: date | None = None, **fields) -> ClaimLine:
    parsed = codes.parse(typed)
    return ClaimLine(number, parsed, first, last or first, **{"modifiers": parsed.modifiers} | fields)


def claim(*lines: str | ClaimLine, setting: str = PRACTITIONER) -> Claim:
    read = [line(each) if isinstance(each, str) else each for each in lines]
    return Claim(setting, DAY, tuple(read))


def asked(*lines: str | ClaimLine, setting: str = PRACTITIONER) -> Reference:
    return reference_for(claim(*lines, setting=setting), snapshot.current())


def queries_of(asked_about: Claim) -> list[str]:
    loaded = snapshot.current()
    with CaptureQueriesContext(connection) as captured:
        reference_for(asked_about, loaded)
    return [query["sql"] for query in captured]


@pytest.fixture
def tables() -> dict[str, Release]:
    """A release of every dataset for practitioners in the third quarter of 2024."""
    of = {"setting": PRACTITIONER}
    return {
        "hcpcs": make_release("2024Q3"),
        "ptp": make_release("2024Q3", dataset="ptp", **of),
        "mue": make_release("2024Q3", dataset="mue", **of),
        "addon": make_release("2024Q3", dataset="addon"),
    }


# --- Rows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [("11042", "97597"), ("97597", "11042")])
def test_an_edit_is_found_whichever_code_stands_first(tables, typed):
    edit = make_ptp("97597", "11042", tables["ptp"], modifier_indicator="0", rationale="More extensive procedure")
    row = PtpRow("97597", "11042", date(2020, 1, 1), None, "0", "More extensive procedure", "ptp.txt", edit.line)
    assert asked(*typed).pairs == {("11042", "97597"): (row,)}


def test_every_period_of_a_pair_is_there_from_the_oldest_on_in_both_orders(tables):
    make_ptp("97597", "11042", tables["ptp"], effective_date=date(2016, 1, 1))
    make_ptp(
        *("11042", "97597", tables["ptp"]),
        effective_date=date(2010, 1, 1),
        deletion_date=date(2015, 12, 31),
    )
    (rows,) = asked("11042", "97597").pairs.values()
    assert [(row.column_one, row.effective_date.year) for row in rows] == [("11042", 2010), ("97597", 2016)]
    assert [row.deletion_date for row in rows] == [date(2015, 12, 31), None]


def test_edits_with_codes_that_are_not_on_the_claim_are_left_out(tables):
    make_ptp("11042", "36415", tables["ptp"])
    make_ptp("99213", "97597", tables["ptp"])
    assert asked("11042", "97597").pairs == {}


def test_an_mue_comes_with_its_place_in_the_file(tables):
    mue = make_mue("11042", 1, tables["mue"], rationale="Code descriptor", adjudication_indicator="2")
    row = MueRow("11042", 1, "2", "Code descriptor", "mue.txt", mue.line)
    assert asked("11042").mues == {("2024Q3", "11042"): row}


def test_an_add_on_code_comes_with_all_its_primaries_and_a_primary_with_none(tables):
    make_addon("11045", "11043", tables["addon"])
    make_addon("11045", "11042", tables["addon"], primary_deletion_date=date(2019, 12, 31), note="See the manual")
    make_addon("11046", "11042", tables["addon"])
    found = asked("11042", "11045").addons
    assert list(found) == ["11045"]
    assert [(row.primary, row.primary_deletion_date, row.note) for row in found["11045"]] == [
        ("11042", date(2019, 12, 31), "See the manual"),
        ("11043", None, ""),
    ]


def test_a_level_two_code_comes_with_its_dates_and_what_cms_names_instead(tables):
    make_code(
        *("J1885", tables["hcpcs"]),
        termination_date=date(2024, 6, 30),
        long_descriptor="",
        short_descriptor="Injection",
        cross_references=["J1886", "J1887"],
    )
    row = CodeRow("J1885", date(2001, 1, 1), date(2024, 6, 30), "Injection", ("J1886", "J1887"))
    assert asked("J1885", "99213").codes == {"J1885": row}


def test_modifiers_come_with_their_dates(tables):
    make_modifier("LT", tables["hcpcs"], termination_date=date(2024, 12, 31))
    found = asked("11042-LT-59", line("97597", 2, modifiers=("ZZ",))).modifiers
    assert found == {"LT": ModifierRow("LT", date(2001, 1, 1), date(2024, 12, 31))}


def test_a_code_that_only_an_earlier_release_has_is_known_to_be_gone():
    make_code("J1885", make_release("2024Q2", current=False))
    make_code("J1000", make_release("2024Q3"))
    reference = asked("J1885", "J1000", "J9999")
    assert set(reference.codes) == {"J1000"}
    assert reference.gone == {"J1885": "Last seen in April 2024"}


def test_codes_are_named_when_any_loaded_table_names_them(tables):
    hospital = make_release("2024Q3", dataset="ptp", setting=OUTPATIENT_HOSPITAL)
    make_ptp("11042", "97597", hospital)
    make_mue("J1885", release=tables["mue"])
    assert asked("11042", "J1885", "99213").named == {"11042", "J1885"}


def test_a_line_that_cannot_be_checked_has_its_descriptor_and_no_edits(tables):
    make_code("J1885", tables["hcpcs"])
    make_mue("J1885", release=tables["mue"])
    make_ptp("J1885", "11042", tables["ptp"])
    reference = asked(line("J1885", units=None, units_text="TEN"), line("11042", 2))
    assert set(reference.codes) == {"J1885"}
    assert not reference.mues
    assert not reference.pairs


# --- Releases ----------------------------------------------------------------------------------------------


def test_the_releases_that_answer_are_named_with_their_quarters(tables):
    reference = asked("11042")
    for dataset, release in {
        "hcpcs": reference.hcpcs,
        "ptp": reference.ptp,
        "mue": reference.mue["2024Q3"],
        "addon": reference.addon,
    }.items():
        assert (release.pk, release.dataset, release.title) == (tables[dataset].pk, dataset, "July 2024")
        assert (release.first_day, release.last_day) == (date(2024, 7, 1), date(2024, 9, 30))
        assert not release.is_incomplete


def test_settings_never_borrow_from_one_another(tables):
    hospital = make_release("2024Q3", dataset="ptp", setting=OUTPATIENT_HOSPITAL)
    make_ptp("11042", "97597", tables["ptp"])
    make_ptp("11042", "36415", hospital)
    make_mue("11042", 1, tables["mue"])
    make_mue("11042", 9, make_release("2024Q3", dataset="mue", setting=DME_SUPPLIER))
    found = {
        setting: asked("11042", "97597", "36415", setting=setting)
        for setting in (PRACTITIONER, OUTPATIENT_HOSPITAL, DME_SUPPLIER)
    }
    assert {setting: list(each.pairs) for setting, each in found.items()} == {
        PRACTITIONER: [("11042", "97597")],
        OUTPATIENT_HOSPITAL: [("11042", "36415")],
        DME_SUPPLIER: [],
    }
    assert {setting: [row.mue_value for row in each.mues.values()] for setting, each in found.items()} == {
        PRACTITIONER: [1],
        OUTPATIENT_HOSPITAL: [],
        DME_SUPPLIER: [9],
    }
    assert found[DME_SUPPLIER].ptp is None
    assert found[OUTPATIENT_HOSPITAL].mue_loaded == ()


def test_where_nothing_is_loaded_there_is_no_release():
    assert asked("11042", "97597") == Reference()


@pytest.mark.parametrize("fields", [{"partial": True}, {"origin": Release.Origin.STARTER}])
def test_partial_and_starter_releases_are_marked(fields):
    of = {"setting": PRACTITIONER, **fields}
    make_ptp("11042", "97597", make_release("2024Q3", dataset="ptp", **of))
    make_mue("11042", release=make_release("2024Q3", dataset="mue", **of))
    make_addon("11045", "11042", make_release("2024Q3", dataset="addon", **fields))
    reference = asked("11042", "97597")
    for release in (reference.ptp, reference.mue["2024Q3"], reference.addon):
        assert release.is_incomplete
        assert release.is_starter == ("origin" in fields)


def test_each_day_has_the_mues_of_its_quarter_and_a_span_those_of_all_it_touches():
    for value, quarter in enumerate(("2024Q1", "2024Q2", "2024Q3", "2024Q4"), 1):
        make_mue("97597", value, make_release(quarter, dataset="mue", setting=PRACTITIONER))
    span = line("97597", 1, date(2024, 3, 31), date(2024, 4, 1))
    reference = asked(span, line("97597", 2, date(2024, 9, 30)), line("97597", 3, date(2030, 1, 1)))
    assert set(reference.mue) == {"2024Q1", "2024Q2", "2024Q3"}
    assert {quarter: row.mue_value for (quarter, _), row in reference.mues.items()} == {
        "2024Q1": 1,
        "2024Q2": 2,
        "2024Q3": 3,
    }


def test_the_mues_that_are_loaded_are_known_where_none_of_the_day_are():
    for quarter in ("2024Q1", "2025Q1", "2024Q2"):
        make_mue("97597", release=make_release(quarter, dataset="mue", setting=PRACTITIONER))
    reference = asked("97597")
    assert reference.mue == {}
    assert reference.mues == {}
    assert [release.quarter for release in reference.mue_loaded] == ["2024Q1", "2024Q2", "2025Q1"]
    assert [release.quarter for release in beside(DAY, reference.mue_loaded)] == ["2024Q2", "2025Q1"]


# --- Queries -----------------------------------------------------------------------------------------------


def long_claim(lines: int) -> Claim:
    """Codes of both levels with modifiers, one of the lines across two quarters."""
    each = [line(f"{11000 + n}-LT" if n % 2 else f"J{1000 + n}", n) for n in range(1, lines)]
    return claim(*each, line("97597", lines, date(2024, 9, 1), date(2024, 10, 31)))


def test_sixty_lines_take_as_many_queries_as_two_one_per_table(tables):
    make_mue("97597", release=make_release("2024Q4", dataset="mue", setting=PRACTITIONER))
    for lines in (3, 60):
        assert len(queries_of(long_claim(lines))) == 5


def test_what_cannot_be_asked_costs_no_query(tables):
    assert queries_of(claim()) == []
    assert queries_of(claim("EGG", line("11042", 2, None))) == []
    assert len(queries_of(claim("11042-59", line("11042-25", 2)))) == 2  # MUE and add-on: one CPT code
    assert len(queries_of(claim("11042", "97597", setting=DME_SUPPLIER))) == 1  # add-on


def test_indexes_answer_every_query(tables):
    make_ptp("97597", "11001", tables["ptp"])
    make_mue("97597", release=tables["mue"])
    make_addon("97597", "11001", tables["addon"])
    for sql in queries_of(long_claim(10)):
        assert_searches_indexes(sql)


def test_claims_of_any_length_get_what_belongs_to_them(tables):
    every = [f"{11000 + n}" for n in range(12)]
    for one, two in pairwise(every):
        make_ptp(one, two, tables["ptp"])
        make_mue(one, int(one) - 11000, tables["mue"])
    for length in (2, 3, 12):
        on_claim = every[-length:]
        reference = asked(*on_claim)
        assert set(reference.pairs) == {pair_key(*pair) for pair in pairwise(on_claim)}
        assert {code: row.mue_value for (_, code), row in reference.mues.items()} == {
            code: int(code) - 11000 for code in on_claim[:-1]
        }
