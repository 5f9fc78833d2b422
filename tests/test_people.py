"""People: invited by e-mail, given a scope, away, gone; each change written down for ever and by whom."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from cases import actions, clock, people
from cases.actions import NotAllowed
from cases.actions import people as hr
from cases.actions.people import Assignment
from cases.lifecycle import State
from cases.models import Case, Invitation, Officer, PersonEvent, Role
from cases.permissions import PAGES
from cases.views import people as views
from cases.views import welcome
from tests.builders import (
    EVERYTHING,
    LUSAKA,
    LUSAKA_TOWN,
    WESTERN,
    a_place,
    an_agency,
    make_case,
    make_officer,
    moved_up,
    now_of,
)
from tests.desk import desk_of

pytestmark = pytest.mark.django_db
PASSWORD = "seven green hills"


@pytest.fixture
def admin():
    return make_officer(name="Ada Minda", role=Role.ADMINISTRATOR)


@pytest.fixture
def bob():
    return make_officer(name="Bob Banda", place=LUSAKA)


def told(person):
    return list(person.person_events.order_by("pk").values_list("kind", "by__user__first_name"))


def invite(admin, address="bob@example.org", **assignment):
    form = {"address": address, "role": Role.DESK, "place": LUSAKA, "level": 1, "clearances": ["private"]}
    return desk_of(admin).post("/desk/people/invite/", form | assignment)


def link_of(message):
    return re.search(r"https?://\S+?(/welcome/\S+/)", message.body).group(1)


CHOICE = {
    "first_name": "Bob",
    "last_name": "Banda",
    "username": "bob",
    "password": PASSWORD,
    "again": PASSWORD,
}


# --- Coming ----------------------------------------------------------------------------------------------


def test_somebody_is_invited_chooses_a_name_and_works(admin):
    assert invite(admin).status_code == 303
    (message,) = mail.outbox
    assert (message.to, "Desk officer. One-stop desk, Lusaka." in message.body) == (["bob@example.org"], True)
    visitor = Client()
    page = visitor.get(link_of(message), follow=True)
    assert page.redirect_chain == [("/welcome/", 302)]  # the token does not stay in the address
    done = visitor.post("/welcome/", CHOICE)
    assert done.status_code == 303

    bob = Officer.objects.get(user__username="bob")
    assert (bob.role, bob.place_id, bob.clearances, bob.agency, bob.level) == (Role.DESK, LUSAKA, ["private"], None, 1)
    assert (bob.user.email, bob.user.get_full_name(), bob.user.is_staff) == ("bob@example.org", "Bob Banda", False)
    assert told(bob) == [("joined", "Ada Minda")]
    visitor.post("/accounts/login/", {"login": "bob", "password": PASSWORD})
    assert visitor.get("/desk/").status_code == 200


def opened(link):
    visitor = Client()
    return visitor.get(link, follow=True)


def test_a_link_opens_once_and_afterwards_says_so(admin):
    invite(admin)
    link = link_of(mail.outbox[0])
    visitor = Client()
    visitor.get(link)
    visitor.post("/welcome/", CHOICE)
    again = opened(link)

    assert (again.status_code, "was used already" in again.content.decode()) == (410, True)
    assert User.objects.filter(username="bob").count() == 1


def test_a_link_that_is_too_old_taken_back_or_replaced_opens_nothing_and_says_why(admin):
    invite(admin)
    link = link_of(mail.outbox[0])
    with clock.at(clock.now() + timedelta(days=8)):
        assert "too old" in opened(link).content.decode()
        with pytest.raises(NotAllowed, match="too old"):
            hr.accept(token=link.split("/")[2], username="bob", first_name="B", last_name="B", password=PASSWORD)
    invitation = Invitation.objects.get()
    desk_of(admin).post(f"/desk/people/invitations/{invitation.pk}/", {"again": "on"})
    assert "newest e-mail" in opened(link).content.decode()
    newest = link_of(mail.outbox[1])
    assert opened(newest).status_code == 200
    desk_of(admin).post(f"/desk/people/invitations/{invitation.pk}/", {"withdraw": "on"})
    assert "taken back" in opened(newest).content.decode()
    with pytest.raises(NotAllowed, match="none of ours"):
        hr.accept(token="x", **choice())
    assert not User.objects.filter(username="bob").exists()
    kinds = list(PersonEvent.objects.filter(invitation=invitation).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["invited", "sent_again", "withdrawn"]


def choice():
    return {name: value for name, value in CHOICE.items() if name != "again"}


def test_links_are_tried_so_often_an_hour_and_no_more(monkeypatch):
    monkeypatch.setattr(welcome, "TRIES_AN_HOUR", 2)
    tries = [Client().get("/welcome/guess/", follow=True).status_code for _time in range(3)]
    assert tries == [410, 410, 429]


def test_the_link_itself_is_kept_nowhere_in_the_database(admin):
    invite(admin)
    token = link_of(mail.outbox[0]).split("/")[2]

    assert token not in str(list(Invitation.objects.values()) + list(PersonEvent.objects.values()))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"username": "ADA-MINDA"}, "Somebody has this username already"),
        ({"again": "seven green hill"}, "This is not the same password"),
        ({"password": "12345678", "again": "12345678"}, "too common"),
        ({"password": "Bob Banda", "again": "Bob Banda"}, "too similar"),
        ({"username": ""}, "This field is required"),
    ],
)
def test_what_the_invited_choose_wrongly_is_said_and_nothing_typed_is_lost(wrong, sentence, admin):
    invite(admin)
    visitor = Client()
    visitor.get(link_of(mail.outbox[0]))
    page = visitor.post("/welcome/", CHOICE | wrong)

    assert (page.status_code, sentence in page.content.decode()) == (422, True)
    assert 'value="Banda"' in page.content.decode()
    assert visitor.post("/welcome/", CHOICE).status_code == 303  # the link is still good


def test_an_address_is_invited_once_however_it_is_written(admin, bob):
    bob.user.email = "Bob@Example.org"
    bob.user.save()
    assert invite(admin, address="bob@example.org").status_code == 422
    assert invite(admin, address="new@example.org").status_code == 303
    again = invite(admin, address="NEW@example.org")
    assert (again.status_code, "invited already" in again.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ({"clearances": ["safeguarding"]}, "Desk officer cannot be cleared for: Safeguarding."),
        ({"role": Role.AGENCY, "clearances": []}, "Which one?"),
        ({"role": Role.AGENCY, "agency": "NHIMA", "clearances": ["corruption"]}, "Anti-Corruption Commission alone"),
        ({"role": "king"}, "Select a valid choice"),
        ({"level": 0}, "greater than or equal to 1"),
    ],
)
def test_a_scope_that_cannot_be_is_refused_with_a_reason(assignment, sentence, admin):
    page = invite(admin, **assignment)

    assert (page.status_code, sentence in page.content.decode()) == (422, True)
    assert (Invitation.objects.count(), mail.outbox) == (0, [])


def test_an_invitation_that_no_mail_server_takes_is_kept_and_can_be_sent_again(admin, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    client = desk_of(admin)
    form = {"address": "bob@example.org", "role": Role.DESK, "level": 1}
    page = client.post("/desk/people/invite/", form, follow=True)

    assert "no e-mail could be sent" in page.content.decode()
    assert Invitation.objects.get().is_open


def test_the_first_administrator_is_invited_from_the_machine_itself(capsys):
    call_command("invite", "first@example.org")
    link = re.search(r"https?://\S+?(/welcome/\S+/)", capsys.readouterr().out).group(1)
    visitor = Client()
    visitor.get(link)
    visitor.post("/welcome/", CHOICE)

    assert Officer.objects.get().role == Role.ADMINISTRATOR
    with pytest.raises(CommandError, match="e-mail address"):
        call_command("invite", "nobody")


def test_links_are_sent_so_many_an_hour_and_no_more(admin, monkeypatch):
    monkeypatch.setattr(views, "LINKS_AN_HOUR", 5)
    invite(admin)
    number = Invitation.objects.get().pk
    for _time in range(4):
        desk_of(admin).post(f"/desk/people/invitations/{number}/", {"again": "on"})
    assert len(mail.outbox) == 5
    page = desk_of(admin).post(f"/desk/people/invitations/{number}/", {"again": "on"}, follow=True)
    assert (len(mail.outbox), "within the hour" in page.content.decode()) == (5, True)


# --- Another scope ---------------------------------------------------------------------------------------


def scope(**changed):
    return {"role": Role.DESK, "agency": "", "place": LUSAKA, "clearances": [], "level": 1} | changed


def test_a_scope_is_changed_and_what_they_may_have_no_longer_is_free_after_a_warning(admin, bob):
    kept, lost = (make_case(state=State.IN_PROGRESS, officer=bob, place=LUSAKA_TOWN) for _each in range(2))
    Case.objects.filter(pk=lost.pk).update(place="ZM110007")
    address = f"/desk/people/{bob.pk}/scope/"
    warned = desk_of(admin).post(address, scope(role=Role.SUPERVISOR, clearances=["staff"], level=2))
    assert "1 open case could not stay with them" in warned.content.decode()
    assert Officer.objects.get(pk=bob.pk).role == Role.DESK
    desk_of(admin).post(address, scope(role=Role.SUPERVISOR, clearances=["staff"], level=2, sure="on"))

    bob.refresh_from_db()
    assert (bob.role, bob.clearances, bob.level) == (Role.SUPERVISOR, ["staff"], 2)
    assert (now_of(kept).officer, now_of(lost).officer, now_of(lost).state) == (bob, None, State.RECEIVED)
    event = bob.person_events.get()
    assert (event.kind, event.by) == ("changed", admin)
    assert (event.data["before"]["role"], event.data["after"]["level"]) == ("desk", 2)
    page = desk_of(admin).get(f"/desk/people/{bob.pk}/").content.decode()
    assert "Role: Desk officer → District supervisor" in page
    assert "Cleared to read: only what is open → About staff" in page


def test_the_same_scope_again_changes_and_tells_nothing(admin, bob):
    desk_of(admin).post(f"/desk/people/{bob.pk}/scope/", scope())

    assert told(bob) == []


def test_a_changed_scope_holds_from_the_next_request_on(admin, bob):
    case = make_case(place=LUSAKA_TOWN)
    desk = desk_of(bob)
    assert desk.get(f"/desk/cases/{case.reference}/").status_code == 200
    hr.change_scope(officer=bob, by=admin, assignment=Assignment(Role.DESK, place=a_place(WESTERN)))
    assert desk.get(f"/desk/cases/{case.reference}/").status_code == 404


def test_nobody_changes_their_own_scope_nor_anybodys_who_does_not_manage_people(admin, bob):
    raised = Assignment(Role.AUDITOR, clearances=tuple(EVERYTHING))
    auditor = make_officer(role=Role.AUDITOR, clearances=EVERYTHING)
    for officer, by in ((admin, admin), (bob, bob), (bob, auditor), (bob, make_officer(role=Role.MANAGER))):
        with pytest.raises(NotAllowed):
            hr.change_scope(officer=officer, by=by, assignment=raised)
        with pytest.raises(NotAllowed):
            hr.leave(officer=officer, by=by)
    assert desk_of(bob).post(f"/desk/people/{admin.pk}/leave/", {"sure": "on"}).status_code == 403
    assert desk_of(auditor).post(f"/desk/people/{bob.pk}/scope/", scope(level=3)).status_code == 403
    assert desk_of(auditor).get(f"/desk/people/{bob.pk}/").status_code == 200
    assert PersonEvent.objects.count() == 0


def test_the_last_administrator_stays_one(admin, bob):
    other = make_officer(role=Role.ADMINISTRATOR)
    hr.leave(officer=other, by=admin)
    other.active = True  # a stale copy: what counts is what the database has
    for change in (
        lambda: hr.leave(officer=admin, by=other),
        lambda: hr.change_scope(officer=admin, by=other, assignment=Assignment(Role.DESK)),
    ):
        with pytest.raises(NotAllowed):
            change()
    assert Officer.objects.get(role=Role.ADMINISTRATOR, active=True) == admin


def test_the_last_administrator_stays_one_whoever_else_may_manage_people(admin, monkeypatch):
    monkeypatch.setitem(PAGES, "people_change", frozenset({Role.ADMINISTRATOR, Role.MANAGER}))
    manager = make_officer(role=Role.MANAGER)
    for change in (
        lambda: hr.leave(officer=admin, by=manager),
        lambda: hr.change_scope(officer=admin, by=manager, assignment=Assignment(Role.DESK)),
    ):
        with pytest.raises(NotAllowed, match="is the last administrator"):
            change()


def test_what_moved_up_to_who_may_see_it_no_longer_is_for_somebody_else(admin, bob):
    case = make_case(place=LUSAKA_TOWN)
    moved_up(case, to=bob)
    hr.change_scope(officer=bob, by=admin, assignment=Assignment(Role.DESK, place=a_place(WESTERN)))

    assert case.escalations.get().officer != bob


def test_an_auditor_looks_at_people_and_is_offered_nothing_to_change(admin, bob):
    pages = {who.role: desk_of(who).get(f"/desk/people/{bob.pk}/") for who in (admin, make_officer(role=Role.AUDITOR))}
    assert {role: f"/desk/people/{bob.pk}/scope/" in page.content.decode() for role, page in pages.items()} == {
        Role.ADMINISTRATOR: True,
        Role.AUDITOR: False,
    }


def test_who_becomes_an_editor_may_write_the_public_pages_until_they_are_something_else(admin, bob):
    def writes():
        return User.objects.get(pk=bob.user_id).has_perm("wagtailadmin.access_admin")

    hr.change_scope(officer=bob, by=admin, assignment=Assignment(Role.EDITOR))
    assert writes()
    hr.change_scope(officer=bob, by=admin, assignment=Assignment(Role.DESK))
    assert not writes()
    hr.change_scope(officer=bob, by=admin, assignment=Assignment(Role.EDITOR))
    hr.leave(officer=bob, by=admin)
    assert not User.objects.get(pk=bob.user_id).groups.exists()


# --- Leaving ---------------------------------------------------------------------------------------------


def test_who_leaves_is_out_within_one_request_and_cannot_log_in_again(admin, bob):
    bob.user.set_password(PASSWORD)
    bob.user.save()
    screens = [Client() for _each in range(2)]
    for screen in screens:
        screen.post("/accounts/login/", {"login": "bob-banda", "password": PASSWORD})
        assert screen.get("/desk/").status_code == 200
    desk_of(admin).post(f"/desk/people/{bob.pk}/leave/", {"sure": "on"})

    for screen in screens:
        assert screen.get("/desk/")["Location"].startswith("/accounts/login/")
        screen.post("/accounts/login/", {"login": "bob-banda", "password": PASSWORD})
        assert screen.get("/desk/").status_code == 302
    assert not [one for one in Session.objects.all() if one.get_decoded().get("_auth_user_id") == str(bob.user_id)]
    assert told(bob) == [("left", "Ada Minda")]


def test_their_open_cases_go_to_who_covers_as_far_as_that_one_may_see_them(admin, bob):
    carol = make_officer(name="Carol Phiri", place=LUSAKA)
    plain, private, answered = (
        make_case(state=state, officer=bob, place=LUSAKA_TOWN)
        for state in (State.WAITING, State.IN_PROGRESS, State.RESOLVED)
    )
    Case.objects.filter(pk=private.pk).update(sensitivity="private", open_words="", sealed_words="x")
    page = desk_of(admin).get(f"/desk/people/{bob.pk}/").content.decode()
    assert "<b>1</b> waiting for the citizen" in page
    assert str(plain) not in page  # a number is all that an administrator reads of a case
    done = desk_of(admin).post(f"/desk/people/{bob.pk}/leave/", {"sure": "on", "cover": carol.pk}, follow=True)

    assert "1 case has a new owner. 1 case is free to be taken." in done.content.decode()
    assert (now_of(plain).officer, now_of(plain).state) == (carol, State.WAITING)
    assert (now_of(private).officer, now_of(private).state) == (None, State.RECEIVED)
    assert now_of(answered).officer == bob  # it is history, until the citizen says it is not solved
    assert plain.events.last().data["why"] == private.events.last().data["why"] == "left"


def test_a_case_disputed_after_its_owner_left_is_free_to_be_taken(admin, bob):
    case = make_case(state=State.RESOLVED, officer=bob)
    hr.leave(officer=bob, by=admin)
    actions.dispute(case=case, words="It is not.")

    assert (now_of(case).state, now_of(case).officer) == (State.RECEIVED, None)


def test_leaving_needs_a_yes_and_happens_once(admin, bob):
    unsure = desk_of(admin).post(f"/desk/people/{bob.pk}/leave/", {})
    assert (unsure.status_code, "Tick the box" in unsure.content.decode()) == (422, True)
    for status in (303, 409):
        assert desk_of(admin).post(f"/desk/people/{bob.pk}/leave/", {"sure": "on"}).status_code == status
    assert told(bob) == [("left", "Ada Minda")]


def test_who_comes_back_has_the_scope_of_before_and_needs_a_new_password(admin, bob):
    hr.leave(officer=bob, by=admin)
    desk_of(admin).post(f"/desk/people/{bob.pk}/return/")

    bob = Officer.objects.get(pk=bob.pk)
    assert (bob.active, bob.place_id, bob.user.is_active, bob.user.has_usable_password()) == (True, LUSAKA, True, False)
    assert desk_of(admin).post(f"/desk/people/{bob.pk}/return/").status_code == 409
    assert [kind for kind, _by in told(bob)] == ["left", "returned"]


# --- Away ------------------------------------------------------------------------------------------------


def days(first, last, **more):
    return {"away-first_day": first, "away-last_day": last} | more


def test_an_officer_writes_down_their_own_absence_and_takes_it_out(bob):
    carol = make_officer(name="Carol Phiri", place=LUSAKA)
    desk = desk_of(bob)
    first, last = date.today() + timedelta(days=10), date.today() + timedelta(days=12)
    assert desk.post("/desk/me/", days(first, last, **{"away-cover": carol.pk})).status_code == 303
    page = desk.get("/desk/me/").content.decode()
    assert "Carol Phiri covers" in page
    absence = bob.absences.get()
    desk.post("/desk/me/", {"absence": absence.pk})

    assert not bob.absences.exists()
    assert [kind for kind, _by in told(bob)] == ["away", "not_away"]


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [("2030-01-10", "2030-01-09", 409), ("2030-01-05", "2030-01-06", 409), ("soon", "2030-01-09", 422)],
)
def test_days_that_cannot_be_are_refused(first, last, status, bob):
    hr.be_away(officer=bob, by=bob, first_day=date(2030, 1, 1), last_day=date(2030, 1, 5))

    assert desk_of(bob).post("/desk/me/", days(first, last)).status_code == status
    assert bob.absences.count() == 1


def test_nobody_takes_out_or_writes_down_another_ones_absence_but_who_manages_people(admin, bob):
    carol = make_officer(name="Carol Phiri", place=LUSAKA)
    absence = hr.be_away(officer=bob, by=bob, first_day=date(2030, 1, 1), last_day=date(2030, 1, 5))
    desk_of(carol).post("/desk/me/", {"absence": absence.pk})
    assert bob.absences.filter(pk=absence.pk).exists()
    for try_it in (
        lambda: hr.not_be_away(absence=absence, by=carol),
        lambda: hr.be_away(officer=bob, by=carol, first_day=date(2031, 1, 1), last_day=date(2031, 1, 5)),
    ):
        with pytest.raises(NotAllowed):
            try_it()
    desk_of(admin).post(f"/desk/people/{bob.pk}/absence/", days("2030-02-01", "2030-02-05", **{"away-cover": carol.pk}))
    desk_of(admin).post(f"/desk/people/{bob.pk}/no-absence/", {"absence": absence.pk})
    assert list(bob.absences.values_list("first_day", "cover")) == [(date(2030, 2, 1), carol.pk)]


def test_who_left_covers_for_nobody_any_more(admin, bob):
    carol = make_officer(name="Carol Phiri", place=LUSAKA)
    hr.be_away(officer=bob, by=bob, first_day=date(2030, 1, 1), last_day=date(2030, 1, 5), cover=carol)
    hr.leave(officer=carol, by=admin)

    assert bob.absences.get().cover is None
    with pytest.raises(NotAllowed, match="cannot cover"):
        hr.be_away(officer=bob, by=bob, first_day=date(2031, 1, 1), last_day=date(2031, 1, 5), cover=carol)


# --- The list, and what was done ---------------------------------------------------------------------------


def test_people_are_found_by_name_role_and_whether_they_left_page_by_page(admin, bob, monkeypatch):
    monkeypatch.setattr(people, "PAGE", 2)
    gone = make_officer(name="Gone Girl", active=False)
    for name in ("Carol Phiri", "Dora Zulu"):
        make_officer(name=name)

    def listed(query=""):
        page = desk_of(admin).get(f"/desk/people/?{query}").content.decode()
        return re.findall(r'<span class="matter">([^<]+)', page), re.search(r'rel="next" href="\?([^"]+)', page)

    names, following = listed()
    assert names == ["Ada Minda", "Bob Banda"]
    names, following = listed(following.group(1))
    assert (names, following) == (["Carol Phiri", "Dora Zulu"], None)
    assert listed("q=phiri")[0] == ["Carol Phiri"]
    assert listed("role=admin")[0] == ["Ada Minda"]
    assert listed("gone=on")[0] == [str(gone)]
    assert listed("after=nonsense")[0] == ["Ada Minda", "Bob Banda"]
    looks_on = make_officer(role=Role.AUDITOR)
    offered = [
        "/desk/people/invite/" in desk_of(who).get("/desk/people/").content.decode() for who in (admin, looks_on)
    ]
    assert offered == [True, False]


def test_a_page_of_people_costs_the_same_for_two_and_for_twenty(admin, django_assert_max_num_queries):
    for _each in range(20):
        make_officer(place=LUSAKA)
    client = desk_of(admin)
    with django_assert_max_num_queries(9):
        client.get("/desk/people/")


@pytest.mark.parametrize("change", [lambda log: log.update(kind="left"), lambda log: log.delete()])
def test_what_was_done_about_people_cannot_be_changed_or_taken_out(change, admin, bob):
    hr.change_scope(officer=bob, by=admin, assignment=Assignment(Role.DESK, level=2))
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        change(PersonEvent.objects.all())


def test_an_agencys_officer_cannot_be_invited_without_agency_by_whatever_door(admin):
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            address="x@example.org", role=Role.AGENCY, token_index="x", expires_at=clock.now(), invited_by=admin
        )
    invitation, _token = hr.invite(
        by=admin, address="x@example.org", assignment=Assignment(Role.AGENCY, agency=an_agency("NHIMA"))
    )
    assert invitation.office == "NHIMA health"
