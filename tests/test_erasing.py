"""Erased is erased: after a whole life with us nothing of a person is left in any table, sealed or plain or as a fingerprint.

The test plants marks that exist nowhere else, sees each of them lie in the database, erases, and reads every row of every
table: as text, and what is sealed as it was before it was sealed.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from cases import actions, clock, entries, exports, presence
from cases.actions import ToldBy
from cases.crypto import SealedField, blind, unseal
from cases.models import Channel, Consent, Decision, Relationship, Role, Share
from cases.terms import fingerprint
from cases.uploads import Format, Paper
from channels.models import Session
from tests.builders import EVERYTHING, an_agency, make_case, make_citizen, make_officer, now_of, open_case
from tests.phone import Phone
from tests.test_data_rights import LONG_AGO, NOW

pytestmark = pytest.mark.django_db

NAME, PHONE, NRC = "Zorbaquil Ntambuxe", "+260971778899", "987654/32/1"
TELLER, TELLERS_CARD = "Vexandra Plumkoti", "876543/21/1"
CHILD, CHILDS_CARD = "Quilbert Ntambuxe", "765432/10/1"
# What is said at each turn of a life, in words that nobody else uses.
TURNS = (
    "story", "sealed", "question", "answered", "more", "note", "title", "detached", "resolved", "disputed", "appeal",
    "linked", "unlinked", "referred", "asked", "proposed", "objected", "corrected", "sms",
)  # fmt: skip
SAID = {turn: f"xq{turn}zv" for turn in TURNS}
FILE = b"a photo of xqphotozv"
NUMBER = "NH-XQ77001"
WORDS = [*SAID.values(), *NAME.lower().split(), *TELLER.lower().split(), *CHILD.lower().split()]
CARDS = [NRC, TELLERS_CARD, CHILDS_CARD]
MARKS = {
    **{f"the word {word}": word for word in WORDS},
    **{f"the card {card}": card for card in CARDS},
    "the phone": PHONE[-9:],
    "the membership": NUMBER.lower(),
    "the file": "xqphotozv",
}
FINGERPRINTS = {
    "the phone": blind(PHONE, name="phone"),
    **{f"the card {card}": blind(card, name="nrc") for card in CARDS},
    **{f"{space} {word}": str(fingerprint(space, word)) for space in (entries.NAME, entries.WORD) for word in WORDS},
}


# --- Everything there is -----------------------------------------------------------------------------------


def everything() -> Iterator[tuple[str, str]]:
    """(table, its whole content as text), with what is sealed unsealed beside it."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield table, "\n".join(row for (row,) in cursor.fetchall()).lower()
    for model, field in sealed_columns():
        for value in model._base_manager.exclude(**{f"{field.attname}__isnull": True}).values_list(
            field.attname, flat=True
        ):
            yield f"{model._meta.db_table}.{field.column}", plain(value).lower()
    for sealed in Session.objects.values_list("sealed", flat=True):
        yield "channels_session.sealed", unseal(bytes(sealed), name="session").lower()


def sealed_columns() -> list[tuple[Any, models.Field]]:
    return [(m, f) for m in apps.get_models() for f in m._meta.local_concrete_fields if isinstance(f, SealedField)]


def plain(value: Any) -> str:
    if not isinstance(value, str):
        return bytes(value).decode(errors="replace")
    try:
        return f"{value} {base64.b64decode(value, validate=True).decode()}"  # a file that was made
    except ValueError:
        return value


def found(marks: dict[str, str]) -> dict[str, set[str]]:
    """Each mark, and the tables and columns in which it lies."""
    lies: dict[str, set[str]] = {}
    for where, content in everything():
        for name, mark in marks.items():
            if mark.lower() in content:
                lies.setdefault(name, set()).add(where)
    return lies


# --- A whole life ------------------------------------------------------------------------------------------


@pytest.fixture
def people():
    by = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
    return by, make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)


def live(by, other):
    """Every kind of thing that is kept about somebody, kept about one person. Returns their cases and a neighbour's."""
    citizen = make_citizen(phone=PHONE, nrc=NRC, name=NAME)
    first = make_case(citizen=citizen, words=SAID["story"], state="in_progress", officer=by)
    neighbours = make_case(words="Something else altogether.", state="in_progress", officer=by)
    actions.ask_citizen(case=first, by=by, words=SAID["question"])
    actions.add_information(case=first, words=SAID["answered"])
    actions.add_information(case=first, words=SAID["more"], by=by)
    actions.add_note(case=first, by=by, words=SAID["note"])
    attach(first, by, SAID["title"])
    attach(first, by, SAID["detached"])
    actions.detach(case=first, by=by, attachment=first.attachments.last(), words=f"Not hers: {SAID['detached']}")
    actions.link(case=first, by=by, other=neighbours, kind="matter", words=SAID["linked"])
    actions.unlink(case=neighbours, by=by, other=first, words=SAID["unlinked"])
    actions.propose(
        case=first,
        by=by,
        agency=an_agency("LLCL"),
        words=SAID["proposed"],
        shared=[Share.WORDS],
        ground=next(iter(apps.get_model("cases", "Ground").objects.all())),
    )
    refer = {"agency": an_agency("HRC"), "words": SAID["referred"], "shared": [Share.WORDS], "consent": "desk"}
    actions.refer(case=first, by=by, **refer)
    asked = first.referrals.get(agency="HRC")
    actions.answer_referral(case=first, by=by, referral=asked, state="returned", words=SAID["asked"])
    presence.touch(other, first, writing=True)
    actions.resolve(case=first, by=by, decision=Decision.NOT_UPHELD, words=SAID["resolved"])
    actions.dispute(case=first, words=SAID["disputed"])
    actions.resolve(case=first, by=other, decision=Decision.NOT_UPHELD, words=SAID["resolved"])
    appealed = actions.appeal(case=first, words=SAID["appeal"], channel=Channel.DESK, once="one-appeal").case
    actions.withdraw(case=appealed)
    told = ToldBy(Relationship.PARENT, Consent.GUARDIAN, name=TELLER, nrc=TELLERS_CARD)
    form = json.dumps({"name": CHILD, "nrc": CHILDS_CARD, "sex": "f"})
    joined = open_case(topic="register-nhima", citizen=citizen, words=SAID["sealed"], form=form, told_by=told).case
    joined = actions.take(case=joined, by=by)
    actions.check_off(case=joined, by=by, there=["NHIMA:income"])
    actions.enrol(case=joined, by=by, agency=joined.agency, number=NUMBER)
    close(joined, by)
    return citizen, [first, appealed, joined], neighbours


def attach(case, by, title):
    raw = FILE + title.encode()
    actions.attach(case=case, by=by, raw=raw, paper=Paper(Format.PHOTO, raw, small=raw), words=title)


def close(case, by):
    actions.resolve(case=case, by=by, decision=Decision.ANSWERED, words=SAID["resolved"])
    actions.close(case=case, by=by)


def use_the_phone():
    """A call that is still going on, and an SMS that nobody could place."""
    phone = Phone(PHONE)
    phone.dial()
    phone.press("1")
    phone.text(SAID["sms"])


def ask_for_rights(citizen, by):
    """Corrected, objected to, erased: each asked for in a case of its own."""
    cases = {
        right: make_case(topic=f"data-{right}", citizen=citizen, state="in_progress", officer=by) for right in RIGHTS
    }
    changed = {"name": f"{NAME} {SAID['corrected']}", "nrc": NRC, "phone": PHONE}
    actions.correct_citizen(case=cases["correct"], by=by, **changed)
    actions.give_dossier(case=cases["see"], by=by, cases=3)
    actions.stop_use(case=cases["stop"], by=by, words=SAID["objected"])
    erasure = actions.ask_erasure(case=cases["erase"], by=by)
    for case in cases.values():
        close(now_of(case), by)
    return erasure


RIGHTS = ("see", "correct", "stop", "erase")


@pytest.fixture
def life(people):
    """Lived long ago, in a database with a neighbour in it."""
    by, other = people
    with clock.at(LONG_AGO):
        citizen, cases, neighbours = live(by, other)
        use_the_phone()
        erasure = ask_for_rights(citizen, by)
        exports.want(
            by=by, once=erasure.case.once or "8b1f1f0e-0000-4000-8000-000000000001", what="cases", kind="csv", asked={}
        )
        exports.make_wanted()
        by.views.create(name="Hers", query=f"reference={cases[0].reference}")
        for by_phone in citizen.cases.filter(state="received"):
            actions.withdraw(case=by_phone)
    entries.lay_all()
    actions.agree_to_erasure(erasure=erasure, by=other)
    return citizen, list(citizen.cases.order_by("pk")), neighbours


def test_every_mark_lies_in_the_database_while_somebody_is_with_us(life):
    assert {name for name in MARKS if name not in found(MARKS)} == set()
    empty = [f"{model._meta.db_table}.{field.column}" for model, field in sealed_columns()]
    planted = set().union(*found(MARKS).values())
    assert [column for column in empty if column not in planted] == sorted(HOLD_NO_MARK)


# Sealed columns in which this life leaves no mark of its own, and why that is enough.
HOLD_NO_MARK = {
    "cases_brought.items": "Codes of what was brought; the row itself must go.",
    "cases_surveyreply.answers": "Codes of answers; the row itself must go: test_survey.py.",
    "cms_subscription.address": "Who follows a page is no citizen to us; the link in every letter deletes it.",
    "cases_export.file": "No name, number or word of a citizen stands in any list.",
    "cases_risenote.words": "Why a number of cases is not unusual: an officer's word on a count, of no case.",
}


def test_after_a_whole_life_is_erased_no_mark_of_it_is_left_in_any_table(life):
    _citizen, cases, neighbours = life

    assert actions.erase_due(NOW) == len(cases)
    entries.lay_all()

    assert found(MARKS) == {}
    assert found(FINGERPRINTS) == {"the phone": {"cases_attempt"}}  # how often it called; forgotten within the hour
    assert neighbours.events.get(kind="open").said.text == "Something else altogether."
