"""How editors may change a section: what keeps every code in exactly one narrowest place."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from catalog import codes
from catalog.models import Level, Section, SectionRange


class SectionForm(forms.ModelForm):
    """One section; the admin names its model and fields."""

    def clean(self) -> None:
        super().clean()
        level, kind = self.cleaned_data.get("level"), self.cleaned_data.get("kind")
        if level and kind and (shape := codes.Kind(kind)).level != level.pk:
            self.add_error("kind", f"{shape.label} is a kind of {shape.level.label}, not {level.name}.")
        if parent := self.cleaned_data.get("parent"):
            self._check_parent(parent, level)

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
    """The ranges of one section, checked against each other and against every other section's."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
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
