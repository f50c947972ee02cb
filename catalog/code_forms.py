"""Every form a code can take, in words: what stands where, what such codes are for, who maintains them (pure).

After the CMS HCPCS record layout (2019) and the AMA's CPT code set pages; ``catalog.shapes`` is the grammar.
"""

from __future__ import annotations

from typing import NamedTuple

from catalog.codes import Kind

AMA, CMS, ADA = "American Medical Association", "CMS", "American Dental Association"
STATES = "States, contractors and insurers, until the end of 2003"

FROM_AMA, FROM_CMS = "AMA, CPT pages", "CMS HCPCS file, October 2025"
FROM_LAYOUT, FROM_LISTS = "CMS HCPCS record layout, 2019", "Payers’ and code-list sites"

SECONDARY = "secondary source"
ENDED = f"Dec 31, 2003 ({SECONDARY})"
"""The last day of the local codes, as said wherever it is said of a code."""


class Form(NamedTuple):
    """A form that a code can take: what stands where, what such codes are for, who maintains them, one of them.

    ``source`` is what its purpose rests on; ``is_secondary`` says that it is not the maintainer's own.
    """

    shape: str
    kind: Kind
    purpose: str
    keeper: str
    example: str
    source: str
    is_secondary: bool = False

    @property
    def said(self) -> str:
        """The purpose, with a remark where only a secondary source says so."""
        return f"{self.purpose} ({SECONDARY})" if self.is_secondary else self.purpose

    @property
    def cited(self) -> str:
        """The source, with the same remark."""
        return f"{self.source} ({SECONDARY})" if self.is_secondary else self.source


FORMS = (
    Form("five digits", Kind.CPT_I, "established services and procedures", AMA, "99213", FROM_AMA),
    Form("four digits, F", Kind.CPT_II, "optional tracking of quality, no fee", AMA, "0500F", FROM_LISTS, True),
    Form("four digits, T", Kind.CPT_III, "temporary codes for new technology", AMA, "0042T", FROM_LISTS, True),
    Form("four digits, U", Kind.PLA, "a test of one named laboratory or maker", AMA, "0001U", FROM_AMA),
    Form("four digits, M", Kind.MAAA, "a test that combines several results by a formula", AMA, "0002M", FROM_AMA),
    Form(
        "four digits, A", Kind.VACCINE_ADMIN, "giving a COVID-19 vaccine, until Nov 2023", AMA, "0001A", FROM_AMA
    ),
    Form("a letter, four digits", Kind.LEVEL_II, "the letter is the section", CMS, "J1885", FROM_CMS),
    Form("D, four digits", Kind.DENTAL, "dental work; not in CMS’s file", ADA, "D0120", FROM_LAYOUT),
    Form(
        "W, X, Y or Z, four digits", Kind.LOCAL, "local use; ended Dec 31, 2003", STATES, "W1234", FROM_LISTS, True
    ),
)
FORM_OF = {form.kind: form for form in FORMS}
LAST_LETTERS = {form.example[-1]: form for form in FORMS if form.example[-1].isalpha()}
"""The forms of CPT codes that end in a letter, by that letter."""
