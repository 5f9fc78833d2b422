"""What `manage.py quickstart` starts, watches and stops: a living country on one machine. Knows no Django."""

import base64
import errno
import fcntl
import http.client
import os
import secrets
import shlex
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from sws.embedded import EmbeddedError, EmbeddedPostgres, EmbeddedValkey, Server, is_full, make_passable
from sws.processes import Child, stop_strays

ROOT = Path(__file__).resolve().parent.parent
LONGEST_PAUSE = 60  # seconds between two attempts to start again what keeps falling over
STOOD = 60  # seconds after which a fall is a new one
FIRST_ANSWER = 60  # seconds the web server may take until its first page
WEB_PID = "web.pid"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

ADDRESSES = {
    "Home page": "/",
    "A citizen's phone": "/simulator/",
    "Staff desk": "/desk/",
    "Follow a case": "/track/",
    "Editors": "/cms/",
}


def run() -> int:
    """Runs until it is told to stop. The number is for the shell: 0 when it was stopped as asked."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)
    try:
        live(Path(os.environ.get("SWS_DATA") or ROOT / ".data").absolute(), wanted_port())
    except KeyboardInterrupt:
        return 0
    except EmbeddedError as problem:
        print(problem, file=sys.stderr)
    except OSError as problem:
        full = problem.errno == errno.ENOSPC
        print("The disk is full." if full else f"{problem.strerror}: {problem.filename}", file=sys.stderr)
    return 1


def live(data: Path, port: int) -> None:
    """The whole life of a demonstration, which ends with an exception and nothing left running."""
    make_passable(data)
    running: list[Child] = []
    with claim(data):
        stop_strays(f"--pid-file {data / 'log' / WEB_PID}", signal.SIGTERM)  # a killed one may still hold the port
        refuse_taken(port)
        try:
            start(running, data=data, port=port)
            watch(running)
        finally:
            for number in STOP_SIGNALS:
                signal.signal(number, signal.SIG_IGN)  # once is enough
            if running:
                say("Stopping")
            for one in reversed(running):
                one.stop()


def start(running: list[Child], *, data: Path, port: int) -> None:
    """Everything in its order. `running` grows on the way: an interruption stops what there is by then."""

    def go(one: Child) -> None:
        running.append(one)
        one.start()

    chosen = {"MODE": "demo", "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}", **keys(data / "env")}
    folders = {"STATIC_ROOT": "static", "MEDIA_ROOT": "media", "EMAIL_FOLDER": "mail"}
    chosen |= {name: str(data / folder) for name, folder in folders.items()}
    for variable, kind in (("DATABASE_URL", EmbeddedPostgres), ("REDIS_URL", EmbeddedValkey)):
        if not os.environ.get(variable):
            server = kind(data)
            go(server)
            chosen[variable] = server.url()
            say(f"{server.name} answers, from {server.home}")
    remember(data / "env", chosen)
    os.environ.update({name: value for name, value in chosen.items() if not os.environ.get(name)})

    prepare(running)
    logs = data / "log"
    logs.mkdir(exist_ok=True)
    for child in (worker(logs), web_server(logs, port)):
        go(child)
    say("Web server and worker are starting")
    await_first_page(running[-1], port)
    say("Ready. Ctrl-C stops everything.\n")
    for what, path in ADDRESSES.items():
        say(f"  {what:<18} http://127.0.0.1:{port}{path}")
    say(f"  {'E-mails':<18} {chosen['EMAIL_FOLDER']}")
    say(f"  {'Their logs':<18} {logs}")


def watch(running: list[Child]) -> None:
    """Starts again what fell over, after a pause that grows while it keeps falling."""
    pauses = dict.fromkeys(running, 0)
    since = dict.fromkeys(running, time.monotonic())
    due: dict[Child, float] = {}
    while True:
        time.sleep(0.5)
        now = time.monotonic()
        for one in running:
            if one in due and due[one] <= now:
                del due[one]
                one.stop()  # whatever it left running
                one.start()
                since[one] = now
            elif one not in due and not one.running:
                pauses[one] = next_pause(pauses[one], lived=now - since[one])
                due[one] = now + pauses[one]
                say(f"{one.name} fell over ({one.last_words()}). It starts again in {pauses[one]} s.")


def next_pause(last: int, *, lived: float) -> int:
    """Seconds: 1, 3, 7, 15, 31, 60, 60 ... and from the beginning for who stood for a minute."""
    return min(2 * last + 1, LONGEST_PAUSE) if lived < STOOD else 1


def prepare(running: list[Child]) -> None:
    """Tables, words, country and people, by the Django command of the same name in a process of its own."""
    preparation = Child("Preparation", [sys.executable, "-m", "django", "quickstart"], cwd=ROOT)
    running.append(preparation)
    preparation.start()
    while preparation.running:
        time.sleep(0.1)
    if preparation.returncode:
        full = any(is_full(one.home) for one in running if isinstance(one, Server))
        why = "the disk is full." if full else "the reason stands above."
        raise EmbeddedError(f"The country could not be prepared: {why}")
    running.remove(preparation)


def web_server(logs: Path, port: int) -> Child:
    """As in production: two processes of four threads, and whoever dies is replaced."""
    command = [
        *(sys.executable, "-m", "granian", "sws.wsgi:application", "--interface", "wsgi"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "4"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "2", "--log-level", "warning"),
        *("--pid-file", str(logs / WEB_PID)),
    ]
    return Child("Web server", command, cwd=ROOT, log=logs / "web")


def worker(logs: Path) -> Child:
    return Child("Worker", [sys.executable, "manage.py", "worker"], cwd=ROOT, log=logs / "worker")


def await_first_page(web: Child, port: int) -> None:
    deadline = time.monotonic() + FIRST_ANSWER
    while time.monotonic() < deadline and web.running:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except (OSError, http.client.HTTPException):
            pass  # not yet
        finally:
            connection.close()
        time.sleep(0.1)
    raise EmbeddedError(f"No page answered. The web server's last words: {web.last_words()}")


def wanted_port() -> int:
    """PORT, or 8000."""
    wanted = os.environ.get("PORT") or "8000"
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        raise EmbeddedError(f"PORT must be a number from 1 to 65535, not {wanted}.")
    return int(wanted)


def refuse_taken(port: int) -> None:
    """Granian would share a taken port with the other program, and half of the pages would be theirs."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            why = "needs root's rights" if error.errno == errno.EACCES else "is used by another program"
            raise EmbeddedError(f"Port {port} {why}. Take another one: make run PORT=8001") from None


def claim(data: Path) -> IO[str]:
    """One at a time in a data folder. The kernel takes the claim back when we end, however we end."""
    lock = (data / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise EmbeddedError(
            f"It already runs with the data in {data}. Stop that one first, or give this one a folder of "
            "its own: SWS_DATA=/another/folder"
        ) from None
    return lock


def known(file: Path) -> dict[str, str]:
    """What an earlier start chose; nothing before the first."""
    words = shlex.split(file.read_text()) if file.exists() else []
    return dict(word.split("=", 1) for word in words if "=" in word)


def keys(file: Path) -> dict[str, str]:
    """The secrets of this demonstration: made once, because what they sealed stays in its database."""
    kept = known(file)
    return {
        name: kept.get(name) or base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")
    }


def remember(file: Path, chosen: dict[str, str]) -> None:
    """What we chose ourselves, for the next start and for `. .data/env` in a shell; nobody else reads it."""
    unfinished = file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as text:
        text.writelines(f"export {name}={shlex.quote(value)}\n" for name, value in chosen.items())
    unfinished.rename(file)


def say(sentence: str) -> None:
    with suppress(OSError):  # the window was closed: there is still everything to stop
        print(sentence, flush=True)
