"""Every address by every method, for every role in every relation to a case: what happens is what the table says."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.test import Client

from cases.actions import NotAllowed
from cases.lifecycle import Actor, allowed
from cases.models import Referral, Role
from cases.permissions import PAGES, READERS, RIGHTS, possible, relation
from cases.views.frame import home
from tests.stage import EDITORS, PUBLIC, SITUATIONS, Stage, client_of, doors, example, patterns, somebody
from tests.test_lifecycle import HOW, OFFICERS

pytestmark = pytest.mark.django_db
# One role of each kind of rights: the others have the very same row.
KINDS = [role for role in Role if next(other for other in Role if RIGHTS[other] == RIGHTS[role]) == role]
METHODS = ("get", "post", "put", "delete")


@dataclass
class Counts:
    """What was tried, for the print at the end."""

    tried: Counter = field(default_factory=Counter)


@pytest.fixture(scope="module")
def counts():
    counts = Counts()
    yield counts
    print("\nauthorisation walk:", ", ".join(f"{count} {what}" for what, count in counts.tried.items()))


# --- Addresses and roles -----------------------------------------------------------------------------------


def test_every_address_is_known_to_the_table_or_to_the_list_of_those_without_a_log_in(counts):
    for address, pattern in patterns():
        page = getattr(pattern.callback, "page_name", None)
        known = page in PAGES or address.startswith((*PUBLIC, *EDITORS))
        assert known, f"{address}: which page of permissions.PAGES is it, or why may everybody open it?"
        assert not (page and address.startswith(PUBLIC)), f"{address} is of the officers and called public."
        counts.tried["addresses"] += 1
    assert {door.page for door in doors()} == set(PAGES), "a page of the table without an address"


def test_each_address_by_each_method_opens_to_the_roles_of_its_page_and_to_nobody_else(counts):
    for role in Role:
        officer = somebody(role)
        client = client_of(officer.user)
        for door in doors():
            for method in METHODS if role in (Role.SUPERVISOR, Role.EDITOR) else METHODS[:2]:
                answer = getattr(client, method)(example(door.address))
                _is_as_the_table_says(door, method, role, officer, answer)
                counts.tried["address x method x role"] += 1


def _is_as_the_table_says(door, method, role, officer, answer):
    what = (door.address, method, str(role), answer.status_code)
    assert answer.status_code < 500, what
    assert "login" not in answer.get("Location", ""), what
    if role in PAGES[door.page]:
        assert answer.status_code != 403, what
    elif door.page == "worklist":
        assert (answer.status_code, answer["Location"]) == (302, home(officer)), what
    else:
        assert answer.status_code == 403, what


def test_who_left_who_is_no_officer_and_who_is_nobody_open_none(counts):
    stage = Stage()
    for who, status in ((client_of(stage.gone.user), 403), (client_of(stage.clerk), 403), (Client(), 302)):
        for door in doors():
            for method in ("get", "post"):
                answer = getattr(who, method)(example(door.address))
                assert answer.status_code == status, (door.address, method)
                counts.tried["address x method x stranger"] += 1


def test_nobody_but_an_editor_comes_into_the_editors_room(counts):
    for role in set(Role) - {Role.EDITOR}:
        client = client_of(somebody(role).user)
        for address in ("/cms/", "/cms/pages/", "/cms/images/", "/cms/users/", "/cms/reports/"):
            assert client.get(address).status_code in (302, 403), (role, address)
            counts.tried["editors' address x role"] += 1


# --- Relations ---------------------------------------------------------------------------------------------


def expected(role, situation):
    return SITUATIONS[situation][1] if role in READERS else None


def test_each_relation_is_what_it_is_and_opens_the_steps_of_the_table(counts):
    stage = Stage.set()
    for (role, situation), case in stage.cases.items():
        officer, stands = stage.officers[role], expected(role, situation)
        assert relation(officer, case) == stands, (role, situation)
        rights = RIGHTS[role][stands] if stands else frozenset()
        in_this_state = {step.name for step in allowed(case.state, Actor.OFFICER)}
        ready = in_this_state - {"consent", "agree"}  # nobody was asked, nothing proposed
        assert {step.name for step in possible(officer, case)} == rights & ready, (role, situation)
        counts.tried["role x relation"] += 1


def test_the_addresses_of_a_case_open_to_who_may_see_it_and_do_not_exist_for_anybody_else(counts):
    stage = Stage.set(roles=(*KINDS, Role.ADMINISTRATOR))
    of_cases = [door for door in doors() if door.of_a_case]
    for role, officer in stage.officers.items():
        client = client_of(officer.user)
        nothing_there = {
            (door, method): getattr(client, method)(example(door.address)).status_code
            for door in of_cases
            for method in ("get", "post")
        }
        assert set(nothing_there.values()) <= {403, 404, 405}
        for situation in SITUATIONS:
            case = stage.cases[role, situation]
            for door in of_cases:
                for method in ("get", "post"):
                    answer = getattr(client, method)(example(door.address, reference=case.reference))
                    what = (door.address, method, str(role), situation, answer.status_code)
                    assert answer.status_code < 500, what
                    if role not in PAGES[door.page]:
                        assert answer.status_code == 403, what
                    elif expected(role, situation) is None:
                        assert answer.status_code == nothing_there[door, method], what
                    elif door.page == "case" and door.address.endswith("<str:reference>/"):
                        assert answer.status_code in (200, 303), what
                    counts.tried["case address x method x role x relation"] += 1


@pytest.mark.parametrize("role", [*KINDS, Role.ADMINISTRATOR])
def test_no_list_and_no_search_tells_of_a_case_that_one_may_not_see(role, counts):
    stage = Stage.set(roles=(role,))
    client = client_of(stage.officers[role].user)
    hidden = [stage.cases[role, name] for name in SITUATIONS if expected(role, name) is None]
    for page in _looks(client, hidden):
        for case in hidden:
            assert f"/desk/cases/{case.reference}/" not in page, case
            assert f'"number">{case}<' not in page, case
        counts.tried["looks for what is hidden"] += 1


def _looks(client, hidden):
    for door in doors():
        if "<" not in door.address:
            yield client.get(example(door.address)).content.decode()
    for case in hidden:
        yield client.get(f"/desk/?reference={case.reference}").content.decode()
        yield client.post("/desk/cases/", {"q": case.reference}).content.decode()
        yield client.post("/desk/cases/", {"q": case.citizen.phone}).content.decode()
        yield client.post("/desk/new/known/", {"phone": case.citizen.phone}).content.decode()


# --- Steps -------------------------------------------------------------------------------------------------

# These ask more than a right: a question to a citizen or another agency, a level to answer for, an agency to speak for.
ALSO_NEED = {"consent", "agree", "come_back", "recall", "escalate", "acknowledge", "take", "sheet", "enrol"}


@pytest.mark.parametrize("role", KINDS)
def test_each_step_in_each_relation_is_done_or_refused_as_the_table_says(role, counts):
    stage = Stage.set(roles=(role,))
    officer = stage.officers[role]
    for situation in SITUATIONS:
        case, stands = stage.cases[role, situation], expected(role, situation)
        rights = RIGHTS[role][stands] if stands else frozenset()
        may = rights & {*(step.name for step in allowed(case.state, Actor.OFFICER)), "come_back"}  # that in any state
        for step in OFFICERS:
            done = _is_done(step, case, officer)
            assert not done or step in may, (str(role), situation, step, "was done")
            assert done or step not in may - ALSO_NEED, (str(role), situation, step, "was refused")
            counts.tried["step x role x relation"] += 1


def _is_done(step, case, officer):
    try:
        with transaction.atomic():
            HOW[step](case, officer)
            transaction.set_rollback(True)
    except (NotAllowed, Referral.DoesNotExist):
        return False
    return True
