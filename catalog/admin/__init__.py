"""The admin: editors change texts and what trainers teach from; what publishers own is read only."""

from catalog.admin import audit, golden, imports, people, releases, sections, synonyms, tables, texts, training

__all__ = [
    "audit",
    "golden",
    "imports",
    "people",
    "releases",
    "sections",
    "synonyms",
    "tables",
    "texts",
    "training",
]
