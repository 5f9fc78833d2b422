"""Counts every figure anew from all events and compares it with what is kept; the proof that nothing drifted."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.tallies import keep_up, recount

SHOWN = 20


class Command(BaseCommand):
    help = "Count the figures anew from all events and compare. Ends with 1 when any differs, unless --write mends it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="Put the fresh figures in the place of the kept ones.")

    def handle(self, *, write: bool, **options: Any) -> None:
        keep_up()
        differences = recount(write=write)
        for one in differences[:SHOWN]:
            self.stdout.write(f"{' '.join(str(part) for part in one.cell if part != '')}: {one.kept} is {one.fresh}")
        if len(differences) > SHOWN:
            self.stdout.write(f"… and {len(differences) - SHOWN} more")
        if differences and not write:
            raise CommandError(f"Figures that differ from a recount: {len(differences)}. Mend them with --write.")
        mended = " are mended" if differences else ""
        self.stdout.write(f"Figures that differed from a recount: {len(differences)}{mended}.")
