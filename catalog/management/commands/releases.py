"""``manage.py releases``: what is loaded."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management import BaseCommand
from django.utils.timezone import localtime

from catalog.models import Release

HEADER = ("ID", "Dataset", "Release", "State", "Rows", "Loaded", "SHA-256", "File")


class Command(BaseCommand):
    help = "List the releases that are loaded, newest first."

    def create_parser(self, *args: object, **kwargs: object) -> ArgumentParser:
        return super().create_parser(*args, allow_abbrev=False, **kwargs)

    def handle(self, **options: object) -> None:
        releases = Release.objects.readable().newest_first().prefetch_related("files")
        if not releases:
            self.stdout.write("Nothing is loaded. manage.py import_release PATH loads a release.")
            return
        table = [HEADER, *(columns(release) for release in releases)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for row in table:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def columns(release: Release) -> tuple[str, ...]:
    source = next(iter(release.files.all()), None)
    return (
        str(release.pk),
        release.dataset,
        release.title,
        release.state + (", partial" if release.partial else ""),
        f"{sum(release.counts.values()):,}",
        f"{localtime(release.loaded_at):%Y-%m-%d %H:%M}" if release.loaded_at else "",
        source.sha256[:8] if source else "",
        str(source or ""),
    )
