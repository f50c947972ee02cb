"""A request read as a claim and checked: what the page, its exports and its other views begin with."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from catalog import snapshot
from catalog.snapshot import Snapshot
from scratchpad.claim import Claim
from scratchpad.claim_text import claim_query
from scratchpad.findings import Finding
from scratchpad.forms import CELLS, ClaimForm
from scratchpad.lookup import reference_for
from scratchpad.reference import Reference
from scratchpad.rules import check

ONCE = ("setting", "date", "view", "findings", "more", "add", "remove", "up", "down", "_export")
"""The fields of an address that are no lists."""


class Checked(NamedTuple):
    """A claim, what the loaded tables have of it, and every finding, those that say nothing is wrong too."""

    form: ClaimForm
    claim: Claim
    reference: Reference
    findings: list[Finding]


def checked(request: HttpRequest) -> Checked:
    """The claim of an address. Whatever stands in it, this answers: what cannot be read is said by the form."""
    form = claim_form(request)
    return check_claim(form, form.claim, snapshot.of(request))


def claim_form(request: HttpRequest) -> ClaimForm:
    fields, dropped = query(request)
    return ClaimForm(fields, snapshot.of(request).day, dropped)


def check_claim(form: ClaimForm, claim: Claim, loaded: Snapshot) -> Checked:
    reference = reference_for(claim, loaded)
    return Checked(form, claim, reference, check(claim, reference))


def query(request: HttpRequest) -> tuple[QueryDict, int]:
    """The fields of the address, as many as one request may have, and how many lines are not among them.

    ``request.GET`` refuses an address with more fields. Here those that stand once in a claim come before its
    lines, wherever they stand, and names that mean nothing last.
    """
    fields = request.META.get("QUERY_STRING", "").split("&")
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if len(fields) > most:
        fields = sorted((field for field in fields if field != "line="), key=_place)
    dropped = sum(field.startswith(("line=", "code=")) for field in fields[most:])
    return QueryDict("&".join(fields[:most])), dropped


def _place(field: str) -> int:
    name = field.partition("=")[0]
    return 0 if name in ONCE else 1 if name in ("line", *CELLS) else 2


def address(claim: Claim, **more: str) -> str:
    """The one address of a claim; ``more`` are ``view`` and ``findings``, left out where empty."""
    wanted = {name: value for name, value in more.items() if value}
    return f"{reverse('scratchpad')}?{claim_query(claim)}{'&' if wanted else ''}{urlencode(wanted)}"
