"""Where CMS puts the files of a quarter: the names it usually gives them, and how well each name is known.

All lie under ``/files/zip/`` on www.cms.gov::

    october-2025-alpha-numeric-hcpcs-file.zip
    medicare-ncci-2024q3-practitioner-ptp-edits-ccipra-v302r0-f1.zip        to -f4, behind the AMA's license
    medicare-ncci-2026-q2-facility-outpatient-hospital-services-mue-table.zip
    add-code-edits-medicare-effective-10012025.zip

CMS promises none of them. It has posted a quarter under a name of its own before, so several are tried, and where
none fits, a person looks at CMS's page and uploads what is there.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

CMS = "https://www.cms.gov"
FOLDER = "/files/zip"

LICENSE_PAGE = f"{CMS}/license/ama"
LICENSE_WORDS = (
    "CMS puts a license agreement of the American Medical Association (AMA) before the PTP files, because they "
    "list CPT codes, which are the AMA’s. Accepting it here does what the Accept button on CMS’s page does: you "
    "accept the agreement for yourself and for those you work for. It says who may use CPT, where, and for what, "
    "and limits copies and commercial use. Read it on CMS’s page first; these are our words about it and not its "
    "text. Your name and the time are kept in the audit log."
)
# What the Accept button of that page adds to the address of the file.
ACCEPTANCE = urlencode({"agree": "yes", "next": "Accept"})

QUARTER = re.compile("20[0-9]{2}Q[1-4]")
PARTS = 4
LAST_PART = 9
# CMS counts up when it posts a table again; it is tried this far.
LAST_REVISION = 2
VERSIONS_BEGAN = 1994  # PTP's version 30.2 is the third quarter of 2024

MONTHS = {"1": "january", "2": "april", "3": "july", "4": "october"}
PTP_NAMES = {"practitioner": ("practitioner", "ccipra"), "outpatient_hospital": ("hospital", "ccioph")}
MUE_NAMES = {
    "practitioner": "practitioner",
    "outpatient_hospital": "facility-outpatient-hospital",
    "dme_supplier": "dme-supplier",
}
SETTINGS = {"hcpcs": ("",), "ptp": tuple(PTP_NAMES), "mue": tuple(MUE_NAMES), "addon": ("",)}

NCCI = f"{CMS}/medicare/coding-billing/national-correct-coding-initiative-ncci-edits"
PAGES = {
    "hcpcs": f"{CMS}/medicare/coding-billing/healthcare-common-procedure-system/quarterly-update",
    "ptp": f"{NCCI}/medicare-ncci-procedure-procedure-ptp-edits",
    "mue": f"{NCCI}/medicare-ncci-medically-unlikely-edits-mues",
    "addon": f"{NCCI}/medicare-ncci-add-code-edits",
}
"""CMS's own pages, where the links of each quarter stand."""


class Mark(StrEnum):
    """How well a name is known."""

    VERIFIED = "verified"  # read on CMS's pages, or the name of a file that came from there
    REPORTED = "reported"  # others link to it
    GUESSED = "guessed"  # it follows from how CMS names other files or quarters


WORDS = {
    Mark.VERIFIED: "CMS’s usual address; not every quarter follows it.",
    Mark.REPORTED: "An address others report; not every quarter follows it.",
    Mark.GUESSED: "A guess from how CMS names its other files.",
}
# The quarters that are known to follow the usual name; earlier ones are guesses.
KNOWN_SINCE = {"hcpcs": "2023Q1", "ptp": "2024Q2", "mue": "2025Q4", "addon": "2025Q4"}


class Address(NamedTuple):
    """Where one file may be: ``part`` counts the parts of a PTP table from 1 and is 0 for a file that is whole."""

    dataset: str
    name: str
    mark: Mark
    part: int = 0

    @property
    def is_licensed(self) -> bool:
        """Whether CMS asks to accept the AMA's license before it."""
        return needs_license(self.dataset)

    @property
    def words(self) -> str:
        """How well it is known, for the people who see it."""
        return WORDS[self.mark]

    @property
    def next_part(self) -> Address:
        """Where the part after this one would be."""
        name = self.name.replace(f"-f{self.part}.zip", f"-f{self.part + 1}.zip")
        return self._replace(name=name, part=self.part + 1)

    def url(self, base_url: str = CMS) -> str:
        """The whole address on CMS's site, or on the site that stands in for it."""
        return where(self.name, base_url)


def where(name: str, base_url: str = CMS) -> str:
    """The whole address of a file of that name."""
    return f"{base_url.rstrip('/')}{FOLDER}/{name}"


def license_page(address: Address) -> str:
    """CMS's page with the license that stands before a file."""
    return f"{LICENSE_PAGE}?{urlencode({'file': f'{FOLDER}/{address.name}'}, safe='/')}"


def needs_license(dataset: str) -> bool:
    """Whether CMS asks to accept the AMA's license before the files of a dataset."""
    return dataset == "ptp"


def candidates(dataset: str, quarter: str, setting: str = "") -> list[Address]:
    """Every address a quarter may be at, in the order to try: newest posting first, the parts of each together.

    Raises ValueError, with a sentence for people, for a dataset, setting or quarter there is no file for.
    """
    return [address for edition in editions(dataset, quarter, setting) for address in edition]


def editions(dataset: str, quarter: str, setting: str = "") -> list[list[Address]]:
    """The same, the files of one posting under one name together: of PTP four, else one."""
    refuse_unknown(dataset, quarter, setting)
    match dataset:
        case "hcpcs":
            return [[address] for address in _hcpcs(quarter)]
        case "ptp":
            return _ptp(quarter, setting)
        case "mue":
            return [[address] for address in _mue(quarter, setting)]
        case _:
            return [[address] for address in _addon(quarter)]


def usual(dataset: str, quarter: str, setting: str = "") -> list[Address]:
    """The best known address of a quarter, that of each part of a PTP table: the ones to show to a person."""
    best = {mark: rank for rank, mark in enumerate(Mark)}
    return min(editions(dataset, quarter, setting), key=lambda edition: (best[edition[0].mark], edition[0].name))


def refuse_unknown(dataset: str, quarter: str, setting: str) -> None:
    """Raises ValueError when CMS publishes no such file."""
    if dataset not in SETTINGS:
        raise ValueError(f"“{dataset}” is none of the datasets {', '.join(SETTINGS)}.")
    if not QUARTER.fullmatch(quarter):
        raise ValueError(f"“{quarter}” is not a quarter. Write it as in 2026Q4.")
    settings = SETTINGS[dataset]
    if setting and setting not in settings:
        if settings == ("",):
            raise ValueError("CMS publishes this dataset once for all settings: give no setting.")
        raise ValueError(f"CMS publishes no such table for the setting {setting}: {', '.join(settings)}.")
    if not setting and settings != ("",):
        raise ValueError(f"CMS publishes a table for each setting. Give one of {', '.join(settings)}.")


def _known(dataset: str, quarter: str, mark: Mark) -> Mark:
    return mark if quarter >= KNOWN_SINCE[dataset] else Mark.GUESSED


def _hcpcs(quarter: str) -> list[Address]:
    stem = f"{MONTHS[quarter[5]]}-{quarter[:4]}-alpha-numeric-hcpcs"
    mark = _known("hcpcs", quarter, Mark.VERIFIED)
    found = [Address("hcpcs", f"{stem}-{ending}.zip", mark) for ending in ("file", "files")]
    if quarter.endswith("Q1"):  # annual files were named by the year alone
        found.append(Address("hcpcs", f"{quarter[:4]}-alpha-numeric-hcpcs-file.zip", Mark.REPORTED))
    return found


def _ptp(quarter: str, setting: str) -> list[list[Address]]:
    who, table = PTP_NAMES[setting]
    version = f"v{int(quarter[:4]) - VERSIONS_BEGAN}{int(quarter[5]) - 1}"
    found = []
    for revision in range(LAST_REVISION, -1, -1):
        name = f"medicare-ncci-{quarter.lower()}-{who}-ptp-edits-{table}-{version}r{revision}"
        mark = Mark.GUESSED if revision else _known("ptp", quarter, Mark.REPORTED)
        found.append([Address("ptp", f"{name}-f{part}.zip", mark, part) for part in range(1, PARTS + 1)])
    return found


def _mue(quarter: str, setting: str) -> list[Address]:
    year, number = quarter.split("Q")
    ending = f"{MUE_NAMES[setting]}-services-mue-table.zip"
    return [
        Address("mue", f"medicare-ncci-{year}-q{number}-{ending}", _known("mue", quarter, Mark.REPORTED)),
        Address("mue", f"medicare-ncci-{year}q{number}-{ending}", Mark.GUESSED),  # as PTP's names write it
    ]


def _addon(quarter: str) -> list[Address]:
    month = int(quarter[5]) * 3 - 2
    day = f"effective-{month:02}01{quarter[:4]}"
    replaced = Mark.REPORTED if quarter == "2026Q1" else Mark.GUESSED
    return [
        Address("addon", f"add-code-edits-replacement-file-medicare-{day}.zip", Mark.GUESSED),
        Address("addon", f"add-code-edits-replacement-file-medicare-{day}-zip.zip", replaced),
        Address("addon", f"add-code-edits-medicare-{day}.zip", _known("addon", quarter, Mark.VERIFIED)),
    ]


def is_web_address(base_url: str) -> bool:
    """Whether files can be asked for there: http or https, and a host."""
    try:
        parts = urlsplit(base_url)
    except ValueError:  # half of an IPv6 address
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)
