"""`manage.py quickstart` as a person meets it: one command, a living country, and nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from sws import quickstart
from sws.embedded import EmbeddedError
from tests.ground import ROOT, at_work_in, is_deserted


@contextmanager
def running(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A quickstart in a shell where nothing is configured; ended, if it still runs, without ceremony."""
    environment = {"PATH": os.environ["PATH"], "SWS_DATA": str(data), "PORT": str(port), "DEMO_CASES": "20"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "quickstart"], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert is_deserted(data)


def read_until(process: subprocess.Popen[str], word: str) -> str:
    assert process.stdout
    text = ""
    for line in process.stdout:
        text += line
        if word in line:
            return text
    raise AssertionError(f"It ended without saying {word!r}:\n{text}")


def answers(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
        return answer.status == 200


def answers_again(port: int) -> bool:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        with suppress(OSError):
            return answers(port)
        time.sleep(0.1)
    return False


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_country_comes_to_life_survives_a_kill_and_leaves_without_a_trace(folder: Path, port: int) -> None:
    data = folder / "data"
    with running(data, port) as first:
        said = read_until(first, "Their logs")
        assert "Making the tables" in said
        assert f"http://127.0.0.1:{port}/desk/" in said
        assert answers(port)
        kept = quickstart.known(data / "env")
        with psycopg.connect(kept["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT count(*) >= 20 FROM cases_case").fetchone() == (True,)
        first.kill()
        first.wait()

        with running(data, port) as second:  # at once: the killed one's servers may still be leaving
            said = read_until(second, "Their logs")
            assert "Making the tables" not in said
            assert quickstart.known(data / "env") == kept
            assert answers(port)

            os.kill(int((data / "log" / quickstart.WEB_PID).read_text()), signal.SIGKILL)
            read_until(second, "Web server fell over")
            assert answers_again(port)

            second.send_signal(signal.SIGINT)
            assert second.wait(15) == 0
            assert at_work_in(data) == []


def test_who_keeps_falling_waits_longer_and_longer() -> None:
    pauses = [0]
    for lived in (1, 1, 1, 1, 1, 1, 1, 3600):
        pauses.append(quickstart.next_pause(pauses[-1], lived=lived))
    assert pauses[1:] == [1, 3, 7, 15, 31, 60, 60, 1]


def test_a_taken_port_is_told_in_a_sentence(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with running(folder / "data", port) as process:
            said, _ = process.communicate(timeout=20)
    assert (process.returncode, said) == (
        1,
        f"Port {port} is used by another program. Take another one: make run PORT=8001\n",
    )


@pytest.mark.parametrize("wrong", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_told_in_a_sentence(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", wrong)
    with pytest.raises(EmbeddedError, match=f"PORT must be a number from 1 to 65535, not {wrong}"):
        quickstart.wanted_port()


def test_two_do_not_share_a_data_folder(folder: Path) -> None:
    with quickstart.claim(folder), pytest.raises(EmbeddedError, match="It already runs with the data in"):
        quickstart.claim(folder)
    quickstart.claim(folder).close()


def test_secrets_are_made_once_and_for_the_owner_only(folder: Path) -> None:
    secrets = quickstart.keys(folder / "env")
    quickstart.remember(folder / "env", {"MODE": "demo", "ODD": "it's a $HOME", **secrets})

    assert quickstart.keys(folder / "env") == secrets
    assert quickstart.known(folder / "env")["ODD"] == "it's a $HOME"
    assert (folder / "env").stat().st_mode & 0o777 == 0o600
