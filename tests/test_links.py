"""Cases that belong together: seen from both ends by who sees both, and by nobody else."""

import threading

import pytest
from django.db import connections

from cases import actions, ledger
from cases.actions import NotAllowed
from cases.lifecycle import State
from cases.models import Case, Event, Known, Link, Officer, Permit, Role, Share
from tests.builders import EVERYTHING, LUSAKA_TOWN, an_agency, make_case, make_citizen, make_officer
from tests.desk import buttons, case_url, desk_of, send, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Officer:
    return make_officer(name="Alice Mwale", role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN)


@pytest.fixture
def dora() -> Officer:
    return make_officer(name="Dora Zulu", role=Role.SUPERVISOR, clearances=EVERYTHING)


def link(officer: Officer, case: Case, other: Case | str, *, seen: int = 1, kind: str = "household"):
    return send(officer, case, "link", seen=seen, number=str(other), kind=kind, words="Two sisters in one house.")


def unlink(officer: Officer, case: Case, other: Case, *, seen: int = 2):
    return send(officer, case, "unlink", seen=seen, number=other.reference, words="Neighbours only.")


def test_a_link_leads_both_ways_and_stands_in_both_histories(alice):
    one, two = make_case(), make_case()
    assert link(alice, one, two).status_code == 303
    for here, there in ((one, two), (two, one)):
        page = text_of(desk_of(alice).get(case_url(here)))
        assert f"Same household: {there} A card or membership is not active" in page
        assert f"Linked: Same household, {there}" in page
        assert "Two sisters in one house." in page
        assert ledger.broken(here.events.select_related("said").order_by("number")) is None


def test_a_link_is_taken_back_and_both_histories_say_why(alice):
    one, two = make_case(), make_case()
    link(alice, one, two)
    assert [unlink(alice, two, one).status_code for _ in range(2)] == [303, 303]
    assert (Link.objects.filter(removed_at=None).count(), Link.objects.count()) == (0, 1)
    for case in (one, two):
        page = text_of(desk_of(alice).get(case_url(case)))
        assert "Belongs together" not in page
        assert "Neighbours only." in page
        assert "unlink" not in buttons(desk_of(alice).get(case_url(case)))
    assert link(alice, one, two, seen=3).status_code == 303


def test_the_same_link_sent_twice_is_one_and_a_second_is_refused(alice):
    one, two = make_case(), make_case()
    assert [link(alice, one, two).status_code for _ in range(2)] == [303, 303]
    again = link(alice, two, one, seen=2)
    assert (again.status_code, Link.objects.count()) == (409, 1)
    assert "They are linked already." in text_of(again)


def test_who_does_not_see_the_other_case_does_not_learn_of_it(alice, dora):
    plain, private = make_case(), make_case(topic="nhima-facility")
    assert link(dora, plain, private).status_code == 303
    assert str(private) in text_of(desk_of(dora).get(case_url(plain)))
    page = desk_of(alice).get(case_url(plain))
    assert "unlink" not in buttons(page), "what can be taken back is there"
    for secret in (str(private), "Linked", "Belongs together", "Two sisters"):
        assert secret not in text_of(page)
    with pytest.raises(NotAllowed):
        actions.unlink(case=plain, by=alice, other=private, words="Why?")


@pytest.mark.parametrize("number", ["0000 0000 0000", "not a number", ""])
def test_a_number_that_is_not_there_looks_like_one_that_is_not_ours(alice, number):
    case, hidden = make_case(), make_case(topic="nhima-facility")
    strange = link(alice, case, number or case)
    secret = link(alice, case, hidden)
    assert (strange.status_code, secret.status_code, Link.objects.count()) == (422, 422, 0)
    for answer in (strange, secret):
        assert "There is no other case of this number that you may see." in text_of(answer)
    with pytest.raises(NotAllowed):
        actions.link(case=case, by=alice, other=hidden, kind="see_also", words="Guess")


def test_an_agency_that_was_asked_links_nothing_and_sees_no_link(alice):
    charlie = make_officer(role=Role.AGENCY, agency="NAPSA", place=LUSAKA_TOWN)
    case, other, own = make_case(state=State.IN_PROGRESS, officer=alice), make_case(), make_case(topic="napsa-wait")
    link(alice, case, other)
    actions.refer(
        case=case, by=alice, agency=an_agency("NAPSA"), words="Look.", shared=Share.values, consent=Permit.DESK
    )
    page = desk_of(charlie).get(case_url(case))
    assert "link" not in buttons(page)
    for secret in (str(other), "Linked", "Two sisters"):
        assert secret not in text_of(page)
    for here, there in ((own, case), (case, own)):
        with pytest.raises(NotAllowed):
            actions.link(case=here, by=charlie, other=there, kind="see_also", words="Guess")
    assert Event.objects.filter(kind="link").count() == 2


def test_the_citizens_other_cases_are_offered_unless_the_citizen_hides(alice):
    citizen = make_citizen()
    case, other = make_case(citizen=citizen), make_case(citizen=citizen, topic="nhima-wait")
    hidden = make_case(citizen=citizen, known=Known.HIDDEN)
    closed = make_case(citizen=citizen, state=State.CLOSED)
    page = text_of(desk_of(alice).get(case_url(case)))
    assert [str(one) in page for one in (other, hidden, closed)] == [True, False, False]
    assert str(case) not in text_of(desk_of(alice).get(case_url(hidden)))


def test_the_citizen_is_not_told_of_links(alice):
    one, two = make_case(), make_case()
    before = one.messages.count()
    link(alice, one, two)
    assert (one.messages.count(), two.messages.count()) == (before, before)


def test_two_officers_who_link_from_either_end_at_once_make_one_link(transactional_db):
    officers = [make_officer() for _ in range(2)]
    pairs = [(make_case(), make_case()) for _ in range(6)]
    wrong: list[int] = []

    def go(number: int) -> None:
        desk = desk_of(officers[number])
        for pair in pairs:
            here, there = pair if number else pair[::-1]
            start.wait()
            typed = {
                "step": "link",
                "link-seen": 1,
                "link-number": there.reference,
                "link-kind": "see_also",
                "link-words": "So",
            }
            answer = desk.post(case_url(here), typed).status_code
            wrong.extend([answer] if answer not in (303, 409) else [])
        connections.close_all()

    start = threading.Barrier(2)
    threads = [threading.Thread(target=go, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (wrong, Link.objects.count()) == ([], len(pairs))
