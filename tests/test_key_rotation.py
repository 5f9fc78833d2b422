"""A new key for what is sealed: everything is sealed anew, once, wherever the run was stopped, and nothing is lost."""

import os
from base64 import urlsafe_b64encode
from datetime import date
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from PIL import Image

from cases import actions, exports, ledger
from cases.actions import ToldBy
from cases.crypto import CannotOpen, SealedField, newest_key_id
from cases.models import Case, Citizen, Consent, Content, Relationship, Role
from cases.uploads import examine
from cms.models import Subscription
from tests.builders import EVERYTHING, MONGU, make_case, make_citizen, make_officer, now_of
from tests.papers import a_photo


def a_key():
    return urlsafe_b64encode(os.urandom(32)).decode()


@pytest.fixture
def sealed_by_the_old_key(db, settings):
    """Three sensitive cases with forms, words and messages, all sealed with the old key; a newer one is there now."""
    old, new = a_key(), a_key()
    settings.FIELD_KEYS = [old]
    officer = make_officer(role=Role.SAFEGUARDING, clearances=EVERYTHING)
    for number in range(3):
        citizen = make_citizen(nrc=f"77777{number}/10/1", name="Bwalya")
        case = make_case(
            topic="violence",
            words=f"Story {number}",
            form='{"people": 4}',
            citizen=citizen,
            state="waiting",
            officer=officer,
            told_by=ToldBy(Relationship.PARENT, Consent.GUARDIAN, name="Mary", nrc="888888/10/1"),
        )
        actions.add_information(case=case, words=f"More of story {number}")
        raw = a_photo(size=(20 + number, 20))
        actions.attach(case=case, by=officer, raw=raw, paper=examine(raw), words=f"Photo {number}")
    joins = make_case(topic="register-nhima", state="in_progress", officer=officer, citizen=citizen)
    actions.check_off(case=joins, by=officer, there=["NHIMA:income"])
    actions.enrol(case=joins, by=officer, agency=joins.agency, number="NH-77001")
    actions.keep_survey(citizen=citizen, answers={"sector": "farming"}, by=officer)
    exports.want(by=make_officer(role=Role.MANAGER), once=uuid4(), what="cases", kind="csv", asked={})
    assert exports.make_wanted() == 1
    Subscription.objects.create(subject="place:ZM110007", address="who@example.org", address_index="0" * 32)
    lead = make_officer(role=Role.SUPERVISOR)
    week = {"week": date(2026, 11, 16), "now": 12}
    actions.note_rise(by=lead, topic="sct-payment-late", district=MONGU, words="Payment day", **week)
    settings.FIELD_KEYS = [new, old]
    return settings


def stored():
    """Every sealed value of every column, as the database has it."""
    values = {}
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedField):
                with connection.cursor() as cursor:
                    cursor.execute(f'SELECT "{field.column}" FROM "{model._meta.db_table}" ORDER BY 1')
                    values[str(field)] = [bytes(value) for (value,) in cursor.fetchall() if value is not None]
    return values


def by_the_newest_key():
    return [value[:4] == newest_key_id() for values in stored().values() for value in values]


def rotate(**options):
    said = StringIO()
    call_command("rotate_field_keys", stdout=said, **options)
    return said.getvalue()


def test_everything_is_sealed_anew_and_the_old_key_can_be_taken_out(sealed_by_the_old_key):
    assert not any(by_the_newest_key())
    said = rotate(batch=2)
    sealed_by_the_old_key.FIELD_KEYS = sealed_by_the_old_key.FIELD_KEYS[:1]

    assert all(by_the_newest_key())
    assert [(case.words, case.form) for case in Case.objects.filter(topic="violence").order_by("pk")] == [
        (f"Story {number}", '{"people": 4}') for number in range(3)
    ]
    assert [citizen.nrc for citizen in Citizen.objects.order_by("pk")] == [f"77777{n}/10/1" for n in range(3)]
    widths = [Image.open(BytesIO(content.sealed)).width for content in Content.objects.order_by("pk")]
    assert widths == [20, 21, 22]
    for case in Case.objects.filter(topic="violence"):
        assert ledger.broken(case.events.all()) is None  # history is about words, not about how they are sealed
    assert "cases.Citizen.nrc: 2 sealed anew\ncases.Citizen.nrc: 3 sealed anew\n" in said
    assert "All is sealed with the newest key." in said


def test_every_sealed_column_of_every_room_is_among_them(sealed_by_the_old_key):
    empty = [column for column, values in stored().items() if not values]
    assert empty == [], "a sealed column that this test puts nothing into proves nothing"
    of_every_room = {"cases.Case.form", "cases.Words.text", "cases.Content.sealed", "channels.Message.text"}
    assert of_every_room <= stored().keys()


class Stopped(Exception):
    pass


class StopsAfter(StringIO):
    def __init__(self, lines):
        super().__init__()
        self.lines = lines

    def write(self, text):
        self.lines -= 1
        if self.lines < 0:
            raise Stopped
        return super().write(text)


def test_stopped_in_the_middle_it_goes_on_from_there(sealed_by_the_old_key):
    with pytest.raises(Stopped):
        call_command("rotate_field_keys", stdout=StopsAfter(5), batch=1)
    halfway = stored()
    assert len(set(by_the_newest_key())) == 2
    rotate(batch=1)

    assert all(by_the_newest_key())
    done = {value for values in halfway.values() for value in values if value[:4] == newest_key_id()}
    assert done <= {value for values in stored().values() for value in values}  # not done twice


def test_a_second_run_finds_nothing_to_do(sealed_by_the_old_key):
    rotate()
    before = stored()

    assert "sealed anew" not in rotate()
    assert stored() == before


def test_what_opens_with_no_key_is_left_alone_and_said(sealed_by_the_old_key):
    settings, shut = sealed_by_the_old_key, Citizen.objects.first()
    keys, settings.FIELD_KEYS = settings.FIELD_KEYS, [a_key()]
    Citizen.objects.filter(pk=shut.pk).update(nrc="999999/10/1")
    settings.FIELD_KEYS = keys

    with pytest.raises(CommandError, match="left as they are: 1"):
        rotate(batch=1)
    assert by_the_newest_key().count(False) == 1
    with pytest.raises(CannotOpen):
        Citizen.objects.get(pk=shut.pk)
    assert now_of(Case.objects.first()).words == "Story 0"
