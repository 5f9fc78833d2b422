"""Made-up people and their cases, lived day by day through the same actions as real ones; none of it is true.

Each case's life is a generator: it takes a step and yields how many working days later the next one comes. So ninety
days pass in some seconds, the clock's own sweeps running in between. At the end each SMS is marked as sent in its time.
"""

import heapq
import json
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from cases import actions, anchors, checklist, clock
from cases.actions import NotAllowed
from cases.catalogue import catalogue
from cases.lifecycle import OPEN
from cases.models import (
    Case,
    Channel,
    Citizen,
    Decision,
    Escalation,
    Known,
    Officer,
    Permit,
    Referral,
    Role,
    Share,
)
from cases.pack import Kind, Topic
from channels.models import Message
from channels.views_simulator import SIMS
from sws import demo_monitors
from sws.demo_delivery import note_as_sent, note_calls
from sws.demo_people import STAFF, Country, Dice, hire, save_lists, write_down_absences, write_ready_words
from sws.demo_sharing import share_out
from sws.demo_survey import answer_surveys
from sws.demo_twice import tell_twice
from sws.demo_words import ANSWERS, STORIES

DAYS = 90
CASES = 1000  # of fewer, nearly every published figure is hidden


# --- One case's life: what happens, and how many working days lie between -----------------------------------

Life = Iterator[int]
Turn = Callable[[Country, Case, Officer], Life]
NEVER = -1


def _life(country: Country, number: int) -> Life:
    """From the citizen's first word on."""
    case = _open(country, number)
    yield from _work_on(country, case, ON_THE_SIMULATOR.get(number))


def _work_on(country: Country, case: Case, turns: tuple[Turn, ...] | None = None) -> Life:
    officer = country.somebody(case)
    if officer is None or (turns is None and country.dice.random() < 0.04):
        return  # nobody takes it, and it grows late
    yield country.dice.choice((0, 0, 1, 1, 2, 5))
    actions.record_reading(case=case, by=officer)
    if case.place is None:
        case = _put_where_it_belongs(country, case, officer)
        officer = country.somebody(case) or officer
        yield 0
    actions.take(case=case, by=officer)
    if wanted := [need.key for need in checklist.needs(case) if not need.there]:
        actions.check_off(case=case, by=officer, there=wanted[: country.dice.randrange(len(wanted) + 1)])
    for referral in case.referrals.all():
        yield from _helped(country, case, referral)
    for turn in turns or (_one_of(country, ON_THE_WAY), _one_of(country, AT_THE_END)):
        yield from turn(country, case, officer)


def _put_where_it_belongs(country: Country, case: Case, officer: Officer) -> Case:
    place = country.dice.choice(list(catalogue().districts.values()))
    return actions.sort(case=case, by=officer, topic=catalogue().topics["where-to-go"], place=place)


def _helped(country: Country, case: Case, referral: Referral) -> Life:
    yield country.dice.choice((1, 2, 4, 7))
    if country.dice.random() < 0.5:
        actions.answer_referral(case=case, by=country.helper(referral), referral=referral, state="accepted")
        yield country.dice.choice((1, 3))
    state, words = country.dice.choice((("done", "come_back"), ("returned", "come_back"), ("declined", "declined")))
    by = country.helper(referral)
    if state == Referral.State.DONE and case.kind == Kind.REGISTRATION:
        number = f"{referral.agency_id}-{case.pk:06d}"
        actions.enrol(case=case, by=by, agency=referral.agency, number=number)
    else:
        actions.answer_referral(case=case, by=by, referral=referral, state=state, words=country.say(words))


def _one_of(country: Country, table: dict[Turn, int]) -> Turn:
    return country.dice.choices(list(table), list(table.values()))[0]


def straight(country: Country, case: Case, officer: Officer) -> Life:
    yield country.dice.choice((0, 0, 1, 1, 2, 6))


def with_a_note(country: Country, case: Case, officer: Officer) -> Life:
    yield 1
    actions.add_note(case=case, by=officer, words=country.say("note"))
    yield country.dice.choice((1, 2, 4))
    actions.add_information(case=case, words=country.say("inform"))


def asked(country: Country, case: Case, officer: Officer) -> Life:
    yield 1
    actions.ask_citizen(case=case, by=officer, words=country.say("ask"))
    yield country.dice.choice((1, 2, 5))
    actions.add_information(case=case, words=country.say("hear"))


def asked_in_vain(country: Country, case: Case, officer: Officer) -> Life:
    yield 1
    actions.ask_citizen(case=case, by=officer, words=country.say("ask"))
    yield NEVER


def referred(country: Country, case: Case, officer: Officer) -> Life:
    yield 1
    others = [code for code in catalogue().several["register-worker"] if code != case.agency_id]
    asked: dict[str, Any] = {"agency": catalogue().agencies[country.dice.choice(others)], "words": country.say("refer")}
    shared = [Share.WORDS] if case.is_sensitive else [Share.WORDS, Share.WHO]
    if _answers_sms(case) and country.dice.random() < 0.4:
        actions.seek_consent(case=case, by=officer, shared=shared, **asked)
        yield 1
        if country.dice.random() < 0.2:
            actions.refuse_consent(case=case)
            return
        actions.consent(case=case)
    else:
        consent = country.dice.choice((Permit.DESK, Permit.CALL, Permit.NOTHING))
        shown = [] if consent == Permit.NOTHING else shared
        actions.refer(case=case, by=officer, shared=shown, consent=consent, **asked)
    if country.dice.random() < 0.2:
        yield NEVER
    yield from _helped(country, case, case.referrals.get(state=Referral.State.ASKED))


def _answers_sms(case: Case) -> bool:
    return bool(case.citizen and case.citizen.phone_index)


def about_a_colleague(country: Country, case: Case, officer: Officer) -> Life:
    """The citizen says who it was: a supervisor looks into it, and the one it is about sees it no more."""
    yield 1
    supervisor = next(one for one in country.officers if one.role == Role.SUPERVISOR)
    actions.name_officer(case=case, by=supervisor, officer=officer, words=country.say("name_officer"))
    actions.take(case=case, by=supervisor)


def given_to_a_colleague(country: Country, case: Case, officer: Officer) -> Life:
    yield 2
    colleague = country.somebody(case) or officer
    actions.hand_over(case=case, by=officer, to=colleague, words=country.say("hand_over"))


def left_lying(country: Country, case: Case, officer: Officer) -> Life:
    yield NEVER


def withdrawn(country: Country, case: Case, officer: Officer) -> Life:
    yield 1
    actions.withdraw(case=case)
    yield NEVER


def answered(country: Country, case: Case, officer: Officer) -> Life:
    """By whoever has it by now. If nothing comes after it, silence closes it."""
    yield 0
    owner = Case.objects.select_related("officer__user").get(pk=case.pk).officer
    decision, words = country.dice.choice(_answers_to(case))
    actions.resolve(case=case, by=owner or officer, decision=decision, words=words)


def _answers_to(case: Case) -> list[tuple[Decision, str]]:
    """An appeal is right or not, whatever kind of case it is about."""
    return ANSWERS.get(case.sensitivity) or ANSWERS[Kind.COMPLAINT if case.appeal_of_id else case.kind]


def confirmed(country: Country, case: Case, officer: Officer) -> Life:
    yield from answered(country, case, officer)
    yield country.dice.choice((1, 1, 2, 4))
    actions.confirm(case=case)
    if country.dice.random() < 0.7:
        actions.rate(case=case, stars=country.dice.choice((5, 5, 4, 4, 4, 3, 2, 1)))


def closed(country: Country, case: Case, officer: Officer) -> Life:
    yield from answered(country, case, officer)
    yield 7
    actions.close(case=case, by=officer)


def disputed(country: Country, case: Case, officer: Officer) -> Life:
    yield from answered(country, case, officer)
    yield country.dice.choice((1, 3))
    actions.dispute(case=case, words=country.say("dispute"))
    yield from _one_of(country, {confirmed: 2, answered: 1, left_lying: 2})(country, case, officer)


def appealed(country: Country, case: Case, officer: Officer) -> Life:
    yield from answered(country, case, officer)
    yield country.dice.choice((1, 4))
    opened = actions.appeal(case=case, words=country.say("appeal"), channel=Channel(case.channel))
    yield from _work_on(country, opened.case)


ON_THE_WAY: dict[Turn, int] = {
    straight: 50,
    with_a_note: 14,
    asked: 12,
    referred: 12,
    given_to_a_colleague: 5,
    about_a_colleague: 1,
    left_lying: 3,
    asked_in_vain: 3,
    withdrawn: 3,
}
AT_THE_END: dict[Turn, int] = {confirmed: 45, answered: 25, closed: 10, disputed: 11, appealed: 9}

# What the simulator's telephones find under "My cases": a question to answer, an answer to judge, two to wait for.
ON_THE_SIMULATOR: dict[int, tuple[Turn, ...]] = {
    0: (asked_in_vain,),
    1: (answered,),
    2: (with_a_note,),
    3: (left_lying,),
}


def _open(country: Country, number: int) -> Case:
    dice, on_the_simulator = country.dice, number in ON_THE_SIMULATOR
    code, _often, words = dice.choices(STORIES, [often for _code, often, _words in STORIES])[0]
    topic = catalogue().topics["sct-payment-late" if on_the_simulator else code]
    province = dice.choice(list(catalogue().provinces.values()))
    place = dice.choice([place for place in catalogue().districts.values() if place.parent_id == province.pk])
    language = dice.choice([*province.languages, "en"])
    unsorted = topic == catalogue().triage(Kind.ENQUIRY)
    channel = Channel.USSD if on_the_simulator else _channel(country, unsorted=unsorted)
    known = Known.NUMBER if on_the_simulator else _known(country, topic, channel)
    registers = topic.kind == Kind.REGISTRATION
    told = registers or (channel == Channel.DESK and known == Known.NUMBER)
    citizen = None if known == Known.ANONYMOUS else country.citizen(number, language, told=told)
    return actions.open_case(
        topic=topic,
        place=None if unsorted else place,
        words=words.format(place=place),
        known=known,
        channel=channel,
        citizen=citizen,
        language=language,
        by=country.desk(place) if channel == Channel.DESK else None,
        form=_form(country, citizen) if citizen and registers else "",
        also_for=[catalogue().agencies[scheme] for scheme in catalogue().several.get(topic.code, ())],
    ).case


def _channel(country: Country, *, unsorted: bool) -> Channel:
    """A desk is open on working days only; a telephone always. What nobody has sorted came by SMS."""
    if unsorted:
        return Channel.SMS
    channel = country.dice.choices(list(Channel), (60, 15, 20, 5))[0]
    closed_today = not catalogue().calendar.is_working(catalogue().today())
    return Channel.USSD if closed_today and channel == Channel.DESK else channel


def _known(country: Country, topic: Topic, channel: Channel) -> Known:
    """Who tells of violence or a bribe hides more often; who registers or sends an SMS has shown who they are."""
    if topic.kind == Kind.REGISTRATION:
        return Known.NUMBER
    likely = (30, 30, 40) if topic.sensitivity in ANSWERS else (86, 8, 6)
    known = country.dice.choices(list(Known), likely)[0]
    return Known.HIDDEN if known == Known.ANONYMOUS and channel == Channel.SMS else known


def _form(country: Country, citizen: Citizen) -> str:
    work = country.dice.choice(("farming", "trading", "transport", "home", "building", "green"))
    sex = country.dice.choice(("female", "male"))
    number = int((citizen.nrc or "0")[:6])
    disability = "yes" if number % 9 == 0 else "no" if number % 3 else ""  # some leave it out
    form = {"name": citizen.name, "nrc": citizen.nrc, "work": work, "sex": sex, "disability": disability}
    form["age"] = ("0-24", "25-44", "45-64", "65+", "")[number % 5]
    return json.dumps({key: answer for key, answer in form.items() if answer})


# --- A rise -------------------------------------------------------------------------------------------------

RISES_IN, RISE = "ZM110007", 12  # Mongu, where so many more than ever say in these days that a payment did not come
PAYMENT = "sct-payment-late"


def _missed_payment(country: Country, number: int) -> Life:
    words = next(words for code, _often, words in STORIES if code == PAYMENT)
    place = catalogue().districts[RISES_IN]
    case = actions.open_case(
        topic=catalogue().topics[PAYMENT],
        place=place,
        words=words.format(place=place),
        known=Known.NUMBER,
        channel=Channel.USSD,
        citizen=country.citizen(number, "loz", told=False),
        language="loz",
    ).case
    yield from _work_on(country, case)


def _these_days(country: Country, end: datetime) -> datetime:
    """Within the last two days and this week, which may have begun a moment ago."""
    today = catalogue().day_of(end)
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), country.zone)
    return end - min(timedelta(days=2), end - monday) * country.dice.random()


# --- Ninety days --------------------------------------------------------------------------------------------


@transaction.atomic
def populate(cases: int = CASES, seed: int = 20260101, days: int = DAYS) -> None:
    """People, and what happened to their cases until now. Does nothing where the demonstration's officers are."""
    if User.objects.filter(username=STAFF[0].user).exists():
        return
    dice, end = Dice(seed), clock.now()
    country = Country(dice, hire(dice))
    write_down_absences(country)
    write_ready_words(country)
    save_lists(country)
    sent_before = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    lives = [(_first_word(country, number, end, days), number, _life(country, number)) for number in range(cases)]
    lives.append((end - timedelta(days=days), cases, _days_passing(country)))
    mongu = Country(Dice(seed + 1), country.officers)  # dice of its own: the others live as they would without it
    more = range(cases + 1, cases + 1 + min(RISE, cases // 6))
    lives += [(_these_days(mongu, end), number, _missed_payment(mongu, number)) for number in more]
    _live(country, lives, until=end)
    with clock.at(end):
        _sweep()
        _fill_the_queues(country)
        tell_twice(country.say, but_not={sim.phone for sim in SIMS})
        share_out(dice, country.officers)
    answer_surveys(Dice(seed + 2), next(one for one in country.officers if one.role == Role.DESK), end)
    note_as_sent(Message.objects.filter(pk__gt=sent_before, direction=Message.Direction.OUT))
    note_calls(dice, catalogue().day_of(end), days=days)
    with clock.at(end):
        demo_monitors.write_notes({officer.user.username: officer for officer in country.officers})


def _first_word(country: Country, number: int, end: datetime, days: int) -> datetime:
    """Some time in these days, between six and nine; those of the simulator lately."""
    ago = 9 + number if number in ON_THE_SIMULATOR else days * country.dice.random() ** 1.5
    day = catalogue().day_of(end - timedelta(days=ago))
    moment = datetime.combine(day, time(country.dice.randrange(6, 21), country.dice.randrange(60)), country.zone)
    return min(moment, end)


def _live(country: Country, lives: list[tuple[datetime, int, Life]], *, until: datetime) -> None:
    """Let each take its next step, in the order of time."""
    heapq.heapify(lives)
    while lives and lives[0][0] <= until:
        moment, number, life = heapq.heappop(lives)
        with clock.at(moment):
            days = _next_step(life)
        if days != NEVER:
            heapq.heappush(lives, (country.later(moment, days), number, life))


def _hear_whether_it_lasted(country: Country) -> None:
    """Of those who were asked again, some say; to some it came back."""
    silent = Case.objects.filter(follow_up__asked_at__gt=clock.now() - timedelta(days=4), follow_up__stayed=None)
    for case in silent.order_by("pk"):
        if country.dice.random() < 0.2:
            if country.dice.random() < 0.8:
                actions.stay_solved(case=case)
            else:
                actions.reopen(case=case, words=country.say("dispute"))


def _next_step(life: Life) -> int:
    try:
        return next(life, NEVER)
    except NotAllowed:
        return NEVER  # as in life: what they meant to do was no longer possible


def _days_passing(country: Country) -> Life:
    while True:
        _sweep()
        _look_after(country)
        _hear_whether_it_lasted(country)
        anchors.anchor_alone(clock.now())
        yield 1


def _look_after(country: Country) -> None:
    """Most of those to whom a case moved up say so within days; where nobody answers for a level, nobody does."""
    moved_up = Escalation.objects.filter(acknowledged_at=None, level=F("case__level"))
    for moved in moved_up.select_related("case", "officer").order_by("pk"):
        if moved.officer and moved.case.state in OPEN and country.dice.random() < 0.3:
            actions.acknowledge(case=moved.case, by=moved.officer)


def _sweep() -> None:
    actions.escalate_overdue(clock.now())
    actions.close_silent(clock.now())
    actions.follow_up_closed(clock.now())
    actions.cover_absences(clock.now())


def _fill_the_queues(country: Country) -> None:
    """One desk's last days, of which only counts are left, and who waits there this morning."""
    officer = next(one for one in country.officers if one.user.username == "mongu")
    desk, end, numbers = catalogue().desks["mongu-desk"], clock.now(), iter(range(1000))
    past = [catalogue().day_of(end) - timedelta(days=days) for days in (2, 1)]
    mornings = [datetime.combine(day, time(8), country.zone) for day in past]
    this_hour = end - timedelta(hours=1)
    begins = [*mornings, this_hour] if catalogue().day_of(this_hour) == catalogue().day_of(end) else mornings
    for morning in begins:
        for minute in range(0, 60, 6):
            with clock.at(morning + timedelta(minutes=minute)):
                actions.give_ticket(desk=desk, by=officer, once=f"demo:{next(numbers)}")
        for called in range(9 if morning in mornings else 5):
            with clock.at(morning + timedelta(minutes=15 + 9 * called + country.dice.randrange(5))):
                actions.call_next(desk=desk, by=officer, after=called or None)
    actions.end_queue_days(end)
