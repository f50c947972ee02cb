"""How editors may change a section: what keeps every code in exactly one narrowest place, and a draft a draft."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import QueryDict
from django.utils.functional import cached_property

from catalog import codes, moved_codes, trail
from catalog.markdown_field import Button, MarkdownField
from catalog.models import Level, Section, SectionRange
from catalog.moved_codes import Move
from catalog.trail import Piece
from catalog.training_form import PreviewedForm

MOVES_SEEN = "moves_seen"
"""The button that saves although codes move: its value is the seal of the moves that were shown with it."""

ONLY_THE_DRAFT = (
    "changed here as well, but this button is for the draft alone, and nothing is saved yet. “Save” saves the "
    "other changes, and the draft as a draft."
)

CORRECTIONS_SEEN = "corrections_seen"
"""What is sent once somebody was told of corrections that publishing undoes: the stamp of the page that told."""


class DraftAct(StrEnum):
    """What a button does with the draft of a text, by the button's name."""

    BEGIN = "_begin_draft"
    SAVE = "_save_draft"
    DISCARD = "_discard_draft"
    PUBLISH = "_publish_draft"


DRAFT_ONLY = (DraftAct.BEGIN, DraftAct.SAVE, DraftAct.DISCARD)


def kept_as_draft(data: QueryDict, description: str) -> QueryDict:
    """What was sent by “Keep as a draft”, the words moved to where drafts are, and the description as on file.

    Whatever becomes of the form, no other button of it publishes them then. A box of the draft that has words of
    its own keeps them: ``SectionForm`` refuses that.
    """
    if DraftAct.BEGIN not in data or data.get("draft", "").strip():
        return data
    moved = data.copy()
    moved["draft"], moved["description"] = data.get("description", ""), description
    return moved


class SectionForm(PreviewedForm):
    """One section; the admin names its model and fields.

    It is saved as it was filled in, but for the buttons of the draft: ``act`` is the one it was sent by, if any.
    """

    description = MarkdownField(required=False, heading=2)
    draft = MarkdownField(
        label="Draft of the description",
        required=False,
        heading=2,
        help_text="Editors see it on the page of the section in place of the description, and nobody else does.",
    )

    class Meta:
        widgets: ClassVar = {"note": AdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._described, self._drafted = self.instance.description, self.instance.draft  # as on file
        self.is_told_of_corrections = False
        self.act = next((act for act in DraftAct if act in self.data), None) if self.instance.pk else None
        if DraftAct.BEGIN in self.data and "draft" in self.fields:
            self.fields["draft"].help_text = "This is what you wrote. The description above is as readers see it."
        if not self.instance.pk:
            return
        if self._drafted or self.data.get("draft", "").strip():
            buttons = [Button(DraftAct.SAVE, "Save the draft"), Button(DraftAct.PUBLISH, "Publish the draft")]
            if self._drafted:
                buttons.append(Button(DraftAct.DISCARD, "Discard the draft"))
            self._show_buttons("draft", *buttons)
        else:
            self._show_buttons("description", Button(DraftAct.BEGIN, "Keep as a draft"))

    def _show_buttons(self, field: str, *buttons: Button) -> None:
        if field in self.fields:
            self.fields[field].widget.buttons = buttons

    @cached_property
    def described_before(self) -> str | None:
        """The description as it was when the draft was last saved; None where it is the same today."""
        if not (self._drafted and self.instance.draft_at):
            return None
        then = self.instance.history.filter(history_date__lte=self.instance.draft_at)
        was = then.order_by("history_date", "history_id").last()
        return was.description if was and was.description != self._described else None

    @property
    def corrections(self) -> list[Piece]:
        """Word by word, what was changed in the description since the draft was last saved."""
        return [] if self.described_before is None else trail.compare(self.described_before, self._described)

    @property
    def draft_changes(self) -> list[Piece]:
        """Word by word, what the draft on file changes in the description on file."""
        return trail.compare(self._described, self._drafted) if self._drafted else []

    @property
    def touches_draft_only(self) -> bool:
        return self.act in DRAFT_ONLY or (self.act is None and self.changed_data == ["draft"])

    def clean(self) -> None:
        super().clean()
        level, kind = self.cleaned_data.get("level"), self.cleaned_data.get("kind")
        if level and kind and (shape := codes.Kind(kind)).level != level.pk:
            self.add_error("kind", f"{shape.label} is a kind of {shape.level.label}, not {level.name}.")
        if parent := self.cleaned_data.get("parent"):
            self._check_parent(parent, level)
        if self.act and "draft" not in self.errors:
            self._follow(self.act)

    def _follow(self, act: DraftAct) -> None:
        """Put the words where the button sends them, and leave the other text as the database has it.

        Those of “Keep as a draft” are in the box of the draft already: see ``kept_as_draft``.
        """
        words = self.cleaned_data.get("draft", "")
        others = [self[name].label for name in self.changed_data if name != "draft"]
        if act is DraftAct.BEGIN and "description" in self.changed_data:
            self.add_error(
                "draft", "This box has words of its own: empty it, or put the new ones here and save the draft."
            )
        elif act is DraftAct.PUBLISH and "description" in self.changed_data:
            self.add_error(
                "description", "The draft takes the place of this text, which was changed here as well."
            )
        elif others:
            self.add_error("draft", f"{', '.join(others)}: {ONLY_THE_DRAFT}")
        elif act is DraftAct.PUBLISH and not (words or self._drafted):
            self.add_error("draft", "There is no draft any more: the trail says what became of it.")
        elif act is not DraftAct.DISCARD and not words:
            self.add_error("draft", "There are no words here to keep or to publish.")
        elif act is DraftAct.PUBLISH and self._undoes_corrections_unseen():
            self.is_told_of_corrections = True
            self.add_error(
                "draft",
                "The description was changed after this draft was saved, and publishing undoes that: see "
                "the difference below. Put it into the draft, or publish once more to undo it.",
            )
        elif act is DraftAct.PUBLISH:
            self.cleaned_data |= {"description": words, "draft": ""}
        else:
            self.cleaned_data["draft"] = "" if act is DraftAct.DISCARD else words

    def _undoes_corrections_unseen(self) -> bool:
        seen = self.data.get(CORRECTIONS_SEEN)
        return self.described_before is not None and not (seen and seen == self.data.get("made_from"))

    def _check_parent(self, parent: Section, level: Level | None) -> None:
        above = _path(parent)
        if self.instance.pk is not None and any(section.pk == self.instance.pk for section in above):
            titles = " → ".join(section.title for section in reversed(above))
            raise ValidationError({"parent": f"A section cannot lie below itself: {titles}."})
        if level is not None and parent.level_id != level.pk:
            raise ValidationError(
                {"parent": f"“{parent.title}” belongs to {parent.level.name}, not {level.name}."}
            )


class RangesFormSet(BaseInlineFormSet):
    """The ranges of one section, checked against each other and against every other section's.

    ``moves`` are the codes that go elsewhere with them. They are saved only by who has been shown just these.
    """

    moves: Sequence[Move] = ()

    @property
    def seal(self) -> str:
        return moved_codes.seal(self.moves)

    def is_valid(self) -> bool:
        return super().is_valid() and (not self.moves or self.data.get(MOVES_SEEN) == self.seal)

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        if self.instance.pk and any(act in self.data for act in DraftAct):
            if self.has_changed():
                raise ValidationError(f"Ranges: {ONLY_THE_DRAFT}")
            return
        ranges = [form.instance for form in self.forms if form not in self.deleted_forms and _is_filled(form)]
        messages = [
            *_of_another_level(ranges, self.instance),
            *_overlaps(ranges),
            *_crossings(ranges, self.instance),
            *_outside_parent(ranges, self.instance.parent),
            *_children_left_outside(ranges, self.instance),
        ]
        if messages:
            raise ValidationError(messages)
        if not self.instance.level_id:  # refused already
            return
        self.moves = moved_codes.if_saved(self.instance, ranges)


def _is_filled(form: forms.ModelForm) -> bool:
    return bool(form.cleaned_data.get("low") and form.cleaned_data.get("high"))


def _path(section: Section) -> list[Section]:
    """The section and those above it. Stops at a section seen before, should the rows hold a loop."""
    path: list[Section] = []
    while section is not None and section not in path:
        path.append(section)
        section = section.parent
    return path


def _of_another_level(ranges: list[SectionRange], section: Section) -> list[str]:
    if section.level_id is None:  # refused already
        return []
    return [
        f"{one} belongs to {codes.level_of(one.low).label}, but the section to {section.level.name}."
        for one in ranges
        if codes.level_of(one.low) != section.level_id
    ]


def _overlaps(ranges: list[SectionRange]) -> list[str]:
    return [
        f"{one} and {other} overlap; one section needs each code only once."
        for at, one in enumerate(ranges)
        for other in ranges[at + 1 :]
        if _meet(one, other)
    ]


def _crossings(ranges: list[SectionRange], section: Section) -> list[str]:
    others = SectionRange.objects.exclude(section=section.pk).select_related("section")
    return [
        f"{one} crosses {other} of “{other.section}”: one must lie inside the other, or they must not meet."
        for other in others
        for one in ranges
        if _meet(one, other) and not _holds(one, other) and not _holds(other, one)
    ]


def _outside_parent(ranges: list[SectionRange], parent: Section | None) -> list[str]:
    wider = list(parent.ranges.all()) if parent else []
    if not wider:
        return []
    stretch = ", ".join(map(str, wider))
    return [
        f"{one} lies outside “{parent}” ({stretch})."
        for one in ranges
        if not any(_holds(range_, one) for range_ in wider)
    ]


def _children_left_outside(ranges: list[SectionRange], section: Section) -> list[str]:
    if section.pk is None or not ranges:
        return []
    below = SectionRange.objects.filter(section__parent=section).select_related("section")
    return [
        f"{other} of “{other.section}”, a section below this one, would lie outside it."
        for other in below
        if not any(_holds(one, other) for one in ranges)
    ]


def _meet(one: SectionRange, other: SectionRange) -> bool:
    return (
        codes.series(one.low) == codes.series(other.low)
        and codes.number(one.low) <= codes.number(other.high)
        and codes.number(other.low) <= codes.number(one.high)
    )


def _holds(wide: SectionRange, narrow: SectionRange) -> bool:
    return (
        codes.series(wide.low) == codes.series(narrow.low)
        and codes.number(wide.low) <= codes.number(narrow.low)
        and codes.number(narrow.high) <= codes.number(wide.high)
    )
