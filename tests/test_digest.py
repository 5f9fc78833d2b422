"""The weekly letter: to whom, with which numbers, without anybody's data, and never two of them."""

import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from smtplib import SMTPConnectError, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from cases import digest, tallies
from cases.catalogue import catalogue
from cases.models import Case, Digest, Role
from channels import tasks
from tests.builders import KAFUE, LUSAKA_TOWN, MONGU, make_case, make_citizen, make_officer, moved_up, on
from tests.desk import desk_of, text_of

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 3, 2)
EARLY, MORNING = datetime(2026, 3, 2, 4, 59, tzinfo=UTC), datetime(2026, 3, 2, 5, 1, tzinfo=UTC)  # 06:59, 07:01 there
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def service():
    """It has been there for a month."""
    with on(date(2026, 2, 2)):
        make_case(topic="napsa-claim-late", place=MONGU)


def reader(role=Role.SUPERVISOR, address="sue@example.org", **more):
    officer = make_officer(role=role, **more)
    officer.user.email = address
    officer.user.save()
    return officer


def told(officer, what, day):
    with on(day):
        letter = digest.compose(officer, day)
    return re.search(rf"- {what}: (\S+)", letter)[1]


# --- What it says ----------------------------------------------------------------------------------------


def test_it_tells_what_is_late_soon_and_moved_up_in_the_readers_scope_and_nobodys_data():
    supervisor = reader(place=LUSAKA_TOWN)
    citizen = make_citizen(name="Chanda Mwale", phone="+260971234599")
    with on(MONDAY):
        late = make_case(citizen=citizen, words="My mother is ill.")
        make_case(place=KAFUE)
        make_case(place=MONGU)
        make_case(topic="violence")
        moved_up(late, to=supervisor)
        day = late.resolve_due + timedelta(days=3)
    tallies.keep_up()
    with on(day):
        letter = digest.compose(supervisor, day)
        page = desk_of(supervisor).get("/desk/manage/").content.decode()
    assert told(supervisor, "Moved up to you, and waiting for your word", day) == "1"
    for figure in ("late_now", "soon_late_now", "open_now", "received"):
        address = re.search(rf"http://\S+(/desk/manage/cases/\?\S*figure={figure}\S*)", letter)[1]
        assert address.replace("&", "&amp;") in page  # the same number as at home
    assert re.search(r"[Ll]ate[^:\n]*: 1\b", letter), letter
    for personal in ("Chanda", "971234599", "mother", late.reference, str(late), str(supervisor)):
        assert personal not in letter


def test_what_moved_up_to_somebody_who_may_see_it_no_more_is_not_counted():
    supervisor = reader(place=LUSAKA_TOWN)
    moved_up(make_case(), to=supervisor)
    moved_up(make_case(place=KAFUE), to=supervisor)
    assert digest.moved_up_to(supervisor) == 1


# --- Who gets it, and when ----------------------------------------------------------------------------------


def test_it_goes_to_who_leads_on_monday_morning_once_a_week():
    for role, address in ((Role.SUPERVISOR, "s@x.org"), (Role.AGENCY_HEAD, "h@x.org"), (Role.MANAGER, "m@x.org")):
        reader(role, address)
    reader(Role.DESK, "desk@x.org"), reader(Role.MANAGER, ""), reader(Role.MANAGER, "gone@x.org", active=False)
    assert digest.send_due(EARLY) == 0
    assert [digest.send_due(MORNING + hours * HOUR) for hours in (0, 1, 24, 24 * 6)] == [3, 0, 0, 0]
    assert sorted(one.to[0] for one in mail.outbox) == ["h@x.org", "m@x.org", "s@x.org"]
    assert digest.send_due(MORNING + 7 * DAY) == 3


def test_a_new_country_gets_its_first_letter_on_a_monday_and_about_a_whole_week():
    """Its first case came on a Wednesday: Monday's letter would tell of five days, Wednesday's of none."""
    reader(Role.MANAGER, "m@x.org")
    Case.objects.update(opened_on=MONDAY + 2 * DAY)
    days = {MORNING + hours * HOUR: MONDAY + timedelta(hours=hours) for hours in range(48, 24 * 22, 6)}
    assert [str(day) for moment, day in days.items() if digest.send_due(moment)] == ["2026-03-16", "2026-03-23"]


def test_who_comes_in_the_middle_of_a_week_gets_the_first_letter_on_monday():
    reader(Role.MANAGER, "m@x.org")
    sent = [digest.send_due(MORNING + days * DAY) for days in (2, 3)]
    reader(Role.SUPERVISOR, "new@x.org")
    assert sent + [digest.send_due(MORNING + days * DAY) for days in (4, 6, 7)] == [0, 0, 0, 0, 2]


def test_a_letter_that_was_due_while_all_workers_were_down_goes_out_when_one_is_back_in_the_same_week():
    reader()
    assert digest.send_due(EARLY - DAY) == 0
    assert digest.send_due(MORNING + 2 * DAY) == 1
    assert digest.send_due(MORNING + 15 * DAY) == 0, "last week's is news no more"


def test_who_wants_none_gets_none_by_their_own_page():
    supervisor = reader()
    desk = desk_of(supervisor)
    assert "You get it, at sue@example.org." in text_of(desk.get("/desk/me/"))
    desk.post("/desk/me/", {"digest": "no"})
    assert "You do not get it." in text_of(desk.get("/desk/me/"))
    assert [digest.send_due(moment) for moment in (EARLY, MORNING)] == [0, 0]
    desk.post("/desk/me/", {"digest": "yes"})
    assert [digest.send_due(MORNING + days * DAY) for days in (1, 7)] == [0, 1]
    assert "weekly letter" not in text_of(desk_of(make_officer()).get("/desk/me/"))


def test_who_says_so_between_laying_down_and_sending_gets_none():
    supervisor = reader()
    Digest.objects.create(officer=supervisor, monday=MONDAY, due_at=MORNING)
    desk_of(supervisor).post("/desk/me/", {"digest": "no"})
    assert digest.send_due(MORNING) == 0
    assert (mail.outbox, Digest.objects.get().state) == ([], "failed")


# --- Never two ----------------------------------------------------------------------------------------------


def due_on_monday():
    """Somebody reads it, and their letter is laid down."""
    reader()
    assert digest.send_due(EARLY) == 0


def failing(monkeypatch, error):
    def refuse(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(digest, "send_mail", refuse)


def test_a_mail_server_that_was_not_there_is_asked_again_and_only_so_often(monkeypatch):
    due_on_monday()
    with monkeypatch.context() as down:
        failing(down, SMTPConnectError(421, b"busy"))
        assert digest.send_due(MORNING) == 0
        assert Digest.objects.get(monday=MONDAY).state == "due"
    Digest.objects.update(due_at=MORNING)
    assert digest.send_due(MORNING) == 1
    Digest.objects.update(state="due", tries=digest.TRIES - 1)
    failing(monkeypatch, SMTPConnectError(421, b"busy"))
    digest.send_due(MORNING)
    assert Digest.objects.get(monday=MONDAY).state == "failed"


def test_what_may_have_gone_out_is_not_sent_again(monkeypatch):
    due_on_monday()
    with monkeypatch.context() as down:
        failing(down, SMTPServerDisconnected("gone after DATA"))
        digest.send_due(MORNING)
    assert digest.send_due(MORNING + timedelta(hours=9)) == 0
    assert mail.outbox == []


def test_a_worker_that_dies_while_sending_leaves_no_second_letter(monkeypatch):
    due_on_monday()
    with monkeypatch.context() as dying:
        failing(dying, MemoryError())
        with pytest.raises(MemoryError):
            digest.send_due(MORNING)
    assert digest.send_due(MORNING + timedelta(hours=9)) == 0
    assert Digest.objects.get(monday=MONDAY).state == "going"


def test_another_worker_that_looks_while_one_is_sending_finds_nothing_to_send(monkeypatch):
    """Who looked before and did not take it would send it a second time."""
    supervisor = reader()
    row = Digest.objects.create(officer=supervisor, monday=MONDAY, due_at=MORNING)
    looked_at = list(Digest.objects.filter(state="due"))
    others = []

    def send(*args, **kwargs):
        others.append(digest.send_due(MORNING))
        return mail.send_mail(*args, **kwargs)

    monkeypatch.setattr(digest, "send_mail", send)
    assert (digest.send_due(MORNING), others, len(mail.outbox)) == (1, [0], 1)
    assert looked_at == [row]


# --- By hand --------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_the_letters_and_sends_none():
    reader(Role.MANAGER, "m@x.org")
    said = StringIO()
    call_command("send_digests", dry_run=True, stdout=said)
    assert "Programme manager" in said.getvalue()
    assert "1 letters would go out; none did." in said.getvalue()
    assert "m@x.org" not in said.getvalue()
    assert (mail.outbox, Digest.objects.count()) == ([], 0)


def test_the_rounds_send_it():
    today = catalogue().today()
    Digest.objects.create(officer=reader(), monday=today - today.weekday() * DAY, due_at=timezone.now())
    assert tasks.run("digests")
    assert len(mail.outbox) == 1
