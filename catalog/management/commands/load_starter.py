from argparse import ArgumentParser

from django.core.management import BaseCommand, CommandError

from catalog.importers.files import Refused
from catalog.starter.load import load_starter, sections_left_out


class Command(BaseCommand):
    help = "Add what is missing of the starter set. Rows that are there stay as they are, whatever they say."

    def create_parser(self, *args: object, **kwargs: object) -> ArgumentParser:
        return super().create_parser(*args, allow_abbrev=False, **kwargs)

    def handle(self, **options: object) -> None:
        try:
            added = load_starter()
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Added {', '.join(added)}." if added else "Nothing was missing.")
        if left_out := sections_left_out():
            self.stdout.write(f"Left out, as the section above is gone or renamed: {', '.join(left_out)}.")
