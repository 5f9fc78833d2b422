"""A crowd that calls at once, on kept connections, from one light process; each reply is held against its caller."""

import re
import selectors
import socket
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from time import monotonic, perf_counter, process_time
from urllib.parse import urlencode

LINES = 16  # requests under way at any moment: two for each thread of the server
CALLERS = 64  # people on the telephone at any moment: most of them read and type
ADDRESS = "/gateways/africastalking/demo/ussd"
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Silence(Exception):
    """No answer came: the server is gone, said something else than 200, or the time is up."""


@dataclass
class Call:
    """One call: what is sent as bytes, what must be said to each, what was said last and how much of it was wrong."""

    requests: list[bytes]
    expected: list[str]
    opens_a_case: bool = False
    heard: int = 0
    wrong: int = 0
    last: str = ""

    @property
    def over(self) -> bool:
        return self.heard == len(self.requests)

    def hear(self, reply: str) -> None:
        """The last reply holds a number and a PIN like no other: whose they are, the database must say."""
        expected = self.expected[self.heard]
        self.heard += 1
        told_a_number = self.over and self.opens_a_case
        self.wrong += blurred(reply) != blurred(expected) if told_a_number else reply != expected
        self.last = reply


def blurred(reply: str) -> str:
    return re.sub(r"\d", "#", reply)


def request(*, session: str, phone: str, transcript: str) -> bytes:
    """What Africa's Talking posts, ready to be sent."""
    form = {
        "phoneNumber": phone,
        "serviceCode": "*384*44135#",
        "text": transcript,
        "sessionId": session,
        "networkCode": "64501",
    }
    body = urlencode(form).encode()
    head = (
        f"POST {ADDRESS} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@dataclass(frozen=True)
class Pace:
    """How long a crowd took, and what itself took of the processors in that time."""

    hops: int
    seconds: float
    own_seconds: float

    @property
    def a_second(self) -> float:
        return self.hops / self.seconds


def ring(port: int, calls: Iterable[Call], *, until: float) -> Pace:
    """Make all calls, each of them hop by hop. Raises Silence, also when the clock passes `until`.

    A caller's next hop goes over whichever line is free, as a gateway's does: so it meets the other process, too.
    """
    to_come = iter(calls)
    ready = deque(islice(to_come, CALLERS))
    began, own, hops = perf_counter(), process_time(), 0
    with selectors.DefaultSelector() as selector:
        lines = [Line(port) for _ in range(min(LINES, len(ready)))]
        try:
            for line in lines:
                line.speak(ready.popleft())
                selector.register(line.socket, selectors.EVENT_READ, line)
            while selector.get_map():
                for key, _events in selector.select(max(0.0, until - monotonic())) or _silent():
                    call = key.data.listen()
                    if call is None:
                        continue
                    hops += 1
                    ready.extend(islice(to_come, 1) if call.over else [call])
                    if ready:
                        key.data.speak(ready.popleft())
                    else:
                        selector.unregister(key.fileobj)
        finally:
            for line in lines:
                line.socket.close()
    return Pace(hops, perf_counter() - began, process_time() - own)


def _silent() -> list:
    raise Silence("The server did not answer in time.")


class Line:
    """One kept connection, over which one hop after another goes, of whichever caller."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.call: Call | None = None
        self.received = b""

    def speak(self, call: Call) -> None:
        self.call, self.received = call, b""
        self.socket.sendall(call.requests[call.heard])

    def listen(self) -> Call | None:
        """The caller, once the whole reply has arrived."""
        piece = self.socket.recv(65_536)
        self.received += piece
        if not piece or not b"HTTP/1.1 200 OK".startswith(self.received[:15]):
            raise Silence(f"The server answered {self.received[:100]!r}.")
        body = _body(self.received)
        if body is None or self.call is None:
            return None
        self.call.hear(body.decode())
        return self.call


def _body(response: bytes) -> bytes | None:
    """The body of a response, by its length or in chunks; None while it is not all there."""
    head, _blank, body = response.partition(b"\r\n\r\n")
    if length := _LENGTH.search(head):
        return body if len(body) == int(length[1]) else None
    return b"".join(body.split(b"\r\n")[1:-3:2]) if body.endswith(b"\r\n0\r\n\r\n") else None
