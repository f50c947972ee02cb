"""``manage.py activate_release``: answer from another release, which is also how one rolls back."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management import BaseCommand, CommandError

from catalog.importers import rehearsal
from catalog.importers.files import Refused
from catalog.management.who import command_line
from catalog.models import Release


class Command(BaseCommand):
    help = "Make a loaded or rehearsed release the current one. The one before it stays loaded."

    def create_parser(self, *args: object, **kwargs: object) -> ArgumentParser:
        return super().create_parser(*args, allow_abbrev=False, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, help="as manage.py releases lists it")
        parser.add_argument("--note", default="", help="why, for the audit log")
        parser.add_argument(
            "--accept-doubts",
            action="store_true",
            help="although it looks incomplete, or is kept and answers golden pairs wrongly; --note must say why",
        )

    def handle(self, *, id: int, note: str, accept_doubts: bool, **options: object) -> None:
        release = Release.objects.filter(pk=id).first()
        if release is None:
            raise CommandError(f"There is no release {id}. manage.py releases lists those that are loaded.")
        try:
            rehearsal.activate(release, by=command_line(), note=note, accept_doubts=accept_doubts)
        except Refused as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"{release} is current.")
        if release.partial:
            self.stdout.write("It looked incomplete when it was loaded: what is not in it counts as not checked.")
