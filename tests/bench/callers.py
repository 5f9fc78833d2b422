"""What the crowd says: seeded ways through a complaint, walked alone once to learn what each caller must hear."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions import pin_index
from cases.catalogue import catalogue
from cases.models import Case, Known
from channels.models import Session
from tests.bench.crowd import Call, request
from tests.phone import Phone


@dataclass(frozen=True)
class Step:
    """One hop: what is typed, which screen that leads to, what is said there, and the SQL statements it took."""

    typed: str
    screen: str
    reply: str
    statements: int


@dataclass(frozen=True)
class Script:
    """A whole call, with the words its first caller used, and what the office knows after it."""

    steps: list[Step]
    words: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Caller:
    """Somebody who follows a script from a phone and in words that nobody else has."""

    phone: str
    words: str
    script: Script
    call: Call


def rehearse(chance: Random, number: int) -> Script:
    """One call in this process: some language, some complaint, some district, and a case at the end."""
    phone = Phone(_phone(number))
    steps: list[Step] = []
    typed = ""
    while True:
        catalogue()  # one hop in some seconds looks whether this is still fresh: not the one counted here
        with CaptureQueriesContext(connection) as made:
            shown = phone.press(typed) if steps else phone.dial()
        screen = Session.objects.latest("updated_at").screen
        steps.append(Step(typed, screen, ("END " if phone.ended else "CON ") + shown, len(made)))
        if phone.ended:
            return Script(steps, _words(number), _facts(_case_told(shown)))
        typed = _next(chance, screen, shown, number)


def _next(chance: Random, screen: str, shown: str, number: int) -> str:
    if screen == "district-letters":
        return chance.choice(list(catalogue().districts.values())).name
    fixed = {"menu": "1", "words": _words(number), "tell-more": "1", "send": "1"}
    return fixed.get(screen) or chance.choice(re.findall(r"^([1-59]) ", shown, re.MULTILINE))


def follow(script: Script, number: int, *, to_the_end: bool) -> Caller:
    """Somebody new on the same way; else the call drops before the last hop, the one that opens the case."""
    phone, words = _phone(number), _words(number)
    steps = script.steps if to_the_end else script.steps[:-1]
    typed = [words if step.typed == script.words else step.typed for step in steps[1:]]
    transcripts = ["*".join(typed[:hop]) for hop in range(len(steps))]
    requests = [request(session=f"ATUid_{number:032x}", phone=phone, transcript=text) for text in transcripts]
    return Caller(phone, words, script, Call(requests, [step.reply for step in steps], opens_a_case=to_the_end))


def _phone(number: int) -> str:
    return f"+26097{number:07d}"


def _words(number: int) -> str:
    return f"No help came to caller {number}."


# --- Whose case it is ---------------------------------------------------------------------------------


def misled(callers: Iterable[Caller]) -> int:
    """How many were told the number or PIN of a case that is not the one they spoke of."""
    return sum(caller.call.opens_a_case and not _is_own(caller) for caller in callers)


def _is_own(caller: Caller) -> bool:
    case = _case_told(caller.call.last)
    pin = re.search(r"\b\d{6}\b", caller.call.last)
    if case is None or pin is None:
        return False
    phone = case.citizen.phone if case.citizen else ""
    return (case.words, phone, *_facts(case)) == (
        caller.words,
        "" if case.known == Known.ANONYMOUS else caller.phone,
        *caller.script.facts,
    ) and case.pin_index == pin_index(case.reference, pin.group())


def _case_told(said: str) -> Case | None:
    told = re.search(r"\d{4} \d{4} \d{4}", said)
    reference = told.group().replace(" ", "") if told else ""
    return Case.objects.select_related("citizen").filter(reference=reference).first()


def _facts(case: Case | None) -> tuple[str, ...]:
    assert case, "A rehearsed call ended without a case."
    return (case.topic_id, case.place_id or "", case.language, case.known)
