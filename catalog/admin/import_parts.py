"""What the pages of imports share: who may open them, and how they are shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

LOAD = "catalog.load_release"
ACTIVATE = "catalog.activate_release"


class NeedsOneOf(PermissionDenied):
    """Refuses who has none of these ``permissions``."""

    def __init__(self, *permissions: str):
        super().__init__("This account may not do that with releases.")
        self.permissions = permissions


def only_for(*permissions: str) -> Callable:
    """Let in who has any of these permissions. Asked before anything of the request's body is read."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not any(request.user.has_perm(permission) for permission in permissions):
                raise NeedsOneOf(*permissions)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def page(request: HttpRequest, template: str, context: dict[str, object], **options: object) -> TemplateResponse:
    """A page of the desk; ``title`` is in the context, ``status`` may be among the options."""
    context = admin.site.each_context(request) | {"may_load": request.user.has_perm(LOAD)} | context
    context["may_activate"] = request.user.has_perm(ACTIVATE)
    return TemplateResponse(request, f"admin/imports/{template}", context, **options)
