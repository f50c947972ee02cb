"""Every form a code can take, in words: what stands where, what such codes are for, who keeps them (pure).

After the CMS HCPCS record layout (2019) and the AMA's CPT code set pages; ``catalog.shapes`` is the grammar.
"""

from __future__ import annotations

from typing import NamedTuple

from catalog.codes import Kind


class Form(NamedTuple):
    """A form that a code can take: what stands where, what it is called, who keeps such codes, one of them."""

    shape: str
    kind: Kind
    purpose: str
    keeper: str
    example: str

    @property
    def level(self) -> int:
        return int(self.kind.level)


AMA, CMS, ADA = "American Medical Association", "CMS", "American Dental Association"
STATES = "States, contractors and insurers, until the end of 2003"

FORMS = (
    Form("five digits", Kind.CPT_I, "established services and procedures", AMA, "99213"),
    Form("four digits, F", Kind.CPT_II, "optional tracking of quality, no fee", AMA, "0500F"),
    Form("four digits, T", Kind.CPT_III, "temporary codes for new technology", AMA, "0042T"),
    Form("four digits, U", Kind.PLA, "a test of one named laboratory or maker", AMA, "0001U"),
    Form("four digits, M", Kind.MAAA, "a test that an algorithm reads from several results", AMA, "0002M"),
    Form("four digits, A", Kind.VACCINE_ADMIN, "giving a COVID-19 vaccine; deleted on Nov 1, 2023", AMA, "0001A"),
    Form("a letter, four digits", Kind.LEVEL_II, "the letter is the section", CMS, "J1885"),
    Form("D, four digits", Kind.DENTAL, "dental; not in CMS’s file", ADA, "D0120"),
    Form("W, X, Y or Z, four digits", Kind.LOCAL, "local; ended Dec 31, 2003", STATES, "W1234"),
)
FORM_OF = {form.kind: form for form in FORMS}
LAST_LETTERS = {form.example[-1]: form for form in FORMS if form.example[-1].isalpha()}
