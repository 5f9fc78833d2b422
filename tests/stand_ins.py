"""Africa's Talking and Twilio on 127.0.0.1, as recorded from the real ones; each keeps its own list of what it got.

They are never the thing under test: what they list is the truth our own books are compared with.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    content_type: str = "application/json"
    delay: float = 0  # seconds; the request is already on the list
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    form: dict[str, str]
    at: float


class StandIn:
    """`with AfricasTalking() as provider:` listens on a free port; `provider.answer` may be changed at any time."""

    path = ""

    def __init__(self, answer: Callable[[Self, dict[str, str]], Answer]):
        self.answer = answer
        self.received: list[Request] = []
        self.connections = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # keeps connections, so that we can see whether they are reused
            disable_nagle_algorithm = True

            def setup(self) -> None:
                with stand_in._lock:
                    stand_in.connections += 1
                super().setup()

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    return  # its sender was killed in the middle
                form = {name: values[0] for name, values in parse_qs(body.decode(), True).items()}
                with stand_in._lock:
                    stand_in.received.append(Request(self.path, dict(self.headers), form, time.time()))
                answer = stand_in.answer(stand_in, form)
                time.sleep(answer.delay)
                data = answer.body.encode()
                try:
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Type", answer.content_type)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # we were too slow for them

            def log_message(self, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *args: Any) -> None:
                pass  # a caller that was killed leaves half a request

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{self.path}"

    def texts(self) -> list[tuple[str, str]]:
        """(number, words) of everything that arrived, in order: the oracle of most tests."""
        return [(number, self.words(one.form)) for one in self.received for number in self.numbers(one.form)]

    def numbers(self, form: dict[str, str]) -> list[str]:
        raise NotImplementedError

    def words(self, form: dict[str, str]) -> str:
        raise NotImplementedError


# --- Africa's Talking ---------------------------------------------------------------------------------


class AfricasTalking(StandIn):
    path = "/version1"

    def __init__(self, answer: "Callable[[Self, dict[str, str]], Answer] | None" = None):
        super().__init__(answer or taken)

    def numbers(self, form: dict[str, str]) -> list[str]:
        return form["to"].split(",")

    def words(self, form: dict[str, str]) -> str:
        return form["message"]


def _recipient(number: str, code: int, status: str) -> dict[str, Any]:
    taken = code in (100, 101, 102)
    return {
        "cost": "KES 0.8000" if taken else "0",
        "messageId": _id(number) if taken else "None",
        "number": number,
        "status": status,
        "statusCode": code,
    }


_count = iter(range(1, 10_000_000))
_count_lock = threading.Lock()


def _id(number: str) -> str:
    with _count_lock:
        return f"ATXid_{next(_count)}_{number.removeprefix('+')}"


def _answer(recipients: list[dict[str, Any]], message: str = "", content_type: str = "application/json") -> Answer:
    message = message or f"Sent to {len(recipients)}/{len(recipients)} Total Cost: USD 0.0079 Message parts: 1"
    data = {"SMSMessageData": {"Message": message, "Recipients": recipients}}
    return Answer(201, json.dumps(data), content_type)


def taken(provider: StandIn, form: dict[str, str]) -> Answer:
    return _answer([_recipient(number, 102, "Success") for number in provider.numbers(form)])


def taken_with_charset(provider: StandIn, form: dict[str, str]) -> Answer:
    recipients = [_recipient(number, 101, "Success") for number in provider.numbers(form)]
    return _answer(recipients, content_type="application/json; charset=utf-8")


def taken_upside_down(provider: StandIn, form: dict[str, str]) -> Answer:
    """Its own order of recipients, the first one missing."""
    return _answer([_recipient(number, 102, "Success") for number in reversed(provider.numbers(form)[1:])])


def refusing(codes: dict[str, tuple[int, str]]) -> Callable[[StandIn, dict[str, str]], Answer]:
    """Partial success: these numbers are refused with their code, the others taken."""

    def answer(provider: StandIn, form: dict[str, str]) -> Answer:
        return _answer([_recipient(number, *codes.get(number, (102, "Success"))) for number in provider.numbers(form)])

    return answer


def no_such_sender(provider: StandIn, form: dict[str, str]) -> Answer:
    return Answer(201, '{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}')


def bad_key(provider: StandIn, form: dict[str, str]) -> Answer:
    return Answer(
        401,
        "The supplied authentication is invalid",
        "text/plain; charset=UTF-8",
        headers={"WWW-Authenticate": 'Basic realm="api"'},
    )


def saying(status: int, body: str = "", content_type: str = "text/html") -> Callable[[StandIn, dict[str, str]], Answer]:
    return lambda provider, form: Answer(status, body or "<html><body>Service Unavailable</body></html>", content_type)


def slow(seconds: float) -> Callable[[StandIn, dict[str, str]], Answer]:
    """Takes the SMS, and answers when nobody listens any more."""
    return lambda provider, form: Answer(201, "{}", delay=seconds)


# --- Twilio -------------------------------------------------------------------------------------------


class Twilio(StandIn):
    def __init__(self, answer: "Callable[[Self, dict[str, str]], Answer] | None" = None):
        super().__init__(answer or queued)

    def numbers(self, form: dict[str, str]) -> list[str]:
        return [form["To"]]

    def words(self, form: dict[str, str]) -> str:
        return form["Body"]


def queued(provider: StandIn, form: dict[str, str]) -> Answer:
    sid = f"SM{_id(form['To'])[6:]:0>32}"
    return Answer(
        201,
        json.dumps({
            "sid": sid, "status": "queued", "to": form["To"], "from": form.get("From"), "body": form["Body"],
            "num_segments": "1", "price": None, "price_unit": "USD", "error_code": None, "account_sid": "AC1",
        }),
    )  # fmt: skip


def twilio_error(code: int, status: int = 400) -> Callable[[StandIn, dict[str, str]], Answer]:
    body = {"code": code, "message": "No.", "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
    return lambda provider, form: Answer(status, json.dumps(body))
