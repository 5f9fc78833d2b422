"""What an action refuses whoever asks past the page: without a right, without a word, without anything to act on."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from cases import actions
from cases.actions import NotAllowed
from cases.actions import people as staff
from cases.actions.people import Assignment
from cases.catalogue import catalogue
from cases.models import (
    CannedReply,
    Case,
    Citizen,
    DayOff,
    Link,
    Officer,
    Permit,
    Reassignment,
    Referral,
    Role,
    Share,
    SurveyReply,
)
from cases.pack import Ground
from cases.tickets import desks_of
from cases.uploads import Format, Paper
from tests.builders import an_agency, make_case, make_citizen, make_officer
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
    "to join two cases without a reason": (
        lambda case, by: actions.merge(case=case, by=by, stays=make_case(), words=" "), "why it is the same matter"),
    "to take two cases apart without a reason": (
        lambda case, by: actions.unmerge(case=joined_with_another(by), by=by, words=""), "the reason"),
    "to ask an agency for nothing": (
        lambda case, by: actions.refer(case=case, by=by, agency=an_agency("NAPSA"), words=""), "should do"),
    "to ask the citizen about nothing that an agency should do": (
        lambda case, by: seek(case, by, words=" "), "should do"),
    "to ask the citizen whether nothing may be shared": (
        lambda case, by: seek(case, by, shared=()), "should see"),
    "to ask by SMS who has no phone": (
        lambda case, by: seek(without_a_phone(case), by), "no phone number"),
    "a yes to what nobody asked": (
        lambda case, by: actions.consent(case=make_case(state="waiting")), "nothing to agree to"),
    "a no to what nobody asked": (
        lambda case, by: actions.refuse_consent(case=make_case(state="waiting")), "nothing to agree to"),
    "to share without consent and without a word why": (
        lambda case, by: propose(case, by, words="", ground=catalogue().grounds["offence"]), "why the citizen is not asked"),
    "to share without consent and without a ground": (
        lambda case, by: propose(case, by, ground=None), "ground in law"),
    "to decide twice on sharing without consent": (
        lambda case, by: agree(case, by, referral=proposed(case, "NAPSA", "refused"), beside=proposed(case, "WCFCB")),
        "answered already"),
    "to accept twice what was asked": (
        lambda case, by: actions.answer_referral(
            case=case, by=by, referral=asked(case, "NAPSA", state="accepted"), state="accepted"), "answered already"),
    "to change anything of a case that was joined into another": (
        lambda case, by: actions.hand_over(case=joined_with_another(by), by=by, to=make_officer()), "Do this there"),
}  # fmt: skip


def joined_with_another(by: Officer) -> Case:
    stays = make_case(state="in_progress", officer=by)
    return actions.merge(case=make_case(), by=by, stays=stays, words="The same card.")


def seek(case: Case, by: Officer, *, words: str = "Does he pay?", shared: tuple[str, ...] = (Share.WORDS,)) -> Case:
    return actions.seek_consent(case=case, by=by, agency=an_agency("NAPSA"), words=words, shared=shared)


def without_a_phone(case: Case) -> Case:
    Citizen.objects.filter(pk=case.citizen_id).update(phone=None, phone_index=None, nrc_index=f"nrc of {case.pk}")
    return case


def asked(case: Case, agency: str, **facts: Any) -> Referral:
    row = {"from_agency": case.agency, "consent": Permit.NOTHING, "due": case.resolve_due} | facts
    return Referral.objects.create(case=case, agency=an_agency(agency), **row)


def proposed(case: Case, agency: str, state: str = "proposed") -> Referral:
    return asked(case, agency, consent=Permit.GROUND, ground=catalogue().grounds["offence"], state=state)


def agree(case: Case, by: Officer, *, referral: Referral, beside: Referral) -> Case:
    """While another one still waits for the same word."""
    return actions.agree(case=case, by=by, referral=referral, agreed=True)


def propose(case: Case, by: Officer, *, words: str = "He may be hurt.", ground: Ground | None) -> Case:
    return actions.propose(
        case=case, by=by, agency=an_agency("NAPSA"), words=words, shared=[Share.WORDS], ground=ground
    )


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


def test_a_yes_or_a_no_is_written_down_by_who_may_and_by_nobody_who_only_looks():
    """Whose right it is to write down what a citizen said is asked at the action, not only where the button stands."""
    manager, by = make_officer(role=Role.MANAGER), make_officer(role=Role.SUPERVISOR)
    sought = seek(make_case(state="in_progress", officer=by), by)

    for act in (actions.consent, actions.refuse_consent):
        with pytest.raises(NotAllowed, match="You may not do this"):
            act(case=sought, hand=manager)
    assert sought.referrals.get().state == Referral.State.SOUGHT


def test_ready_words_are_written_and_thrown_away_by_who_answers_for_them_and_are_never_empty():
    boss, desk, head = make_officer(role=Role.SUPERVISOR), make_officer(), make_officer(role=Role.AGENCY_HEAD)
    card = {"title": "Card", "language": "en"}
    for_all = actions.save_reply(by=boss, text="Bring your NRC.", **card)
    fee = actions.save_reply(by=boss, text="It is free.", title="Fee", language="en")

    for attempt, said in (
        (lambda: actions.save_reply(by=desk, text="Bring money.", title="Cost", language="en"), "You may not do this"),
        (lambda: actions.save_reply(by=head, text="Bring less.", reply=for_all, **card), "your own agency only"),
        (lambda: actions.save_reply(by=boss, text=" ", title="Cost", language="en"), "write the words"),
        (lambda: actions.save_reply(by=boss, text="Bring money.", **card), "another of this name"),
        (lambda: actions.save_reply(by=boss, text="Bring your NRC.", reply=fee, **card), "another of this name"),
        (lambda: actions.drop_reply(by=desk, reply=for_all), "You may not do this"),
    ):
        with pytest.raises(NotAllowed, match=said):
            attempt()
    assert list(CannedReply.objects.order_by("pk").values_list("text", flat=True)) == ["Bring your NRC.", "It is free."]


def test_a_move_of_many_cases_is_ones_own_and_of_so_many_at_most():
    one, other, once = make_officer(role=Role.SUPERVISOR), make_officer(role=Role.SUPERVISOR), UUID(int=7)
    actions.reassign(by=one, once=once, wishes=[])

    with pytest.raises(NotAllowed, match="once more"):
        actions.reassign(by=other, once=once, wishes=[])
    with pytest.raises(NotAllowed, match="At most 500"):
        actions.reassign(by=other, once=UUID(int=8), wishes=[actions.Wish(pk, None, one.pk) for pk in range(501)])
    assert Reassignment.objects.count() == 1


def test_survey_answers_are_taken_by_who_does_intake():
    with pytest.raises(NotAllowed, match="You may not do this"):
        actions.keep_survey(citizen=make_citizen(), answers={}, by=make_officer(role=Role.AUDITOR))
    assert not SurveyReply.objects.exists()


def test_an_invitation_opens_once_and_not_after_it_was_taken_back():
    administrator = make_officer(role=Role.ADMINISTRATOR)
    who = {"first_name": "Bwalya", "last_name": "Phiri", "password": "a long word of my own"}
    used, back = (
        staff.invite(by=administrator, address=f"{name}@office.zm", assignment=Assignment(role=Role.DESK))
        for name in ("used", "back")
    )
    staff.accept(token=used[1], username="bwalya", **who)
    staff.withdraw_invitation(by=administrator, invitation=back[0])

    for (invitation, token), said in ((used, "used already"), (back, "taken back")):
        with pytest.raises(NotAllowed, match=said):
            staff.accept(token=token, username="another", **who)
        with pytest.raises(NotAllowed, match=said):
            staff.invite_again(by=administrator, invitation=invitation)


def test_one_of_two_administrators_changes_the_other_and_never_themselves():
    one, other = make_officer(role=Role.ADMINISTRATOR), make_officer(role=Role.ADMINISTRATOR)
    desk = Assignment(role=Role.DESK)

    for attempt in (
        lambda: staff.change_scope(officer=one, by=one, assignment=desk),
        lambda: staff.leave(officer=one, by=one),
    ):
        with pytest.raises(NotAllowed, match="for themselves"):
            attempt()
    staff.change_scope(officer=other, by=one, assignment=desk)
    assert [Officer.objects.get(pk=who.pk).role for who in (one, other)] == [Role.ADMINISTRATOR, Role.DESK]


def test_a_number_that_was_not_given_is_not_served():
    with pytest.raises(NotAllowed, match="not given today"):
        actions.end_ticket(desk=next(iter(desks_of(make_officer()))), number=99, by=make_officer(), came=True)


def test_a_membership_has_a_number():
    officer = make_officer()
    case = make_case(topic="register-nhima", words="", form='{"work": "trading"}', state="in_progress", officer=officer)

    with pytest.raises(NotAllowed, match="write the membership number"):
        actions.enrol(case=case, by=officer, agency=an_agency("NHIMA"), number=" ")
    assert not case.memberships.exists()
