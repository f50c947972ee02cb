"""What the commands share that load releases."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter

from django.core.management import BaseCommand, CommandError
from django.db import connection

from catalog.importers import priority
from catalog.models import Release

LOADING_FLAGS = {
    "--no-activate": "load, and leave the current release current",
    "--allow-partial": "load a release that looks incomplete (a part or known rows missing, too few rows, another "
    "quarter's dates); it is marked as partial and never replaces a complete one by itself",
}


class LoadingCommand(BaseCommand):
    """A command that gives way to readers, takes no flag cut short, and ends its help with ``epilog``."""

    epilog = ""
    # Checks would import the whole site, and take its memory, for a command that serves no page.
    requires_system_checks = []

    def run_from_argv(self, argv: list[str]) -> None:
        priority.give_way()
        super().run_from_argv(argv)

    def create_parser(self, *args: object, **kwargs: object) -> ArgumentParser:
        return super().create_parser(
            *args, epilog=self.epilog, formatter_class=RawDescriptionHelpFormatter, allow_abbrev=False, **kwargs
        )


def add_loading_flags(parser: ArgumentParser) -> None:
    for flag, explained in LOADING_FLAGS.items():
        parser.add_argument(flag, action="store_true", help=explained)


def refuse_without_tables() -> None:
    if Release._meta.db_table not in connection.introspection.table_names():
        raise CommandError("The database has no tables yet. Run manage.py migrate first.")
