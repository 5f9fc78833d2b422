"""Every address by every method, for every role in every relation to a case: what happens is what the table says."""

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from cases import sharing
from cases.actions import NotAllowed
from cases.lifecycle import Actor, allowed
from cases.models import Referral, Role
from cases.permissions import PAGES, READERS, RIGHTS, Relation, possible, relation
from cases.views.frame import DOORSTEP, home
from tests.builders import open_case
from tests.doors import (
    ANY_WAY,
    EDITOR,
    EVERYBODY,
    GATEWAY,
    HOLDER,
    LOGGED_IN,
    OFFICERS,
    example,
    others,
    patterns,
    ways,
    whose,
)
from tests.guards import guards, read_record, without
from tests.stage import SITUATIONS, Stage, Visitor
from tests.test_lifecycle import HOW
from tests.test_lifecycle import OFFICERS as STEPS_OF_OFFICERS

pytestmark = pytest.mark.django_db
# One role of each kind of rights: the others have the very same row.
KINDS = [role for role in Role if next(other for other in Role if RIGHTS[other] == RIGHTS[role]) == role]
OF_A_CASE = [address for address in OFFICERS if "<str:reference>" in address]
BY = ("GET", "POST")
ODD = "PUT"  # no address of ours answers to it
# For the token of a form, where a session is: so does the library under them.
ASKS_ITSELF = ("cms/api/", "cms/localize/")


@pytest.fixture(scope="module")
def tried():
    counts: Counter[str] = Counter()
    yield counts
    print("\nThe walk tried:", ", ".join(f"{count:,} {what}" for what, count in counts.items()))


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """Set once. Each test plays on it in a transaction of its own, inside this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Stage.set()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def visitors(stage):
    return {role: Visitor(officer.user) for role, officer in stage.officers.items()}


# --- Addresses ---------------------------------------------------------------------------------------------


def test_every_address_is_one_that_somebody_wrote_down_as_whose_it_is(tried):
    pages = {}
    for address, pattern in patterns():
        page = getattr(pattern.callback, "page_name", None)
        tried["addresses"] += 1
        if page or address in OFFICERS:
            pages[address] = page
        else:
            assert whose(address), f"{address}: of whom is it? Write it into tests/doors.py."
        is_let_in = getattr(pattern.callback, "csrf_exempt", False) and not address.startswith(ASKS_ITSELF)
        may_be_forged = is_let_in and takes_forms(pattern.callback)
        assert not may_be_forged or whose(address) == GATEWAY, f"{address} takes forms from other people's pages."
    assert pages == {address: door.page for address, door in OFFICERS.items()}, "tests/doors.py says otherwise"
    assert set(pages.values()) == set(PAGES), "a page of the table without an address, or the other way round"


def takes_forms(view: Any) -> bool:
    """A function may; a class says so by a method for each way of sending one."""
    made_by = getattr(view, "cls", None)
    return made_by is None or any(hasattr(made_by, way) for way in ("post", "put", "patch", "delete"))


@pytest.mark.parametrize("address", OFFICERS)
def test_an_officers_address_opens_by_its_methods_to_the_roles_of_its_page_and_to_nobody_else(
    address, stage, visitors, tried
):
    door, where = OFFICERS[address], example(address)
    knocks = [(method, role) for role in Role for method in BY]
    for method, role in [*knocks, (ODD, next(role for role in Role if role in PAGES[door.page]))]:
        answer = visitors[role].knock(method, where)
        told = (method, address, str(role), answer.status_code, answer.get("Location"))
        if role not in PAGES[door.page]:
            led_home = (302, home(stage.officers[role]))
            assert told[3:] == (led_home if door.page == DOORSTEP else (403, None)), told
        elif method not in door.methods.split():
            assert answer.status_code == 405, told
        else:
            assert answer.status_code not in (403, 405), told
            assert answer.status_code < 500, told
            assert "login" not in answer.get("Location", ""), told
        tried["address x method x role"] += 1


def test_who_left_who_is_no_officer_and_who_is_nobody_open_none_of_them(stage, tried):
    strangers = {403: [Visitor(stage.gone.user), Visitor(stage.clerk)], 302: [Visitor()]}
    for status, visitors in strangers.items():
        for visitor in visitors:
            for address in OFFICERS:
                for method in BY:
                    answer = visitor.knock(method, example(address))
                    assert answer.status_code == status, (method, address)
                    assert status != 302 or answer["Location"].startswith("/accounts/login/"), (method, address)
                    tried["address x method x stranger"] += 1


# How an address that is not the officers' answers whoever has neither its key nor its case nor its log-in.
SHUT = {
    GATEWAY: lambda answer: answer.status_code in (403, 405),
    HOLDER: lambda answer: (
        (answer.status_code, answer.get("Location")) == (302, "/track/") or answer.status_code == 405
    ),
    LOGGED_IN: lambda answer: answer.status_code == 302 and answer["Location"].startswith("/accounts/"),
    EDITOR: lambda answer: answer.status_code in (403, 405) or answer.get("Location", "").startswith("/cms/login/"),
    EVERYBODY: lambda answer: answer.status_code < 500,
}


def test_every_other_address_is_shut_to_whoever_has_no_key_no_case_and_no_log_in(tried):
    nobody = Visitor()
    for address, _pattern in patterns():
        if address not in OFFICERS:
            for method in BY:
                answer = nobody.knock(method, example(address))
                assert SHUT[whose(address)](answer), (method, address, answer.status_code, answer.get("Location"))
                tried["other address x method x stranger"] += 1


@pytest.mark.parametrize("address", others())
def test_every_other_address_is_asked_for_in_its_own_way_only(address, tried):
    """No page acts because a link led to it. What a case is needed for is asked by whoever holds one."""
    visitor = Client(raise_request_exception=False)
    if whose(address) == HOLDER:
        opened = open_case()
        visitor.post("/track/", {"reference": opened.case.reference, "pin": opened.pin})
    for method in ANY_WAY.split():
        answer = visitor.generic(method, example(address))
        assert (answer.status_code != 405) == (method in ways(address)), (method, address, answer.status_code)
        tried["other address x method x holder"] += 1


def test_nobody_but_an_editor_comes_into_the_editors_room(stage, visitors, tried):
    rooms = [example(address) for address, _pattern in patterns() if whose(address) == EDITOR]
    for role in set(Role) - {Role.EDITOR}:
        # Each door of the house by one of them, the front doors by all.
        for where in rooms if role == Role.MANAGER else ("/cms/", "/cms/pages/", "/cms/images/", "/cms/users/"):
            assert SHUT[EDITOR](visitors[role].knock("GET", where)), (str(role), where)
            tried["editors' address x role"] += 1


# --- Relations ---------------------------------------------------------------------------------------------


def expected(role, situation):
    return SITUATIONS[situation][1] if role in READERS else None


def test_each_relation_is_what_it_is_and_opens_the_steps_of_the_table(stage, tried):
    for (role, situation), case in stage.cases.items():
        officer, stands = stage.officers[role], expected(role, situation)
        assert relation(officer, case) == stands, (role, situation)
        rights = RIGHTS[role][stands] if stands else frozenset()
        in_this_state = {step.name for step in allowed(case.state, Actor.OFFICER)}
        ready = in_this_state - {"consent", "agree"}  # nobody was asked, nothing proposed
        assert {step.name for step in possible(officer, case)} == rights & ready, (role, situation)
        if stands is None:  # though there are cases that they do see
            assert sharing.parts(officer, case) == frozenset(), (role, situation)
            assert not sharing.events(officer, case).exists(), (role, situation)
        tried["role x relation"] += 1


@pytest.mark.parametrize("address", OF_A_CASE)
def test_the_addresses_of_a_case_open_to_who_may_see_it_and_do_not_exist_for_anybody_else(
    address, stage, visitors, tried
):
    door = OFFICERS[address]
    for role in (role for role in KINDS if role in PAGES[door.page]):
        for method in door.methods.split():
            nothing_there = visitors[role].knock(method, example(address)).status_code
            assert nothing_there in (404, 405)
            for situation in SITUATIONS:
                case = stage.cases[role, situation]
                where = example(address.replace("<str:key>", f"key-{case.pk}"), reference=case.reference)
                answer = visitors[role].knock(method, where)
                told = (method, address, str(role), situation, answer.status_code)
                assert answer.status_code < 500, told
                if expected(role, situation) is None:
                    assert answer.status_code == nothing_there, told
                elif not address.endswith(ALSO_ASK[expected(role, situation) == Relation.ASKED]):
                    assert answer.status_code in (200, 303), told
                tried["case address x method x role x relation"] += 1


# These ask more of a case than to be seen: a way out, a right over data; of one that was asked, a paper that was shared.
ALSO_ASK = {False: ("letter/", "data/", "dossier/"), True: ("letter/", "data/", "dossier/", "key>/", "small/")}


@pytest.mark.parametrize("role", [*KINDS, Role.ADMINISTRATOR])
def test_no_list_and_no_search_tells_of_a_case_that_one_may_not_see(role, stage, visitors, tried):
    hidden = [stage.cases[role, name] for name in SITUATIONS if expected(role, name) is None]
    for page in _looks(visitors[role], hidden):
        for case in hidden:
            assert f"/desk/cases/{case.reference}/" not in page, case
            assert f'"number">{case}<' not in page, case
        tried["looks for what is hidden"] += 1


def _looks(visitor, hidden):
    for address, door in OFFICERS.items():
        if "<" not in address and "GET" in door.methods:
            yield visitor.get(example(address)).content.decode()
    for case in hidden:
        yield visitor.get(f"/desk/?reference={case.reference}").content.decode()
        yield visitor.post("/desk/cases/", {"q": case.reference}).content.decode()
        yield visitor.post("/desk/cases/", {"q": case.citizen.phone}).content.decode()
        yield visitor.post("/desk/new/known/", {"phone": case.citizen.phone}).content.decode()


# --- Steps -------------------------------------------------------------------------------------------------

# These ask more than a right: a question to a citizen or another agency, a level to answer for, an agency to speak for.
ALSO_NEED = {
    *("consent", "agree", "come_back", "recall", "escalate", "acknowledge", "take", "sheet", "enrol"),
    *("stay_solved", "reopen"),
}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("role", KINDS)
def test_each_step_in_each_relation_is_done_or_refused_as_the_table_says(role, situation, stage, tried):
    officer, case, stands = stage.officers[role], stage.cases[role, situation], expected(role, situation)
    rights = RIGHTS[role][stands] if stands else frozenset()
    may = rights & {*(step.name for step in allowed(case.state, Actor.OFFICER)), "come_back"}  # that in any state
    for step in STEPS_OF_OFFICERS:
        done = _is_done(step, case, officer)
        assert not done or step in may, (str(role), situation, step, "was done")
        assert done or step not in may - ALSO_NEED, (str(role), situation, step, "was refused")
        tried["step x role x relation"] += 1


def _is_done(step, case, officer):
    try:
        with transaction.atomic():
            HOW[step](case, officer)
            transaction.set_rollback(True)
    except (NotAllowed, Referral.DoesNotExist):
        return False
    return True


# --- Without guards ----------------------------------------------------------------------------------------


def test_the_walk_misses_what_let_in_only_some_to_a_page_or_by_some_methods(stage, visitors):
    """A few of those that are on record. How guards are taken away stands in tests/guards.py."""
    walk = test_an_officers_address_opens_by_its_methods_to_the_roles_of_its_page_and_to_nobody_else
    begins, record = f"tests/test_authorisation.py::{walk.__name__}[", read_record()
    on_record = [guard for guard in guards() if record.get(guard.key, "").startswith(begins)]
    assert len(on_record) > 100
    for guard in on_record[::12]:
        address = record[guard.key].removeprefix(begins).removesuffix("]")
        with without(guard), pytest.raises(AssertionError):
            walk(address, stage, visitors, Counter())
