"""What editors add to the publishers' rows: synonyms and notes."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from catalog import codes


class Synonym(models.Model):
    """Words people type, and what they mean: other words, or one code."""

    term = models.CharField(max_length=80, help_text="What people type, in lower case.")
    means = models.CharField(max_length=120, blank=True, help_text="The words to search for as well.")
    code = models.CharField(max_length=5, blank=True, help_text="The code it names.")
    note = models.CharField(max_length=200, blank=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        ordering = ["term", "code", "means"]
        constraints = [
            models.UniqueConstraint(fields=["term", "means", "code"], name="one_row_per_meaning"),
            models.CheckConstraint(
                condition=Q(means="") ^ Q(code=""),
                name="means_words_or_a_code",
                violation_error_message="Give either the words it means or the code it names, not both.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term}: {self.code or self.means}"

    def clean(self) -> None:
        self.term = " ".join(self.term.lower().split())
        self.code = self.code.strip().upper()
        if self.code and codes.kind_of(self.code) is None:
            raise ValidationError({"code": f"“{self.code}” does not have the shape of a code."})


class CodeNote(models.Model):
    """An editor's remark on a code, of either level."""

    code = models.CharField(max_length=5, db_index=True)
    text = models.TextField()
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return f"{self.code}: {self.text[:40]}"

    def clean(self) -> None:
        self.code = self.code.strip().upper()
        if codes.kind_of(self.code) is None:
            raise ValidationError({"code": f"“{self.code}” does not have the shape of a code."})
