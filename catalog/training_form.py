"""How editors may change what trainers teach from: items with one right answer, links that lead somewhere, paths
that end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.urls import Resolver404, resolve

from catalog import codes, item_checks, typed_units
from catalog.markdown_field import MarkdownField, MarkdownTextarea
from catalog.models import DecisionChoice, DecisionStep, Misconception, Section


class LabelledLinesField(forms.CharField):
    """Pairs of a label and a value, edited as ``label: value``, one pair to a line."""

    widget = forms.Textarea

    def prepare_value(self, value: object) -> str:
        """As lines, whatever the database holds: what is no label with a value can be put right by its editor."""
        if not isinstance(value, list):
            return "" if value is None else str(value)
        return "\n".join(": ".join(map(str, fact)) if isinstance(fact, list) else str(fact) for fact in value)

    def to_python(self, value: str | None) -> list[list[str]]:
        lines = [line.strip() for line in (value or "").splitlines() if line.strip()]
        pairs = [[part.strip() for part in line.split(":", 1)] for line in lines]
        for line, pair in zip(lines, pairs, strict=True):
            if len(pair) != 2 or not all(pair):
                raise ValidationError(f"“{line}” is no label with a value. Write it as “Column one: 45385”.")
        return pairs


class PreviewedForm(forms.ModelForm):
    """A form that is checked, but not saved, when it was sent by the button “Preview”."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field.widget, MarkdownTextarea):
                field.widget.is_previewed = "_preview" in self.data

    def is_valid(self) -> bool:
        return super().is_valid() and "_preview" not in self.data


class LinkForm(PreviewedForm):
    """A text with a link to a page of this site, and words to stand for it."""

    def clean_link(self) -> str:
        link = self.cleaned_data["link"]
        if link:
            _check_page(link)
        return link

    def clean(self) -> None:
        super().clean()
        link, label = self.cleaned_data.get("link"), self.cleaned_data.get("link_label")
        if link and not label:
            self.add_error("link_label", "Say what the link leads to, as in “J1885, ketorolac”.")
        if label and link == "":
            self.add_error("link", f"Give the page that “{label}” leads to, or remove these words.")


class MisconceptionForm(LinkForm):
    why_wrong = MarkdownField(
        help_text=Misconception._meta.get_field("why_wrong").help_text, has_preview_button=False
    )


def _check_page(link: str) -> None:
    if not _is_of_this_site(link):
        raise ValidationError(f"“{link}” is no page of this site. Begin with one slash, as in /codes/J1885/.")
    path = urlsplit(link).path
    try:
        page = resolve(path)
    except Resolver404:
        raise ValidationError(
            f"This site has no page {path}. Copy it from the address bar, from the first slash behind the name of "
            "the site on."
        ) from None
    if page.url_name == "section" and not Section.objects.filter(slug=page.kwargs["slug"]).exists():
        raise ValidationError(f"This site has no section “{page.kwargs['slug']}”. Copy its address from its page.")


def _is_of_this_site(link: str) -> bool:
    """Browsers drop tabs and line breaks and read backslashes as slashes: each could lead to another site."""
    return link.startswith("/") and not link.startswith("//") and "\\" not in link and link.isprintable()


# --- Practice items ----------------------------------------------------------------------------------------


class ItemForm(LinkForm):
    """One item without its choices. ``warnings`` do not keep it from being saved."""

    given = LabelledLinesField(
        required=False, help_text="Facts to go by, one to a line, as in “Modifier indicator: 1”."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []

    def clean_prompt(self) -> str:
        return " ".join(self.cleaned_data["prompt"].split())

    def clean_code(self) -> str:
        return self.cleaned_data["code"].upper()

    def clean_claim(self) -> str:
        return "\n".join(_claim_lines(self.cleaned_data["claim"]))

    def clean_invalid_codes(self) -> str:
        return " ".join(self.cleaned_data["invalid_codes"].upper().replace(",", " ").split())

    def clean(self) -> None:
        super().clean()
        said = self.cleaned_data
        invalid = said.get("invalid_codes", "").split()
        for message in item_checks.of_code_shown(said.get("code", ""), said.get("asks", ""), invalid):
            self.add_error("code", message)
        texts = (said.get(field, "") for field in ("code", "claim", "prompt", "rationale", "link"))
        found = item_checks.of_codes(item_checks.codes_named(*texts), invalid)
        self.warnings = found.warnings
        if found.errors:
            raise ValidationError(found.errors)


def _claim_lines(text: str) -> Iterator[str]:
    """The lines of a small claim as the scratchpad writes them: ``97597-59x2``."""
    for line in filter(None, map(str.strip, text.splitlines())):
        typed = typed_units.read(line)
        parsed, units = codes.parse(typed.text), int(typed.units.get(0, 1))
        if parsed.code is None or parsed.needs_confirmation or parsed.dropped or not units:
            raise ValidationError(
                f"“{line}” is no line of a claim. Write a code, up to four modifiers and the units, as in "
                "97597-59x2."
            )
        yield parsed.canonical + (f"x{units}" if units > 1 else "")


class ChoicesFormSet(BaseInlineFormSet):
    """The choices of one item, checked against each other, the code and the current release."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []

    @property
    def kept(self) -> list:
        """The choices as they would be saved, in order; of a form that was not sent, as they are."""
        return [form.instance for form in self.forms if form.instance.text and not _is_deleted(form)]

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or not self.instance.asks:
            return
        item, choices = self.instance, self.kept
        named = item_checks.codes_named(*(choice.text for choice in choices))
        found = item_checks.of_codes(named, [code for code in item.invalid_codes.split() if code in named])
        self.warnings = found.warnings
        if errors := [*item_checks.of_choices(item, choices), *found.errors]:
            raise ValidationError(errors)


def _is_deleted(form: forms.ModelForm) -> bool:
    return form.is_bound and form.is_valid() and form.cleaned_data.get("DELETE", False)


# --- The path of decisions ---------------------------------------------------------------------------------


class StepForm(forms.ModelForm):
    """A step. The path begins at exactly one: the admin takes the mark from it when another one is marked."""

    def clean_is_first(self) -> bool:
        is_first = self.cleaned_data["is_first"]
        if not is_first and not DecisionStep.objects.exclude(pk=self.instance.pk).filter(is_first=True).exists():
            raise ValidationError("The path has to begin somewhere. Mark this step until another one is marked.")
        return is_first


class StepChoicesFormSet(BaseInlineFormSet):
    """Where one step leads to. A path may join another, but never comes back to where it was."""

    def get_unique_error_message(self, unique_check: Iterable[str]) -> str:
        return "Two choices have the same slug. It is their part of the address: give each its own."

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        leads: dict[int, list[DecisionStep]] = {}
        for choice in DecisionChoice.objects.exclude(step=self.instance.pk).select_related("next"):
            leads.setdefault(choice.step_id, []).append(choice.next)
        errors = []
        for form in self.forms:
            after = form.cleaned_data.get("next")
            if after and not _is_deleted(form) and (way := _way_back(after, self.instance, leads)):
                steps = " → ".join(f"“{step}”" for step in (self.instance, *way))
                errors.append(f"“{form.instance.label}” leads back to this step: {steps}. Lead it elsewhere.")
        if errors:
            raise ValidationError(errors)


def _way_back(
    step: DecisionStep, start: DecisionStep, leads: Mapping[int, list[DecisionStep]]
) -> list[DecisionStep]:
    """The steps of the shortest way from one to the start of the path; none when no way leads there."""
    ways = {step.pk: [step]}
    ahead = deque(ways.values())
    while ahead:
        way = ahead.popleft()
        if way[-1].pk == start.pk:
            return way
        for after in leads.get(way[-1].pk, []):
            if after.pk not in ways:
                ways[after.pk] = [*way, after]
                ahead.append(ways[after.pk])
    return []
