"""The admin: editors change texts and what trainers teach from; what publishers own is read only."""

from django.contrib import admin

from catalog.admin import releases, tables, texts, training

__all__ = ["releases", "tables", "texts", "training"]

admin.site.site_header = "Coding Reference: the editors' desk"
admin.site.site_title = "Coding Reference"
admin.site.index_title = "Reference data"
