"""Ready words: who writes them, where they are offered, how their gaps are filled, and the SMS they become."""

import re

import pytest

from cases import actions, replies
from cases.actions import NotAllowed
from cases.lifecycle import State
from cases.models import CannedReply, Case, Known, Officer, Role
from cases.wording import day
from channels import gsm7
from channels.models import Message
from tests.builders import EVERYTHING, LUSAKA_TOWN, make_case, make_citizen, make_officer, now_of
from tests.desk import case_url, desk_of, send, text_of
from tests.phone import Phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Officer:
    return make_officer(name="Alice Mwale", role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN)


@pytest.fixture
def boss() -> Officer:
    return make_officer(name="Esther Lungu", role=Role.SUPERVISOR)


@pytest.fixture
def head() -> Officer:
    return make_officer(name="Nelson Daka", role=Role.AGENCY_HEAD, agency="NHIMA")


def a_reply(
    text: str = "Please bring your NRC.", *, title: str = "NRC", about: str = "", language: str = "en"
) -> CannedReply:
    kind, _colon, code = about.partition(":")
    scope = {f"{kind}_id": code} if kind else {}
    return CannedReply.objects.create(title=title, text=text, language=language, **scope)


def preview(officer: Officer, case: Case, step: str, htmx: bool = False, **typed: str):
    named = {name if name in ("reply", "put") else f"{step}-{name}": value for name, value in typed.items()}
    headers = {"HX-Request": "true"} if htmx else {}
    return desk_of(officer).post(f"{case_url(case)}preview/", {"step": step, **named}, headers=headers)


def handset(page) -> str:
    shown = re.search(r"<blockquote>(<span>.*?)</blockquote>", page.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]+>", "", shown.group(1)) if shown else ""


# --- Written ------------------------------------------------------------------------------------------------


def test_a_supervisor_writes_changes_and_throws_away_ready_words(boss):
    desk = desk_of(boss)
    typed = {
        "title": "Bring the NRC",
        "about": "topic:nhima-card-inactive",
        "language": "en",
        "text": "Bring your NRC.",
    }
    assert desk.post("/desk/words/", typed).status_code == 303
    reply = CannedReply.objects.get()
    assert (reply.title, reply.topic_id, reply.agency_id, reply.language, reply.text, reply.changed_by) == (
        "Bring the NRC", "nhima-card-inactive", None, "en", "Bring your NRC.", boss,
    )  # fmt: skip
    page = text_of(desk.get("/desk/words/"))
    assert ("Bring the NRC" in page, "English · A card or membership is not active" in page) == (True, True)
    assert desk.post(f"/desk/words/{reply.pk}/", {**typed, "about": "", "text": "Bring it."}).status_code == 303
    reply.refresh_from_db()
    assert (reply.topic_id, reply.text) == (None, "Bring it.")
    assert [desk.post(f"/desk/words/{reply.pk}/gone/").status_code for _ in range(2)] == [303, 303]
    assert CannedReply.objects.count() == 0


def test_the_same_sent_twice_is_one_and_another_of_the_same_name_is_refused(boss):
    typed = {"title": "NRC", "about": "", "language": "en", "text": "Bring your NRC."}
    answers = [desk_of(boss).post("/desk/words/", {**typed, "text": text}) for text in ("A", "A", "B")]
    assert [answer.status_code for answer in answers] == [303, 303, 409]
    assert "There is another of this name." in text_of(answers[-1])
    assert CannedReply.objects.get().text == "A"


@pytest.mark.parametrize("text", ["Dear {name}, come.", "Come by {date", "Come} now", "{}", "{ date }"])
def test_words_with_a_gap_that_nothing_fills_are_not_kept(boss, text):
    answer = desk_of(boss).post("/desk/words/", {"title": "Gap", "about": "", "language": "en", "text": text})
    assert (answer.status_code, CannedReply.objects.count()) == (422, 0)
    assert "What can be filled in is {reference}, {date}, {agency}." in text_of(answer)
    with pytest.raises(NotAllowed):
        actions.save_reply(by=boss, title="Gap", text=text, language="en")


def test_an_agency_writes_for_itself_alone(head):
    others, everybodys = a_reply(about="agency:NAPSA"), a_reply()
    own = a_reply(about="topic:nhima-wait")
    desk = desk_of(head)
    assert [desk.get(f"/desk/words/{one.pk}/").status_code for one in (own, others, everybodys)] == [200, 404, 404]
    desk.post(f"/desk/words/{others.pk}/gone/")
    assert CannedReply.objects.count() == 3
    for about in ("", "agency:NAPSA", "topic:napsa-wait"):
        typed = {"title": "Ours?", "about": about, "language": "en", "text": "Words"}
        assert desk.post("/desk/words/", typed).status_code in (409, 422), about
    with pytest.raises(NotAllowed):
        actions.save_reply(by=head, title="Ours?", text="Words", language="en")
    with pytest.raises(NotAllowed):
        actions.drop_reply(by=head, reply=others)
    assert CannedReply.objects.count() == 3


def test_only_supervisors_open_the_page(alice, boss):
    assert [desk_of(who).get("/desk/words/").status_code for who in (alice, boss)] == [403, 200]
    with pytest.raises(NotAllowed):
        actions.save_reply(by=alice, title="Mine", text="Words", language="en")


def test_the_page_shows_how_long_the_words_are_with_and_without_javascript(boss):
    text = "a" * 161
    for headers in ({}, {"HX-Request": "true"}):
        looked = desk_of(boss).post("/desk/words/", {"look": "on", "text": text, "title": "Half a"}, headers=headers)
        assert "2 SMS, 161 characters" in text_of(looked)
    filled = desk_of(boss).post("/desk/words/", {"look": "on", "text": "{reference}: by {date}.", "title": "Half a"})
    assert handset(filled) == "1234 5678 9012: by 31/12/2026."
    whole = desk_of(boss).post("/desk/words/", {"look": "on", "text": text, "title": "Half a"})
    assert 'value="Half a"' in whole.content.decode()
    assert CannedReply.objects.count() == 0


# --- Offered ------------------------------------------------------------------------------------------------


def test_those_for_the_matter_come_first_and_those_of_others_not_at_all(alice):
    a_reply(title="For all")
    a_reply(title="For NHIMA", about="agency:NHIMA")
    a_reply(title="For cards", about="topic:nhima-card-inactive")
    a_reply(title="For NAPSA", about="agency:NAPSA")
    a_reply(title="For waiting", about="topic:nhima-wait")
    a_reply(title="Bemba cards", about="topic:nhima-card-inactive", language="bem")
    case = make_case(citizen=make_citizen(language="bem"))
    assert [reply.title for reply in replies.fitting(case)] == ["Bemba cards", "For cards", "For NHIMA", "For all"]
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    page = desk_of(alice).get(case_url(case)).content.decode()
    offered = re.findall(r'<select name="reply" id="reply-(\w+)">(.*?)</select>', page)
    assert [step for step, _options in offered] == ["resolve", "ask", "inform"]
    for _step, options in offered:
        assert re.findall(r">([\w ]+)</option>", options)[1:] == ["For cards", "For NHIMA", "For all"]


def test_ready_words_are_put_behind_what_was_typed_with_their_gaps_filled(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    reply = a_reply("{agency} will answer {reference} by {date}.")
    filled = f"NHIMA health will answer {case} by {day(case.resolve_due)}."
    whole = preview(alice, case, "resolve", decision="upheld", words="Dear Grace,", reply=str(reply.pk), put="in")
    assert whole.status_code == 200
    assert f">\nDear Grace, {filled}</textarea>" in whole.content.decode()
    assert '<option value="upheld" selected>' in whole.content.decode()
    assert "was not sent yet" not in text_of(whole)
    alone = preview(alice, case, "resolve", htmx=True, words="", reply=str(reply.pk), put="in")
    assert f">\n{filled}</textarea>" in alone.content.decode()
    assert "<html" not in alone.content.decode()
    assert (now_of(case).state, case.events.count()) == (State.IN_PROGRESS, 2)


def test_the_agency_in_ready_words_is_named_in_the_citizens_language():
    case = make_case(citizen=make_citizen(language="bem"))
    assert replies.fill("{agency}: {reference}", case) == f"NHIMA ya fipatala: {case}"


def test_a_reply_of_another_agency_cannot_be_put_in_by_its_number(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    other = a_reply("Secret words of NAPSA.", about="agency:NAPSA")
    page = preview(alice, case, "resolve", words="Mine.", reply=str(other.pk), put="in")
    assert "Secret words" not in text_of(page)
    assert ">\nMine.</textarea>" in page.content.decode()


@pytest.mark.parametrize("step", ["ask", "resolve"])
def test_words_with_a_gap_left_do_not_go_out(alice, step):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    answer = send(alice, case, step, seen=2, decision="upheld", words="Dear {name}, your card works.")
    assert (answer.status_code, now_of(case).state) == (422, State.IN_PROGRESS)
    assert "{name} is still to be filled in." in text_of(answer)
    assert "Dear {name}, your card works." in text_of(answer)


# --- Foreseen -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["ask", "resolve"])
@pytest.mark.parametrize("language", ["en", "bem", "ny"])
@pytest.mark.parametrize("topic", ["nhima-card-inactive", "nhima-facility"])
@pytest.mark.parametrize("words", ["Short.", "It’s “done” – at last…", "long " * 120], ids=["short", "curly", "long"])
def test_the_preview_is_the_very_sms_that_goes_out(step, language, topic, words):
    phone = Phone()
    dora = make_officer(name="Dora Zulu", role=Role.SUPERVISOR, clearances=EVERYTHING)
    citizen = make_citizen(phone=phone.number, language=language)
    case = make_case(state=State.IN_PROGRESS, officer=dora, citizen=citizen, topic=topic)
    foreseen = actions.foresee_sms(case=case, step=step, said=words, decision="upheld" if step == "resolve" else "")
    assert send(dora, case, step, seen=9, words=words, decision="upheld").status_code == 303
    sent = case.messages.latest("pk")
    assert ("".join(foreseen.parts), len(foreseen.parts)) == (sent.text, sent.parts)
    assert foreseen.septets == gsm7.septets(sent.text)
    assert foreseen.shortened == (words.startswith("long") and topic == "nhima-card-inactive")


def test_the_page_draws_the_sms_before_it_goes_out(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    for htmx in (False, True):
        page = preview(alice, case, "ask", htmx=htmx, words="Which clinic was it?")
        assert "NHIMA health asks about" in handset(page)
        assert "Which clinic was it? Please reply to this SMS." in handset(page)
        assert "1 SMS, " in text_of(page)
    assert Message.objects.filter(notice="ask").count() == 0
    cut = text_of(preview(alice, case, "ask", words="Which clinic was it? " * 30))
    assert "their end is cut off in the SMS" in cut


def test_where_no_sms_goes_out_the_preview_says_so(alice):
    phone = Phone()
    silent = make_case(state=State.IN_PROGRESS, officer=alice, citizen=make_citizen(phone=phone.number))
    phone.text("STOP")
    nameless = make_case(state=State.IN_PROGRESS, officer=alice, known=Known.ANONYMOUS)
    for case in (silent, nameless):
        assert "No SMS goes out" in text_of(preview(alice, case, "resolve", words="It works."))


def test_previewing_a_case_one_may_not_see_is_as_if_it_were_not_there(alice):
    hidden = make_case(topic="nhima-facility")
    assert preview(alice, hidden, "note", words="?").status_code == 404
    assert desk_of(alice).get(f"{case_url(make_case())}preview/").status_code == 405


def test_previewing_is_reading_a_sensitive_case():
    dora = make_officer(clearances=EVERYTHING)
    case = make_case(topic="nhima-facility")
    preview(dora, case, "note", words="?")
    assert case.events.filter(kind="read", officer=dora).count() == 1


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 152 + "[" + "b" * 10, [152, 11]),
        ("ж" * 71, [67, 4]),
        ("", [0]),
    ],
)
def test_a_long_text_is_cut_where_the_network_cuts_it(text, lengths):
    pieces = gsm7.cut(text)
    assert [len(piece) for piece in pieces] == lengths
    assert "".join(pieces) == text
    assert gsm7.parts(text) == len(lengths)
