"""The audit log: every step with a release, to be read, searched and taken along, and changed by nobody."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from catalog import audit_words, exports
from catalog.admin.releases import ReadOnly
from catalog.models import AuditEntry, ImportRun, Release

HEADER = ("Step", "When", "Who", "What", "Subject", "Release", "Import", "Note", "Detail", "In words")


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, admin.ModelAdmin):
    about = "Who did what with releases. Nobody can change or remove a line: the database itself refuses it."
    change_list_template = "admin/audit/change_list.html"
    change_form_template = "admin/audit/change_form.html"
    counted_as = "steps"
    list_display = ["at", "in_words", "see"]
    list_display_links = ["at"]
    list_filter = ["action", "by", "at"]
    list_per_page = 50
    show_full_result_count = False
    sortable_by = ["at"]
    search_fields = ["by", "subject", "note", "detail"]
    search_help_text = "A name, words of the subject or the note, a file or its SHA-256"
    fields = ["at", "by", "action", "subject", "release", "run", "note", "details"]

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(require_safe(self.export_view))
        return [
            path("export/<str:export_format>/", export, name="catalog_auditentry_export"),
            *super().get_urls(),
        ]

    def export_view(self, request: HttpRequest, export_format: str) -> HttpResponse | StreamingHttpResponse:
        """The list as it is searched and filtered, all pages of it, as CSV or XLSX. Http404 for other formats."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            shown = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            messages.error(request, "Nothing was exported: the address asks for what this list does not have.")
            return redirect("admin:catalog_auditentry_changelist")
        rows = [HEADER, *_rows(shown.queryset.iterator())]
        filename = f"audit-log-{timezone.localdate().isoformat()}.{export_format}"
        return exports.download(filename, export_format, rows, [exports.Page("Audit log", rows)])

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, where each step knows what is told of it; those shown are asked for together."""
        changes = super().get_changelist_instance(request)
        changes.result_list = _told(changes.result_list)
        return changes

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> AuditEntry | None:
        entry = super().get_object(request, object_id, from_field)
        return next(iter(_told([entry] if entry else [])), None)

    @admin.display(description="what was done, and why")
    def in_words(self, entry: AuditEntry) -> SafeString:
        remarks = format_html_join(
            "", '<span class="d-block small muted">{}</span>', ([one] for one in entry.told.remarks)
        )
        return format_html("{}{}", entry.told.sentence, remarks)

    @admin.display(description="see", empty_value="")
    def see(self, entry: AuditEntry) -> SafeString:
        """Its release and its import, where they still are."""
        links = ((link.href, link.name) for link in entry.told.links)
        return format_html_join(" ", '<a class="d-block text-nowrap" href="{}">{}</a>', links)

    @admin.display(description="release")
    def release(self, entry: AuditEntry) -> SafeString | str:
        """The release it was done with; its number where not even the record of it is left."""
        if entry.release_number is None:
            return "none"
        release = Release.objects.filter(pk=entry.release_number).first()
        if release is None:
            return f"number {entry.release_number}, no longer on record"
        return _link("admin:catalog_release_change", release.pk, str(release))

    @admin.display(description="import")
    def run(self, entry: AuditEntry) -> SafeString | str:
        if entry.run_number is None:
            return "none"
        if not ImportRun.objects.filter(pk=entry.run_number).exists():
            return f"Import {entry.run_number}, no longer on record"
        return _link("admin:import", entry.run_number, f"Import {entry.run_number}")

    @admin.display(description="detail")
    def details(self, entry: AuditEntry) -> SafeString | str:
        """Counts, hashes and the like, a line each."""
        lines = ((name.replace("_", " "), _plain(value)) for name, value in entry.detail.items())
        return format_html_join("", "<div>{}: {}</div>", lines) or "none"


def _told(entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    """The same steps, each of which knows how it reads."""
    told = audit_words.told(entries)
    for one in told:
        one.entry.told = one
    return [one.entry for one in told]


def _link(name: str, pk: int, text: str) -> SafeString | str:
    try:
        return format_html('<a href="{}">{}</a>', reverse(name, args=[pk]), text)
    except NoReverseMatch:
        return text


def _plain(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case str():
            return value or "none"
        case list():
            return " ".join(map(_plain, value)) or "none"
        case dict():
            return ", ".join(f"{name} {_plain(each)}" for name, each in value.items()) or "none"
    return json.dumps(value, ensure_ascii=False)


def _rows(entries: Iterable[AuditEntry]) -> Iterator[Sequence[object]]:
    for entry in entries:
        yield (
            entry.pk,
            timezone.localtime(entry.at).isoformat(sep=" ", timespec="seconds"),
            entry.by,
            entry.get_action_display(),
            entry.subject,
            entry.release_number,
            entry.run_number,
            entry.note,
            json.dumps(entry.detail, ensure_ascii=False) if entry.detail else "",
            " ".join((audit_words.sentence(entry), *audit_words.remarks(entry))),
        )
