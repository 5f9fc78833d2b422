"""The letter to a court or an ombudsman: when it is offered, until when one can go, what stands on it and what never."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from cases import actions
from cases.catalogue import catalogue
from cases.deadlines import last_day
from cases.letters import letter
from cases.lifecycle import State
from cases.models import Case, Reading, Referral, Role
from cases.remedies import next_remedy, way_out
from tests.builders import EVERYTHING, MONGU, an_agency, make_case, make_officer, noon, now_of, on, open_case
from tests.desk import case_url, desk_of, text_of
from tests.paper import text_on

MONDAY = date(2026, 9, 7)


@pytest.mark.parametrize(
    ("after", "days", "months", "last"),
    [
        ("2026-09-07", 21, None, "2026-09-28"),  # the Tribunal: 21 days, weekends and holidays among them
        ("2026-12-20", 30, None, "2027-01-19"),
        ("2026-09-07", None, 12, "2027-09-07"),  # the Public Protector: a year
        ("2028-02-29", None, 12, "2029-02-28"),  # where the month is too short
        ("2026-01-31", None, 1, "2026-02-28"),
        ("2026-12-31", None, 12, "2027-12-31"),
        ("2026-09-07", None, None, None),
    ],
)
def test_the_last_day_of_a_time_limit_is_the_one_in_the_calendar(after, days, months, last):
    expected = date.fromisoformat(last) if last else None

    assert last_day(date.fromisoformat(after), days=days, months=months) == expected


def answered(topic: str, *, level: int = 1, decision: str = "not_upheld", **opening) -> Case:
    """Decided on Monday 7 September 2026, on this level."""
    officer = make_officer(name="Mutinta", clearances=EVERYTHING)
    with on(MONDAY):
        case = make_case(state=State.IN_PROGRESS, officer=officer, topic=topic, **opening)
        Case.objects.filter(pk=case.pk).update(level=level)
        actions.resolve(case=case, by=officer, decision=decision, words="There is no proof of payment.")
    return now_of(case)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("topic", "level", "body", "until"),
    [
        ("wcfcb-employer", 1, "Workers' Compensation Tribunal", date(2026, 9, 28)),
        ("nhima-card-inactive", 1, None, None),  # the Health Complaints Committee and the Board come first, by appeal
        ("nhima-card-inactive", 3, "High Court", None),  # no time limit is on record
        ("nhima-card-inactive", 4, "High Court", None),  # who is above all levels can still go there
        ("wcfcb-employer", 2, "High Court", date(2026, 10, 7)),  # an appeal was decided: 30 days, not the Tribunal's 21
        ("kgs-other", 1, "Office of the Public Protector", date(2027, 9, 7)),
        ("sct-payment-late", 3, None, None),
        ("sct-payment-late", 4, "Office of the Public Protector", date(2027, 9, 7)),
    ],
)
def test_it_is_for_the_first_body_outside_once_a_decision_stands_on_the_last_level_inside(topic, level, body, until):
    out = way_out(answered(topic, level=level), MONDAY)

    assert (out and (out.body, out.until)) == (body and (body, until))


@pytest.mark.django_db
def test_what_was_joined_into_another_case_leads_nowhere_by_itself():
    case, stays = make_case(topic="wcfcb-employer"), make_case(topic="wcfcb-employer")
    actions.merge(case=case, by=make_officer(role=Role.SUPERVISOR), stays=stays, words="The same employer.")

    assert way_out(now_of(case), MONDAY) is None


@pytest.mark.django_db
def test_when_nobody_decides_the_citizen_can_go_once_the_last_levels_own_date_has_passed():
    """Thirty working days are promised, until 19 October; a supervisor then has five, until the 27th."""
    with on(MONDAY):
        case = make_case(topic="wcfcb-employer")
    due = case.resolve_due
    day = due + timedelta(days=1)
    with on(day):
        actions.escalate_overdue(noon(day.year, day.month, day.day))
    level_due = case.escalations.get().resolve_due

    assert way_out(now_of(case), level_due) is None
    out = way_out(now_of(case), level_due + timedelta(days=1))
    assert (out.body, out.since) == ("Workers' Compensation Tribunal", level_due)


@pytest.mark.django_db
def test_the_letter_says_for_whom_what_was_decided_when_the_limit_and_its_source_and_nobodys_name():
    case = answered("wcfcb-employer", words="My boss does not pay for me.")
    said = text_on(letter(case, way_out(case, MONDAY), MONDAY))

    for fact in (
        "Workers' Compensation Tribunal",
        "We could not agree",
        "07/09/2026",
        "There is no proof of payment.",
        "My boss does not pay for me.",
        "the last day is 28/09/2026",
        "WC Act s 22 and Part XI",
        "An officer took it.",
        str(case),
    ):
        assert fact in said, fact
    assert "Mutinta" not in said
    with override("ny"):  # fetched from a page in Nyanja, it is still for who reads English
        assert text_on(letter(case, way_out(case, MONDAY), MONDAY)) == said
    assert "It is over" in text_on(letter(case, way_out(case, date(2026, 9, 29)), date(2026, 9, 29)))


@pytest.mark.django_db
def test_where_the_pack_is_not_sure_of_a_law_the_letter_names_none():
    case = answered("napsa-claim-late", level=2)
    out = way_out(case, MONDAY)
    assert out.step.basis
    said = text_on(letter(case, out, MONDAY))
    assert (out.step.basis in said, "Source" in said) == (False, False)


@pytest.mark.django_db
def test_of_a_private_matter_the_letter_says_no_words():
    case = answered("wcfcb-claim-late", words="I lost two fingers.")
    said = text_on(letter(case, way_out(case, MONDAY), MONDAY))

    assert str(case) in said
    for word in ("fingers", "proof of payment", case.topic.name, case.agency.name):
        assert word not in said, word


@pytest.mark.django_db
def test_the_desk_hands_it_out_and_that_is_on_record():
    case, officer = answered("wcfcb-employer"), make_officer()
    desk, address = desk_of(officer), reverse("cases:letter", args=[case.reference])
    assert "Letter to take along" in text_of(desk.get(case_url(case)))
    before = Reading.objects.filter(case=case).count()

    made = desk.post(address)

    assert (made.status_code, made["Content-Type"], made.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert str(case.reference) not in made["Content-Disposition"]
    assert Reading.objects.filter(case=case).count() == before + 1
    asked = make_officer(role=Role.AGENCY, agency="HRC")
    assert desk_of(asked).post(address).status_code == 404
    Referral.objects.create(
        case=case, agency=an_agency("HRC"), from_agency=case.agency, consent="nothing", due=case.resolve_due
    )
    assert desk_of(asked).get(case_url(case)).status_code == 200
    assert desk_of(asked).post(address).status_code == 404
    assert desk_of(make_officer(place=MONGU)).post(address).status_code == 404
    early = make_case(topic="nhima-card-inactive")
    assert desk.post(reverse("cases:letter", args=[early.reference])).status_code == 404


@pytest.mark.django_db
def test_the_citizen_gets_it_after_the_pin_and_not_without(client):
    opened = open_case(topic="wcfcb-employer")
    officer = make_officer()
    actions.take(case=opened.case, by=officer)
    actions.resolve(case=opened.case, by=officer, decision="not_upheld", words="No.")
    assert client.get(reverse("citizen:track_letter")).status_code == 302

    client.post(reverse("citizen:track"), {"reference": opened.case.reference, "pin": opened.pin})

    assert "Workers' Compensation Tribunal" in text_of(client.get(reverse("citizen:track_case")))
    made = client.get(reverse("citizen:track_letter"))
    assert (made.status_code, made.content[:5]) == (200, b"%PDF-")
    assert "no-store" in made["Cache-Control"]


@pytest.mark.django_db
def test_every_ladder_of_the_country_ends_inside_or_with_somebody_to_go_to():
    """Once somebody outside is asked, nobody inside comes after them."""
    for steps in catalogue().ladders.values():
        outside = [not step.by_itself for step in steps]
        assert outside == sorted(outside)


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["wcfcb-employer", "nhima-card-inactive", "sct-payment-late", "data-see"])
@pytest.mark.parametrize("level", [1, 2])
def test_the_letter_and_the_answer_never_name_two_different_bodies_or_days(topic, level):
    case = answered(topic, level=level)
    told = next_remedy(case)

    assert way_out(case, MONDAY) == (None if told.step.by_itself else told)
