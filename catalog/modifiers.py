"""What is known of modifiers beyond CMS's file: their families, and the AMA's, which no free file lists.

Labels of Level I modifiers are our own words; the AMA's text is licensed. Which modifiers are NCCI-associated is
from the Medicare NCCI Policy Manual, chapter I, and CMS's MLN1783722.
"""

from __future__ import annotations

import re
from datetime import date

# Level I modifiers a claim check has to know, in our words.
LEVEL_I = {
    "22": "Extra work",
    "24": "Unrelated visit in a post-operative period",
    "25": "Separate, significant visit on the day of a procedure",
    "27": "Several hospital outpatient visits in one day",
    "50": "Both sides",
    "57": "Visit at which major surgery was decided",
    "58": "Staged or related follow-up procedure",
    "59": "Separate, distinct service",
    "76": "Repeat by the same person",
    "77": "Repeat by another person",
    "78": "Unplanned return to the operating room, related",
    "79": "Unrelated procedure in a post-operative period",
    "91": "Repeated laboratory test",
}

# Reasons why a quality measure was not met; they go on Category II codes only.
CATEGORY_II = frozenset({"1P", "2P", "3P", "8P"})

_ANATOMIC = "E1 E2 E3 E4 FA F1 F2 F3 F4 F5 F6 F7 F8 F9 TA T1 T2 T3 T4 T5 T6 T7 T8 T9 LT RT LC LD RC LM RI"

# The complete list of 44: the only modifiers that can bypass a pair edit whose indicator is 1.
NCCI_ASSOCIATED = {
    "Anatomic": tuple(_ANATOMIC.split()),
    "Global surgery": ("24", "25", "57", "58", "78", "79"),
    "Other": ("27", "59", "91", "XE", "XP", "XS", "XU"),
}
_GROUPS = {modifier: group for group, members in NCCI_ASSOCIATED.items() for modifier in members}

# When the youngest of them began, to be known where no HCPCS release is loaded (CMS HCPCS file, October 2025).
_FIRST_DAYS = dict.fromkeys(("XE", "XP", "XS", "XU"), date(2015, 1, 1)) | dict.fromkeys(
    ("LM", "RI"), date(2013, 1, 1)
)


def first_day(modifier: str) -> date | None:
    """When one of the youngest NCCI-associated modifiers began; None for every other one."""
    return _FIRST_DAYS.get(modifier)


def ncci_group(modifier: str) -> str:
    """``Anatomic``, ``Global surgery`` or ``Other`` for an NCCI-associated modifier; empty for every other one."""
    return _GROUPS.get(modifier, "")


def is_level_one(modifier: str) -> bool:
    """Whether the AMA keeps it as part of CPT: two digits, or one of the Category II modifiers."""
    return re.fullmatch(r"[0-9]{2}", modifier) is not None or modifier in CATEGORY_II


def is_anesthesia_status(modifier: str) -> bool:
    """P1 to P6 say how ill a patient under anesthesia is. The AMA keeps them; CMS's file holds them too."""
    return re.fullmatch(r"P[1-6]", modifier) is not None
