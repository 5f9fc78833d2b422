"""A day off entered by hand: what was told stays, except what was told for that very day; and who may enter one."""

from datetime import date

import pytest
from django.urls import reverse

from cases import actions, ledger
from cases.actions import NotAllowed
from cases.catalogue import catalogue, changed
from cases.forms.calendar import DayOffForm
from cases.lifecycle import State
from cases.models import Case, DayOff, Role
from cases.views.public import history
from tests.builders import make_case, make_citizen, make_officer, noon, now_of, on, open_case
from tests.desk import desk_of, text_of
from tests.phone import Phone

pytestmark = pytest.mark.django_db

MONDAY, THURSDAY, FRIDAY = date(2026, 9, 7), date(2026, 9, 10), date(2026, 9, 11)


@pytest.fixture(autouse=True)
def catalogue_anew():
    yield
    changed()


@pytest.fixture
def admin():
    return make_officer(name="Ruth Phiri", role=Role.ADMINISTRATOR)


def enter(admin, day, name="National mourning", source="Gazette notice 7"):
    entered = actions.enter_day_off(by=admin, day=day, name=name, source=source)
    changed()  # which the end of the transaction would have done
    return entered


def sweep(day):
    with on(day):
        return actions.move_off_days_off(noon(day.year, day.month, day.day))


def dates_of(case):
    case = now_of(case)
    return [case.acknowledge_due, case.first_due, case.resolve_due]


def test_what_was_told_for_that_very_day_moves_and_every_other_date_stays(admin):
    """Three working days from Monday the 7th: Thursday; of a question seven: Wednesday the 16th."""
    phone = Phone()
    with on(MONDAY):
        on_it = open_case(citizen=make_citizen(phone=phone.number)).case
        over_it = make_case(topic="other-enquiry")
        enter(admin, THURSDAY)
        assert actions.what_it_changes(THURSDAY) == actions.days_off.Change(1, FRIDAY)

    assert (sweep(MONDAY), sweep(MONDAY)) == (1, 0)
    assert dates_of(on_it)[1:] == [FRIDAY, FRIDAY]
    assert dates_of(over_it)[2] == date(2026, 9, 16)
    assert phone.inbox()[-1] == f"{on_it}: the day we promised is a public holiday. We answer by 11/09/2026."
    assert list(history(on_it))[-1].said.startswith("The day we promised is a public holiday.")
    assert ledger.broken(on_it.events.all()) is None
    with on(MONDAY):
        assert make_case(topic="other-enquiry").resolve_due == date(2026, 9, 17)  # a new promise counts it as free


def test_a_pause_afterwards_counts_from_the_date_that_was_told(admin):
    officer = make_officer()
    with on(MONDAY):
        case = make_case(state=State.IN_PROGRESS, officer=officer)
        enter(admin, date(2026, 9, 9))
        actions.ask_citizen(case=case, by=officer, words="Which clinic?")
    with on(THURSDAY):  # Tuesday and Thursday
        actions.add_information(case=case, words="The one in Mongu.")

    assert dates_of(case)[1:] == [THURSDAY, date(2026, 9, 14)]


def test_what_was_missed_before_is_not_mended_by_a_day_off(admin):
    with on(MONDAY):
        case = make_case()
    with on(FRIDAY):
        actions.escalate_overdue(noon(2026, 9, 11))
        enter(admin, date(2026, 9, 18))  # on which its level is to be done

    assert sweep(FRIDAY) == 0
    assert dates_of(case)[1:] == [THURSDAY, THURSDAY]
    assert case.escalations.get().resolve_due == date(2026, 9, 21)


def test_another_agencys_date_moves_too(admin):
    with on(MONDAY):
        case = make_case(state=State.REFERRED)
        enter(admin, date(2026, 9, 14))
    sweep(MONDAY)

    assert case.referrals.get().due == date(2026, 9, 15)


def test_a_day_taken_back_is_worked_on_and_what_was_told_stays(admin):
    with on(MONDAY):
        case = make_case()
        entered = enter(admin, THURSDAY)
    sweep(MONDAY)
    with on(MONDAY):
        actions.withdraw_day_off(by=admin, day_off=entered)
        changed()
        again = enter(admin, THURSDAY, name="It is one after all")

    assert dates_of(case)[2] == FRIDAY
    assert [(row.name, str(row.entered_by), row.withdrawn_by) for row in DayOff.objects.order_by("pk")] == [
        ("National mourning", "Ruth Phiri", admin),
        ("It is one after all", "Ruth Phiri", None),
    ]
    with on(THURSDAY), pytest.raises(NotAllowed, match="still to come"):
        actions.withdraw_day_off(by=admin, day_off=again)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 9, 4), "This day is over"),
        (date(2026, 9, 12), "Nobody works on this day already"),  # a Saturday
        (date(2026, 12, 29), "Nobody works on this day already"),  # the country's own holiday
    ],
)
def test_only_a_working_day_to_come_can_become_free(day, why, admin):
    with on(MONDAY), pytest.raises(NotAllowed, match=why):
        actions.enter_day_off(by=admin, day=day, name="Rest", source="Radio")


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.EDITOR)])
def test_nobody_but_an_administrator_changes_the_calendar(role):
    officer = make_officer(role=role)
    with on(MONDAY), pytest.raises(NotAllowed):
        actions.enter_day_off(by=officer, day=THURSDAY, name="Rest", source="Radio")
    assert desk_of(officer).get(reverse("cases:days_off")).status_code == 403


def test_the_page_shows_what_it_would_change_before_it_is_entered_and_twice_is_once(admin):
    case = make_case()
    typed = {"day": case.resolve_due.isoformat(), "name": "Election", "source": "Gazette notice 9"}
    desk, address = desk_of(admin), reverse("cases:days_off")

    looked = desk.post(address, typed)
    assert "It moves 1 open promise to" in text_of(looked)
    assert 'value="Gazette notice 9"' in looked.content.decode()
    assert not DayOff.objects.exists()

    sure = typed | {"sure": "on"}
    assert [desk.post(address, sure).status_code for _turn in range(2)] == [303, 303]
    assert DayOff.objects.get().name == "Election"
    assert "Entered by Ruth Phiri" in text_of(desk.get(address))
    assert str(case) not in text_of(desk.get(address))
    assert Case.objects.get(pk=case.pk).resolve_due == case.resolve_due  # until the sweep comes by

    changed()
    again = desk.post(address, {**typed, "name": "Again"})
    assert (again.status_code, "Nobody works on this day already." in text_of(again)) == (422, True)
    assert not catalogue().calendar.is_working(case.resolve_due)
    desk.post(reverse("cases:day_back", args=[DayOff.objects.get().pk]))
    assert DayOff.objects.get().withdrawn_by == admin


def test_the_same_form_that_comes_while_the_first_is_entered_is_no_mistake(admin, monkeypatch):
    """Pressed twice: the second was no known one when it came, and nobody works on its day once it is checked."""
    typed = {"day": FRIDAY.isoformat(), "name": "Election", "source": "Gazette notice 9", "sure": "on"}
    check = DayOffForm.clean_day

    def check_a_moment_later(form):
        enter(admin, FRIDAY, typed["name"], typed["source"])
        return check(form)

    monkeypatch.setattr(DayOffForm, "clean_day", check_a_moment_later)
    with on(MONDAY):
        assert desk_of(admin).post(reverse("cases:days_off"), typed).status_code == 303
    assert DayOff.objects.count() == 1
