"""Which static files are collected: ours, the admin's, and of the libraries only what the pages link to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch

from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

USED = ("admin/*", "bootstrap/css/bootstrap.min.css", "django_htmx/htmx-2.min.js")
WHILE_DEBUGGING = ("django_htmx/django-htmx.js",)
"""What ``{% htmx_script %}`` links to besides: it shows the error pages of Django when htmx asked."""


class UsedFilesFinder(AppDirectoriesFinder):
    """Finds only the files in ``USED`` among those that installed apps bring, and what debugging takes."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for path, storage in super().list(ignore_patterns):
            if is_used(path):
                yield path, storage

    def find_in_app(self, app: str, path: str) -> str | None:
        is_wanted = is_used(path) or (settings.DEBUG and path in WHILE_DEBUGGING)
        return super().find_in_app(app, path) if is_wanted else None


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Names carry a hash of the content, so browsers keep them for good; compressed copies stand beside them."""

    support_js_module_import_aggregation = True  # what a script imports has such a name, too
    # Source maps are not collected, so the references to them stay as they are.
    patterns = tuple(
        (glob, tuple(pattern for pattern in patterns if "sourceMappingURL" not in str(pattern)))
        for glob, patterns in CompressedManifestStaticFilesStorage.patterns
    )


def is_used(path: str) -> bool:
    return any(fnmatch(path.replace("\\", "/"), pattern) for pattern in USED)
