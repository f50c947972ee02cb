"""``python -m tests.benchmarks.served PORT``: the site as ``manage.py serve`` runs it, with one more view.

That view returns two bytes behind the same middleware: what any answer of this site costs at least.
"""

import multiprocessing
import os
import sys

import django
from django.http import HttpRequest, HttpResponse
from django.urls import path

WORKERS = 2


def two_bytes(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"ok")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "coding_reference.settings"
    multiprocessing.set_start_method("fork")  # the workers know the added view as well
    django.setup()
    from catalog.serving import run_server
    from coding_reference import urls

    urls.urlpatterns.append(path("two-bytes", two_bytes))
    run_server("127.0.0.1", int(sys.argv[1]), WORKERS, lambda: print("listening", flush=True))
