"""What the bench stands on: PostgreSQL that keeps what it is told, Valkey, and two web servers as in production."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from sws import quickstart
from sws.embedded import EmbeddedPostgres, EmbeddedValkey, make_passable
from sws.processes import Child
from tests import ground
from tests.bench.crowd import Call, Pace, ring

DISK = "/var/tmp"  # where no system keeps a memory disk: a commit must cost what it costs
HOUSE, BARE = "sws.wsgi:application", "tests.bench.bare:application"
BARE_TABLE = "CREATE TABLE bare_session (LIKE channels_session INCLUDING ALL)"


@dataclass(frozen=True)
class Stage:
    house: "Server"
    bare: "Server"
    database: str  # what PostgreSQL says of itself


@contextmanager
def stage() -> Iterator[Stage]:
    """Everything its own, on 127.0.0.1, and nothing of it left afterwards. Django finds its database in os.environ."""
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="sws-bench-", dir=DISK)))
        folder.chmod(0o711)  # the account of the database servers walks through it
        make_passable(folder / "data")
        postgres, valkey = EmbeddedPostgres(folder / "data"), EmbeddedValkey(folder / "data")
        template = ground.template_name()
        ground.copy_kept_cluster(postgres, template)
        for server in (postgres, valkey):
            ends.callback(server.stop)
            server.start()
        address = ground.at(postgres.url("postgres"), template)
        os.environ |= {"MODE": "demo", "DATABASE_URL": address, "REDIS_URL": valkey.url()}
        (folder / "static").mkdir()
        os.environ |= {"DJANGO_SETTINGS_MODULE": "sws.settings", "STATIC_ROOT": str(folder / "static")}
        with psycopg.connect(address) as connection:
            connection.execute(BARE_TABLE)
            said = [
                connection.execute(f"SHOW {name}").fetchone()[0]
                for name in ("server_version", "fsync", "synchronous_commit")
            ]
        house, bare = Server(folder / "house", HOUSE, postgres), Server(folder / "bare", BARE, postgres)
        for web in (house, bare):
            ends.callback(web.child.stop)
            web.start()
        yield Stage(house, bare, "PostgreSQL {}, fsync {}, synchronous_commit {}".format(*said))


@dataclass(frozen=True)
class Result:
    """What one round showed of one server: its pace, and the processor seconds that it and PostgreSQL used."""

    pace: Pace
    web: float
    database: float

    @property
    def web_ms(self) -> float:
        return 1000 * self.web / self.pace.hops

    @property
    def database_ms(self) -> float:
        return 1000 * self.database / self.pace.hops

    @property
    def own_ms(self) -> float:
        return 1000 * self.pace.own_seconds / self.pace.hops

    @property
    def all_ms(self) -> float:
        return self.web_ms + self.database_ms + self.own_ms


class Server:
    """Granian exactly as quickstart starts it, with this application inside."""

    def __init__(self, logs: Path, application: str, database: EmbeddedPostgres) -> None:
        logs.mkdir()
        self.database = database
        self.port = _free_port()
        self.child = quickstart.web_server(logs, self.port)
        self.child.command = [application if part == HOUSE else part for part in self.child.command]

    def start(self) -> None:
        self.child.start()
        quickstart.await_first_page(self.child, self.port)

    def measure(self, calls: list[Call], *, until: float) -> Result:
        web, database = _worked(self.child), _worked(self.database)
        pace = ring(self.port, calls, until=until)
        return Result(pace, _worked(self.child) - web, _worked(self.database) - database)


def _worked(child: Child) -> float:
    """Processor seconds of this process and its children so far, user and system, as the kernel counts them."""
    assert child.process
    return sum(map(_processor_seconds, _family(child.process.pid)))


def _family(pid: int) -> Iterator[int]:
    yield pid
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in file.read_text().split():
            yield from _family(int(child))


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
