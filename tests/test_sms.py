"""SMS that come in: kept once, understood in order; and what a stranger does not learn."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cases import actions
from cases.crypto import blind
from cases.models import Case, Share
from cases.reference import spoken
from channels import sms
from channels.gateways import Inbound
from channels.models import Caller, Message
from tests.builders import EVERYTHING, an_agency, make_case, make_citizen, make_officer, now_of, open_case
from tests.phone import Phone

pytestmark = pytest.mark.django_db

ASK_FOR_PIN = "To hear about a case, send its number and the PIN in one SMS."


def a_case_of(phone: Phone, **facts) -> Case:
    return make_case(citizen=make_citizen(phone=phone.number), **facts)


def test_an_sms_nobody_can_place_opens_a_question_and_says_so():
    phone = Phone()
    phone.text("My grandmother got no money in May")
    case = Case.objects.get()
    assert (case.topic_id, case.words, case.channel) == ("other-enquiry", "My grandmother got no money in May", "sms")
    assert len(phone.inbox()) == 1
    assert spoken(case.reference) in phone.inbox()[0]


def test_one_provider_message_makes_one_case_for_ever():
    phone = Phone()
    provider_id = phone.text("No money came")
    phone.text("No money came", provider_id=provider_id)
    assert (Case.objects.count(), Message.objects.filter(direction="in").count()) == (1, 1)


def test_a_long_message_in_any_script_arrives_whole():
    words = "Ndalama sizinabwere ŵanthu “” 😀 " * 20
    Phone().text(words)
    assert Case.objects.get().words == words.strip()


def test_the_owner_asks_by_number_and_hears_where_it_stands():
    phone = Phone()
    case = a_case_of(phone)
    phone.text(f"What about {spoken(case.reference)}?")
    assert phone.inbox()[-1].startswith(f"{spoken(case.reference)}: We have it.")


@pytest.mark.parametrize("written", ["{}", "My number is {} please", "{}."])
def test_a_reference_is_found_anywhere_in_the_text(written):
    phone = Phone()
    case = a_case_of(phone)
    phone.text(written.format(case.reference))
    assert "We have it." in phone.inbox()[-1] or "added it" in phone.inbox()[-1]


def test_a_strangers_phone_learns_nothing_but_the_question_for_the_pin():
    case = a_case_of(Phone())
    stranger = Phone("+260960000002")
    stranger.text(case.reference)
    stranger.text("8888 8888 8880")
    stranger.text("000000000000")
    heard = [text for text in stranger.inbox() if "Your number is" not in text]
    assert set(heard) == {ASK_FOR_PIN}


def test_a_strangers_story_with_twelve_digits_in_it_is_heard_as_a_story():
    case = a_case_of(Phone())
    stranger = Phone("+260960000002")
    stranger.text(f"Please help with {case.reference}, the clinic refused my mother")
    stranger.text("Call me on +260971234567")
    opened = Case.objects.filter(topic="other-enquiry").order_by("pk")
    assert opened.first().words.startswith("Please help with")
    assert len(stranger.inbox()) == 2
    assert case.reference not in "".join(stranger.inbox()).replace(" ", "")


@pytest.mark.parametrize("pin", [True, False])
def test_words_beside_the_number_reach_a_case_that_waits_for_them(pin):
    phone = Phone()
    opened = open_case(citizen=make_citizen(phone=phone.number))
    officer = make_officer()
    actions.take(case=opened.case, by=officer)
    actions.ask_citizen(case=now_of(opened.case), by=officer, words="Which clinic?")
    sender = Phone("+260960000002") if pin else phone
    sender.text(f"{opened.case.reference} {opened.pin if pin else ''} Kanyama")
    case = now_of(opened.case)
    assert (case.state, case.events.get(kind="hear").said.text) == ("in_progress", "Kanyama")


def test_a_question_about_a_case_is_kept_with_it():
    phone = Phone()
    case = a_case_of(phone)
    phone.text(f"{case.reference} when will somebody come to my village?")
    assert case.events.get(kind="inform").said.text == "when will somebody come to my village?"


def test_what_is_said_about_a_closed_case_is_a_new_matter():
    phone = Phone()
    case = a_case_of(phone, state="closed")
    phone.text(f"{case.reference} my card has stopped working again")
    assert Case.objects.filter(topic="other-enquiry").count() == 1


def test_yes_with_the_number_is_a_yes():
    phone = Phone()
    case = a_case_of(phone, state="resolved")
    phone.text(f"YES {spoken(case.reference)}")
    assert now_of(case).closed_by == "citizen"


def test_status_tells_where_each_open_case_stands():
    phone = Phone()
    one, other = a_case_of(phone), a_case_of(phone, state="in_progress")
    hidden = a_case_of(phone, topic="violence")
    before = len(phone.inbox())
    phone.text("STATUS")
    told = phone.inbox()[before:]
    assert [text[:14] for text in told] == [spoken(one.reference), spoken(other.reference)]
    assert spoken(hidden.reference) not in "".join(told)


def test_status_from_an_unknown_phone_says_how_to_begin():
    phone = Phone()
    phone.text("status")
    assert phone.inbox() == ["We know of no open case of this phone. Send HELP to begin, or a case number and its PIN."]


def test_help_in_the_middle_of_a_conversation_begins_again_and_is_no_complaint():
    phone = Phone()
    Caller.objects.create(index=blind(phone.number, name="phone"), language="en")
    for words in ("HELP", "1", "2", "2", "1", "lusaka", "HELP"):
        phone.text(words)
    assert phone.inbox()[-1].startswith("Single Window Service.")
    assert Case.objects.count() == 0


def test_by_sms_a_number_and_pin_may_also_be_typed_one_by_one():
    phone = Phone()
    Caller.objects.create(index=blind(phone.number, name="phone"), language="en")
    opened = open_case()
    for words in ("HELP", "4", "1", opened.case.reference, opened.pin):
        phone.text(words)
    assert phone.inbox()[-1].startswith(spoken(opened.case.reference))


def test_nobody_is_anonymous_by_sms_so_it_is_not_offered():
    phone = Phone()
    Caller.objects.create(index=blind(phone.number, name="phone"), language="en")
    for words in ("HELP", "1", "2", "2", "1"):
        phone.text(words)
    assert "May the office know" in phone.inbox()[-1]
    assert "keep no number" not in phone.inbox()[-1]


def a_phone_in_talk(*labels: str) -> Phone:
    """In a talk by SMS, an hour after the last notice: a newer one would be what an answer is an answer to."""
    Message.objects.update(created_at=timezone.now() - timedelta(hours=1))
    phone = Phone()
    Caller.objects.create(index=blind(phone.number, name="phone"), language="en")
    phone.text("HELP")
    phone.text_choice(*labels)
    return phone


@pytest.mark.parametrize("state", ["resolved", "closed", "waiting"])
def test_my_cases_by_sms_say_nothing_of_a_private_matter_and_the_phone_menu_says_it(state):
    case = a_case_of(Phone(), topic="nhima-medicine", state=state)
    told = "Which clinic was it?" if state == "waiting" else "Your card works again."
    phone = a_phone_in_talk("My cases", f"..{case.reference[-4:]}")
    assert told not in phone.inbox()[-1]
    assert "Please dial us, or ask at a desk. We say nothing about it by SMS." in phone.inbox()[-1]
    phone.dial()
    assert told in phone.choose("My cases", f"..{case.reference[-4:]}")


def test_my_cases_by_sms_say_the_answer_of_an_open_matter():
    case = a_case_of(Phone(), topic="nhima-card-inactive", state="resolved")
    phone = a_phone_in_talk("My cases", f"..{case.reference[-4:]} {case.topic.label}")
    assert "Your card works again." in phone.inbox()[-1]


def test_my_cases_by_sms_ask_no_consent_in_a_private_matter_and_name_no_other_office():
    officer = make_officer(clearances=EVERYTHING)
    case = a_case_of(Phone(), topic="nhima-medicine", state="in_progress", officer=officer)
    actions.seek_consent(case=case, by=officer, agency=an_agency("NAPSA"), words="To see.", shared=[Share.WORDS])
    phone = a_phone_in_talk("My cases", f"..{case.reference[-4:]}")
    assert "We say nothing about it by SMS." in phone.inbox()[-1]
    assert not [words for words in ("NAPSA", "To see.", "they may") if words in phone.inbox()[-1]]


def test_complaining_by_sms_repeats_nothing_of_a_sensitive_matter():
    phone = a_phone_in_talk("Complain", "Social welfare", "Abuse, bribe, other", "Violence at home")
    assert phone.inbox()[-1].split("\n")[:4] == ["You can call now:", "933", "116", "112"]
    phone.text_choice("Go on", "Yes, they may")
    phone.text("kasama")
    assert phone.text_choice("No").startswith("Send?\n1 Yes\n2 No")
    phone.text_choice("Yes")
    assert Case.objects.get().topic_id == "violence"


def test_registering_by_sms_repeats_nothing_of_a_private_matter():
    phone = a_phone_in_talk("Register", "Something else", "NHIMA health", "Ask not to pay", "Go on")
    for words in ("Mary Banda", "123456789", "kasama"):
        phone.text(words)
    assert phone.inbox()[-1].startswith("Do you have a disability?"), "sex and age are only counted, and not asked here"
    phone.text_choice("Skip")
    assert phone.inbox()[-1].startswith("Send?\n1 Yes\n2 No")


def test_yes_to_an_sms_that_asked_nothing_closes_nothing():
    phone = Phone()
    case = a_case_of(phone, topic="nhima-medicine", state="resolved")
    phone.text("Yes")
    assert now_of(case).state == "resolved"
    assert phone.inbox()[-1].startswith("Please dial us")


def test_what_the_hours_limit_cuts_off_is_still_kept_with_the_case():
    phone = Phone()
    case = a_case_of(phone)
    for number in range(25):
        phone.text(f"One thing more, number {number}")
    assert case.events.filter(kind="inform").count() == 25
    assert len(phone.inbox()) == 21


def test_a_providers_opt_out_is_obeyed_even_if_its_first_handling_failed():
    phone = Phone()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE channels_caller RENAME TO elsewhere")
    sms.receive(Inbound("twilio", "SM9", phone.number, "+1", "CANCEL", "", settled="stop"))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO channels_caller")
    sms.handle(Message.objects.get(direction="in"))
    assert Caller.objects.get().opted_out_at is not None
    assert Case.objects.count() == 0


def test_number_and_pin_from_another_phone_are_believed():
    opened = open_case()
    other = Phone("+260960000002")
    other.text(f"{spoken(opened.case.reference)} {opened.pin}")
    assert other.inbox()[0].startswith(f"{spoken(opened.case.reference)}: We have it.")


def test_guessing_pins_ends_soon_and_the_owner_is_not_locked_out():
    phone = Phone()
    citizen = make_citizen(phone=phone.number)
    opened = open_case(citizen=citizen)
    thief = Phone("+260960000002")
    wrong = "111111" if opened.pin != "111111" else "222222"
    for _try in range(8):
        thief.text(f"{opened.case.reference} {wrong}")
    assert thief.inbox()[-1].startswith("Too many tries.")
    thief.text(f"{opened.case.reference} {opened.pin}")
    assert thief.inbox()[-1].startswith("Too many tries.")
    phone.text(opened.case.reference)
    assert "We have it." in phone.inbox()[-1]


def test_a_reply_to_our_question_reaches_the_case_and_the_clock_goes_on():
    phone = Phone()
    case = a_case_of(phone, state="waiting")
    phone.text("It was Kanyama clinic")
    case = now_of(case)
    assert (case.state, case.waiting_since) == ("in_progress", None)
    assert case.events.get(kind="hear").said.text == "It was Kanyama clinic"


@pytest.mark.parametrize("yes", ["YES", "yes.", " Yes ", "inde", "eni", "Ee mwane"])
def test_yes_in_any_language_closes_the_case(yes):
    phone = Phone()
    case = a_case_of(phone, state="resolved")
    phone.text(yes)
    assert (now_of(case).state, now_of(case).closed_by) == ("closed", "citizen")


@pytest.mark.parametrize("no", ["NO", "iyayi", "awe", "batili"])
def test_no_in_any_language_opens_it_again(no):
    phone = Phone()
    case = a_case_of(phone, state="resolved")
    phone.text(no)
    assert now_of(case).state == "in_progress"


def test_so_it_does_when_the_menu_was_called_meanwhile_and_nothing_chosen():
    phone = Phone()
    case = a_case_of(phone, state="resolved")
    phone.text("HELP")
    phone.text("Iyayi")
    assert now_of(case).state == "in_progress"


def test_a_no_that_says_why_opens_it_again_with_the_reason():
    phone = Phone()
    case = a_case_of(phone, state="resolved")
    phone.text("No, I still did not get it, the pay point was closed")
    assert (now_of(case).state, case.events.get(kind="dispute").said.text) == (
        "in_progress",
        "No, I still did not get it, the pay point was closed",
    )


def test_a_yes_with_a_but_is_no_yes():
    phone = Phone()
    case = a_case_of(phone, state="resolved")
    phone.text("Yes but only half of it")
    assert now_of(case).state == "resolved"
    assert case.events.filter(kind="inform").count() == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ny", "Ine ndalandira ndalama, zikomo"),
        ("bem", "Ine, napokela"),
        ("en", "No problem, I got the money"),
        ("en", "Yes, but only half of it"),
    ],
)
def test_a_story_that_begins_like_an_answer_is_told_to_the_office(language, words):
    phone = Phone()
    case = make_case(citizen=make_citizen(phone=phone.number, language=language), state="resolved")
    phone.text(words)
    assert (now_of(case).state, case.events.get(kind="inform").said.text) == ("resolved", words)


@pytest.mark.parametrize(
    ("language", "words", "state"),
    [
        ("lue", "Ewa", "closed"),
        ("lue", "Kechi", "in_progress"),
        ("kqn", "Ine", "in_progress"),
        ("kqn", "Ine, kechi natambula", "in_progress"),
        ("lun", "Eng’a", "closed"),
        ("ny", "Inde, zikomo!", "closed"),
        ("ny", "No. Nothing came", "in_progress"),
    ],
)
def test_an_answer_in_the_callers_language_is_taken(language, words, state):
    phone = Phone()
    case = make_case(citizen=make_citizen(phone=phone.number, language=language), state="resolved")
    phone.text(words)
    assert now_of(case).state == state


def test_the_language_a_phone_chose_goes_before_the_one_its_owner_registered_with():
    phone = Phone()
    case = a_case_of(phone, state="resolved")
    Caller.objects.create(index=blind(phone.number, name="phone"), language="lue")
    phone.text("Kechi")
    assert now_of(case).state == "in_progress"


def test_keywords_are_understood_in_the_callers_language():
    phone = Phone()
    case = make_case(citizen=make_citizen(phone=phone.number, language="lue"))
    phone.text("CHIHANDE")
    assert phone.inbox()[-1].startswith(spoken(case.reference))
    phone.text("Kwalumuna lilimi")
    assert "\n7 Chiluvale" in phone.inbox()[-1]
    phone.text("7")
    before = phone.inbox()
    phone.text("Kukumisa")
    assert (Caller.objects.get().opted_out_at is None, phone.inbox()) == (False, before)
    phone.text("Kuputuka")
    assert (Caller.objects.get().opted_out_at, phone.inbox()[-1]) == (None, "Namutambula cheka mijimbu yetu.")
    phone.text("kukafwa")
    assert phone.inbox()[-1].startswith("Single Window Service.")
    assert Case.objects.get() == case


def test_a_lone_yes_closes_neither_of_two_answered_cases():
    phone = Phone()
    one, other = a_case_of(phone, state="resolved"), a_case_of(phone, state="resolved")
    phone.text("YES")
    assert phone.inbox()[-1].startswith("We asked you more than one thing.")
    phone.text(f"YES {one.reference}")
    assert (now_of(one).state, now_of(other).state) == ("closed", "resolved")


def test_yes_to_nothing_is_no_confirmation_of_an_old_case():
    phone = Phone()
    case = a_case_of(phone)
    phone.text("YES")
    assert now_of(case).state == "received"


def test_stop_is_obeyed_in_silence_and_start_undoes_it():
    phone = Phone()
    case = a_case_of(phone)
    before = phone.inbox()
    phone.text("STOP")
    officer = make_officer()
    actions.take(case=case, by=officer)
    actions.resolve(case=now_of(case), by=officer, decision="upheld", words="Done.")
    assert phone.inbox() == before
    phone.text("Start")
    assert phone.inbox()[-1] == "You get our messages again."


def test_stop_also_takes_back_what_still_waits_to_be_sent():
    phone = Phone()
    a_case_of(phone)
    phone.text("STOP")
    assert set(Message.objects.filter(direction="out").values_list("state", "failure")) == {("failed", "opted out")}


def test_who_writes_on_whatsapp_is_answered_on_whatsapp_and_is_the_same_person():
    phone = Phone()
    case = a_case_of(phone)
    sms.receive(Inbound("twilio", "SM1", phone.number, "+1", case.reference, "whatsapp"))
    answer = Message.objects.get(notice="answer")
    assert (answer.phone, answer.case) == (f"whatsapp:{phone.number}", case)


def test_help_begins_the_same_conversation_one_question_an_sms():
    phone = Phone()
    Caller.objects.create(index=blind(phone.number, name="phone"), language="en")
    phone.text("HELP")
    assert phone.inbox()[-1].startswith("Single Window Service. What do you need?\n1 Complain")
    for words in ("1", "2", "2", "1", "1", "lusaka", "No malaria tablets", "1"):
        phone.text(words)
    case = Case.objects.get()
    assert (case.topic_id, case.channel, case.words) == ("nhima-medicine", "sms", "No malaria tablets")


def test_language_asks_for_the_language_and_keeps_it():
    phone = Phone()
    phone.text("LANGUAGE")
    phone.text("3")
    assert Caller.objects.get(index=blind(phone.number, name="phone")).language == "ny"


def test_robots_are_not_answered_for_ever():
    phone = Phone()
    for number in range(30):
        phone.text(f"Your message number {number} was received. Do not reply.")
    assert len(phone.inbox()) <= 20


@pytest.mark.parametrize("sender", ["MTN", "677", "+14155550100", "Airtel Money"])
def test_who_is_no_subscriber_here_gets_no_answer_and_opens_nothing(sender):
    robot = Phone(sender)
    robot.text("You have won!")
    assert (Case.objects.count(), Message.objects.filter(direction="out").count()) == (0, 0)


def test_what_failed_halfway_is_kept_and_handled_later():
    phone = Phone()
    Message.objects.create(
        direction="in", state="arrived", gateway="africastalking", provider_id="left-over", phone=phone.number,
        phone_index=blind(phone.number, name="phone"), text="No money came", due_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    assert sms.handle_left_over() == 1
    assert sms.handle_left_over() == 0
    assert Case.objects.get().words == "No money came"


def test_what_fails_again_and_again_is_tried_at_growing_pauses():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case ADD CONSTRAINT never CHECK (channel <> 'sms')")
    Phone().text("No money came")
    pauses = []
    for _try in range(3):
        message = Message.objects.get(direction="in")
        pauses.append(round((message.due_at - timezone.now()).total_seconds() / 60))
        sms.handle(message)
    assert (pauses, Message.objects.get(direction="in").state) == ([1, 2, 4], "arrived")


def test_the_words_and_the_number_lie_sealed():
    Phone().text("My grandmother got no money")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, phone FROM channels_message WHERE direction = 'in'")
        text, phone = cursor.fetchone()
    assert b"grandmother" not in bytes(text)
    assert b"970000001" not in bytes(phone)
