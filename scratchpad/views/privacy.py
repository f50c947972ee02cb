"""What every answer about a claim asks of browsers, caches and whoever stands between."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

View = Callable[..., HttpResponseBase]


def kept_by_nobody(view: View) -> View:
    """No cache keeps the answer, and the address of the page, which is the claim, goes along with no request.

    With the ``Referrer-Policy`` of the other pages every style sheet and every letter typed would carry it as
    ``Referer``, which proxies write into their logs. Of ``strict-origin`` the origin is left, for the check of
    forged requests.
    """

    @wraps(view)
    def private(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        response["Referrer-Policy"] = "strict-origin"
        return response

    return private
