"""A browser that reads forms and sends them, as often and as carelessly as one likes; knows no page of ours."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode, urlsplit

from cases.models import Officer
from tests.desk import desk_of

WORD = "Because it is so."


@dataclass
class Form:
    """One form of a page as it stands there: where it goes, what is in it, and what may be chosen."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)


class Forms(HTMLParser):
    """All forms of a page that are sent by POST."""

    def __init__(self, html: str, address: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.address, self.now, self.select = address, None, ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        facts = dict(attrs)
        if tag == "form":
            self.now = Form(facts.get("action") or self.address) if facts.get("method") == "post" else None
            self.found += [self.now] if self.now else []
        elif self.now:
            self._field(tag, facts)

    def handle_endtag(self, tag: str) -> None:
        self.now = None if tag == "form" else self.now

    def _field(self, tag: str, facts: dict[str, Any]) -> None:
        form, name, kind, value = self.now, facts.get("name"), facts.get("type", ""), facts.get("value") or ""
        if tag == "option":
            form.choices[self.select] += [value] if value else []
            if "selected" in facts and value:
                form.values[self.select] = [value]
        elif not name:
            return
        elif tag == "button":
            form.buttons.append((name, value))
        elif tag == "select":
            self.select = name
            form.choices.setdefault(name, [])
        elif kind in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(value or "on")
            if "checked" in facts:
                form.values.setdefault(name, []).append(value or "on")
        elif kind != "file":
            form.values[name] = [value] if value else []
            form.texts |= {name} if tag == "textarea" else set()


def filled(form: Form, typed: dict[str, str], button: str) -> list[tuple[str, str]]:
    """`typed` by the end of a field's name; the rest as a person in a hurry would: the first choice, a few words."""
    said = {name: list(values) for name, values in form.values.items()}
    for name, options in form.choices.items():
        said[name] = said.get(name) or options[:1]
    for name in form.texts:
        said[name] = said.get(name) or [WORD]
    for end, value in typed.items():
        names = [name for name in said if name == end or name.endswith(f"-{end}")] or [end]
        said |= {name: [value] for name in names}
    pairs = [(name, value) for name, values in said.items() for value in values if value]
    return pairs + [one for one in form.buttons if one[0] == button or f"{one[0]}={one[1]}" == button]


class Browser:
    """Logged in. Each request goes over a connection of its own, so that two can be under way at once."""

    def __init__(self, house: str, officer: Officer) -> None:
        client = desk_of(officer)
        self.where = urlsplit(house).netloc
        self.token = "a" * 32
        self.cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": self.token}

    def get(self, path: str) -> str:
        answer, body = self._ask("GET", path)
        assert answer.status == 200, (path, answer.status)
        return body

    def forms(self, path: str) -> list[Form]:
        return Forms(self.get(path), path).found

    def send(self, path: str, pairs: list[tuple[str, str]], file: bytes = b"") -> tuple[int, str, str]:
        """Status, where it leads, and the page."""
        pairs = [pair for pair in pairs if pair[0] != "csrfmiddlewaretoken"] + [("csrfmiddlewaretoken", self.token)]
        answer, body = self._ask("POST", path, *_written(pairs, file))
        return answer.status, answer.getheader("Location") or "", body

    def send_and_leave(self, path: str, pairs: list[tuple[str, str]], file: bytes = b"") -> None:
        """The line breaks before the answer comes."""
        pairs = [pair for pair in pairs if pair[0] != "csrfmiddlewaretoken"] + [("csrfmiddlewaretoken", self.token)]
        self._begin("POST", path, *_written(pairs, file)).close()

    def _ask(self, *what: Any) -> tuple[HTTPResponse, str]:
        line = self._begin(*what)
        answer = line.getresponse()
        body = answer.read().decode(errors="replace")
        line.close()
        return answer, body

    def _begin(self, method: str, path: str, body: bytes = b"", kind: str = "") -> HTTPConnection:
        line = HTTPConnection(self.where, timeout=60)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        line.request(method, path, body or None, {"Cookie": cookie, **({"Content-Type": kind} if kind else {})})
        return line


def _written(pairs: list[tuple[str, str]], file: bytes) -> tuple[bytes, str]:
    if not file:
        return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in pairs
    ]
    head = b'--x\r\nContent-Disposition: form-data; name="attach-file"; filename="card.jpg"\r\n\r\n'
    return b"".join([*parts, head, file, b"\r\n--x--\r\n"]), "multipart/form-data; boundary=x"
