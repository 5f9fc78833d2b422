"""Verifies the whole ledger and names every row that was touched; the proof that nobody rewrote history."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.inspecting import Fault, inspect


class Command(BaseCommand):
    help = "Look at every chain, the words kept, leaves, anchors and guards. Ends with 1 when anything was touched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--processes", type=int, default=min(os.cpu_count() or 1, 4), help="How many read at once.")

    def handle(self, *, processes: int, **options: Any) -> None:
        done = inspect(processes=processes)
        for one in done.found:
            self.stdout.write(str(Fault(**one)))
        looked = f"{done.events} entries and {done.anchors} anchors in {done.took} seconds"
        if done.faults:
            more = "" if done.faults == len(done.found) else f", the first {len(done.found)} above"
            raise CommandError(f"{looked}: {done.faults} faults{more}.")
        self.stdout.write(f"{looked}: whole.")
