"""Rights over one's own data: seen, corrected, stopped, erased by two people, kept as long as the law asks and no longer."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pypdfium2
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases import actions, clock, ledger
from cases.actions import NotAllowed
from cases.dossier import dossier
from cases.lifecycle import State
from cases.models import Case, Citizen, Disclosure, Erasure, Event, Reading, Retention, Role, Words
from channels.data_rights import NOTICE, tell_rights
from channels.models import Caller, Message
from tests.builders import LUSAKA, MONGU, WESTERN, a_phone, make_case, make_citizen, make_officer, now_of, open_case
from tests.phone import Phone

LONG_AGO = datetime(2025, 3, 3, 10, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
PRIVATE = ("private",)


@pytest.fixture
def officer(db):
    return make_officer(clearances=PRIVATE)


@pytest.fixture
def supervisor(db):
    return make_officer(role=Role.SUPERVISOR, clearances=PRIVATE)


@pytest.fixture
def citizen(db):
    return make_citizen(phone=a_phone(), nrc="123456/78/1", name="Bwalya Chanda")


def asks_for(right, citizen, officer):
    """Their case for this right, in the officer's hands."""
    return make_case(topic=f"data-{right}", citizen=citizen, state=State.IN_PROGRESS, officer=officer)


def closed(citizen, when, **more):
    with clock.at(when):
        return make_case(citizen=citizen, state=State.CLOSED, **more)


# --- Seeing ----------------------------------------------------------------------------------------------


def read(pdf):
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)).split())


def test_the_citizen_gets_everything_held_about_them_on_paper_and_nothing_of_anybody_else(citizen, officer, client):
    mine = make_case(citizen=citizen, words="The clinic sent me away.", state=State.RESOLVED)
    make_case(words="Somebody else's story.")
    make_case(citizen=citizen, topic="violence", words="He beats me.")
    case = asks_for("see", citizen, officer)
    client.force_login(officer.user)

    answer = client.post(reverse("cases:dossier", args=[case.reference]))

    text = read(answer.content)
    assert answer["Content-Type"] == "application/pdf"
    for held in ("Bwalya Chanda", "123456/78/1", str(mine), "The clinic sent me away.", "Your card works again."):
        assert held in text
    assert "We got your message. Your number is" in text  # the SMS
    assert "Somebody else" not in text
    assert "He beats me" not in text  # that is for the focal point to hand out
    assert [event.data["cases"] for event in case.events.filter(kind="dossier")] == [2]
    assert list(Disclosure.objects.values_list("what", "to", "by")) == [("dossier", "The citizen", officer.pk)]


def test_whose_data_is_shown_or_printed_was_read_each_case_of_them(citizen, officer, client):
    """On record in the history where it is sensitive, in the log where it is not: so who saw what can be told."""
    private = make_case(citizen=citizen, topic="nhima-facility", words="They laughed at me.")
    plain, case = make_case(citizen=citizen), asks_for("see", citizen, officer)
    client.force_login(officer.user)
    with clock.at(clock.now() + timedelta(days=1)):
        client.get(reverse("cases:data_rights", args=[case.reference]))
        assert [event.data["what"] for event in case.events.filter(kind="read")] == ["page"]
        client.post(reverse("cases:dossier", args=[case.reference]))

    assert [event.data["what"] for event in private.events.filter(kind="read", officer=officer)] == ["paper"]
    assert list(Reading.objects.values_list("case", "officer")) == [(plain.pk, officer.pk)]


def test_odd_words_make_no_markup_on_the_paper(citizen):
    case = make_case(citizen=citizen, words='#panic("x") $ \\ *bold* @ref <b>')

    assert '#panic("x") $' in read(dossier(citizen, [case]))


@pytest.mark.parametrize("right", ["see", "correct", "stop", "erase"])
def test_a_right_is_served_by_whoever_has_the_case_in_hand_and_by_no_other(right, citizen, officer):
    act = {
        "see": lambda by: actions.give_dossier(case=case, by=by, cases=1),
        "correct": lambda by: actions.correct_citizen(case=case, by=by, name="Another", nrc="", phone=a_phone()),
        "stop": lambda by: actions.stop_use(case=case, by=by, words="No more."),
        "erase": lambda by: actions.ask_erasure(case=case, by=by),
    }[right]
    case = asks_for(right, citizen, officer)
    about_something_else = make_case(citizen=citizen, state=State.IN_PROGRESS, officer=officer)

    for nobody in (make_officer(clearances=PRIVATE), make_officer(role=Role.MANAGER, clearances=PRIVATE)):
        with pytest.raises(NotAllowed, match="Take the case first"):
            act(nobody)
    act(officer)
    case = about_something_else
    with pytest.raises(NotAllowed, match="does not ask for that"):
        act(officer)


# --- Correcting and stopping -----------------------------------------------------------------------------


def test_a_correction_keeps_what_stood_there_before_as_sealed_words(citizen, officer, client):
    case, old, new = asks_for("correct", citizen, officer), citizen.phone, a_phone()
    client.force_login(officer.user)
    page = reverse("cases:data_rights", args=[case.reference])
    assert "Bwalya Chanda" in client.get(page).content.decode()

    client.post(page, {"name": "Bwalya Chanda Mulenga", "nrc": "123456 78 1", "phone": new})

    citizen.refresh_from_db()
    assert (citizen.name, citizen.nrc, citizen.phone) == ("Bwalya Chanda Mulenga", "123456/78/1", new)
    event = case.events.get(kind="correct")
    assert event.said.text == f"Bwalya Chanda > Bwalya Chanda Mulenga\n{old} > {new}"
    assert "Bwalya" not in str(event.data)
    assert Phone(new).inbox() == []
    actions.resolve(case=now_of(case), by=officer, decision="answered", words="Done.")
    assert len(Phone(new).inbox()) == 1  # from now on the new phone hears


def test_a_number_of_somebody_else_is_not_taken_from_them(citizen, officer):
    other = make_citizen(phone=a_phone(), nrc="222222/22/1")
    case = asks_for("correct", citizen, officer)

    for theirs in ({"phone": other.phone, "nrc": ""}, {"phone": "", "nrc": other.nrc}):
        with pytest.raises(NotAllowed, match="on record for somebody else"):
            actions.correct_citizen(case=case, by=officer, name="", **theirs)
    assert not case.events.filter(kind="correct").exists()


def test_a_correction_changes_something_and_leaves_a_way_to_find_them_again(citizen, officer):
    case = asks_for("correct", citizen, officer)
    same = {"name": citizen.name, "nrc": citizen.nrc, "phone": citizen.phone}

    for typed, said in ((same, "Nothing is different"), (same | {"nrc": "", "phone": ""}, "nobody would find")):
        with pytest.raises(NotAllowed, match=said):
            actions.correct_citizen(case=case, by=officer, **typed)
    assert not case.events.filter(kind="correct").exists()


def test_of_who_hides_from_the_office_the_page_shows_and_changes_nothing(citizen, officer, client):
    case = make_case(topic="data-correct", known="hidden", citizen=citizen, state=State.IN_PROGRESS, officer=officer)
    client.force_login(officer.user)
    page = client.get(reverse("cases:data_rights", args=[case.reference])).content.decode()

    assert "not known to the office" in page
    for secret in (citizen.name, citizen.nrc, citizen.phone):
        assert secret not in page


def test_who_only_looks_is_not_led_to_the_page_of_a_right(citizen, officer, client):
    case = asks_for("correct", citizen, officer)
    way = reverse("cases:data_rights", args=[case.reference])
    found = {}
    for who in (officer, make_officer(role=Role.AUDITOR, clearances=PRIVATE)):
        client.force_login(who.user)
        found[who.role] = way in client.get(reverse("cases:case", args=[case.reference])).content.decode()
    assert found == {Role.DESK: True, Role.AUDITOR: False}
    client.force_login(make_officer().user)
    assert client.get(way).status_code == 404  # a private matter, and they are cleared for none


def test_a_right_is_served_to_somebody_and_while_the_case_is_open(citizen, officer):
    anonymous = make_case(topic="data-stop", known="anonymous", state=State.IN_PROGRESS, officer=officer)
    done = make_case(topic="data-stop", citizen=citizen, state=State.RESOLVED, officer=officer)
    case = asks_for("stop", citizen, officer)

    for asking, words, said in (
        (anonymous, "No more.", "does not ask for that"),
        (done, "No more.", "Take the case first"),
        (case, " ", "what the citizen objects to"),
    ):
        with pytest.raises(NotAllowed, match=said):
            actions.stop_use(case=asking, by=officer, words=words)
    assert Citizen.objects.get(pk=citizen.pk).objected_at is None


def test_who_objects_hears_nothing_any_more(citizen, officer):
    case = asks_for("stop", citizen, officer)
    before = len(Phone(citizen.phone).inbox())

    actions.stop_use(case=case, by=officer, words="Stop writing to me.")
    actions.resolve(case=now_of(case), by=officer, decision="answered", words="We stopped.")

    assert len(Phone(citizen.phone).inbox()) == before
    assert Citizen.objects.get(pk=citizen.pk).objected_at


# --- Erasing ---------------------------------------------------------------------------------------------


def test_two_people_erase_what_the_law_no_longer_keeps_and_the_rest_follows_by_time(citizen, officer, supervisor):
    old = closed(citizen, LONG_AGO, words="An old story.")
    with clock.at(NOW):
        newer = closed(citizen, NOW - timedelta(days=30), words="A newer story.")
        case = asks_for("erase", citizen, officer)
        erasure = actions.ask_erasure(case=case, by=officer)
        assert actions.erase_due(NOW) == 0  # one person is not enough
        with pytest.raises(NotAllowed, match="Somebody else must agree"):
            actions.agree_to_erasure(erasure=erasure, by=make_supervisor_of(officer))
        actions.agree_to_erasure(erasure=erasure, by=supervisor)
        actions.resolve(case=now_of(case), by=officer, decision="answered", words="It will be erased.")
        actions.close(case=now_of(case), by=officer)

        assert actions.erase_due(NOW) == 1
        assert [now_of(one).words for one in (old, newer)] == ["", "A newer story."]
        assert Citizen.objects.get(pk=citizen.pk).name == "Bwalya Chanda"

    a_year_later = NOW + timedelta(days=366)
    with clock.at(a_year_later):
        assert actions.erase_due(a_year_later) == 2
    gone = Citizen.objects.get(pk=citizen.pk)
    assert (gone.name, gone.phone, gone.phone_index, gone.nrc, gone.nrc_index) == ("", None, None, None, None)
    assert Erasure.objects.get().done_at
    assert not Words.objects.filter(event__case__in=[old, newer, case]).exists()
    assert [(text, number) for text, number in Message.objects.values_list("text", "phone") if text or number] == []
    for one in (old, newer, case):
        events = list(one.events.select_related("case", "said").order_by("number"))
        assert ledger.broken(events) is None  # the chain stands without the words
        assert events[-1].kind == "erase"
        assert now_of(one).decision  # and so do the figures


def make_supervisor_of(officer):
    officer.role = Role.SUPERVISOR
    officer.save()
    return officer


def test_the_database_itself_wants_two_people(citizen, officer):
    case = asks_for("erase", citizen, officer)
    with pytest.raises(IntegrityError, match="two_people_erase"), transaction.atomic():
        Erasure.objects.create(case=case, citizen=citizen, asked_by=officer, agreed_by=officer)


def test_the_supervisor_agrees_or_refuses_on_a_page_that_names_nobody(citizen, officer, supervisor, client):
    closed(citizen, LONG_AGO)
    case = asks_for("erase", citizen, officer)
    client.force_login(officer.user)
    client.post(reverse("cases:data_rights", args=[case.reference]))
    assert client.get(reverse("cases:erasures")).status_code == 403
    erasure = Erasure.objects.get()
    client.force_login(supervisor.user)

    shown = client.get(reverse("cases:erasures")).content.decode()
    assert str(case) in shown
    assert "1 case goes at once." in shown
    assert "Bwalya" not in shown
    assert client.post(reverse("cases:erasures"), {"erasure": erasure.pk, "agree": ""}).status_code == 409
    assert client.post(reverse("cases:erasures"), {"erasure": erasure.pk, "refuse": ""}).status_code == 409
    assert client.post(reverse("cases:erasures"), {"erasure": erasure.pk, "agree": "", "sure": "on"}).status_code == 303

    assert Erasure.objects.get().agreed_by == supervisor
    assert list(case.events.filter(kind__startswith="erase").values_list("kind", flat=True)) == [
        "erase_asked",
        "erase_agreed",
    ]


def test_a_refusal_has_its_reason_in_the_history(citizen, officer, supervisor):
    case = asks_for("erase", citizen, officer)
    erasure = actions.ask_erasure(case=case, by=officer)

    actions.refuse_erasure(erasure=erasure, by=supervisor, words="A court asked for it.")

    assert case.events.get(kind="erase_refused").said.text == "A court asked for it."
    assert not Erasure.objects.exists()


def test_a_reason_that_is_too_long_refuses_nothing_and_is_told_so(citizen, officer, supervisor, client):
    erasure = actions.ask_erasure(case=asks_for("erase", citizen, officer), by=officer)
    client.force_login(supervisor.user)

    answer = client.post(reverse("cases:erasures"), {"erasure": erasure.pk, "refuse": "", "words": "x" * 20_000})
    assert (answer.status_code, Erasure.objects.count()) == (409, 1)
    assert "it has 20000" in answer.content.decode()


def test_the_second_person_is_one_who_may_agree_and_sees_the_case(citizen, officer, supervisor, client):
    """Asked at the action itself: by who has no such page, and by who has it and does not see this case."""
    erasure = actions.ask_erasure(case=asks_for("erase", citizen, officer), by=officer)

    far, listed = make_officer(role=Role.SUPERVISOR, place=MONGU), []
    for who in (supervisor, far):
        client.force_login(who.user)
        listed.append(str(erasure.case) in client.get(reverse("cases:erasures")).content.decode())
    assert listed == [True, False]
    for nobody in (make_officer(clearances=PRIVATE), far):
        with pytest.raises(NotAllowed, match="You may not do this"):
            actions.agree_to_erasure(erasure=erasure, by=nobody)
        with pytest.raises(NotAllowed, match="You may not do this"):
            actions.refuse_erasure(erasure=erasure, by=nobody, words="No.")
    actions.agree_to_erasure(erasure=erasure, by=supervisor)
    with pytest.raises(NotAllowed, match="agreed to already"):
        actions.refuse_erasure(erasure=erasure, by=supervisor, words="On second thought.")


def test_what_was_erased_stays_erased_after_a_restore(citizen, officer, supervisor, tmp_path):
    old = closed(citizen, LONG_AGO, words="An old story.")
    backup = {"open_words": old.open_words}
    listed = StringIO()
    with clock.at(NOW):
        case = asks_for("erase", citizen, officer)
        actions.agree_to_erasure(erasure=actions.ask_erasure(case=case, by=officer), by=supervisor)
        actions.erase_due(NOW)
    call_command("erasures", stdout=listed)
    assert listed.getvalue() == f"case {old.pk}\n"
    (tmp_path / "erased").write_text(listed.getvalue())

    Case.objects.filter(pk=old.pk).update(erased_at=None, **backup)  # as a backup of yesterday has it
    assert now_of(old).words == "An old story."
    call_command("erasures", again=tmp_path / "erased", stdout=StringIO())

    assert now_of(old).words == ""
    (tmp_path / "erased").write_text("DROP TABLE")
    with pytest.raises(CommandError, match="Line 1"):
        call_command("erasures", again=tmp_path / "erased")


# --- Retention -------------------------------------------------------------------------------------------


def test_time_erases_after_a_person_has_seen_what_would_go(citizen, client, settings):
    settings.RETENTION_DAYS = 500
    manager = make_officer(role=Role.MANAGER)
    client.force_login(manager.user)
    old, newer = closed(citizen, LONG_AGO, words="Old."), closed(make_citizen(), NOW, words="New.")
    page = reverse("cases:retention")
    with clock.at(NOW):
        shown = client.get(page).content.decode()
        assert "1 case has been kept long enough" in shown
        assert actions.retain(NOW) == 0  # shown is not agreed to
        assert client.post(page, {"shown": "1"}).status_code == 409
        assert client.post(page, {"shown": "7", "sure": "on"}).status_code == 409
        assert client.post(page, {"shown": "1", "sure": "on"}).status_code == 303
        assert client.post(page, {"shown": "1", "sure": "on"}).status_code == 409  # one at a time

        assert actions.retain(NOW) == 1

    assert (now_of(old).words, now_of(newer).words) == ("", "New.")
    assert Citizen.objects.get(pk=citizen.pk).phone is None  # nothing of theirs is left
    assert list(Retention.objects.values_list("shown", "done", "approved_by")) == [(1, 1, manager.pk)]


def test_without_a_period_nothing_is_erased(client, citizen):
    closed(citizen, LONG_AGO)
    client.force_login(make_officer(role=Role.MANAGER).user)

    assert "No longest time is set" in client.get(reverse("cases:retention")).content.decode()
    with pytest.raises(NotAllowed):
        actions.approve_retention(by=make_officer(role=Role.MANAGER), closed_before=NOW.date(), shown=1)


def test_who_may_not_say_how_long_data_is_kept_erases_nothing_past_the_page(citizen, settings):
    settings.RETENTION_DAYS = 500
    closed(citizen, LONG_AGO)
    with clock.at(NOW), pytest.raises(NotAllowed, match="You may not do this"):
        actions.approve_retention(by=make_officer(role=Role.AUDITOR), closed_before=actions.last_day_kept(NOW), shown=1)
    assert not Retention.objects.exists()


# --- The notice, the register ----------------------------------------------------------------------------


def test_a_new_phone_is_told_its_rights_once(db):
    opened = open_case(citizen=make_citizen(phone="+260970000077"))
    phone, now = Phone("+260970000077"), clock.now()

    assert [tell_rights(now), tell_rights(now)] == [1, 0]
    assert phone.inbox()[-1] == NOTICE
    open_case(citizen=opened.case.citizen)
    assert tell_rights(now) == 0
    assert len(NOTICE) <= 160


def test_who_wants_silence_is_not_told_by_sms_and_nobody_anonymous_is_looked_for(db):
    citizen = make_citizen()
    Caller.objects.create(index=citizen.phone_index, opted_out_at=clock.now())
    open_case(citizen=citizen)
    open_case(known="anonymous")
    before = Message.objects.count()

    assert tell_rights(clock.now()) == 0
    assert Message.objects.count() == before


def test_the_register_of_processing_is_for_everybody(client, db):
    shown = client.get(reverse("citizen:register")).content.decode()

    assert "section 45" in shown
    assert "To answer a question, a registration or a complaint" in shown


def test_what_was_given_out_is_listed_for_manager_and_auditor(citizen, officer, client):
    case = asks_for("see", citizen, officer)
    actions.give_dossier(case=case, by=officer, cases=1)
    for role, status in ((Role.MANAGER, 200), (Role.AUDITOR, 200), (Role.DESK, 403)):
        client.force_login(make_officer(role=role, clearances=PRIVATE).user)
        answer = client.get(reverse("cases:disclosures"))
        assert answer.status_code == status
        assert (str(case) in answer.content.decode()) == (status == 200)
    assert Event.objects.filter(kind="dossier").count() == 1


# --- After a breach --------------------------------------------------------------------------------------


def test_what_was_given_out_of_another_place_is_not_listed(citizen, officer, client):
    case = asks_for("see", citizen, officer)
    actions.give_dossier(case=case, by=officer, cases=1)
    listed = []
    for place in (LUSAKA, WESTERN):
        client.force_login(make_officer(role=Role.MANAGER, place=place, clearances=PRIVATE).user)
        listed.append(str(case) in client.get(reverse("cases:disclosures")).content.decode())
    assert listed == [True, False]


def lines_of(since, until):
    said = StringIO()
    call_command("breach_dossier", since, until, stdout=said, stderr=StringIO())
    return [row.split(",") for row in said.getvalue().splitlines()[1:]]


def test_a_breach_dossier_tells_exactly_who_saw_what_between_two_times(citizen, officer, client):
    client.force_login(officer.user)
    with clock.at(NOW - timedelta(hours=5)):
        plain, private = make_case(citizen=citizen), make_case(topic="nhima-medicine")
        client.get(reverse("cases:case", args=[plain.reference]))
    with clock.at(NOW):
        for case in (plain, private, plain):  # the third time within the hour is the same reading
            client.get(reverse("cases:case", args=[case.reference]))
        actions.take(case=plain, by=officer)
    with clock.at(NOW + timedelta(hours=5)):
        client.get(reverse("cases:case", args=[private.reference]))

    told = lines_of((NOW - timedelta(hours=1)).isoformat(), (NOW + timedelta(hours=1)).isoformat())

    assert sorted((row[1], row[5], row[6]) for row in told) == sorted(
        [
            (str(officer.pk), plain.reference, "read"),
            (str(officer.pk), private.reference, "read"),
            (str(officer.pk), plain.reference, "take"),
        ]
    )
    assert lines_of((NOW + timedelta(days=1)).isoformat(), (NOW + timedelta(days=2)).isoformat()) == []
    with pytest.raises(CommandError):
        lines_of("yesterday", "today")


def test_the_auditor_sees_on_a_page_what_they_are_cleared_for_and_what_they_take_along_is_written_down(citizen, client):
    reader = make_officer(clearances=PRIVATE, name="Dora Phiri")
    client.force_login(reader.user)
    with clock.at(NOW):
        for topic in ("nhima-card-inactive", "nhima-medicine"):
            client.get(reverse("cases:case", args=[make_case(topic=topic).reference]))
    between = {"since": "2026-11-20T08:00", "until": "2026-11-21T08:00"}
    seen = {}
    for clearances in ((), PRIVATE):
        client.force_login(make_officer(role=Role.AUDITOR, clearances=clearances).user)
        shown = client.post(reverse("cases:breach"), between | {"show": ""}).content.decode()
        seen[clearances] = re.findall(r"<td>Dora Phiri</td><td>[^<]*</td><td>(\d)</td><td>(\d)</td>", shown)
    file = client.post(reverse("cases:breach"), between | {"file": ""}).content.decode()

    assert seen == {(): [("1", "1")], PRIVATE: [("2", "2")]}
    assert file.count("Dora Phiri") == 2
    assert list(Disclosure.objects.values_list("what", "cases")) == [("export", 2)]
    client.force_login(reader.user)
    assert client.get(reverse("cases:breach")).status_code == 403
