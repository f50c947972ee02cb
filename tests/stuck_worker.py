"""``python -m tests.stuck_worker``: a worker that stays in the middle of an import until it is told to stop.

So a test finds it there, however busy the machine is.
"""

import time

import django

django.setup()

from catalog import watch, worker  # noqa: E402
from catalog.importers import bulk  # noqa: E402

bulk.BATCH = bulk.COPY_BATCH = 100
progress = watch.Watch.progress


def stay_after_the_first_batch(told: watch.Watch, what: str, done: int, total: int) -> None:
    progress(told, what, done, total)
    while done and not told.is_cancelled():
        time.sleep(0.05)


watch.Watch.progress = stay_after_the_first_batch
worker.work()
