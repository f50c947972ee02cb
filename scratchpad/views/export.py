"""A checked claim as a file, with what must be said beside it."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from catalog import snapshot
from catalog.snapshot import Snapshot
from catalog.views.code_edits import notices
from scratchpad import exports
from scratchpad.exports import Describe, Told
from scratchpad.forms import provider_remark
from scratchpad.lookup import files_of
from scratchpad.reference import Reference
from scratchpad.views.checked import Checked, address
from scratchpad.views.shown import releases_read


def export(request: HttpRequest, found: Checked) -> HttpResponse | StreamingHttpResponse:
    """The claim in the format of ``_export``. Http404 where that is none."""
    form, claim, reference, findings = found
    loaded = snapshot.of(request)
    remarks = tuple(_remarks(request, found, loaded))
    told = Told(claim, reference, findings, describing(reference, loaded), remarks)
    return exports.response(told, form.fields["_export"])


def describing(reference: Reference, loaded: Snapshot) -> Describe:
    """What a code of the claim is, without a query."""

    def describe(code: str) -> str:
        if row := reference.codes.get(code):
            return row.descriptor
        section = loaded.tree.narrowest(code) if code else None
        return section.title if section else ""

    return describe


def _remarks(request: HttpRequest, found: Checked, loaded: Snapshot) -> Iterator[tuple[str, str]]:
    yield from (("Not kept", problem) for problem in (*found.form.problems, *found.form.line_problems))
    if remark := provider_remark(found.claim):
        yield "Providers", remark
    yield "Address", request.build_absolute_uri(address(found.claim))
    for file in files_of(found.reference):
        yield "File", f"{file.release}: {file}, SHA-256 {file.sha256}"
    for notice in notices(releases_read(loaded, found.reference)):
        yield f"Notice of {', '.join(map(str, notice.releases))}", notice.text
