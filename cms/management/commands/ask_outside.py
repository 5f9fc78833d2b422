"""Asks the addresses outside to which public pages lead whether they still answer. Nothing else does."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from cms.links import outside
from cms.outside import MOST, ask


class Command(BaseCommand):
    help = "Ask each address outside, to which a public page leads, whether it still answers. Editors see it in Links."

    def add_arguments(self, parser):
        parser.add_argument("--most", type=int, default=MOST, help="how many in one go")

    def handle(self, **options):
        for one in ask(outside(), now=timezone.now(), most=options["most"]):
            self.stdout.write(f"{one.answer}: {one.address}")
