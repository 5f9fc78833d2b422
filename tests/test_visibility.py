"""Who sees which cases, and who a citizen is: what an officer may not see does not exist for them."""

import pytest
from django.db import IntegrityError, transaction

from cases import actions, permissions, worklist
from cases.actions import NotAllowed
from cases.finding import cases_of
from cases.lifecycle import STEPS, Actor, State
from cases.models import MAY_READ, OF_AN_AGENCY, Case, Known, Named, Officer, Role, Slip, clearances_of
from cases.pack import Sensitivity
from cases.permissions import READERS, RIGHTS, Relation, can_own, holds, may_know_who, may_open, possible, relation
from cases.queries import sight_of
from tests.builders import (
    EVERYTHING,
    KAFUE,
    LUSAKA,
    LUSAKA_TOWN,
    MONGU,
    WESTERN,
    a_phone,
    an_agency,
    make_case,
    make_citizen,
    make_officer,
    now_of,
)
from tests.stage import SITUATIONS, somebody

# One case of each sort that the gate tells apart.
CASES = {
    "card in Lusaka": {"topic": "nhima-card-inactive", "place": LUSAKA_TOWN},
    "card in Kafue": {"topic": "nhima-card-inactive", "place": KAFUE},
    "pension in Mongu": {"topic": "napsa-claim-late", "place": MONGU},
    "cash, place unknown": {"topic": "sct-payment-late", "place": None},
    "an SMS nobody could place": {"topic": "other-enquiry", "place": None},
    "rude in Mongu": {"topic": "staff-conduct", "place": MONGU},
    "private in Lusaka": {"topic": "nhima-medicine", "place": LUSAKA_TOWN},
    "bribe in Mongu": {"topic": "sct-bribe", "place": MONGU},
    "violence in Kafue": {"topic": "violence", "place": KAFUE},
}
OPEN_ONES = {"card in Lusaka", "card in Kafue", "pension in Mongu", "cash, place unknown"}
NOWHERE = "cash, place unknown"


@pytest.fixture
def cases(db):
    return {name: make_case(**opening) for name, opening in CASES.items()}


@pytest.mark.parametrize(
    ("officer", "sees"),
    [
        # A one-stop desk: all agencies, its own place with the districts in it.
        ({}, OPEN_ONES),
        ({"place": LUSAKA}, {"card in Lusaka", "card in Kafue", NOWHERE}),
        ({"place": KAFUE}, {"card in Kafue", NOWHERE}),
        ({"place": WESTERN}, {"pension in Mongu", NOWHERE}),
        ({"place": "ZM103"}, {NOWHERE}),
        # What has no place yet is seen in every place by those who are cleared for it.
        ({"place": "ZM103", "clearances": ["private"]}, {NOWHERE, "an SMS nobody could place"}),
        ({"place": "ZM103", "clearances": ["private"], "agency": "MCDSS"}, {NOWHERE, "an SMS nobody could place"}),
        ({"place": "ZM103", "clearances": ["private"], "agency": "NHIMA"}, set()),
        # An agency: its own cases, everywhere or in its place.
        ({"agency": "NHIMA"}, {"card in Lusaka", "card in Kafue"}),
        ({"agency": "NHIMA", "place": KAFUE}, {"card in Kafue"}),
        ({"agency": "NHIMA", "place": WESTERN}, set()),
        ({"agency": "NAPSA"}, {"pension in Mongu"}),
        ({"agency": "WCFCB"}, set()),
        ({"agency": "ACC"}, set()),
        # A clearance opens a kind of sensitive cases, and nothing else: agency and place hold as before.
        ({"clearances": ["private"]}, OPEN_ONES | {"private in Lusaka", "an SMS nobody could place"}),
        # Whoever has left sees nothing.
        ({"clearances": ["private"], "active": False}, set()),
    ],
)
def test_an_officer_sees_what_agency_place_and_clearance_allow_whatever_the_role(officer, sees, cases):
    for role in READERS - (set() if officer.get("agency") else set(OF_AN_AGENCY)):
        assert names_of(make_officer(role=role, **officer), cases) == sees


@pytest.mark.parametrize(
    ("role", "officer", "sees"),
    [
        # A complaint about staff is for those who lead them, not for the colleagues at the desk.
        (Role.SUPERVISOR, {"place": WESTERN}, {"pension in Mongu", NOWHERE, "an SMS nobody could place", "rude in Mongu"}),
        (Role.AGENCY_HEAD, {"agency": "MCDSS"}, {NOWHERE, "an SMS nobody could place", "rude in Mongu"}),
        (Role.MANAGER, {}, OPEN_ONES | {"private in Lusaka", "an SMS nobody could place", "rude in Mongu"}),
        # A bribe is the Anti-Corruption Commission's, not the office's that it is about, however high.
        (Role.AGENCY, {"agency": "ACC"}, {"bribe in Mongu"}),
        (Role.AGENCY_HEAD, {"agency": "ACC"}, {"bribe in Mongu"}),
        # Violence is the safeguarding focal point's alone.
        (Role.SAFEGUARDING, {}, OPEN_ONES | {"private in Lusaka", "an SMS nobody could place", "violence in Kafue"}),
        (Role.SAFEGUARDING, {"agency": "MCDSS"}, {NOWHERE, "an SMS nobody could place", "violence in Kafue"}),
        (Role.SAFEGUARDING, {"place": WESTERN}, {"pension in Mongu", NOWHERE, "an SMS nobody could place"}),
        (Role.AUDITOR, {}, set(CASES)),
        (Role.AUDITOR, {"agency": "NHIMA"}, {"card in Lusaka", "card in Kafue", "private in Lusaka"}),
        (Role.EDITOR, {}, set()),
        (Role.ADMINISTRATOR, {}, set()),
    ],
)  # fmt: skip
def test_what_every_clearance_that_a_role_may_have_opens(role, officer, sees, cases):
    assert names_of(make_officer(role=role, clearances=EVERYTHING, **officer), cases) == sees


def names_of(officer, cases):
    visible = Case.objects.visible_to(officer)
    names = {name for name, case in cases.items() if case in set(visible)}
    assert visible.count() == len(names)  # nor is one counted twice, or counted that is not shown
    assert listed(officer) == set(visible)
    return names


def listed(officer):
    """What the lists show of the living, which read slips and not cases: it must be the same, counted too."""
    shown = worklist.listing(officer, {}).cases
    assert sum(group.count for group in worklist.overview(officer)) == worklist.how_many(officer, {}) == len(shown)
    return set(shown)


@pytest.mark.parametrize("role", Role)
def test_no_role_is_given_a_clearance_that_is_not_for_it_by_whatever_door(role, db):
    officer = make_officer(role=role)
    accepted = set()
    for kind in EVERYTHING:
        try:
            with transaction.atomic():
                Officer.objects.filter(pk=officer.pk).update(clearances=[kind])
            accepted.add(kind)
        except IntegrityError:
            pass

    assert accepted == set(clearances_of(role))


def test_a_clearance_that_the_role_may_not_have_would_open_nothing(cases):
    """Were the database's own word ever lost, the gate still reads the table."""
    officer = make_officer(place=KAFUE)
    officer.clearances = ["safeguarding"]

    assert names_of(officer, cases) == {"card in Kafue", NOWHERE}


@pytest.mark.parametrize("role", OF_AN_AGENCY)
def test_an_agencys_officer_has_an_agency(role, db):
    officer = make_officer(role=role)
    with pytest.raises(IntegrityError), transaction.atomic():
        Officer.objects.filter(pk=officer.pk).update(agency=None)


def test_nobody_sees_a_case_about_themselves(cases):
    officer = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
    about = cases["rude in Mongu"]
    before = names_of(officer, cases)
    Named.objects.create(case=about, officer=officer)

    assert names_of(officer, cases) == before - {"rude in Mongu"}
    assert possible(officer, about) == []


def test_a_stranger_sees_nothing(cases):
    assert Case.objects.visible_to(None).count() == 0
    assert sight_of(None) is None


def test_a_slip_that_lay_where_it_may_not_would_show_nothing(db):
    """Were a slip ever wrong, the lists still ask the gate."""
    officer, private = make_officer(), make_case(topic="nhima-facility")
    Slip.objects.filter(case=private).update(sensitivity="open")

    assert [group.head for group in worklist.overview(officer)] == [[]]
    assert worklist.listing(officer, {}).cases == []


def test_an_agency_that_is_asked_sees_the_case_in_its_own_places_only(db):
    asked = make_case(state=State.REFERRED, place=LUSAKA_TOWN)
    make_case(place=LUSAKA_TOWN)

    def sees(**officer):
        somebody = make_officer(role=Role.AGENCY, **officer)
        assert listed(somebody) == set(Case.objects.visible_to(somebody))
        return set(Case.objects.visible_to(somebody))

    assert sees(agency="HRC") == {asked}
    assert sees(agency="HRC", place=LUSAKA) == {asked}
    assert sees(agency="HRC", place=WESTERN) == set()
    assert sees(agency="NAPSA") == set()


def test_being_asked_for_help_is_no_clearance(db):
    officer = make_officer(role=Role.SAFEGUARDING, clearances=EVERYTHING)
    case = make_case(topic="violence", state=State.IN_PROGRESS, officer=officer)
    actions.refer(case=case, by=officer, agency=an_agency("LLCL"), words="Please call her.")

    assert not Case.objects.visible_to(make_officer(agency="LLCL"))
    assert not Case.objects.visible_to(make_officer(agency="LLCL", role=Role.AGENCY_HEAD, clearances=EVERYTHING))
    assert case in Case.objects.visible_to(make_officer(agency="LLCL", role=Role.SAFEGUARDING, clearances=EVERYTHING))


def test_a_clearance_taken_away_takes_the_officers_own_case_away(db):
    officer = make_officer(role=Role.SAFEGUARDING, clearances=[Sensitivity.SAFEGUARDING])
    case = make_case(topic="violence", state=State.IN_PROGRESS, officer=officer)
    officer.clearances = []

    assert possible(officer, case) == []
    with pytest.raises(NotAllowed):
        actions.add_note(case=case, by=officer, words="May I?")


# --- Who the citizen is ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "is_known", "is_found"),
    [(Known.NUMBER, True, True), (Known.HIDDEN, False, False), (Known.ANONYMOUS, False, False)],
)
def test_who_hides_is_neither_known_to_an_officer_nor_found_by_number_or_card(known, is_known, is_found, db):
    phone = a_phone()
    citizen = make_citizen(phone=phone, nrc="666666/10/1", name="Bwalya")
    case = make_case(known=known, citizen=citizen)
    supervisor = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)

    assert case in Case.objects.visible_to(supervisor)  # the matter is seen in any case
    assert may_know_who(supervisor, case) is is_known
    assert [case in cases_of(supervisor, **by) for by in ({"phone": phone}, {"nrc": "666666/10/1"})] == [is_found] * 2


def test_a_citizen_known_in_one_case_and_hiding_in_another_is_found_in_the_first_only(db):
    phone = a_phone()
    citizen = make_citizen(phone=phone)
    openly = make_case(citizen=citizen)
    make_case(citizen=citizen, known=Known.HIDDEN, topic="nhima-wait")

    assert list(cases_of(make_officer(), phone=phone)) == [openly]
    assert Case.objects.of_citizen(citizen).count() == 2  # to the citizen both are theirs


def test_a_citizen_sees_their_own_cases_and_nobody_elses(db):
    mine, theirs = make_citizen(), make_citizen()
    case = make_case(citizen=mine)
    make_case(citizen=theirs)
    make_case(known=Known.ANONYMOUS)

    assert list(Case.objects.of_citizen(mine)) == [case]
    assert list(Case.objects.of_citizen(None)) == []


def test_an_officer_who_may_not_see_a_case_does_not_learn_who_it_is(db):
    case = make_case(place=MONGU)

    assert may_know_who(make_officer(place=LUSAKA), case) is False


# --- What may be done ------------------------------------------------------------------------------------


def offered(officer, case):
    return [step.name for step in possible(officer, case)]


WORK = (
    "hand_over sort ask inform note attach detach link unlink merge name_officer refer seek propose check_off"
    " sheet enrol resolve"
)
LEADING = (
    "hand_over sort ask inform note attach detach link unlink merge name_officer unname_officer refer seek propose"
    " check_off sheet enrol escalate resolve"
)
STEERING = "hand_over note name_officer unname_officer escalate"


@pytest.mark.parametrize(
    ("role", "own", "a_colleagues"),
    [
        (Role.DESK, WORK, "hand_over inform note attach link name_officer check_off"),
        (Role.AGENCY, WORK, "hand_over inform note attach link name_officer check_off"),
        (Role.SUPERVISOR, LEADING, LEADING),
        (Role.SAFEGUARDING, LEADING, LEADING),
        (Role.AGENCY_HEAD, LEADING, LEADING),
        (Role.MANAGER, STEERING, STEERING),
        (Role.AUDITOR, "", ""),
    ],
)
def test_a_role_offers_these_steps_on_a_case_in_progress(role, own, a_colleagues, db):
    officer = make_officer(role=role)
    case = make_case(state=State.IN_PROGRESS)

    assert offered(officer, case) == a_colleagues.split()
    Case.objects.filter(pk=case.pk).update(officer=officer)
    assert offered(officer, Case.objects.get(pk=case.pk)) == own.split()


def test_to_what_one_may_not_see_one_has_no_right(db):
    officer, case = make_officer(place=LUSAKA), make_case(place=MONGU)

    assert (holds(officer, "note", case), possible(officer, case)) == (False, [])


def test_who_has_left_owns_nothing_even_where_nobody_asks_what_they_see(db):
    case = make_case()

    assert [can_own(make_officer(active=active), case) for active in (True, False)] == [True, False]


@pytest.mark.parametrize("situation", [name for name, (_make, stands) in SITUATIONS.items() if stands])
def test_were_matters_ever_open_to_who_reads_none_they_could_still_do_nothing(situation, monkeypatch, db):
    make, stands = SITUATIONS[situation]
    officer = somebody(Role.EDITOR)
    case = now_of(make(officer))
    for role in set(Role) - READERS:
        monkeypatch.setitem(MAY_READ, role, frozenset(Sensitivity))
        officer.role = role
        assert relation(officer, case) == stands
        assert possible(officer, case) == [], role


def test_the_table_gives_officers_their_own_steps_and_the_word_for_a_level_to_whom_the_case_moved_up():
    of_officers = {step.name for step in STEPS.values() if Actor.OFFICER in step.actors}
    for role, rights in permissions.RIGHTS.items():
        for stands, steps in rights.items():
            assert steps <= of_officers, (role, stands)
            assert stands == Relation.MOVED_UP or "acknowledge" not in steps, (role, stands)


def test_every_role_has_its_rights_written_down():
    assert RIGHTS.keys() == set(Role)
    assert all(rights.keys() == set(Relation) for rights in RIGHTS.values())


def test_walk_ins_are_opened_by_those_who_work_on_cases(db):
    assert {role for role in Role if may_open(make_officer(role=role), "intake")} == {
        Role.DESK,
        Role.AGENCY,
        Role.SUPERVISOR,
        Role.AGENCY_HEAD,
        Role.SAFEGUARDING,
    }
