"""Phone calls against the address a gateway posts to: dial, press, hear; and what a gateway may get wrong."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from cases import actions
from cases.cards import read_nrc
from cases.catalogue import catalogue
from cases.crypto import blind
from cases.models import Case, Citizen, Known
from cases.reference import read_reference
from channels import sessions, store, ussd
from channels.memory import Memory
from channels.models import Caller, ScreenCount, Session
from tests.asked import asked
from tests.builders import make_case, make_citizen, make_officer, now_of, open_case
from tests.phone import FORM, USSD, Phone

pytestmark = pytest.mark.django_db

MENU = "Single Window Service. What do you need?"


@pytest.fixture(autouse=True, params=["one process", "many"])
def _processes(request, monkeypatch):
    """Each story is told twice: by a process that has the call in hand, and by one that must read it from its row."""
    monkeypatch.setattr(ussd, "_memory", Memory(most=0 if request.param == "many" else 10))


def a_phone_that_spoke_before(number: str = "+260970000001") -> Phone:
    Caller.objects.create(index=blind(number, name="phone"), language="en")
    return Phone(number)


def reference_in(screen: str) -> str:
    match = re.search(r"\d{4} \d{4} \d{4}", screen)
    assert match, screen
    reference = read_reference(match.group())
    assert reference
    return reference


def pin_in(screen: str) -> str:
    match = re.search(r"PIN (\d{6})", screen)
    assert match, screen
    return match.group(1)


LINES_FOR_ALL = ["933 Lifeline, adults", "116 Childline, children", "112 Emergency"]


def complain_about_late_money(phone: Phone, *, known: str = "Yes, they may") -> str:
    phone.dial()
    phone.choose("Complain", "Social welfare", "Social cash (SCT)", "Money late or missed", known)
    phone.press("mong", "No money came in May")
    return phone.choose("Yes")


# --- The dialogues ------------------------------------------------------------------------------------


def test_on_the_first_call_a_language_is_chosen_and_from_then_on_it_is_spoken():
    phone = Phone()
    assert phone.dial().startswith("Language?\n1 English\n2 Ichibemba")
    assert phone.press("1").startswith(MENU)
    assert phone.dial().startswith(MENU)


@pytest.mark.parametrize("change", [False, True])
def test_the_language_chosen_is_spoken_from_the_next_word_on(change):
    phone = a_phone_that_spoke_before() if change else Phone()
    phone.dial()
    said = phone.choose("Change language", "Chinyanja") if change else phone.choose("Chinyanja")
    menu = phone.dial()
    assert MENU not in menu
    assert said.startswith(menu)  # all but the way back


def test_only_reviewed_languages_are_offered_unless_a_setting_opens_the_drafts(settings):
    settings.DRAFT_LANGUAGES = False
    assert Phone().dial().startswith(MENU)
    assert "Change language" not in Phone().dial()


def test_a_complaint_becomes_one_case_with_a_number_a_pin_and_a_promised_date():
    said = complain_about_late_money(a_phone_that_spoke_before())
    case = Case.objects.select_related("citizen").get()
    promised = catalogue().calendar.add(catalogue().today(), case.topic.resolve_days)
    assert (case.reference, case.topic_id, case.place.name, case.words, case.state, case.known) == (
        reference_in(said),
        "sct-payment-late",
        "Mongu",
        "No money came in May",
        "received",
        "number",
    )
    assert promised.strftime("%d/%m/%Y") in said
    assert actions.pin_index(case.reference, pin_in(said)) == case.pin_index
    assert case.citizen is not None
    assert case.citizen.phone == "+260970000001"


def test_who_stays_anonymous_leaves_no_number_anywhere():
    said = complain_about_late_money(a_phone_that_spoke_before(), known="No, keep no number")
    case = Case.objects.get()
    assert (case.citizen, case.known) == (None, Known.ANONYMOUS)
    assert Citizen.objects.count() == 0
    assert Session.objects.get().caller == ""
    assert "shown once" in said
    assert Phone().inbox() == []


def test_nothing_is_sent_when_the_caller_says_no():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Complain", "NHIMA health", "No medicine", "Go on", "Yes, they may")
    phone.press("lusaka", "No malaria tablets")
    assert phone.choose("No") == "Nothing was sent. You can dial again."
    assert Case.objects.count() == 0


def test_a_sensitive_matter_begins_with_who_can_help_now_and_demands_no_story():
    phone = a_phone_that_spoke_before()
    phone.dial()
    first = phone.choose("Complain", "Social welfare", "Abuse, bribe, other", "Violence at home")
    assert first.startswith("You can call now:\n933 Lifeline, adults\n116 Childline, children")
    phone.choose("Go on", "No, keep no number")
    phone.press("kasama")
    assert phone.again().startswith("Do you want to tell us more now?")
    phone.choose("No", "Yes")
    case = Case.objects.get()
    assert (case.words, case.sensitivity, case.is_sensitive) == ("", "safeguarding", True)


@pytest.mark.parametrize(
    ("way", "lines"),
    [
        (("Complain", "NHIMA health", "No medicine"), ["8000 NHIMA health"]),
        (("Complain", "NAPSA pension", "Bribe or fraud"), ["5080 NAPSA integrity", *LINES_FOR_ALL]),
        (("Complain", "WCFCB work injury", "Claim late"), LINES_FOR_ALL),
        (
            ("Ask a question", "Ask a person", "Social welfare", "Something else", "See what you hold on me"),
            LINES_FOR_ALL,
        ),
        (("Register", "Something else", "WCFCB work injury", "Report an accident"), LINES_FOR_ALL),
    ],
)
def test_every_private_matter_begins_with_its_own_help_line_or_those_for_all(way, lines):
    phone = a_phone_that_spoke_before()
    phone.dial()
    assert phone.choose(*way).split("\n") == ["You can call now:", *lines, "1 Go on", "0 Back"]


def test_corruption_goes_past_the_office_it_is_about():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Complain", "NHIMA health", "Bribe or fraud", "Go on", "No, only send me SMS")
    phone.press("ndola", "The clerk wanted K50")
    said = phone.choose("Yes")
    case = Case.objects.get(reference=reference_in(said))
    assert (case.topic.agency_id, case.agency_id) == ("NHIMA", "ACC")


def test_one_form_registers_a_worker_with_three_agencies():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Register", "Health, pension, injury", "All three")
    phone.press("Mary Banda", "123456789")
    phone.choose("Trading")
    phone.press("chipata")
    phone.choose("Skip", "Skip", "Skip")
    case = Case.objects.get(reference=reference_in(phone.choose("Yes")))
    assert case.form == '{"name": "Mary Banda", "nrc": "123456/78/9", "work": "trading"}'
    assert sorted(case.referrals.values_list("agency", flat=True)) == ["NAPSA", "NHIMA", "WCFCB"]


def test_an_unusual_nrc_is_asked_about_and_never_refused():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Register", "Social cash transfer")
    phone.press("Mary Banda")
    assert phone.press("12a").startswith("12A looks unusual. Is it right?")
    phone.choose("Yes")
    phone.press("6", "1")
    phone.choose("Lusaka", "Kafue", "Woman", "45 to 64", "No")
    case = Case.objects.get(reference=reference_in(phone.choose("Yes")))
    assert '"nrc": "12A"' in (case.form or "")
    assert case.card_index == blind(read_nrc("12a"), name="nrc")  # as the desk looks for it
    assert '"age": "45-64"' in (case.form or "")


def test_a_question_is_read_an_answer_and_may_still_go_to_a_person():
    phone = a_phone_that_spoke_before()
    phone.dial()
    text = phone.choose("Ask a question", "WCFCB work injury", "Accident at work")
    assert text.startswith("If you are hurt at work")
    phone.choose("No, ask a person", "WCFCB work injury", "Who is covered")
    phone.press("solwezi", "Is a maid covered?")
    case = Case.objects.get(reference=reference_in(phone.choose("Yes")))
    assert (case.kind, case.words) == ("enquiry", "Is a maid covered?")


def test_who_was_told_enough_leaves_no_case():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Ask a question", "WCFCB work injury", "Accident at work")
    assert phone.choose("Yes") == "Good. Thank you for calling."
    assert Case.objects.count() == 0


def test_my_cases_tells_where_it_stands_and_takes_the_last_word():
    phone = a_phone_that_spoke_before()
    citizen = make_citizen(phone=phone.number)
    case = make_case(state="resolved", citizen=citizen)
    phone.dial()
    told = phone.choose("My cases", f"..{case.reference[-4:]} Card not working")
    assert "You were right. Your card works again." in told.replace("\n", " ")
    assert phone.choose("It is solved").startswith("Good. We closed")
    case = now_of(case)
    assert (case.state, case.closed_by) == ("closed", "citizen")


def test_not_solved_is_believed_and_opens_it_again():
    phone = a_phone_that_spoke_before()
    case = make_case(state="resolved", citizen=make_citizen(phone=phone.number))
    phone.dial()
    phone.choose("My cases", f"..{case.reference[-4:]} Card not working", "It is not solved")
    assert phone.press("The clinic still says no").endswith("An officer will look at what you said.")
    assert now_of(case).state == "in_progress"


def test_a_question_from_the_office_is_answered_on_the_phone():
    phone = a_phone_that_spoke_before()
    case = make_case(state="waiting", citizen=make_citizen(phone=phone.number))
    phone.dial()
    told = phone.choose("My cases", f"..{case.reference[-4:]} Card not working")
    assert "Which clinic was it?" in told
    phone.choose("Answer")
    phone.press("Kanyama clinic")
    assert now_of(case).state == "in_progress"


def test_an_appeal_is_a_new_case_decided_one_level_up():
    phone = a_phone_that_spoke_before()
    case = make_case(state="resolved", citizen=make_citizen(phone=phone.number))
    phone.dial()
    phone.choose("My cases", f"..{case.reference[-4:]} Card not working", "Appeal", "Yes")
    said = phone.press("They did not look at my papers")
    appeal = Case.objects.get(reference=reference_in(said))
    assert (appeal.appeal_of_id, appeal.level) == (case.pk, case.level + 1)


def test_rating_and_withdrawing():
    phone = a_phone_that_spoke_before()
    citizen = make_citizen(phone=phone.number)
    done, open_one = make_case(state="closed", citizen=citizen), make_case(citizen=citizen)
    phone.dial()
    phone.choose("My cases", f"..{done.reference[-4:]} Card not working", "Rate us", "Good")
    phone.dial()
    phone.choose("My cases", f"..{open_one.reference[-4:]} Card not working", "Stop this case", "Yes")
    assert (now_of(done).rating, now_of(open_one).state, now_of(open_one).closed_by) == (4, "closed", "withdrawn")


def test_another_phone_needs_number_and_pin_and_learns_nothing_without():
    opened = open_case()
    stranger = a_phone_that_spoke_before("+260960000002")
    stranger.dial()
    assert stranger.choose("My cases").startswith("Your cases:\n1 I have a number and PIN")
    stranger.press("1", opened.case.reference)
    assert stranger.press("000000" if opened.pin != "000000" else "111111").startswith("Number or PIN is not right.")
    assert stranger.press(opened.pin).startswith(" ".join(re.findall("....", opened.case.reference)))


def test_what_was_opened_with_a_pin_is_not_offered_to_the_next_who_holds_the_phone():
    opened = open_case()
    phone = a_phone_that_spoke_before("+260960000002")
    phone.dial()
    phone.choose("My cases", "I have a number and PIN")
    phone.press(opened.case.reference, opened.pin)
    assert phone.dial().startswith(MENU)


def test_a_shared_phone_does_not_list_a_case_that_could_bring_harm():
    phone = a_phone_that_spoke_before()
    opened = open_case(topic="violence", citizen=make_citizen(phone=phone.number))
    phone.dial()
    assert opened.case.reference[-4:] not in phone.choose("My cases")


def test_a_desk_is_found_by_district_and_said_plainly_where_there_is_none():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Find a desk")
    assert phone.press("mongu") == "Mongu one-stop desk. Ask at the District Social Welfare Office."
    phone.dial()
    phone.choose("Find a desk")
    assert phone.press("ndola").startswith("We know of no one-stop desk in Ndola yet.")


def test_help_lines_are_told():
    phone = a_phone_that_spoke_before()
    phone.dial()
    assert phone.choose("Help lines", "933 Lifeline, adults").startswith("Call 933. Counselling for adults")


def test_a_district_is_found_by_letters_however_it_is_spelt():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Find a desk")
    assert phone.press("zzz").startswith("No district begins like that.")
    assert "Shiwang'andu" in phone.press("Shiwangandu")


# --- A session that drops -----------------------------------------------------------------------------


def test_a_dropped_session_is_offered_again_and_goes_on_where_it_stopped():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Complain", "NHIMA health", "Card not working", "Yes, they may")
    assert phone.dial() == "Go on with your complaint?\n1 Yes\n2 Start again"
    assert phone.choose("Yes").startswith("Which district?")
    phone.press("lusaka", "No malaria tablets")
    phone.choose("Yes")
    assert Case.objects.get().topic_id == "nhima-card-inactive"
    assert phone.dial().startswith(MENU)


def test_who_starts_again_is_not_asked_about_the_old_one_any_more():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Complain", "NHIMA health")
    phone.dial()
    assert phone.choose("Start again").startswith(MENU)
    assert phone.dial().startswith(MENU)


@pytest.mark.parametrize("topic", [("Bribe or fraud", "Go on"), ("No medicine", "Go on")])
def test_sensitive_answers_are_not_kept_for_the_next_call(topic):
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Complain", "NHIMA health", *topic)
    assert phone.dial().startswith(MENU)


def test_of_a_private_registration_nothing_is_kept_for_the_next_call():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Register", "Something else", "NHIMA health", "Ask not to pay")
    assert phone.dial().startswith(MENU)
    phone.choose("Register", "Something else", "NHIMA health", "Ask not to pay", "Go on")
    phone.press("Mary Banda", "123456789", "kasama")
    assert phone.dial().startswith(MENU)


@pytest.mark.parametrize("card", ["123456789", "12A"])
def test_an_nrc_is_not_kept_for_the_next_call(card):
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Register", "Social cash transfer")
    phone.press("Mary Banda")
    assert phone.dial().startswith("Go on with your registration?")
    phone.choose("Yes")
    phone.press(card)
    assert phone.dial().startswith(MENU)


def test_sex_age_and_disability_are_not_kept_for_the_next_call():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Register", "Social cash transfer")
    phone.press("Mary Banda", "1", "6")
    assert phone.dial().startswith("Go on with your registration?")
    phone.choose("Yes")
    phone.press("mongu")
    phone.choose("Woman", "25 to 44", "Yes")
    assert phone.dial().startswith(MENU)


def test_an_old_unfinished_call_is_not_offered_any_more(settings):
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Complain", "NHIMA health", "No medicine")
    settings.RESUME_MINUTES = 0
    assert phone.dial().startswith(MENU)


def test_where_callers_leave_is_counted_and_who_they_were_is_gone(settings):
    settings.RESUME_MINUTES = settings.SESSION_MINUTES = settings.SMS_CONVERSATION_MINUTES = 0
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Complain", "NHIMA health")
    complain_about_late_money(phone)
    sessions.count_and_forget()
    counts = list(ScreenCount.objects.order_by("screen").values_list("screen", "language", "left", "finished"))
    assert counts == [("complaint-topic", "en", 1, 0), ("sent", "en", 0, 1)]
    assert Session.objects.count() == 0


def test_a_call_that_goes_on_with_an_earlier_one_is_counted_as_such(settings):
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Complain", "NHIMA health", "Card not working", "Yes, they may")
    phone.dial()
    phone.choose("Yes")
    settings.RESUME_MINUTES = settings.SESSION_MINUTES = settings.SMS_CONVERSATION_MINUTES = 0
    sessions.count_and_forget()
    assert sum(ScreenCount.objects.values_list("left", flat=True)) == 2
    assert sum(ScreenCount.objects.values_list("resumed", flat=True)) == 1


def test_answers_lie_sealed_in_the_database():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Register", "Social cash transfer")
    phone.press("Mary Banda")
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM channels_session s")
        row = cursor.fetchone()[0]
    raw = bytes.fromhex(re.search(r"\\\\?x([0-9a-f]+)", row).group(1))
    assert b"Mary" not in raw
    assert "970000001" not in row


# --- What a gateway may do ----------------------------------------------------------------------------


def test_a_request_sent_twice_gets_the_stored_answer_and_advances_nothing():
    phone = a_phone_that_spoke_before()
    phone.dial()
    first = phone.press("1")
    assert phone.again() == first
    assert phone.again() == first


def test_the_last_request_sent_twice_makes_one_case():
    phone = a_phone_that_spoke_before()
    said = complain_about_late_money(phone)
    assert phone.again() == said
    assert Case.objects.count() == 1


def test_when_our_process_dies_after_opening_the_case_the_repeated_request_finds_the_same_one():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Complain", "NHIMA health", "No medicine", "Go on", "Yes, they may")
    phone.press("lusaka", "No malaria tablets")
    before = Session.objects.get()
    lost = phone.choose("Yes")
    before.save()  # the session as it was: the answer was never written down, nor sent
    said = phone.again()
    assert reference_in(said) == reference_in(lost)
    case = Case.objects.get()
    assert case.pin_index == actions.pin_index(case.reference, pin_in(said))


def test_a_late_or_shorter_transcript_gets_the_last_answer_again():
    phone = a_phone_that_spoke_before()
    phone.dial()
    last = phone.press("1", "1")
    assert phone.send_raw("1") == last
    assert phone.send_raw("") == last


def test_a_transcript_that_contradicts_the_last_changes_nothing():
    phone = a_phone_that_spoke_before()
    phone.dial()
    last = phone.press("1", "1")
    assert phone.send_raw("2*2*2") == last


def test_a_lost_hop_is_caught_up_with():
    phone = a_phone_that_spoke_before()
    phone.dial()
    assert phone.press("1*2").startswith("What went wrong?")


def test_a_typed_star_survives():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Complain", "NHIMA health", "No medicine", "Go on", "Yes, they may")
    phone.press("lusaka")
    phone.press("2*3 tablets **")
    phone.choose("Yes")
    assert Case.objects.get().words == "2*3 tablets **"


def test_a_request_sent_twice_at_the_same_moment_does_its_work_once(living_phone):
    """Two threads, one last hop: one case, one answer, and the PIN told is the PIN that opens it."""
    phone = living_phone
    phone.dial()
    phone.choose("Complain", "NHIMA health", "Card not working", "Yes, they may")
    phone.press("lusaka", "It does not work")
    phone.transcript += "*1"
    with ThreadPoolExecutor(4) as pool:
        said = set(pool.map(lambda _number: _in_a_thread(phone), range(4)))
    assert len(said) == 1
    (answer,) = said
    case = Case.objects.get()
    assert actions.pin_index(case.reference, pin_in(answer)) == case.pin_index


def test_solved_twice_at_the_same_moment_is_thanked_for_twice_and_refused_never(living_phone):
    case = make_case(state="resolved", citizen=make_citizen(phone=living_phone.number))
    living_phone.dial()
    screen = living_phone.choose("My cases", f"..{case.reference[-4:]} Card not working")
    key = next(line[0] for line in screen.split("\n") if line.endswith("It is solved"))
    living_phone.transcript += f"*{key}"
    with ThreadPoolExecutor(4) as pool:
        said = set(pool.map(lambda _number: _in_a_thread(living_phone), range(4)))
    assert len(said) == 1
    assert said.pop().startswith("Good. We closed")


@pytest.fixture
def living_phone(transactional_db):
    return a_phone_that_spoke_before()


def _in_a_thread(phone: Phone) -> str:
    try:
        return phone.again()
    finally:
        connection.close()


def test_a_call_that_is_long_over_is_said_to_be_over(settings):
    phone = a_phone_that_spoke_before()
    complain_about_late_money(phone)
    settings.SESSION_MINUTES = 0
    sessions.empty_what_is_over()
    assert phone.again() == "This call is over. Please dial again."


def test_an_unknown_session_begins_a_new_one_whatever_its_text():
    phone = a_phone_that_spoke_before()
    assert phone.dial("1*2*3").startswith(MENU)
    assert phone.press("1").startswith("Who is it about?")


def test_two_phones_with_the_same_session_id_do_not_meet():
    one, other = a_phone_that_spoke_before("+260970000001"), a_phone_that_spoke_before("+260970000002")
    one.dial()
    one.press("1")
    other.session, other.transcript = one.session, ""
    assert other.again().startswith(MENU)


def test_two_phones_with_the_same_session_id_each_have_their_own_case():
    one, other = a_phone_that_spoke_before("+260970000001"), a_phone_that_spoke_before("+260970000002")
    heard = []
    for phone in (one, other):
        phone.dial()
        phone.session = "the same"
        phone.transcript = ""
        phone.again()
        phone.choose("Complain", "NHIMA health", "Card not working", "Yes, they may")
        phone.press("lusaka", "It does not work")
        heard.append(reference_in(phone.choose("Yes")))
    assert len(set(heard)) == 2


def test_a_wrong_key_in_the_address_gets_403_and_nothing_is_stored():
    form = urlencode({"phoneNumber": "+260970000001", "sessionId": "s", "text": "", "serviceCode": "*1#"})
    response = Client().post(USSD.replace("demo", "wrong"), form, content_type=FORM)
    assert (response.status_code, response.content, Session.objects.count()) == (403, b"", 0)


def test_both_keys_are_valid_while_one_replaces_the_other(settings):
    settings.AFRICASTALKING_CALLBACK_KEYS = ["new", "old"]
    form = urlencode({"phoneNumber": "+260970000001", "sessionId": "s", "text": "", "serviceCode": "*1#"})
    statuses = [
        Client().post(USSD.replace("demo", key), form, content_type=FORM).status_code for key in ("new", "old", "demo")
    ]
    assert statuses == [200, 200, 403]


NAUGHTY = [
    "\0",
    "1*" * 500,
    "٣",
    "'; DROP TABLE cases_case; --",
    "=1+1",
    "a\r\nb",
    "\ud83d\ude00",
    "%s{}{0}",
    "<b>",
    "*" * 200,
]


@pytest.mark.parametrize("text", NAUGHTY)
def test_hostile_input_is_answered_like_any_other(text):
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.choose("Complain", "NHIMA health", "No medicine", "Go on", "Yes, they may")
    phone.press("lusaka")
    body = (
        f"phoneNumber=%2B260970000001&text={phone.transcript}*"
        + urlencode({"t": text.encode("utf-8", "surrogatepass")})[2:]
    )
    response = Client().post(USSD, body + f"&sessionId={phone.session}&serviceCode=x&networkCode=1", content_type=FORM)
    assert response.status_code == 200
    assert response.content.startswith((b"CON ", b"END "))


def test_an_error_inside_is_an_end_with_a_sentence_and_no_personal_data_in_the_log(monkeypatch, caplog):
    phone = a_phone_that_spoke_before()
    phone.dial()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE channels_session RENAME TO elsewhere")
    assert phone.press("1").startswith("Sorry, something went wrong here.")
    assert phone.ended
    assert "970000001" not in caplog.text


def test_an_ordinary_hop_makes_two_statements_and_one_where_the_call_is_in_hand():
    phone = a_phone_that_spoke_before()
    phone.dial()
    phone.press("1")
    with asked() as statements:
        phone.press("1")
    assert len(statements) == (1 if ussd._memory.most else 2), statements


class TwoProcesses:
    """Each with a memory of its own; a hop is answered by whichever the gateway's connection leads to."""

    def __init__(self, monkeypatch) -> None:
        self.memories, self.monkeypatch = (Memory(), Memory()), monkeypatch

    def answer_in(self, number: int) -> None:
        self.monkeypatch.setattr(ussd, "_memory", self.memories[number])


@pytest.fixture
def processes(monkeypatch) -> TwoProcesses:
    return TwoProcesses(monkeypatch)


BLIND = {  # what the row would be written with if a memory were simply believed
    "_GO_ON": store._GO_ON.replace("AND hops = %(hops)s - 1", ""),
    "_CLAIM": store._CLAIM.replace("AND hops = %s", "AND %s IS NOT NULL"),
}


@pytest.mark.parametrize("believed", [False, True])
def test_a_process_that_remembers_an_earlier_moment_notices_and_repeats_what_the_other_said(
    processes, monkeypatch, believed
):
    """The last hop was answered, its answer was lost, and the repeated request comes to where the call once was."""
    phone = a_phone_that_spoke_before()
    processes.answer_in(0)
    phone.dial()
    phone.choose("Complain", "NHIMA health", "Card not working", "Yes, they may")
    phone.press("lusaka", "It does not work")
    before = dict(processes.memories[0].calls)
    processes.answer_in(1)
    said = phone.choose("Yes")
    processes.answer_in(0)
    assert dict(processes.memories[0].calls) == before != {}
    for name, sql in BLIND.items() if believed else ():
        monkeypatch.setattr(store, name, sql)
    assert (phone.again() == said) is not believed
    assert Case.objects.count() == 1


def test_a_call_goes_on_in_whichever_process_answers(processes):
    phone = a_phone_that_spoke_before()
    keys = ["", "1", "1", "2", "0", "2", "1", "1", "mongu", "no*thing came", "1"]
    heard = []
    for number in (0, None):  # all hops in one process; each in the other than the last
        phone.dial()
        for hop, key in enumerate(keys):
            processes.answer_in(hop % 2 if number is None else number)
            heard.append(phone.press(key) if key else phone.again())
    one, two = heard[: len(keys)], heard[len(keys) :]
    assert [re.sub(r"\d", "#", said) for said in one] == [re.sub(r"\d", "#", said) for said in two]
    assert list(Case.objects.values_list("open_words", flat=True)) == ["no*thing came"] * 2


def test_nothing_is_remembered_of_a_call_that_is_over(processes):
    processes.answer_in(0)
    complain_about_late_money(a_phone_that_spoke_before())
    assert len(processes.memories[0].calls) == 0


def test_a_case_that_is_hidden_tells_the_office_no_number():
    complain_about_late_money(a_phone_that_spoke_before(), known="No, only send me SMS")
    case = Case.objects.get()
    assert (case.known, case.citizen is not None) == ("hidden", True)
    assert len(Phone().inbox()) == 1


def test_the_language_chosen_later_is_the_language_of_the_next_sms():
    phone = a_phone_that_spoke_before()
    case = make_case(citizen=make_citizen(phone=phone.number))
    phone.dial()
    phone.choose("Change language", "Ichibemba")
    officer = make_officer()
    actions.take(case=case, by=officer)
    actions.resolve(case=now_of(case), by=officer, decision="upheld", words="It works.")
    from channels.models import Message

    assert Message.objects.get(notice="resolve").language == "bem"
