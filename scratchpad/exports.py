"""A checked claim as a file for a spreadsheet: its lines, its findings, what was checked, and for which day.

A CSV file has one table below another, each with its header, and last what must be said with them. A workbook has
a sheet for each, and one more with every pair that was looked up. A cell never has a descriptor of the AMA or ADA.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from django.http import HttpResponse, StreamingHttpResponse

from catalog import exports
from catalog.edit_words import NOT_A_DECISION, NOT_IN_STARTER
from catalog.exports import Page
from scratchpad.claim import Claim
from scratchpad.claim_text import text_of
from scratchpad.coverage import NOT_LOOKED_AT, Covered, coverage
from scratchpad.finding_words import chip_of, is_quiet, said
from scratchpad.findings import Finding, Kind
from scratchpad.phrases import SETTINGS
from scratchpad.reference import LoadedRelease, PtpRow, Reference
from scratchpad.summary import headline

Row = Sequence[object]
Describe = Callable[[str], str]
"""What a code is: CMS's descriptor of Level II, or the name of our section around it."""

LINES = (
    *("Line", "Code", "What it is", "Modifiers", "Units", "From", "To", "Provider", "Findings", "Left out"),
    "As text",
)
FINDINGS = (
    *("Finding", "Verdict", "Lines", "Codes", "In a sentence", "What it means", "What would change this"),
    *("Often seen", "Status", "Setting", "Row", "Release", "File", "Line of the file"),
)
CHECKED = ("Data", "Release", "Asked", "Answer", "Count", "Gap")
PAIRS = (
    *("Line", "Code", "With line", "With code", "Verdict", "Status", "Column one", "Column two"),
    *("Modifier indicator", "Effective date", "Deletion date", "CMS rationale", "File", "Line of the file"),
)

_IN_COLUMNS = ("Release", "File", "Line", "Row")


class Told(NamedTuple):
    """A checked claim. ``remarks`` stand at the end, each a name and a text: what was not kept, CMS's notices."""

    claim: Claim
    reference: Reference
    findings: Sequence[Finding]
    describe: Describe
    remarks: tuple[tuple[str, str], ...] = ()

    @property
    def loud(self) -> list[Finding]:
        """The findings that say more than that nothing is wrong, as on the page."""
        return [finding for finding in self.findings if not is_quiet(finding)]


def response(told: Told, export_format: str) -> HttpResponse | StreamingHttpResponse:
    """The claim as a download. Http404 for a format that is not ``csv`` or ``xlsx``."""
    claim = told.claim
    setting = SETTINGS[claim.setting].lower().replace(" ", "-")
    filename = f"claim-{setting}-{claim.date_of_service.isoformat()}.{export_format}"
    rows = list(csv_rows(told)) if export_format == "csv" else ()  # so that what fails does so before it is sent
    return exports.download(filename, export_format, rows, pages(told))


def csv_rows(told: Told) -> Iterator[Row]:
    """The lines, the findings, what was checked and the remarks, an empty row between them."""
    rows = coverage(told.claim, told.reference, told.findings)
    yield from lines(told)
    yield ()
    yield from findings(told)
    yield ()
    yield from checked(rows)
    yield ()
    yield from remarks(told, rows)


def pages(told: Told) -> Iterator[Page]:
    """The sheets of the workbook."""
    rows = coverage(told.claim, told.reference, told.findings)
    yield Page("Lines", lines(told))
    yield Page("Findings", findings(told))
    yield Page("What was checked", checked(rows))
    yield Page("All pairs", pairs(told.findings))
    yield Page("About", remarks(told, rows), is_table=False)


# --- Tables ------------------------------------------------------------------------------------------------


def lines(told: Told) -> Iterator[Row]:
    """The lines as they were checked. ``Findings`` are the numbers of those in the next table that speak of it."""
    yield LINES
    numbered = list(enumerate(told.loud, start=1))
    for line in told.claim.lines:
        about = [number for number, finding in numbered if line.number in finding.lines]
        yield (
            *(line.number, line.code or line.parsed.text, told.describe(line.code), " ".join(line.modifiers)),
            *(line.units_text if line.units is None else line.units, line.first_day, line.last_day, line.provider),
            *(_listed(about), " ".join(line.dropped), text_of(line)),
        )


def findings(told: Told) -> Iterator[Row]:
    """The findings in the order and the words of the page, each with the row that decides."""
    yield FINDINGS
    for number, finding in enumerate(told.loud, start=1):
        words = said(finding, told.claim, told.reference)
        facts = dict(words.facts)
        row = "; ".join(f"{label}: {value}" for label, value in words.facts if label not in _IN_COLUMNS)
        yield (
            *(number, words.chip, _listed(finding.lines), " ".join(finding.codes), words.headline),
            *(" ".join(words.sentences), words.change, words.seen, finding.status),
            *(SETTINGS[told.claim.setting], row, _title(finding.release), facts.get("File")),
            _number(facts.get("Line", facts.get("Row", ""))),
        )


def checked(rows: Iterable[Covered]) -> Iterator[Row]:
    """Every answer of every table with how often it was given; ``yes`` where the tables could not say."""
    yield CHECKED
    for covered in rows:
        release = _title(covered.release) if covered.release else covered.source
        for answer in covered.answers:
            gap = "yes" if answer.is_gap else ""
            yield covered.what, release, covered.asked, answer.text, answer.count, gap


def pairs(found: Iterable[Finding]) -> Iterator[Row]:
    """Every pair that was looked up, those without an edit too, by the numbers of their lines."""
    yield PAIRS
    of_pairs = [finding for finding in found if finding.kind is Kind.PTP and len(finding.lines) == 2]
    for finding in sorted(of_pairs, key=lambda finding: sorted(finding.lines)):
        (one, code), (two, other) = sorted(zip(finding.lines, finding.codes, strict=True))
        yield one, code, two, other, chip_of(finding).short, finding.status, *_cells(finding)


def _cells(finding: Finding) -> Row:
    row = finding.row
    if not isinstance(row, PtpRow):
        return ()
    is_starter = finding.release is not None and finding.release.is_starter
    return (
        *(row.column_one, row.column_two, row.modifier_indicator),
        *(NOT_IN_STARTER if is_starter else row.effective_date, row.deletion_date),
        *(row.rationale, row.file, row.line),
    )


def remarks(told: Told, rows: Sequence[Covered]) -> Iterator[tuple[str, str]]:
    """What goes with the tables: setting and date, what was found in short, and what does not follow from it."""
    claim, reference = told.claim, told.reference
    summary = headline(claim, told.findings, rows)
    yield "Claim", " ".join(filter(None, (f"{summary.title}.", summary.sentence)))
    yield "Setting", SETTINGS[claim.setting]
    yield "Date of service", claim.date_of_service.isoformat()
    yield "Releases", "; ".join(_releases(reference)) or "none loaded"
    yield "Not looked at", NOT_LOOKED_AT.removeprefix("Not looked at: ")
    yield "Note", NOT_A_DECISION
    yield from told.remarks


def _releases(reference: Reference) -> Iterator[str]:
    """The loaded tables that were asked, each with its dataset."""
    names = {"hcpcs": "HCPCS Level II", "ptp": "PTP edits", "mue": "MUE", "addon": "Add-on codes"}
    asked = (reference.hcpcs, reference.ptp, *reference.mue.values(), reference.addon)
    for release in filter(None, asked):
        yield f"{names[release.dataset]}: {_title(release)}"


def _title(release: LoadedRelease | None) -> str:
    """A release in a file: what it is not is said with it."""
    if release is None:
        return ""
    if release.is_starter:
        return "Starter data, not a CMS release"
    return f"{release.long_title}, looked incomplete when it was loaded" if release.partial else release.long_title


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
