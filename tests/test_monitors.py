"""Monitors from civil society: invited, read before they are published, answered in public, and shown no case."""

import re
from datetime import date, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.core import mail
from django.db import transaction
from django.http import QueryDict
from django.test import Client

from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.models import Case, Invitation, Officer, Role
from cases.permissions import may_invite, may_moderate
from cms.models import Happening, Note
from cms.monitoring import actions, found
from cms.monitoring.actions import Written
from cms.monitoring.persons import numbers_of_people
from tests.builders import KAFUE, LUSAKA, MONGU, make_case, make_officer, on
from tests.desk import desk_of, text_of

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 4)


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker):
    """Who has to do with notes; made once, each test in a transaction inside this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield {
            "monitor": make_officer(role=Role.MONITOR, name="Mary Mwila"),
            "other": make_officer(role=Role.MONITOR),
            "writer": make_officer(role=Role.EDITOR, level=1),
            "moderator": make_officer(role=Role.EDITOR, level=2),
            "manager": make_officer(role=Role.MANAGER),
            "of NHIMA": make_officer(role=Role.AGENCY_HEAD, agency="NHIMA"),
            "of Lusaka": make_officer(role=Role.SUPERVISOR, place=LUSAKA),
            "of Mongu": make_officer(role=Role.SUPERVISOR, place=MONGU),
            "of a desk": make_officer(role=Role.DESK),
        }
        transaction.set_rollback(True)


def written(programme="SCT", place=MONGU, *scores, title="Cash came late"):
    names = ("criterion", "score", "people", "words")
    rows = tuple(dict(zip(names, score, strict=True)) for score in scores)
    house = catalogue()
    return Written(title, "We stood there.", MAY, house.districts.get(place), house.programmes.get(programme), rows)


def draft(people, *what, kind="note", **more):
    return actions.write(by=people["monitor"], once=uuid4(), kind=kind, written=written(*what, **more))


def published(people, *what, kind="note", day=MAY):
    with on(day):
        note = actions.submit(note=draft(people, *what, kind=kind), by=people["monitor"])
        return actions.publish(note=note, by=people["moderator"])


def seen(address):
    html = Client().get(address).content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


# --- A note's life ----------------------------------------------------------------------------------------


def test_a_note_is_handed_in_given_back_changed_published_and_answered(people):
    note = draft(people)
    actions.submit(note=note, by=people["monitor"])
    actions.give_back(note=note, by=people["moderator"], reason="Which day was it?")
    changed = actions.rewrite(note=note, by=people["monitor"], written=written(title="Cash came late on Monday"))
    assert (changed.state, changed.reason) == ("returned", "Which day was it?")
    actions.submit(note=note, by=people["monitor"])
    with on(MAY):
        actions.publish(note=note, by=people["moderator"])
    with on(MAY + timedelta(days=6)):
        actions.answer(note=note, by=people["of Mongu"], words="We look into it.")

    note.refresh_from_db()
    assert (note.state, note.title, note.organisation, note.days) == (
        "published",
        "Cash came late on Monday",
        "Citizens' Watch",
        6,
    )
    told = [(one.said, one.subjects) for one in Happening.objects.order_by("pk")]
    about = ["programme:SCT", f"place:{MONGU}", "place:ZM110"]
    assert told == [("Cash came late on Monday", about), ("Answered: Cash came late on Monday", about)]


def test_each_step_is_refused_to_who_may_not_and_where_it_does_not_fit(people):
    note, monitor, moderator = draft(people), people["monitor"], people["moderator"]
    refused = [
        lambda: actions.write(by=people["manager"], once=uuid4(), kind="note", written=written()),
        lambda: actions.write(by=people["other"], once=note.once, kind="note", written=written()),
        lambda: actions.rewrite(note=note, by=people["other"], written=written()),
        lambda: actions.publish(note=note, by=moderator),
        lambda: actions.submit(note=draft(people, kind="scorecard"), by=monitor),
    ]
    for act in refused:
        with pytest.raises(NotAllowed):
            act()
    actions.submit(note=note, by=monitor)
    for act in (
        lambda: actions.rewrite(note=note, by=monitor, written=written(title="Another")),
        lambda: actions.publish(note=note, by=people["writer"]),
        lambda: actions.give_back(note=note, by=moderator, reason=" "),
        lambda: actions.answer(note=note, by=people["manager"], words="Too early."),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert Note.objects.get(pk=note.pk).state == "submitted"
    assert actions.take_back(note=note, by=monitor).state == "draft"


@pytest.mark.parametrize(
    ("programme", "place", "who"),
    [
        ("NHIS", KAFUE, {"manager", "of NHIMA", "of Lusaka"}),
        ("SCT", KAFUE, {"manager", "of Lusaka"}),
        ("NHIS", "", {"manager", "of NHIMA"}),
        ("", MONGU, {"manager", "of Mongu"}),
    ],
)
def test_who_speaks_for_an_agency_or_a_place_is_who_answers_for_it(programme, place, who, people):
    note = published(people, programme, place)
    assert {name for name, one in people.items() if found.answerable(one).filter(pk=note.pk).exists()} == who
    with pytest.raises(NotAllowed, match="speak for"):
        actions.answer(note=note, by=people["of a desk"], words="Mine.")
    actions.answer(note=note, by=people["manager"], words="Ours.")
    with pytest.raises(NotAllowed, match="answered already"):
        actions.answer(note=note, by=people["manager"], words="Something else.")


def test_a_note_that_was_taken_down_says_why_and_nothing_else(people):
    note = published(people)
    actions.answer(note=note, by=people["manager"], words="We look into it.")
    for by, reason in ((people["writer"], "It names somebody."), (people["moderator"], " ")):
        with pytest.raises(NotAllowed):
            actions.take_down(note=note, by=by, reason=reason)
    actions.take_down(note=note, by=people["moderator"], reason="It names somebody.")

    answer = Client().get(f"/monitors/{note.pk}/")
    assert answer.status_code == 410
    assert "It names somebody." in text_of(answer)
    for words in ("Cash came late", "We stood there.", "We look into it."):
        assert words not in text_of(answer)
    assert not found.published().exists()
    assert not Happening.objects.exists()
    mine = text_of(desk_of(people["monitor"]).get("/desk/notes/"))
    assert "Taken down" in mine
    with pytest.raises(NotAllowed):
        actions.rewrite(note=note, by=people["monitor"], written=written())


# --- What everybody reads ---------------------------------------------------------------------------------


def test_everybody_reads_note_and_answer_side_by_side_and_how_long_it_took(people):
    answered, waiting, hidden = published(people), published(people, "NHIS", KAFUE), draft(people)
    with on(MAY + timedelta(days=6)):
        actions.answer(note=answered, by=people["of Mongu"], words="We look into it.")
    with on(MAY + timedelta(days=12)):
        page = seen(f"/monitors/{answered.pk}/")
        assert "Cash came late" in page
        assert "answered after 6 days We look into it. Ministry" in page
        assert "no answer yet, 12 days" in seen(f"/monitors/{waiting.pk}/")
        assert Client().get(f"/monitors/{hidden.pk}/").status_code == 404
    for address, asked in ((f"place/{MONGU}", f"place={MONGU}"), ("programme/SCT", "programme=SCT")):
        assert f'href="/monitors/?{asked}"' in Client().get(f"/performance/{address}/").content.decode()


def test_the_list_is_narrowed_by_place_programme_and_answer(people):
    answered = published(people)
    published(people, "NHIS", KAFUE)
    actions.answer(note=answered, by=people["manager"], words="We look into it.")
    numbers = {
        "": 2, f"place={MONGU}": 1, "place=ZM105": 1, "programme=NHIS": 1, "answer=none": 1,
        f"place={MONGU}&programme=NHIS": 0, "place=nowhere&page=0": 2, "page=9": 0,
    }  # fmt: skip
    assert {asked: len(found.listing(QueryDict(asked))["notes"]) for asked in numbers} == numbers


def test_few_voices_are_said_to_be_few_and_their_scores_are_not_told(people):
    many = published(people, "NHIS", KAFUE, ("Queue", 4, 10, "Long."), ("Toilets", 1, 9, "Dirty."), kind="scorecard")
    few = published(people, "NHIS", KAFUE, ("Queue", 5, 9, "Short."), kind="scorecard")
    page = seen(f"/monitors/{many.pk}/")
    assert "10 people took part." in page
    assert "Queue 4 of 5 10 people Long. Toilets few voices Dirty." in page
    page = seen(f"/monitors/{few.pk}/")
    assert "Few voices: fewer than 10 people took part." in page
    assert "Queue few voices Short." in page
    assert "5 of 5" not in page


# --- Nobody's data, nobody's case -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Call 0977 123 456 or +260 95 5123456.", ["0977 123 456", "+260 95 5123456"]),
        ("Her card is 123456/78/1", ["123456/78/1"]),
        ("Her card is 123456 78 1.", ["123456 78 1"]),
        ("1,310,000 households, K889,117,723, on 2026-05-04, 12 of 40, case 1234 5678 9012", []),
    ],
)
def test_telephone_and_card_numbers_are_found_and_amounts_are_none(text, numbers):
    assert numbers_of_people(text) == numbers


FORM = {
    "kind": "note",
    "title": "Late",
    "place": MONGU,
    "programme": "",
    "seen_on": "2026-05-04",
    "words": "We waited.",
}


def test_a_form_with_somebodys_number_is_not_kept_and_nothing_typed_is_lost(people):
    desk = desk_of(people["monitor"])
    page = desk.post("/desk/notes/new/", FORM | {"once": uuid4(), "words": "Ask Mary, 0977123456."})
    assert page.status_code == 422
    assert "This looks like somebody's telephone or NRC number: 0977123456." in text_of(page)
    assert "Ask Mary, 0977123456." in text_of(page)
    for wrong in ({"place": ""}, {"seen_on": "2999-01-01"}, {"kind": "scorecard"}, {"once": "x"}):
        assert desk.post("/desk/notes/new/", FORM | {"once": uuid4()} | wrong).status_code == 422
    half = {"kind": "scorecard", "line0-criterion": "Queue", "line0-score": "4"}
    assert "or empty the whole line" in text_of(desk.post("/desk/notes/new/", FORM | {"once": uuid4()} | half))
    assert not Note.objects.exists()
    done = desk.post("/desk/notes/new/", FORM | half | {"once": uuid4(), "line0-people": "12", "submit": "on"})
    assert done.status_code == 303
    note = Note.objects.get()
    assert (note.state, note.scores.get().score) == ("submitted", 4)
    assert "It is handed in" in text_of(desk.get(f"/desk/notes/{note.pk}/"))
    assert desk_of(people["other"]).get(f"/desk/notes/{note.pk}/").status_code == 404


def test_a_monitor_sees_no_case_ever(people):
    case, monitor = make_case(), people["monitor"]
    monitor.clearances = ["private"]
    assert not Case.objects.visible_to(monitor).exists()
    desk = desk_of(monitor)
    assert desk.get("/desk/")["Location"] == "/desk/notes/"
    assert desk.get(f"/desk/cases/{case.reference}/").status_code == 403
    assert "Citizens' Watch" in text_of(desk.get("/desk/notes/"))


def test_only_an_editor_moderates_or_invites_for_it_however_high_the_others_stand(people):
    high = {role: make_officer(role=role, level=3) for role in Role}
    assert {role for role, officer in high.items() if may_moderate(officer)} == {Role.EDITOR}
    assert {role for role, officer in high.items() if may_invite(officer, Role.MONITOR)} == {
        Role.EDITOR,
        Role.ADMINISTRATOR,
    }
    assert not may_moderate(make_officer(role=Role.EDITOR, level=3, active=False))


def test_a_moderator_invites_monitors_and_nobody_else_does_but_the_administrator(people):
    form = {"address": "watch@example.org", "organisation": "Water Watch"}
    assert desk_of(people["writer"]).post("/desk/monitors/", form).status_code == 409
    assert desk_of(people["manager"]).post("/desk/monitors/", form).status_code == 403
    assert not Invitation.objects.exists()
    assert desk_of(people["moderator"]).post("/desk/monitors/", form | {"organisation": ""}).status_code == 422
    assert desk_of(people["moderator"]).post("/desk/monitors/", form).status_code == 303
    (message,) = mail.outbox
    link = re.search(r"https?://\S+?(/welcome/\S+/)", message.body).group(1)
    assert "Monitor from civil society. Water Watch." in message.body
    visitor = Client()
    visitor.get(link)
    name = {"first_name": "Jane", "last_name": "Zimba", "username": "jane"}
    visitor.post("/welcome/", name | {"password": "seven green hills", "again": "seven green hills"})
    jane = Officer.objects.get(user__username="jane")
    assert (jane.role, jane.organisation, jane.clearances, jane.agency) == ("monitor", "Water Watch", [], None)
    colleague = Invitation.objects.create(
        address="x@example.org", role="desk", token_index="x", expires_at="2999-01-01T00:00Z"
    )
    tried = desk_of(people["moderator"]).post(f"/desk/people/invitations/{colleague.pk}/", {"withdraw": "on"})
    assert tried["Location"] == "/desk/monitors/"
    colleague.refresh_from_db()
    assert colleague.withdrawn_at is None
