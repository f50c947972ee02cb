"""Loading a release from the browser: bring files or have them fetched, and watch how they are rehearsed.

What is decided about a rehearsed release is in ``decisions``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import TooManyFilesSent
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog import audit_words, failed_runs, release_words, run_words, runs, uploads
from catalog.admin import decisions
from catalog.admin.import_parts import ACTIVATE, LOAD, only_for, page
from catalog.import_form import FetchForm, SaidForm, UploadForm
from catalog.importers import addresses
from catalog.importers.files import Refused
from catalog.models import AuditEntry, ImportFile, ImportRun, Release
from catalog.uploads import Received

RUNS_PER_PAGE = 20
LINES_SHOWN = 200
WITHOUT_LENGTH = (
    "The upload did not say how large it is, as some programs and proxies send it, and was not read. Nothing was "
    "kept. Send it with a browser; a proxy before the site has to pass Content-Length on."
)


def urls(site: AdminSite) -> list[URLPattern]:
    """The addresses below ``/admin/imports/``."""
    pages = [
        ("", imports, "imports"),
        ("upload/", upload, "upload"),
        ("fetch/", fetch, "fetch"),
        ("addresses/", usual_addresses, "usual_addresses"),
        ("<int:pk>/", import_run, "import"),
        ("<int:pk>/cancel/", cancel, "cancel_import"),
        ("<int:pk>/again/", again, "import_again"),
        ("<int:pk>/dismiss/", dismiss, "dismiss_import"),
        ("rehearsals/<int:pk>/", decisions.rehearsal, "rehearsal"),
        ("rehearsals/<int:pk>/activate/", decisions.activate, "activate"),
        ("rehearsals/<int:pk>/discard/", decisions.discard, "discard"),
        ("roll-back/<int:pk>/", decisions.roll_back, "roll_back"),
        ("withdraw/<int:pk>/", decisions.withdraw, "withdraw"),
    ]
    return [path(address, site.admin_view(view), name=name) for address, view, name in pages]


@only_for(LOAD, ACTIVATE)
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    return _imports(request)


@csrf_exempt  # until the form has been read with the limits of an upload; then it is asked for as everywhere
@only_for(LOAD)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take files in. Who may not send them, and what is too large, is turned away before any of it is read."""
    if request.method == "GET":  # the address somebody comes back to after logging in again
        return redirect("admin:imports")
    if not uploads.announced(request):
        return _turned_away(request, WITHOUT_LENGTH, status=411)
    if uploads.announced(request) > settings.LARGEST_UPLOAD + uploads.FIELDS_AROUND:
        return _turned_away(request, uploads.too_large(settings.LARGEST_UPLOAD), status=413)
    names: list[str] = []
    try:
        with (
            uploads.receiving(settings.INBOX, uploads.announced(request)) as folder,
            uploads.IntoFolder(request, folder, settings.LARGEST_UPLOAD) as into,
        ):
            names = into.names
            request.upload_handlers = [into]
            _read(request)
            return csrf_protect(_received)(request, into)
    except Refused as reason:
        return _turned_away(request, str(reason), names)


def _read(request: HttpRequest) -> None:
    """Have Django read the form, and with it the files."""
    try:
        _ = request.POST
    except TooManyFilesSent as error:
        raise Refused(
            f"These are more than {settings.DATA_UPLOAD_MAX_NUMBER_FILES} files, the most that are taken at once. "
            "None was kept."
        ) from error
    except (MultiPartParserError, UnreadablePostError) as error:
        raise Refused("The upload broke off before its end. Nothing was kept; send it again.") from error


def _received(request: HttpRequest, into: uploads.IntoFolder) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES, day=timezone.localdate())
    if into.complaints:
        form.errors.clear()
        form.add_error("files", [*into.complaints, _nothing_kept(into)])
    if not form.is_valid():
        if into.names:
            said = into.complaints or [message for messages in form.errors.values() for message in messages]
            _record_refused(request, into.names, " ".join(said))
        return _imports(request, upload_form=form)
    run = _kept(request, form, into.folder)
    runs.begin(run)
    return redirect(run)


def _nothing_kept(into: uploads.IntoFolder) -> str:
    """That the others were refused as well, by name, so that nobody thinks that they are here."""
    others = [name for name in into.names if not any(name in complaint for complaint in into.complaints)]
    if not others:
        return "Nothing was kept."
    return (
        f"Nothing was kept. Files are taken all together or not at all, so {run_words.listed(others)} "
        f"{'was' if len(others) == 1 else 'were'} not kept either. Put right what is wrong, and send all of them "
        "together again. Leave out only what is no release file."
    )


def _kept(request: HttpRequest, form: UploadForm, folder: Path) -> ImportRun:
    """The import of these files, which lie in its folder from now on."""
    files: list[Received] = form.cleaned_data["files"]
    with transaction.atomic():
        run = _new_run(request, form, ImportRun.Origin.UPLOAD)
        for file in files:
            ImportFile.objects.create(run=run, name=file.name, size=file.size, sha256=file.sha256)
        AuditEntry.objects.record(
            AuditEntry.Action.UPLOADED,
            by=_by(request),
            subject=_subject(file.name for file in files),
            run=run,
            files=[{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files],
        )
        folder.rename(runs.inbox_of(run))
    return run


def _new_run(request: HttpRequest, form: SaidForm | FetchForm, origin: str, **fields: object) -> ImportRun:
    """An import of what a form says, with nothing in its inbox."""
    run = ImportRun.objects.create(origin=origin, asked_by=request.user, **_said(form), **fields)
    shutil.rmtree(runs.inbox_of(run), ignore_errors=True)  # of another database that had the same inbox
    return run


def _said(form: SaidForm | FetchForm) -> dict[str, str]:
    """The fields of an import that tell what it is about."""
    dataset, setting = form.cleaned_data["kind"]
    return {"dataset": dataset, "setting": setting, "quarter": form.cleaned_data["quarter"]}


@only_for(LOAD)
@require_http_methods(["GET", "POST"])
def fetch(request: HttpRequest) -> HttpResponse:
    """Have the worker get the files from CMS."""
    if request.method == "GET":
        return redirect("admin:imports")
    form = FetchForm(request.POST, day=timezone.localdate())
    if not form.is_valid():
        return _imports(request, fetch_form=form)
    is_licensed = addresses.needs_license(form.cleaned_data["kind"][0])
    accepted_at = timezone.now() if is_licensed else None
    with transaction.atomic():
        run = _new_run(request, form, ImportRun.Origin.FETCH, license_accepted_at=accepted_at)
        asked_for = run_words.asked_for(run)
        AuditEntry.objects.record(AuditEntry.Action.ASKED, by=_by(request), subject=asked_for, run=run)
        if is_licensed:
            subject = f"{asked_for}, {addresses.LICENSE_PAGE}"
            AuditEntry.objects.record(AuditEntry.Action.LICENSE, by=_by(request), subject=subject, run=run)
    runs.begin(run)
    return redirect(run)


@only_for(LOAD)
@require_safe
def usual_addresses(request: HttpRequest) -> HttpResponse:
    """Where a quarter is looked for, a fragment of the page with the form."""
    form = FetchForm(request.GET.dict() | {"is_license_accepted": "on"}, day=timezone.localdate())
    context = {}
    if form.is_valid():
        dataset, setting = form.cleaned_data["kind"]
        found = addresses.usual(dataset, form.cleaned_data["quarter"], setting)
        context = {
            "addresses": [address.url(settings.CMS_ADDRESS) for address in found],
            "words": found[0].words,
            "publisher_page": addresses.PAGES[dataset],
        }
    return render(request, "admin/imports/_addresses.html", context)


@only_for(LOAD, ACTIVATE)
@require_safe
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: how far it is, its log, its releases; or the part of it that changes while it runs."""
    return _import_run(request, pk)


@only_for(LOAD)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=pk)
    if run.is_open:
        runs.ask_cancel(run, by=_by(request))
    return redirect(run)


@only_for(LOAD)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an import anew that did not come to its end; with what its files are, where somebody says it."""
    run = get_object_or_404(ImportRun, pk=pk)
    form = SaidForm(request.POST, day=timezone.localdate())
    if not form.is_valid():
        return _import_run(request, pk, said_form=form)
    is_said = run.origin == ImportRun.Origin.UPLOAD and "kind" in request.POST
    try:
        runs.try_again(run, by=request.user, **(_said(form) if is_said else {}))
    except Refused as reason:
        messages.error(request, str(reason))
    return redirect(run)


@only_for(LOAD)
@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of an import that failed that nothing more is to be done: the first page tells of it no longer."""
    run = get_object_or_404(ImportRun, pk=pk)
    if run in failed_runs.unmended():
        AuditEntry.objects.record(
            AuditEntry.Action.DISMISSED, by=_by(request), run=run, subject=runs.files_in_words(run)
        )
        messages.success(request, f"{run} is dismissed: the desk no longer asks for attention to it.")
    return redirect(run)


def _imports(
    request: HttpRequest,
    *,
    upload_form: UploadForm | None = None,
    fetch_form: FetchForm | None = None,
    status: int = 200,
) -> HttpResponse:
    runs.settle()
    day = timezone.localdate()
    every = ImportRun.objects.select_related("asked_by").prefetch_related("files", "releases")
    shown = Paginator(every, RUNS_PER_PAGE).get_page(request.GET.get("page"))
    endings = audit_words.endings(shown)
    context = {
        "title": "Load a release",
        "upload_form": upload_form or UploadForm(day=day),
        "fetch_form": fetch_form or FetchForm(day=day),
        "largest": settings.LARGEST_UPLOAD,
        "largest_mb": settings.LARGEST_UPLOAD // 1_000_000,
        "most_files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        "license_page": addresses.LICENSE_PAGE,
        "license_words": addresses.LICENSE_WORDS,
        "is_worker_missing": not runs.worker_is_alive(),
        "waiting": Release.objects.filter(state=Release.State.REHEARSED).order_by("-pk"),
        "kept": decisions.kept(),
        "shown": shown,
        "runs": [(run, run_words.subject(run), _there(run), endings[run.pk]) for run in shown],
    }
    return page(request, "imports.html", context, status=status)


def _there(run: ImportRun) -> list[Release]:
    """Its releases that are there, whatever state they are in."""
    return [release for release in run.releases.all() if release.state != Release.State.LOADING]


def _turned_away(request: HttpRequest, reason: str, names: Iterable[str] = (), status: int = 200) -> HttpResponse:
    """The page with the form again, and why nothing of what was sent was taken; the audit log says it too.

    ``names`` are those of the files, as far as they were read.
    """
    _record_refused(request, names, reason)
    form = UploadForm({}, day=timezone.localdate())
    form.errors.clear()
    form.add_error("files", reason)
    return _imports(request, upload_form=form, status=status)


def _import_run(request: HttpRequest, pk: int, said_form: SaidForm | None = None) -> HttpResponse:
    runs.settle()
    run = get_object_or_404(ImportRun.objects.select_related("asked_by").prefetch_related("files"), pk=pk)
    log = run.log.order_by("-pk")
    releases = run.releases.exclude(state=Release.State.LOADING).select_related("compared_with").order_by("pk")
    said = {"kind": f"{run.dataset}/{run.setting}" if run.dataset else "", "quarter": run.quarter}
    context = {
        "title": str(run),
        "run": run,
        "asked_for": run_words.asked_for(run),
        "stage": run_words.stage(run),
        "progress": run_words.progress(run),
        "log": log[:LINES_SHOWN][::-1],
        "lines_before": max(0, log.count() - LINES_SHOWN),
        "releases": [
            (release, release_words.held(release), release_words.changes(release, release.changes.tally()))
            for release in releases
        ],
        "to_decide": [release for release in releases if release.state == Release.State.REHEARSED],
        "endings": audit_words.endings([run])[run.pk],
        "can_try_again": runs.can_try_again(run),
        "nothing_came": not any(runs.inbox_of(run).glob("*")),
        "is_unmended": not run.is_open and run in failed_runs.unmended(),
        "said_form": said_form or SaidForm(initial=said, day=timezone.localdate()),
        "is_worker_missing": run.is_open and not runs.worker_is_alive(),
    }
    template = "_run.html" if request.htmx.target == "run" else "run.html"
    return page(request, template, context)


def _record_refused(request: HttpRequest, names: Iterable[str], reason: str) -> None:
    AuditEntry.objects.record(
        AuditEntry.Action.REFUSED, by=_by(request), subject=_subject(names) or "an upload", reason=reason
    )


def _subject(names: Iterable[str]) -> str:
    return run_words.listed(names)[: AuditEntry._meta.get_field("subject").max_length]


def _by(request: HttpRequest) -> str:
    return request.user.get_username()
