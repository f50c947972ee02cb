"""Every finding in words (pure): its sign and chip, its headline, what it means, and the row that says so.

The words of the chips are those of the design; each status of each rule has sentences of its own, in the module
of its rule. A verdict belongs to the edit, never to a payer, and no data is never a pass.
"""

from __future__ import annotations

from typing import NamedTuple

from catalog.edit_cells import addon_cells, iso, mue_cells, place, ptp_cells
from scratchpad.addon_words import addon_text
from scratchpad.claim import Claim
from scratchpad.findings import Finding, Kind, Status
from scratchpad.line_words import code_text, is_not_loaded, modifier_text, parse_text, units_text
from scratchpad.pair_words import pair_text
from scratchpad.phrases import Text
from scratchpad.reference import AddOnRow, CodeRow, ModifierRow, MueRow, PtpRow, Reference
from scratchpad.unit_words import unit_text


class Chip(NamedTuple):
    """``family`` colors it (``k-…``), ``sign`` is the symbol (``v-…``); ``short`` stands in tables and counts."""

    family: str
    sign: str
    label: str
    short: str


class Said(NamedTuple):
    """A finding as it is read. All plain text; ``facts`` are the cells of its receipt, header and value.

    ``change`` is what would have to be true for another answer, and ``seen`` the reason codes often seen on
    remittances; both may be empty. So may ``facts``, where no row decides.
    """

    family: str
    sign: str
    chip: str
    short: str
    headline: str
    sentences: tuple[str, ...]
    change: str = ""
    seen: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def _chip(family: str, label: str, short: str = "", sign: str = "") -> Chip:
    return Chip(family, sign or family, label, short or label)


_NOT_CHECKED = _chip("unk", "Not checked")
_NOT_COMPARED = _chip("unk", "Not compared")
_NOT_IN_FORCE = _chip("off", "Edit not in force", "Not in force")
_NOT_READ = _chip("err", "Not read")
_READ = _chip("none", "Read")
_OVER = _chip("deny", "Over the unit limit", sign="mue")
_DENIED = _chip("deny", "Denied by edit")
DENIED_UNLESS = _chip("cond", "Denied unless distinct", "Unless distinct")
_NOT_IN_LOADED = _chip("unk", "Not in the loaded file")

CHIPS: dict[tuple[Kind, Status], Chip] = {
    (Kind.PARSE, Status.OK): _READ,
    (Kind.PARSE, Status.NORMALIZED): _READ,
    (Kind.PARSE, Status.MODIFIER_SPLIT): _READ,
    (Kind.PARSE, Status.CORRECTED): _chip("err", "Confirm the code", "To confirm"),
    (Kind.PARSE, Status.MODIFIER_ONLY): _NOT_READ,
    (Kind.PARSE, Status.MULTIPLE_CODES): _NOT_READ,
    (Kind.PARSE, Status.RANGE_NOT_CODE): _NOT_READ,
    (Kind.PARSE, Status.INVALID_FORMAT): _NOT_READ,
    (Kind.UNITS, Status.INVALID_UNITS): _chip("err", "Units not read"),
    (Kind.CODE, Status.ACTIVE): _chip("none", "On file"),
    (Kind.CODE, Status.NOT_YET_EFFECTIVE): _chip("err", "Not yet in effect"),
    (Kind.CODE, Status.TERMINATED_CODE): _chip("err", "Ended code"),
    (Kind.CODE, Status.UNKNOWN_CODE): _chip("err", "Unknown code"),
    (Kind.CODE, Status.CPT_NOT_VERIFIABLE): _NOT_CHECKED,
    (Kind.CODE, Status.CDT_NOT_IN_FILE): _chip("unk", "Dental code"),
    (Kind.CODE, Status.LEVEL3_RETIRED): _chip("err", "Local code"),
    (Kind.CODE, Status.DATA_NOT_LOADED): _NOT_CHECKED,
    (Kind.MODIFIER, Status.MODIFIER_NOT_VALID): _chip("err", "Modifier not valid"),
    (Kind.PTP, Status.EDIT_APPLIES): _DENIED,
    (Kind.PTP, Status.BYPASSED_BY_MODIFIER): _chip("byp", "Bypassed"),
    (Kind.PTP, Status.BYPASS_QUESTIONABLE): _chip("byp", "Bypass questionable"),
    (Kind.PTP, Status.BYPASS_UNVERIFIED): _chip("byp", "Bypass not confirmed"),
    (Kind.PTP, Status.EDIT_DELETED): _NOT_IN_FORCE,
    (Kind.PTP, Status.EDIT_NOT_YET_EFFECTIVE): _NOT_IN_FORCE,
    (Kind.PTP, Status.EDIT_VOID): _NOT_IN_FORCE,
    (Kind.PTP, Status.NO_EDIT_ON_FILE): _chip("none", "No edit on file"),
    (Kind.PTP, Status.PREDATES_NCCI): _NOT_CHECKED,
    (Kind.PTP, Status.DIFFERENT_DATE): _NOT_COMPARED,
    (Kind.PTP, Status.DIFFERENT_PROVIDER): _NOT_COMPARED,
    (Kind.PTP, Status.NOT_APPLICABLE_SETTING): _chip("none", "No pair table exists"),
    (Kind.PTP, Status.DATA_NOT_LOADED): _NOT_CHECKED,
    (Kind.MUE, Status.WITHIN_LIMIT): _chip("none", "Within the limit"),
    (Kind.MUE, Status.LINE_EXCEEDS): _OVER,
    (Kind.MUE, Status.DOS_EXCEEDS_POLICY): _OVER,
    (Kind.MUE, Status.DOS_EXCEEDS_CLINICAL): _OVER,
    (Kind.MUE, Status.ZERO_MUE): _chip("deny", "Unit limit is 0", sign="mue"),
    (Kind.MUE, Status.NO_PUBLISHED_MUE): _chip("none", "No published value"),
    (Kind.MUE, Status.DATA_NOT_LOADED): _NOT_CHECKED,
    (Kind.ADDON, Status.PRIMARY_PRESENT): _chip("none", "Primary present"),
    (Kind.ADDON, Status.PRIMARY_MISSING): _chip("deny", "Primary missing", sign="add"),
    (Kind.ADDON, Status.PRIMARY_DENIED): _chip("deny", "Primary at risk", sign="add"),
    (Kind.ADDON, Status.CONTRACTOR_DEFINED): _chip("unk", "Ask the contractor", sign="add"),
    (Kind.ADDON, Status.PRIMARY_NOT_LISTED): _chip("unk", "Primary not listed", sign="add"),
    (Kind.ADDON, Status.EXCEPTION_99292): _chip("unk", "Exception to ask about", sign="add"),
    (Kind.ADDON, Status.EDIT_INACTIVE): _NOT_IN_FORCE,
    (Kind.ADDON, Status.DATA_NOT_LOADED): _NOT_CHECKED,
}
"""Which statuses each rule can report, and the chip of each."""

_QUIET = frozenset(
    {
        *(Status.OK, Status.NORMALIZED, Status.MODIFIER_SPLIT),
        *(Status.ACTIVE, Status.CPT_NOT_VERIFIABLE),
        *(
            Status.NO_EDIT_ON_FILE,
            Status.EDIT_VOID,
            Status.PREDATES_NCCI,
            Status.DIFFERENT_DATE,
            Status.DIFFERENT_PROVIDER,
        ),
        *(Status.NOT_APPLICABLE_SETTING, Status.WITHIN_LIMIT, Status.NO_PUBLISHED_MUE, Status.PRIMARY_PRESENT),
        Status.DATA_NOT_LOADED,
    }
)


def is_quiet(finding: Finding) -> bool:
    """Whether it is only counted under "What was checked". What is not loaded is said there once for each table,
    not once for each pair, and it never counts as a pass."""
    return finding.status in _QUIET


def anchor(finding: Finding) -> str:
    """The id of its element, the same however often the claim is checked: ``f-ptp-1-3``, ``f-modifier-2-LM``."""
    if finding.kind is Kind.PTP and finding.lines:
        return pair_anchor(*sorted(finding.lines))
    parts = [*map(str, finding.lines), *_plain(finding.modifier)] or ["claim"]
    return "-".join(("f", finding.kind, *parts))


def pair_anchor(low: int, high: int) -> str:
    """The id of the finding on a pair of lines."""
    return f"f-ptp-{low}-{high}"


def _plain(modifier: str) -> list[str]:
    """A modifier for an id. It may be anything somebody typed: what is no letter or digit becomes its number."""
    kept = (char if char.isascii() and char.isalnum() else f"_{ord(char):x}" for char in modifier)
    return ["".join(kept)] if modifier else []


def chip_of(finding: Finding) -> Chip:
    """Its sign and short words alone; ValueError where the rule has no such status."""
    if finding.status is Status.EDIT_APPLIES and finding.row.modifier_indicator != "0":
        return DENIED_UNLESS
    if is_not_loaded(finding):
        return _NOT_IN_LOADED
    try:
        return CHIPS[finding.kind, finding.status]
    except KeyError:
        raise ValueError(f"{finding.status} is not a status of {finding.kind}.") from None


def said(finding: Finding, claim: Claim, reference: Reference) -> Said:
    """A finding in words, with the receipt of the row that decides."""
    text = _text(finding, claim, reference)
    return Said(*chip_of(finding), *text, tuple(_facts(finding)))


def _text(finding: Finding, claim: Claim, reference: Reference) -> Text:
    match finding.kind:
        case Kind.PARSE:
            return parse_text(finding, claim)
        case Kind.UNITS:
            return units_text(finding, claim)
        case Kind.CODE:
            return code_text(finding, claim, reference)
        case Kind.MODIFIER:
            return modifier_text(finding, claim)
        case Kind.PTP:
            return pair_text(finding, claim)
        case Kind.MUE:
            return unit_text(finding, claim, reference)
        case Kind.ADDON:
            return addon_text(finding, claim)
    raise ValueError(f"{finding.kind} is no rule.")


def _facts(finding: Finding) -> list[tuple[str, str]]:
    row, release = finding.row, finding.release
    if row is None:
        return []
    title = [("Release", release.long_title)] if release else []
    return [*title, *_place(row), *_cells(row, is_starter=release is not None and release.is_starter)]


def _place(row: PtpRow | MueRow | AddOnRow | CodeRow | ModifierRow) -> list[tuple[str, str]]:
    file = getattr(row, "file", "")
    if not file:
        return []
    return [("File", file), (place(file), str(row.line))]


def _cells(row: PtpRow | MueRow | AddOnRow | CodeRow | ModifierRow, *, is_starter: bool) -> list[tuple[str, str]]:
    match row:
        case PtpRow():
            return ptp_cells(row, row.rationale, is_starter=is_starter)
        case MueRow():
            return mue_cells(row)
        case AddOnRow():
            return addon_cells(row)
        case CodeRow():
            others = [("Cross references", ", ".join(row.cross_references))] if row.cross_references else []
            return [*_life("Code", row), *others]
        case ModifierRow():
            return _life("Modifier", row)
    raise TypeError(f"{row!r} is no row of a table.")


def _life(what: str, row: CodeRow | ModifierRow) -> list[tuple[str, str]]:
    return [(what, row.code), ("Added", iso(row.added_date)), ("Terminated", iso(row.termination_date))]
