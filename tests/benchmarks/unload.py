"""``python -m tests.benchmarks.unload SETTING``: remove CMS's PTP release of that setting that was loaded last."""

import sys

import django

django.setup()

from catalog.importers import load  # noqa: E402
from catalog.models import Dataset, Release  # noqa: E402

load.remove(
    Release.objects.filter(dataset=Dataset.PTP, setting=sys.argv[1], origin=Release.Origin.CMS).latest("loaded_at")
)
