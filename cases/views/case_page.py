"""What the page of one case shows: one function a part, each drawn by a template of its own in desk/case/."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import actions, checklist, desk_words, presence, registration, sharing, wording
from cases.actions.attachments import MOST
from cases.catalogue import catalogue
from cases.forms.beside import kept, titles_of, visible_links
from cases.forms.between import answerable
from cases.forms.fields import show_phone
from cases.forms.step_form import StepForm
from cases.forms.steps import STEP_FORMS
from cases.lifecycle import State
from cases.models import Attachment, Case, Event, Known, Link, Officer, Referral, Representation, Share
from cases.pack import Agency, Kind
from cases.permissions import may_open, possible
from cases.remedies import next_remedy, remedy_against, way_out
from cases.uploads import Format
from cases.views import case_time
from cases.views.case_joined import joined_cases, joining, other_cases
from cases.views.case_words import OFFERED_IN, saying
from cases.views.frame import page


@dataclass(frozen=True)
class Look:
    """Somebody looks at a case: what every part of the page is drawn from, and what of it they may see."""

    officer: Officer
    case: Case
    shown: frozenset[str]
    events: list[Event]
    newest: int
    today: date
    joined: tuple["Look", ...] = ()  # at what was joined into it

    @classmethod
    def at(cls, officer: Officer, case: Case) -> "Look":
        newest = case.events.order_by("-number").values_list("number", flat=True).first() or 0
        events = list(sharing.events(officer, case))
        return cls(officer, case, sharing.parts(officer, case), events, newest, catalogue().today())


Part = Callable[[Look], dict[str, Any]]


def show(
    request: HttpRequest,
    officer: Officer,
    case: Case,
    *,
    sent: StepForm | None = None,
    refusal: str = "",
    changes: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    """The page. `sent` is a form that was not accepted, or is only a draft: it comes back as it was filled in."""
    look = replace(Look.at(officer, case), joined=tuple(Look.at(officer, one) for one in joined_cases(officer, case)))
    shown: dict[str, Any] = {"case": case, "shown": look.shown, "newest": look.newest}
    shown |= {"sent": sent, "refusal": refusal, "changed": changes}
    presence.touch(officer, case, writing=sent is not None)
    for part in PARTS:
        shown |= part(look)
    shown |= _steps(look, sent)
    return page(request, officer, "case", status=status, **shown)


# --- What can be done ------------------------------------------------------------------------------------

# The one step that moves a case on, by its state; it stands first on the page.
NEXT = {
    State.RECEIVED: "take",
    State.IN_PROGRESS: "resolve",
    State.WAITING: "hear",
    State.REFERRED: "come_back",
    State.RESOLVED: "confirm",  # the citizen has the last word; closing without it stands further down
}
# Somebody waits for these, whatever the state.
FIRST = ("consent", "agree", "acknowledge")


# What must be there, for this officer, that a step makes sense.
ACTS_ON: dict[str, Callable[[Officer, Case], bool]] = {
    "ask": lambda officer, case: bool(case.citizen and case.citizen.phone_index),  # a number to ask
    "unname_officer": lambda officer, case: case.named.exists(),
    "attach": lambda officer, case: kept(case).count() < MOST,
    "detach": lambda officer, case: kept(case).exists(),
    "unlink": lambda officer, case: bool(visible_links(officer, case)),
    "check_off": lambda officer, case: any(not need.told for need in checklist.needs(case)),
    "sheet": lambda officer, case: case.kind == Kind.REGISTRATION and case.known == Known.NUMBER,
    "enrol": lambda officer, case: case.kind == Kind.REGISTRATION,
}


def steps(officer: Officer, case: Case) -> list[str]:
    """What can be done now: the lifecycle's steps that this officer may take, and that have something to act on.

    An agency that was asked can answer in any state. While we wait for the citizen, whatever they say is the answer.
    """
    names = [step.name for step in possible(officer, case) if step.name in STEP_FORMS and step.name != "come_back"]
    if "hear" in names:
        names.remove("inform")
    names = [name for name in names if name not in ACTS_ON or ACTS_ON[name](officer, case)]
    if answerable(officer, case).exists():
        names.append("come_back")
    first = next((name for name in FIRST if name in names), NEXT.get(State(case.state)))
    first = "come_back" if officer.agency_id and "come_back" in names else first
    return sorted(names, key=lambda name: name != first)


def _steps(look: Look, sent: StepForm | None) -> dict[str, Any]:
    forms = [_form_of(step, look, sent) for step in steps(look.officer, look.case)]
    draft = sent if sent and not sent.is_bound else None
    return {
        **(saying(look.case, draft) if any(form.step in OFFERED_IN for form in forms) else {}),
        "forms": forms,
        "next_step": forms[0] if forms and forms[0].step in (*NEXT.values(), *FIRST) else None,
        # A step that is no longer offered takes its words along, unless the page shows them.
        "kept": "" if sent is None or sent in forms else sent.data.get(sent.add_prefix("words"), ""),
    }


def _form_of(step: str, look: Look, sent: StepForm | None) -> StepForm:
    if sent and sent.step == step:
        return sent
    return STEP_FORMS[step](step=step, case=look.case, officer=look.officer, seen=look.newest)


# --- What is known ---------------------------------------------------------------------------------------


def who_is_here(look: Look) -> dict[str, Any]:
    return {"others": presence.others(look.officer, look.case), "every": presence.EVERY}


def the_time(look: Look) -> dict[str, Any]:
    at_home = sharing.OFFICE in look.shown
    account = case_time.the_account(look.case, look.events, look.today) if at_home else None
    out = way_out(look.case, look.today) if at_home else None
    return case_time.the_promise(look.case, look.events, look.today) | {"account": account, "way_out": out}


def the_people(look: Look) -> dict[str, Any]:
    parts = [part for part in (Share.WHO, Share.NRC) if part in look.shown]
    named = Officer.objects.filter(named_in__case=look.case).select_related("user")
    return {
        "who": _who(look.case, parts, at_home=sharing.OFFICE in look.shown),
        "teller": _teller(look.case, parts, at_home=sharing.OFFICE in look.shown),
        "named": named if sharing.OFFICE in look.shown else (),
    }


def _teller(case: Case, known: list[Share], *, at_home: bool) -> list[tuple[str, str]]:
    """Who came for the person it is about, and by what right; nothing where citizens spoke for themselves."""
    spoke = Representation.objects.filter(case=case).first()
    if spoke is None or not (at_home or known):
        return []
    told: list[tuple[str, str | None]] = []
    if Share.WHO in known and case.citizen:
        whose = _("of who came") if spoke.their_phone else _("of the citizen")
        told = [(_("Told by"), spoke.name), (_("Phone"), case.citizen.phone and whose)]
    if Share.NRC in known and case.citizen:
        told.append((_("Their NRC"), spoke.nrc))
    right = [
        (_("Who they are"), spoke.get_relationship_display()),
        (_("Agreement"), spoke.get_consent_display()),
    ]
    return [(fact, str(value)) for fact, value in told if value] + right


@dataclass(frozen=True)
class Who:
    """The citizen as this officer may know them. `phone` is for calling."""

    title: str
    facts: list[tuple[str, str]]
    phone: str = ""


def _who(case: Case, known: list[Share], *, at_home: bool) -> Who:
    language = catalogue().languages.get(case.language)
    facts = [(_("Language"), language.name if language else case.language)]
    if case.citizen is None:
        return Who(_("Anonymous"), facts)
    if not known:
        return Who(_("Number hidden by the citizen") if at_home else _("Not shared with your agency"), facts)
    form = _form(case)
    said = {name: form.get(name, "") for name in TELLS_WHO}
    if not any(said.values()):  # who said nothing of themselves is whoever this phone is on record for
        said = {name: getattr(case.citizen, name) for name in TELLS_WHO}
    if said["nrc"] and Share.NRC in known:
        facts.insert(0, (_("NRC"), said["nrc"]))
    if Share.WHO not in known:
        return Who(_("Name not shared with your agency"), facts)
    if case.citizen.phone and actions.wants_silence(case.citizen):
        facts.append((_("SMS"), _("wants none")))
    return Who(said["name"] or _("No name given"), facts, phone=show_phone(case.citizen.phone))


TELLS_WHO = ("name", "nrc")  # stands beside the form, for those who may know


def the_form(look: Look) -> dict[str, Any]:
    if Share.FORM not in look.shown:
        return {"answers": []}
    return {"answers": registration.read_aloud(_form(look.case), leave_out=TELLS_WHO)}


def _form(case: Case) -> dict[str, str]:
    return json.loads(case.form) if case.form else {}


@dataclass(frozen=True)
class Beside:
    """A photo or a paper, as the page lists it."""

    title: str
    what: str
    key: str
    is_photo: bool
    at: datetime
    by: str

    @classmethod
    def of(cls, one: Attachment, titles: dict[int, str]) -> "Beside":
        pages = ngettext("{count} page", "{count} pages", one.pages).format(count=one.pages)
        what = [one.get_format_display(), filesizeformat(one.size)]
        is_photo = one.format == Format.PHOTO
        return cls(
            title=titles.get(one.pk, ""),
            what=", ".join(what if is_photo else [*what, pages]),
            key=one.key,
            is_photo=is_photo,
            at=one.added_at,
            by=str(one.added_by),
        )


def the_papers(look: Look) -> dict[str, Any]:
    titles = titles_of(look.case)
    there = sharing.attachments(look.officer, look.case).select_related("added_by__user")
    return {"papers": [Beside.of(one, titles) for one in there]}


@dataclass(frozen=True)
class Scheme:
    """One agency's part of a registration. The number is for those who may know the citizen, and for its agency."""

    agency: Agency | None  # none: what all of them need
    needs: list[checklist.Need]
    referral: Referral | None = None
    number: str = ""
    since: datetime | None = None

    @property
    def missing(self) -> int:
        return sum(not need.there for need in self.needs)


def the_registration(look: Look) -> dict[str, Any]:
    """Agency by agency. One that was asked sees its own part, and of the form what was shared with it."""
    case, officer, home = look.case, look.officer, sharing.at_home(look.officer, look.case)
    if case.kind != Kind.REGISTRATION:
        return {"schemes": []}
    asked = {referral.agency_id: referral for referral in case.referrals.order_by("asked_at", "pk")}
    members = {membership.agency_id: membership for membership in case.memberships.all()}
    needs = checklist.needs(case, officer) if Share.FORM in look.shown else []
    known, agencies = Share.WHO in look.shown, checklist.agencies(case)
    schemes = []
    for agency in agencies:
        if home or agency.pk == officer.agency_id:
            theirs, member = [need for need in needs if need.agency == agency.pk], members.get(agency.pk)
            number, since = (member.number if known else "", member.at) if member else ("", None)
            schemes.append(Scheme(agency, theirs, asked.get(agency.pk), number, since))
    if case.agency not in agencies and (common := [need for need in needs if need.agency == case.agency_id]):
        schemes.append(Scheme(None, common))
    return {"schemes": schemes}


def the_decision(look: Look) -> dict[str, Any]:
    """The answer that stands, what became of it on appeal, and where the citizen can take it."""
    case = look.case
    if not case.decision or Share.STORY not in look.shown:
        return {}
    remedy = next_remedy(case)
    return {
        "decided": case.get_decision_display(),
        "reasons": actions.answer_words(case),
        "reviewed": case.get_reviewed_display(),
        "remedy": remedy,
        "if_not": wording.if_not(remedy, look.today) if actions.can_be_appealed(case) else "",
    }


def the_appeal(look: Look) -> dict[str, Any]:
    """Of an appeal: to whom it goes, and whether it came within the law's time."""
    before = look.case.appeal_of
    if before is None or sharing.OFFICE not in look.shown:
        return {}
    came = before.events.filter(kind="appeal").order_by("-number").first()
    last_day = came.data.get("until") if came else None
    return {
        "contested": before,
        "contested_at": remedy_against(before, decided_on=look.today),
        "last_day": date.fromisoformat(last_day) if last_day else None,
        "too_late": came is not None and came.data.get("late", False),
    }


def the_others(look: Look) -> dict[str, Any]:
    """Other cases and other offices that this one has to do with."""
    case = look.case
    appeals = Case.objects.visible_to(look.officer).filter(Q(appeal_of=case) | Q(pk=case.appeal_of_id))
    linked = [Beyond.of_appeal(other, case) for other in appeals.with_people()]
    if sharing.OFFICE in look.shown:
        linked += [Beyond.of_link(link, case) for link in visible_links(look.officer, case)]
    return {
        "linked": linked,
        **other_cases(look.officer, case),
        "referrals": [Asked.of(referral) for referral in sharing.referrals(look.officer, case)],
        "escalations": case.escalations.select_related("officer__user") if Share.STORY in look.shown else (),
    }


@dataclass(frozen=True)
class Beyond:
    """Another case, and what it has to do with this one."""

    case: Case
    how: str

    @classmethod
    def of_appeal(cls, other: Case, case: Case) -> "Beyond":
        against = other.appeal_of_id == case.pk
        return cls(other, _("Appeals against this decision") if against else _("The decision appealed against"))

    @classmethod
    def of_link(cls, link: Link, case: Case) -> "Beyond":
        return cls(link.beyond(case), link.get_kind_display())


@dataclass(frozen=True)
class Asked:
    """An agency that was asked: how far it got, what it may see, and what allows that."""

    agency: str
    state: str
    due: date | None
    shared: str
    allowed: str

    @classmethod
    def of(cls, referral: Referral) -> "Asked":
        shared = ", ".join(str(Share(part).label) for part in referral.shared)
        return cls(
            agency=str(referral.agency),
            state=referral.get_state_display(),
            due=referral.due if referral.state in Referral.UNANSWERED else None,
            shared=shared or _("the topic only"),
            allowed=desk_words.allowed(referral),
        )


@dataclass(frozen=True)
class Joined:
    """A case that was joined into this one, with all that its own page shows of the citizen's side."""

    case: Case
    facts: dict[str, Any]


def the_joined(look: Look) -> dict[str, Any]:
    """What was joined into this case, and into which one it was joined itself."""
    told = (the_people, the_form, the_papers)
    return {
        "joining": joining(look.officer, look.case),
        "joined": [
            Joined(one.case, {name: value for part in told for name, value in part(one).items()}) for one in look.joined
        ],
    }


def the_history(look: Look) -> dict[str, Any]:
    """History and SMS in the order of time; an SMS stands with the event it tells of. With those of joined cases."""
    lines, outgoing = _history(look)
    newest = max(outgoing, key=lambda text: text.at, default=None) if sharing.OFFICE in look.shown else None
    for one in look.joined:
        of_it, _outgoing = _history(one)
        lines += [replace(line, of=str(one.case)) for line in of_it]
    return {
        "unreached": newest if newest and newest.failed else None,
        "story": sorted(lines, key=lambda line: line.at),
        "readings": [event for event in look.events if event.kind == "read"],
    }


def _history(look: Look) -> tuple[list[desk_words.Line], list[desk_words.Text]]:
    """The lines of one case, and the SMS that went out."""
    by_event: dict[int | None, list[desk_words.Text]] = {}
    sent: Any = getattr(look.case, "messages", None)  # kept by channels, which this room does not import
    for message in sent.order_by("created_at") if sent else ():
        by_event.setdefault(message.event_id, []).append(desk_words.Text.of(message))
    happened = [event for event in look.events if event.kind != "read"]
    names = _names(happened)
    lines = [desk_words.line(event, names=names, texts=by_event.get(event.pk, [])) for event in happened]
    if Share.STORY in look.shown:
        lines += [desk_words.alone(text) for text in by_event.get(None, [])]
    return lines, [text for texts in by_event.values() for text in texts if text.outgoing]


def _names(events: list[Event]) -> desk_words.Names:
    given = [event.data[who] for event in events for who in ("to", "officer") if who in event.data]
    officers = {officer.pk: str(officer) for officer in Officer.objects.filter(pk__in=given).select_related("user")}
    others = [event.data["other"] for event in events if "other" in event.data]  # those the officer sees: by sharing
    cases = {case.pk: str(case) for case in Case.objects.filter(pk__in=others)} if others else {}
    return desk_words.Names(catalogue().agencies, catalogue().topics, catalogue().districts, officers, cases)


def the_right(look: Look) -> dict[str, Any]:
    """Where the case asks for a right over data, the way to its own page."""
    mine = may_open(look.officer, "data-rights")
    return {"asks_for": mine and actions.ASKS_FOR.get(look.case.topic_id)}


PARTS: tuple[Part, ...] = (
    who_is_here,
    the_right,
    the_time,
    the_people,
    the_form,
    the_papers,
    the_registration,
    the_decision,
    the_appeal,
    the_others,
    the_joined,
    the_history,
)
