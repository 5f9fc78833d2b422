"""Peoples a demonstration with made-up citizens, officers and cases; once, and never in production."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sws.demo import CASES, populate
from sws.demo_figures import publish_figures
from sws.demo_people import LOGINS


class Command(BaseCommand):
    help = "Add made-up people, ninety days of their cases and figures of them. Does nothing where they are already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cases", type=int, default=CASES)
        parser.add_argument("--seed", type=int, default=20260101)

    def handle(self, *, cases: int, seed: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("These people are made up and their passwords are known: not in production.")
        logging.disable(logging.WARNING)  # who was away in made-up days is no news to whoever waits for them to pass
        populate(cases=cases, seed=seed)
        publish_figures(signed_by="manager")
        logging.disable(logging.NOTSET)
        for role, name, password in LOGINS:
            self.stdout.write(f"{role:<28} {name:<18} {password}")
