"""What a load balancer or a monitor asks: does the site answer, and is what it answers with of this quarter?"""

from __future__ import annotations

from datetime import date

from django import db
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog import freshness, snapshot
from catalog.freshness import Freshness
from catalog.models import Release


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database and the index answer, 503 when they do not; says nothing that is not public.

    It tells of the index that this process answers from, and does not wait for a newer one to be made.

    ``stale`` are the datasets and settings of which the newest release is of a quarter that is over, ``missing``
    those of which none answers, ``starter`` those of which only starter data does. No restart mends that, so it is
    no reason for 503.
    """
    day = timezone.localdate()
    try:
        held = snapshot.held()
        releases = list(Release.objects.current().newest_first())
    except db.Error:
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    fresh = freshness.of(releases, day)
    codes = sum(held.tree.count(section).total for section in held.tree.top(2))
    index = {"stamp": held.stamp, "codes": codes, "sections": len(held.tree.sections)}
    return JsonResponse(
        {
            "status": "ok",
            "database": "ok",
            "index": index,
            "stale": [_stale(one) for one in fresh if one.is_stale],
            "missing": [_kind(one) for one in fresh if one.release is None],
            "starter": [_kind(one) for one in fresh if one.release and one.release.is_starter],
            "releases": [_release(one, day) for one in releases],
        }
    )


def _kind(one: Freshness) -> dict[str, object]:
    return {"dataset": one.dataset, "setting": one.setting or None}


def _stale(one: Freshness) -> dict[str, object]:
    return _kind(one) | {"quarter": one.release.quarter, "quarters_behind": one.quarters_behind}


def _release(release: Release, day: date) -> dict[str, object]:
    return {
        "dataset": release.dataset,
        "setting": release.setting or None,
        "quarter": release.quarter,
        "revision": release.revision,
        "origin": release.origin,
        "partial": release.partial,
        "quarters_behind": freshness.quarters_behind(release, day),
    }
