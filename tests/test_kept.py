"""Public pages are kept: a warm one costs no statement, a changed one is new at once, and nothing of a reader's own is kept."""

import time
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from wagtail.models import Page

from cases.catalogue import _memory, catalogue, changed
from cases.models import Release
from cases.pack import Helpline
from cases.views import kept
from channels import tasks
from channels.models import InfoText
from tests.asked import asked
from tests.builders import make_case, make_officer
from tests.released import OCTOBER, published, release_two_months
from tests.site import publish_a_note

OPEN = ("/ledger/ledger.json", "/embed/map/country/all.svg", "/figures/2026-10/v1/", "/data/2026-10/v1/figures.csv")
CASH = "/programmes/social-cash-transfer/"
READ = (
    "/",
    "/promises/",
    CASH,
    "/bem/",
    "/performance/",
    "/performance/place/ZM110/",
    "/figures/",
    "/data/",
    "/data-protection/",
    "/ledger/",
    "/sitemap.xml",
    "/news/feed/",
    "/follow/release/all/feed/",
)


@pytest.fixture
def reader(built, db, settings) -> Client:
    settings.KEEP_PAGES = True
    kept._last().edition = ""
    release_two_months()
    return Client()


def statements(reader: Client, address: str, **headers: str) -> tuple[int, int]:
    with asked() as made:
        answer = reader.get(address, headers=headers)
    return answer.status_code, len(made)


def test_a_warm_page_asks_the_database_nothing_nor_does_a_browser_that_has_it(reader, monkeypatch):
    monkeypatch.setattr(kept, "A_SECOND", 3600)  # once in so long it does ask for the edition
    for address in READ:
        cold = reader.get(address)
        assert {"public", "max-age=0", "s-maxage=300"} <= set(cold["Cache-Control"].split(", ")), address
        assert "Cookie" in cold["Vary"]
        assert reader.get(address).content == cold.content
        assert statements(reader, address) == (200, 0), address
        assert statements(reader, address, if_none_match=cold["ETag"]) == (304, 0), address
    assert statements(reader, "/promises/?new")[1] > 10


# --- What changes ---------------------------------------------------------------------------------------------


class Front:
    """A cache in front: it keeps what it may, does not ask again, and forgets all when it is told to."""

    def __init__(self, reader: Client) -> None:
        self.reader, self.kept, self.hosts = reader, {}, []

    def read(self, address: str) -> str:
        if address not in self.kept:
            answer = self.reader.get(address)
            assert "s-maxage" in answer["Cache-Control"]
            self.kept[address] = answer.content.decode()
        return self.kept[address]

    def __enter__(self) -> str:
        front = self

        class Door(BaseHTTPRequestHandler):
            def do_PURGE(self) -> None:
                front.hosts.append(self.headers["Host"])
                front.kept.clear()
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_words: object) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Door)
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def retitle_the_charter() -> None:
    charter = Page.objects.get(slug="promises").specific
    charter.title = "What we promise you"
    charter.save_revision().publish()


def rewrite_a_handset_text() -> None:
    text = InfoText.objects.get(key="SCT", language="en")
    text.text = "Cash for the poorest."
    text.save()


def load_another_name_for_a_line() -> None:
    """As another process loads it, whose news this one hears by the edition alone."""
    held = catalogue()
    Helpline.objects.filter(number="933").update(label="Anybody may call")
    changed()
    _memory().catalogue, _memory().checked = held, time.monotonic()


def anchor_what_happened() -> None:
    make_case()
    for sweep in ("figures", "anchor"):
        assert tasks.run(sweep)


CHANGES = (
    (anchor_what_happened, "Anchor 1 of", ("/ledger/", "/bem/ledger/")),
    (load_another_name_for_a_line, "Anybody may call", ("/", "/bem/promises/")),
    (retitle_the_charter, "What we promise you", ("/promises/", "/bem/promises/", "/", "/performance/")),
    (rewrite_a_handset_text, "Cash for the poorest.", (CASH, f"/loz{CASH}")),
    (publish_a_note, "The list helps", (CASH, "/monitors/")),
    (
        lambda: published(OCTOBER, late=30, version=2),
        "25 were answered in time",
        ("/performance/", "/bem/performance/"),
    ),
    (
        lambda: published(OCTOBER, late=20, version=3),
        "corrected: version 3",
        ("/follow/release/all/feed/", "/follow/place/ZM110/feed/"),
    ),
)


def test_what_changes_is_new_to_everybody_at_once_also_behind_a_cache_in_front(
    reader, settings, django_capture_on_commit_callbacks
):
    with (front := Front(reader)) as address:
        settings.FRONT_CACHES = [address]
        settings.PUBLIC_BASE_URL = "https://window.example"
        for change, words, shown in CHANGES:
            assert [words in front.read(one) for one in shown] == [False] * len(shown)
            with django_capture_on_commit_callbacks(execute=True):
                change()
                assert front.kept, "nobody is told before it is saved"
            assert not front.kept
            assert [words in front.read(one) for one in shown] == [True] * len(shown), change
    assert set(front.hosts) == {"window.example"}


def test_a_cache_in_front_that_does_not_answer_keeps_nobody_from_publishing(
    reader, settings, django_capture_on_commit_callbacks, caplog
):
    settings.FRONT_CACHES = ["http://127.0.0.1:9"]
    with django_capture_on_commit_callbacks(execute=True):
        retitle_the_charter()
    assert "What we promise you" in reader.get("/promises/").content.decode()
    assert "cache_not_purged" in caplog.text


def test_a_change_that_cannot_be_told_is_not_saved(reader):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sws_cache ADD CHECK (false) NOT VALID")
    with pytest.raises(OperationalError), transaction.atomic():
        rewrite_a_handset_text()
    assert not InfoText.objects.filter(text="Cash for the poorest.").exists()


def test_figures_in_the_making_empty_no_cache(reader):
    edition = kept._edition()
    release = Release.objects.create(month=date(2026, 11, 1), state="wanted")
    for state in ("draft", "rejected", "failed"):
        release.state = state
        release.save()
    assert kept.table.get(kept.EDITION) == edition


# --- What is somebody's own -----------------------------------------------------------------------------------


def test_nothing_of_who_is_signed_in_has_a_case_open_or_is_told_something_is_kept(reader):
    page = reader.get("/promises/").content
    assert not any("no-store" in reader.get(address)["Cache-Control"] for address in (*READ, *OPEN))
    signed_in = Client()
    signed_in.force_login(make_officer().user)
    told = Client()
    told.cookies["messages"] = "for one reader"
    for somebody in (signed_in, told):
        for address in (*READ, *OPEN, "/promises/?mine"):
            answer = somebody.get(address)
            assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store"), address
    assert kept._page.cache_info().currsize
    assert reader.get("/promises/").content == page
    assert statements(reader, "/promises/?mine")[1] > 0, "theirs was not kept for others"


def test_a_page_behind_a_password_and_one_that_is_not_there_are_not_kept(reader):
    charter = Page.objects.get(slug="promises")
    charter.view_restrictions.create(restriction_type="password", password="seven green hills")
    kept.changed()
    kept._last().edition = ""
    asked = reader.get("/promises/")
    assert b"seven green hills" not in asked.content
    assert "public" not in asked.get("Cache-Control", "")
    for _twice in range(2):
        missing = reader.get("/nowhere/")
        assert (missing.status_code, "s-maxage" in missing.get("Cache-Control", "")) == (404, False)
