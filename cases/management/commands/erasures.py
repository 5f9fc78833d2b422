"""`manage.py erasures`: lists what must stay erased; with `--again FILE`, erases it anew after a restore."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases import actions


class Command(BaseCommand):
    help = "Prints what was erased, a line each, to be kept beside the backups. --again FILE erases it once more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", metavar="FILE", type=Path, help="A list that was printed before.")

    def handle(self, *args: Any, again: Path | None = None, **options: Any) -> None:
        if again is None:
            for what, pk in actions.erased():
                self.stdout.write(f"{what} {pk}")
            return
        gone = sum(actions.erase_again(*_read(number, line)) for number, line in _lines(again))
        self.stdout.write(f"{gone} had come back and were erased again.")


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        return list(enumerate(path.read_text().splitlines(), start=1))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _read(number: int, line: str) -> tuple[str, int]:
    what, _space, pk = line.partition(" ")
    if what not in ("case", "citizen") or not pk.isdecimal():
        raise CommandError(f"Line {number} is not one of ours: {line!r}. It looks like: case 12")
    return what, int(pk)
