"""What a load balancer or a monitor asks: does the site answer, and how old is what it answers with?"""

from __future__ import annotations

from django import db
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog import snapshot
from catalog.models import Release


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database and the index answer, 503 when they do not; says nothing that is not public."""
    try:
        held = snapshot.current()
        releases = [_release(release) for release in Release.objects.current().newest_first()]
    except db.Error:
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    codes = sum(held.tree.count(section).total for section in held.tree.top(2))
    index = {"stamp": held.stamp, "codes": codes, "sections": len(held.tree.sections)}
    return JsonResponse({"status": "ok", "database": "ok", "index": index, "releases": releases})


def _release(release: Release) -> dict[str, object]:
    return {
        "dataset": release.dataset,
        "setting": release.setting or None,
        "quarter": release.quarter,
        "revision": release.revision,
        "origin": release.origin,
        "partial": release.partial,
        "quarters_behind": release.quarters_behind(timezone.localdate()),
    }
