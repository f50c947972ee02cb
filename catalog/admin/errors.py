"""What the desk says to people who may not open one of its pages, or who are where nothing is."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, User
from django.db.models.options import Options
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import ResolverMatch, reverse
from django.views.defaults import permission_denied

from catalog.admin.import_parts import NeedsOneOf
from catalog.admin.releases import ReadOnly
from catalog.roles import ROLES
from catalog.views import errors

VERBS = {"view": "see", "add": "add", "change": "change", "delete": "delete"}
READ_AT = {"changelist", "history", "deleted", "version", "check", "export"}
"""Pages of a model that only read it, by the end of their name."""


class Refusal(NamedTuple):
    """What an account may not do, and who may, each a sentence."""

    what: str
    who: str


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403. At the desk it says what the account may not do and who may; nobody there has to log in any more."""
    if not _is_at_the_desk(request):
        return permission_denied(request, exception)
    refusal = refused(request.user, request.resolver_match, request.method, exception)
    context = {"title": "Not open to this account", "refusal": refusal}
    return render(request, "admin/403.html", admin.site.each_context(request) | context, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404. At the desk no part of an address was meant as a code."""
    if not _is_at_the_desk(request):
        return errors.not_found(request, exception)
    context = {
        "title": "Nothing is at this address",
        "is_import": request.path.startswith(reverse("admin:imports")),
    }
    return render(request, "admin/404.html", admin.site.each_context(request) | context, status=404)


def refused(
    user: User | AnonymousUser, page: ResolverMatch | None, method: str, exception: Exception | None
) -> Refusal:
    """Why somebody was turned away from a page of the desk."""
    name = user.get_username()
    if isinstance(exception, NeedsOneOf):
        acts = " or ".join(permission.partition(".")[2].partition("_")[0] for permission in exception.permissions)
        return Refusal(f"The account {name} may not {acts} releases.", _who_may(*exception.permissions))
    model, act = _asked_for(page, method)
    if model is None:
        return Refusal(f"The account {name} may not do this.", _who_may())
    opts = model._meta
    what = f"The account {name} may not {VERBS[act]} {_called(opts)}."
    if act != "view" and isinstance(admin.site.get_model_admin(model), ReadOnly):
        return Refusal(what, "Nobody may: these are there to be read.")
    return Refusal(what, _who_may(f"{opts.app_label}.{act}_{opts.model_name}"))


def _asked_for(page: ResolverMatch | None, method: str):
    """The model that a page of the admin is about, and what was to be done with it."""
    for model in admin.site._registry:
        start = f"{model._meta.app_label}_{model._meta.model_name}_"
        if page and page.url_name and page.url_name.startswith(start):
            end = page.url_name.removeprefix(start)
            is_read = end in READ_AT or (end == "change" and method in ("GET", "HEAD"))
            return model, "view" if is_read else end if end in VERBS else "change"
    return None, ""


def _called(opts: Options) -> str:
    """What there is of a model, in the middle of a sentence: ``synonyms``, ``the audit log``."""
    name = opts.verbose_name_plural
    return name if name.endswith("s") else f"the {name}"


def _who_may(*permissions: str) -> str:
    """The groups with any of these permissions, beside superusers, who have all of them."""
    names = {permission.removeprefix("catalog.") for permission in permissions}
    groups = [group.lower() for group, held in ROLES.items() if held & names]
    return f"{' and '.join([*groups, 'superusers'])} may.".capitalize()


def _is_at_the_desk(request: HttpRequest) -> bool:
    """Whether somebody who may use the desk is at one of its addresses."""
    return request.path.startswith(reverse("admin:index")) and admin.site.has_permission(request)
