"""``manage.py fetch_release``: download a quarter's files from CMS and load them."""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill

from django.conf import settings
from django.core.management import CommandError, call_command
from tqdm import tqdm

from catalog.importers import addresses
from catalog.importers.addresses import CMS, LICENSE_PAGE, LICENSE_WORDS
from catalog.importers.fetch import fetch
from catalog.importers.files import Refused
from catalog.management.commands.import_release import note_refusal
from catalog.management.loading import LoadingCommand, add_loading_flags, refuse_without_tables
from catalog.management.who import command_line
from catalog.models import AuditEntry, Setting

ADVICE = f"""\
The files are looked for under the names CMS usually gives them, newest posting first, and a PTP table in all its
parts. CMS promises none of these names: where none fits, download the file in a browser and give it to
import_release. What is downloaded has to be the release that was asked for, whole and undamaged. It is then loaded
as import_release loads it.

{fill(LICENSE_WORDS, 113)}
{LICENSE_PAGE}

With --keep, what has arrived stays in that folder, and a later run asks only for what is missing.
Exit status: 0 loaded or already loaded, 1 refused.
"""


class Command(LoadingCommand):
    help = "Download the release of a quarter from CMS, and load it."
    epilog = ADVICE

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", choices=list(addresses.SETTINGS))
        parser.add_argument("quarter", type=str.upper, help="as in 2026Q4")
        parser.add_argument("--setting", default="", choices=Setting.values, help="whose table, of PTP and MUE")
        parser.add_argument(
            "--base-url", default=settings.CMS_ADDRESS, help=f"a site with the same paths instead of {CMS}"
        )
        parser.add_argument(
            "--accept-ama-license",
            action="store_true",
            help="accept the AMA’s license for the PTP files, see below",
        )
        parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave what is downloaded in this folder")
        parser.add_argument("--dry-run", action="store_true", help="download, and only say what would change")
        add_loading_flags(parser)

    def handle(
        self, *, dataset: str, quarter: str, setting: str, base_url: str, keep: Path | None, **options
    ) -> None:
        refuse_without_tables()
        accepts = options["accept_ama_license"]
        refuse(dataset, quarter, setting, accepts)
        what = " ".join(filter(None, (dataset, setting, quarter)))
        if addresses.needs_license(dataset):
            note(AuditEntry.Action.LICENSE, what, page=LICENSE_PAGE)
        with folder(keep) as inbox:
            try:
                with tqdm(unit="B", unit_scale=True, leave=False, disable=not sys.stderr.isatty()) as bar:
                    paths = fetch(
                        *(dataset, quarter, setting, inbox),
                        base_url=base_url,
                        accept_ama_license=accepts,
                        progress=lambda what, done, total: advance(bar, what, done, total),
                    )
            except Refused as reason:
                if not options["dry_run"]:
                    note_refusal(what, reason)
                raise CommandError(str(reason)) from reason
            found = [addresses.where(path.name, base_url) for path in paths]
            note(AuditEntry.Action.FETCHED, what, addresses=found)
            for path, address in zip(paths, found, strict=True):
                self.stdout.write(f"{address}: {path.stat().st_size:,} bytes.")
            loading = {name: options[name] for name in ("dry_run", "no_activate", "allow_partial")}
            call_command("import_release", *paths, dataset=dataset, stdout=self.stdout, **loading)


def refuse(dataset: str, quarter: str, setting: str, accepts: bool) -> None:
    """Stop where there is no such file, or where its license is not accepted."""
    try:
        addresses.refuse_unknown(dataset, quarter, setting)
    except ValueError as reason:
        raise CommandError(str(reason)) from reason
    if addresses.needs_license(dataset) and not accepts:
        raise CommandError(
            f"{LICENSE_WORDS}\n{LICENSE_PAGE}\n--accept-ama-license accepts it. Nothing was asked for."
        )


@contextmanager
def folder(keep: Path | None) -> Iterator[Path]:
    """Where the files go: to stay, or until they are loaded."""
    if keep:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="coding-reference-") as name:
        yield Path(name)


def note(action: str, subject: str, **detail: object) -> None:
    AuditEntry.objects.record(action, by=command_line(), subject=subject, **detail)


def advance(bar: tqdm, what: str, done: int, total: int) -> None:
    """Show the bytes of one file after the other, and the time left."""
    bar.set_description(what, refresh=False)
    if done < bar.n:
        bar.reset()
    bar.total = total or None
    bar.update(done - bar.n)
