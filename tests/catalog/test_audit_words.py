import pytest

from catalog.audit_words import SENTENCES, remarks, sentence
from catalog.models import AuditEntry

Action = AuditEntry.Action


def step(action: str, subject: str = "MUE, practitioner, July 2024", **fields: object) -> AuditEntry:
    return AuditEntry(action=action, by="mary", subject=subject, **fields)


def test_every_step_that_can_be_recorded_has_its_sentence():
    assert set(SENTENCES) == set(Action)
    for action in Action:
        said = sentence(step(action))
        assert "MUE, practitioner, July 2024" in said
        assert said.endswith(".")


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (Action.ACTIVATED, "mary activated MUE, practitioner, July 2024."),
        (Action.REFUSED, "mary brought MUE, practitioner, July 2024, which was refused."),
        (Action.PRUNED, "mary removed the rows of MUE, practitioner, July 2024."),
    ],
)
def test_a_step_is_told_by_who_did_it(action, said):
    assert sentence(step(action)) == said


def test_an_import_without_files_is_named_by_its_number():
    assert sentence(step(Action.CANCELLED, "", run_number=7)) == "mary cancelled import 7."


def test_braces_in_a_name_are_no_fields():
    assert sentence(step(Action.UPLOADED, "{by}.zip")) == "mary uploaded {by}.zip."


def test_the_note_the_reason_doubts_and_golden_pairs_stand_below():
    detail = {
        "reason": "It is cut off.",
        "doubts": ["Part 3 is missing.", "Few rows."],
        "golden": ["11042 differs."],
    }
    assert list(remarks(step(Action.ACTIVATED, note="Looked at", detail=detail))) == [
        "Note: “Looked at”",
        "It is cut off.",
        "Doubts: Part 3 is missing. Few rows.",
        "Golden pairs: 11042 differs.",
    ]
    assert list(remarks(step(Action.ACTIVATED))) == []


@pytest.mark.parametrize(
    ("action", "subject", "said"),
    [
        (
            Action.REFUSED,
            "hcpcs 2026Q4",
            "The download of HCPCS Level II, October 2026 failed, which mary had asked for.",
        ),
        (
            Action.CANCELLED,
            "mue dme_supplier 2026Q1",
            "mary cancelled MUE, DME supplier, January 2026.",
        ),
        (
            Action.FETCHED,
            "ptp practitioner 2025Q4",
            "mary fetched PTP edits, practitioner, October 2025 from CMS.",
        ),
        (Action.REFUSED, "hcpcs 2026Q4.zip", "mary brought hcpcs 2026Q4.zip, which was refused."),
    ],
)
def test_what_was_asked_of_cms_is_told_by_its_name(action, subject, said):
    assert sentence(step(action, subject)) == said
