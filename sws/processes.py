"""Child processes that never outlive us, and account-changing for root; knows nothing of what they run."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


class Child:
    """A process of ours. It is told to stop when we die; stopping it takes along whatever it started."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        log: Path | None = None,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
        account: pwd.struct_passwd | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        patience: float = 4,
    ):
        self.name, self.command, self.log, self.env, self.cwd = name, command, log, env, cwd
        self.account, self.stop_signal, self.patience = account, stop_signal, patience
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        output = self.log.open("ab") if self.log else None
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env=self.env,
            cwd=self.cwd,
            start_new_session=True,  # Ctrl-C reaches us only: we stop things in their order
            preexec_fn=_dying_with_us(self.stop_signal),
            **as_account(self.account),
        )
        if output:
            output.close()

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def returncode(self) -> int | None:
        return self.process.poll() if self.process else None

    def stop(self) -> None:
        if self.process is None:
            return
        if self.running:
            self.process.send_signal(self.stop_signal)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(self.patience)
        # Whatever is left of it, and what it started. macOS says PermissionError for a group of the dead.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def last_words(self) -> str:
        """The last line of its log: what a person wants to see first."""
        text = self.log.read_text(errors="replace") if self.log and self.log.exists() else ""
        return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it said nothing")


def _dying_with_us(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """Runs in the child before its program: on Linux the kernel passes our death on, even by kill -9."""
    if _libc is None:
        return None
    parent = os.getpid()

    def ask_the_kernel() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # we died before the kernel was asked
            os._exit(1)

    return ask_the_kernel


def servers_account() -> pwd.struct_passwd | None:
    """Who runs the servers: we ourselves, but for root, as whom PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    return None


def as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """The arguments that make subprocess run something as somebody else."""
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def can_reach(path: Path, account: pwd.struct_passwd | None) -> bool:
    """Whether the account may enter this folder or run this program, all the way down from /."""
    asked = subprocess.run(["/bin/sh", "-c", 'test -x "$0"', str(path)], **as_account(account))
    return asked.returncode == 0


def stop_strays(mark: str, stop_signal: signal.Signals, *, patience: float = 10) -> None:
    """End what an earlier run of ours left behind. `mark` is a part of its command line that nobody else has."""
    told: set[int] = set()
    deadline = time.monotonic() + patience
    while strays := {pid for pid, line in _command_lines() if mark in line}:
        late = time.monotonic() > deadline
        for pid in strays if late else strays - told:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if late else stop_signal)
        told |= strays
        time.sleep(0.1)


def _command_lines() -> Iterator[tuple[int, str]]:
    """How every process on this machine was called; the dead that nobody buried yet have no words left."""
    if sys.platform == "linux":
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(FileNotFoundError, ProcessLookupError):
                yield int(path.parent.name), path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    else:
        listed = subprocess.run(["/bin/ps", "-axo", "pid=,command="], capture_output=True, text=True)
        for line in listed.stdout.splitlines():
            pid, _, command = line.strip().partition(" ")
            yield int(pid), command
