"""Loads a country pack, one of ours by name or any folder, and prints what changed or what is wrong with it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from sws.country import COUNTRIES, PackError, load_country


class Command(BaseCommand):
    help = "Load a country pack: places, agencies, programmes, topics, texts. Loading twice changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("pack", help="The name of a folder in sws/countries, or the path of another folder.")

    def handle(self, *, pack, **options):
        ours = COUNTRIES / pack
        try:
            report = load_country(ours if ours.is_dir() else Path(pack))
        except PackError as error:
            raise CommandError(f"Nothing was changed. The pack has mistakes:\n{error}") from error
        self.stdout.write(str(report))
