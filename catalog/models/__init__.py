from catalog.models.addon import AddOnEdit
from catalog.models.curation import CodeNote, GoldenPair, Synonym
from catalog.models.hcpcs import HcpcsCode, Modifier, ProcessingNote
from catalog.models.imports import AuditEntry, ImportFile, ImportLine, ImportRun
from catalog.models.mue import Mue
from catalog.models.ptp import PtpEdit, Rationale
from catalog.models.release import Change, Dataset, EditCode, Release, ReleaseFile, Setting
from catalog.models.section import Level, Section, SectionRange
from catalog.models.training import (
    ComparisonRow,
    DecisionChoice,
    DecisionStep,
    Misconception,
    PracticeChoice,
    PracticeItem,
    Statement,
)

__all__ = [
    "AddOnEdit",
    "AuditEntry",
    "Change",
    "CodeNote",
    "ComparisonRow",
    "Dataset",
    "DecisionChoice",
    "DecisionStep",
    "EditCode",
    "GoldenPair",
    "HcpcsCode",
    "ImportFile",
    "ImportLine",
    "ImportRun",
    "Level",
    "Misconception",
    "Modifier",
    "Mue",
    "PracticeChoice",
    "PracticeItem",
    "ProcessingNote",
    "PtpEdit",
    "Rationale",
    "Release",
    "ReleaseFile",
    "Section",
    "SectionRange",
    "Setting",
    "Statement",
    "Synonym",
]
