from datetime import date

import pytest

from catalog.importers import changes
from catalog.importers.hcpcs import Row

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

