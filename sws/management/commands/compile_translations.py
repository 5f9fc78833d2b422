"""Compiles the translations; `--collect` first brings the .po files up to the words in use."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sws import words


class Command(BaseCommand):
    help = "Compile the .po files into .mo. With --collect, first add new words to them and drop unused ones."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--collect", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["collect"]:
            for path in words.update():
                self.stdout.write(str(path.relative_to(words.HOUSE)))
        self.stdout.write(f"{words.compile_all()} compiled")
