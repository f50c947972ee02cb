"""Runs the cases of a file: a claim, the rows that are loaded, and the findings expected of them.

``CLAIM_CASES`` names another file of the same schema. A case has rows of its own setting only; where it says
nothing of what is loaded, all is. For each kind a case expects, subjects and statuses must be just those.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from catalog import codes
from catalog.edits import quarter_of
from scratchpad.claim import Claim, ClaimLine
from scratchpad.reference import AddOnRow, CodeRow, LoadedRelease, MueRow, PtpRow, Reference
from scratchpad.rules import check
from tests.references import a_reference, a_release

FILE = Path(os.environ.get("CLAIM_CASES") or Path(__file__).with_name("cases.json"))
CASES = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_case_has_the_findings_it_expects(case):
    claim = claim_of(case)
    found = check(claim, reference_of(case, claim))
    for kind in {expected["kind"] for expected in case["expect"]}:
        told = {(plain_subject(one.kind, one.subject), one.status) for one in found if one.kind == kind}
        expected = [one for one in case["expect"] if one["kind"] == kind]
        assert told == {(plain_subject(kind, one["subject"]), one["status"]) for one in expected}
    for expected in case["expect"]:
        if "result" in expected:
            assert result_of(claim, expected["subject"]) == expected["result"]


def plain_subject(kind: str, subject: str) -> str:
    """Units are the line's, so ``CODE@n`` says no more than ``@n``."""
    return "@" + subject.rpartition("@")[2] if kind == "units" else subject


def result_of(claim: Claim, subject: str) -> dict:
    parsed = claim.line(int(subject.rpartition("@")[2])).parsed
    return {"code": parsed.code, "modifiers": list(parsed.modifiers)}


# --- The claim of a case -----------------------------------------------------------------------------------


def claim_of(case: dict) -> Claim:
    day = date.fromisoformat(case["date_of_service"])
    lines = (line_of(cells, number, day) for number, cells in enumerate(case["lines"], start=1))
    return Claim(case["setting"], day, tuple(lines))


def line_of(cells: dict, number: int, day: date) -> ClaimLine:
    parsed = codes.parse(str(cells["code"]))
    typed = [str(modifier).strip().upper() for modifier in cells.get("modifiers") or ()]
    modifiers = (*parsed.modifiers, *parsed.dropped, *typed)
    first = day_of(cells.get("dos")) or day
    units = cells.get("units", 1)
    return ClaimLine(
        number=number,
        parsed=parsed,
        first_day=first,
        last_day=day_of(cells.get("dos_to")) or first,
        modifiers=modifiers[: codes.MAX_MODIFIERS],
        dropped=modifiers[codes.MAX_MODIFIERS :],
        units=whole(units),
        units_text=str(units),
        provider=str(cells.get("provider") or ""),
    )


def whole(units: object) -> int | None:
    """Units as a whole number from 1: 2, 2.0 and "2" are, 0, 1.5, "", "abc", true and null are not."""
    if isinstance(units, str):
        units = int(units) if units.strip().isdecimal() else 0
    if isinstance(units, bool) or not isinstance(units, int | float):
        return None
    return int(units) if units >= 1 and units == int(units) else None


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# --- What is loaded in a case ------------------------------------------------------------------------------

NOTHING = "none"


def reference_of(case: dict, claim: Claim) -> Reference:
    edits, loaded = case.get("edits") or {}, case.get("loaded") or {}
    days = {day for line in claim.lines for day in (line.first_day, line.last_day)}
    quarters = loaded.get("mue_quarters", sorted(map(quarter_of, days)))
    return a_reference(
        *code_rows(case),
        *ptp_rows(edits),
        *mue_rows(edits),
        *addon_rows(edits),
        hcpcs=through("hcpcs", None),
        ptp=through("ptp", loaded.get("ptp_through")),
        mue=[a_release("mue", quarter) for quarter in quarters],
        addon=through("addon", loaded.get("addon_through")),
    )


def through(dataset: str, last: str | None) -> LoadedRelease | None:
    """A release that answers up to a day; up to any day where none is named."""
    if last == NOTHING:
        return None
    last_day = day_of(last) or date.max
    return a_release(dataset, quarter_of(last_day))._replace(last_day=last_day)


def code_rows(case: dict) -> Iterator[CodeRow]:
    for row in case.get("codes") or ():
        yield CodeRow(row["code"], day_of(row.get("added")), day_of(row.get("terminated")))


def ptp_rows(edits: dict) -> Iterator[PtpRow]:
    for row in edits.get("ptp") or ():
        days = day_of(row["effective"]), day_of(row.get("deletion"))
        yield PtpRow(row["col1"], row["col2"], *days, str(row["modifier"]), row.get("rationale") or "")


def mue_rows(edits: dict) -> Iterator[MueRow]:
    for row in edits.get("mue") or ():
        yield MueRow(row["code"], int(row["value"]), str(row["mai"]), row.get("rationale") or "")


def addon_rows(edits: dict) -> Iterator[AddOnRow]:
    for row in edits.get("addon") or ():
        ends = (day_of(row.get(name)) for name in ("deletion", "addon_del", "primary_del"))
        kind, since, note = str(row["type"]), day_of(row["effective"]), row.get("note") or ""
        yield AddOnRow(row["addon"], row["primary"], kind, since, *ends, note)


# --- The adapter itself ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("units", "read"), [(1, 1), (2.0, 2), ("3", 3), (" 4 ", 4)])
def test_units_of_a_case_may_be_numbers_or_text(units, read):
    assert whole(units) == read


@pytest.mark.parametrize("units", [0, -1, 1.5, "0", "-1", "1.5", "abc", "", None, True, [], "²"])
def test_other_units_of_a_case_are_none(units):
    assert whole(units) is None


def test_modifiers_of_a_case_follow_those_typed_with_the_code_up_to_four():
    line = line_of({"code": "99213-25", "modifiers": ["xs", " 59", "LT", "RT"], "units": 1}, 1, date(2026, 7, 15))
    assert line.modifiers == ("25", "XS", "59", "LT")
    assert line.dropped == ("RT",)
