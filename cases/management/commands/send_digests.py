"""Sends the weekly letters that are due now, or shows what would go out; every worker does it by itself, too."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases import digest
from cases.catalogue import catalogue


class Command(BaseCommand):
    help = "Sends the weekly letters to managers and supervisors that are due; none goes out twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="show the letters and send none")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        if not dry_run:
            self.stdout.write(f"{digest.send_due(timezone.now())} letters went out.")
            return
        readers = list(digest.readers())
        for officer in readers:
            self.stdout.write(f"--- {officer.get_role_display()}, officer {officer.pk}")
            self.stdout.write(digest.compose(officer, catalogue().today()))
        self.stdout.write(f"{len(readers)} letters would go out; none did.")
