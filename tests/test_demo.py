"""The demonstration's country: everything happens in it, nobody in it is real, and it is made once."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Sum
from django.test import Client

from cases import clock, ledger, tallies
from cases.catalogue import catalogue
from cases.lifecycle import OPEN, State
from cases.models import Case, Channel, Citizen, Escalation, Event, Known, Officer, Referral, Role, SurveyRelease
from cases.pack import Kind, Priority, Sensitivity
from channels.gsm7 import foreign
from channels.models import Message, ScreenCount, SmsCount
from channels.views_simulator import SIMS
from sws.demo import CASES, DAYS, populate
from sws.demo_figures import publish_figures
from sws.demo_people import LOGINS, phone
from sws.demo_words import ANSWERS, SAID, STORIES
from tests.builders import noon
from tests.desk import desk_of, text_of

NOW = noon(2026, 11, 20)


def told():
    """What happened to whom, without what chance outside the demonstration decides: references and PINs."""
    rows = Case.objects.order_by("opened_at", "pk").values_list(
        "topic",
        "place",
        "channel",
        "known",
        "language",
        "state",
        "decision",
        "level",
        "opened_at",
        "resolve_due",
        "rating",
    )
    return [*rows, *Message.objects.order_by("pk").values_list("notice", "language", "created_at")]


def values(field):
    return set(Case.objects.values_list(field, flat=True))


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """So many cases that everything has happened; the tests that stand on them ask for no `db` and write nothing."""
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.at(NOW):
            populate(cases=120)
        yield
        transaction.set_rollback(True)


def test_everything_that_can_happen_has_happened_to_somebody(country):
    assert values("place__parent") - {None} == set(catalogue().provinces)
    assert values("state") == set(State)
    assert values("kind") == set(Kind)
    assert values("channel") == set(Channel)
    assert values("known") == set(Known)
    assert values("priority") == set(Priority)
    assert values("language") == set(catalogue().languages)
    assert values("sensitivity") == set(Sensitivity)
    assert {"citizen", "agency", "silence", "withdrawn", "appealed"} <= values("closed_by")
    assert Case.objects.exclude(appeal_of=None).exists()
    assert Case.objects.filter(times_disputed__gt=0).exists()
    assert {1, 5} <= values("rating")
    moved_up = Escalation.objects.filter(case__state__in=OPEN)
    assert moved_up.exclude(acknowledged_at=None).exists()
    assert moved_up.filter(officer=None).exists()
    assert Escalation.objects.filter(body="supervisor").exclude(officer=None).exists()
    assert Event.objects.filter(kind="sort", data__old_place=None).exists()
    assert any(isinstance(cell[-1], int) for release in SurveyRelease.objects.all() for cell in release.cells)
    assert set(Referral.objects.values_list("state", flat=True)) >= {"asked", "done", "returned", "declined"}
    late = Case.objects.overdue(NOW.date()).count()
    assert 0 < late < Case.objects.open().count() * 0.7
    with clock.at(NOW):
        tallies.keep_up()
        manager = Officer.objects.get(user__username="manager")
        home = text_of(desk_of(manager).get("/desk/manage/"))
        publish_figures(signed_by="manager")
        public = text_of(Client().get("/performance/"))
    assert re.search(r"Mongu, 1\d this week, usually \d", home), "the rise in one district brings its card"
    assert "October 2026" in public
    assert f"by {manager}, Programme manager" in public
    assert min(values("opened_at")) > NOW - timedelta(days=DAYS + 1)
    assert max(values("opened_at")) <= NOW


def test_each_history_is_whole_and_nearly_every_sms_has_arrived_in_its_time(country):
    for case in Case.objects.all():
        assert ledger.broken(case.events.all()) is None
    messages = Message.objects.select_related("event")
    states = Counter(messages.values_list("state", flat=True))
    assert set(states) == {"delivered", "sent", "failed"}
    assert states["delivered"] > 0.85 * states.total()
    assert SmsCount.objects.aggregate(all=Sum("messages"))["all"] == states.total()
    assert ScreenCount.objects.filter(left__gt=0).exists()
    assert {message.created_at - message.event.at for message in messages} == {timedelta(0)}


def test_the_simulators_telephones_have_a_case_that_goes_on(country):
    by_phone = {citizen.phone: citizen for citizen in Citizen.objects.exclude(phone_index=None)}

    states = [by_phone[sim.phone].cases.get().state for sim in SIMS]
    assert states == [State.WAITING, State.RESOLVED, State.IN_PROGRESS, State.IN_PROGRESS]
    assert all(phone.startswith("+26097000") for phone in by_phone.keys() - {sim.phone for sim in SIMS})


def test_no_two_of_the_thousand_share_a_number():
    numbers = {phone(number) for number in range(2 * CASES)}
    assert len(numbers) == 2 * CASES
    assert {len(number) for number in numbers} == {len("+260970000001")}


def test_the_same_seed_tells_the_same_story_and_another_one_another(db):
    stories = []
    for seed in (1, 1, 2):
        with transaction.atomic(), clock.at(NOW):
            populate(cases=8, seed=seed, days=20)
            stories.append(told())
            transaction.set_rollback(True)

    assert stories[0] == stories[1]
    assert stories[0] != stories[2]


def test_a_second_time_changes_nothing(db):
    with clock.at(NOW):
        populate(cases=5, days=20)
        before = told(), list(User.objects.values())
        populate(cases=5, days=20)

    assert (told(), list(User.objects.values())) == before


def test_everybody_on_the_list_can_log_in_and_nobody_else(db):
    populate(cases=0, days=1)
    with_password = {user.username for user in User.objects.all() if user.has_usable_password()}

    assert with_password == {name for _title, name, _password in LOGINS}
    _title, name, password = LOGINS[0]
    assert authenticate(username=name, password=password).officer.place.name == "Western"
    assert set(Officer.objects.values_list("role", flat=True)) == set(Role)
    editor = User.objects.get(username="editor")
    assert editor.has_perm("wagtailadmin.access_admin")
    assert not editor.is_superuser
    assert editor.officer.role == Role.EDITOR


def test_it_is_refused_in_production(db, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="not in production"):
        call_command("populate_demo")
    assert not User.objects.exists()


def test_every_word_fits_a_handset():
    said = [words for _topic, _often, words in STORIES] + [words for texts in SAID.values() for words in texts]
    said += [words for answers in ANSWERS.values() for _decision, words in answers]

    assert [words for words in said if foreign(words)] == []


def test_every_story_is_about_something_in_the_catalogue(db):
    assert {topic for topic, _often, _words in STORIES} <= set(catalogue().topics)
