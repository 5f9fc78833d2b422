"""What an action refuses whoever asks past the page: without a right, without a word, without anything to act on."""

from datetime import date

import pytest

from cases import actions
from cases.actions import NotAllowed
from cases.actions import people as staff
from cases.actions.people import Assignment
from cases.models import DayOff, Link, Role
from cases.uploads import Format, Paper
from tests.builders import make_case, make_officer
from tests.test_lifecycle import linked_to, somebody_named_in, something_beside

pytestmark = pytest.mark.django_db
PAPER = Paper(Format.PHOTO, b"drawn")
SEE = Link.Kind.SEE_ALSO

# What is tried with a case that is theirs, and what is said to it.
REFUSED = {
    "a photo that nobody says what it is": (
        lambda case, by: actions.attach(case=case, by=by, raw=b"x", paper=PAPER, words=" "), "write what it is"),
    "to take a photo away without a reason": (
        lambda case, by: actions.detach(case=case, by=by, attachment=something_beside(case), words=""), "the reason"),
    "to take away a photo of another case": (
        lambda case, by: actions.detach(case=case, by=by, attachment=something_beside(make_case()), words="Wrong."),
        "taken away already"),
    "a link without a reason": (
        lambda case, by: actions.link(case=case, by=by, other=make_case(), kind=SEE, words=""), "why they belong"),
    "a link of no kind there is": (
        lambda case, by: actions.link(case=case, by=by, other=make_case(), kind="cousins", words="So."), "how they belong"),
    "a link to itself": (
        lambda case, by: actions.link(case=case, by=by, other=case, kind=SEE, words="So."), "another case"),
    "to take a link apart without a reason": (
        lambda case, by: actions.unlink(case=case, by=by, other=linked_to(case), words=""), "the reason"),
    "to take apart what is not linked": (
        lambda case, by: actions.unlink(case=case, by=by, other=make_case(), words="So."), "not linked"),
    "to take a name out without a reason": (
        lambda case, by: actions.unname_officer(case=case, by=by, officer=somebody_named_in(case), words=""), "why it is not"),
    "to take out who is not named": (
        lambda case, by: actions.unname_officer(case=case, by=by, officer=make_officer(), words="So."), "not named here"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_and_nothing_is_written(what):
    by = make_officer(role=Role.SUPERVISOR)
    case = make_case(state="in_progress", officer=by)
    before = case.events.count()
    attempt, said = REFUSED[what]

    with pytest.raises(NotAllowed, match=said):
        attempt(case, by)
    assert case.events.count() == before


def test_who_does_not_manage_people_invites_nobody_and_takes_no_invitation_back():
    administrator, manager = make_officer(role=Role.ADMINISTRATOR), make_officer(role=Role.MANAGER)
    desk = Assignment(role=Role.DESK)
    invited, _token = staff.invite(by=administrator, address="new@office.zm", assignment=desk)

    for attempt in (
        lambda: staff.invite(by=manager, address="another@office.zm", assignment=desk),
        lambda: staff.invite_again(by=manager, invitation=invited),
        lambda: staff.withdraw_invitation(by=manager, invitation=invited),
    ):
        with pytest.raises(NotAllowed, match="Ask the administrator"):
            attempt()


def test_a_day_off_has_a_name_and_a_source_and_is_taken_back_by_who_may_enter_it():
    administrator, day = make_officer(role=Role.ADMINISTRATOR), date(2031, 6, 4)
    for name, source in (("", "The gazette"), ("Day of rest", " ")):
        with pytest.raises(NotAllowed, match="write its name"):
            actions.enter_day_off(by=administrator, day=day, name=name, source=source)
    entered = actions.enter_day_off(by=administrator, day=day, name="Day of rest", source="The gazette")

    with pytest.raises(NotAllowed, match="may not change the calendar"):
        actions.withdraw_day_off(by=make_officer(role=Role.MANAGER), day_off=entered)
    assert DayOff.objects.get(pk=entered.pk).withdrawn_at is None
