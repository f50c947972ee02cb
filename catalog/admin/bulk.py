"""Texts by the file: an export as a spreadsheet, and an import that is tried first and written on a second click.

The rows that were tried travel with the form that confirms them, signed: nothing is kept on the server meanwhile,
and what is written is what was shown. django-import-export's own pages are not used: they have inline scripts, and
keep the file in a temporary folder for whoever knows its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_safe

from catalog import exports, text_table
from catalog.golden_resource import GoldenPairResource
from catalog.section_resource import SectionResource
from catalog.starter.load import FOLDER as STARTER
from catalog.synonym_resource import SynonymResource
from catalog.text_plan import ADDED, CHANGED, Plan
from catalog.text_resource import TextResource
from catalog.text_table import Line, Table, Unreadable
from catalog.uploads import announced

FIELDS_AROUND = 10_000  # bytes of a request that are not of its file
LARGEST_CONFIRMATION = 900_000  # characters; DATA_UPLOAD_MAX_MEMORY_SIZE with room for the rest of the form
TIME_TO_CONFIRM = 60 * 60  # seconds
PROBLEMS_SHOWN = 200
ROWS_SHOWN = 200  # on one page of what a file would do
MOST_DELETED = 1_000  # fields of the form that confirms it; DATA_UPLOAD_MAX_NUMBER_FIELDS has room for the others


class Tried(NamedTuple):
    """A file that was tried and found good: its name, its rows, and what they were shown to do."""

    file_name: str
    table: Table
    fingerprint: str

    def packed(self, salt: str) -> str:
        """For a hidden field of a form. Raises Unreadable where it would be too large for one."""
        rows = [(line.number, *line.texts.values()) for line in self.table.lines]
        text = signing.dumps(
            (self.file_name, self.table.columns, rows, self.fingerprint), salt=salt, compress=True
        )
        if len(text) > LARGEST_CONFIRMATION:
            raise Unreadable("These are too many texts for one go. Send the file in parts.")
        return text

    @classmethod
    def unpacked(cls, text: str, salt: str) -> Tried:
        """Raises signing.BadSignature for what was not packed here, for the same person, within the hour."""
        file_name, columns, rows, fingerprint = signing.loads(text, salt=salt, max_age=TIME_TO_CONFIRM)
        lines = (Line(number, dict(zip(columns, texts, strict=True)), {}) for number, *texts in rows)
        return cls(file_name, Table(tuple(columns), tuple(lines)), fingerprint)


class BulkTexts:
    """For a ModelAdmin, before it in the bases: its list gets “Import” and exports of what it shows."""

    resource_class: type[TextResource]
    starter: Path | None = None  # a file of ours, to begin with
    change_list_template = "admin/import_export/change_list.html"

    def get_urls(self) -> list:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("import/", self.admin_site.admin_view(self.import_view), name=f"{name}_import"),
            path(
                "export/<slug:export_format>/", self.admin_site.admin_view(self.export_view), name=f"{name}_export"
            ),
            *self._starter_urls(name),
            *super().get_urls(),
        ]

    def _starter_urls(self, name: str) -> list:
        view = self.admin_site.admin_view(require_safe(self.starter_view))
        return [path("starter/", view, name=f"{name}_starter")] if self.starter else []

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        may = {"may_import": self.has_import_permission(request)}
        return super().changelist_view(request, may | (extra_context or {}))

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Turn away who would delete more than one request can: each goes into the trail by itself."""
        chosen = len(request.POST.getlist(ACTION_CHECKBOX_NAME))
        number = queryset.count() if request.POST.get("select_across") == "1" else chosen
        if "delete_selected" in request.POST.getlist("action") and number > MOST_DELETED:
            messages.error(
                request,
                f"{number:,} are chosen, and at most {MOST_DELETED:,} are deleted at once. Nothing was deleted: "
                "search or filter the list to have fewer of them.",
            )
            return redirect(request.get_full_path())
        return super().response_action(request, queryset)

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Who may change every text of the kind, and add one where a file can."""
        may_add = self.has_add_permission(request) if self.resource_class.adds else True
        return may_add and self.has_change_permission(request)

    # --- Export

    @method_decorator(require_safe)
    def export_view(self, request: HttpRequest, export_format: str) -> HttpResponse:
        """The texts that the list shows, on all its pages, as ``csv`` or ``xlsx``: a file to be imported again."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        try:
            shown = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            messages.error(request, "Nothing was exported: the address has a filter that this list does not know.")
            return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
        filtered = "-filtered" if shown.has_active_filters or shown.query else ""
        name = f"{self._plural().replace(' ', '-')}{filtered}-{timezone.localdate().isoformat()}.{export_format}"
        rows = list(self._export_rows(shown.queryset))
        pages = [
            exports.Page(capfirst(self._plural()), rows),
            exports.Page("About", [[line] for line in self._about()], is_table=False),
        ]
        return exports.download(name, export_format, rows, pages)

    def _export_rows(self, texts: QuerySet) -> Iterator[list[object]]:
        resource = self.resource_class()
        yield resource.get_export_headers()
        for text in texts:
            yield resource.export_resource(text)

    def _about(self) -> list[str]:
        return [
            f"{capfirst(self._plural())} of Coding Reference, {timezone.localdate().isoformat()}",
            "Change the texts in the first sheet and import the file: what it would do is shown before.",
            *(f"{column}: {meaning}" for column, meaning in self.resource_class.meanings.items()),
        ]

    # --- Import

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file, try it, write it. A file too large is refused before any of it is read."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if announced(request) > max(text_table.LARGEST_FILE, LARGEST_CONFIRMATION) + FIELDS_AROUND:
            return self._page(request, refusal=text_table.TOO_LARGE, status=413)
        return csrf_protect(self._import)(request)

    # Checked above, once it is known that the body may be read: the check reads it.
    import_view.csrf_exempt = True

    def _import(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self._page(request)
        if "tried" in request.POST:
            return self._confirmed(request)
        if "file" not in request.FILES:
            return self._page(request, refusal="Choose a file first.")
        return self._tried(request)

    def starter_view(self, request: HttpRequest) -> HttpResponse:
        """What our own file would do, to be let or not."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        return self._read(request, self.starter.name, self.starter.read_bytes())

    def _tried(self, request: HttpRequest) -> HttpResponse:
        file = request.FILES["file"]
        return self._read(request, file.name, file.read())

    def _read(self, request: HttpRequest, file_name: str, content: bytes) -> HttpResponse:
        resource = self.resource_class
        try:
            table = text_table.read(content, resource.columns(), resource.needed, resource.days)
            return self._shown(request, file_name, table)
        except Unreadable as reason:
            return self._page(request, file_name=file_name, refusal=str(reason))

    def _shown(self, request: HttpRequest, file_name: str, table: Table, **context: object) -> HttpResponse:
        """What a file would do, a page of it at a time."""
        plan = self.resource_class(table, file_name).plan()
        rows = Paginator(plan.told, ROWS_SHOWN).get_page(request.POST.get("page"))
        if not plan.problems and plan.told:
            context["tried"] = Tried(file_name, table, plan.fingerprint).packed(self._salt(request))
            context["changed"] = [row for row in rows if row.kind == CHANGED]
            context["added"] = plan.as_table([row for row in rows if row.kind == ADDED])
            context["has_remarks"] = any(row.remark for row, _ in context["added"])
        return self._page(request, file_name=file_name, table=table, plan=plan, rows=rows, **context)

    def _confirmed(self, request: HttpRequest) -> HttpResponse:
        try:
            tried = Tried.unpacked(request.POST["tried"], self._salt(request))
        except signing.BadSignature:
            return self._page(request, refusal="It is too long ago that this file was tried. Choose it again.")
        if "page" in request.POST:
            return self._shown(request, tried.file_name, tried.table)
        plan = self._written(request, tried)
        if plan is None:
            return self._shown(request, tried.file_name, tried.table, is_outdated=True)
        done = f"Imported {tried.file_name}: {len(plan.added):,} added, {len(plan.changed):,} changed"
        messages.success(request, f"{done}, {len(plan.unchanged):,} as they were.")
        return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    def _written(self, request: HttpRequest, tried: Tried) -> Plan | None:
        """What was written; None where texts have changed since the file was tried, and nothing was."""
        try:
            with transaction.atomic():
                resource = self.resource_class(tried.table, tried.file_name)
                plan = resource.plan()
                if plan.problems or plan.fingerprint != tried.fingerprint:
                    return None
                resource.write(plan, request.user.get_username())
                self._log(request, plan, tried.file_name)
                return plan
        except IntegrityError:  # somebody else has just added the same
            return None

    def _log(self, request: HttpRequest, plan: Plan, file_name: str) -> None:
        for rows, flag, verb in ((plan.added, ADDITION, "Added"), (plan.changed, CHANGE, "Changed")):
            texts = [row.text for row in rows]
            if texts:
                LogEntry.objects.log_actions(request.user.pk, texts, flag, f"{verb} by the file {file_name}.")

    def _page(self, request: HttpRequest, *, status: int = 200, **context: object) -> HttpResponse:
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Import {self._plural()}",
            "resource": self.resource_class,
            "limits": text_table.LIMITS,
            "starter": self.starter,
            "problems_shown": PROBLEMS_SHOWN,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/import_export/import.html", context, status=status)

    def _salt(self, request: HttpRequest) -> str:
        return f"{__name__}:{self.opts.label}:{request.user.pk}"

    def _plural(self) -> str:
        return self.resource_class.called or str(self.opts.verbose_name_plural)


class SynonymTexts(BulkTexts):
    resource_class = SynonymResource


class SectionTexts(BulkTexts):
    resource_class = SectionResource


class GoldenPairTexts(BulkTexts):
    resource_class = GoldenPairResource
    starter = STARTER / "golden-pairs.csv"
