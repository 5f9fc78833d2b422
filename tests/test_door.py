"""The straight way in: a gateway's request meets its view and nothing else; everything else meets Django whole."""

from io import BytesIO
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

import pytest
from django.db import connections

from channels import views
from channels.door import gateways_first
from channels.models import Session
from tests.phone import FORM, USSD

pytestmark = pytest.mark.django_db

HOP = {"sessionId": "s1", "phoneNumber": "+260970000001", "serviceCode": "*1#", "text": "", "networkCode": "64501"}


@pytest.fixture(autouse=True)
def let_go(monkeypatch):
    """As often as the connection was looked at. It stays open: the test is in the midst of a transaction."""
    looked_at: list = []
    monkeypatch.setattr(connections["default"], "close_if_unusable_or_obsolete", lambda: looked_at.append(1))
    return looked_at


def elsewhere(environ, start_response):
    start_response("200 OK", [])
    return [b"a page"]


def knock(address=USSD, *, method="POST", fields=HOP):
    """What the web server would get: the status, the headers and the body."""
    body = urlencode(fields).encode()
    environ = {"PATH_INFO": address, "REQUEST_METHOD": method, "CONTENT_TYPE": FORM, "wsgi.input": BytesIO(body)}
    environ["CONTENT_LENGTH"] = str(len(body))
    setup_testing_defaults(environ)
    heard: list = []
    pieces = gateways_first(elsewhere)(environ, lambda status, headers: heard.extend([status, dict(headers)]))
    return heard[0], heard[1], b"".join(pieces).decode()


def test_a_hop_is_answered_with_its_length_and_no_header_that_only_pages_need():
    status, headers, body = knock()
    assert status == "200 OK"
    assert headers == {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))}
    assert body.startswith("CON ")
    assert Session.objects.count() == 1


@pytest.mark.parametrize("address", ["/", "/desk/", "/gateways/nobody/ussd", "/gateways/", "/gatewaysx"])
def test_all_else_goes_to_the_pages(address):
    assert knock(address) == ("200 OK", {}, "a page")


def test_a_wrong_key_is_turned_away_and_leaves_no_trace():
    assert knock(USSD.replace("/ussd", "x/ussd"))[0] == "403 Forbidden"
    assert not Session.objects.exists()


def test_nobody_reads_a_gateways_address():
    assert knock(method="GET")[0] == "405 Method Not Allowed"


def test_a_connection_that_broke_is_let_go(let_go):
    knock()
    assert let_go == [1]


def test_a_view_that_fails_answers_500_and_says_nothing_of_the_caller(monkeypatch, caplog):
    def fails(_hop):
        raise RuntimeError("broken")

    monkeypatch.setattr(views.ussd, "answer", fails)
    status, _headers, body = knock()
    assert status == "500 Internal Server Error"
    assert "970000001" not in body + caplog.text


def test_no_statement_asks_whether_the_connection_is_well(monkeypatch):
    """A connection that a page has used may have gone bad since, and Django asks it; the conversation finds out itself."""
    ours, asked = connections["default"], []
    monkeypatch.setattr(ours, "health_check_enabled", True)
    monkeypatch.setattr(ours, "health_check_done", False)
    monkeypatch.setattr(ours, "is_usable", lambda: asked.append(1) or True)
    knock()
    assert asked == []
