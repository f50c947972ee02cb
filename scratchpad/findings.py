"""What the rules report (pure): a finding is one status of a line, a pair or a code, and the row that says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from scratchpad.reference import AddOnRow, CodeRow, LoadedRelease, ModifierRow, MueRow, PtpRow


class Kind(StrEnum):
    """Which rule reports."""

    PARSE = "parse"
    UNITS = "units"
    CODE = "code"
    MODIFIER = "modifier"
    PTP = "ptp"
    MUE = "mue"
    ADDON = "addon"


class Status(StrEnum):
    """The vocabulary. A status says what the loaded tables say, never what a payer does."""

    # parse: as ``catalog.codes.Status``
    OK = "ok"
    NORMALIZED = "normalized"
    CORRECTED = "corrected"
    MODIFIER_SPLIT = "modifier_split"
    MODIFIER_ONLY = "modifier_only"
    MULTIPLE_CODES = "multiple_codes"
    RANGE_NOT_CODE = "range_not_code"
    INVALID_FORMAT = "invalid_format"
    # units
    INVALID_UNITS = "invalid_units"
    # modifier
    MODIFIER_NOT_VALID = "modifier_not_valid"
    # code
    ACTIVE = "active"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    TERMINATED_CODE = "terminated_code"
    UNKNOWN_CODE = "unknown_code"
    CPT_NOT_VERIFIABLE = "cpt_not_verifiable"
    CDT_NOT_IN_FILE = "cdt_not_in_file"
    LEVEL3_RETIRED = "level3_retired"
    # ptp
    EDIT_APPLIES = "edit_applies"
    BYPASSED_BY_MODIFIER = "bypassed_by_modifier"
    BYPASS_QUESTIONABLE = "bypass_questionable"
    BYPASS_UNVERIFIED = "bypass_unverified"
    EDIT_DELETED = "edit_deleted"
    EDIT_NOT_YET_EFFECTIVE = "edit_not_yet_effective"
    EDIT_VOID = "edit_void"
    NO_EDIT_ON_FILE = "no_edit_on_file"
    PREDATES_NCCI = "predates_ncci"
    DIFFERENT_DATE = "different_date"
    DIFFERENT_PROVIDER = "different_provider"
    NOT_APPLICABLE_SETTING = "not_applicable_setting"
    # mue
    WITHIN_LIMIT = "within_limit"
    LINE_EXCEEDS = "line_exceeds"
    DOS_EXCEEDS_POLICY = "dos_exceeds_policy"
    DOS_EXCEEDS_CLINICAL = "dos_exceeds_clinical"
    ZERO_MUE = "zero_mue"
    NO_PUBLISHED_MUE = "no_published_mue"
    # addon
    PRIMARY_PRESENT = "primary_present"
    PRIMARY_MISSING = "primary_missing"
    PRIMARY_DENIED = "primary_denied"
    CONTRACTOR_DEFINED = "contractor_defined"
    PRIMARY_NOT_LISTED = "primary_not_listed"
    EXCEPTION_99292 = "exception_99292"
    EDIT_INACTIVE = "edit_inactive"
    # of any table
    DATA_NOT_LOADED = "data_not_loaded"


class Why(StrEnum):
    """Why a modifier on a line of a pair is questionable, unverified, or counts for nothing."""

    # questionable
    NOT_A_VISIT = "not_a_visit"  # 24, 25 and 57 describe a visit, and the code is none
    A_VISIT = "a_visit"  # 59 and the X modifiers are not for visits
    SAME_SITE = "same_site"  # both lines declare the same one
    NOT_A_TEST = "not_a_test"  # 91 repeats a laboratory test
    FACILITY_MODIFIER = "facility_modifier"  # 27 is for visits on hospital claims
    # unverified
    COLUMN_ONE_HOSPITAL = "column_one_hospital"
    # nothing
    COLUMN_ONE_EARLIER = "column_one_earlier"  # before 59 and X counted there
    NOT_IN_LIST = "not_in_list"
    NOT_VALID_ON_DATE = "not_valid_on_date"
    INDICATOR_ZERO = "indicator_zero"


class Remark(StrEnum):
    """A note on a pair that changes no status."""

    REDUNDANT_59 = "redundant_59"  # beside an X modifier it says the same twice
    SIDE_ON_ONE_LINE = "side_on_one_line"
    MORE_SPECIFIC = "more_specific"  # than 59
    SEVERAL_IN_FORCE = "several_in_force"  # a fault of the table: the stricter row was taken
    LATER_ROW = "later_row"
    SAME_GROUP = "same_group"  # physicians of one group and specialty


class Weighed(NamedTuple):
    """A modifier of a pair and what it counts for: ``bypassed_by_modifier``, ``bypass_questionable`` or
    ``bypass_unverified``; None where it counts for nothing. ``why`` is None for a plain bypass."""

    modifier: str
    line: int
    counts_as: Status | None
    why: Why | None = None


class Finding(NamedTuple):
    """One status.

    ``lines`` are the numbers of the lines it speaks of and ``codes`` theirs: of a pair column one before column
    two where a row decides, else as on the claim; empty for a whole claim. ``row`` is the row that decides and
    ``release`` the one that was asked; where none answers the newest loaded, of MUEs the nearest. For lines that
    go on into days that are not loaded they are those of a day that is. ``units`` are those counted by an MUE, for
    one day. ``rows`` are the rows of an add-on code in force on its day, or all it has if none is, and ``others``
    the numbers of the lines with a listed primary. ``later`` is a row that starts after the date of service, where
    one that ended decides. ``day`` is the day that a finding is told of, where lines span several the one that
    decides, of a code or modifier the last; None where no day is in question.
    """

    kind: Kind
    status: Status
    lines: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    row: PtpRow | MueRow | AddOnRow | CodeRow | ModifierRow | None = None
    release: LoadedRelease | None = None
    subject: str = ""
    modifier: str = ""
    weighed: tuple[Weighed, ...] = ()
    remarks: tuple[Remark, ...] = ()
    units: int = 0
    others: tuple[int, ...] = ()
    rows: tuple[AddOnRow, ...] = ()
    later: PtpRow | None = None
    day: date | None = None

    @property
    def denied_line(self) -> int | None:
        """The column two line of an edit that applies."""
        return self.lines[1] if self.status is Status.EDIT_APPLIES else None


# The order in which findings are told (design: verdicts), the most severe first. A word's place is its severity.
_ORDER = (
    (
        Status.INVALID_FORMAT,
        Status.MULTIPLE_CODES,
        Status.RANGE_NOT_CODE,
        Status.MODIFIER_ONLY,
        Status.INVALID_UNITS,
    ),
    (),  # an edit that applies and that no modifier bypasses
    (Status.LINE_EXCEEDS, Status.DOS_EXCEEDS_POLICY, Status.DOS_EXCEEDS_CLINICAL, Status.ZERO_MUE),
    (Status.PRIMARY_MISSING, Status.PRIMARY_DENIED),
    (
        Status.UNKNOWN_CODE,
        Status.TERMINATED_CODE,
        Status.NOT_YET_EFFECTIVE,
        Status.LEVEL3_RETIRED,
        Status.CORRECTED,
    ),
    (Status.EDIT_APPLIES,),
    (Status.BYPASS_QUESTIONABLE,),
    (Status.BYPASS_UNVERIFIED,),
    (Status.BYPASSED_BY_MODIFIER,),
    (Status.CONTRACTOR_DEFINED, Status.PRIMARY_NOT_LISTED, Status.EXCEPTION_99292),
    (Status.MODIFIER_NOT_VALID,),
    (Status.EDIT_DELETED, Status.EDIT_NOT_YET_EFFECTIVE, Status.EDIT_VOID, Status.EDIT_INACTIVE),
    (
        *(Status.DATA_NOT_LOADED, Status.CDT_NOT_IN_FILE, Status.NOT_APPLICABLE_SETTING, Status.PREDATES_NCCI),
        *(Status.DIFFERENT_DATE, Status.DIFFERENT_PROVIDER),
    ),
)
_SEVERITY = {status: place for place, statuses in enumerate(_ORDER) for status in statuses}
_NEVER_BYPASSED, _UNLESS_DISTINCT, _QUIET = _ORDER.index(()), _SEVERITY[Status.EDIT_APPLIES], len(_ORDER)


def severity(finding: Finding) -> int:
    """Its place in the order of findings: 0 is the most severe; what says that nothing is wrong comes last."""
    place = _SEVERITY.get(finding.status, _QUIET)
    if place == _UNLESS_DISTINCT and finding.row.modifier_indicator == "0":
        return _NEVER_BYPASSED
    return place


def order(finding: Finding) -> tuple:
    """The sort key of findings: severity, then lines, then the rule and what it speaks of."""
    return severity(finding), finding.lines, finding.kind, finding.subject


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """Sorted so; of the same lines what says that nothing is wrong, which most do, stays in the order it came."""
    told, quiet = [], []
    for finding in found:
        (told if finding.status in _SEVERITY else quiet).append(finding)
    return sorted(told, key=order) + sorted(quiet, key=attrgetter("lines"))
