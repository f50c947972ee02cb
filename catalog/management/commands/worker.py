"""``manage.py worker``: rehearse what is uploaded or fetched in the browser. ``manage.py serve`` starts one."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management import BaseCommand

from catalog import worker


class Command(BaseCommand):
    help = "Do what the admin asks for outside of requests, until SIGTERM. One at a time works, others wait."
    # Checks would import the whole site, and take its memory, for a command that serves no page.
    requires_system_checks = []

    def create_parser(self, *args: object, **kwargs: object) -> ArgumentParser:
        return super().create_parser(*args, allow_abbrev=False, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--parent", type=int, default=0, help="stop when this process is gone (serve uses it)")

    def handle(self, *, parent: int, **options: object) -> None:
        worker.work(parent)
