"""What trainers teach from, in the order that editors give it; items and misconceptions with a preview."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth import get_permission_codename
from django.db.models import CharField, Field, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from catalog import versions
from catalog.admin.trail import Trail
from catalog.item_checks import MOST_CHOICES
from catalog.models import (
    ComparisonRow,
    DecisionChoice,
    DecisionStep,
    Misconception,
    PracticeChoice,
    PracticeItem,
    Statement,
)
from catalog.models.training import Mark, Sourced
from catalog.quiz import with_options_drawn
from catalog.training_form import ChoicesFormSet, ItemForm, MisconceptionForm, StepChoicesFormSet, StepForm


class SourcedAdmin(Trail, admin.ModelAdmin):
    """Texts with their authority, put in order in the list itself.

    The starter set, and addresses, know a text by its slug: it is chosen once.
    """

    list_editable = ["sort"]
    readonly_fields = ["updated_at"]

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs) -> forms.Field:
        """Sentences are edited in a box that shows them whole."""
        is_sentence = isinstance(db_field, CharField) and db_field.max_length > 160
        if is_sentence and db_field.name not in ("link", "source"):
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": 2})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(["slug"] if obj else [])]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Model | None = None) -> dict[str, list[str]]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    @admin.display(description="sure", ordering="mark")
    def how_sure(self, text: Sourced) -> str:
        return Mark(text.mark).name.capitalize()


class Parts(admin.TabularInline):
    """Rows that are part of what they stand below: who may change that may change them."""

    verbose_name = "choice"

    def _may(self, request: HttpRequest, action: str) -> bool:
        opts = self.parent_model._meta
        return request.user.has_perm(f"{opts.app_label}.{get_permission_codename(action, opts)}")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, "change" if obj else "add")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, "view") or self._may(request, "change")


class PreviewAdmin(SourcedAdmin):
    """Shows a text as readers see it; the button “Preview” shows it as it would be saved, and saves nothing."""

    change_form_template = "admin/catalog/change_form_with_preview.html"
    preview_template: str

    def preview(self, context: dict) -> dict[str, object]:
        """What the template of the preview is given besides; nothing where there is nothing to show."""
        raise NotImplementedError

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        form = context["adminform"].form
        context["has_preview"] = True
        is_whole = (form.is_bound or form.instance.pk) and not context["errors"]
        if is_whole and (shown := self.preview(context)):
            context |= {"preview_template": self.preview_template, "is_unsaved": form.is_bound} | shown
        return super().render_change_form(request, context, *args, **kwargs)


# --- Practice items ----------------------------------------------------------------------------------------


class ChoiceInline(Parts):
    model = PracticeChoice
    formset = ChoicesFormSet
    fields = ["text", "is_right"]
    extra = 4
    max_num = MOST_CHOICES


@admin.register(PracticeItem)
class PracticeItemAdmin(PreviewAdmin):
    form = ItemForm
    inlines = [ChoiceInline]
    preview_template = "admin/catalog/_item_preview.html"
    list_display = [
        "prompt", "right_choice", "sort", "is_published", "topic", "difficulty", "how_sure", "source",
        "updated_at",
    ]  # fmt: skip
    list_editable = ["is_published", "sort"]
    list_per_page = 50  # each row is a form, and takes several times as long to show as one to read
    list_filter = ["topic", "difficulty", "asks", "is_published", "mark"]
    search_fields = ["prompt", "slug", "code", "claim", "rationale", "source", "choices__text"]
    prepopulated_fields = {"slug": ["prompt"]}
    fieldsets = [
        (None, {"fields": ["prompt", "slug", ("asks", "topic", "difficulty"), "code", "claim", "given"]}),
        ("The answer", {"fields": ["rationale", ("link", "link_label"), "invalid_codes"]}),
        ("Where it rests", {"fields": ["source", "mark", "is_published", "sort", "updated_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PracticeItem]:
        return super().get_queryset(request).prefetch_related("choices")

    @admin.display(description="right choice")
    def right_choice(self, item: PracticeItem) -> str:
        return ", ".join(choice.text for choice in item.choices.all() if choice.is_right)

    def preview(self, context: dict) -> dict[str, object]:
        item = context["adminform"].form.instance
        (choices,) = (inline.formset for inline in context["inline_admin_formsets"])
        try:
            question = item.question(choices.kept)
        except (TypeError, ValueError):  # a row that did not come through this form, and can be put right in it
            return {}
        warnings = [*context["adminform"].form.warnings, *choices.warnings]
        return {"question": with_options_drawn(question, seed=""), "warnings": warnings}

    def save_formset(self, request: HttpRequest, form: ItemForm, formset: ChoicesFormSet, change: bool) -> None:
        """Save the choices, and tell what could not be checked."""
        super().save_formset(request, form, formset, change)
        for warning in (*form.warnings, *formset.warnings):
            messages.warning(request, warning)


# --- Misconceptions, comparisons, statements ---------------------------------------------------------------


@admin.register(Misconception)
class MisconceptionAdmin(PreviewAdmin):
    form = MisconceptionForm
    preview_template = "admin/catalog/_misconception_preview.html"
    list_display = ["claim", "sort", "on_slide", "how_sure", "source", "updated_at"]
    list_editable = ["on_slide", "sort"]
    list_filter = ["mark", "on_slide"]
    search_fields = ["claim", "why_wrong", "fact", "slug", "source"]
    prepopulated_fields = {"slug": ["claim"]}
    fields = [
        *("claim", "slug", "why_wrong", "fact", ("link", "link_label")),
        *("source", "mark", "on_slide", "sort", "updated_at"),
    ]

    def preview(self, context: dict) -> dict[str, object]:
        return {"misconception": context["adminform"].form.instance}


@admin.register(ComparisonRow)
class ComparisonRowAdmin(SourcedAdmin):
    list_display = ["question", "sort", "on_slide", "level_one", "level_two", "how_sure", "source", "updated_at"]
    list_editable = ["on_slide", "sort"]
    list_filter = ["mark", "on_slide"]
    search_fields = ["question", "slug", "level_one", "level_two", "source"]
    prepopulated_fields = {"slug": ["question"]}
    fields = ["question", "slug", "level_one", "level_two", "source", "mark", "on_slide", "sort", "updated_at"]


@admin.register(Statement)
class StatementAdmin(SourcedAdmin):
    list_display = ["subject", "topic", "sort", "text", "how_sure", "source", "updated_at"]
    list_filter = ["topic", "mark"]
    search_fields = ["subject", "slug", "text", "source"]
    prepopulated_fields = {"slug": ["topic", "subject"]}
    fields = ["topic", "subject", "slug", "text", "source", "mark", "sort", "updated_at"]


# --- The path of decisions ---------------------------------------------------------------------------------


class StepChoiceInline(Parts):
    model = DecisionChoice
    fk_name = "step"
    formset = StepChoicesFormSet
    fields = ["label", "slug", "next", "sort"]
    prepopulated_fields = {"slug": ["label"]}
    extra = 2
    verbose_name_plural = "Choices: a step without any is where the path ends"


@admin.register(DecisionStep)
class DecisionStepAdmin(SourcedAdmin):
    form = StepForm
    inlines = [StepChoiceInline]
    list_display = ["text", "sort", "is_first", "leads_to", "level", "how_sure", "source", "updated_at"]
    list_filter = ["is_first", "level", "mark"]
    search_fields = ["text", "detail", "slug", "source"]
    prepopulated_fields = {"slug": ["text"]}
    fields = ["text", "slug", "detail", "level", "is_first", "source", "mark", "sort", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DecisionStep]:
        return super().get_queryset(request).prefetch_related("choices__next")

    @admin.display(description="leads to")
    def leads_to(self, step: DecisionStep) -> SafeString:
        ways = ((choice.label, choice.next) for choice in step.choices.all())
        return format_html_join(mark_safe("<br>"), "{}: {}", ways) or "ends here"

    def save_model(self, request: HttpRequest, obj: DecisionStep, form: forms.ModelForm, change: bool) -> None:
        """Save it; where the path begins at it from now on, it no longer does at the step before."""
        super().save_model(request, obj, form, change)
        if obj.is_first:
            for other in DecisionStep.objects.filter(is_first=True).exclude(pk=obj.pk):
                versions.keep(other, self.parts)
                other.is_first = False
                other.save()
                messages.info(request, f"The path begins here now, no longer at “{other}”.")

    def get_deleted_objects(self, objs: Iterable[DecisionStep], request: HttpRequest) -> tuple:
        """What deleting would take along, and in words what forbids it."""
        steps = list(objs)
        deleted, counts, lacking, _ = super().get_deleted_objects(steps, request)
        leading = DecisionChoice.objects.filter(next__in=steps).select_related("step", "next")
        refusals = [
            f"“{choice.step}” leads to “{choice.next}” by “{choice.label}”. Let it lead elsewhere first."
            for choice in leading
        ]
        if DecisionStep.objects.exclude(pk__in=[step.pk for step in steps]).exists():
            refusals += [
                f"The path begins at “{step}”. Mark another step as the first one."
                for step in steps
                if step.is_first
            ]
        return deleted, counts, lacking, refusals
