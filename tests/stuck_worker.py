"""``python -m tests.stuck_worker``: a worker that stays in the middle of an import until it is told to stop.

So a test finds it there, however busy the machine is.
"""

import time

import django

django.setup()

from catalog import watch, worker  # noqa: E402
from catalog.importers import bulk  # noqa: E402

bulk.BATCH = bulk.COPY_BATCH = 100


def stay_after_the_first_batch(kind: type) -> None:
    put = kind.put

    def put_and_stay(writer, *batch) -> None:
        put(writer, *batch)
        while not watch.Stop.is_asked:
            time.sleep(0.05)

    kind.put = put_and_stay


for kind in (bulk.Inserts, bulk.Copy):
    stay_after_the_first_batch(kind)
worker.work()
