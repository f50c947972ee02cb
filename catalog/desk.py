"""The desk: the admin's own site, with pages beside those of the models."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path


class Desk(admin.AdminSite):
    site_header = "Coding Reference: the editors' desk"
    site_title = "Coding Reference"
    index_title = "Reference data"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from catalog.admin import imports  # its pages are made for this site

        return [path("imports/", include(imports.urls(self))), *super().get_urls()]
