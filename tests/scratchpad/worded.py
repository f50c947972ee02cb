"""Findings made by hand, for the tests of words: one of every status that each rule can report."""

from __future__ import annotations

from datetime import date

from catalog.codes import parse
from scratchpad.claim import Claim, ClaimLine
from scratchpad.findings import Finding, Kind, Status, Weighed, Why
from scratchpad.reference import AddOnRow, CodeRow, LoadedRelease, MueRow, PtpRow, Reference

DAY = date(2024, 8, 15)
SUMMER = (date(2024, 7, 1), date(2024, 9, 30))


def release(dataset: str = "ptp", title: str = "July 2024", **fields) -> LoadedRelease:
    return LoadedRelease(1, dataset, "practitioner", "2024Q3", title, *SUMMER, **fields)


def line(number: int, typed: str, units: int | None = 1, day: date | None = DAY, **fields) -> ClaimLine:
    parsed = parse(typed)
    fields = {"modifiers": parsed.modifiers, "last_day": day, "units_text": str(units)} | fields
    return ClaimLine(number, parsed, day, units=units, **fields)


def claim(*typed: str | ClaimLine, setting: str = "practitioner") -> Claim:
    lines = (one if isinstance(one, ClaimLine) else line(at, one) for at, one in enumerate(typed, 1))
    return Claim(setting, DAY, tuple(lines))


def ptp(indicator: str = "1", deletion: date | None = None, effective: date = date(2003, 1, 1)) -> PtpRow:
    reason = "Misuse of column two code with column one code"
    return PtpRow("11042", "97597", effective, deletion, indicator, reason, "ccipra-v302r0-f1.TXT", 3456)


def mue(mai: str = "3", value: int = 2) -> MueRow:
    return MueRow("11042", value, mai, "Clinical: Data", "MCR_MUE.csv", 12)


def addon(edit_type: str = "1", primary: str = "97597", deletion: date | None = None, note: str = "") -> AddOnRow:
    return AddOnRow("11042", primary, edit_type, date(2013, 4, 1), deletion, note=note, file="AOC.txt", line=7)


def pair(status: Status, row: PtpRow | None = None, **fields) -> Finding:
    fields = {"release": release()} | fields
    return Finding(Kind.PTP, status, (1, 2), ("11042", "97597"), row, **fields)


def of_line(kind: Kind, status: Status, row=None, **fields) -> Finding:
    fields = {"release": release(kind.value)} | fields
    return Finding(kind, status, (1,), ("11042",), row, **fields)


def weighed(modifier: str, on: int, counts_as: Status | None = None, why: Why | None = None) -> Weighed:
    return Weighed(modifier, on, counts_as, why)


SPAN = {"deletion": date(2018, 12, 31)}
LAST = date(2024, 6, 30)

EVERY_PAIR = (
    pair(Status.EDIT_APPLIES, ptp("0")),
    pair(Status.EDIT_APPLIES, ptp("1")),
    pair(Status.BYPASSED_BY_MODIFIER, ptp(), weighed=(weighed("59", 2, Status.BYPASSED_BY_MODIFIER),)),
    pair(
        Status.BYPASS_QUESTIONABLE,
        ptp(),
        weighed=(weighed("25", 2, Status.BYPASS_QUESTIONABLE, Why.NOT_A_VISIT),),
    ),
    pair(
        Status.BYPASS_UNVERIFIED,
        ptp(),
        weighed=(weighed("59", 1, Status.BYPASS_UNVERIFIED, Why.COLUMN_ONE_HOSPITAL),),
    ),
    pair(Status.EDIT_DELETED, ptp(**SPAN)),
    pair(Status.EDIT_NOT_YET_EFFECTIVE, ptp(effective=date(2024, 10, 1))),
    pair(Status.EDIT_VOID, ptp("9", deletion=date(2003, 1, 1))),
    pair(Status.NO_EDIT_ON_FILE),
    pair(Status.PREDATES_NCCI),
    pair(Status.DIFFERENT_DATE),
    pair(Status.DIFFERENT_PROVIDER),
    pair(Status.DATA_NOT_LOADED, release=None),
    Finding(Kind.PTP, Status.NOT_APPLICABLE_SETTING, subject="claim"),
)
EVERY_UNIT = (
    of_line(Kind.MUE, Status.WITHIN_LIMIT, mue(), units=1),
    of_line(Kind.MUE, Status.LINE_EXCEEDS, mue("1"), units=5),
    of_line(Kind.MUE, Status.DOS_EXCEEDS_POLICY, mue("2"), units=5),
    of_line(Kind.MUE, Status.DOS_EXCEEDS_CLINICAL, mue("3"), units=5),
    of_line(Kind.MUE, Status.ZERO_MUE, mue("2", 0), units=1),
    of_line(Kind.MUE, Status.NO_PUBLISHED_MUE, units=1),
    of_line(Kind.MUE, Status.DATA_NOT_LOADED, release=None, units=1),
)
EVERY_ADD_ON = (
    of_line(Kind.ADDON, Status.PRIMARY_PRESENT, addon(), rows=(addon(),), others=(2,)),
    of_line(Kind.ADDON, Status.PRIMARY_MISSING, addon(), rows=(addon(primary="11043"),)),
    of_line(Kind.ADDON, Status.PRIMARY_DENIED, addon(), rows=(addon(),), others=(2,)),
    of_line(Kind.ADDON, Status.CONTRACTOR_DEFINED, addon("2", "CCCCC"), rows=(addon("2", "CCCCC"),)),
    of_line(Kind.ADDON, Status.PRIMARY_NOT_LISTED, addon("3"), rows=(addon("3", "11043"),)),
    of_line(Kind.ADDON, Status.EXCEPTION_99292, addon(), rows=(addon(),))._replace(codes=("99292",)),
    of_line(Kind.ADDON, Status.EDIT_INACTIVE, addon(deletion=LAST), rows=(addon(deletion=LAST),)),
    of_line(Kind.ADDON, Status.DATA_NOT_LOADED, release=None),
)
EVERY_LINE = (
    *(
        of_line(Kind.PARSE, status, release=None)
        for status in (
            *(Status.OK, Status.NORMALIZED, Status.CORRECTED, Status.MODIFIER_SPLIT, Status.MODIFIER_ONLY),
            *(Status.MULTIPLE_CODES, Status.RANGE_NOT_CODE, Status.INVALID_FORMAT),
        )
    ),
    of_line(Kind.UNITS, Status.INVALID_UNITS, release=None),
    of_line(Kind.CODE, Status.ACTIVE, CodeRow("J1885", date(2001, 1, 1), None)),
    of_line(Kind.CODE, Status.NOT_YET_EFFECTIVE, CodeRow("J1885", date(2025, 1, 1), None)),
    of_line(Kind.CODE, Status.TERMINATED_CODE, CodeRow("J1885", date(2001, 1, 1), LAST)),
    of_line(Kind.CODE, Status.UNKNOWN_CODE),
    of_line(Kind.CODE, Status.CPT_NOT_VERIFIABLE),
    of_line(Kind.CODE, Status.CDT_NOT_IN_FILE),
    of_line(Kind.CODE, Status.LEVEL3_RETIRED),
    of_line(Kind.CODE, Status.DATA_NOT_LOADED, release=None),
    of_line(Kind.MODIFIER, Status.MODIFIER_NOT_VALID, modifier="QQ"),
)
EVERY_FINDING = (*EVERY_PAIR, *EVERY_UNIT, *EVERY_ADD_ON, *EVERY_LINE)
TWO_LINES = claim("11042", "97597")
NOTHING_LOADED = Reference()


# --- What is loaded where nothing is missing ---

CODES = ("45385", "45378", "J1885")
EDIT = PtpRow("45385", "45378", date(2003, 1, 1), None, "0", "More extensive procedure", "f3.txt", 7)
KETOROLAC = CodeRow("J1885", date(2001, 1, 1), None)
COMPLETE = {
    "hcpcs": release("hcpcs"),
    "ptp": release("ptp"),
    "mue": {"2024Q3": release("mue")},
    "mue_loaded": (release("mue"),),
    "addon": release("addon"),
    "codes": {"J1885": KETOROLAC},
    "mues": {("2024Q3", code): MueRow(code, 8, "3") for code in CODES},
}
STARTER = {"is_starter": True, "title": "Starter set"}


def loaded(**other) -> Reference:
    return Reference(**COMPLETE | other)
