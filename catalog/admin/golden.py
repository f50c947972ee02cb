"""Pairs of codes whose answer is known: what a PTP release is tried on before anybody is answered from it."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest

from catalog.edit_words import is_incomplete
from catalog.models import Dataset, GoldenPair, PtpEdit, Release


@admin.register(GoldenPair)
class GoldenPairAdmin(admin.ModelAdmin):
    """A PTP release that answers one of them otherwise is not loaded."""

    list_display = ["pair", "setting", "day", "expected", "source", "updated_at"]
    list_filter = ["setting", "expected"]
    search_fields = ["column_one", "column_two", "source"]
    fields = [("column_one", "column_two"), "setting", "day", "expected", "source"]
    save_as = True

    def save_model(self, request: HttpRequest, obj: GoldenPair, form: forms.ModelForm, change: bool) -> None:
        """Save it, and tell when the current release answers otherwise: one of the two is wrong."""
        super().save_model(request, obj, form, change)
        release = Release.objects.answering(Dataset.PTP, obj.setting, obj.day)
        if release is None:
            return
        said = obj.answered_otherwise(PtpEdit.objects.of(release).for_pair(obj.column_one, obj.column_two))
        if said and not (is_incomplete(release) and said == GoldenPair.Expected.NONE.label):
            messages.warning(request, f"{release} answers otherwise: {said}. It would be refused if loaded again.")

    @admin.display(description="pair", ordering="column_one")
    def pair(self, golden: GoldenPair) -> str:
        return f"{golden.column_one} and {golden.column_two}"
