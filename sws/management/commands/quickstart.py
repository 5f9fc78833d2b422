"""What a demonstration needs inside its database: tables, words, country and people, each only where missing."""

import hashlib
import os
from io import StringIO
from pathlib import Path
from textwrap import indent
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from sws.demo import CASES


class Command(BaseCommand):
    help = "Run a living demonstration: servers, tables, Zambia, made-up people, web server and worker."

    def handle(self, *args: Any, **options: Any) -> None:
        """Called by sws.quickstart once the servers answer; every step is quick the second time."""
        try:
            self.prepare()
        except (OperationalError, OSError) as error:  # a full disk, a server that was stopped
            raise CommandError(str(error)) from error

    def prepare(self) -> None:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            self.stdout.write(f"Making the tables ({len(missing)} steps)")
            call_command("migrate", verbosity=0)
        call_command("compile_translations", stdout=StringIO())
        self.collect_static_files()
        self.stdout.write("Loading Zambia")
        call_command("load_country", "zambia", stdout=StringIO())
        call_command("build_site", stdout=StringIO())
        self.stdout.write("Peopling it with made-up people (the first time this takes a minute)")
        log_ins = StringIO()
        call_command("populate_demo", f"--cases={os.environ.get('DEMO_CASES') or CASES}", stdout=log_ins)
        self.stdout.write("Log-ins for the staff desk and the editors' rooms (role, name, password):")
        self.stdout.write(indent(log_ins.getvalue(), "  ").rstrip())

    def collect_static_files(self) -> None:
        """Compressed and named by content, as in production, but only when a file has changed."""
        digest = hashlib.sha256()
        for finder in get_finders():
            for name, storage in finder.list([]):
                found = Path(storage.path(name)).stat()
                digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        if not stamp.exists() or stamp.read_text() != digest.hexdigest():
            self.stdout.write("Collecting styles, scripts and pictures")
            call_command("collectstatic", verbosity=0, interactive=False)
            stamp.write_text(digest.hexdigest())
