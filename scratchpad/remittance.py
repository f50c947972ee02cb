"""Reason codes often seen on remittances (pure): numbers, and our own words for them.

From pages of Medicare contractors (First Coast, Noridian, NGS, Novitas); what only other sources name is said to
be from secondary sources. The wording of the codes belongs to X12 and is not here.
"""

from __future__ import annotations

from catalog.edit_words import NOT_THE_PATIENT

PAIR = (
    "Often seen: CARC 236 with group CO (this code or its modifier does not go with another of the same day under "
    "NCCI), or CARC 97 (counted as part of another service). Payers differ. "
    f"Group CO means that the provider may not collect the amount from the patient. {NOT_THE_PATIENT}"
)
UNITS = (
    "Often seen: RARC N362 (more units than the payer takes), with CARC 96 (not covered) at one contractor; from "
    "secondary sources also CARC 151 (the information given does not support this many). Payers differ. "
    f"{NOT_THE_PATIENT}"
)
ADD_ON = (
    "Often seen, from secondary sources: RARC N122 (an add-on code that stands by itself) with CARC B15 (a "
    "service that has to come with it is missing or was not paid). Payers differ."
)
