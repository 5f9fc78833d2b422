"""Every form an officer can send, on a real server: sent twice at once, and again after a lost answer, it acts once."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.utils import timezone

from cases import actions, clock, releasing
from cases.actions import people
from cases.actions.people import Assignment
from cases.catalogue import catalogue
from cases.forms.steps import STEP_FORMS
from cases.lifecycle import State
from cases.models import (
    Absence,
    Attachment,
    CannedReply,
    Case,
    DayOff,
    Erasure,
    Event,
    Export,
    Invitation,
    Link,
    Named,
    Officer,
    PersonEvent,
    Reassignment,
    Release,
    Retention,
    Role,
    SavedView,
    Share,
    Ticket,
)
from cases.releasing import last_whole_month
from cases.tables import Month
from cases.uploads import Format, Paper
from channels.models import Message
from cms.models import Note
from cms.monitoring import actions as monitoring
from cms.monitoring.actions import Written
from tests.builders import EVERYTHING, LUSAKA_TOWN, an_agency, make_case, make_citizen, make_officer, moved_up, now_of
from tests.careless import WORD, Browser, Form, filled
from tests.doors import OFFICERS
from tests.papers import a_photo

# --- What there is, each row without its own number and time ------------------------------------------------------------

# Every table that a form can add to; a second row that says the same would be the second act.
ROWS: dict[Any, tuple[str, ...]] = {
    Event: ("case", "kind", "officer", "data"),
    PersonEvent: ("kind", "person", "invitation", "data"),
    Case: ("citizen", "topic", "appeal_of"),
    Message: ("case", "notice", "direction"),
    Attachment: ("case", "size"),
    Link: ("one", "other"),
    Named: ("case", "officer"),
    CannedReply: ("title", "text"),
    SavedView: ("officer", "name", "is_home"),
    Absence: ("officer", "first_day"),
    Invitation: ("address", "withdrawn_at"),
    DayOff: ("date", "withdrawn_at"),
    Export: ("maker", "what"),
    Reassignment: ("by",),
    Ticket: ("day", "number", "state"),
    Note: ("title", "state", "answer"),
    Erasure: ("case", "agreed_by"),
    Retention: ("closed_before",),
    Release: ("month", "state", "version", "decided_by"),
}
OWN = ("stands", "attachment", "appeal")  # of an event's data: what another row of the same act would have of its own


def there() -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for model, names in ROWS.items():
        rows = (
            model.objects.exclude(case=None) if model is Message else model.objects.all()
        )  # of a case, not of a phone
        for row in rows.values_list(*names):
            found[model.__name__, *(_plain(name, value) for name, value in zip(names, row, strict=True))] += 1
    return found


def _plain(name: str, value: Any) -> str:
    if name == "data":
        return json.dumps({key: said for key, said in value.items() if key not in OWN}, sort_keys=True)
    return str(value)


# --- The forms of a case --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sending:
    """A form somewhere: on which page it stands, which one it is, and what is typed into it."""

    page: str
    to: str = ""  # the end of the address it is sent to; or the button that is pressed, or the step it takes
    button: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    file: bytes = b""
    step: str = ""
    changes: bool = True  # else it only shows something, or each sending is a paper of its own


def on(case: Case, **typed: str) -> Sending:
    return Sending(f"/desk/cases/{case.reference}/", typed=typed)


def new(dora: Officer, state: str = State.IN_PROGRESS, **opening: Any) -> Case:
    return make_case(state=state, officer=dora, **opening)


def answered(state: str = State.RESOLVED, **opening: Any) -> Case:
    return make_case(state=state, **opening)


def with_a_proposal(dora: Officer) -> Case:
    somebody = make_officer(clearances=EVERYTHING)
    case = new(somebody)
    shared = {"shared": [Share.WORDS], "ground": catalogue().grounds["offence"]}
    return actions.propose(case=case, by=somebody, agency=an_agency("LLCL"), words=WORD, **shared)


def asked_for_consent(dora: Officer) -> Case:
    return actions.seek_consent(case=new(dora), by=dora, agency=an_agency("NAPSA"), words=WORD, shared=[Share.WORDS])


def with_a_paper(dora: Officer) -> Case:
    paper = Paper(Format.PHOTO, b"drawn")
    return actions.attach(case=new(dora), by=dora, raw=b"raw", paper=paper, words="Her card")


def linked(dora: Officer) -> Case:
    return actions.link(case=new(dora), by=dora, other=make_case(), kind="see_also", words=WORD)


def joined(dora: Officer) -> Case:
    return actions.merge(case=new(dora), by=dora, stays=make_case(), words=WORD)


def about_somebody(dora: Officer) -> Case:
    return actions.name_officer(case=new(dora), by=dora, officer=make_officer(), words=WORD)


def gone_up(dora: Officer) -> Case:
    case = make_case(state=State.IN_PROGRESS)
    moved_up(case, to=dora)
    return case


def asked_again(dora: Officer) -> Case:
    case = actions.confirm(case=answered())
    actions.follow_up_closed(clock.now() + timedelta(days=29))
    return now_of(case)


def referred(dora: Officer) -> Case:
    return actions.refer(case=new(dora), by=dora, agency=an_agency("HRC"), words=WORD)


def a_registration(dora: Officer) -> Case:
    form = json.dumps({"name": "Mutinta", "nrc": "111111/11/1"})
    return new(dora, topic="register-napsa", form=form)


def joining(dora: Officer) -> Sending:
    stays = make_case()
    return on(make_case(), number=str(stays), sure=stays.reference)


STEPS: dict[str, Callable[[Officer], Sending]] = {
    "take": lambda dora: on(make_case()),
    "hand_over": lambda dora: on(new(dora), to=str(make_officer().pk)),
    "sort": lambda dora: on(new(dora), topic="nhima-wait"),
    "ask": lambda dora: on(new(dora)),
    "hear": lambda dora: on(new(dora, State.WAITING)),
    "inform": lambda dora: on(new(dora)),
    "note": lambda dora: on(new(dora)),
    "attach": lambda dora: replace(on(new(dora), words="Her card"), file=a_photo()),
    "detach": lambda dora: on(with_a_paper(dora)),
    "link": lambda dora: on(new(dora), number=str(make_case())),
    "unlink": lambda dora: on(linked(dora)),
    "merge": joining,
    "unmerge": lambda dora: on(joined(dora)),
    "name_officer": lambda dora: on(new(dora), who=make_officer().user.username),
    "unname_officer": lambda dora: on(about_somebody(dora)),
    "refer": lambda dora: on(new(dora), consent="desk"),
    "consent": lambda dora: on(asked_for_consent(dora)),
    "agree": lambda dora: on(with_a_proposal(dora)),
    "come_back": lambda dora: on(referred(dora)),
    "recall": lambda dora: on(referred(dora)),
    "check_off": lambda dora: on(a_registration(dora)),
    "sheet": lambda dora: on(a_registration(dora)),
    "enrol": lambda dora: on(a_registration(dora), number="M 17"),
    "escalate": lambda dora: on(new(dora)),
    "acknowledge": lambda dora: on(gone_up(dora)),
    "resolve": lambda dora: on(new(dora)),
    "close": lambda dora: on(new(dora, State.RESOLVED)),
    "confirm": lambda dora: on(answered()),
    "dispute": lambda dora: on(answered()),
    "appeal": lambda dora: on(answered()),
    "rate": lambda dora: on(answered()),
    "stay_solved": lambda dora: on(asked_again(dora)),
    "reopen": lambda dora: on(asked_again(dora)),
}


# --- All others -------------------------------------------------------------------------------------------------------

TODAY = timezone.localdate()
DAYS = {"first_day": str(TODAY + timedelta(days=40)), "last_day": str(TODAY + timedelta(days=41))}


def a_list(officer: Officer) -> SavedView:
    return SavedView.objects.create(officer=officer, name="Complaints", query="kind=complaint")


def of_view(button: str, **typed: str) -> Callable[[Officer], Sending]:
    def sending(officer: Officer) -> Sending:
        return Sending("/desk/views/", f"/desk/views/{a_list(officer).pk}/", f"what={button}", typed)

    return sending


def of_right(right: str, **typed: str) -> Callable[[Officer], Sending]:
    def sending(officer: Officer) -> Sending:
        citizen = make_citizen(name="Bwalya Chanda")
        case = new(officer, topic=f"data-{right}", citizen=citizen)
        return Sending(f"/desk/cases/{case.reference}/data/", typed=typed)

    return sending


def a_reply(officer: Officer) -> CannedReply:
    return actions.save_reply(by=officer, title=f"Title {clock.now()}", text="Please come.", language="en")


def of_person(what: str, *, active: bool = True, **typed: str) -> Callable[[Officer], Sending]:
    def sending(officer: Officer) -> Sending:
        somebody = make_officer(active=active)
        page = f"/desk/people/{somebody.pk}/"
        return Sending(page, f"{page}{what}/", typed=typed)

    return sending


def an_absence(officer: Officer, somebody: Officer, page: str, to: str) -> Sending:
    days = {"first_day": TODAY + timedelta(days=50), "last_day": TODAY + timedelta(days=51)}
    absence = people.be_away(officer=somebody, by=officer, **days)
    return Sending(page, to, "", {"absence": str(absence.pk)})


def somebodys_absence(officer: Officer) -> Sending:
    somebody = make_officer()
    page = f"/desk/people/{somebody.pk}/"
    return an_absence(officer, somebody, page, f"{page}no-absence/")


def a_second_step(officer: Officer) -> Sending:
    sending = of_person("second-step")(officer)
    totp.TOTP.activate(Officer.objects.latest("pk").user, "A" * 32)
    return sending


def an_absence_at_work(officer: Officer) -> Sending:
    somebody = make_officer()
    page = f"/desk/work/officers/{somebody.pk}/"
    return an_absence(officer, somebody, page, page)


def at_a_queue(button: str, *, called: bool = False) -> Callable[[Officer], Sending]:
    """Two wait at a desk of its own for each of these; the one whose number is called may be at the counter already."""

    def sending(officer: Officer) -> Sending:
        desk = list(catalogue().desks.values())[("give", "call", "served", "left").index(button)]
        for number in range(2):
            actions.give_ticket(desk=desk, by=officer, once=f"{desk.pk}:{number}")
        if called:
            actions.call_next(desk=desk, by=officer, after=None, counter=1)
        return Sending(f"/desk/queue/{desk.pk}/", button=f"do={button}")

    return sending


def many_at_once(officer: Officer) -> Sending:
    make_case(topic="nhima-benefits")
    chosen = f"giver=nobody&topic=nhima-benefits&taker={make_officer().pk}"
    return Sending(f"/desk/work/share/?{chosen}", "/desk/work/share/")


def an_invitation(officer: Officer, button: str) -> Sending:
    address = f"{clock.now().timestamp()}@example.org"
    asked, _token = people.invite(by=officer, address=address, assignment=Assignment(Role.DESK))
    return Sending("/desk/people/", f"/desk/people/invitations/{asked.pk}/", button)


def a_day_off(officer: Officer) -> DayOff:
    return actions.enter_day_off(by=officer, day=a_working_day(300), name="Test", source="None")


def a_working_day(ahead: int) -> Any:
    return catalogue().calendar.add(TODAY, ahead)


def an_erasure(button: str) -> Callable[[Officer], Sending]:
    def sending(officer: Officer) -> Sending:
        clerk = make_officer(clearances=("private",))
        case = make_case(topic="data-erase", state=State.IN_PROGRESS, officer=clerk)
        asked = actions.ask_erasure(case=case, by=clerk)
        return Sending("/desk/erasures/", "", button, {"erasure": str(asked.pk)})

    return sending


def a_retention(officer: Officer) -> Sending:
    with clock.at(clock.now() - timedelta(days=900)):
        make_case(state=State.CLOSED)
    return Sending("/desk/retention/")


NOTE = {"title": "The list helps", "programme": "SCT", "place": "", "seen_on": "2026-04-01", "words": "It hangs there."}


def a_note(state: str, by: Officer | None = None) -> Note:
    """In this state, of `by` or somebody new, about the Social Cash Transfer."""
    monitor = by or make_officer(role=Role.MONITOR)
    written = Written("The list helps", "It hangs there.", TODAY, None, catalogue().programmes["SCT"])
    note = monitoring.write(by=monitor, once=uuid4(), kind="note", written=written)
    if state != "draft":
        monitoring.submit(note=note, by=monitor)
    if state == "published":
        monitoring.publish(note=note, by=make_officer(role=Role.EDITOR, level=2))
    return note


def moderated(button: str, state: str = "submitted", **typed: str) -> Callable[[Officer], Sending]:
    def sending(officer: Officer) -> Sending:
        Officer.objects.filter(pk=officer.pk).update(level=2)
        note = a_note(state)
        to = f"/desk/moderation/{note.pk}/"
        return Sending("/desk/moderation/", to, button, {f"note{note.pk}-{name}": text for name, text in typed.items()})

    return sending


def an_answer(officer: Officer) -> Sending:
    note = a_note("published")
    return Sending("/desk/answers/", f"/desk/answers/{note.pk}/", typed={f"note{note.pk}-words": "We look into it."})


def a_draft(officer: Officer) -> Release:
    return releasing.draft_release(by=officer, month=a_month_of_its_own())


def a_month_of_its_own() -> Month:
    """The last month that nobody has drafted yet."""
    month = last_whole_month(catalogue().today())
    while Release.objects.filter(month=month.first).exists():
        month = last_whole_month(month.first)
    return month


def decided(button: str, **typed: str) -> Callable[[Officer], Sending]:
    return lambda officer: Sending(f"/desk/releases/{a_draft(officer).pk}/", "/decide/", button, typed)


SUPERVISOR, ADMINISTRATOR, MANAGER = Role.SUPERVISOR, Role.ADMINISTRATOR, Role.MANAGER
# By address: who sends it, and what.
DOORS: dict[str, list[tuple[Role, Callable[[Officer], Sending]]]] = {
    "desk/views/": [
        (SUPERVISOR, lambda officer: Sending("/desk/?kind=complaint", "/desk/views/", typed={"name": "Mine"}))
    ],
    "desk/views/<int:pk>/": [
        (SUPERVISOR, of_view("rename", name="Another name")),
        (SUPERVISOR, of_view("home")),
        (SUPERVISOR, of_view("delete")),
    ],
    "desk/cases/<str:reference>/data/": [
        (SUPERVISOR, of_right("correct", name="Bwalya Banda")),
        (SUPERVISOR, of_right("stop")),
        (SUPERVISOR, of_right("erase")),
    ],
    "desk/words/": [(SUPERVISOR, lambda officer: Sending("/desk/words/", typed={"title": "Come by", "text": WORD}))],
    "desk/words/<int:pk>/": [
        (SUPERVISOR, lambda officer: Sending(f"/desk/words/{a_reply(officer).pk}/", typed={"text": "Please call."}))
    ],
    "desk/words/<int:pk>/gone/": [
        (SUPERVISOR, lambda officer: Sending(f"/desk/words/{a_reply(officer).pk}/", "/gone/"))
    ],
    "desk/new/": [(SUPERVISOR, lambda officer: Sending("/desk/new/", typed={"phone": "+260971234567"}))],
    "desk/people/invite/": [
        (
            ADMINISTRATOR,
            lambda officer: Sending(
                "/desk/people/invite/",
                typed={"address": "new@example.org", "role": "desk", "agency": "", "level": "1", "clearances": ""},
            ),
        )
    ],
    "desk/people/invitations/<int:number>/": [
        (ADMINISTRATOR, lambda officer: an_invitation(officer, "again")),
        (ADMINISTRATOR, lambda officer: an_invitation(officer, "withdraw")),
    ],
    "desk/people/<int:number>/scope/": [(ADMINISTRATOR, of_person("scope", place=LUSAKA_TOWN))],
    "desk/people/<int:number>/leave/": [(ADMINISTRATOR, of_person("leave", cover=""))],
    "desk/people/<int:number>/return/": [(ADMINISTRATOR, of_person("return", active=False))],
    "desk/people/<int:number>/second-step/": [(ADMINISTRATOR, a_second_step)],
    "desk/people/<int:number>/absence/": [(ADMINISTRATOR, of_person("absence", **DAYS, cover="", hands_on=""))],
    "desk/people/<int:number>/no-absence/": [(ADMINISTRATOR, somebodys_absence)],
    "desk/me/": [
        (SUPERVISOR, lambda officer: Sending("/desk/me/", typed={**DAYS, "cover": "", "hands_on": ""})),
        (SUPERVISOR, lambda officer: an_absence(officer, officer, "/desk/me/", "/desk/me/")),
    ],
    "desk/queue/<slug:desk>/": [
        (SUPERVISOR, at_a_queue("give")),
        (SUPERVISOR, at_a_queue("call")),
        (SUPERVISOR, at_a_queue("served", called=True)),
        (SUPERVISOR, at_a_queue("left", called=True)),
    ],
    "desk/work/share/": [(SUPERVISOR, many_at_once)],
    "desk/work/officers/<int:number>/": [
        (
            SUPERVISOR,
            lambda officer: Sending(
                f"/desk/work/officers/{make_officer().pk}/", typed={**DAYS, "cover": "", "hands_on": ""}
            ),
        ),
        (SUPERVISOR, an_absence_at_work),
    ],
    "desk/days-off/": [
        (
            ADMINISTRATOR,
            lambda officer: Sending(
                "/desk/days-off/",
                typed={"day": str(a_working_day(290)), "name": "Census", "source": "Gazette", "sure": "on"},
            ),
        )
    ],
    "desk/days-off/<int:pk>/back/": [
        (ADMINISTRATOR, lambda officer: Sending("/desk/days-off/", f"/desk/days-off/{a_day_off(officer).pk}/back/"))
    ],
    "desk/erasures/": [
        (SUPERVISOR, an_erasure("agree")),
        (SUPERVISOR, an_erasure("refuse")),
    ],
    "desk/monitors/": [
        (
            ADMINISTRATOR,
            lambda officer: Sending(
                "/desk/monitors/", typed={"address": "watch@example.org", "organisation": "Citizens' Watch"}
            ),
        )
    ],
    "desk/notes/new/": [(Role.MONITOR, lambda officer: Sending("/desk/notes/new/", button="submit", typed=NOTE))],
    "desk/notes/<int:pk>/": [
        (Role.MONITOR, lambda officer: Sending(f"/desk/notes/{a_note('draft', officer).pk}/", button="submit")),
        (Role.MONITOR, lambda officer: Sending(f"/desk/notes/{a_note('submitted', officer).pk}/", button="take_back")),
    ],
    "desk/moderation/<int:pk>/": [
        (Role.EDITOR, moderated("publish")),
        (Role.EDITOR, moderated("give_back", reason="Which term was it?")),
        (Role.EDITOR, moderated("take_down", "published", reason="It named somebody.")),
    ],
    "desk/answers/<int:pk>/": [(MANAGER, an_answer)],
    "desk/releases/draft/": [
        (
            MANAGER,
            lambda officer: Sending(
                "/desk/releases/", "/draft/", typed={"month": f"{a_month_of_its_own().first:%Y-%m}", "reason": ""}
            ),
        )
    ],
    "desk/releases/<int:pk>/decide/": [
        (MANAGER, decided("publish")),
        (MANAGER, decided("reject", reason="One agency is missing.")),
    ],
    "desk/retention/": [(MANAGER, a_retention)],
    "desk/exports/": [(SUPERVISOR, lambda officer: Sending("/desk/exports/"))],
}
# These only show something; or each sending hands out a paper, and each is noted, for each may be read.
SHOWS = {
    "desk/cases/", "desk/cases/<str:reference>/preview/", "desk/cases/<str:reference>/here/", "desk/new/known/",
    "desk/cases/<str:reference>/letter/", "desk/cases/<str:reference>/dossier/", "desk/new/receipt/paper/",
    "desk/breach/",
}  # fmt: skip


# Its card stands on weeks of cases: where those are made it is tried, too.
ELSEWHERE = {"desk/manage/rises/note/"}


def test_every_form_there_is_stands_here():
    assert STEPS.keys() == STEP_FORMS.keys()
    by_post = {address for address, door in OFFICERS.items() if "POST" in door.methods}
    assert DOORS.keys() | SHOWS | ELSEWHERE == by_post - {"desk/cases/<str:reference>/"}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_sent_again_and_again_is_taken_once(step, living_country):
    officer = make_officer(role=SUPERVISOR, clearances=EVERYTHING)
    sending = STEPS[step](officer)
    acts_once(living_country, officer, replace(sending, step=step))


@pytest.mark.parametrize(
    ("address", "number"), [(address, number) for address, rows in DOORS.items() for number in range(len(rows))]
)
def test_a_form_sent_again_and_again_acts_once(address, number, living_country):
    role, prepare = DOORS[address][number]
    officer = make_officer(role=role, clearances=EVERYTHING)
    acts_once(living_country, officer, prepare(officer))


def acts_once(house: str, officer: Officer, sending: Sending) -> None:
    """Twice at once, once with the line broken before the answer, and once more because nothing was heard."""
    browser = Browser(house, officer)
    form = _picked(browser.forms(sending.page), sending)
    pairs = filled(form, sending.typed, sending.button)
    before = there()
    answers: list[tuple[int, str, str]] = []
    start = Barrier(2)

    def send() -> None:
        start.wait()
        answers.append(browser.send(form.action, pairs, sending.file))

    at_once = [Thread(target=send) for _ in range(2)]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    browser.send_and_leave(form.action, pairs, sending.file)
    answers.append(browser.send(form.action, pairs, sending.file))

    after = there()
    changed = (after - before) + (before - after)
    assert changed, f"nothing happened: {[status for status, _to, _page in answers]}, {_said(answers[0][2])}"
    assert set(changed.values()) == {1}, {row: many for row, many in changed.items() if many > 1}
    for status, _to, page in answers:
        assert status in (200, 303, 409), (status, _said(page))
        if status == 409:
            assert 'role="alert"' in page, _said(page)
    for to in {to for status, to, _page in answers if status == 303}:
        browser.get(to)  # the page with what happened
    assert 303 in [status for status, _to, _page in answers] or sending.step == "sheet"


def _picked(forms: list[Form], sending: Sending) -> Form:
    for form in forms:
        pressed = not sending.button or any(sending.button in (name, f"{name}={value}") for name, value in form.buttons)
        here = (
            form.values.get("step") == [sending.step]
            if sending.step
            else form.action.endswith(sending.to or sending.page)
        )
        mine = "absence" not in sending.typed or form.values.get("absence") == [sending.typed["absence"]]
        mine = mine and ("erasure" not in sending.typed or form.values.get("erasure") == [sending.typed["erasure"]])
        if pressed and here and mine:
            return form
    raise AssertionError(f"No such form on {sending.page}: {[form.action for form in forms]}")


def _said(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))[:400]
