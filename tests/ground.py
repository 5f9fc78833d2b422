"""What a test run stands on: one PostgreSQL, one Valkey and a migrated template that is cloned; knows no test."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from sws.embedded import EmbeddedPostgres, EmbeddedValkey, make_passable

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".data" / "test"  # migrated templates, one for each state of migrations and country
MEMORY, PLENTY = Path("/dev/shm"), 4 * 2**30  # bytes: several times what a run needs
TEMPLATE_MADE_FROM = ("*/migrations/*.py", "sws/countries/**/*", "sws/country.py", "requirements.txt")


def work_in_memory() -> None:
    """What a run writes dies with it, so it need not touch the disk. Where memory is scarce or TMPDIR is set, it does.

    A database is cloned into memory in 40 ms. On ext4 it took up to 900: that looks long for room for a thousand new
    files where as many were removed a moment ago.
    """
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < PLENTY:
        return
    if not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:  # some tests lay programs there
        os.environ.setdefault("TMPDIR", str(MEMORY))
        tempfile.tempdir = None  # what was found out before is found out anew


@contextmanager
def servers(template: str) -> Iterator[tuple[str, str]]:
    """(database URL, Valkey URL) for one run; DATABASE_URL and REDIS_URL win where they are set.

    Our own PostgreSQL is a copy of a kept one that holds the template already: runs side by side share
    nothing, and only the first after a change of migrations or country has to make it.
    """
    with tempfile.TemporaryDirectory(prefix="sws-test-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        Path(folder).chmod(0o711)  # ours: the servers' account walks through it
        make_passable(data)
        postgres = valkey = None
        try:
            if not os.environ.get("DATABASE_URL"):
                postgres = EmbeddedPostgres(data, durable=False)
                copy_kept_cluster(postgres, template)
                postgres.start()
            if not os.environ.get("REDIS_URL"):
                valkey = EmbeddedValkey(data)
                valkey.start()
            database_url = postgres.url("postgres") if postgres else os.environ["DATABASE_URL"]
            make_template(database_url, template)
            yield database_url, valkey.url() if valkey else os.environ["REDIS_URL"]
        finally:
            for server in (valkey, postgres):
                if server:
                    server.stop()


def copy_kept_cluster(postgres: EmbeddedPostgres, template: str) -> None:
    make_passable(KEPT)
    with (KEPT / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = EmbeddedPostgres(KEPT / template, durable=False)
        if not (kept.home / "complete").exists():
            shutil.rmtree(kept.cluster, ignore_errors=True)
            try:
                kept.start()
                make_template(kept.url("postgres"), template)
            finally:
                kept.stop()
            (kept.home / "complete").touch()
            forget_old_templates()
        os.utime(KEPT / template)
        subprocess.run(["cp", "-a", str(kept.cluster), str(postgres.cluster)], check=True)


def forget_old_templates() -> None:
    by_age = sorted(KEPT.glob("template_*"), key=lambda folder: folder.stat().st_mtime)
    for folder in by_age[:-3]:
        shutil.rmtree(EmbeddedPostgres(folder).home)
        shutil.rmtree(folder, ignore_errors=True)


def template_name() -> str:
    """Named after what it is made from: a change of that makes another one."""
    digest = hashlib.sha256()
    for pattern in TEMPLATE_MADE_FROM:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode() + path.read_bytes())
    return f"template_{digest.hexdigest()[:12]}"


def make_template(server: str, template: str) -> None:
    """A database with every table and Zambia in it, made by the commands that a real installation uses."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(20260101)")  # another run may be making it
        names = [name for (name,) in connection.execute("SELECT datname FROM pg_database")]
        if template in names:
            return
        unfinished = f"{template}_unfinished"
        drop(server, unfinished)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
        environment = os.environ | {"MODE": "test", "DATABASE_URL": at(server, unfinished)}
        for command in (["migrate"], ["load_country", "zambia"]):
            done = subprocess.run(
                [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True
            )
            if done.returncode:
                raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(template))
        )


def clone(server: str, template: str, name: str) -> None:
    """A fresh database like the template, in the place of any other of that name.

    File by file, as PostgreSQL 14 does and newer ones do when asked: through their log it takes three times as long.
    """
    drop(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        words = "CREATE DATABASE {} TEMPLATE {}" + " STRATEGY file_copy" * (connection.info.server_version >= 150_000)
        connection.execute(sql.SQL(words).format(sql.Identifier(name), sql.Identifier(template)))


def drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def at_work_in(folder: Path) -> list[str]:
    """The command lines of the living processes whose call or surroundings name this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            call, surroundings = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
            if int(process.name) != os.getpid() and f"{folder}/".encode() in call + surroundings:
                found.append(call.replace(b"\0", b" ").decode())
    return found


def is_deserted(folder: Path, *, patience: float = 10) -> bool:
    """Whether everybody who works in the folder leaves it in time."""
    deadline = time.monotonic() + patience
    while at_work_in(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    return at_work_in(folder) == []


def at(server: str, name: str) -> str:
    address, _, options = server.partition("?")
    return f"{address.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")
