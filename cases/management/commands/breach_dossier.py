"""`manage.py breach_dossier SINCE UNTIL`: who saw, changed or exported what, all of it, as CSV."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cases import breach


class Command(BaseCommand):
    help = "Times like 2026-11-20T08:00, in the country's own time. Up to, not with, the second."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("since", type=_moment)
        parser.add_argument("until", type=_moment)

    def handle(self, *args: Any, since: datetime, until: datetime, **options: Any) -> None:
        if until <= since:
            raise CommandError("The second time must be later than the first.")
        count = breach.write(self.stdout, breach.seen(since, until))
        self.stderr.write(f"{count} lines")


def _moment(typed: str) -> datetime:
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError as error:
        raise CommandError(f"{typed!r} is no time. It looks like: 2026-11-20T08:00") from error
    return moment if moment.tzinfo else timezone.make_aware(moment)
