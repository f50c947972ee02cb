"""The tree of sections, which editors own: titles, ranges and texts, with a draft of the description."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Field, QuerySet
from django.forms.models import BaseModelFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from catalog import moved_codes
from catalog.admin.bulk import SectionTexts
from catalog.admin.trail import Trail
from catalog.markdown_field import LONGEST_TEXT, previewed
from catalog.models import Section, SectionRange
from catalog.moved_codes import Move
from catalog.section_form import DraftAct, RangesFormSet, SectionForm, kept_as_draft
from catalog.versions import State

DRAFT_FIELDS = ["draft", "draft_by", "draft_at"]
DRAFT_WAITS = "A draft of this description waits. Published as it is, it undoes what you have just changed."
DONE = {
    DraftAct.BEGIN: "The draft is kept. Readers see the description as it was.",
    DraftAct.SAVE: "The draft is saved. Readers see the description as it was.",
    DraftAct.DISCARD: "The draft is discarded. As it was saved last, it is in the trail.",
    DraftAct.PUBLISH: "The draft is published: readers see it now.",
}
REASONS = {
    DraftAct.BEGIN: "Draft begun",
    DraftAct.SAVE: "Draft saved",
    DraftAct.DISCARD: "Draft discarded",
    DraftAct.PUBLISH: "Draft published",
}


class RangeInline(admin.TabularInline):
    model = SectionRange
    formset = RangesFormSet
    extra = 1
    verbose_name_plural = "Ranges: where ranges of sections nest, the narrowest one holds the code"


class Drafts:
    """Goes between ``Trail`` and ``admin.ModelAdmin``: the buttons of a draft, and what the trail says of them."""

    def save_model(self, request: HttpRequest, obj: Section, form: SectionForm, change: bool) -> None:
        """Save the section; of one whose draft alone was touched, nothing that readers see, nor its date."""
        if "draft" in form.changed_data or form.act:
            obj.draft_by = request.user.get_username() if obj.draft else ""
            obj.draft_at = timezone.now() if obj.draft else None
        elif obj.draft and "description" in form.changed_data:
            messages.warning(request, DRAFT_WAITS)
        if form.act:
            obj._change_reason = REASONS[form.act]
        if form.touches_draft_only:
            obj.save(update_fields=DRAFT_FIELDS)
        else:
            super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: SectionForm, formsets: list[BaseModelFormSet], change: bool
    ) -> None:
        """Save the ranges, which readers see: beside a draft alone, they are what was edited of the section."""
        super().save_related(request, form, formsets, change)
        if change and form.touches_draft_only and any(formset.has_changed() for formset in formsets):
            Section.objects.filter(pk=form.instance.pk).update(updated_at=request.saved_at)

    def response_change(self, request: HttpRequest, obj: Section) -> HttpResponse:
        """Stay with the text after a button of its draft, with the way to where it can be seen."""
        act = next((act for act in DraftAct if act in request.POST), None)
        if act is None:
            return super().response_change(request, obj)
        see = format_html('{} <a href="{}">See the page</a>', DONE[act], obj.get_absolute_url())
        messages.success(request, see)
        return HttpResponseRedirect(reverse("admin:catalog_section_change", args=[obj.pk]))


@admin.register(Section)
class SectionAdmin(SectionTexts, Trail, Drafts, admin.ModelAdmin):
    form = SectionForm
    inlines = [RangeInline]
    kept_on_return = tuple(DRAFT_FIELDS)
    list_display = ["title", "ranges_held", "parent", "closed", "has_draft", "updated_at"]
    list_filter = [("draft", admin.EmptyFieldListFilter), "level", "kind", "mark", "closed"]
    list_select_related = ["parent"]
    search_fields = ["title", "short_title", "slug", "description", "note", "ranges__low", "ranges__high"]
    prepopulated_fields = {"slug": ["title"]}
    save_on_top = True

    def get_fieldsets(self, request: HttpRequest, obj: Section | None = None) -> list[tuple[str | None, dict]]:
        """The draft is folded away where there is none, neither on file nor in what is sent."""
        has_draft = request.POST.get("draft", "").strip() or (obj is not None and obj.draft)
        return [
            (
                None,
                {
                    "fields": [
                        *("title", ("short_title", "map_title"), "slug", ("level", "kind", "parent")),
                        *("maintainer", "who_bills", ("mark", "closed", "sort")),
                    ]
                },
            ),
            ("Texts", {"fields": ["description", "note"]}),
            ("Draft", {"fields": ["draft"], "classes": [] if has_draft else ["collapse"]}),
        ]

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs) -> forms.Field:
        """A section names its level and its parent; it is not the place to change those."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        return super().get_queryset(request).prefetch_related("ranges")

    def get_urls(self) -> list[URLPattern]:
        return [path("preview/", markdown_preview, name="markdown_preview"), *super().get_urls()]

    @admin.display(description="ranges")
    def ranges_held(self, section: Section) -> str:
        return ", ".join(map(str, section.ranges.all()))

    @admin.display(description="draft", ordering="draft_at")
    def has_draft(self, section: Section) -> str:
        return f"by {section.draft_by or 'nobody known'}" if section.draft else ""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict | None = None,
    ) -> HttpResponse:
        """The form. What is to be kept as a draft is one before anything else is looked at."""
        if object_id is not None and DraftAct.BEGIN in request.POST:
            pk = self.key_of(object_id)
            section = Section.objects.filter(pk=pk).first() or Section.history.filter(id=pk).first()
            request.POST = kept_as_draft(request.POST, section.description) if section else request.POST
        return super().changeform_view(request, object_id, form_url, extra_context)

    def is_on_file(self, request: HttpRequest, data: QueryDict, now: State) -> bool:
        """Whether saving would do nothing. Publishing and discarding do something as long as there is a draft."""
        if now.text.draft and (DraftAct.PUBLISH in data or DraftAct.DISCARD in data):
            return False
        return super().is_on_file(request, data, now)

    # --- Codes that move -----------------------------------------------------------------------------------

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """The form; sent with ranges that move codes, it shows them and the button that saves it nevertheless."""
        if context.get("original") is not None:
            context["draft_form"] = context["adminform"].form
        for ranges in (inline.formset for inline in context["inline_admin_formsets"]):
            if ranges.moves and not context["errors"]:
                context |= {"moves": ranges.moves, "moved": moved_codes.count(ranges.moves), "seal": ranges.seal}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_formset(self, request: HttpRequest, form: SectionForm, formset: RangesFormSet, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.moves:
            messages.info(request, f"Moved: {_in_words(formset.moves)}.")

    def get_deleted_objects(self, objs: Iterable[Section], request: HttpRequest) -> tuple:
        """What deleting would take along, and where the codes would go."""
        sections = list(objs)
        deleted, counts, lacking, protected = super().get_deleted_objects(sections, request)
        if moves := moved_codes.if_deleted(sections):
            listed = [one for move in moves for one in (_way(move), [", ".join(move.codes)])]
            deleted = [*deleted, f"By that, {_in_words(moves)} will move", listed]
        return deleted, counts, lacking, protected


@require_POST
def markdown_preview(request: HttpRequest) -> HttpResponse:
    """The text of the box that asks, as readers would see it; to who was logged out meanwhile it says so."""
    if not admin.site.has_permission(request):
        return render(request, "admin/catalog/_markdown_preview.html", {"is_logged_out": True})
    text = request.POST.get(request.htmx.trigger_name or "", "")[:LONGEST_TEXT]
    heading = 2 if request.GET.get("heading") == "2" else 3
    return render(request, "admin/catalog/_markdown_preview.html", previewed(text, heading))


def _in_words(moves: Iterable[Move]) -> str:
    moved = moved_codes.count(moves)
    return f"{moved:,} code" if moved == 1 else f"{moved:,} codes"


def _way(move: Move) -> str:
    return f"From {_place(move.before)} to {_place(move.after)}: {_in_words([move])}"


def _place(titles: tuple[str, ...]) -> str:
    return f"“{' / '.join(titles)}”" if titles else "no section"
