"""Words people type, and what they mean."""

from __future__ import annotations

from django.contrib import admin

from catalog.admin.bulk import SynonymTexts
from catalog.admin.trail import Trail
from catalog.models import Synonym


@admin.register(Synonym)
class SynonymAdmin(SynonymTexts, Trail, admin.ModelAdmin):
    list_display = ["term", "means", "code", "note", "updated_at"]
    list_filter = [("code", admin.EmptyFieldListFilter)]
    search_fields = ["term", "means", "code", "note"]
