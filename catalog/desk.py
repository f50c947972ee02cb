"""The desk: the admin's own site, with a menu by what people do, a first page, and pages beside the models'."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import NamedTuple

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, URLPattern, URLResolver, include, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRefresh

# A page of the desk is fetched anew by the Back button. Logged in, the browser fills it in as it was left; logged
# out, the login page takes its place, and what was typed is gone.
NOT_TAKEN = (
    "You were logged out, so what you sent was not taken. Do not press Back yet, which would lose what you typed: "
    "log in first, then press the browser's Back button until your form is there."
)
PRESS_BACK = (
    "What you sent while you were logged out was not taken. To get it back, press the browser's Back button until "
    "your form is there with what you typed."
)


class Page(NamedTuple):
    """An entry of the menu that is no list of a model; only who has the permission sees it."""

    address: str
    name: str
    permission: str


# What people do, and where. Models are named as in ``catalog.Section``; what is not here is in no menu.
MENU: dict[str, tuple[str | Page, ...]] = {
    "Releases": (
        Page("admin:imports", "Load a release", "catalog.load_release"),
        *("catalog.Release", "catalog.Change", "catalog.GoldenPair", "catalog.AuditEntry"),
    ),
    "Data": (
        *("catalog.HcpcsCode", "catalog.Modifier", "catalog.ProcessingNote"),
        *("catalog.PtpEdit", "catalog.Mue", "catalog.AddOnEdit"),
    ),
    "Texts": ("catalog.Section", "catalog.Level", "catalog.Synonym", "catalog.CodeNote"),
    "Teaching": (
        *("catalog.PracticeItem", "catalog.Misconception", "catalog.ComparisonRow", "catalog.Statement"),
        "catalog.DecisionStep",
    ),
    "People": (
        *("auth.User", "auth.Group"),
        Page("admin:axes_accessattempt_changelist", "Failed logins", "axes.view_accessattempt"),
    ),
}


class Desk(admin.AdminSite):
    site_header = "Coding Reference: the desk"
    site_title = "Coding Reference"
    index_title = "Desk"
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from catalog.admin import imports  # its pages are made for this site

        return [path("imports/", include(imports.urls(self))), *super().get_urls()]

    def admin_view(
        self, view: Callable[..., HttpResponse], cacheable: bool = False
    ) -> Callable[..., HttpResponse]:
        """Ask people who are logged out to log in: where htmx asks for part of a page, by loading the page again.

        It would follow the redirect to the login page, and put that in the place of the part. Who sends a form is
        told that it was not taken, as their session may have ended while they wrote.
        """
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def seen(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.htmx and not self.has_permission(request):
                return never_cache(lambda request: HttpResponseClientRefresh())(request)
            if request.method == "POST" and request.user.is_anonymous and request.path != reverse("admin:logout"):
                messages.warning(request, NOT_TAKEN)
            return guarded(request, *args, **kwargs)

        return seen

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """The login page; who came to it by sending a form is told once more, after it, how to get that back."""
        is_not_taken = "not_taken" in request.POST or _is_told_of_what_was_not_taken(request)
        response = super().login(request, (extra_context or {}) | {"is_not_taken": is_not_taken})
        if is_not_taken and request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            messages.warning(request, PRESS_BACK)
        return response

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """The menu: groups of pages that this person may open, in the shape Django's templates know.

        With ``app_label`` the groups that hold a model of that app.
        """
        listed = {
            model["model"]._meta.label: model
            for app in self._build_app_dict(request).values()
            for model in app["models"]
            if model["admin_url"]
        }
        groups = [_group(name, entries, listed, request) for name, entries in MENU.items()]
        return [
            group
            for group in groups
            if group["models"] and (app_label is None or app_label in group["app_labels"])
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        from catalog.desk_page import DeskPage

        page = DeskPage(request.user, timezone.localdate())
        if request.htmx.target == "now":
            return render(request, "admin/_now.html", {"page": page, "is_alone": True})
        return super().index(request, (extra_context or {}) | {"page": page})

    def each_context(self, request: HttpRequest) -> dict[str, object]:
        is_desk_page = request.path == reverse("admin:index")
        return super().each_context(request) | {"is_desk_page": is_desk_page}


def _is_told_of_what_was_not_taken(request: HttpRequest) -> bool:
    """Whether the page will say so; looking at the messages does not take them from it."""
    waiting = messages.get_messages(request)
    is_told = any(message.message == NOT_TAKEN for message in waiting)
    waiting.used = False
    return is_told


def _group(name: str, entries: tuple[str | Page, ...], listed: dict[str, dict], request: HttpRequest) -> dict:
    items = [_page(entry, request) if isinstance(entry, Page) else listed.get(entry) for entry in entries]
    items = [item | {"is_here": request.path.startswith(item["admin_url"])} for item in items if item]
    return {
        "name": name,
        "app_label": name.lower(),
        "app_labels": {entry.partition(".")[0] for entry in entries if not isinstance(entry, Page)},
        "app_url": items[0]["admin_url"] if items else "",
        "has_module_perms": bool(items),
        "is_here": any(item["is_here"] for item in items),
        "models": items,
    }


def _page(page: Page, request: HttpRequest) -> dict | None:
    if not request.user.has_perm(page.permission):
        return None
    try:
        address = reverse(page.address)
    except NoReverseMatch:
        return None
    return {"name": page.name, "object_name": "", "admin_url": address, "add_url": None, "view_only": True}
