import pytest

from catalog.rationales import rationale_words


@pytest.mark.parametrize(
    "published",
    [
        "CPT Manual or CMS manual coding instruction",
        "CPT Manual or CMS manual coding instructions",
        "Misuse of Column Two code with Column One code",
        "MISUSE OF COLUMN 2 CODE WITH COLUMN 1 CODE",
        "Mutually exclusive procedures",
        "Standards of medical/surgical practice",
        "Standards of medical / surgical practice",
        "HCPCS/CPT procedure code definition",
        'CPT "separate procedure" definition',
        "CPT Separate procedure definition",
        "Anesthesia service included in surgical procedure",
        "Standard preparation/monitoring services for anesthesia",
        "More extensive procedure",
        "Sequential procedure",
        "Laboratory panel",
        "Gender-specific procedures",
        "Gender-specific procedures (formerly Designation of sex)",
        "Designation of sex",
        "CMS Policy",
        "Code Descriptor / CPT Instruction",
        "Anatomic Consideration",
        "Nature of Service/Procedure",
        "Nature of Analyte",
        "Nature of Equipment",
        "Clinical: Data",
        "Clinical: CMS Workgroup",
        "Clinical: Society Comment",
        "Prescribing Information",
        "Published Contractor Policy",
        "Drug discontinued",
        "Compounded Drug Policy",
    ],
)
def test_every_published_rationale_has_a_sentence_of_ours(published):
    said = rationale_words(published)
    assert said.endswith(".")
    assert published.casefold() not in said.casefold()


def test_two_rationales_in_one_have_a_sentence_each():
    assert rationale_words("Oral Medication; Not Payable") == " ".join(
        [rationale_words("Oral medication"), rationale_words("not payable")]
    )


def test_an_unknown_rationale_is_not_guessed_at():
    assert rationale_words("Phase of the moon") == ""
    assert rationale_words("") == ""
