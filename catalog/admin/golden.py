"""Pairs of codes whose answer is known: what a PTP release is tried on before anybody is answered from it."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from catalog import golden
from catalog.admin.bulk import GoldenPairTexts
from catalog.admin.trail import Trail
from catalog.golden import Checked, Outcome, Result
from catalog.models import Dataset, GoldenPair, PtpEdit, Release
from catalog.wording import us_date

MARKS = {Outcome.OTHERWISE: "state-bad", Outcome.AS_EXPECTED: "state-good", Outcome.NOT_CHECKED: ""}
"""How each outcome looks at the desk."""


PASTED = 20
"""Characters that a browser takes for a code: with blanks, which are dropped before it is checked."""


class GoldenPairForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("column_one", "column_two"):
            self.fields[name].widget.attrs["maxlength"] = PASTED

    class Meta:
        help_texts = {
            "setting": "Each setting has a table of its own: a pair is tried on those of this one only.",
            "column_one": "The code that this edit does not deny. Five characters, without a modifier.",
            "column_two": "The code that is denied beside it. Without an edit on file the order does not matter.",
            "day": "The pair is tried on every release that answers for this date. On others it counts as not "
            "checked, never as passed.",
            "expected": "What CMS’s table says for that date, not what becomes of a claim.",
            "source": "Where anybody can look it up: a document of CMS with its year and chapter, table or page. "
            "A release that is loaded here proves nothing of itself.",
        }


@admin.register(GoldenPair)
class GoldenPairAdmin(GoldenPairTexts, Trail, admin.ModelAdmin):
    """A PTP release that answers one of them otherwise is not loaded."""

    about = (
        "A PTP release that answers one of these pairs otherwise than expected cannot be activated. One that is "
        "kept from before can, with a note that says why."
    )
    form = GoldenPairForm
    change_list_template = "admin/golden/change_list.html"
    list_display = ["pair", "setting", "day", "expected", "answered_now", "source"]
    list_filter = ["setting", "expected"]
    list_per_page = 50
    search_fields = ["column_one", "column_two", "source"]
    search_help_text = "A code, or words of the source"
    fields = ["setting", ("column_one", "column_two"), "day", "expected", "source", "answers"]
    readonly_fields = ["answers"]
    save_as = True

    def get_urls(self) -> list[URLPattern]:
        check = self.admin_site.admin_view(require_safe(self.check_view))
        return [path("check/", check, name="catalog_goldenpair_check"), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: GoldenPair | None = None) -> list:
        return self.fields if obj else self.fields[:-1]

    def get_changelist_instance(self, request: HttpRequest):
        """The list, where each pair knows what the current release says of it; those shown are asked together."""
        changes = super().get_changelist_instance(request)
        shown = list(changes.result_list)
        releases = Release.objects.current().filter(dataset=Dataset.PTP)
        found = {result.pair.pk: result for release in releases for result in golden.results(release, shown)}
        for pair in shown:
            pair.result = found.get(pair.pk)
        changes.result_list = shown
        return changes

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The list, with the settings that no pair speaks for."""
        kept = {*GoldenPair.objects.order_by().values_list("setting", flat=True).distinct()}
        silences = [golden.none_kept(setting) for setting, _ in GoldenPair.SETTINGS if setting not in kept]
        return super().changelist_view(request, {"silences": silences} | (extra_context or {}))

    def check_view(self, request: HttpRequest) -> HttpResponse:
        """What every current and every rehearsed release says of every pair, the wrong answers first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        order = list(Outcome)
        checked = [
            Checked(release, sorted(results, key=lambda one: order.index(one.outcome)))
            for release, results in golden.check_all()
        ]
        found = [result for one in checked for result in one.results]
        prefetch_related_objects([result.row for result in found if result.row], "file")
        context = {
            **self.admin_site.each_context(request),
            "title": "Golden pairs, checked now",
            "opts": self.opts,
            "checked": checked,
            "told": sum(one.checked for one in checked),
            "wrong": sum(result.is_wrong for result in found),
        }
        return TemplateResponse(request, "admin/golden/check.html", context)

    def save_model(self, request: HttpRequest, obj: GoldenPair, form: forms.ModelForm, change: bool) -> None:
        """Save it, and tell what the current release says: where it is another answer, one of the two is wrong."""
        super().save_model(request, obj, form, change)
        release = Release.objects.answering(Dataset.PTP, obj.setting, obj.day)
        if release is None:
            messages.info(request, f"Not checked: no release that is loaded answers for {us_date(obj.day)}.")
            return
        for result in golden.results(release, [obj]):
            if result.is_wrong:
                messages.warning(
                    request, f"{release} answers otherwise: {result.said}. It would be refused if loaded again."
                )
        for code in _unknown(obj, release):
            messages.warning(request, f"{release} has no edit of {code} with any code. Is it typed right?")

    @admin.display(description="pair", ordering="column_one")
    def pair(self, golden_pair: GoldenPair) -> SafeString:
        codes = golden_pair.column_one, golden_pair.column_two
        return format_html('<span class="text-nowrap mono">{} and {}</span>', *codes)

    @admin.display(description="now")
    def answered_now(self, golden_pair: GoldenPair) -> SafeString | str:
        """How it comes out on the current release of its setting."""
        return _shown(golden_pair.result) if golden_pair.result else "Not loaded"

    @admin.display(description="what the releases say")
    def answers(self, golden_pair: GoldenPair) -> SafeString | str:
        """What the current release, and one that is rehearsed, say of the pair as it is on file."""
        checked = [one for one in golden.check_all([golden_pair]) if one.results]
        if not checked:
            return "No PTP release of this setting is loaded."
        lines = (
            (one.release, one.release.get_state_display().lower(), _shown(result))
            for one in checked
            for result in one.results
        )
        return format_html_join("", "<div>{} ({}): {}</div>", lines)


def _unknown(golden_pair: GoldenPair, release: Release) -> list[str]:
    """The codes that a whole table never names: one typed wrongly is as expected where no edit is."""
    if release.is_starter or release.partial or golden_pair.expected != GoldenPair.Expected.NONE:
        return []
    edits, codes = PtpEdit.objects.of(release), (golden_pair.column_one, golden_pair.column_two)
    return [code for code in codes if not edits.for_code(code).exists()]


def _shown(result: Result) -> SafeString:
    said = f": {result.said}" if result.said else ""
    return format_html('<span class="state {}">{}{}</span>', MARKS[result.outcome], result.outcome, said)
