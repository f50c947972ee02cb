"""Golden pairs as rows of a file, and what the current releases say of each before it is written.

A pair is known by its setting, its two codes in either order and its day: a row of another day is another pair. ::

    setting,column_one,column_two,day,expected,source
    practitioner,0001A,99213,2023-07-15,indicator_1,"CMS, PTP edits for practitioners, 2026 Q3"
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.core.exceptions import ValidationError
from import_export.fields import Field
from import_export.widgets import DateWidget
from tablib import Dataset

from catalog import golden
from catalog.golden import Outcome
from catalog.models import Dataset as Kind
from catalog.models import GoldenPair, Release
from catalog.text_plan import UNCHANGED, Plan
from catalog.text_resource import ZEROS, TextResource

DAY_FORMATS = ("%Y-%m-%d", "%m/%d/%Y")
"""ISO, and what a spreadsheet set to the United States makes of it."""
SETTINGS = [value for value, _ in GoldenPair.SETTINGS]
EXPECTED = GoldenPair.Expected.values
AS_WRITTEN = {"0": GoldenPair.Expected.NOT_ALLOWED.value, "1": GoldenPair.Expected.ALLOWED.value}
"""The indicator alone, as the table has it."""


class GoldenPairResource(TextResource):
    """Golden pairs. A row changes the answer of a pair on a day, or adds the pair."""

    needed = ("setting", "column_one", "column_two", "day")
    days = ("day",)
    meanings = {
        "setting": "practitioner, or outpatient_hospital",
        "column_one": "the code that the edit does not deny",
        "column_two": "the code that is denied beside it",
        "day": "the date of service, as 2024-08-01 or 8/1/2024",
        "expected": f"{', '.join(EXPECTED[:-1])} or {EXPECTED[-1]}; 0 and 1 alone are indicators",
        "source": "where the answer is published",
        "version": "of an export: keeps you from undoing what others changed since; empty in new rows",
    }
    adds = "A row whose setting, codes and day are not on file together is added."
    day = Field(attribute="day", column_name="day", widget=DateWidget(DAY_FORMATS[0]))

    class Meta(TextResource.Meta):
        model = GoldenPair
        fields = ("setting", "column_one", "column_two", "day", "expected", "source", "version")

    def plan(self) -> Plan:
        """What the file would do, with what the current releases say of each pair as it would be."""
        planned = super().plan()
        if planned.problems:
            return planned
        said = _said_now([row.text for row in planned.rows if row.kind != UNCHANGED])
        rows = tuple(row._replace(remark=said.get(id(row.text), "")) for row in planned.rows)
        wrong = sum(row.remark.startswith(Outcome.OTHERWISE) for row in rows)
        return planned._replace(rows=rows, warning=_warning(wrong) if wrong else "")

    def before_import(self, dataset: Dataset, **kwargs) -> None:
        self.by_key = {_key(pair): pair for pair in self.on_file()}

    def tidy(self, column: str, text: str) -> str:
        text = " ".join(text.split())
        if column in {"column_one", "column_two"}:
            return text.upper()
        if column in {"setting", "expected"}:
            text = text.lower().replace(" ", "_")
            return AS_WRITTEN.get(text, text)
        return text

    def before_import_row(self, row: dict[str, str], **kwargs) -> None:
        super().before_import_row(row, **kwargs)
        row["day"] = _day(row["day"]).isoformat()
        if row["setting"] not in SETTINGS:
            raise ValidationError(
                {"setting": f"Write {' or '.join(SETTINGS)}: Medicare has PTP edits for no other setting."}
            )
        if row.get("expected") and row["expected"] not in EXPECTED:
            raise ValidationError({"expected": f"The answer is one of {', '.join(EXPECTED)}."})
        for column in ("column_one", "column_two"):
            if row[column].isdecimal() and len(row[column]) < 5:
                raise ValidationError({column: ZEROS})

    def get_instance(self, instance_loader: object, row: dict[str, str]) -> GoldenPair | None:
        codes = frozenset((row["column_one"], row["column_two"]))
        return self.by_key.get((row["setting"], codes, date.fromisoformat(row["day"])))

    def names(self, instance: GoldenPair) -> Iterator[tuple[object, str]]:
        yield _key(instance), "The same pair and day"

    def check_text(self, instance: GoldenPair) -> None:
        """A new pair needs all of it, whichever columns the file has."""
        lacking = [name for name in ("expected", "source") if not getattr(instance, name)]
        if lacking:
            raise ValidationError(dict.fromkeys(lacking, "A new pair needs this column as well."))


def _key(pair: GoldenPair) -> tuple[str, frozenset[str], date]:
    return pair.setting, frozenset((pair.column_one, pair.column_two)), pair.day


def _day(text: str) -> date:
    """Raises ValidationError for what is no date, or one whose year has two digits."""
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day on a claim has no zone
        except ValueError:
            continue
    raise ValidationError({"day": "That is no date. Write it as 2024-08-01 or as 8/1/2024."})


def _warning(wrong: int) -> str:
    what = f"{wrong} of these pairs come" if wrong > 1 else "1 of these pairs comes"
    return (
        f"{what} out otherwise on the current release. While that is so, none that answers alike can be activated."
    )


def _said_now(pairs: list[GoldenPair]) -> dict[int, str]:
    """What the current releases say of pairs that may have no key yet: a sentence by the ``id`` of each object."""
    said = {id(pair): "Not checked: no table of this setting is loaded." for pair in pairs}
    for release in Release.objects.current().filter(dataset=Kind.PTP):
        for result in golden.results(release, pairs):
            why = f": {result.said}" if result.said else ""
            said[id(result.pair)] = f"{result.outcome}{why} ({release})."
    return said
