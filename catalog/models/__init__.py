from catalog.models.curation import CodeNote, Synonym
from catalog.models.hcpcs import HcpcsCode, Modifier, ProcessingNote
from catalog.models.release import Change, Dataset, Release, ReleaseFile
from catalog.models.section import Level, Section, SectionRange

__all__ = [
    "Change",
    "CodeNote",
    "Dataset",
    "HcpcsCode",
    "Level",
    "Modifier",
    "ProcessingNote",
    "Release",
    "ReleaseFile",
    "Section",
    "SectionRange",
    "Synonym",
]
