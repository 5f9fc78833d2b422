"""What a citizen meets on the web: the first page, their own case, and the doors that stay shut."""

import re
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from importlib import reload
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.test import Client

from cases import access, actions, clock
from cases.lifecycle import State
from cases.models import Case, Known
from cases.reference import spoken
from channels import urls_simulator
from channels.models import InfoText, Message
from channels.views_simulator import SIMS
from cms.models import HomePage
from cms.promises import Promise, Span, promises
from cms.site import build_site
from tests.asked import asked
from tests.builders import a_phone, make_case, make_citizen, make_officer, now_of, open_case

pytestmark = pytest.mark.django_db

PHONE = "+260971234567"
PIN_FORM = "/track/"


@pytest.fixture
def site(built: object, db: None) -> None:
    """One site for the whole file; what a test does to it is undone."""


# --- How a browser sees a page ------------------------------------------------------------------------


class Page(HTMLParser):
    """The tags and the visible words of one page."""

    def __init__(self, html: str):
        super().__init__()
        self.html, self.tags, self.said = html, [], ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if dict(attrs).get("type") != "application/ld+json":  # data for search engines: no browser runs or fetches it
            self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def title(self) -> str:
        return unescape(re.search(r"<title>(.*?)</title>", self.html, re.S)[1])

    @property
    def main(self) -> str:
        """What the page itself says, without the demonstration's tokens."""
        body = self.html.partition("<main")[2].partition("</main>")[0]
        return re.sub(r'value="[^"]*"', "", body)


def get(client: Client, path: str, status: int = 200) -> Page:
    reply = client.get(path)
    assert reply.status_code == status
    return Page(reply.content.decode())


def try_to_open(client: Client, reference: str, pin: str):
    return client.post(PIN_FORM, {"reference": reference, "pin": pin})


def open_on_the_web(client: Client, opened: actions.Opened) -> Page:
    reply = try_to_open(client, spoken(opened.case.reference), opened.pin)
    assert (reply.status_code, reply["Location"]) == (302, "/track/case/")
    return get(client, "/track/case/")


def with_pin(case: Case) -> actions.Opened:
    """A case that a builder has moved on, with a PIN we know."""
    Case.objects.filter(pk=case.pk).update(pin_index=actions.pin_index(case.reference, "123456"))
    return actions.Opened(case, "123456")


def press(client: Client, step: str, **fields: str) -> Page:
    reply = client.post(f"/track/case/{step}/", fields, follow=True)
    return Page(reply.content.decode())


# --- Opening a case -----------------------------------------------------------------------------------


def test_number_and_pin_open_the_case_and_it_speaks_the_handsets_words(client):
    page = open_on_the_web(client, open_case(words="My card does not work."))

    assert "We have it. An officer will look at it." in page.said
    assert "Next: an officer takes it." in page.said
    assert "My card does not work." in page.said


def test_the_number_may_be_typed_in_any_grouping(client):
    opened = open_case()

    reply = try_to_open(client, "-".join(spoken(opened.case.reference).split()), f" {opened.pin} ")

    assert reply.status_code == 302


def test_a_wrong_number_and_a_wrong_pin_are_told_the_same(client):
    opened = open_case()
    wrong_pin = f"{(int(opened.pin) + 1) % 10**6:06d}"

    answers = [
        try_to_open(client, opened.case.reference, wrong_pin),
        try_to_open(client, "123456789012", opened.pin),
        try_to_open(client, "what number", "what PIN"),
    ]

    assert {(reply.status_code, Page(reply.content.decode()).main) for reply in answers} == {
        (422, Page(answers[0].content.decode()).main)
    }
    assert "do not go together" in answers[0].content.decode()


def test_a_wrong_number_asks_the_database_the_same_questions_as_a_wrong_pin(client):
    opened = open_case()

    def statements(reference: str) -> list[str]:
        with asked() as made:
            assert access.open_with_pin_or_code(reference=reference, digits="0", source="test") is None
        return [re.sub(r"'[^']*'|\d+", "?", statement) for statement in made]

    assert statements(opened.case.reference) == statements("123456789012")


def test_no_address_and_no_title_says_whose_case_it_is_or_what_it_is_about(client):
    opened = open_case(topic="violence")

    page = open_on_the_web(client, opened)

    links = [attributes.get("href") or attributes.get("action") or "" for _tag, attributes in page.tags]
    assert not [link for link in links if re.search(r"\d{4}", link) and not link.startswith("tel:")]
    assert page.title == "Your case · Single Window Service"


def test_without_the_key_the_case_page_leads_to_the_door(client):
    assert client.get("/track/case/")["Location"] == "/track/"
    assert client.post("/track/case/withdraw/", {"sure": "1"})["Location"] == "/track/"


def test_finish_forgets_the_case(client):
    open_on_the_web(client, open_case())

    client.post("/track/finish/")

    assert client.get("/track/case/")["Location"] == "/track/"


def test_a_case_left_open_on_a_borrowed_phone_shuts_by_itself(client):
    open_on_the_web(client, open_case())
    session = client.session
    session["case_until"] -= 20 * 60 + 1
    session.save()

    assert client.get("/track/case/")["Location"] == "/track/"


def test_nobody_on_the_way_may_keep_the_page(client):
    open_on_the_web(client, open_case())

    assert "no-store" in client.get("/track/case/")["Cache-Control"]


# --- Guessing -----------------------------------------------------------------------------------------


def test_after_too_many_tries_even_the_right_pin_must_wait(client):
    opened = open_case()
    for _again in range(6):
        assert try_to_open(client, opened.case.reference, "000000").status_code == 422

    refused = try_to_open(client, opened.case.reference, opened.pin)

    assert refused.status_code == 429
    assert "That was very often." in refused.content.decode()


def test_one_source_trying_many_numbers_is_stopped_and_others_are_not(client):
    opened = open_case()
    statuses = [try_to_open(client, f"{number:012d}", "000000").status_code for number in range(31)]
    assert statuses == [422] * 30 + [429]

    assert try_to_open(client, opened.case.reference, opened.pin).status_code == 429
    elsewhere = Client(REMOTE_ADDR="10.9.8.7")
    assert try_to_open(elsewhere, opened.case.reference, opened.pin).status_code == 302


def test_all_sources_together_are_limited_too(monkeypatch):
    monkeypatch.setattr(access, "TRIES", (("all", 2, 3600),))
    statuses = [
        try_to_open(Client(REMOTE_ADDR=f"10.0.0.{number}"), f"{number:012d}", "0").status_code for number in range(3)
    ]
    assert statuses == [422, 422, 429]


def test_what_is_counted_names_nobody(client):
    from cases.models import Attempt

    opened = open_case()
    try_to_open(client, opened.case.reference, "000000")

    kept = " ".join(Attempt.objects.values_list("key", flat=True))
    assert kept
    assert opened.case.reference not in kept
    assert "127.0.0.1" not in kept


# --- A code instead of the PIN ------------------------------------------------------------------------


def test_a_code_goes_to_the_phone_on_record_and_opens_once(client):
    case = open_case(citizen=make_citizen(phone=PHONE)).case
    Message.objects.all().delete()

    client.post("/track/code/", {"reference": case.reference})

    sms = Message.objects.get()
    assert (sms.phone, sms.notice) == (PHONE, "code")
    code = re.search(r"\b\d{6}\b", sms.text)[0]
    assert try_to_open(client, case.reference, code).status_code == 302
    assert try_to_open(Client(), case.reference, code).status_code == 422


def test_asking_for_a_code_says_the_same_for_every_number(client):
    known = open_case().case
    nameless = open_case(known=Known.ANONYMOUS).case
    Message.objects.all().delete()

    answers = [
        client.post("/track/code/", {"reference": reference})
        for reference in (known.reference, nameless.reference, "999999999999")
    ]

    assert len({(reply.status_code, Page(reply.content.decode()).main) for reply in answers}) == 1
    assert "If this number is right and we know your phone" in answers[0].content.decode()
    assert Message.objects.count() == 1


def test_codes_are_not_sent_without_end(client):
    case = open_case().case
    Message.objects.all().delete()

    statuses = [client.post("/track/code/", {"reference": case.reference}).status_code for _again in range(4)]

    assert (statuses, Message.objects.count()) == ([200, 200, 200, 429], 3)


# --- Reading ------------------------------------------------------------------------------------------


def test_the_history_tells_what_happened_and_names_nobody_of_the_office(client):
    officer = make_officer(name="Mutinta Hamoonga")
    opened = open_case(citizen=make_citizen(name="Bwalya Mulenga", phone=PHONE))
    case = actions.take(case=opened.case, by=officer)
    actions.add_note(case=case, by=officer, words="He has called three times.")
    actions.ask_citizen(case=case, by=officer, words="Which clinic was it?")

    page = open_on_the_web(client, opened)

    history = page.said.partition("What happened so far")[2]
    told = ("You told us.", "An officer took it.", "We asked you something.", "Which clinic was it?")
    assert sorted(history.index(line) for line in told) == [history.index(line) for line in told]
    for secret in ("Mutinta", "Hamoonga", "three times", "Bwalya", "Mulenga", "97123", PHONE):
        assert secret not in page.html


def test_the_answer_stands_first_with_the_decision(client):
    page = open_on_the_web(client, with_pin(make_case(state=State.RESOLVED)))

    assert "Our answer: You were right" in page.said
    assert page.said.index("Your card works again.") < page.said.index("What you can do now")


def test_the_answer_to_a_case_that_was_contested_and_then_withdrawn_is_not_shown_as_the_answer(client):
    case = actions.dispute(case=make_case(state=State.RESOLVED))
    page = open_on_the_web(client, with_pin(actions.withdraw(case=case)))

    assert "Our answer" not in page.said


def test_a_sensitive_case_repeats_nothing_that_was_said(client):
    page = open_on_the_web(client, open_case(topic="violence", words="He beats me."))

    assert "You told us." in page.said
    assert "He beats me." not in page.html


def test_a_late_case_says_that_we_are_late(client):
    opened = open_case()
    with clock.at(clock.now() + timedelta(days=60)):
        page = open_on_the_web(client, opened)

    assert "We are late." in page.said


# --- Doing --------------------------------------------------------------------------------------------

BUTTONS = [
    ("inform", {"words": "It was Chilenje clinic."}, State.WAITING, State.IN_PROGRESS, "We added it to your case."),
    ("inform", {"words": "I went again."}, State.RECEIVED, State.RECEIVED, "We added it to your case."),
    ("confirm", {}, State.RESOLVED, State.CLOSED, "We are glad it is solved."),
    ("dispute", {"words": "Still not."}, State.RESOLVED, State.IN_PROGRESS, "Your case is open again."),
    ("rate", {"stars": "4"}, State.RESOLVED, State.RESOLVED, "Thank you for your rating."),
    ("withdraw", {"sure": "1"}, State.IN_PROGRESS, State.CLOSED, "You withdrew your case."),
]  # fmt: skip


@pytest.mark.parametrize(("step", "fields", "before", "after", "thanks"), BUTTONS)
def test_each_button_does_one_thing_and_says_so(client, step, fields, before, after, thanks):
    opened = with_pin(make_case(state=before))
    before_page = open_on_the_web(client, opened)
    assert f"/track/case/{step}/" in [form.get("action") for form in before_page.all("form")]

    page = press(client, step, **fields)

    assert thanks in page.said
    assert now_of(opened.case).state == after


def test_withdrawing_asks_first(client):
    opened = open_case()
    open_on_the_web(client, opened)

    page = press(client, "withdraw")

    assert "Withdraw your case?" in page.said
    assert now_of(opened.case).state == State.RECEIVED


def test_an_appeal_gets_its_own_number_and_pin_even_when_sent_twice(client):
    opened = with_pin(make_case(state=State.RESOLVED))
    page = open_on_the_web(client, opened)
    token = next(field["value"] for field in page.all("input") if field["name"] == "token")

    for _again in range(2):
        said = press(client, "appeal", words="I do not agree.", token=token).said

    appeal = Case.objects.get(appeal_of=opened.case)
    assert spoken(appeal.reference) in said
    pin = re.search(r"PIN\s*(\d{6})", said)[1]
    assert access.open_with_pin(reference=appeal.reference, pin=pin, source="test") == appeal
    assert "You appealed." in get(client, "/track/case/").said


def test_what_cannot_be_done_now_is_refused_with_a_sentence(client):
    opened = open_case()
    open_on_the_web(client, opened)

    assert "This cannot be done now" in press(client, "confirm").said
    assert "Please write what you want to add." in press(client, "inform", words="  ").said
    assert client.post("/track/case/resolve/").status_code == 404
    assert now_of(opened.case).state == State.RECEIVED


def test_one_case_is_not_flooded_with_words(client):
    opened = open_case()
    open_on_the_web(client, opened)

    said = [press(client, "inform", words=f"Again {number}.").said for number in range(21)]

    assert "We added it" in said[19]
    assert "That was very often." in said[20]


# --- Every public page --------------------------------------------------------------------------------


@pytest.fixture
def public_pages(site, client) -> list[Page]:
    opened = with_pin(make_case(state=State.RESOLVED))
    return [
        get(client, "/"),
        get(client, "/track/"),
        open_on_the_web(client, opened),
        get(client, "/simulator/"),
        get(client, "/simulator/texts?n=0"),
        get(client, "/nowhere/at/all/", status=404),
    ]


def test_every_page_has_one_heading_a_title_and_a_language(public_pages):
    for page in public_pages:
        assert [len(page.all("h1")), page.all("html")] == [1, [{"lang": "en"}]]
        assert page.title.endswith(" · Single Window Service")
    assert len({page.title for page in public_pages}) == len(public_pages)


def test_no_page_calls_another_host_or_brings_inline_code(public_pages):
    for page in public_pages:
        fetched = [
            attributes.get("src") or attributes.get("href") or ""
            for tag, attributes in page.tags
            if tag in ("script", "link", "img", "iframe", "source")
            and attributes.get("rel") not in ("canonical", "alternate")  # named, and not fetched
        ]
        assert [address for address in fetched if not address.startswith("/static/")] == []
        assert not page.all("style")
        assert not [attributes for _tag, attributes in page.tags if "style" in attributes or "onclick" in attributes]


def test_citizen_pages_need_no_script_and_weigh_little(site, client):
    for path in ("/", "/track/"):
        page = get(client, path)
        assert page.all("script") == []
        static = [link["href"].removeprefix("/static/") for link in page.all("link") if link["rel"] != "canonical"]
        weight = len(page.html.encode()) + sum(Path(finders.find(name)).stat().st_size for name in static)
        assert weight < 50_000


def test_a_form_sent_without_its_token_is_told_to_try_again():
    reply = Client(enforce_csrf_checks=True).post("/track/", {"reference": "1", "pin": "1"})

    assert reply.status_code == 403
    assert "Please send it once more" in reply.content.decode()


# --- The first page -----------------------------------------------------------------------------------


def test_the_first_page_says_what_the_catalogue_knows(site, client):
    page = get(client, "/")

    for fact in ("NHIMA health", "National Pension Scheme Authority", "Mongu one-stop desk", "933", "116"):
        assert fact in page.said
    assert re.search(r"\*\d+.*#", page.said) is None, "no code is shown before there is one"


def test_the_code_is_shown_once_there_is_one(site, client, settings):
    settings.USSD_CODE = "*999#"
    assert "*999#" in get(client, "/").said


def test_promises_are_counted_from_the_topics_and_the_law_is_marked():
    from cases.catalogue import catalogue

    rows = {row.agency.pk: row for row in promises(catalogue().topics.values(), catalogue().agencies)}

    assert rows["MCDSS"].kinds[0] == [Span(3, 14, by_law=False), Span(5, 5, by_law=True)]
    assert rows["ACC"] == Promise(catalogue().agencies["ACC"], [[], [], [Span(30, 30, by_law=False)]])


def test_building_the_site_again_leaves_an_editors_words_alone(site, client):
    home = HomePage.objects.get()
    home.headline = "Come in"
    home.save_revision().publish()

    build_site()

    assert "Come in" in get(client, "/").said
    assert HomePage.objects.get().full_url == "http://127.0.0.1:8000/"


def test_editors_change_the_texts_of_the_handset_and_no_odd_sign_slips_in(client):
    client.force_login(User.objects.create_superuser("editor"))
    fields = {"key": "SCT", "language": "en", "title": "Pay days", "text": "Ask at the post.", "source": "", "order": 1}

    assert client.get("/cms/").status_code == 200
    fields["action-publish"] = "1"
    refused = client.post("/cms/snippets/channels/infotext/add/", {**fields, "text": "Ask 家 at the post."})
    nobodys = client.post("/cms/snippets/channels/infotext/add/", {**fields, "language": "xx", "key": "NONSENSE"})
    taken = client.post("/cms/snippets/channels/infotext/add/", fields)

    assert nobodys.status_code == 200  # a language nobody speaks: it would be read out to nobody
    assert (refused.status_code, taken.status_code) == (200, 302)
    assert "A phone cannot show: 家" in unescape(refused.content.decode())
    assert InfoText.objects.filter(title="Pay days").count() == 1


# --- The phone on the screen --------------------------------------------------------------------------


def test_the_phone_shows_the_texts_of_its_own_numbers_only(client):
    mine, somebody = make_citizen(phone=SIMS[0].phone), make_citizen(phone=a_phone())
    open_case(citizen=mine), open_case(citizen=somebody)
    Message.objects.update(state=Message.State.DELIVERED)

    shown = client.get("/simulator/inbox?n=0").json()["texts"]

    assert [text["text"] for text in shown] == [Message.objects.get(phone_index=mine.phone_index).text]
    assert client.get("/simulator/inbox?n=1").json() == {"texts": []}
    for wrong in ("4", "-1", "x", "", "²"):
        assert client.get("/simulator/inbox", {"n": wrong}).status_code == 404


def test_there_is_no_phone_in_production(settings):
    settings.PRODUCTION = True
    try:
        assert reload(urls_simulator).urlpatterns == []
    finally:
        settings.PRODUCTION = False
        reload(urls_simulator)
