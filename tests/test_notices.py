"""Which SMS follows which event: in the stored language, whole, and silent about what is sensitive."""

import pytest

from cases import actions
from cases.lifecycle import ENTRIES, STEPS, State
from cases.models import Case, Known, Role
from cases.reference import spoken
from cases.wording import HISTORY, UNTOLD, day
from channels import gsm7
from channels.models import Message
from channels.notices import NEUTRAL, NOTICES, words
from tests.builders import make_case, make_citizen, make_officer, now_of, open_case, who_may_have
from tests.phone import Phone

FACTS = {
    "reference": "1234 5678 9012", "agency": "NHIMA health", "other": "NAPSA pension", "body": "NHIMA Board",
    "date": "04/12/2026", "stays": "2345 6789 0123", "words": "Your card works again.", "code": "123456",
    "shared": "your words, your NRC", "outcome": "We could not agree",
    "if_not": "If you do not agree, you can appeal to NHIMA Board until 04/12/2026.",
}  # fmt: skip


def test_every_event_of_the_lifecycle_has_words_or_says_why_not():
    kinds = {key.partition("/")[0] for key in NOTICES}
    assert kinds == {*STEPS, *ENTRIES}
    assert {key.partition("/")[0] for key in HISTORY} == {*STEPS, *ENTRIES} - {*UNTOLD}
    assert kinds <= set(NOTICES)  # each has its plain meaning


@pytest.mark.django_db
def test_the_first_notice_holds_the_number_and_the_promised_date():
    opened = open_case(citizen=make_citizen(phone="+260970000001"))
    case = opened.case
    assert Phone().inbox() == [
        f"We got your message. Your number is {spoken(case.reference)}. NHIMA health answers by {day(case.resolve_due)}."
    ]


@pytest.mark.django_db
def test_the_case_and_its_notice_are_written_together_or_not_at_all():
    opened = open_case()
    message = Message.objects.get(case=opened.case)
    assert (message.state, message.event.kind, message.notice) == ("queued", "open", "open")


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["violence", "nhima-bribe", "nhima-medicine"])
def test_a_sensitive_case_is_never_named_in_an_sms(topic):
    phone = Phone()
    case = open_case(topic=topic, citizen=make_citizen(phone=phone.number), words="He hit me").case
    officer = who_may_have(case)
    actions.take(case=case, by=officer)
    actions.ask_citizen(case=now_of(case), by=officer, words="When did he hit you?")
    actions.resolve(case=now_of(case), by=officer, decision="upheld", words="The clinic will help you.")
    heard = " ".join(phone.inbox()).casefold()
    assert len(phone.inbox()) == 3
    for giveaway in ("hit", "violence", "bribe", "clinic", "medicine", "acc", "social", "nhima"):
        assert giveaway not in heard


@pytest.mark.django_db
def test_what_they_did_themselves_is_no_news_in_a_private_matter():
    phone = Phone()
    case = make_case(topic="nhima-medicine", state="resolved", citizen=make_citizen(phone=phone.number))
    before = phone.inbox()
    actions.dispute(case=case, words="It is not there.")
    assert phone.inbox() == before


@pytest.mark.django_db
def test_moving_up_before_it_is_late_is_not_called_late():
    phone = Phone()
    case = make_case(citizen=make_citizen(phone=phone.number))
    actions.escalate(case=case, today=case.opened_on, by=make_officer(role=Role.SUPERVISOR))
    assert phone.inbox()[-1] == f"{spoken(case.reference)} went one level up: Health Complaints Committee."


@pytest.mark.django_db
def test_an_anonymous_case_sends_nothing():
    open_case(known=Known.ANONYMOUS)
    assert Message.objects.count() == 0


@pytest.mark.django_db
def test_a_hidden_number_still_hears():
    open_case(known=Known.HIDDEN)
    assert Message.objects.count() == 1


def test_a_long_answer_is_shortened_but_never_the_question_after_it():
    text = words(NOTICES["resolve"] or "", FACTS | {"words": "very long " * 100}, "en")
    assert gsm7.fits(text, 3 * gsm7.JOINED)
    assert text.endswith("... Is it solved? Reply YES or NO.")


def test_an_officers_curly_quotes_do_not_triple_the_price():
    text = words(NOTICES["ask"] or "", FACTS | {"words": "Send “NRC” – today…"}, "en")
    assert gsm7.parts(text) == 1
    assert 'Send "NRC" - today...' in text


@pytest.mark.parametrize("language", ["en", "bem", "ny", "toi", "loz", "kqn", "lue", "lun"])
def test_every_notice_in_every_language_renders_whole(language):
    for template in {*filter(None, (*NOTICES.values(), *NEUTRAL.values()))}:
        text = words(template, FACTS, language)
        assert not set("{}%") & set(text), (language, text)
        assert not gsm7.foreign(text)


def test_a_notice_without_a_translation_names_agencies_in_english_as_well():
    in_tonga = words(NOTICES["sort"] or "", FACTS, "toi")
    assert "NHIMA health" not in in_tonga
    assert words("{agency} is not translated.", FACTS, "toi") == "NHIMA health is not translated."


@pytest.mark.django_db
def test_a_notice_goes_out_in_the_language_the_citizen_chose():
    officer = make_officer()
    case = make_case(citizen=make_citizen(language="ny"), state=State.IN_PROGRESS, officer=officer)
    actions.resolve(case=case, by=officer, decision="not_eligible", words="Onani lamulo 12.")
    said = Message.objects.filter(case=case).latest("pk")
    assert (said.language, Case.objects.get().citizen.language) == ("ny", "ny")
    assert f"{spoken(case.reference)}: Malamulo sakulola. Onani lamulo 12. Kodi bvuto latha?" in said.text
    assert "Ngati simukuvomera, pelekani kwa" in said.text
