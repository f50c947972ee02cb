"""What the NCCI tables mean, in our own words (pure).

Indicators and types are explained after the Medicare NCCI Policy Manual, chapter I, and CMS's pages on PTP edits,
MUEs and add-on codes. A verdict belongs to the edit, never to the payer: nothing here says that a claim will be
paid, that two codes may be billed together, or which modifier to add.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from catalog.edits import FIRST_ADD_ON_DAY, FIRST_DAY, PtpRow, Standing
from catalog.wording import us_date

NOT_A_DECISION = "This is what the published table says. It is not a payment decision."
NOT_THE_PATIENT = "A denial under an NCCI edit may not be billed to the patient, and an ABN does not change that."
STILL_CODED = "That is no permission: unlisted combinations must still be coded correctly."
LAST_DAY = (
    "No sentence of CMS’s was found that says whether an edit is in force on its deletion date. This site counts "
    "it as the last day."
)
NOT_IN_STARTER = "not in the starter set"
"""Stands for the day an edit began where starter rows of PTP edits do not have it."""

NO_PUBLISHED_MUE = (
    "Some values are confidential, and a code without a published one may still have a limit: "
    "this is not the same as no limit."
)


class NotCompared(StrEnum):
    """Why no table was asked about a pair."""

    NOT_LOADED = "data_not_loaded"
    PREDATES = "predates_ncci"
    NO_TABLE = "not_applicable_setting"


class Words(NamedTuple):
    """A value in a few words, for tables, and in a sentence or two."""

    short: str
    long: str


class MaiWords(NamedTuple):
    """An MUE adjudication indicator: what is tested, what follows above it, and whether more can be paid."""

    label: str
    per: str
    tested: str
    over: str
    more: str


class Verdict(NamedTuple):
    """What is said of a pair on a day.

    ``kind`` is the family of the sign (``deny``, ``cond``, ``off``, ``none`` or ``unk``); ``chip`` stands in it,
    ``short`` in tables. ``sentences`` say why and what follows; ``change`` what would change it, or nothing.
    """

    kind: str
    chip: str
    short: str
    headline: str
    sentences: tuple[str, ...] = ()
    change: str = ""


class ReleaseFacts(Protocol):
    """What is said of a release: see ``catalog.models.Release``."""

    title: str
    partial: bool
    is_starter: bool
    first_day: date
    last_day: date


# --- Pairs -------------------------------------------------------------------------------------------------

_INDICATORS = {
    "0": Words(
        "No modifier bypasses it",
        "Column two is denied beside column one, whatever modifiers stand on the lines.",
    ),
    "1": Words(
        "A modifier may bypass it",
        "Column two is denied beside column one, unless an NCCI-associated modifier fits the services "
        "and the record supports it.",
    ),
    "9": Words(
        "Withdrawn from its start",
        "The edit was taken back as of the day it began. Its row never applies, on any date.",
    ),
}


def indicator_words(indicator: str) -> Words:
    """The modifier indicator of a PTP edit; empty words for one that CMS has not defined."""
    return _INDICATORS.get(indicator, Words("", ""))


def is_incomplete(release: ReleaseFacts) -> bool:
    """Whether a row missing from this release says nothing: parts are missing, or it is the starter set."""
    return release.partial or release.is_starter


def standing_words(
    standing: Standing | NotCompared, row: PtpRow | None = None, release: ReleaseFacts | None = None
) -> Verdict:
    """What to say of a pair that stands so.

    ``row`` is the one that decides, None where there is none; ``release`` the one that was looked at, or for
    ``NOT_LOADED`` the newest that is loaded, if any.
    """
    match standing:
        case Standing.APPLIES:
            return _applies(row)
        case Standing.DELETED | Standing.NOT_YET_EFFECTIVE | Standing.VOID:
            return _not_in_force(standing, row, release)
        case Standing.NONE:
            return _no_edit(release)
        case NotCompared.NOT_LOADED:
            return _not_checked("Data for that date is not loaded", _newest(release))
        case NotCompared.PREDATES:
            return _not_checked("The date is before NCCI began", "The first edits took effect on Jan 1, 1996.")
        case NotCompared.NO_TABLE:
            return Verdict(
                "none",
                "No pair table exists",
                "No pair table exists",
                "Medicare has no PTP table for DME suppliers",
                ("For them CMS publishes MUE values only. Pair edits for DME exist in Medicaid’s own program.",),
            )
    raise ValueError(f"{standing} is not a standing of a pair.")


def uncovered_words(release: ReleaseFacts, day: date) -> Verdict:
    """What to say of pairs on a day that the loaded release does not answer for."""
    why = NotCompared.PREDATES if day < FIRST_DAY else NotCompared.NOT_LOADED
    return standing_words(why, None, release)


def _applies(row: PtpRow) -> Verdict:
    denied = f"{row.column_two} is denied beside {row.column_one} by this edit"
    if row.modifier_indicator == "0":
        change = "No modifier does. Indicator 0."
        return Verdict("deny", "Denied by edit", "Denied by edit", denied, change=change)
    return Verdict(
        "cond",
        "Denied unless distinct",
        "Unless distinct",
        f"{denied}, unless the services are distinct",
        change="Indicator 1. The edit may be bypassed when the record shows separate services, such as another "
        "site, session or practitioner, and an NCCI-associated modifier describes that. This site never adds one "
        "for you.",
    )


def _not_in_force(standing: Standing, row: PtpRow, release: ReleaseFacts) -> Verdict:
    match standing:
        case Standing.DELETED:
            headline = "An edit existed and ended before this date"
            last = f"Its deletion date is {us_date(row.deletion_date)}, counted here as its last day in force."
            sentences = (last, "It still answers for earlier dates of service.", STILL_CODED)
        case Standing.NOT_YET_EFFECTIVE:
            headline = "An edit starts after this date"
            sentences = (f"It starts on {us_date(row.effective_date)}.",)
        case _:
            headline = "The edit was withdrawn from its start"
            begun = f"It was to begin on {us_date(row.effective_date)} and was taken back as of that day."
            sentences = (begun, "Its row never applies, on any date.")
    if is_incomplete(release):
        missing = "Not all of this table is loaded: another edit of the pair may be missing here."
        return _not_checked(
            f"{loaded_part(release)} no edit of this pair in force", f"{headline}.", *sentences, missing
        )
    return Verdict("off", "Edit not in force", "Not in force", headline, sentences)


def _no_edit(release: ReleaseFacts) -> Verdict:
    if is_incomplete(release):
        return _not_checked(f"{loaded_part(release)} no edit of this pair", "CMS’s files may well have one.")
    return Verdict(
        "none",
        "No edit on file",
        "No edit on file",
        f"No edit on file in {release.title} for this setting",
        (STILL_CODED, "Coverage, medical necessity and the payer’s own rules are outside these tables."),
    )


def _not_checked(headline: str, *sentences: str) -> Verdict:
    return Verdict("unk", "Not checked", "Not checked", headline, sentences)


def loaded_part(release: ReleaseFacts) -> str:
    """The beginning of a sentence on what an incomplete release has: ``The starter set has``."""
    return "The starter set has" if release.is_starter else f"What is loaded of {release.title} has"


def _newest(release: ReleaseFacts | None) -> str:
    if release is None:
        return "No table of this setting is loaded."
    if release.is_starter:
        span = f"{us_date(release.first_day)} to {us_date(release.last_day)}"
        return f"Only starter data is loaded. It answers for {span}."
    return f"The newest loaded table is {release.title}. It answers up to {us_date(release.last_day)}."


# --- Units -------------------------------------------------------------------------------------------------

_MAIS = {
    "1": MaiWords(
        "Line edit",
        "per claim line",
        "The units of each line are compared with the value on their own.",
        "The whole line is denied by this edit, not only the units above the value.",
        "Services that truly were separate may be reported on lines of their own, with a modifier that fits them.",
    ),
    "2": MaiWords(
        "Date of service edit: policy",
        "per date of service",
        "The units of all lines of the code on one date are added up. Modifiers do not split them.",
        "All units of that date are denied by this edit, not only those above the value.",
        "No. The value follows from law, policy, anatomy or the definition of the code.",
    ),
    "3": MaiWords(
        "Date of service edit: clinical",
        "per date of service",
        "The units of all lines of the code on one date are added up. Modifiers do not split them.",
        "All units of that date are denied by this edit, not only those above the value.",
        "Perhaps. The contractor may allow more after it has looked at the records, or on appeal.",
    ),
}

_NOBODY = {
    "practitioner": "practitioners",
    "outpatient_hospital": "outpatient hospitals",
    "dme_supplier": "DME suppliers",
}


def mai_words(mai: str) -> MaiWords:
    """The MUE adjudication indicator, ``"1"``, ``"2"`` or ``"3"``; empty words for any other."""
    return _MAIS.get(mai, MaiWords("", "", "", "", ""))


def zero_words(setting: str) -> str:
    """What the value 0 says in a setting: not payable, which is the opposite of no limit."""
    who = _NOBODY.get(setting, "this setting")
    return (
        f"Not payable to {who} under this edit: 0 is the value of codes that are invalid, not covered or bundled "
        "there. "
        "It does not mean that there is no limit."
    )


def no_mue_words(release: ReleaseFacts | None, quarter: str = "") -> Verdict:
    """What to say where a release has no value for a code, or where none is loaded: of that quarter, or at all."""
    if release is None and quarter:
        return _not_checked(f"No table of {quarter} is loaded", "Quarters are written like 2024Q3.")
    if release is None:
        return _not_checked("No MUE table of this setting is loaded")
    if is_incomplete(release):
        why = "CMS’s file may well have it."
        return _not_checked(f"{loaded_part(release)} no value for this code", why)
    return Verdict(
        "none",
        "No published value",
        "No published value",
        f"No value is published for this code in {release.title}",
        (NO_PUBLISHED_MUE,),
    )


# --- Add-on codes ------------------------------------------------------------------------------------------

_TYPES = {
    "1": Words(
        "National list of primaries",
        "The listed primaries are all there are. Contractors must deny the add-on code, unless one of them is "
        "payable for the same patient, practitioner and date.",
    ),
    "2": Words(
        "Contractors list the primaries",
        "CMS lists no primary. Each contractor has its own list: ask the one that gets the claim.",
    ),
    "3": Words(
        "National list, contractors may add",
        "Some primaries are listed nationally. A contractor may accept others as well.",
    ),
}


def type_words(edit_type: str) -> Words:
    """The type of an add-on code edit, ``"1"``, ``"2"`` or ``"3"``; empty words for any other."""
    return _TYPES.get(edit_type, Words("", ""))


_EXCEPTIONS = {
    "99292": "An exception: 99292 may stand on a claim without 99291 when another physician of the same specialty "
    "in the same group reported 99291 that day (Medicare Claims Processing Manual 100-04, chapter 12, "
    "section 30.6.12)."
}


def addon_exception(add_on: str) -> str:
    """When an add-on code may stand without a primary, whatever its type; nothing for most codes."""
    return _EXCEPTIONS.get(add_on, "")


def no_addon_words(release: ReleaseFacts | None) -> Verdict:
    """What to say where a release does not name one code as a primary of the other, or no release is loaded."""
    if release is None:
        return _not_checked("No table of add-on codes is loaded")
    if is_incomplete(release):
        return _not_checked(
            f"{loaded_part(release)} no edit of this add-on code and primary", "CMS’s file may well have it."
        )
    return Verdict(
        "none",
        "No edit on file",
        "No edit on file",
        f"No edit of this add-on code and primary is on file in {release.title}",
        ("CMS’s table does not list the one for the other. Contractors may have lists of their own.",),
    )


def addon_uncovered_words(release: ReleaseFacts, day: date) -> Verdict:
    """What to say of add-on edits on a day that the loaded release does not answer for."""
    if day < FIRST_ADD_ON_DAY:
        return _not_checked(
            "The date is before the first add-on code edits", f"They took effect on {us_date(FIRST_ADD_ON_DAY)}."
        )
    return _not_checked("Data for that date is not loaded", _newest(release))
