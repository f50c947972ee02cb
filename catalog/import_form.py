"""The forms of the desk that bring releases and decide on them: what may be asked, and what it means."""

from __future__ import annotations

from datetime import date

from django import forms

from catalog import run_words
from catalog.edits import quarter_of
from catalog.freshness import KINDS
from catalog.importers import addresses
from catalog.models.release import quarters_between
from catalog.uploads import Received

NOT_SAID = "The names of the files say it"
FIRST_UPLOADED = "2019Q1"  # the oldest file that the importer was tried with
QUARTERS_FETCHED = 9  # the next one, this one and two years back: CMS takes older ones away


def split_kind(value: str) -> tuple[str, str]:
    """Dataset and setting of a choice such as ``ptp/practitioner``."""
    dataset, _, setting = value.partition("/")
    return dataset, setting


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files of one field; cleaned to a list of ``Received``."""

    widget = FilesInput

    def clean(self, data: list[Received], initial: object = None) -> list[Received]:
        return [super(FilesField, self).clean(file, initial) for file in data or [None]]


class KindField(forms.TypedChoiceField):
    """A dataset with its setting; cleaned to both, two empty texts where nothing was chosen."""

    def __init__(self, blank: str = "", **options: object):
        choices = [(f"{dataset}/{setting}", run_words.kind_name(dataset, setting)) for dataset, setting in KINDS]
        if blank:
            choices.insert(0, ("", blank))
        super().__init__(choices=choices, coerce=split_kind, empty_value=("", ""), **options)


class SaidForm(forms.Form):
    """What files are, said by hand where their names have lost it."""

    kind = KindField(label="What they are", blank=NOT_SAID, required=False)
    quarter = forms.ChoiceField(label="Quarter", required=False)

    def __init__(self, *args: object, day: date, **options: object):
        super().__init__(*args, **options)
        self.fields["quarter"].choices = [("", NOT_SAID), *uploaded_quarters(day)]


class UploadForm(SaidForm):
    """Files to load, and what they are."""

    files = FilesField(
        label="Files",
        help_text="Zips as CMS publishes them, or the TXT, CSV or XLSX files in them. All parts of a PTP table "
        "together.",
        error_messages={"required": "Choose at least one file."},
    )
    # The last field of the form: without it the request has broken off, and files may be missing.
    end = forms.BooleanField(
        widget=forms.HiddenInput,
        initial=True,
        error_messages={"required": "The upload broke off before its end. Nothing was kept; send it again."},
    )

    field_order = ["files", "kind", "quarter", "end"]


class FetchForm(forms.Form):
    """What to fetch from CMS, and whether the AMA's license was accepted where CMS asks for that."""

    kind = KindField(label="What")
    quarter = forms.ChoiceField(label="Quarter")
    is_license_accepted = forms.BooleanField(label="I accept the AMA’s license", required=False)

    def __init__(self, *args: object, day: date, **options: object):
        # It stands beside the form for uploads, which has fields of the same names.
        super().__init__(*args, auto_id="id_fetch_%s", **options)
        self.fields["quarter"].choices = fetched_quarters(day)
        self.fields["quarter"].initial = quarter_of(day)

    def clean(self) -> dict[str, object]:
        dataset, _setting = self.cleaned_data.get("kind") or ("", "")
        if addresses.needs_license(dataset) and not self.cleaned_data["is_license_accepted"]:
            self.add_error(
                "is_license_accepted",
                "CMS gives PTP files only to those who accept the AMA’s license. Nothing was asked for.",
            )
        return self.cleaned_data


class DecisionForm(forms.Form):
    """The second click: a note for the audit log, and that doubts were read where there are any."""

    against = "looks incomplete"

    note = forms.CharField(
        label="Note for the audit log",
        required=False,
        max_length=1_000,
        widget=forms.Textarea({"rows": 2}),
    )
    accept_doubts = forms.BooleanField(
        label="I have read the doubts, and want to use this release all the same", required=False
    )
    # The number of the release that the page called current, 0 for none: another one is not replaced unseen.
    instead_of = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, object]:
        if self.cleaned_data.get("accept_doubts") and not self.cleaned_data.get("note"):
            self.add_error("note", f"Say why this release is used although it {self.against}.")
        return self.cleaned_data


class WithdrawForm(forms.Form):
    """Why a release must not be used any more, for the audit log."""

    note = forms.CharField(
        label="Why, for the audit log",
        max_length=1_000,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Say why it is withdrawn: the audit log keeps that."},
    )


def fetched_quarters(day: date) -> list[tuple[str, str]]:
    """Choices: the quarter after that of the day, which CMS publishes before it begins, and those before."""
    return _choices(_counted(quarter_of(day), 1), QUARTERS_FETCHED)


def uploaded_quarters(day: date) -> list[tuple[str, str]]:
    """Choices: from the quarter after that of the day to the oldest that the importer knows."""
    last = _counted(quarter_of(day), 1)
    return _choices(last, quarters_between(FIRST_UPLOADED, last) + 1)


def _choices(last: str, number: int) -> list[tuple[str, str]]:
    quarters = [_counted(last, -back) for back in range(number)]
    return [(quarter, run_words.quarter_name(quarter)) for quarter in quarters]


def _counted(quarter: str, forward: int) -> str:
    """The quarter so many after another one."""
    number = int(quarter[:4]) * 4 + int(quarter[5]) - 1 + forward
    return f"{number // 4}Q{number % 4 + 1}"
