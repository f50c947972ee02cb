"""Loading a release from the browser: bring files, rehearse them, decide."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern


def urls(site: AdminSite) -> list[URLPattern]:
    """The addresses below ``/admin/imports/``."""
    return []
