"""Delivery and cost: each SMS counted once whatever comes later, sums that agree with a count by hand, money, calls."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection
from django.utils import timezone

from cases.catalogue import catalogue
from cases.models import Role
from channels import delivery, sessions, spending, tasks
from channels.delivery import network_of
from channels.models import Message, ScreenCount, Session, SmsCount
from tests.asked import asked
from tests.builders import KAFUE, LUSAKA_TOWN, MONGU, WESTERN, make_case, make_citizen, make_officer, noon
from tests.desk import desk_of, text_of

pytestmark = pytest.mark.django_db

AIRTEL, MTN, ZAMTEL, LANDLINE = "+260971000001", "+260961000001", "+260951000001", "+260211000001"
PAGE = "/desk/delivery/"


@pytest.fixture(autouse=True)
def no_sms_of_opening(settings):
    """Only what these tests send."""
    settings.SMS_PRICES, settings.SMS_MONTHLY_BUDGET, settings.SMS_CURRENCY = {}, None, "ZMW"


@pytest.fixture
def manager():
    return make_officer(role=Role.MANAGER)


def sms(*, phone=AIRTEL, state="delivered", parts=1, gateway="africastalking", case=None, sent_at=None, **more):
    taken = {} if more.pop("given_up", False) else {"sent_at": sent_at or timezone.now()}
    facts = {"phone": phone, "phone_index": phone, "text": "Hello", "gateway": gateway, "parts": parts}
    return Message.objects.create(direction="out", state=state, case=case, **facts, **taken, **more)


def a_case(place, **more):
    """Without the SMS of its opening."""
    case = make_case(place=place, **more)
    Message.objects.filter(case=case).delete()
    return case


def counted():
    """(network, district, fate) -> (messages, parts)"""
    rows = SmsCount.objects.filter(messages__gt=0)
    return {(row.network, row.district, row.fate): (row.messages, row.parts) for row in rows}


# --- Counting --------------------------------------------------------------------------------------------


def test_each_sms_is_counted_by_network_district_and_end():
    kafue, mongu = a_case(KAFUE), a_case(MONGU)
    sms(case=kafue), sms(case=kafue, parts=2), sms(case=mongu, phone=MTN, state="sent")
    sms(case=mongu, phone=ZAMTEL, state="failed", failure="UserInBlacklist")
    sms(phone=LANDLINE, state="failed", failure="foreign number", given_up=True)
    sms(state="queued", given_up=True), sms(state="leased", given_up=True)
    assert delivery.count_messages() == 5
    assert counted() == {
        ("Airtel", KAFUE, "delivered"): (2, 3),
        ("MTN", MONGU, "sent"): (1, 1),
        ("ZAMTEL", MONGU, "silence"): (1, 1),
        ("", "", "number"): (1, 0),
    }
    assert delivery.count_messages() == 0


def test_what_is_heard_later_moves_it_and_counts_it_no_second_time():
    case = a_case(KAFUE)
    one = sms(case=case, state="sent", parts=2)
    for state, failure, fate in (("sent", "", "sent"), ("failed", "30003", "reach"), ("delivered", "", "delivered")):
        Message.objects.filter(pk=one.pk).update(state=state, failure=failure)
        assert tasks.run("spent")
        assert counted() == {("Airtel", KAFUE, fate): (1, 2)}


def test_it_moves_out_of_where_it_was_counted_though_the_case_moved_meanwhile():
    case = a_case(KAFUE)
    one = sms(case=case, state="sent")
    delivery.count_messages()
    type(case).objects.filter(pk=case.pk).update(place=MONGU)
    Message.objects.filter(pk=one.pk).update(state="delivered")
    delivery.count_messages()
    assert counted() == {("Airtel", MONGU, "delivered"): (1, 1)}


def test_a_sensitive_matter_is_counted_without_its_district():
    sms(case=a_case(KAFUE, topic="violence"))
    delivery.count_messages()
    assert counted() == {("Airtel", "", "delivered"): (1, 1)}


def test_many_at_once_and_one_whose_key_is_lost(monkeypatch):
    monkeypatch.setattr(delivery, "AT_ONCE", 2)
    for _time in range(5):
        sms()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE channels_message SET phone = %s WHERE id = (SELECT min(id) FROM channels_message)", [b"xxxx"]
        )
    assert delivery.count_messages() == 5
    assert counted() == {("Airtel", "", "delivered"): (4, 4), ("", "", "delivered"): (1, 1)}


def test_the_day_is_the_countrys():
    sms(sent_at=noon(2026, 3, 2).replace(hour=0, minute=30))  # in London it is still the day before
    delivery.count_messages()
    assert SmsCount.objects.get().day == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("phone", "network"),
    [(AIRTEL, "Airtel"), (f"whatsapp:{MTN}", "MTN"), (LANDLINE, ""), ("MTN", ""), ("", "")],
)
def test_a_network_is_known_only_where_the_number_tells_it(phone, network):
    assert network_of(phone) == network


def test_no_row_holds_what_tells_of_a_person():
    citizen = make_citizen(phone="+260977123456", name="Chanda Mwale")
    sms(phone=citizen.phone, case=a_case(KAFUE, citizen=citizen))
    delivery.count_messages()
    stored = repr(list(SmsCount.objects.values()))
    assert not any(word in stored for word in ("977123456", "Chanda", citizen.phone_index))


# --- Sums and money --------------------------------------------------------------------------------------


def test_sums_agree_with_a_count_by_hand_and_money_only_where_there_is_a_price(settings):
    settings.SMS_PRICES = {"africastalking": Decimal("0.25")}
    today, case = catalogue().today(), a_case(KAFUE)
    for parts, state in ((1, "delivered"), (3, "sent"), (1, "failed")):
        sms(case=case, parts=parts, state=state)
    sms(gateway="twilio", phone=MTN, parts=2)
    delivery.count_messages()
    found = spending.counts(today, today)
    networks = {
        row.key: (row.delivered, row.sent, row.failed, row.parts, row.spend)
        for row in spending.sms_by(found, "network")
    }
    assert networks == {"Airtel": (1, 1, 1, 5, Decimal("1.25")), "MTN": (1, 0, 0, 2, None)}
    total = spending.together(spending.sms_by(found, "week"))
    assert (total.all, total.parts, total.spend) == (4, 7, None)
    assert spending.sms_by(spending.counts(today + timedelta(days=1), today + timedelta(days=9)), "week") == []


@pytest.mark.parametrize(
    ("budget", "price", "said"),
    [
        (None, "0.25", "No budget set"),
        ("100", None, "no price set"),
        ("100", "0.25", "within the budget"),
        ("2", "0.25", "used up"),
    ],
)
def test_the_budget_is_said_in_words_and_never_made_up(manager, settings, budget, price, said):
    settings.SMS_GATEWAYS = ["africastalking"]
    settings.SMS_MONTHLY_BUDGET = Decimal(budget) if budget else None
    settings.SMS_PRICES = {"africastalking": Decimal(price)} if price else {}
    for _time in range(9):
        sms()
    delivery.count_messages()
    page = text_of(desk_of(manager).get(PAGE))
    assert said in page
    assert ("ZMW 2.25" in page) == bool(price)


def test_a_month_that_will_pass_its_budget_is_foretold():
    early = spending.Budget(spent=Decimal(40), may=Decimal(100), day=10, days=30)
    assert (early.comes_to, early.is_over, early.will_be_over) == (Decimal(120), False, True)


# --- The page --------------------------------------------------------------------------------------------


def test_the_page_tells_by_week_network_and_district_and_why(manager):
    sms(case=a_case(KAFUE)), sms(case=a_case(KAFUE), phone=MTN, state="sent")
    sms(phone=LANDLINE, state="failed", failure="expired")
    delivery.count_messages()
    page = text_of(desk_of(manager).get(PAGE))
    for words in (
        "3 SMS in all", "50 % of those we heard of", "1 : The phone was off, full or out of reach for too long.",
        "Airtel 1 1 0 0 100 % 1 no price set", "MTN 1 0 1 0 – 1 no price set", "Not known 1 0 0 1 0 % 1 no price set",
        "Kafue 2 1 1 0 100 % 2 no price set",
    ):  # fmt: skip
        assert words in page, page


def test_who_answers_for_a_province_sees_its_districts_and_no_money():
    western = make_officer(role=Role.MANAGER, place=WESTERN)
    sms(case=a_case(LUSAKA_TOWN)), sms(case=a_case(MONGU), phone=MTN)
    delivery.count_messages()
    page = text_of(desk_of(western).get(PAGE))
    assert "Mongu 1" in page
    assert "1 SMS in all" in page
    assert "This month's money" not in page


def test_with_nothing_sent_the_page_says_so(manager):
    page = text_of(desk_of(manager).get(PAGE, {"weeks": "nonsense"}))
    assert "No SMS was sent in this time." in page
    assert "No call ended in this time." in page


def test_a_page_costs_the_same_however_many_sms_there_were(manager):
    def cost():
        delivery.count_messages()
        with asked() as statements:
            desk_of(manager).get(PAGE)
        return len(statements), SmsCount.objects.filter(messages__gt=0).count()

    sms(case=(case := a_case(KAFUE)))
    few = cost()
    Message.objects.bulk_create(
        Message(
            direction="out",
            state="delivered",
            case=case,
            phone=AIRTEL,
            phone_index="x",
            text="",
            sent_at=timezone.now(),
            gateway="africastalking",
        )
        for _time in range(300)
    )
    assert cost() == few


# --- Calls -----------------------------------------------------------------------------------------------


_call = count(1)


def a_call(screen, *, language="en", ended=False, resumed=False):
    long_ago = timezone.now() - timedelta(hours=9)
    key = f"simulator:{next(_call)}"
    Session.objects.create(
        key=key, screen=screen, language=language, ended=ended, resumed=resumed, sealed=b"", updated_at=long_ago
    )


def test_where_callers_leave_is_told_by_screen_and_language(manager):
    a_call("words"), a_call("words", language="bem"), a_call("pin", resumed=True)
    a_call("sent", ended=True, resumed=True)
    sessions.count_and_forget()
    page = text_of(desk_of(manager).get(PAGE))
    assert "4 calls, in all districts; 25 % were finished, 50 % went on with an earlier call." in page
    assert "English 3 33 % 2 67 %" in page
    assert "Bemba 1 0 % 1 0 %" in page
    assert "In a few words 2 67 % 1 1" in page
    assert "My cases: PIN 1 33 % 1" in page
    assert Counter(ScreenCount.objects.values_list("resumed", flat=True)) == {0: 2, 1: 2}
