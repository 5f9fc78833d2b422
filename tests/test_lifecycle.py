"""The life of a case: every step allowed where the table says so, refused everywhere else, by whatever door."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django_fsm import ConcurrentTransition, TransitionNotAllowed

from cases import actions, clock, ledger
from cases.actions import NotAllowed
from cases.actions.follow_up import follow_up
from cases.catalogue import catalogue
from cases.lifecycle import STEPS, Actor, State, allowed, drawing
from cases.models import Attachment, Case, Channel, Decision, FollowUp, Link, Named, Officer, Referral, Role, Share
from cases.pack import Topic
from cases.permissions import possible
from cases.uploads import Format, Paper
from tests.builders import EVERYTHING, an_agency, make_case, make_officer, moved_up, now_of

# How each step of the table is taken in life. One row each: a step added to the table is missed here at once.
HOW: dict[str, Callable] = {
    "take": lambda case, officer: actions.take(case=case, by=officer),
    "hand_over": lambda case, officer: actions.hand_over(case=case, by=officer, to=somebody_cleared()),
    "sort": lambda case, officer: actions.sort(
        case=case, by=officer, topic=another_topic(now_of(case)), place=case.place, words="It is not about the card."
    ),
    "ask": lambda case, officer: actions.ask_citizen(case=case, by=officer, words="Which clinic was it?"),
    "hear": lambda case, officer: actions.add_information(case=case, words="The one in Mongu."),
    "inform": lambda case, officer: actions.add_information(case=case, words="One thing more.", by=officer),
    "note": lambda case, officer: actions.add_note(case=case, by=officer, words="Rang the clinic."),
    "attach": lambda case, officer: actions.attach(
        case=case, by=officer, raw=b"photo", paper=Paper(Format.PHOTO, b"drawn"), words="Her card"
    ),
    "detach": lambda case, officer: actions.detach(
        case=case, by=officer, attachment=something_beside(case), words="It is of another case."
    ),
    "link": lambda case, officer: actions.link(
        case=case, by=officer, other=make_case(), kind="see_also", words="The same clinic."
    ),
    "unlink": lambda case, officer: actions.unlink(
        case=case, by=officer, other=linked_to(case), words="Another clinic."
    ),
    "merge": lambda case, officer: join_into_another(case, officer),
    "unmerge": lambda case, officer: actions.unmerge(case=case, by=officer, words="It is about her sister."),
    "name_officer": lambda case, officer: actions.name_officer(
        case=case, by=officer, officer=make_officer(), words="The citizen says so."
    ),
    "unname_officer": lambda case, officer: actions.unname_officer(
        case=case, by=officer, officer=somebody_named_in(case), words="It was somebody else."
    ),
    "refer": lambda case, officer: actions.refer(case=case, by=officer, agency=an_agency("HRC"), words="Please look."),
    "seek": lambda case, officer: actions.seek_consent(
        case=case, by=officer, agency=an_agency("NAPSA"), words="To look into the record.", shared=[Share.WORDS]
    ),
    "consent": lambda case, officer: actions.consent(case=case, hand=officer),
    "propose": lambda case, officer: actions.propose(
        case=case,
        by=officer,
        agency=an_agency("LLCL"),
        words="She is in danger.",
        shared=[Share.WORDS],
        ground=catalogue().grounds["offence"],
    ),
    "agree": lambda case, officer: actions.agree(
        case=case, by=officer, referral=case.referrals.get(state="proposed"), agreed=True
    ),
    "come_back": lambda case, officer: actions.answer_referral(
        case=case, by=officer, referral=case.referrals.get(state="asked"), state="done", words="It is done."
    ),
    "recall": lambda case, officer: actions.recall(case=case, by=officer, words="They do not answer."),
    "release": lambda case, officer: actions.release(case=case, why="left"),
    "escalate": lambda case, officer: actions.escalate(case=case, today=catalogue().today(), by=officer) or _refuse(),
    "check_off": lambda case, officer: actions.check_off(case=case, by=officer, there=[]),
    "sheet": lambda case, officer: actions.hand_sheet(case=case, by=officer, agency=case.agency),
    "enrol": lambda case, officer: actions.enrol(case=case, by=officer, agency=case.agency, number="M 1"),
    "acknowledge": lambda case, officer: actions.acknowledge(case=case, by=officer),
    "resolve": lambda case, officer: actions.resolve(
        case=case, by=officer, decision=Decision.UPHELD, words="It works again."
    ),
    "resolve_along": lambda case, officer: answer_what_it_was_joined_into(case),
    "confirm": lambda case, officer: actions.confirm(case=case),
    "dispute": lambda case, officer: actions.dispute(case=case, words="It does not."),
    "appeal": lambda case, officer: actions.appeal(case=case, words="I want another to look.", channel=Channel.SMS),
    "rate": lambda case, officer: actions.rate(case=case, stars=4),
    "review": lambda case, officer: decide_the_appeal(case),
    "withdraw": lambda case, officer: actions.withdraw(case=case),
    "close": lambda case, officer: actions.close(case=case, by=officer),
    "lapse": lambda case, officer: actions.close_silent(clock.now() + timedelta(days=15)) or _refuse(),
    "follow_up": lambda case, officer: follow_up(case=case) or _refuse(),
    "stay_solved": lambda case, officer: actions.stay_solved(case=case),
    "reopen": lambda case, officer: actions.reopen(case=case, words="It stopped again."),
}
# "hear" and "inform" are one door, which chooses by the state: an answer to our question, or something more.
TWINS = {("hear", state): state != State.CLOSED for state in State} | {
    ("inform", state): state != State.CLOSED for state in State
}
# What has to be there first: a question to agree to, a proposal to judge, an appeal to decide.
FIRST = {
    ("consent", State.WAITING): (State.IN_PROGRESS, "seek"),
    ("agree", State.IN_PROGRESS): (State.IN_PROGRESS, "propose"),
    ("review", State.CLOSED): (State.RESOLVED, "appeal"),
    ("stay_solved", State.CLOSED): (State.CLOSED, "follow_up"),
    ("reopen", State.CLOSED): (State.CLOSED, "follow_up"),
    ("unmerge", State.CLOSED): (State.RECEIVED, "merge"),
    ("resolve_along", State.CLOSED): (State.IN_PROGRESS, "merge"),
    ("resolve_along", State.RESOLVED): (State.IN_PROGRESS, "merge", "resolve_along"),
}
# The citizen's word, written down by an officer.
BY_HAND = {
    "confirm": lambda case, officer: actions.confirm(case=case, hand=officer),
    "dispute": lambda case, officer: actions.dispute(case=case, hand=officer),
    "appeal": lambda case, officer: actions.appeal(case=case, words="Look.", channel=Channel.DESK, hand=officer),
    "rate": lambda case, officer: actions.rate(case=case, stars=4, hand=officer),
    "stay_solved": lambda case, officer: actions.stay_solved(case=case, hand=officer),
    "reopen": lambda case, officer: actions.reopen(case=case, hand=officer),
}
OFFICERS = [name for name, step in STEPS.items() if Actor.OFFICER in step.actors and name != "hear"]


def somebody_cleared() -> Officer:
    return make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)


def somebody_named_in(case: Case) -> Officer:
    return Named.objects.create(case=case, officer=make_officer()).officer


def something_beside(case: Case) -> Attachment:
    return Attachment.objects.create(case=case, format=Format.PHOTO, size=1, added_by=make_officer())


def linked_to(case: Case) -> Case:
    other = make_case()
    one, two = sorted([case, other], key=lambda one: one.pk)
    Link.objects.create(one=one, other=two, kind="see_also")
    return other


def join_into_another(case: Case, officer: Officer) -> Case:
    with transaction.atomic():
        return actions.merge(case=case, by=officer, stays=make_case(), words="The same card.")


def answer_what_it_was_joined_into(case: Case) -> Case:
    stays, somebody = now_of(case).merged_into or _refuse(), somebody_cleared()
    if stays.state == State.RECEIVED:
        actions.take(case=stays, by=somebody)
    else:  # answered before: its citizen says that it is not solved any more
        FollowUp.objects.create(case=stays, due_at=clock.now(), asked_at=clock.now())
        stays = actions.reopen(case=stays)
    words = f"It works again, and this is answer {stays.times_disputed + 1}."
    actions.resolve(case=stays, by=stays.officer or somebody, decision=Decision.UPHELD, words=words)
    actions.confirm(case=stays)
    FollowUp.objects.filter(case=stays).delete()  # what is looked at is the other case
    return stays


def another_topic(case: Case) -> Topic:
    """Of the same agency, with a promise that is no earlier."""
    return catalogue().topics["nhima-card-inactive" if case.topic_id == "nhima-wait" else "nhima-wait"]


def decide_the_appeal(case: Case) -> None:
    appeal = Case.objects.filter(appeal_of=case).first() or _refuse()
    somebody_else = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
    actions.take(case=appeal, by=somebody_else)
    actions.resolve(case=appeal, by=somebody_else, decision=Decision.UPHELD, words="You were right.")
    actions.confirm(case=appeal)


def _refuse():
    raise NotAllowed("There was nothing to do.")


def is_allowed(step: str, state: State) -> bool:
    return TWINS.get((step, state), state in STEPS[step].sources)


def everything_about(case: Case) -> tuple:
    return (
        Case.objects.filter(pk=case.pk).values().get(),
        list(case.events.values()),
        list(case.referrals.values()),
        list(case.escalations.values()),
        Case.objects.count(),
    )


@pytest.fixture
def supervisor(db):
    return make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)


# --- The table itself ----------------------------------------------------------------------------------


def test_every_step_of_the_table_has_a_way_to_take_it():
    assert HOW.keys() == STEPS.keys()


def test_every_transition_of_the_model_is_a_row_of_the_table_and_the_other_way_round(db):
    of_the_model = {
        (move.name, move.source, move.target) for move in Case(state="received").get_all_state_transitions()
    }

    assert of_the_model == {
        (step.name, source, step.target) for step in STEPS.values() if step.target for source in step.sources
    }


def test_from_every_state_there_is_a_way_to_the_end_and_back_only_the_citizens_word_or_what_was_joined():
    reach = {State.CLOSED}
    for _round in State:
        reach |= {source for step in STEPS.values() if step.target in reach for source in step.sources}

    assert reach == set(State)
    back = [step for step in STEPS.values() if State.CLOSED in step.sources and step.target not in (None, State.CLOSED)]
    assert {step.name for step in back} == {"reopen", "unmerge", "resolve_along"}


def test_what_a_citizen_may_do_in_each_state_is_this_and_no_more():
    may = {state: [step.name for step in allowed(state, Actor.CITIZEN)] for state in State}

    assert may == {
        State.RECEIVED: ["inform", "withdraw"],
        State.IN_PROGRESS: ["inform", "withdraw"],
        State.WAITING: ["hear", "inform", "consent", "withdraw"],
        State.REFERRED: ["inform", "withdraw"],
        State.RESOLVED: ["inform", "confirm", "dispute", "appeal", "rate"],
        State.CLOSED: ["appeal", "rate", "stay_solved", "reopen"],
    }


def test_the_drawing_has_an_arrow_for_every_move():
    arrows = drawing().splitlines()

    assert arrows[0] == "stateDiagram-v2"
    assert len(arrows) == 3 + sum(len(step.sources) for step in STEPS.values() if step.target)
    assert "    waiting --> in_progress: hear" in arrows


# --- Every edge, through the actions ---------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_taken_where_the_table_allows_it_and_changes_nothing_where_it_does_not(step, state, supervisor):
    start, *first = FIRST.get((step, state), (state,))
    case = make_case(state=start, officer=supervisor)
    for before in first:
        HOW[before](case, supervisor)
        case = now_of(case)
    if step == "acknowledge":
        moved_up(case, to=supervisor)
    before = everything_about(case)

    if is_allowed(step, state):
        HOW[step](case, supervisor)
        assert now_of(case).state == target_of(step, state)
        assert ledger.broken(case.events.all()) is None
    else:
        with pytest.raises((NotAllowed, Referral.DoesNotExist)):  # where nobody was asked, nothing can be answered
            HOW[step](case, supervisor)
        assert everything_about(case) == before


def target_of(step, state):
    if step in ("hear", "inform"):
        return State.IN_PROGRESS if state == State.WAITING else state
    if step == "hand_over" and state == State.RECEIVED:
        return State.IN_PROGRESS  # who is given a case has taken it
    if step == "sort":
        return state  # whoever has it and may keep it keeps it
    return STEPS[step].target or state


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AGENCY])  # each role in each relation: test_authorisation.py
@pytest.mark.parametrize("state", State)
def test_what_the_desk_offers_a_role_is_what_the_action_accepts_from_it(state, role, db):
    """Each step of an officer's, on a colleague's case and on their own."""
    officer = make_officer(role=role)
    colleagues, own = make_case(state=state), make_case(state=state)
    if own.officer_id:
        Case.objects.filter(pk=own.pk).update(officer=officer)
    for case in (colleagues, own):
        offered = {step.name for step in possible(officer, now_of(case))}
        accepted = {step for step in OFFICERS if accepts(step, case, officer)}
        # "hear" goes by the door of "inform"; for an agency the agency that was asked answers.
        assert accepted == offered - {"hear", "come_back" if officer.agency_id else ""}


def accepts(step, case, officer):
    try:
        with transaction.atomic():
            (HOW | BY_HAND)[step](case, officer)
            transaction.set_rollback(True)
    except (NotAllowed, Referral.DoesNotExist):
        return False
    return True


# --- Every other door --------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
def test_the_models_own_methods_refuse_what_the_table_forbids(state, supervisor):
    for step in STEPS.values():
        case = make_case(state=state, officer=supervisor)
        if step.target and state not in step.sources:
            with pytest.raises(TransitionNotAllowed):
                getattr(case, step.name)(*{"take": [supervisor], "resolve": ["upheld"]}.get(step.name, []))
            assert case.state == state


def test_the_state_cannot_be_written_by_hand(supervisor):
    case = make_case(state=State.IN_PROGRESS, officer=supervisor)

    with pytest.raises(AttributeError):
        case.state = State.CLOSED


@pytest.mark.parametrize("state", [*State, "finished", ""])
def test_a_new_case_is_received_or_the_database_refuses_it(state, supervisor):
    """What .create() says at once is what no action would: the state without what its step writes down."""
    like = make_case(state=State.RECEIVED)
    row = {field.attname: getattr(like, field.attname) for field in Case._meta.concrete_fields}
    row |= {"id": None, "reference": "000000000000", "state": state}

    if state == State.RECEIVED:
        Case.objects.create(**row)
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.create(**row)


@pytest.mark.parametrize("state", State)
def test_update_cannot_skip_a_step(state, supervisor):
    """The database sees a row, not a step: it refuses every state whose facts are missing.

    What is left are states that differ in nothing but their name, which nobody but an action writes.
    """
    case = make_case(state=state, officer=supervisor)
    accepted = set()
    for wanted in [*State, "finished", ""]:
        try:
            with transaction.atomic():
                Case.objects.filter(pk=case.pk).update(state=wanted)
            accepted.add(wanted)
        except IntegrityError:
            pass

    assert (
        accepted
        == {
            State.RECEIVED: {State.RECEIVED},
            State.IN_PROGRESS: {State.RECEIVED, State.IN_PROGRESS, State.REFERRED},
            State.WAITING: {State.WAITING},
            State.REFERRED: {State.RECEIVED, State.IN_PROGRESS, State.REFERRED},
            State.RESOLVED: {State.RESOLVED},
            State.CLOSED: {State.CLOSED},
        }[State(state)]
    )


def test_a_stale_copy_cannot_be_saved_over_a_newer_state(supervisor):
    case = make_case(state=State.IN_PROGRESS, officer=supervisor)
    stale = now_of(case)
    actions.ask_citizen(case=case, by=supervisor, words="Which clinic was it?")
    stale.resolve(Decision.UPHELD)

    with pytest.raises(ConcurrentTransition):
        stale.save()
