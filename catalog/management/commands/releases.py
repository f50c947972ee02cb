"""``manage.py releases``: what is loaded."""

from __future__ import annotations

from argparse import ArgumentParser
from itertools import takewhile

from django.core.management import BaseCommand
from django.utils.timezone import localtime

from catalog.models import Release

HEADER = ("ID", "Dataset", "Setting", "Release", "State", "Rows", "Loaded", "SHA-256", "File")


class Command(BaseCommand):
    help = "List the releases that are loaded or were, newest first."

    def create_parser(self, *args: object, **kwargs: object) -> ArgumentParser:
        return super().create_parser(*args, allow_abbrev=False, **kwargs)

    def handle(self, **options: object) -> None:
        on_record = Release.objects.exclude(state=Release.State.LOADING)
        releases = on_record.newest_first().prefetch_related("files")
        if not releases:
            self.stdout.write("Nothing is loaded. manage.py import_release PATH loads a release.")
            return
        table = [HEADER, *(columns(release) for release in releases)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for row in table:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def columns(release: Release) -> tuple[str, ...]:
    files = release.files.all()
    return (
        str(release.pk),
        release.dataset,
        release.setting or "-",
        release.title,
        release.state + (", partial" if release.partial else ""),
        f"{sum(count for kind, count in release.counts.items() if kind != 'open'):,}",
        f"{localtime(release.loaded_at):%Y-%m-%d %H:%M}" if release.loaded_at else "",
        " ".join(file.sha256[:8] for file in files),
        together([str(file) if len(files) == 1 else file.name for file in files]),
    )


def together(names: list[str]) -> str:
    """Names that differ in one place as a shell would write them: ``ccipra-v302r0-f{1,2,3,4}.TXT``."""
    if len(names) < 2:
        return "".join(names)
    start = _beginning(names)
    rest = [name[len(start) :] for name in names]
    end = _beginning([name[::-1] for name in rest])[::-1]
    middles = [name[: len(name) - len(end)] for name in rest]
    return f"{start}{{{','.join(middles)}}}{end}" if start else ", ".join(names)


def _beginning(names: list[str]) -> str:
    """The characters with which all of them begin."""
    columns = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in columns)
