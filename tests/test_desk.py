"""The desk as its officers meet it: Alice owns a case, Bob sits beside her, Charlie's agency is another, Dora is cleared."""

import re
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.urls import reverse

from cases import actions, desk_words, urls
from cases.cards import read_nrc
from cases.catalogue import catalogue
from cases.forms.fields import read_phone, topics
from cases.forms.listing import _colleagues
from cases.forms.steps import STEP_FORMS
from cases.lifecycle import ENTRIES, STEPS, State
from cases.models import Case, Citizen, Event, Known, Officer, Role
from cases.pack import Sensitivity
from cases.permissions import possible
from cases.views.frame import home
from channels.models import Message
from tests.asked import asked
from tests.builders import (
    EVERYTHING,
    KAFUE,
    LUSAKA,
    LUSAKA_TOWN,
    MONGU,
    an_agency,
    make_case,
    make_citizen,
    make_officer,
    now_of,
    on,
)
from tests.desk import buttons, case_url, desk_of, send, text_of
from tests.phone import Phone

pytestmark = pytest.mark.django_db

PRIVATE_TOPIC = "nhima-facility"


# --- The people ----------------------------------------------------------------------------------------


@pytest.fixture
def alice() -> Officer:
    return make_officer(name="Alice Mwale", role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN)


@pytest.fixture
def bob() -> Officer:
    return make_officer(name="Bob Banda", role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN)


@pytest.fixture
def charlie() -> Officer:
    return make_officer(name="Charlie Phiri", role=Role.AGENCY, agency="NAPSA", place=LUSAKA_TOWN)


@pytest.fixture
def dora() -> Officer:
    return make_officer(name="Dora Zulu", role=Role.SUPERVISOR, agency="NHIMA", clearances=EVERYTHING)


# --- The door ------------------------------------------------------------------------------------------


EXAMPLES = {"str": "123456789012", "int": "1", "slug": "mongu-desk", "uuid": str(UUID(int=1))}


def desk_addresses() -> Iterator[str]:
    """All but the door for who was invited, and has no log-in yet."""
    for pattern in urls.urlpatterns:
        if str(pattern.pattern).startswith("desk/") and not str(pattern.pattern).startswith("desk/welcome/"):
            yield "/" + re.sub(r"<(\w+):\w+>", lambda kind: EXAMPLES[kind[1]], str(pattern.pattern))


def test_every_address_of_the_desk_sends_a_stranger_to_the_log_in():
    for address in desk_addresses():
        for answer in (Client().get(address), Client().post(address)):
            assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={address}")


def test_a_user_without_an_office_is_told_so_in_a_friendly_way():
    client = Client()
    client.force_login(User.objects.create(username="clerk"))
    for address in desk_addresses():
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 403, address
            assert "You have no desk yet" in text_of(answer), address


def test_who_left_the_office_is_out(alice):
    Officer.objects.update(active=False)
    assert desk_of(alice).get("/desk/").status_code == 403


def test_an_officer_logs_in_with_a_name_and_a_password_and_leaves_by_a_button(alice):
    alice.user.set_password("seven green hills")
    alice.user.save()
    client = Client()
    wrong = client.post("/accounts/login/", {"login": "alice-mwale", "password": "seven blue hills"})
    assert 'role="alert"' in wrong.content.decode()
    right = client.post("/accounts/login/", {"login": "alice-mwale", "password": "seven green hills"})
    assert (right.status_code, right.url) == (302, "/desk/")
    client.get("/accounts/logout/")
    assert client.get("/desk/").status_code == 200, "looking at the page logs nobody out"
    client.post("/accounts/logout/")
    assert client.get("/desk/").status_code == 302


def test_an_officer_adds_a_second_step_to_the_log_in(alice):
    alice.user.set_password("seven green hills")
    alice.user.save()
    words = {"login": "alice-mwale", "password": "seven green hills"}
    client = Client()
    client.post("/accounts/login/", words)
    client.post("/accounts/reauthenticate/", {"password": "seven green hills"})
    set_up = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert 'src="data:image/svg+xml' in set_up
    secret = re.search(r'value="([A-Z2-7]{32})"', set_up).group(1)
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302

    stranger = Client()
    assert stranger.post("/accounts/login/", words).url == "/accounts/2fa/authenticate/"
    assert stranger.get("/desk/").status_code == 302
    cache.clear()  # a code is good once; the next one would be thirty seconds away
    assert stranger.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).url == "/desk/"
    assert stranger.get("/desk/").status_code == 200


def code_of(secret: str) -> str:
    """What the authenticator on her phone shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


def test_nobody_signs_up_by_themselves():
    answer = Client().post("/accounts/signup/", {"username": "eve", "password1": "a", "password2": "a"})
    assert not User.objects.filter(username="eve").exists()
    assert answer.status_code == 200


def test_pages_of_the_desk_are_kept_by_no_cache(alice):
    case = make_case()
    for address in ("/desk/", case_url(case), "/desk/new/"):
        assert "no-store" in desk_of(alice).get(address)["Cache-Control"]


# --- Who sees what --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("officer", "case", "seen"),
    [
        ({"agency": "NHIMA", "place": LUSAKA_TOWN}, {}, True),
        ({"agency": "NHIMA", "place": "ZM105"}, {}, True),
        ({"agency": "NHIMA"}, {}, True),
        ({"place": LUSAKA_TOWN}, {}, True),
        ({"agency": "NAPSA", "place": LUSAKA_TOWN}, {}, False),
        ({"agency": "NHIMA", "place": KAFUE}, {}, False),
        ({"agency": "NHIMA", "place": MONGU}, {}, False),
        ({"agency": "NHIMA", "place": LUSAKA_TOWN}, {"topic": PRIVATE_TOPIC}, False),
        ({"agency": "NHIMA", "clearances": [Sensitivity.PRIVATE]}, {"topic": PRIVATE_TOPIC}, True),
        ({"agency": "NHIMA", "clearances": [Sensitivity.CORRUPTION]}, {"topic": PRIVATE_TOPIC}, False),
        ({"agency": "NHIMA", "clearances": EVERYTHING}, {"topic": "nhima-bribe"}, False),
        ({"agency": "ACC", "clearances": EVERYTHING}, {"topic": "nhima-bribe"}, True),
    ],
)
def test_what_an_officer_may_not_see_does_not_exist(officer, case, seen):
    found, somebody = make_case(**case), make_officer(role=Role.AGENCY, **officer)
    desk = desk_of(somebody)
    assert desk.get(case_url(found)).status_code == (200 if seen else 404)
    assert desk.post(case_url(found), {"step": "take", "take-seen": 0}).status_code == (303 if seen else 404)
    for address in (
        "/desk/",
        "/desk/?kind=complaint",
        f"/desk/?reference={found.reference}&state={now_of(found).state}",
    ):
        assert (str(found) in text_of(desk.get(address))) == seen
    by_number = desk.post("/desk/cases/", {"q": found.reference})
    assert by_number.status_code == (303 if seen else 200)


def test_a_case_that_is_not_there_and_one_that_is_not_ours_look_the_same(charlie):
    hidden = make_case()
    answers = [desk_of(charlie).get(f"/desk/cases/{number}/") for number in (hidden.reference, "000000000000")]
    assert answers[0].status_code == answers[1].status_code == 404
    assert text_of(answers[0]) == text_of(answers[1])


@pytest.mark.parametrize(
    ("known", "title"), [(Known.HIDDEN, "Number hidden by the citizen"), (Known.ANONYMOUS, "Anonymous")]
)
def test_whoever_hides_is_not_on_the_page(alice, known, title):
    citizen = make_citizen(phone="+260977000111", nrc="123456/78/9", name="Mutale Chanda")
    form = '{"name": "Mutale Chanda", "nrc": "123456/78/9", "work": "trading"}'
    case = make_case(topic="register-nhima", known=known, citizen=citizen, form=form)
    page = desk_of(alice).get(case_url(case))
    assert title in text_of(page)
    assert "Trading" in text_of(page)
    for secret in ("Mutale", "Chanda", "977000111", "97 7000111", "123456"):
        assert secret not in page.content.decode()


def test_whoever_gave_their_number_can_be_called(alice):
    case = make_case(citizen=make_citizen(phone="+260977000111", nrc="123456/78/9", name="Mutale Chanda"))
    page = text_of(desk_of(alice).get(case_url(case)))
    assert all(fact in page for fact in ("Mutale Chanda", "+260 97 7000111", "123456/78/9"))


@pytest.mark.parametrize("typed", ["0977000111", "+260 977 000 111", "123456/78/9", "123456789"])
def test_searching_finds_who_is_known_and_never_who_hides(alice, charlie, typed):
    citizen = make_citizen(phone="+260977000111", nrc="123456/78/9")
    open_ = make_case(citizen=citizen)
    hidden = make_case(citizen=citizen, known=Known.HIDDEN)
    private = make_case(citizen=citizen, topic=PRIVATE_TOPIC)
    page = text_of(desk_of(alice).post("/desk/cases/", {"q": typed}))
    assert [str(case) in page for case in (open_, hidden, private)] == [True, False, False]
    assert "Nothing found" in text_of(desk_of(charlie).post("/desk/cases/", {"q": typed}))
    phone, nrc = ("", typed) if "/" in typed or len(typed) == 9 else (typed, "")
    looked = text_of(desk_of(alice).post("/desk/new/known/", {"phone": phone, "nrc": nrc}))
    assert [str(case) in looked for case in (open_, hidden, private)] == [True, False, False]


def test_a_number_that_hides_looks_like_a_number_nobody_has(alice):
    make_case(citizen=make_citizen(phone="+260977000111"), known=Known.HIDDEN)
    hidden, unknown = (
        desk_of(alice).post("/desk/new/known/", {"phone": phone}).content for phone in ("0977000111", "0977000222")
    )
    assert hidden == unknown


def test_every_reading_of_a_sensitive_case_is_in_its_history_once(dora):
    private, open_ = make_case(topic=PRIVATE_TOPIC), make_case()
    desk = desk_of(dora)
    for case in (private, private, open_):
        desk.get(case_url(case))
    with on(catalogue().today() + timedelta(days=1)):
        desk.get(case_url(private))
    assert list(Event.objects.filter(kind="read").values_list("case", "officer")) == [(private.pk, dora.pk)] * 2
    assert "2 readings" in text_of(desk.get(case_url(private)))


def test_who_reads_a_sensitive_case_by_sending_a_wrong_form_has_read_it_too(dora):
    private = make_case(topic=PRIVATE_TOPIC)
    assert send(dora, private, "note", seen=1, words="").status_code == 422
    assert list(private.events.filter(kind="read").values_list("officer", flat=True)) == [dora.pk]


def cost(desk: Client, address: str) -> int:
    with asked() as statements:
        desk.get(address)
    return len(statements)


def test_a_case_costs_the_same_with_a_long_history(alice, bob):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    desk = desk_of(alice)
    desk.get(case_url(case))  # the first look within an hour is written down
    short = cost(desk, case_url(case))
    for words in ("one", "two", "three"):
        actions.add_note(case=case, by=bob, words=words)
    desk.get(case_url(case))  # after what Bob said it is another reading, which is written down
    assert short == cost(desk, case_url(case)) <= 38


# --- What can be done -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "state"),
    [*((Role.SUPERVISOR, state) for state in State.values), *((role, State.IN_PROGRESS) for role in Role.values)],
)
@pytest.mark.parametrize("owner", [True, False])
def test_the_buttons_are_what_is_possible(state, role, owner):
    worker = make_officer(role=Role.DESK)
    case = make_case(state=state, officer=worker)
    somebody = make_officer(role=role)
    if owner and case.officer and role not in (Role.MANAGER, Role.AUDITOR):
        Case.objects.filter(pk=case.pk).update(officer=somebody)
    expected = {step.name for step in possible(somebody, now_of(case))} - BEHIND_REFER
    expected -= {"unname_officer", "detach", "unlink"}  # nobody is named, nothing lies beside it
    expected -= {"check_off", "sheet", "enrol"}  # it is no registration
    if somebody.agency_id:
        expected -= {"come_back"}  # another one was asked
    if state == State.WAITING:
        expected -= {"inform"}  # whatever the citizen says now is the answer: one button, not two
    page = desk_of(somebody).get(case_url(case))
    assert buttons(page) == expected
    for step in set(STEP_FORMS) - expected:
        assert STEPS[step].name not in buttons(page)


BEHIND_REFER = {"seek", "propose"}  # one form asks another agency, whoever has to agree


def test_every_step_an_officer_may_take_has_a_form():
    assert {step for step, move in STEPS.items() if "officer" in move.actors} == set(STEP_FORMS) | BEHIND_REFER


def test_every_event_has_a_headline():
    assert {*STEPS, *ENTRIES} == set(desk_words.HEADLINES)


def test_a_case_travels_from_nobody_to_its_answer(alice):
    case = make_case(words="The clinic says my card is dead.")
    assert send(alice, case, "take").status_code == 303
    assert send(alice, case, "ask", seen=2, words="Which clinic?").status_code == 303
    assert send(alice, case, "hear", seen=3, words="The one in Chilenje.").status_code == 303
    assert send(alice, case, "note", seen=4, words="Called them.").status_code == 303
    assert send(alice, case, "resolve", seen=5, decision="upheld", words="It works again.").status_code == 303
    assert send(alice, case, "close", seen=6).status_code == 303
    case = now_of(case)
    assert (case.state, case.officer, case.decision, case.closed_by) == ("closed", alice, "upheld", "agency")
    kinds = case.events.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["open", "take", "ask", "hear", "note", "resolve", "close"]
    page = text_of(desk_of(alice).get(case_url(case)))
    said = [
        "The clinic says my card is dead.",
        "Case opened: Phone menu",
        "Taken",
        "Question to the citizen",
        "Which clinic?",
        "Answer from the citizen",
        "The one in Chilenje.",
        "Note, for the office only",
        "Called them.",
        "Answered with a decision: You were right",
        "It works again.",
        "Closed by the agency",
    ]
    places = [page.rindex(words) for words in said]  # the answer stands above the history as well
    assert places == sorted(places)


def test_what_is_typed_is_shown_and_never_run(alice):
    case = make_case(words="<script>alert(1)</script>")
    assert "<script>alert" not in desk_of(alice).get(case_url(case)).content.decode()


def test_bob_is_told_that_alice_was_faster(alice, bob):
    case = make_case()
    send(alice, case, "take")
    answer = send(bob, case, "take")
    assert answer.status_code == 409
    assert "Alice Mwale has already taken this case." in text_of(answer)
    assert now_of(case).officer == alice


def test_a_refusal_loses_nothing_that_was_typed(alice, bob):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    actions.hand_over(case=case, by=alice, to=bob)
    answer = send(alice, case, "resolve", seen=2, decision="upheld", words="Please bring your card on Monday.")
    assert answer.status_code == 409
    assert "Nothing was changed" in text_of(answer)
    assert "Please bring your card on Monday." in text_of(answer)
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    blank = send(alice, case, "resolve", seen=2, decision="", words="Please bring your card on Monday.")
    assert blank.status_code == 422
    assert "Please bring your card on Monday." in text_of(blank)
    assert now_of(case).state == State.IN_PROGRESS


def test_the_question_to_someone_without_a_number_is_refused_with_a_reason(alice):
    case = make_case(known=Known.ANONYMOUS)
    send(alice, case, "take")
    answer = send(alice, case, "ask", seen=2, words="Which clinic?")
    assert answer.status_code == 409
    assert "There is no phone number to ask." in text_of(answer)
    assert "Which clinic?" in text_of(answer)


@pytest.mark.parametrize(
    ("state", "step", "typed"),
    [
        (State.RECEIVED, "take", {}),
        (State.IN_PROGRESS, "note", {"words": "Called them."}),
        (State.IN_PROGRESS, "inform", {"words": "She came again."}),
        (State.IN_PROGRESS, "ask", {"words": "Which clinic?"}),
        (State.IN_PROGRESS, "refer", {"words": "Please look.", "agency": "NAPSA", "consent": "nothing"}),
        (State.IN_PROGRESS, "resolve", {"words": "It works.", "decision": "upheld"}),
        (State.WAITING, "hear", {"words": "In Chilenje."}),
        (State.RESOLVED, "close", {}),
    ],
)
def test_a_form_sent_twice_acts_once_and_says_so_calmly(alice, state, step, typed):
    case = make_case(state=state, officer=alice)
    seen = case.events.count()
    answers = [send(alice, case, step, seen=seen, **typed).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert case.events.count() == seen + 1


def test_the_same_words_on_another_day_are_another_note(alice):
    case = make_case()
    for seen in (1, 2):
        send(alice, case, "note", seen=seen, words="Called, nobody there.")
    assert case.events.filter(kind="note").count() == 2


def test_two_colleagues_in_a_row_are_two_hand_overs(alice, bob, dora):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    send(alice, case, "hand_over", seen=2, to=bob.pk)
    send(bob, case, "hand_over", seen=2, to=alice.pk)
    send(alice, case, "hand_over", seen=2, to=dora.pk)
    assert now_of(case).officer == dora


def test_a_case_is_given_only_to_somebody_who_may_have_it(alice, bob, charlie, dora):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    desk_officer = make_officer(name="Esther Lungu", place=LUSAKA_TOWN)
    far = make_officer(name="Felix Mumba", agency="NHIMA", place=MONGU)
    auditor = make_officer(name="Grace Soko", role=Role.AUDITOR)
    gone = make_officer(name="Henry Daka", active=False)
    page = text_of(desk_of(alice).get(case_url(case)))
    offered = [who for who in (bob, dora, desk_officer, charlie, far, auditor, gone) if str(who) in page]
    assert offered == [bob, dora, desk_officer]
    assert send(alice, case, "hand_over", seen=2, to=charlie.pk).status_code == 422
    assert now_of(case).officer == alice


def test_another_agency_answers_what_it_was_asked_and_nothing_else(alice, charlie):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    assert desk_of(charlie).get(case_url(case)).status_code == 404
    send(alice, case, "refer", seen=2, agency="NAPSA", words="Does the employer pay?", consent="nothing")
    page = desk_of(charlie).get(case_url(case))
    assert "Does the employer pay?" in text_of(page)
    assert buttons(page) == {"come_back", "note", "attach", "inform"}
    ours = {"hand_over", "inform", "note", "attach", "link", "name_officer", "recall"}
    assert buttons(desk_of(alice).get(case_url(case))) == ours
    referral = case.referrals.get()
    send(charlie, case, "come_back", seen=3, referral=referral.pk, answer="accepted")
    assert (now_of(case).state, case.referrals.get().state) == (State.REFERRED, "accepted")
    done = send(charlie, case, "come_back", seen=4, referral=referral.pk, answer="done", words="He pays since May.")
    assert done.status_code == 303
    assert (now_of(case).state, now_of(case).officer) == (State.IN_PROGRESS, alice)


def test_who_gives_a_case_back_without_a_reason_is_asked_for_it_and_then_sees_it_no_more(alice, charlie):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    actions.refer(case=case, by=alice, agency=an_agency("NAPSA"), words="Yours?")
    referral = case.referrals.get()
    without = send(charlie, case, "come_back", seen=3, referral=referral.pk, answer="declined")
    assert (without.status_code, "Please write down the reason." in text_of(without)) == (409, True)
    declined = send(charlie, case, "come_back", seen=3, referral=referral.pk, answer="declined", words="Not ours.")
    assert (declined.status_code, declined.url) == (303, "/desk/")
    assert desk_of(charlie).get(case_url(case)).status_code == 404


def test_an_sms_nobody_could_place_is_put_where_it_belongs_by_somebody_local(alice):
    Phone().text("They took my card away in Kalingalinga and now my child is sick.")
    case = Case.objects.get()
    local = make_officer(name="Lweendo", place=LUSAKA_TOWN, clearances=[Sensitivity.PRIVATE])
    assert [str(case) in text_of(desk_of(officer).get("/desk/")) for officer in (local, alice)] == [True, False]

    typed = {"topic": "nhima-card-inactive", "place": LUSAKA_TOWN, "words": "She means the health card."}
    assert [send(local, case, "sort", seen=1, **typed).status_code for _ in range(2)] == [303, 303]

    page = text_of(desk_of(alice).get(case_url(case)))
    assert str(case) in text_of(desk_of(alice).get("/desk/?group=nobody"))
    assert "now my child is sick" in page
    assert (
        "Put where it belongs: A question that has not been sorted yet → A card or membership is not active, Lusaka"
        in page
    )
    assert "She means the health card." in page
    assert case.events.filter(kind="sort").count() == 1


def test_who_sorts_a_case_away_is_told_that_it_is_with_others_now():
    case = make_case(topic="other-complaint", place=None)
    desk = desk_of(make_officer(agency="MCDSS", clearances=[Sensitivity.PRIVATE]))
    fields = {"step": "sort", "sort-seen": 1, "sort-topic": "nhima-card-inactive", "sort-place": KAFUE}
    page = desk.post(case_url(case), fields, follow=True)
    assert (page.redirect_chain, now_of(case).agency_id) == ([("/desk/", 303)], "NHIMA")
    assert f"{case} is with others now. You do not see it any more." in text_of(page)


@pytest.mark.parametrize("direction", ["in", "out"])
def test_no_pin_in_an_sms_is_for_the_office_to_read_whoever_wrote_it(alice, direction):
    case = make_case()
    said = {"phone": "+260970000001", "phone_index": "", "state": "handled", "direction": direction}
    Message.objects.create(case=case, text=f"{case} PIN 482913, my NRC is 123456/78/9", **said)
    page = text_of(desk_of(alice).get(case_url(case)))
    assert "482913" not in page
    assert f"{case} PIN ••••••, my NRC is 123456/78/9" in page


def test_who_wants_no_sms_is_not_asked_by_sms_and_the_clock_goes_on(alice):
    phone = Phone()
    case = make_case(state=State.IN_PROGRESS, officer=alice, citizen=make_citizen(phone=phone.number))
    phone.text("STOP")
    answer = send(alice, case, "ask", seen=2, words="Which clinic?")
    assert (answer.status_code, now_of(case).state) == (409, State.IN_PROGRESS)
    assert "The citizen wants no SMS. Call them, or write a note." in text_of(answer)
    phone.text("START")
    assert send(alice, case, "ask", seen=2, words="Which clinic?").status_code == 303


def test_a_supervisor_moves_a_case_up_and_is_told_when_it_cannot_go_higher(dora):
    case = make_case()
    assert send(dora, case, "escalate", seen=1).status_code == 303
    again = send(dora, case, "escalate", seen=2)
    assert (again.status_code, now_of(case).level) == (409, 2)
    assert "It cannot move up now" in text_of(again)


def test_an_appeal_and_what_it_appeals_against_lead_to_each_other(alice, charlie):
    case = make_case(state=State.RESOLVED, officer=alice)
    appeal = actions.appeal(case=case, words="I was there.", channel="ussd").case
    assert str(appeal) in text_of(desk_of(alice).get(case_url(case)))
    assert str(case) in text_of(desk_of(alice).get(case_url(appeal)))


def test_an_sms_stands_with_its_event_and_never_shows_a_pin_or_a_code(alice):
    case = make_case(state=State.WAITING, officer=alice)
    actions.issue_code(case=case)
    code = case.messages.get(notice="code").text
    page = text_of(desk_of(alice).get(case_url(case)))
    assert "SMS: Waiting to be sent" in page
    assert re.search(r"\d{6}", code)
    assert re.search(r"\d{6}", code).group() not in page
    assert "Your code is ••••••." in page


def test_ten_officers_press_the_same_button_and_one_has_the_case(transactional_db):
    case = make_case()
    officers = [make_officer(name=f"Officer {number}", clearances=EVERYTHING) for number in range(10)]
    desks = [desk_of(officer) for officer in officers]
    start = threading.Barrier(len(desks))
    answers: list[int] = []

    def reach(desk: Client) -> None:
        start.wait()
        answers.append(desk.post(case_url(case), {"step": "take", "take-seen": 1}).status_code)
        connections.close_all()

    threads = [threading.Thread(target=reach, args=[desk]) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303] + [409] * 9
    assert list(case.events.values_list("kind", "officer")) == [("open", None), ("take", now_of(case).officer_id)]


# --- The clock in words -----------------------------------------------------------------------------------

FRIDAY = date(2026, 12, 4)


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 12, 6), "2 days late"),
        (date(2026, 12, 5), "1 day late"),
        (date(2026, 12, 4), "due today"),
        (date(2026, 12, 3), "due tomorrow"),
        (date(2026, 11, 30), "due on Friday"),
        (date(2026, 11, 20), "due 4 December"),
    ],
)
def test_a_line_says_when_it_is_due(today, words):
    assert desk_words.due(Case(state=State.RECEIVED, resolve_due=FRIDAY), today) == words


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 12, 5), "take it now"),
        (date(2026, 12, 4), "take it today"),
        (date(2026, 11, 30), "take it by Friday"),
        (date(2026, 11, 20), "take it by 4 December"),
    ],
)
def test_a_line_says_by_when_somebody_must_take_it(today, words):
    assert desk_words.take_by(Case(state=State.RECEIVED, acknowledge_due=FRIDAY), today) == words
    assert desk_words.take_by(Case(state=State.IN_PROGRESS, acknowledge_due=FRIDAY), today) == ""


@pytest.mark.parametrize(
    ("facts", "today", "words"),
    [
        ({}, date(2026, 12, 1), "Due Friday 4 December."),
        (
            {"state": State.RECEIVED, "acknowledge_due": date(2026, 12, 2)},
            date(2026, 12, 1),
            "Due Friday 4 December; to be taken by Wednesday 2 December.",
        ),
        (
            {"state": State.RECEIVED, "acknowledge_due": date(2026, 11, 30)},
            date(2026, 12, 1),
            "Due Friday 4 December; somebody should have taken it by Monday 30 November.",
        ),
        ({}, date(2026, 12, 5), "Was due Friday 4 December, 1 day ago."),
        (
            {"days_paused": 2},
            date(2026, 12, 1),
            "Due Friday 4 December; 2 days paused while we waited for the citizen.",
        ),
        (
            {"state": State.WAITING},
            date(2026, 12, 1),
            "Due Friday 4 December at the latest; the clock stands still while we wait for the citizen.",
        ),
        ({}, date(2025, 12, 1), "Due Friday 4 December 2026."),
    ],
)
def test_the_clock_says_the_whole_promise(facts, today, words):
    case = Case(**{"state": State.IN_PROGRESS, "resolve_due": FRIDAY, **facts})
    assert desk_words.clock(case, today, catalogue().day_of) == words


def test_an_answer_says_whether_it_was_in_time(alice):
    with on(date(2026, 4, 1)):
        case = make_case(state=State.RESOLVED, officer=alice)
        assert "Answered Wednesday 1 April, in time." in text_of(desk_of(alice).get(case_url(case)))


# --- The walk-in --------------------------------------------------------------------------------------------


def walk_in(officer: Officer, client: Client | None = None, **changed: Any) -> Any:
    typed = {
        "once": "one-page",
        "known": "number",
        "phone": "0977 000 111",
        "nrc": "",
        "name": "Mutale Chanda",
        "topic": "nhima-card-inactive",
        "place": LUSAKA_TOWN,
        "language": "en",
        "words": "My card does not work.",
    }
    return (client or desk_of(officer)).post("/desk/new/", {**typed, **changed})


def test_a_walk_in_becomes_one_case_with_a_receipt_that_shows_its_pin_once(alice):
    desk = desk_of(alice)
    assert (walk_in(alice, desk).status_code, walk_in(alice, desk).url) == (303, "/desk/new/receipt/")
    case = Case.objects.get()
    assert (case.topic_id, case.place_id, case.channel, case.words, case.citizen.phone, case.citizen.name) == (
        "nhima-card-inactive",
        LUSAKA_TOWN,
        "desk",
        "My card does not work.",
        "+260977000111",
        "Mutale Chanda",
    )
    first, second = text_of(desk.get("/desk/new/receipt/")), text_of(desk.get("/desk/new/receipt/"))
    pin = re.search(r"PIN (\d{6})", first).group(1)
    assert case.pin_index == actions.pin_index(case.reference, pin)
    assert (str(case) in first, str(case) in second, pin in second) == (True, True, False)
    assert "The PIN was shown once" in second
    assert walk_in(alice, desk).status_code == 303, "back, and sent again"
    assert Case.objects.get().pin_index == case.pin_index, "the PIN on the paper stays good"


def test_the_pin_waits_for_its_showing_sealed(alice):
    desk = desk_of(alice)
    walk_in(alice, desk)
    kept = dict(desk.session)
    pin = re.search(r"PIN (\d{6})", text_of(desk.get("/desk/new/receipt/"))).group(1)
    assert pin not in str(kept)
    assert "receipt_pin" not in desk.session


def test_ten_clicks_at_once_open_one_case_and_all_land_on_its_receipt(transactional_db):
    alice = make_officer(agency="NHIMA")
    cookies = desk_of(alice).cookies.output(attrs=[], header="").strip()
    start = threading.Barrier(10)
    receipts: list[str] = []

    def click() -> None:
        client = Client(headers={"cookie": cookies})
        start.wait()
        receipts.append(text_of(client.get(walk_in(alice, client).url)))
        connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    case = Case.objects.get()
    assert all(str(case) in receipt for receipt in receipts)
    pins = {pin for receipt in receipts for pin in re.findall(r"PIN (\d{6})", receipt)}
    assert [actions.pin_index(case.reference, pin) for pin in pins] == [case.pin_index]


def test_a_receipt_without_a_walk_in_leads_to_the_walk_in(alice):
    assert desk_of(alice).get("/desk/new/receipt/").url == "/desk/new/"


def test_a_language_chosen_at_the_desk_is_the_language_of_the_sms(alice):
    citizen = make_citizen(phone="+260977000111", language="ny")
    walk_in(alice, language="", once="one")
    assert [case.language for case in Case.objects.all()] == ["ny"], "nothing chosen, nothing changed"
    walk_in(alice, language="bem", once="two")
    citizen.refresh_from_db()
    case = Case.objects.latest("pk")
    assert (citizen.language, case.language, case.messages.get().language) == ("bem", "bem", "bem")


def test_who_comes_with_the_phone_of_the_household_is_who_they_say(alice):
    make_citizen(phone="+260977000111", nrc="111111/11/1", name="Mary Banda")
    walk_in(alice, name="John Banda", nrc="222222/22/1")
    case = Case.objects.get()
    page = text_of(desk_of(alice).get(case_url(case)))
    assert all(fact in page for fact in ("John Banda", "222222/22/1", "+260 97 7000111"))
    assert not any(fact in page for fact in ("Mary", "111111/11/1", "The form"))
    for typed in ("222222/22/1", "0977000111"):
        assert str(case) in text_of(desk_of(alice).post("/desk/cases/", {"q": typed}))
    assert Citizen.objects.get().name == "Mary Banda"


@pytest.mark.parametrize(("known", "found"), [("number", True), ("hidden", False), ("anonymous", False)])
def test_a_card_shown_with_another_ones_phone_is_found_only_by_who_may_know(alice, known, found):
    make_citizen(phone="+260977000111", name="Mary Banda")
    walk_in(alice, name="John Banda", nrc="222222/22/1", known=known)
    case = Case.objects.get()
    assert (str(case) in text_of(desk_of(alice).post("/desk/cases/", {"q": "222222/22/1"}))) == found
    page = text_of(desk_of(alice).get(case_url(case)))
    assert [fact in page for fact in ("John Banda", "222222/22/1")] == [found, found]
    assert (case.form is None, case.card_index == "") == ((True, True) if known == "anonymous" else (False, False))


def test_one_form_at_the_desk_asks_the_agencies_that_were_ticked(alice):
    walk_in(alice, topic="register-worker", work="green", also_for=["NHIMA", "WCFCB"])
    assert set(Case.objects.get().referrals.values_list("agency", flat=True)) == {"NHIMA", "WCFCB"}
    page = desk_of(alice).get("/desk/new/questions/?topic=register-worker").content.decode()
    assert re.findall(r'name="also_for" value="(\w+)"', page) == ["NHIMA", "NAPSA", "WCFCB"]


def test_a_form_for_several_names_one_at_least_and_other_matters_ask_nobody_else(alice):
    none = walk_in(alice, topic="register-worker")
    assert (none.status_code, "Choose at least one." in text_of(none)) == (422, True)
    walk_in(alice, also_for=["NHIMA", "NAPSA"])
    assert Case.objects.get().referrals.count() == 0


def test_who_stays_anonymous_leaves_nothing_behind(alice):
    assert walk_in(alice, known="anonymous", nrc="123456/78/9").status_code == 303
    assert (Case.objects.get().citizen, Citizen.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"phone": "12345"}, "This is not a phone number of Zambia. Write it like "),
        ({"phone": "+4915112345678"}, "This is not a phone number of Zambia."),
        ({"phone": ""}, "Write a phone number or an NRC number, or choose anonymous."),
        ({"phone": "", "nrc": "123456/78/9", "known": "hidden"}, "A hidden number must be known to the system"),
        ({"topic": "sold-the-moon"}, "Select a valid choice."),
        ({"place": "ZM999"}, "Select a valid choice."),
        ({"words": " "}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(alice, changed, sentence):
    answer = walk_in(alice, **{"words": "My card is dead.", "name": "Chola", **changed})
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert sentence in text_of(answer)
    assert 'value="Chola"' in answer.content.decode()


def test_an_odd_nrc_is_remarked_on_and_believed(alice):
    desk = desk_of(alice)
    looked = text_of(desk.post("/desk/new/known/", {"nrc": "12/34"}))
    assert "This NRC number looks unusual" in looked
    assert walk_in(alice, desk, nrc="12/34").status_code == 303
    assert Case.objects.get().citizen.nrc == "12/34"
    assert "The NRC number looks unusual" in text_of(desk.get("/desk/new/receipt/"))


def test_a_number_typed_shows_the_open_cases_with_and_without_javascript(alice):
    citizen = make_citizen(phone="+260977000111")
    case, closed = make_case(citizen=citizen), make_case(citizen=citizen, state=State.CLOSED)
    for answer in (
        desk_of(alice).post("/desk/new/known/", {"phone": "0977000111"}, headers={"HX-Request": "true"}),
        walk_in(alice, look="on", words="Half a sen"),
    ):
        assert (str(case) in text_of(answer), str(closed) in text_of(answer)) == (True, False)
    assert "Half a sen" in text_of(answer)
    assert "This field is required" not in text_of(answer)
    assert Case.objects.count() == 2


def test_a_receipt_for_a_matter_the_desk_may_not_see_names_nothing_of_it(alice):
    desk = desk_of(alice)
    walk_in(alice, desk, topic="violence")
    receipt = text_of(desk.get("/desk/new/receipt/"))
    case = Case.objects.get()
    assert str(case) in receipt
    assert case.topic.name not in receipt
    assert "You do not see it in your worklist." in receipt
    assert case.reference not in desk.get("/desk/new/receipt/").content.decode().replace(str(case), "")


def test_one_kind_of_topics_is_fetched_alone(alice):
    page = desk_of(alice).get("/desk/new/?kind=registration", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert set(re.findall(r'<option value="([\w-]+)"', page)) == {
        code for code, topic in catalogue().topics.items() if topic.kind == "registration"
    }
    assert {code for _heading, group in topics()[1:] for code, _name in group} == set(catalogue().topics)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_who_oversees_opens_no_cases(role):
    overseer = make_officer(role=role)
    assert desk_of(overseer).get("/desk/new/").status_code == 403
    assert walk_in(overseer).status_code == 403
    assert Case.objects.count() == 0
    assert "/desk/new/" not in desk_of(overseer).get("/desk/").content.decode()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("0977123456", "+260977123456"),
        ("097 712 3456", "+260977123456"),
        ("+260 97 7123456", "+260977123456"),
        ("260977123456", "+260977123456"),
        ("977123456", "+260977123456"),
        ("123", ""),
        ("+49 151 12345678", ""),
        ("Mutale", ""),
    ],
)
def test_a_phone_number_is_read_as_people_write_it(typed, read):
    assert read_phone(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [("123456/78/9", "123456/78/9"), ("123456 78 9", "123456/78/9"), ("123456789", "123456/78/9"), (" ab1 ", "AB1")],
)
def test_a_card_number_is_read_as_people_write_it(typed, read):
    assert read_nrc(typed) == read


def test_a_search_by_the_whole_number_leads_to_the_case(alice):
    case = make_case(place=LUSAKA_TOWN)
    for typed in (case.reference, str(case), f" {case} "):
        answer = desk_of(alice).post("/desk/cases/", {"q": typed})
        assert (answer.status_code, answer.url) == (303, case_url(case))


def test_nobody_is_offered_to_ask_a_citizen_who_left_no_number(alice):
    known = make_case(state=State.IN_PROGRESS, officer=alice)
    nameless = make_case(state=State.IN_PROGRESS, officer=alice, known=Known.ANONYMOUS)

    assert "ask" in buttons(desk_of(alice).get(case_url(known)))
    assert "ask" not in buttons(desk_of(alice).get(case_url(nameless)))


def test_the_mark_not_solved_goes_when_there_is_a_new_answer(alice):
    case = make_case(state=State.RESOLVED, officer=alice)
    actions.dispute(case=case, words="It is not.")
    assert "Not solved, says the citizen" in text_of(desk_of(alice).get(case_url(case)))

    actions.resolve(case=case, by=alice, decision="upheld", words="Now it is.")

    assert "Not solved, says the citizen" not in text_of(desk_of(alice).get(case_url(case)))


def test_the_first_page_is_the_overview_of_who_manages_and_else_the_first_that_one_may_open():
    roles = (Role.DESK, Role.MANAGER, Role.ADMINISTRATOR, Role.MONITOR)
    assert [home(make_officer(role=role)) for role in roles] == [
        reverse("cases:desk"),
        reverse("cases:manage"),
        reverse("cases:people"),
        reverse("cms:notes"),
    ]


def test_who_has_no_worklist_is_led_to_their_own_first_page():
    answer = desk_of(make_officer(role=Role.ADMINISTRATOR)).get("/desk/")
    assert (answer.status_code, answer.get("Location")) == (302, reverse("cases:people"))


def test_who_takes_nobody_in_is_not_led_to_the_walk_in():
    there = [
        "New walk-in" in text_of(desk_of(make_officer(role=role)).get("/desk/")) for role in (Role.DESK, Role.AUDITOR)
    ]
    assert there == [True, False]


def test_who_does_not_lead_is_offered_no_colleague_of_another_place_by_typing_a_number():
    here, there = make_officer(place=LUSAKA), make_officer(place=KAFUE)
    leads = make_officer(role=Role.SUPERVISOR)

    offered = [str(there.pk) in dict(_colleagues(who, str(there.pk))) for who in (here, leads)]
    assert offered == [False, True]


def test_a_case_is_not_handed_to_whoever_has_it():
    leads, owner = make_officer(role=Role.SUPERVISOR), make_officer()
    case = make_case(state=State.IN_PROGRESS, officer=owner)

    answer = send(leads, case, "hand_over", seen=case.events.count(), to=owner.pk)
    assert "has it already" in text_of(answer)
    assert not case.events.filter(kind="hand_over").exists()
