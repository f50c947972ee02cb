"""What the worker clears away once a day, so that nobody has to think of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from catalog import inbox, uploads

RESULTS_KEPT = timedelta(days=14)
LOGINS_KEPT = 90  # days

logger = logging.getLogger(__name__)


def do_all() -> None:
    """Do one after the other. What goes wrong with one is logged, and keeps neither the others nor the worker."""
    for chore in CHORES:
        try:
            chore()
        except Exception:
            logger.exception("A chore of the worker failed: %s", chore.__name__)
            close_old_connections()  # one that was dropped in the middle


def clear_inbox() -> None:
    """Files of imports that came to nothing long ago, and of uploads that broke off."""
    inbox.clear_old()
    uploads.remove_abandoned(settings.INBOX)


def forget_tasks() -> None:
    """What is known of tasks that were done long ago."""
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - RESULTS_KEPT).delete()


def end_sessions() -> None:
    """Sessions that are over: nobody comes back to them, and no request removes them."""
    call_command("clearsessions")


def forget_logins() -> None:
    """Who logged in, and from where: kept only as long as somebody may look into an abuse."""
    AxesProxyHandler.reset_logs(age_days=LOGINS_KEPT)
    AxesProxyHandler.reset_failure_logs(age_days=LOGINS_KEPT)


CHORES: tuple[Callable[[], None], ...] = (clear_inbox, forget_tasks, end_sessions, forget_logins)
