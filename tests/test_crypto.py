"""Sealed fields: what is private is unreadable in the database itself, keys rotate, and look-ups still work."""

import os
from base64 import urlsafe_b64encode

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from cases import actions
from cases.crypto import CannotOpen, blind, newest_key_id, seal, unseal
from cases.models import Citizen, Known
from tests.builders import EVERYTHING, a_phone, make_case, make_citizen, make_officer, now_of

CANARY = "the headman at the borehole"


def a_key():
    return urlsafe_b64encode(os.urandom(32)).decode()


@pytest.fixture
def keys(settings):
    """Two keys, the newest first."""
    settings.FIELD_KEYS = [a_key(), a_key()]
    return settings.FIELD_KEYS


def everything_stored():
    """All rows of all tables, as text; bytes as hexadecimal digits."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'SELECT stored::text FROM "{table}" stored')
            yield from (row for (row,) in cursor.fetchall())


def is_stored(text):
    return any(text in row or text.encode().hex() in row for row in everything_stored())


# --- One value ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "0971234567", "Mulenga wa ku Mungwi ŋ 😀", "x" * 10_000])
def test_what_was_sealed_opens_again(text):
    assert unseal(seal(text, name="note"), name="note") == text


def test_the_same_words_never_look_the_same():
    assert len({seal("yes", name="note") for _ in range(100)}) == 100


def test_a_sealed_value_opens_in_its_own_column_only():
    with pytest.raises(CannotOpen):
        unseal(seal("0971234567", name="citizen.phone"), name="citizen.nrc")


def test_no_byte_of_a_sealed_value_can_be_changed_or_cut_off():
    sealed = seal("yes", name="note")
    changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]

    for spoilt in (*changed, *(sealed[:length] for length in range(len(sealed)))):
        with pytest.raises(CannotOpen):
            unseal(spoilt, name="note")


def test_a_new_key_seals_and_the_old_one_still_opens(keys, settings):
    newest, old = keys
    settings.FIELD_KEYS = [old]
    before = seal("yes", name="note")
    settings.FIELD_KEYS = [newest, old]
    after = seal("yes", name="note")

    assert [value[:4] == newest_key_id() for value in (before, after)] == [False, True]
    assert [unseal(value, name="note") for value in (before, after)] == ["yes", "yes"]


def test_without_its_key_a_value_stays_shut(keys, settings):
    sealed = seal("yes", name="note")
    settings.FIELD_KEYS = [a_key()]

    with pytest.raises(CannotOpen):
        unseal(sealed, name="note")


def test_a_fingerprint_depends_on_value_purpose_and_key_and_on_nothing_else(settings):
    first = blind("+260970000001", name="phone")
    assert first == blind("+260970000001", name="phone")
    settings_key, settings.INDEX_KEY = settings.INDEX_KEY, a_key()
    other_key = blind("+260970000001", name="phone")
    settings.INDEX_KEY = settings_key

    fingerprints = {first, other_key, blind("+260970000001", name="nrc"), blind("+260970000002", name="phone")}
    assert len(fingerprints) == 4
    assert all(len(one) == 32 and "260970000001" not in one for one in fingerprints)


# --- In the database -----------------------------------------------------------------------------------


def test_phone_card_and_the_words_of_a_sensitive_case_are_nowhere_to_be_read(db):
    phone = a_phone()
    citizen = make_citizen(phone=phone, nrc="111111/10/1", name="Chanda")
    officer = make_officer(clearances=EVERYTHING)
    form = '{"spouse": "Mwape Mwelwa"}'
    case = make_case(topic="violence", words=f"It is {CANARY}.", citizen=citizen, officer=officer, form=form)
    actions.add_information(case=case, words=f"Again {CANARY}!")

    case = now_of(case)
    assert (case.words, case.form) == (f"It is {CANARY}.", form)
    assert [event.said.text for event in case.events.all()] == [f"It is {CANARY}.", f"Again {CANARY}!"]
    assert (case.citizen.phone, case.citizen.nrc) == (phone, "111111/10/1")
    for private in (CANARY, phone, phone[1:], "111111/10/1", "Mwape Mwelwa"):
        assert not is_stored(private)


def test_the_search_for_readable_words_does_find_them(db):
    """The check above has teeth: the same words in a case that is open to its office are found."""
    make_case(topic="nhima-card-inactive", words=f"It is {CANARY}.")

    assert is_stored(CANARY)


def test_a_citizen_is_found_by_phone_and_by_card_though_both_are_sealed(db):
    phone = a_phone()
    citizen = make_citizen(phone=phone, nrc="222222/10/1")

    assert actions.find_or_add_citizen(phone=phone) == citizen
    assert actions.find_or_add_citizen(nrc="222222/10/1") == citizen
    assert Citizen.objects.count() == 1


def test_a_sealed_column_refuses_to_be_searched_rather_than_finding_nothing(db):
    with pytest.raises(FieldError):
        Citizen.objects.filter(phone="+260970000001")
    assert not Citizen.objects.filter(phone__isnull=True).exists()


def test_nothing_is_sealed_where_there_is_nothing(db):
    case = make_case(known=Known.ANONYMOUS)

    assert (now_of(case).sealed_words, now_of(case).form) == (None, None)
