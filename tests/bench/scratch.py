"""A database of a bench's own: a PostgreSQL on a real disk with Zambia in it, gone afterwards with all it held."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sws.embedded import EmbeddedPostgres, make_passable
from tests import ground

DISK = "/var/tmp"  # where no system keeps a memory disk: a commit must cost what it costs


@contextmanager
def scratch() -> Iterator[str]:
    """The server's address. Django is told of an empty clone; `settle_in` moves it to another."""
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="sws-bench-", dir=DISK)))
        folder.chmod(0o711)  # the account of the database server walks through it
        make_passable(folder / "data")
        postgres = EmbeddedPostgres(folder / "data")
        ground.copy_kept_cluster(postgres, ground.template_name())
        ends.callback(postgres.stop)
        postgres.start()
        server = postgres.url("postgres")
        ground.clone(server, ground.template_name(), "bench")
        os.environ |= {"MODE": "test", "DATABASE_URL": ground.at(server, "bench"), "REDIS_URL": "redis://127.0.0.1:1"}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "sws.settings"}
        yield server


def settle_in(server: str, name: str) -> None:
    """A fresh database of this name in the place of the one Django was in."""
    from django.db import connection

    connection.close()
    ground.drop(server, str(connection.settings_dict["NAME"]))
    ground.clone(server, ground.template_name(), name)
    connection.settings_dict["NAME"] = name
