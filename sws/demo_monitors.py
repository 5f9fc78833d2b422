"""A made-up monitor of a made-up organisation, and what it wrote: answered, unanswered, handed in, given back."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import User

from cases import clock
from cases.actions import people
from cases.actions.people import Assignment
from cases.catalogue import catalogue
from cases.models import Officer, Role
from cms.models import Note
from cms.monitoring import actions
from cms.monitoring.actions import Written

TITLE, NAME = "Monitor from civil society", "monitor"
ORGANISATION = "Example Citizens' Watch (made up)"
MONGU, LUSAKA = "ZM110007", "ZM105006"

CASH_POINT = (
    "We stood at three pay points of the Social Cash Transfer on two payment days. People came from far and waited "
    "from early morning. At one of the three the payment began four hours late, and nobody said why.\n\n"
    "Please say on the day before when and where the payment begins, on paper at the pay point and by SMS."
)
CASH_ANSWER = (
    "You are right about the third pay point: the cash came late by road. From the next payment on the time stands on "
    "a notice at each pay point the day before. The district office checks it and writes to you what it found."
)
CLINIC = "Members of health insurance came together in two wards and gave scores. Nobody gave a name."
CLINIC_SCORES = (
    ("The card is taken at the clinic", 3, 42, "Some nurses know it, some send us to pay."),
    ("The medicine is there", 2, 42, "We get the paper and buy it in town."),
    ("We are told what is covered", 2, 38, ""),
    ("Somebody listens when we complain", 4, 7, "She wrote it down."),
)


def write_notes(officers: dict[str, Officer]) -> None:
    """In the weeks before now; each through the actions that everybody's notes go through."""
    monitor, moderator, speaker = (
        _hired(officers["moderator"].user.password),
        officers["moderator"],
        officers["manager"],
    )
    now = clock.now()

    def ago(days: int):
        return clock.at(now - timedelta(days=days))

    with ago(21):
        cash = _draft(1, monitor, "Cash came late at one pay point of three", CASH_POINT, "SCT", MONGU)
        actions.submit(note=cash, by=monitor)
    with ago(19):
        actions.publish(note=cash, by=moderator)
    with ago(13):
        actions.answer(note=cash, by=speaker, words=CASH_ANSWER)
        scores = tuple(dict(zip(actions.SCORED, one, strict=True)) for one in CLINIC_SCORES)
        clinic = _draft(2, monitor, "Two wards score their clinics", CLINIC, "NHIS", LUSAKA, scores)
        actions.submit(note=clinic, by=monitor)
    with ago(12):
        actions.publish(note=clinic, by=moderator)
    with ago(3):
        words = "A school told us that it waits for the fees since the term began. We saw the letter."
        back = _draft(3, monitor, "School fees are paid late", words, "KGS", MONGU)
        actions.submit(note=back, by=monitor)
    with ago(2):
        why = "Which term is it, and did you ask the school for leave to write about it?"
        actions.give_back(note=back, by=moderator, reason=why)
    with ago(1):
        words = "At the one-stop desk the list of papers to bring hangs on the wall, in two languages. It helps."
        actions.submit(note=_draft(4, monitor, "The list on the wall helps", words, "", MONGU), by=monitor)


def _hired(password: str) -> Officer:
    """With the password of all the others, as it is kept: to make it anew takes half a second by design."""
    user = User.objects.create(username=NAME, password=password, first_name="Mary", last_name="Example")
    return people.hire(user=user, assignment=Assignment(Role.MONITOR, organisation=ORGANISATION))


def _draft(
    number: int, by: Officer, title: str, words: str, programme: str, place: str, scores: tuple[dict, ...] = ()
) -> Note:
    written = Written(
        title=title,
        words=words,
        seen_on=catalogue().today() - timedelta(days=2),
        place=catalogue().districts[place],
        programme=catalogue().programmes.get(programme),
        scores=scores,
    )
    kind = Note.Kind.SCORECARD if scores else Note.Kind.AUDIT
    return actions.write(by=by, once=UUID(int=number), kind=kind, written=written)
