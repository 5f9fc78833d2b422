"""A case about an officer: they neither see it nor are given it by any way, and nobody tells them."""

import pytest

from cases import actions
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.lifecycle import State
from cases.models import Case, Channel, Decision, Named, Role
from cases.permissions import can_be_given
from channels.models import Message
from tests.builders import EVERYTHING, LUSAKA_TOWN, make_case, make_citizen, make_officer, now_of
from tests.desk import desk_of
from tests.phone import Phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob():
    return make_officer(name="Bob Banda", place=LUSAKA_TOWN)


@pytest.fixture
def dora():
    return make_officer(name="Dora Zulu", role=Role.SUPERVISOR, place=LUSAKA_TOWN, clearances=EVERYTHING)


def about(officer, case, by, words="The citizen says it was him."):
    return actions.name_officer(case=case, by=by, officer=officer, words=words)


def kinds(case):
    return list(case.events.values_list("kind", flat=True))


def test_the_owner_loses_a_case_about_themselves_and_those_over_them_find_it_free(bob, dora):
    case = make_case(state=State.WAITING, officer=bob, words="He wanted my phone.")
    about(bob, case, by=dora)

    case = now_of(case)
    assert (case.state, case.officer, case.sensitivity, case.waiting_since) == (State.RECEIVED, None, "staff", None)
    assert (case.open_words, case.words) == ("", "He wanted my phone.")
    assert kinds(case) == ["open", "take", "ask", "name_officer", "release"]
    assert case in Case.objects.visible_to(dora)
    assert case not in Case.objects.visible_to(bob)
    assert case not in Case.objects.visible_to(make_officer(place=LUSAKA_TOWN, clearances=EVERYTHING))  # beside him


def test_their_answer_does_not_stand_and_the_citizen_hears_that_another_looks_at_it(bob, dora):
    phone = Phone()
    case = make_case(state=State.RESOLVED, officer=bob, citizen=make_citizen(phone=phone.number))
    about(bob, case, by=dora)

    case = now_of(case)
    assert (case.state, case.decision, case.resolved_at) == (State.RECEIVED, "", None)
    assert phone.inbox()[-1].startswith("There is news about")  # neutral: it is a matter about staff now
    actions.take(case=case, by=dora)
    actions.resolve(case=case, by=dora, decision=Decision.UPHELD, words="We are sorry.")
    assert actions.answer_words(now_of(case)) == "We are sorry."


def test_whoever_is_named_sees_it_nowhere_and_is_given_it_by_no_way(bob, dora):
    citizen = make_citizen(phone="+260977000111", nrc="123456/78/9")
    case = make_case(citizen=citizen, words="Canary in the mine.", place=LUSAKA_TOWN)
    about(bob, case, by=dora)
    bob.role, bob.clearances = Role.SUPERVISOR, ["private", "staff"]  # not even when he leads the office later
    bob.save()

    desk = desk_of(bob)
    pages = [
        desk.get("/desk/"),
        desk.get(f"/desk/?reference={case.reference}"),
        desk.post("/desk/cases/", {"q": case.reference}),
        desk.post("/desk/cases/", {"q": "0977000111"}),
        desk.post("/desk/cases/", {"q": "123456/78/9"}),
        desk.post("/desk/new/known/", {"phone": "0977000111"}),
    ]
    assert [page.status_code for page in pages] == [200] * 6
    assert not any("Canary" in page.content.decode() or str(case) in page.content.decode() for page in pages)
    assert desk.get(f"/desk/cases/{case.reference}/").status_code == 404
    assert desk.post(f"/desk/cases/{case.reference}/", {"step": "take", "take-seen": 9}).status_code == 404
    assert not can_be_given(bob, case)
    for try_it in (
        lambda: actions.take(case=case, by=bob),
        lambda: actions.hand_over(case=case, by=dora, to=bob),
    ):
        with pytest.raises(NotAllowed):
            try_it()
    assert (
        "Bob Banda" not in desk_of(dora).get(f"/desk/cases/{case.reference}/").content.decode().split("hand_over-to")[1]
    )


def test_nobody_names_themselves_nor_without_saying_how_they_know_nor_twice(bob, dora):
    case = make_case(state=State.IN_PROGRESS, officer=dora)
    for by, officer, words in ((dora, dora, "It was me."), (dora, bob, " ")):
        with pytest.raises(NotAllowed):
            about(officer, case, by=by, words=words)
    about(bob, case, by=dora)
    with pytest.raises(NotAllowed, match="Bob Banda is named already"):
        about(bob, case, by=dora)

    assert list(Named.objects.values_list("case", "officer")) == [(case.pk, bob.pk)]
    assert now_of(case).officer == dora  # who leads and is not named keeps it


def test_a_colleague_names_and_only_those_over_them_take_the_name_back(bob, dora):
    esther = make_officer(name="Esther Lungu", place=LUSAKA_TOWN)
    case = make_case(state=State.IN_PROGRESS, officer=bob)
    about(bob, case, by=esther)
    for by in (esther, bob):
        with pytest.raises(NotAllowed):
            actions.unname_officer(case=case, by=by, officer=bob, words="A mistake.")
    actions.unname_officer(case=case, by=dora, officer=bob, words="It was another Banda.")

    case = now_of(case)
    assert (case.sensitivity, case.words, case.sealed_words) == ("open", "My card does not work at the clinic.", None)
    assert case in Case.objects.visible_to(bob)
    assert kinds(case)[-1] == "unname_officer"


def test_a_case_that_is_put_elsewhere_or_appealed_stays_about_whom_it_is_about(bob, dora):
    case = make_case(state=State.IN_PROGRESS, officer=dora)
    about(bob, case, by=dora)
    topic = catalogue().topics["nhima-wait"]
    actions.sort(case=case, by=dora, topic=topic, place=now_of(case).place)
    assert now_of(case).sensitivity == "staff"

    actions.resolve(case=case, by=dora, decision=Decision.NOT_UPHELD, words="We found nothing.")
    appeal = actions.appeal(case=case, words="Look again.", channel=Channel.SMS).case
    assert (now_of(appeal).sensitivity, appeal.named.get().officer) == ("staff", bob)
    assert appeal not in Case.objects.visible_to(bob)


def test_a_bribe_stays_with_those_who_look_into_bribes(bob):
    case = make_case(topic="nhima-bribe")
    about(bob, case, by=make_officer(role=Role.AGENCY_HEAD, agency="ACC", clearances=EVERYTHING))

    assert now_of(case).sensitivity == "corruption"


def test_a_name_is_said_on_the_page_and_a_wrong_one_is_asked_again(bob, dora):
    make_officer(name="Bob Bwalya")
    case = make_case(state=State.IN_PROGRESS, officer=bob, words="He was rude.")
    desk, address = desk_of(dora), f"/desk/cases/{case.reference}/"

    def say(name):
        form = {
            "step": "name_officer",
            "name_officer-seen": 2,
            "name_officer-who": name,
            "name_officer-words": "She said.",
        }
        return desk.post(address, form)

    assert "Nobody here is called Nyirenda" in say("Nyirenda").content.decode()
    assert "A case about yourself is not yours to read" in say("Dora").content.decode()
    assert "Which one? Write the username: bob-banda (Bob Banda" in say("bob").content.decode()
    assert say("bob banda").status_code == 303
    assert say("bob banda").status_code == 303  # sent twice, it acted once
    page = desk.get(address).content.decode()
    assert "It is about an officer: Bob Banda" in page
    assert "Free to be taken: it is about its owner" in page
    assert kinds(case).count("name_officer") == 1


def test_who_names_a_colleague_at_the_desk_is_told_that_others_have_it_now(bob):
    esther = make_officer(name="Esther Lungu", place=LUSAKA_TOWN)
    case = make_case(state=State.IN_PROGRESS, officer=esther)
    form = {
        "step": "name_officer",
        "name_officer-seen": 2,
        "name_officer-who": "bob-banda",
        "name_officer-words": "So.",
    }
    answer = desk_of(esther).post(f"/desk/cases/{case.reference}/", form, follow=True)

    assert "is with others now" in answer.content.decode()
    assert now_of(case).officer is None


def test_the_citizen_hears_of_a_name_nothing_and_no_sms_is_sent(bob, dora):
    case = make_case(state=State.IN_PROGRESS, officer=dora, citizen=make_citizen(phone="+260977000112"))
    before = Message.objects.count()
    about(bob, case, by=dora)

    assert Message.objects.count() == before
