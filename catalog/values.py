"""What the raw values of CMS's alpha-numeric file mean, in our words.

Meanings follow the code lists in CMS's record layout, "HCPCS Contractor Record 2026" (RIF report as of
2025-11-12); the comment over each table names its field there and its columns in the text file. A value the layout
does not explain is kept and shown raw: it has no words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple, Protocol

# Field 16, column 230: Medicare's coverage status.
COVERAGE = {
    "C": "Contractor decides",
    "D": "Special instructions apply",
    "I": "Not payable by Medicare",
    "M": "Not covered by Medicare",
    "S": "Excluded by statute",
}

# Field 9, columns 120-127, up to four: how a price is set under Medicare Part B.
PRICING = {
    "00": "Not separately priced",
    "11": "National relative values",
    "12": "National anesthesia base units",
    "13": "Priced by the contractor, physician fee schedule",
    "21": "Laboratory, national limit",
    "22": "Laboratory, priced by the contractor",
    "31": "Frequently serviced equipment",
    "32": "Inexpensive or routinely bought equipment",
    "33": "Oxygen and oxygen equipment",
    "34": "Supplies for equipment",
    "35": "Surgical dressings",
    "36": "Capped rental equipment",
    "37": "Ostomy, tracheostomy and urological supplies",
    "38": "Orthotics, prosthetics and vision",
    "39": "Tube and vein feeding",
    "40": "Lymphedema compression items",
    "45": "Customized equipment",
    "46": "Equipment priced by the contractor",
    "51": "Drugs",
    "52": "Reasonable charge",
    "53": "Set by statute",
    "54": "Vaccinations",
    "55": "Splints and casts",
    "56": "Lens implants in an office",
    "57": "Other, priced by the contractor",
    "99": "Value not established",
}

# Field 10, column 128: whether more than one pricing method applies.
MULTIPLE_PRICING = {
    "9": "Not applicable, no price of its own",
    "A": "One method",
    "B": "Professional part by relative values, the rest by the contractor",
    "C": "Interpretation by relative values, test by the laboratory schedule",
    "D": "Physician or psychologist, until 1997",
    "E": "Physician, psychologist or social worker, until 1997",
    "F": "Contractor, psychologist or social worker, until 1997",
    "G": "Laboratory test, priced differently beside blood products",
}

# Field 25, columns 261-265, up to five: CMS_TYPE_SRVC_TB in the layout's appendix.
TYPE_OF_SERVICE = {
    "0": "Whole blood",
    "1": "Medical care",
    "2": "Surgery",
    "3": "Consultation",
    "4": "Diagnostic radiology",
    "5": "Diagnostic laboratory",
    "6": "Therapeutic radiology",
    "7": "Anesthesia",
    "8": "Assistant at surgery",
    "9": "Other items or services",
    "A": "Used equipment",
    "B": "Screening mammogram, high risk, until 1997",
    "C": "Screening mammogram, low risk, until 1997",
    "D": "Ambulance",
    "E": "Tube and vein feeding",
    "F": "Ambulatory surgery center",
    "G": "Immunosuppressive drugs",
    "H": "Hospice, until 1994",
    "I": "Equipment bought in installments, until 1995",
    "J": "Diabetic shoes",
    "K": "Hearing",
    "L": "Kidney failure (ESRD) supplies",
    "M": "Monthly payment for dialysis care",
    "N": "Kidney donor",
    "P": "Equipment or prosthesis, bought outright",
    "Q": "Vision",
    "R": "Equipment rental",
    "S": "Dressings and other medical supplies",
    "T": "Outpatient mental health limit",
    "U": "Occupational therapy",
    "V": "Pneumococcal or flu vaccine",
    "W": "Physical therapy",
    "Y": "Second opinion on surgery, until 1996",
    "Z": "Third opinion on surgery, until 1996",
}

# Field 23, columns 257-259: Berenson-Eggers type of service, BETOS_TB in the layout's appendix.
BETOS = {
    "D1A": "Medical and surgical supplies",
    "D1B": "Hospital beds",
    "D1C": "Oxygen and supplies",
    "D1D": "Wheelchairs",
    "D1E": "Other durable equipment",
    "D1F": "Prosthetics and orthotics",
    "D1G": "Drugs given through equipment",
    "I1A": "Standard imaging, chest",
    "I1B": "Standard imaging, bones and muscles",
    "I1C": "Standard imaging, breast",
    "I1D": "Standard imaging, digestive tract with contrast",
    "I1E": "Standard imaging, nuclear medicine",
    "I1F": "Standard imaging, other",
    "I2A": "CT of brain, head or neck",
    "I2B": "CT, other",
    "I2C": "MRI of brain, head or neck",
    "I2D": "MRI, other",
    "I3A": "Ultrasound, eye",
    "I3B": "Ultrasound, abdomen or pelvis",
    "I3C": "Ultrasound, heart",
    "I3D": "Ultrasound, carotid arteries",
    "I3E": "Ultrasound, prostate",
    "I3F": "Ultrasound, other",
    "I4A": "Imaging with a procedure, heart",
    "I4B": "Imaging with a procedure, other",
    "M1A": "Office visit, new patient",
    "M1B": "Office visit, established patient",
    "M2A": "Hospital visit, first",
    "M2B": "Hospital visit, later",
    "M2C": "Hospital visit, critical care",
    "M3": "Emergency room visit",
    "M4A": "Home visit",
    "M4B": "Nursing home visit",
    "M5A": "Specialist, pathology",
    "M5B": "Specialist, psychiatry",
    "M5C": "Specialist, eye",
    "M5D": "Specialist, other",
    "M6": "Consultations",
    "O1A": "Ambulance",
    "O1B": "Chiropractic",
    "O1C": "Tube and vein feeding",
    "O1D": "Chemotherapy",
    "O1E": "Other drugs",
    "O1F": "Hearing and speech",
    "O1G": "Vaccines",
    "O1L": "Lymphedema compression items",
    "P0": "Anesthesia",
    "P1A": "Major procedure, breast",
    "P1B": "Major procedure, colon removal",
    "P1C": "Major procedure, gallbladder removal",
    "P1D": "Major procedure, prostate through the urethra",
    "P1E": "Major procedure, uterus removal",
    "P1F": "Major procedure, spinal disc",
    "P1G": "Major procedure, other",
    "P2A": "Heart and vessels, coronary bypass",
    "P2B": "Heart and vessels, aneurysm repair",
    "P2C": "Heart and vessels, clearing an artery",
    "P2D": "Heart and vessels, coronary angioplasty",
    "P2E": "Heart and vessels, pacemaker",
    "P2F": "Heart and vessels, other",
    "P3A": "Bones and joints, hip fracture",
    "P3B": "Bones and joints, hip replacement",
    "P3C": "Bones and joints, knee replacement",
    "P3D": "Bones and joints, other",
    "P4A": "Eye, corneal transplant",
    "P4B": "Eye, cataract and lens",
    "P4C": "Eye, retinal detachment",
    "P4D": "Eye, retinal lesions",
    "P4E": "Eye, other",
    "P5A": "Ambulatory procedure, skin",
    "P5B": "Ambulatory procedure, bones and muscles",
    "P5C": "Ambulatory procedure, groin hernia",
    "P5D": "Ambulatory procedure, breaking stones",
    "P5E": "Ambulatory procedure, other",
    "P6A": "Minor procedure, skin",
    "P6B": "Minor procedure, bones and muscles",
    "P6C": "Minor procedure, other, Medicare schedule",
    "P6D": "Minor procedure, other, not on the Medicare schedule",
    "P7A": "Cancer, radiation treatment",
    "P7B": "Cancer, other",
    "P8A": "Endoscopy, joint",
    "P8B": "Endoscopy, upper digestive tract",
    "P8C": "Endoscopy, lower colon",
    "P8D": "Endoscopy, colon",
    "P8E": "Endoscopy, bladder",
    "P8F": "Endoscopy, airways",
    "P8G": "Endoscopy, gallbladder removal",
    "P8H": "Endoscopy, larynx",
    "P8I": "Endoscopy, other",
    "P9A": "Dialysis, Medicare schedule",
    "P9B": "Dialysis, not on the Medicare schedule",
    "T1A": "Laboratory, drawing blood",
    "T1B": "Laboratory, automated profiles",
    "T1C": "Laboratory, urine",
    "T1D": "Laboratory, blood counts",
    "T1E": "Laboratory, glucose",
    "T1F": "Laboratory, bacterial cultures",
    "T1G": "Laboratory, other, Medicare schedule",
    "T1H": "Laboratory, other, not on the Medicare schedule",
    "T2A": "Other tests, electrocardiogram",
    "T2B": "Other tests, heart stress test",
    "T2C": "Other tests, heart rhythm monitoring",
    "T2D": "Other tests",
    "Y1": "Other, Medicare schedule",
    "Y2": "Other, not on the Medicare schedule",
    "Z1": "Local codes",
    "Z2": "Undefined",
}

# Field 14, columns 181-204, up to eight: the specialty a laboratory must be certified in.
LAB_CERTIFICATION = {
    "010": "Histocompatibility",
    "100": "Microbiology",
    "110": "Bacteriology",
    "115": "Mycobacteriology",
    "120": "Mycology",
    "130": "Parasitology",
    "140": "Virology",
    "150": "Other microbiology",
    "200": "Diagnostic immunology",
    "210": "Syphilis serology",
    "220": "General immunology",
    "300": "Chemistry",
    "310": "Routine chemistry",
    "320": "Urinalysis",
    "330": "Endocrinology",
    "340": "Toxicology",
    "350": "Other chemistry",
    "400": "Hematology",
    "500": "Immunohematology",
    "510": "ABO group and Rh type",
    "520": "Antibody detection, transfusion",
    "530": "Antibody detection, not transfusion",
    "540": "Antibody identification",
    "550": "Compatibility testing",
    "560": "Other immunohematology",
    "600": "Pathology",
    "610": "Histopathology",
    "620": "Oral pathology",
    "630": "Cytology",
    "800": "Radiobioassay",
    "900": "Clinical cytogenetics",
}

# Field 30, column 293: what this release did to the record. It says nothing about earlier releases.
ACTION = {
    "A": "Added",
    "B": "Long descriptor and an administrative field changed",
    "C": "Long descriptor changed",
    "D": "Discontinued",
    "F": "Administrative field changed",
    "N": "No change",
    "P": "Payment field changed",
    "R": "Reactivated",
    "S": "Short descriptor changed",
    "T": "BETOS or type of service changed",
}

# Field 17, columns 231-232: blank means not approved for an ambulatory surgery center.
ASC_GROUP = {"YY": "Approved for ambulatory surgery centers"}

# Field 20, column 244: blank in every file from 2017 to 2025.
MOG_POLICY = {
    "1": "Covered in an ambulatory surgery center",
    "2": "Bundled, no separate payment",
    "3": "Excluded from ambulatory surgery centers",
    "4": "Invalid, or in its grace period",
    "6": "Paid separately in an ambulatory surgery center",
    "7": "Restricted coverage in an ambulatory surgery center",
    "9": "Does not apply to ambulatory surgery centers",
}


class Meaning(NamedTuple):
    """A raw value and what it means; no words when the layout does not explain it."""

    value: str
    words: str = ""


class Fact(NamedTuple):
    """One line of what CMS's file says about a code or modifier: a label and its values."""

    label: str
    meanings: tuple[Meaning, ...]
    since: date | None = None

    @property
    def has_words(self) -> bool:
        """Whether its values are codes that stand for something, rather than plain references."""
        return self.label not in _PLAIN


# Facts whose values are shown as they are: references and numbers, not codes of a list.
_PLAIN = {"Statute", "Old manual reference", "Anesthesia base units", "Outpatient group"}


class Record(Protocol):
    """The fields of a code or modifier that carry coded values."""

    coverage_code: str
    pricing_indicators: list[str]
    multiple_pricing_indicator: str
    types_of_service: list[str]
    betos: str
    lab_certifications: list[str]
    asc_group: str
    asc_effective_date: date | None
    mog_group: str
    mog_policy_indicator: str
    mog_effective_date: date | None
    anesthesia_base_units: int | None
    statute: str
    cim_references: list[str]
    mcm_references: list[str]


def facts(record: Record) -> list[Fact]:
    """What the file says about a record, in reading order; fields that are blank are left out."""
    units = record.anesthesia_base_units
    found = [
        Fact("Coverage", _meanings(COVERAGE, [record.coverage_code])),
        Fact("Pricing", _meanings(PRICING, record.pricing_indicators)),
        Fact("Multiple pricing", _meanings(MULTIPLE_PRICING, [record.multiple_pricing_indicator])),
        Fact("Type of service", _meanings(TYPE_OF_SERVICE, record.types_of_service)),
        Fact("BETOS", _meanings(BETOS, [record.betos])),
        Fact("Laboratory certification", _meanings(LAB_CERTIFICATION, record.lab_certifications)),
        Fact("ASC group", _meanings(ASC_GROUP, [record.asc_group]), record.asc_effective_date),
        Fact("Outpatient group", _meanings({}, [record.mog_group]), record.mog_effective_date),
        Fact("Outpatient policy", _meanings(MOG_POLICY, [record.mog_policy_indicator])),
        # Zero in every Level II record: base units belong to anesthesia codes, which are CPT.
        Fact("Anesthesia base units", _meanings({}, [str(units) if units else ""])),
        Fact("Statute", _meanings({}, [record.statute])),
        # Both manuals were retired by CMS; the file still carries their section numbers.
        Fact("Old manual reference", _meanings({}, [*record.cim_references, *record.mcm_references])),
    ]
    return [fact for fact in found if fact.meanings]


def _meanings(table: Mapping[str, str], values: Iterable[str]) -> tuple[Meaning, ...]:
    return tuple(Meaning(value, table.get(value, "")) for value in values if value)


# A quality measure's "reason not otherwise specified" and the tumor class "NSCLC-NOS" are no catch-alls.
_CATCH_ALL = re.compile(
    r"""
    (?<!reason\ )\bnot[\s-]+(?:otherwise|elsewhere)[\s-]+(?:classified|specified|listed)\b
    | (?<![\w-])(?:noc|nos)\b
    | \b(?:unclassified|unlisted|unspecified|miscellaneous)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_noc(long_descriptor: str) -> bool:
    """Whether a descriptor is a catch-all ("not otherwise classified"): a claim needs a description with it."""
    return _CATCH_ALL.search(long_descriptor) is not None
