"""``manage.py import_release``: load releases from files, zips and folders."""

from __future__ import annotations

import re
import sys
import time
from argparse import ArgumentParser
from itertools import groupby
from pathlib import Path

from django.core.management import CommandError
from tqdm import tqdm

from catalog.importers import DATASETS, load
from catalog.importers.files import Refused
from catalog.importers.load import Outcome
from catalog.importers.locks import Busy
from catalog.importers.names import Publication
from catalog.management.loading import LoadingCommand, add_loading_flags, refuse_without_tables
from catalog.management.who import command_line
from catalog.models import AuditEntry, Change, Dataset, Release, Setting

DETECTION = """\
What is detected from names, in any case of letters:
  dataset    ANWEB or Alpha-Numeric in the name of a file or its zip: HCPCS Level II
             ccipra-… and ccioph-…: PTP edits; MCR_MUE_…: MUE; AOC_… or add-code-edits-…: add-on codes
  setting    ccipra is practitioner, ccioph outpatient_hospital; MUE tables name PractitionerServices,
             OutpatientHospitalServices or DMESupplierServices; HCPCS and add-on files know no settings
  quarter    HCPC2025_OCT_ANWEB.txt and october-2025-alpha-numeric-hcpcs-file.zip are 2025Q4, 2020-04_anweb.xlsx is
             2020Q2; a year alone is an annual file: 2019-Alpha-Numeric-HCPCS-File.zip is 2019Q1
             v302 of a PTP table is 2024Q3 (30 years after 1994, two quarters after the first); an MUE table and a
             zip of add-on codes name the day they take effect; AOC_V2025Q4 names the quarter
  revision   HCPC2026_OCT_ANWEB_v2.txt, ccipra-v302r2-f1.txt and AOC_V2025Q4_02-MCR.xlsx are revision 2; no number
             is the first publication. A re-post of a loaded quarter with other content becomes the next revision
             and takes its place
  part       ccipra-v302r0-f1 is part 1 of its release; all parts of one table are loaded together
A folder or several paths may hold everything of a quarter; each release among it is loaded by itself and reported
in a line. Of one file in two forms, text or CSV is read before the workbook; of add-on codes the workbook, as it
names its columns. Transaction reports, lists of changes, corrections and record layouts are left alone; processing
notes are read along. Medicaid's files are refused. Flags win over names.

A release becomes current unless a newer one is; the starter set always gives way. The same content again, or the
same rows in the other form, does nothing. Of MUE each quarter stays current and answers for itself. Of PTP and
add-on tables the current release answers for all dates up to the end of its quarter; it is kept with the complete
one before it, and the rows of older ones are removed. Exit status: 0 loaded or already loaded, 1 refused.
"""


class Command(LoadingCommand):
    help = "Load a release of CMS's files, whole or not at all."
    epilog = DETECTION

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, a zip or a folder")
        parser.add_argument("--dataset", default="", choices=list(DATASETS), help="what the files are")
        parser.add_argument("--setting", default="", choices=Setting.values, help="the setting they are for")
        parser.add_argument("--quarter", default="", help="the quarter they are of, as in 2026Q4")
        parser.add_argument("--revision", type=int, help="the revision they are, 0 for the first publication")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        add_loading_flags(parser)

    def handle(
        self, *, paths: list[Path], dataset: str, setting: str, quarter: str, revision: int | None, **options
    ) -> None:
        refuse_without_tables()
        if setting and dataset in (Dataset.HCPCS, Dataset.ADDON):
            raise CommandError(
                f"--setting {setting} does not apply: {dataset} files are the same for every setting."
            )
        if quarter and not re.fullmatch(r"20[0-9]{2}Q[1-4]", quarter := quarter.upper()):
            raise CommandError(f"--quarter {quarter} is not a quarter. Write it as in 2026Q4.")
        if revision is not None and not 0 <= revision <= 99:
            raise CommandError("--revision is a number between 0 and 99.")
        try:
            found = load.publications(paths, dataset, quarter, setting)
        except Refused as reason:
            if not options["dry_run"]:
                note_refusal(", ".join(path.name for path in paths), reason)
            raise CommandError(str(reason)) from reason
        if len(found) > 1 and revision is not None:
            raise CommandError(f"--revision is for one release, and these paths hold {len(found)}.")
        refused = [reason for publication in found if (reason := self.load(publication, revision, options))]
        if refused:
            raise CommandError("\n".join(refused))

    def load(self, publication: Publication, revision: int | None, options: dict) -> str:
        """Load one publication and report on it; returns the reason when it is refused."""
        began = time.monotonic()
        try:
            with tqdm(unit=" rows", unit_scale=True, leave=False, disable=not sys.stderr.isatty()) as bar:
                outcome = load.load(
                    publication,
                    revision=revision,
                    dry_run=options["dry_run"],
                    activate=not options["no_activate"],
                    allow_partial=options["allow_partial"],
                    progress=lambda what, done, total: advance(bar, what, done, total),
                    by=command_line(),
                )
        except Refused as reason:
            if not options["dry_run"]:
                note_refusal(name_of(publication, revision), reason)
            return str(reason)
        seconds = time.monotonic() - began
        for line in report(outcome, dry_run=options["dry_run"], seconds=seconds):
            self.stdout.write(line)
        return ""


def name_of(publication: Publication, revision: int | None) -> str:
    """What its release would be called."""
    number = revision if revision is not None else publication.revision or 0
    kind = {"dataset": publication.dataset, "setting": publication.setting}
    return str(Release(**kind, quarter=publication.quarter, revision=number))


def note_refusal(subject: str, reason: Refused) -> None:
    """Write into the audit log that somebody tried. That another import runs says nothing about the files."""
    if not isinstance(reason, Busy):
        AuditEntry.objects.record(
            AuditEntry.Action.REFUSED, by=command_line(), subject=subject[:255], reason=str(reason)
        )


def advance(bar: tqdm, what: str, done: int, total: int) -> None:
    """Show rows, rows per second and time left while rows are written, and what is done after that."""
    bar.set_description(what, refresh=not done)
    if done:
        bar.total = max(total, done)
        bar.update(done - bar.n)


def report(outcome: Outcome, *, dry_run: bool, seconds: float) -> list[str]:
    """What happened to one release, its first line complete in itself."""
    release, counts = outcome.release, listing(outcome.counts)
    if not outcome.is_new:
        source = release.files.first()
        return [f"{release}: already loaded from {source}, {counts}. Nothing to do. {standing(outcome)}"]
    partial = " as PARTIAL" if release.partial else ""
    if dry_run:
        lines = [f"{release}: would load {counts}{partial}. Dry run: nothing was kept."]
    else:
        lines = [f"{release}: loaded {counts}{partial} in {seconds:.1f} s. {standing(outcome)}"]
    lines += [f"  Loaded all the same: {doubt}" for doubt in outcome.doubts]
    if outcome.against:
        lines.append(f"  Against {outcome.against.title}: {listing(outcome.tally) or 'no changes'}.")
    if dry_run:
        lines += samples(outcome)
    lines += [f"  Removed the rows of {old.title}, as newer releases answer for it." for old in outcome.pruned]
    return lines


def standing(outcome: Outcome) -> str:
    release, current = outcome.release, outcome.current
    if current == release:
        return "It is current."
    stays = f"{current.title} stays current" if current else "Nothing is current"
    flags = " --accept-doubts --note WHY" if release.partial else ""
    return f"{stays}; manage.py activate_release {release.pk}{flags} changes that."


def samples(outcome: Outcome) -> list[str]:
    lines = []
    for kind, group in groupby(outcome.samples, key=lambda change: change.kind):
        shown = [
            " ".join(filter(None, (change.code, change.other_code)))
            + (f" ({', '.join(change.fields)})" if kind == Change.Kind.REVISED else "")
            for change in group
        ]
        more = outcome.tally[kind] - len(shown)
        lines.append(f"  {kind}: {', '.join(shown)}" + (f" and {more:,} more" if more else ""))
    return lines


def listing(counts: dict[str, int]) -> str:
    """``8,463 codes, 383 modifiers``: what is there, in words."""
    return ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)
