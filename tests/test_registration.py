"""A registration from the list of what is needed to the membership number, and who sees what of it."""

import json
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client

from cases import actions, checklist, clock
from cases.actions import NotAllowed
from cases.catalogue import catalogue, changed
from cases.models import Brought, Case, Known, Membership, Officer, Referral, Role
from cases.pack import RegistrationItem
from cases.permissions import PAGES
from cases.registration import QUESTIONS
from channels.models import Message
from tests.builders import LUSAKA_TOWN, an_agency, make_citizen, make_officer, now_of, on, open_case
from tests.desk import desk_of
from tests.paper import pages_of, text_on

pytestmark = pytest.mark.django_db

FORM = {"name": "Mary Banda", "nrc": "123456/78/9", "work": "green", "sex": "female", "disability": "yes"}


@pytest.fixture
def grace() -> Officer:
    return make_officer(name="Grace Phiri", place=LUSAKA_TOWN)


@pytest.fixture
def nhima() -> Officer:
    return make_officer(name="Nelson Zulu", role=Role.AGENCY, agency="NHIMA")


@pytest.fixture
def catalogue_anew() -> Iterator[None]:
    yield
    changed()


def a_registration(*, topic: str = "register-worker", form: dict[str, str] = FORM, **more: Any) -> Case:
    asked = ["NHIMA", "NAPSA", "WCFCB"] if topic == "register-worker" else []
    citizen = more.pop("citizen", None) or make_citizen(phone="+260977000111", name="Mary Banda")
    return open_case(
        topic=topic,
        words="",
        citizen=citizen,
        form=json.dumps(form),
        also_for=[an_agency(code) for code in asked],
        **more,
    ).case


def page_of(officer: Officer, case: Case) -> str:
    return words_of(desk_of(officer).get(f"/desk/cases/{case.reference}/"))


def words_of(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def send(officer: Officer, case: Case, step: str, **typed: Any) -> Any:
    fields = {f"{step}-{name}": value for name, value in {"seen": case.events.count(), **typed}.items()}
    return desk_of(officer).post(f"/desk/cases/{case.reference}/", {"step": step, **fields})


# --- What is needed -------------------------------------------------------------------------------------


def test_the_list_is_of_the_agencies_asked_and_the_form_has_answered_some_of_it(nhima):
    case = a_registration()
    assert {need.agency for need in checklist.needs(case, nhima)} == {"MCDSS", "NHIMA"}
    wanted = {need.key: need.there for need in checklist.needs(case)}
    assert wanted == {
        "MCDSS:nrc": True,
        "MCDSS:work": True,
        "NHIMA:income": False,
        "NHIMA:children": False,
        "NAPSA:rhythm": False,
        "WCFCB:started": False,
    }
    only_one = open_case(topic="register-worker", form=json.dumps(FORM), also_for=[an_agency("NAPSA")]).case
    assert {need.agency for need in checklist.needs(only_one)} == {"MCDSS", "NAPSA"}


def test_who_only_passes_on_the_form_registers_nobody_and_who_needs_more_than_it_does(grace, catalogue_anew):
    case, asked = a_registration(), ["NHIMA", "NAPSA", "WCFCB"]
    assert [agency.pk for agency in checklist.agencies(case)] == asked
    RegistrationItem.objects.filter(topic=case.topic, agency="MCDSS", code="work").update(answered_by="")
    changed()
    assert [agency.pk for agency in checklist.registering(case, grace)] == ["MCDSS", *asked]


def test_what_is_no_registration_needs_nothing(grace):
    case = open_case().case
    assert checklist.needs(case) == []
    page = page_of(grace, case)
    assert not any(words in page for words in ("Registration", "Check what is needed", "Write down the membership"))


def test_every_item_of_the_pack_names_its_source_and_an_agency_that_could_register():
    for topic, items in catalogue().items.items():
        for item in items:
            assert item.source
            assert catalogue().topics[topic].kind == "registration"
            assert item.answered_by in ("", "nrc", *(question.key for question in QUESTIONS))


def test_what_was_brought_is_ticked_off_and_the_history_says_how_much_not_what(grace):
    case = a_registration()
    answer = send(grace, case, "check_off", there=["NHIMA:income", "WCFCB:started"])
    assert answer.status_code == 303
    assert {need.key for need in checklist.needs(case) if not need.there} == {"NHIMA:children", "NAPSA:rhythm"}
    event = case.events.get(kind="check_off")
    assert {name: event.data[name] for name in ("there", "missing")} == {"there": 4, "missing": 2}
    assert "income" not in str(event.data)
    assert "What is needed was checked: 4 there, 2 missing" in page_of(grace, case)
    send(grace, case, "check_off", there=[])
    assert len([need for need in checklist.needs(case) if not need.there]) == 4, "a tick can be taken back"


def test_the_same_ticks_sent_twice_are_one_entry(grace):
    case = a_registration()
    fields = {"step": "check_off", "check_off-seen": 1, "check_off-there": ["NHIMA:income"]}
    for _click in range(2):
        desk_of(grace).post(f"/desk/cases/{case.reference}/", fields)
    assert case.events.filter(kind="check_off").count() == 1


def test_nobody_ticks_what_the_scheme_does_not_ask(grace):
    case = a_registration()
    assert send(grace, case, "check_off", there=["NHIMA:gold"]).status_code == 422
    actions.check_off(case=case, by=grace, there=["NHIMA:gold", "NHIMA:income"])
    assert Brought.objects.get().items == "NHIMA:income"


def test_the_citizen_is_asked_for_what_is_missing_in_their_language(grace):
    citizen = make_citizen(phone="+260977000111", language="loz")
    case = actions.take(case=a_registration(citizen=citizen, language="loz"), by=grace)
    send(grace, case, "check_off", there=["NHIMA:income", "NHIMA:children"])
    words = offered_question(grace, case)
    assert (
        words == "Shangwe mu tise kapa mu lu bulelele: linako ze mu bata ku lifa, lizazi la ku kala pisinisi ya mina."
    )
    send(grace, now_of(case), "ask", words=words)
    assert words in Message.objects.get(notice="ask").text


def test_what_no_speaker_has_drafted_is_asked_for_in_english(grace):
    case = actions.take(case=a_registration(topic="register-swl", language="loz"), by=grace)
    assert offered_question(grace, case) == "Please bring or tell us: your age, that your home gets social cash."


def offered_question(officer: Officer, case: Case) -> str:
    page = desk_of(officer).get(f"/desk/cases/{case.reference}/").content.decode()
    return unescape(re.findall(r'<textarea name="ask-words"[^>]*>\s*([^<]*)', page)[0]).strip()


# --- Outcome --------------------------------------------------------------------------------------------


def test_a_membership_answers_the_agency_tells_the_citizen_and_is_kept_sealed(grace):
    with on(date(2026, 4, 1)):
        case = actions.take(case=a_registration(), by=grace)
    with on(date(2026, 4, 9)):  # Easter lies between
        answer = send(grace, case, "enrol", agency="NHIMA", number=" NH-77001 ")
    assert answer.status_code == 303
    assert Membership.objects.get().number == "NH-77001"
    assert case.referrals.get(agency="NHIMA").state == Referral.State.DONE
    assert {r.agency_id: r.state for r in case.referrals.exclude(agency="NHIMA")} == {
        "NAPSA": "asked",
        "WCFCB": "asked",
    }
    event = case.events.get(kind="enrol")
    assert {name: event.data[name] for name in ("agency", "days")} == {"agency": "NHIMA", "days": 4}
    sms = Message.objects.get(notice="enrol").text
    assert "NHIMA health has registered you." in sms
    assert "77001" not in sms + str(list(case.events.values_list("data", flat=True)))
    page = page_of(grace, case)
    assert "NHIMA health Registered 9 April 2026" in page
    assert "Registered by: National Health Insurance Management Authority, after 4 days" in page


def test_a_number_is_shown_to_those_who_may_know_the_citizen_and_of_agencies_to_its_own(grace, nhima):
    napsa = make_officer(role=Role.AGENCY, agency="NAPSA")
    case = actions.take(case=a_registration(), by=grace)
    actions.enrol(case=case, by=nhima, agency=an_agency("NHIMA"), number="NH-77001")
    assert [("NH-77001" in page_of(officer, case)) for officer in (grace, nhima, napsa)] == [True, True, False]
    hidden = a_registration(known=Known.HIDDEN, citizen=make_citizen())
    actions.enrol(case=hidden, by=nhima, agency=an_agency("NHIMA"), number="NH-77002")
    assert "NH-77002" not in page_of(grace, hidden)


def test_the_citizen_reads_the_number_on_the_web_with_the_pin(grace):
    opened = open_case(topic="register-nhima", form=json.dumps(FORM))
    actions.enrol(case=opened.case, by=grace, agency=an_agency("NHIMA"), number="NH-77001")
    web = Client()
    assert "NH-77001" not in words_of(web.get("/track/"))
    page = words_of(web.post("/track/", {"reference": opened.case.reference, "pin": opened.pin}, follow=True))
    assert "You are registered National Health Insurance Management Authority NH-77001" in page


def test_a_number_written_down_wrong_is_written_down_again_and_twice_is_once(grace):
    case = a_registration()
    for number in ("NH-1", "NH-1", "NH-2"):
        send(grace, case, "enrol", agency="NHIMA", number=number)
    assert Membership.objects.get().number == "NH-2"
    assert case.events.filter(kind="enrol").count() == 2
    assert case.events.filter(kind="come_back").count() == 1


def test_an_agency_registers_for_itself_only_and_only_where_it_was_asked(grace, nhima):
    case = a_registration()
    with pytest.raises(NotAllowed):
        actions.enrol(case=case, by=nhima, agency=an_agency("NAPSA"), number="1")
    with pytest.raises(NotAllowed):
        actions.enrol(case=case, by=grace, agency=an_agency("ACC"), number="1")
    with pytest.raises(NotAllowed, match="choose an agency"):
        actions.hand_sheet(case=case, by=grace, agency=an_agency("ACC"))
    assert send(nhima, case, "enrol", agency="NAPSA", number="1").status_code == 422
    assert not Membership.objects.exists()


# --- The sheet ------------------------------------------------------------------------------------------


def test_the_sheet_for_an_agency_holds_what_it_needs_and_nothing_of_the_others(grace):
    case = a_registration()
    actions.check_off(case=case, by=grace, there=["NHIMA:income"])
    answer = send(grace, case, "sheet", agency="NHIMA")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert pages_of(answer.content) == [(210, 297)]
    said = text_on(answer.content)
    for words in (
        "Registration for National Health Insurance Management Authority",
        str(case),
        "Mary Banda",
        "123456/78/9",
        "+260977000111",
        "Trees, waste, solar",
        "the income you declare there",
        "names of your children under 18 missing",
        "Membership number",
        "Printed on",
        "by Grace Phiri",
    ):
        assert words in said, words
    assert not any(words in said for words in ("how often you want to pay", "business began", "Disability", "Sex"))


def test_that_a_sheet_was_printed_stands_in_the_history(grace):
    case = a_registration()
    send(grace, case, "sheet", agency="NAPSA")
    assert case.events.get(kind="sheet").data["agency"] == "NAPSA"
    assert "Sheet printed for: National Pension Scheme Authority" in page_of(grace, case)


def test_who_hid_their_name_is_on_no_sheet(grace):
    case = a_registration(known=Known.HIDDEN)
    assert "Print the sheet" not in page_of(grace, case)
    assert send(grace, case, "sheet", agency="NHIMA").status_code == 409
    assert not case.events.filter(kind="sheet").exists()


def test_a_hostile_name_is_a_name_on_the_sheet(grace):
    case = a_registration(form=FORM | {"name": '#panic(1) *Mary* "; $x$ </svg>'})
    assert '#panic(1) *Mary* "; $x$ </svg>' in text_on(send(grace, case, "sheet", agency="NHIMA").content)


def test_what_is_erased_takes_along_what_was_brought_and_the_number(grace, settings):
    settings.RETENTION_DAYS = 1000
    with on(date(2018, 1, 2)):
        case = actions.take(case=a_registration(), by=grace)
        actions.check_off(case=case, by=grace, there=["NHIMA:income"])
        actions.enrol(case=case, by=grace, agency=an_agency("NHIMA"), number="NH-1")
        actions.resolve(case=case, by=grace, decision="registered", words="You are a member.")
        actions.close(case=case, by=grace)
    administrator = make_officer(role=next(iter(PAGES["retention"])))
    actions.approve_retention(by=administrator, closed_before=actions.last_day_kept(clock.now()), shown=1)
    assert actions.retain(clock.now()) == 1
    assert (Brought.objects.count(), Membership.objects.count()) == (0, 0)
