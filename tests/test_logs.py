"""What is written where logs are written: the configured handler and its formatter, with everything that came to it."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
import structlog
from django.conf import settings
from django.db import connection
from django.test import Client
from granian.cli import cli as granian
from structlog.stdlib import ProcessorFormatter

from channels import sms
from channels.gateways import Inbound
from channels.models import Message
from tests.builders import make_officer

PHONE, STORY = "+260970001234", "canary sang at the clinic"

Lines = Callable[[], list[dict]]


@pytest.fixture
def written() -> Iterator[Lines]:
    (handler,) = [one for one in logging.getLogger().handlers if isinstance(one.formatter, ProcessorFormatter)]
    assert isinstance(handler, logging.StreamHandler)
    file = StringIO()
    before = handler.setStream(file)
    yield lambda: [json.loads(line) for line in file.getvalue().splitlines()]
    handler.setStream(before)


@pytest.mark.django_db
def test_an_error_is_told_by_its_kind_and_place_and_nothing_of_the_row(written):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case ADD CONSTRAINT never CHECK (channel <> 'sms')")
    sms.receive(Inbound("africastalking", "1", PHONE, "677", STORY, ""))
    (line,) = written()
    assert (line["event"], line["error"], line["level"]) == ("sms_failed", "IntegrityError", "error")
    assert any(place.startswith("opening.py:") for place in line["at"])
    assert not any(canary in json.dumps(line) for canary in (PHONE[4:], STORY, "canary", "DETAIL"))
    assert Message.objects.get(direction="in").state == "arrived"  # kept, to be handled again


@pytest.mark.parametrize("given", [True, "itself"])
def test_an_error_is_told_however_it_was_given(written, given):
    try:
        int(STORY)
    except ValueError as error:
        structlog.get_logger().error("broken", exc_info=error if given == "itself" else given)
        logging.getLogger("some.package").error("broken", exc_info=error if given == "itself" else given)
    lines = written()
    assert [line["error"] for line in lines] == ["ValueError"] * 2
    assert all(line["at"][-1].endswith("test_an_error_is_told_however_it_was_given") for line in lines)
    assert "canary" not in json.dumps(lines)


def test_where_there_is_no_error_none_is_made_up(written):
    structlog.get_logger().error("nothing_broke", exc_info=True)
    assert [sorted(line) for line in written()] == [["event", "level", "timestamp"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/desk/cases/751137484388/", "Not Found: /desk/cases/[number]/"),
        ("/desk/cases/7511 3748 4388/", "Not Found: /desk/cases/[number]/"),
        ("/desk/cases/+260970001234/", "Not Found: /desk/cases/+[number]/"),
        ("/desk/cases/12345/", "Not Found: /desk/cases/12345/"),
        ("/gateways/africastalking/demo/ussd", "Method Not Allowed (GET): /gateways/africastalking/[key]/ussd"),
        ("/gateways/africastalking/dem/x/", "Not Found: /gateways/africastalking/[key]/x/"),
    ],
)
def test_a_path_is_told_without_references_numbers_and_keys(written, path, told):
    client = Client()
    client.force_login(make_officer().user)
    client.get(path)
    assert [line["event"] for line in written() if "timestamp" in line] == [told]


@pytest.mark.django_db
def test_a_page_that_breaks_is_told_without_what_was_asked(written, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(make_officer().user)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case RENAME COLUMN level TO height")
    assert client.get("/desk/cases/751137484388/").status_code == 500
    (line,) = written()
    assert (line["event"], line["error"]) == ("Internal Server Error: /desk/cases/[number]/", "ProgrammingError")
    assert "751137484388" not in json.dumps(line)


def test_the_web_server_keeps_no_list_of_visits():
    """Granian writes one only when asked; its lines would hold every path."""
    (listing,) = [option for option in granian.params if option.name == "log_access_enabled"]
    assert listing.default is False
    for place in ("README.md", "sws/quickstart.py"):
        assert "--access-log" not in (settings.BASE_DIR / place).read_text()
