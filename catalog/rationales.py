"""The published reasons for PTP edits and MUEs, each in a sentence of our own (pure)."""

from __future__ import annotations

import re

_RATIONALES = {
    # of PTP edits
    "CPT Manual or CMS manual coding instruction": (
        "The CPT book or a CMS manual tells how these codes are reported: as a rule, not both together."
    ),
    "Misuse of column two code with column one code": (
        "As a rule, the column two code is not meant for what is done along with column one."
    ),
    "Mutually exclusive procedures": (
        "As a rule, the two are not done for one patient on one occasion: they are two ways to the same end, "
        "or one rules the other out."
    ),
    "Standards of medical/surgical practice": (
        "What column two names is, as a rule, an accepted part of doing column one well, and counts with it."
    ),
    "HCPCS/CPT procedure code definition": (
        "By the codes’ own wording, one of them, as a rule, takes in or rules out the other."
    ),
    "CPT separate procedure definition": (
        "A code that CPT marks as a “separate procedure” is, as a rule, not reported beside a larger, related "
        "procedure that it is a part of."
    ),
    "Anesthesia service included in surgical procedure": (
        "Anesthesia given by the one who does the procedure is, as a rule, part of the procedure."
    ),
    "Standard preparation/monitoring services for anesthesia": (
        "Getting a patient ready for anesthesia and watching over them is, as a rule, part of the anesthesia "
        "service."
    ),
    "More extensive procedure": (
        "Both do the same kind of thing, one of them to a greater extent. As a rule, only the more extensive one "
        "is reported."
    ),
    "Sequential procedure": (
        "One was tried and the other followed at the same encounter, to the same end. As a rule, they are not "
        "both reported."
    ),
    "Laboratory panel": (
        "One of the codes is a panel. As a rule, a test that is in it is not reported beside it."
    ),
    "Gender-specific procedures": (
        "Each code is for patients of one sex only: as a rule, the two do not fit one patient."
    ),
    # of MUEs
    "CMS policy": "A rule of Medicare’s sets the number.",
    "Code descriptor / CPT instruction": (
        "The wording of the code, or CPT’s instruction for it, says how often it can be reported."
    ),
    "Anatomic consideration": "The body sets the number: there are only so many of the organ or part.",
    "Nature of service/procedure": "What is done, and the time it takes, limit how often it happens in one day.",
    "Nature of analyte": "What the test measures, and in what, limits how often it is useful in one day.",
    "Nature of equipment": "What the equipment is for limits how many of it one patient uses.",
    "Clinical: data": "The claims that Medicare received show how many units are usual.",
    "Clinical: CMS workgroup": "A working group at CMS set the number on clinical grounds.",
    "Clinical: society comment": "The number takes up what a medical society said.",
    "Prescribing information": "The label of the drug says how much of it is given.",
    "Published contractor policy": "A policy that Medicare contractors have published sets the number.",
    "Drug discontinued": "The drug is no longer marketed.",
    "Oral medication": "It is a drug taken by mouth.",
    "Not payable": "Medicare does not pay for it under this code.",
    "Compounded drug policy": "Medicare’s rules on compounded drugs set the number.",
}

_OLDER_NAMES = {"Designation of sex": "Gender-specific procedures"}
_NUMERALS = {"1": "one", "2": "two"}


def rationale_words(text: str) -> str:
    """A published rationale of a PTP edit or an MUE in our own words; empty for one we have none for.

    Case, punctuation, numerals, plurals and what is in brackets do not matter: they vary between files. Of several
    rationales, with semicolons between them, each has its sentence.
    """
    parts = re.sub(r"\(.*?\)", "", text).split(";")
    return " ".join(filter(None, (_OURS.get(_key(part), "") for part in parts)))


def _key(text: str) -> str:
    words = re.findall(r"[a-z0-9]+", text.casefold())
    return " ".join(_NUMERALS.get(word, word).rstrip("s") for word in words)


_OURS = {_key(published): ours for published, ours in _RATIONALES.items()}
_OURS |= {_key(older): _OURS[_key(newer)] for older, newer in _OLDER_NAMES.items()}
