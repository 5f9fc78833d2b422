"""The page of one case: what became of each SMS, who else is there, and one prominent next step."""

import pytest

from cases import actions
from cases.lifecycle import State
from cases.models import Officer, Role
from channels.failures import UNKNOWN, in_plain_words
from channels.gateways import africastalking, twilio
from channels.models import Message
from tests.builders import LUSAKA_TOWN, make_case, make_citizen, make_officer, noon
from tests.desk import case_url, desk_of, text_of
from tests.phone import Phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Officer:
    return make_officer(name="Alice Mwale", role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN)


@pytest.fixture
def bob() -> Officer:
    return make_officer(name="Bob Banda", role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN)


# --- What became of each SMS ---------------------------------------------------------------------------

AT_TEN = noon(2026, 12, 4).replace(hour=10, minute=12)


@pytest.mark.parametrize(
    ("facts", "fate"),
    [
        ({"state": "queued"}, "Waiting to be sent, 1 SMS"),
        ({"state": "queued", "attempts": 2, "failure": "500"}, "Waiting to be sent, tried 2 times"),
        ({"state": "sent", "sent_at": AT_TEN, "parts": 2}, "Sent 4 December, 10:12, 2 SMS"),
        ({"state": "delivered", "sent_at": AT_TEN, "delivered_at": AT_TEN}, "Delivered 4 December, 10:12, 1 SMS"),
        (
            {"state": "failed", "failure": "AbsentSubscriber", "sent_at": AT_TEN},
            "Failed: The phone was off, full or out of reach for too long.",
        ),
        ({"state": "failed", "failure": "21610"}, "Failed: They asked for no more SMS."),
        ({"state": "failed", "raw_status": "Expired"}, "Failed: The phone was off, full or out of reach for too long."),
        ({"state": "failed", "failure": "gremlins"}, "Failed: The network did not say why."),
    ],
)
def test_the_page_says_what_became_of_an_sms(alice, facts, fate):
    case = make_case()
    Message.objects.filter(case=case).update(**facts)
    assert f"SMS: {fate}" in text_of(desk_of(alice).get(case_url(case)))


def test_every_refusal_that_is_final_has_plain_words():
    final = {
        str(code)
        for gateway in (africastalking, twilio)
        for code, (_sentence, policy) in gateway.REFUSED.items()
        if not policy["retry"]
    }
    assert {code for code in final if in_plain_words(code) == UNKNOWN} == set()


def test_an_sms_that_did_not_arrive_is_said_at_once_and_a_number_to_call_stands_beside_it(alice):
    case = make_case(state=State.RESOLVED, officer=alice, citizen=make_citizen(phone="+260977000111"))
    last = case.messages.latest("pk")
    assert "did not arrive" not in text_of(desk_of(alice).get(case_url(case)))
    Message.objects.filter(pk=last.pk).update(state="failed", failure="userisinactive")
    page = text_of(desk_of(alice).get(case_url(case)))
    assert "The last SMS did not arrive. Failed: The phone was off" in page
    assert "Call +260 97 7000111, or write a note." in page


def test_a_failed_sms_is_old_news_once_a_later_one_went_out(alice):
    case = make_case()
    Message.objects.filter(case=case).update(state="failed", failure="30005")
    actions.take(case=case, by=alice)
    actions.ask_citizen(case=case, by=alice, words="Which clinic was it?")
    assert "did not arrive" not in text_of(desk_of(alice).get(case_url(case)))


def test_who_sent_stop_is_known_to_want_no_sms_before_anybody_tries(alice):
    phone = Phone()
    case = make_case(citizen=make_citizen(phone=phone.number))
    assert "wants none" not in text_of(desk_of(alice).get(case_url(case)))
    phone.text("STOP")
    assert "SMS wants none" in text_of(desk_of(alice).get(case_url(case)))
