"""The bench itself: it runs, it stops, and it would notice a server that mixes its callers up."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic

import pytest

from tests.bench.crowd import Call, Silence, request, ring
from tests.ground import ROOT


def test_a_small_run_reaches_every_part_and_finds_no_reply_of_somebody_else():
    command = [sys.executable, "-m", "tests.bench", "--rounds=1", "--calls=4", "--scripts=6", "--at-least=0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stdout + done.stderr
    hops = re.search(r"^wrong: 0 of (\d+)$", done.stdout, re.MULTILINE)
    assert hops
    assert int(hops.group(1)) > 100
    assert "8 cases were compared" in done.stdout
    assert "at most 2 on an ordinary hop" in done.stdout
    assert re.search(r"^ratio: \d\.\d\d of the bare view's pace", done.stdout, re.MULTILINE)


class Parrot(BaseHTTPRequestHandler):
    """Says each caller's own session back; a confused one says what it should have said to the one before."""

    protocol_version = "HTTP/1.1"
    confused, before = False, b"CON nobody"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        reply = b"CON " + re.findall(rb"sessionId=(\w+)", body)[0]
        if self.confused:
            reply, Parrot.before = Parrot.before, reply
        self.send_response(200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_words: object) -> None:
        """The test speaks for it."""


@pytest.fixture
def parrot() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Parrot) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def calls() -> list[Call]:
    hops = range(3)
    return [
        Call(
            [request(session=f"s{number}", phone="+260970000001", transcript=str(hop)) for hop in hops],
            [f"CON s{number}"] * 3,
        )
        for number in range(40)
    ]


@pytest.mark.parametrize("confused", [False, True])
def test_a_server_that_mixes_callers_up_is_found_out(parrot, confused, monkeypatch):
    monkeypatch.setattr(Parrot, "confused", confused)
    made = calls()
    pace = ring(parrot, made, until=monotonic() + 20)
    assert (pace.hops, all(call.over for call in made)) == (120, True)
    assert any(call.wrong for call in made) == confused


def test_a_server_that_says_nothing_ends_the_run(parrot):
    with pytest.raises(Silence):
        ring(parrot, calls(), until=monotonic())
