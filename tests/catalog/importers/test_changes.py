from datetime import date

import pytest

from catalog.importers import changes
from catalog.importers.hcpcs import Row
from catalog.models import AddOnEdit, Mue
from tests.builders import make_ptp, make_release

OCTOBER = date(2025, 10, 1)
SEPTEMBER_30 = date(2025, 9, 30)


def row(code="E0100", **fields) -> Row:
    return Row("code" if len(code) == 5 else "modifier", code, **fields)


def compare(before: list[Row], after: list[Row], day: date) -> list[changes.Difference]:
    return changes.compare(changes.of_hcpcs(before), changes.of_hcpcs(after), day)


def kinds(before: list[Row], after: list[Row], day: date = OCTOBER) -> list[tuple[str, str]]:
    return [(difference.code, difference.kind) for difference in compare(before, after, day)]


def test_equal_rows_have_no_differences():
    assert compare([row()], [row()], OCTOBER) == []


def test_codes_and_modifiers_come_and_go():
    assert kinds([row("E0100"), row("LT")], [row("LT"), row("J1885")]) == [
        ("E0100", "vanished"),
        ("J1885", "added"),
    ]


def test_a_changed_field_is_told_before_and_after():
    (difference,) = compare([row(betos="D1E")], [row(betos="D1A", types_of_service=("P",))], OCTOBER)
    assert (difference.kind, difference.record) == ("revised", "code")
    assert difference.fields == {"betos": ["D1E", "D1A"], "types_of_service": [[], ["P"]]}


@pytest.mark.parametrize(
    "fields", [{"line": 9}, {"action_code": "C"}, {"action_effective_date": date(2025, 10, 1)}]
)
def test_the_line_and_what_the_publisher_did_this_quarter_are_no_change_of_the_record(fields):
    assert compare([row()], [row(**fields)], OCTOBER) == []


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        (None, SEPTEMBER_30, "ended"),
        (None, date(2025, 12, 31), "ended"),
        (date(2025, 12, 31), SEPTEMBER_30, "ended"),
        (date(2025, 6, 30), SEPTEMBER_30, "revised"),
        (SEPTEMBER_30, None, "reactivated"),
        (SEPTEMBER_30, date(2025, 12, 31), "reactivated"),
        (date(2025, 12, 31), date(2026, 3, 31), "revised"),
        (date(2026, 3, 31), date(2025, 12, 31), "revised"),
    ],
)
def test_a_termination_date_ends_reactivates_or_only_moves(was, now, kind):
    (difference,) = compare([row(termination_date=was)], [row(termination_date=now)], OCTOBER)
    assert difference.kind == kind
    assert difference.fields == {
        "termination_date": [was and was.isoformat(), now and now.isoformat()],
    }


def test_a_date_that_went_by_between_two_releases_is_no_change():
    announced = row(termination_date=SEPTEMBER_30)
    assert compare([announced], [announced], OCTOBER) == []


def test_a_record_that_ended_and_was_reworded_counts_once():
    assert kinds([row()], [row(long_descriptor="new", termination_date=SEPTEMBER_30)]) == [("E0100", "ended")]


def mue(code: str = "11042", mue_value: int = 1, **fields) -> Mue:
    return Mue(code=code, mue_value=mue_value, **{"adjudication_indicator": "3", "rationale": "Why"} | fields)


def addon(primary: str = "11042", **fields) -> AddOnEdit:
    defaults = {"add_on": "11045", "edit_type": "1", "effective_date": date(2013, 4, 1)}
    return AddOnEdit(primary=primary, **defaults | fields)


@pytest.mark.parametrize(
    ("fields", "changed"),
    [
        ({"mue_value": 2}, {"mue_value": [1, 2]}),
        ({"adjudication_indicator": "2"}, {"adjudication_indicator": ["3", "2"]}),
        ({"rationale": "Other"}, {"rationale": ["Why", "Other"]}),
        ({"line": 9}, None),
    ],
)
def test_a_unit_limit_is_revised_by_what_it_says(fields, changed):
    found = changes.compare(changes.of_mues([mue()]), changes.of_mues([mue(**fields)]), OCTOBER)
    assert [(one.kind, one.record, one.fields) for one in found] == (
        [("revised", "mue", changed)] if changed else []
    )


def test_unit_limits_come_and_go():
    found = changes.compare(changes.of_mues([mue("11042")]), changes.of_mues([mue("97597")]), OCTOBER)
    assert [(one.code, one.kind) for one in found] == [("11042", "vanished"), ("97597", "added")]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ([addon()], [addon(deletion_date=SEPTEMBER_30)], "ended"),
        ([addon(deletion_date=SEPTEMBER_30)], [addon()], "reactivated"),
        (
            [addon(deletion_date=date(2020, 12, 31))],
            [addon(deletion_date=date(2020, 12, 31)), addon(effective_date=OCTOBER)],
            "reactivated",
        ),
        ([addon()], [addon(edit_type="3")], "revised"),
        ([addon()], [addon(note="See the manual")], "revised"),
        ([addon()], [addon(primary_deletion_date=SEPTEMBER_30)], "revised"),
        ([addon("CCCCC")], [], "vanished"),
        ([], [addon("CCCCC")], "added"),
    ],
)
def test_an_add_on_edit_is_compared_by_its_row_that_is_open_or_was_last(before, after, kind):
    (found,) = changes.compare(changes.of_addon_edits(before), changes.of_addon_edits(after), OCTOBER)
    assert (found.kind, found.record, found.code) == (kind, "addon", "11045")


ENDED = {"deletion_date": SEPTEMBER_30}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([{}], [{}], []),
        ([], [{}], [("added", {})]),
        ([{}], [ENDED], [("ended", {})]),
        ([{}], [], [("vanished", {})]),
        ([ENDED], [], []),
        ([ENDED], [ENDED, {"effective_date": OCTOBER}], [("added", {})]),
        ([{}], [{"effective_date": OCTOBER}], []),
        ([{}], [ENDED, {"modifier_indicator": "0"}], [("revised", {"modifier_indicator": ["1", "0"]})]),
        ([{"modifier_indicator": "0"}], [{}], [("revised", {"modifier_indicator": ["0", "1"]})]),
        ([{}], [{"rationale": "Another"}], []),
    ],
)
def test_pairs_change_by_their_open_rows(before, after, expected):
    releases = [
        make_release(quarter, dataset="ptp", setting="practitioner", current=False)
        for quarter in ("2025Q3", "2025Q4")
    ]
    for release, periods in zip(releases, (before, after), strict=True):
        make_ptp("99213", "36415", release)
        for fields in periods:
            make_ptp("11042", "97597", release, **fields)
    found = list(changes.of_pairs(*releases))
    assert [(one.kind, one.fields) for one in found] == expected
    assert {(one.record, one.code, one.other_code) for one in found} <= {("ptp", "11042", "97597")}


@pytest.mark.django_db
def test_changed_pairs_come_in_order_of_their_codes():
    before, after = (
        make_release(quarter, dataset="ptp", setting="practitioner", current=False)
        for quarter in ("2025Q3", "2025Q4")
    )
    for pair in (("20000", "11000"), ("A0001", "11000"), ("0001A", "11000")):
        make_ptp(*pair, before)
    for pair in (("20000", "10000"), ("20000", "12000"), ("10000", "11000")):
        make_ptp(*pair, after)
    found = [(one.code, one.other_code) for one in changes.of_pairs(before, after)]
    assert found == sorted(found)
    assert len(found) == 6
