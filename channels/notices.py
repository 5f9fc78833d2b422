"""Which words follow which event, by SMS, in the citizen's language; written in the transaction of the event itself.

In a sensitive case the SMS says nothing about the matter: whoever else reads this phone learns only a number.
"""

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext_noop

from cases import joined, wording
from cases.actions import Sms, case_changed, code_issued, silence_wanted, sms_foreseen
from cases.catalogue import catalogue
from cases.lifecycle import Actor
from cases.models import Case, Citizen, Decision, Event, Known
from cases.reference import spoken
from cases.remedies import remedy_against
from cases.rows import insert
from cases.wording import day, told_as
from channels import bell, gsm7
from channels.conversation import SOURCE_LANGUAGE
from channels.models import Message

LONGEST = 3 * gsm7.JOINED  # septets: three parts are three prices

NEWS = gettext_noop("There is news about {reference}. Please dial us, or ask at a desk.")
ASKED_FOR_HELP = gettext_noop("{reference}: we asked another office, {other}, to help. Your number stays the same.")

# Event, or event/meaning -> words. Every event of the lifecycle stands here; None is one the citizen caused or need
# not hear of.
NOTICES: dict[str, str | None] = {
    "open": gettext_noop("We got your message. Your number is {reference}. {agency} answers by {date}."),
    "take": None,  # it would cost an SMS to say that nothing is decided yet; calling tells
    "hand_over": None,
    "sort": gettext_noop("{reference} is now with {agency}. We promised an answer by {date}."),
    "ask": gettext_noop("{agency} asks about {reference}: {words} Please reply to this SMS."),
    "hear": None,
    "inform": None,
    "note": None,
    "attach": None,
    "detach": None,
    "link": None,
    "unlink": None,
    "merge": gettext_noop(
        "We work on {reference} together with another case of the same matter. Your number stays the same."
    ),
    "merge/same": gettext_noop("{reference} and {stays} are one matter. We go on with {stays}. Both numbers work."),
    "merge/stays": None,
    "merge/along": None,  # they heard of it when it was first joined
    "unmerge": gettext_noop("We look at {reference} on its own again. We promised an answer by {date}."),
    "unmerge/stays": None,
    "resolve_along": None,  # the answer itself follows
    "name_officer": None,
    "unname_officer": None,
    "release": None,
    "read": None,
    **dict.fromkeys(("dossier", "correct", "object", "erase_asked", "erase_agreed", "erase_refused", "erase")),
    "refer": ASKED_FOR_HELP,
    "seek": gettext_noop(
        "{reference}: may {other} see {shared}? {words} They may use it for this only. "
        "You can say no, and take it back later. Reply YES or NO."
    ),
    "consent": ASKED_FOR_HELP,
    "propose": None,
    "agree": ASKED_FOR_HELP,
    "agree/no": None,
    "come_back": None,
    "come_back/accepted": gettext_noop("{other} works on {reference} for us now. We promised an answer by {date}."),
    "come_back/declined": gettext_noop("{other} could not help with {reference}. {agency} goes on with it."),
    "come_back/returned": gettext_noop("{other} gave {reference} back. {agency} goes on with it."),
    "come_back/done": gettext_noop("{other} did its part of {reference}. {agency} goes on with it."),
    "recall": None,
    "check_off": None,
    "sheet": None,
    "enrol": gettext_noop(
        "{reference}: {other} has registered you. Your member number is at the desk, and on the web with your PIN."
    ),
    "escalate": gettext_noop("{reference} is late, we are sorry. It went one level up: {body}."),
    "escalate/early": gettext_noop("{reference} went one level up: {body}."),  # by an officer's hand
    "escalate/supervisor": gettext_noop("{reference} is late, we are sorry. A supervisor was asked to look at it."),
    "acknowledge": None,
    "day_off": gettext_noop("{reference}: the day we promised is a public holiday. We answer by {date}."),
    "resolve": gettext_noop("{reference}: {outcome}. {words} Is it solved? Reply YES or NO."),
    "resolve/appeal": gettext_noop("{reference}: {outcome}. {words} Is it solved? Reply YES or NO. {if_not}"),
    "confirm": gettext_noop("{reference} is solved and closed. Thank you for telling us."),
    "confirm/desk": gettext_noop(
        "{reference} is closed: you told an officer that it is solved. If that is not so, dial us and choose Appeal."
    ),
    "dispute": gettext_noop("{reference} is open again. You said it is not solved."),
    "dispute/supervisor": gettext_noop(
        "{reference} is open again: you said it is not solved. A supervisor has it now."
    ),
    "review": None,  # the appeal's own answer says so
    "appeal": None,  # the appeal is a case of its own and says so
    "rate": None,
    "withdraw": gettext_noop("We stopped {reference} as you asked."),
    "close": gettext_noop("{reference} is closed. If it is not solved, dial us and choose Appeal."),
    "lapse": gettext_noop(
        "{reference} is closed, as we heard nothing more. If it is not solved, dial us and choose Appeal."
    ),
    "follow_up": gettext_noop("We closed {reference} some weeks ago. Is it still solved? Reply YES or NO."),
    "stay_solved": None,
    "stay_solved/desk": gettext_noop(
        "{reference}: you told an officer that it is still solved. If that is not so, dial us and choose Appeal."
    ),
    "reopen": gettext_noop("{reference} is open again. You said it is not solved any more."),
    "reopen/supervisor": gettext_noop(
        "{reference} is open again: you said it is not solved any more. A supervisor has it now."
    ),
}
# What is told of the case that stays to the people of those joined into it as well, under their own numbers.
ALONG = ("escalate", "day_off")
ANEW = gettext_noop("{reference} is open again. Another officer looks at it now.")  # its answer does not stand
NEUTRAL: dict[str, str | None] = {
    "open": gettext_noop("Your number is {reference}. You hear from us by {date}."),
    "follow_up": gettext_noop("We have a question about {reference}. Please dial us, or ask at a desk."),
    **dict.fromkeys(("confirm", "dispute", "reopen", "withdraw")),  # what they did themselves is no news
    "confirm/desk": NEWS,
    "*": NEWS,
}
_SILENT = "SELECT FROM channels_caller WHERE index = %s AND opted_out_at IS NOT NULL"
CODE = gettext_noop("Your code is {code}. It is good for ten minutes. Tell it to nobody.")


def listen() -> None:
    case_changed.connect(_tell, dispatch_uid="channels.notices")
    code_issued.connect(_send_code, dispatch_uid="channels.codes")
    silence_wanted.connect(_wants_silence, dispatch_uid="channels.silence")
    sms_foreseen.connect(_foresee, dispatch_uid="channels.preview")


def _tell(sender: type[Case], case: Case, event: Event, **_signal: object) -> None:
    template = _template(case, event)
    if template is None or _hears_of_the_other(case, event):
        return
    send(case=case, event=event, notice=event.kind, template=template, facts=_facts(case, event, template))
    for one in joined.behind(case) if event.kind in ALONG else ():
        send(case=one, event=None, notice=event.kind, template=template, facts=_facts(one, event, template))


def _hears_of_the_other(case: Case, event: Event) -> bool:
    """Who has joined cases is told of the one that stays, and once."""
    return case.is_joined and event.kind != "merge" and joined.led_to(case) != case


def _foresee(sender: type[Case], case: Case | None, step: str, said: str, data: dict, **_signal: object) -> Sms | None:
    """The SMS that this step of an officer, with these words, would send."""
    if case is None:
        return _as_sent(gsm7.plain(said), said)
    event = Event(case=case, kind=step, actor=Actor.OFFICER, data=data)
    template, citizen = _template(case, event), _reached(case)
    if template is None or citizen is None:
        return None
    said = "" if case.is_sensitive else said
    return _as_sent(words(template, _facts(case, event, template) | {"words": said}, citizen.language), said)


def _as_sent(text: str, said: str) -> Sms:
    return Sms(tuple(gsm7.cut(text)), gsm7.septets(text), shortened=gsm7.plain(said).strip() not in text)


def _template(case: Case, event: Event) -> str | None:
    key = told_as(event)
    words = ANEW if event.data.get("answered") else NOTICES.get(key, NOTICES.get(event.kind))
    return NEUTRAL.get(key, NEUTRAL.get(event.kind, NEUTRAL["*"])) if words and case.is_sensitive else words


def _facts(case: Case, event: Event, template: str) -> dict[str, str]:
    """What an SMS may say, in the language it will be in: the reader's, if its own words are translated."""
    with translation.override(case.citizen.language if case.citizen else case.language):
        if translation.gettext(template) != template:
            return _matter(case, event) | _decision(case, event)
    with translation.override(SOURCE_LANGUAGE):
        return _matter(case, event) | _decision(case, event)


def _matter(case: Case, event: Event) -> dict[str, str]:
    agencies = catalogue().agencies
    other = agencies.get(event.data.get("agency", ""))
    return {
        "reference": spoken(case.reference),
        "agency": (agencies.get(case.agency_id) or case.agency).label,
        "other": other.label if other else "",
        "body": event.data.get("body", ""),
        "date": day(joined.standing(case).resolve_due),
        "stays": spoken(case.merged_into.reference) if case.merged_into else "",
        "shared": wording.shared(event.data.get("shared", ())),
        "words": "" if case.is_sensitive else event.words,
    }


def _decision(case: Case, event: Event) -> dict[str, str]:
    if event.data.get("decision") not in Decision.values:
        return {"outcome": "(...)", "if_not": ""}
    today = catalogue().today()
    if_not = wording.if_not(remedy_against(case, decided_on=today), today)
    return {"outcome": str(Decision(event.data["decision"]).label), "if_not": if_not}


def _send_code(sender: type[Case], case: Case, code: str, **_signal: object) -> None:
    send(case=case, event=None, notice="code", template=CODE, facts={"code": code})


def send(*, case: Case, event: Event | None, notice: str, template: str, facts: dict[str, str]) -> Message | None:
    """Queue one SMS to the case's citizen, if there is a number and its owner wants messages."""
    citizen = _reached(case, even_in_silence=notice == "code")
    if citizen is None or not citizen.phone:
        return None
    text = words(template, facts, citizen.language)
    return queue(
        phone=citizen.phone,
        index=citizen.phone_index,
        text=text,
        case=case,
        event=event,
        notice=notice,
        language=citizen.language,
    )


def _reached(case: Case, *, even_in_silence: bool = False) -> Citizen | None:
    """The case's citizen, if an SMS may be written to them."""
    citizen = case.citizen
    if citizen is None or not citizen.phone or case.known == Known.ANONYMOUS:
        return None
    return citizen if even_in_silence or not _wants_silence(Citizen, citizen) else None


def _wants_silence(sender: type[Citizen], citizen: Citizen, **_signal: object) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_SILENT, [citizen.phone_index])
        return bool(cursor.rowcount)


def words(template: str, facts: dict[str, str], language: str) -> str:
    """The SMS as it will read. What an officer wrote is shortened if need be, never the rest."""
    with translation.override(language):
        said = translation.gettext(template)
        names = ("agency", "other") if said != template else ()  # else it is said in English, names and all
        facts = facts | {name: translation.gettext(facts[name]) for name in names if facts.get(name)}
    text = gsm7.plain(said.format(**facts)).strip()
    while not gsm7.fits(text, LONGEST) and facts.get("words"):
        facts["words"] = facts["words"].rstrip(". ")[:-10] + "..."
        text = gsm7.plain(said.format(**facts)).strip()
    return text


def queue(*, phone: str, index: str | None, text: str, **facts: object) -> Message:
    """An SMS to go out: a row now, the bell once the transaction has ended well."""
    message = Message(
        direction=Message.Direction.OUT,
        state=Message.State.QUEUED,
        phone=phone,
        phone_index=index or "",
        text=text,
        parts=gsm7.parts(text),
        **facts,
    )
    insert(message)
    bell.ring()
    return message
