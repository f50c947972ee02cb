"""When a login is locked: by failures for one name from one address, and by those for any name from it.

The second count stops who tries one password on many names. There is none for a name alone, for then anybody could
lock anybody out; long passwords are what stands against guesses from many addresses.
"""

from __future__ import annotations

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest


class Handler(AxesDatabaseHandler):
    def get_failures(self, request: HttpRequest, credentials: dict | None = None) -> int:
        """Failures that count for this try; as many as lock it where its address has had too many."""
        of_name = super().get_failures(request, credentials)
        lately = AccessAttempt.objects.filter(
            ip_address=request.axes_ip_address, attempt_time__gte=get_cool_off_threshold(request)
        )
        from_address = lately.aggregate(failures=Sum("failures_since_start"))["failures"] or 0
        is_too_many = from_address >= settings.FAILURE_LIMIT_OF_ADDRESS
        return max(of_name, settings.AXES_FAILURE_LIMIT) if is_too_many else of_name
