"""Following by e-mail: nobody gets one who did not say yes twice, each gets one a happening, and a click forgets them."""

import re
from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.translation.trans_real import translation

from cases.models import Release
from channels import tasks
from cms.following import ANSWERED, letters, tell
from cms.models.following import Happening, Letter, Subscription
from tests.builders import MONGU
from tests.desk import text_of

pytestmark = pytest.mark.django_db
WHO = "mutale@example.org"


def ask(client, subject="programme/SCT", address=WHO):
    return client.post(f"/follow/{subject}/", {"address": address})


def link_in(message):
    return re.search(r"https?://[^/\s]+(/follow/\S+/)", message.body).group(1)


def address_in(message):
    return re.search(r"https?://[^/\s]+(/\S+)", message.body).group(1)


def follow(client, subject="programme/SCT", address=WHO):
    ask(client, subject, address)
    return client.post(link_in(mail.outbox.pop()))


def sent():
    """(to whom, about what) since it was asked last."""
    assert tasks.run("followers")
    told = sorted((message.to[0], message.subject) for message in mail.outbox)
    mail.outbox.clear()
    return told


def test_who_says_yes_twice_hears_once_of_each_happening_until_they_end_it(client):
    assert "an e-mail is on its way" in text_of(ask(client))
    (first,) = mail.outbox
    mail.outbox.clear()
    tell("note:1", "Before anybody said yes", "/monitors/1/", ["programme:SCT"])
    assert sent() == []
    assert "Yes, send me e-mails" in text_of(client.get(link_in(first)))
    assert Subscription.objects.get().confirmed_at is None  # to look at a link is no yes
    assert "Done." in text_of(client.post(link_in(first)))
    follow(client, f"place/{MONGU}")
    follow(client, "programme/NHIS", "other@example.org")

    tell("note:2", "Cash came\nlate", "/monitors/2/", ["programme:SCT", f"place:{MONGU}"])
    tell("note:2", "Told twice", "/monitors/2/", ["programme:SCT"])
    assert sent() == [(WHO, "Cash came late")]
    assert sent() == []

    tell("note:3", "Another", "/monitors/3/", ["programme:SCT"])
    tasks.run("followers")
    (letter,) = mail.outbox
    assert "/monitors/3/" in letter.body
    stop = link_in(letter)
    assert letter.extra_headers["List-Unsubscribe"].endswith(f"{stop}>")
    assert "Yes, no more e-mails" in text_of(client.get(stop))
    assert Subscription.objects.filter(subject="programme:SCT").exists()
    for _twice in range(2):
        assert "Your address is deleted" in text_of(client.post(stop))
    assert not Subscription.objects.filter(subject="programme:SCT").exists()
    assert not Letter.objects.filter(subscription__subject="programme:SCT").exists()


def test_nobody_learns_who_follows_and_nobody_is_flooded(client):
    follow(client)
    answers = [text_of(ask(client)), text_of(ask(client, address="stranger@example.org"))]
    assert answers[0] == answers[1]
    assert [message.to for message in mail.outbox] == [["stranger@example.org"]]
    for _time in range(2):
        ask(client, address="stranger@example.org")
    assert ask(client, address="stranger@example.org").status_code == 429
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM cms_subscription t")
        assert "example.org" not in str(cursor.fetchall())


def test_who_does_not_confirm_is_forgotten_and_wrong_links_open_nothing(client):
    ask(client)
    link = link_in(mail.outbox[0])
    assert client.get(link.replace("confirm", "stop")).status_code == 200
    assert client.post(link.replace("/confirm/", "/confirm/x")).status_code == 410
    Subscription.objects.update(asked_at=timezone.now() - timedelta(days=8))
    mail.outbox.clear()
    assert sent() == []
    assert client.post(link).status_code == 410
    assert not Subscription.objects.exists()
    for address in ("/follow/programme/NONE/", "/follow/case/123/", "/follow/place/ZM999/feed/"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(("error", "state"), [(SMTPRecipientsRefused({}), "due"), (SMTPServerDisconnected(), "failed")])
def test_what_the_mail_server_refused_is_tried_again_and_what_may_have_gone_out_is_not(
    error, state, client, monkeypatch
):
    follow(client)
    tell("note:1", "Late", "/monitors/1/", ["programme:SCT"])

    def refuse(self, messages):
        raise error

    with monkeypatch.context() as away:
        away.setattr(EmailBackend, "send_messages", refuse)
        assert letters.make_round(timezone.now()) == 0
    assert Letter.objects.get().state == state
    assert letters.make_round(timezone.now()) == 0
    assert letters.make_round(timezone.now() + letters.AGAIN) == (state == "due")


def test_a_release_is_told_to_who_follows_the_figures_a_place_or_a_programme(client):
    follow(client, "release/all")
    follow(client, f"place/{MONGU}", "mongu@example.org")
    follow(client, "programme/SCT", "cash@example.org")
    release = Release(month=date(2026, 10, 1), cells=[], values=[])
    for state, version in (("draft", None), ("published", 1)):
        release.state, release.version = state, version
        release.save()
    tasks.run("followers")
    assert {message.to[0]: (message.subject, address_in(message)) for message in mail.outbox} == {
        WHO: ("Figures of October 2026", "/figures/2026-10/v1/"),
        "mongu@example.org": ("Mongu: figures of October 2026", f"/performance/place/{MONGU}/?of=2026-10"),
        "cash@example.org": ("Social Cash Transfer: figures of October 2026", "/performance/programme/SCT/?of=2026-10"),
    }
    mail.outbox.clear()
    Release.objects.create(month=date(2026, 10, 1), cells=[], values=[], state="published", version=2)
    assert sent() == [
        ("cash@example.org", "Social Cash Transfer: figures of October 2026, corrected: version 2"),
        ("mongu@example.org", "Mongu: figures of October 2026, corrected: version 2"),
        (WHO, "Figures of October 2026, corrected: version 2"),
    ]
    for kind, there in (
        ("release/all", "/figures/2026-10/v2/"),
        ("place/ZM110", "/performance/place/ZM110/?of=2026-10"),
    ):
        assert there in Client().get(f"/follow/{kind}/feed/").content.decode()


def test_letters_speak_the_language_of_the_page_on_which_they_were_asked_for(client, monkeypatch):
    bemba = {
        "Figures of {month}": "Bemba figures: {month}",
        ANSWERED: "Bemba answer: {title}",
        "Yes, no more e-mails": "Bemba yes",
    }
    monkeypatch.setattr(translation("bem"), "_catalog", {**translation("bem")._catalog, **bemba})
    ask(client, "release/all")  # not confirmed: what is asked for later counts
    client.post("/bem/follow/release/all/", {"address": WHO})
    client.post(link_in(mail.outbox.pop()))
    ask(client, "release/all")  # anybody could: nothing changes for who confirmed
    mail.outbox.clear()
    Release.objects.create(month=date(2026, 10, 1), cells=[], values=[], state="published", version=1)
    tasks.run("followers")
    (letter,) = mail.outbox
    assert (letter.subject, address_in(letter)) == ("Bemba figures: October 2026", "/bem/figures/2026-10/v1/")
    assert "You get this because you follow: Published figures." in letter.body  # nobody has translated it
    assert "Bemba yes" in text_of(client.get(link_in(letter)))
    tell("answer:1", ANSWERED, "/monitors/1/#answer", ["release:all"], title="Cash {came} late")
    mail.outbox.clear()
    assert sent() == [(WHO, "Bemba answer: Cash {came} late")]


def test_a_feed_tells_the_same_without_an_address():
    tell("note:1", "About cash", "/monitors/1/", ["programme:SCT"])
    tell("note:2", "About health", "/monitors/2/", ["programme:NHIS"])
    feed = Client().get("/follow/programme/SCT/feed/")
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert ("About cash" in feed.content.decode(), "About health" in feed.content.decode()) == (True, False)
    assert Happening.objects.filter(spread_at=None).count() == 2
