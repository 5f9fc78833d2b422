"""An SMS that came in: kept first, then understood. What it means is decided here, in one readable order.

A message is stored once per provider id, for ever, before anything is done with it; if its handling fails, a worker
tries again. Nobody but a phone on record, or a reference with its PIN, learns anything about a case.
"""

import re
from dataclasses import replace
from datetime import timedelta

import phonenumbers
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from cases import actions, wording
from cases.access import open_with_pin
from cases.catalogue import catalogue
from cases.crypto import blind
from cases.joined import GOES_ON, led_to
from cases.lifecycle import ALIVE, State
from cases.limits import HOUR, TooManyTries, count_try
from cases.models import Case, Channel, Citizen, FollowUp, Known
from cases.pack import Kind
from cases.reference import find_pin, find_reference, spoken
from channels import gsm7, keywords, notices, outbox, store
from channels.conversation import State as Answers
from channels.conversation import Style, turn
from channels.dialogs import call
from channels.gateways import Inbound
from channels.models import Caller as KnownCaller
from channels.models import Message, Session
from channels.speech import Caller, _

log = structlog.get_logger()

STYLE = Style(septets=306, options=8)  # two parts, and more options than a handset's menu holds
ANSWERS_AN_HOUR = 20  # more than this and we are talking to a robot
REPLY_DAYS = 14
A_FEW_LETTERS = 16  # beside a case number: up to so many ask where it stands, more tell us something
ASKING = (State.RESOLVED, State.WAITING)  # states in which we may have asked for a YES or a NO
CASES_TOLD = 3  # by STATUS, the newest

AT_THE_DOOR = {"language", "menu"}  # screens of a talk in which nothing was chosen yet
BEGINNINGS: dict[str, tuple[str, ...]] = {"help": (), "language": ("language",)}  # the answers a talk begins with


def receive(inbound: Inbound) -> None:
    """Keep it, once; then handle it. The gateway is told 200 as soon as it is kept."""
    if message := _keep(inbound):
        handle(message)


def _keep(inbound: Inbound) -> Message | None:
    """The message if it is still to be handled; None when it came before and was."""
    row = Message(
        direction=Message.Direction.IN,
        state=Message.State.ARRIVED,
        gateway=inbound.gateway,
        provider_id=inbound.provider_id,
        phone=inbound.phone,
        phone_index=blind(inbound.phone, name="phone"),
        to=inbound.to[:24],
        text=inbound.text,
        network=inbound.network[:16],
        notice=inbound.settled,
    )
    Message.objects.bulk_create([row], ignore_conflicts=True)
    same = {"gateway": inbound.gateway, "provider_id": inbound.provider_id, "direction": Message.Direction.IN}
    return Message.objects.filter(**same, state=Message.State.ARRIVED).first()


def handle(message: Message) -> None:
    """Understand one message, in one transaction; two workers never handle the same one."""
    try:
        with transaction.atomic():
            mine = Message.objects.select_for_update(skip_locked=True).filter(
                pk=message.pk, state=Message.State.ARRIVED
            )
            if (locked := mine.first()) is None:
                return
            _Letter(locked).understand()
            locked.state = Message.State.HANDLED
            locked.save(update_fields=["state", "case", "attempts"])
    except Exception:  # kept and tried again by a worker: a message that was acknowledged is never lost
        log.exception("sms_failed", message=message.pk)
        again = timezone.now() + timedelta(minutes=2 ** min(message.attempts, 8))
        Message.objects.filter(pk=message.pk).update(attempts=message.attempts + 1, due_at=again)


def handle_left_over() -> int:
    """Handle what arrived and was not finished: its web process died, or something failed."""
    waiting = Message.objects.filter(
        direction=Message.Direction.IN,
        state=Message.State.ARRIVED,
        due_at__lt=timezone.now() - timedelta(seconds=10),
    )
    messages = list(waiting.order_by("due_at")[:100])
    for message in messages:
        handle(message)
    return len(messages)


class _Letter:
    """One message being understood."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.text = (message.text or "").strip()
        self.known = KnownCaller.objects.filter(index=message.phone_index).first()
        self.citizen = Citizen.objects.filter(phone_index=message.phone_index).first()
        self.meaning = keywords.meaning(self.text, self.language)
        self.talks_too_much = False

    def understand(self) -> None:
        """The order of these questions is the meaning of an SMS."""
        if not _is_a_person(self.message.phone):
            return
        self.talks_too_much = self._is_a_robot()
        with translation.override(self.language):
            if self.message.notice and not self._answers_us():
                self._follow_the_provider()
            elif self.meaning == "stop":
                self._stop()
            elif self.meaning == "start":
                self._start()
                self._answer(_("You get our messages again."))
            elif self.talks_too_much:
                self._add_in_silence()
            elif self.meaning in BEGINNINGS:
                self._converse(begin=BEGINNINGS[self.meaning])
            elif self.meaning == "status":
                self._tell_all()
            else:
                self._understand_words()

    def _understand_words(self) -> None:
        screen = self._open_screen()
        reference = None if screen in ("reference", "pin") else find_reference(self.text)
        if reference and self._about(reference):
            return
        if screen:
            self._converse()
        elif notice := self._last_notice():
            self._reply_to(notice)
        elif self.text:
            self._open()

    @property
    def language(self) -> str:
        stored = (self.known.language if self.known else "") or (self.citizen.language if self.citizen else "")
        return stored or catalogue().country.default_language

    def _is_a_robot(self) -> bool:
        try:
            count_try(f"sms-in:{self.message.phone_index}", limit=ANSWERS_AN_HOUR, seconds=HOUR)
        except TooManyTries:
            return True
        return False

    def _answer(self, text: str, *, case: Case | None = None) -> None:
        """By the way they came: who writes on WhatsApp reads there. Two robots would answer each other for ever."""
        self.message.case = case
        if self.talks_too_much:
            return
        way = outbox.WHATSAPP if self.message.network == "whatsapp" else ""
        notices.queue(
            phone=way + self.message.phone,
            index=self.message.phone_index,
            text=gsm7.plain(text),
            case=case,
            notice="answer",
            language=self.language,
        )

    def _stop(self) -> None:
        outbox.note_opt_out(phone_index=self.message.phone_index, now=timezone.now())  # and no reply: silence was asked

    def _start(self) -> None:
        KnownCaller.objects.update_or_create(index=self.message.phone_index, defaults={"opted_out_at": None})

    def _answers_us(self) -> bool:
        """A provider takes a lone YES for a START; from who never stopped it is an answer to our question."""
        stopped = self.known is not None and self.known.opted_out_at is not None
        return self.message.notice == "start" and self.meaning == "yes" and not stopped

    def _follow_the_provider(self) -> None:
        """It took the message for a STOP or START and answered it: a second answer would confuse."""
        if self.message.notice == "stop":
            self._stop()
        elif self.message.notice == "start":
            self._start()

    def _add_in_silence(self) -> None:
        """Beyond the hour's number of answers nothing new is begun, but what is told about a case is kept."""
        if (notice := self._last_notice()) and notice.case and _goes_on(notice.case) and self.text:
            self._tell_the_office(notice.case, self.text)

    def _tell_all(self) -> None:
        """STATUS: where each of this phone's open cases stands."""
        mine = Case.objects.of_citizen(self.citizen).filter(GOES_ON, sensitivity__in=["open", "private"])
        newest = mine.select_related("topic").order_by("-opened_at")[: 2 * CASES_TOLD]
        cases = [case for case in newest if led_to(case) == case][:CASES_TOLD]  # two that are one are told once
        for case in reversed(cases):
            self._answer(_status(case), case=case)
        if not cases:
            self._answer(_("We know of no open case of this phone. Send HELP to begin, or a case number and its PIN."))

    def _about(self, reference: str) -> bool:
        """Somebody names a case. The phone on record is known; anybody else needs the PIN, and learns nothing before.

        False when this is no message about a case after all: a long text with twelve digits in it.
        """
        case = Case.objects.select_related("topic", "citizen").filter(reference=reference).first()
        own = case is not None and self.citizen is not None and case.citizen_id == self.citizen.pk
        pin = None if own else find_pin(self.text)
        words = _without_numbers(self.text, pin)
        if own or pin:
            case = case if own else self._with_pin(reference, pin or "")
            return case is None or self._hear_about(case, words)
        if len(words) > A_FEW_LETTERS or _is_a_person("+" + reference):
            return False  # a story with a number in it, or a telephone number
        self._answer(_("To hear about a case, send its number and the PIN in one SMS."))
        return True

    def _hear_about(self, case: Case, words: str) -> bool:
        named, case = case, led_to(case)
        said, why = keywords.answer(words, self.language)
        if said and _asks(case):
            self._decide(case, said, why)
        elif not _goes_on(case) and len(words) > A_FEW_LETTERS:
            return False  # the case is closed and they have something to say: that is a new matter
        elif (case.state == State.WAITING and words) or len(words) > A_FEW_LETTERS:
            self._tell_the_office(case, words)
        else:
            self._answer(_status(named), case=case)
        return True

    def _with_pin(self, reference: str, pin: str) -> Case | None:
        try:
            case = open_with_pin(reference=reference, pin=pin, source=self.message.phone_index)
        except TooManyTries:
            self._answer(_("Too many tries. Please wait an hour, or go to a desk."))
            return None
        if case is None:
            self._answer(_("To hear about a case, send its number and the PIN in one SMS."))
        return case

    def _last_notice(self) -> Message | None:
        """The last notice we sent, if its case is still alive or asks something, and it was not long ago."""
        since = timezone.now() - timedelta(days=REPLY_DAYS)
        sent = Message.objects.filter(
            phone_index=self.message.phone_index, direction=Message.Direction.OUT, created_at__gt=since
        )
        last = (
            sent.exclude(case=None).exclude(notice="code").select_related("case__topic").order_by("-created_at").first()
        )
        return last if last is not None and last.case is not None and _can_hear(last.case) else None

    def _reply_to(self, notice: Message) -> None:
        """YES and NO are an answer only to the SMS that asked; a private case's SMS asks nothing."""
        assert notice.case is not None  # by _last_notice
        case = led_to(notice.case)
        said, why = keywords.answer(self.text, self.language)
        if self._is_the_last_word(notice):
            self._decide_which(case, said, why)
        elif case.is_sensitive and len(self.text) <= A_FEW_LETTERS:
            self._answer(_("Please dial us, or ask at a desk. We say nothing about it by SMS."), case=case)
        elif not _goes_on(case):
            self._open()  # it asked for a YES or a NO and got something else: that is a new matter
        elif self.text:
            self._tell_the_office(case, self.text)

    def _decide_which(self, case: Case, said: str, why: str) -> None:
        """A lone YES is taken for the one case that asks; where there are two, we ask which."""
        asking = Q(state__in=ASKING) | Q(follow_up__asked_at__isnull=False, follow_up__stayed=None)
        mine = Case.objects.of_citizen(self.citizen).filter(asking, sensitivity="open")
        if sum(map(_asks, mine)) > 1:
            self._answer(_("We asked you more than one thing. Please send YES or NO with the number of the case."))
        else:
            self._decide(case, said, why)

    def _decide(self, case: Case, said: str, why: str) -> None:
        """The notice that follows from it says so; no second SMS."""
        self.message.case = case
        if case.state == State.WAITING:
            self._decide_on_sharing(case, said, why)
        elif case.state == State.CLOSED:
            self._decide_on_lasting(case, said, why)
        elif said == "yes":
            actions.confirm(case=case)
        else:
            actions.dispute(case=case, words=why)

    def _decide_on_sharing(self, case: Case, said: str, why: str) -> None:
        if said == "yes":
            actions.consent(case=case)
        else:
            actions.refuse_consent(case=case, words=why)
            self._answer(_("Thank you. We go on without the other office."), case=case)

    def _decide_on_lasting(self, case: Case, said: str, why: str) -> None:
        if said == "yes":
            actions.stay_solved(case=case)
            self._answer(_("Good. Thank you for telling us."), case=case)
        else:
            actions.reopen(case=case, words=why)

    def _tell_the_office(self, case: Case | None, words: str) -> None:
        assert case is not None
        case = led_to(case)
        actions.add_information(case=case, words=words)
        self._answer(_("Thank you. We added it to {reference}.").format(reference=spoken(case.reference)), case=case)

    def _open(self) -> None:
        """Nobody has sorted it yet: it becomes a question for triage, and the notice says so with its number."""
        citizen = actions.find_or_add_citizen(phone=self.message.phone, language=self.language)
        opened = actions.open_case(
            topic=catalogue().triage(Kind.ENQUIRY),
            place=None,
            words=self.text,
            known=Known.NUMBER,
            channel=Channel.SMS,
            citizen=citizen,
            language=self.language,
            once="sms:" + blind(f"{self.message.gateway}:{self.message.provider_id}", name="once"),
        )
        self.message.case = opened.case

    def _open_screen(self) -> str:
        """Which question of a conversation is waiting for this phone's answer, if one is."""
        since = timezone.now() - timedelta(minutes=settings.SMS_CONVERSATION_MINUTES)
        running = Session.objects.filter(key=self._key, ended=False, updated_at__gt=since).first()
        if running is None:
            return ""
        notice = self._last_notice()
        if running.screen in AT_THE_DOOR and notice and self._is_the_last_word(notice):
            return ""
        is_newer = notice is None or notice.notice == "answer" or running.updated_at > notice.created_at
        return running.screen if is_newer else ""

    def _is_the_last_word(self, notice: Message) -> bool:
        """A yes or a no to what we asked: it says nothing to a menu of which nothing was chosen yet."""
        assert notice.case is not None  # by _last_notice
        case = led_to(notice.case)
        return bool(keywords.answer(self.text, self.language)[0]) and _asks(case) and not case.is_sensitive

    @property
    def _key(self) -> str:
        return f"sms:{self.message.phone_index}"

    def _converse(self, *, begin: tuple[str, ...] | None = None) -> None:
        """One turn of the same dialogues as on USSD: one question a message. `begin`: the answers to begin with."""
        index = self.message.phone_index
        if begin is not None:
            Session.objects.filter(key=self._key).delete()
        running = replace(store.read(self._key, index), draft=())
        caller = Caller(
            phone=self.message.phone,
            index=index,
            session="sms:" + blind(f"{self.message.gateway}:{self.message.provider_id}", name="once"),
            channel=Channel.SMS,
            language=running.language,
            language_known=running.language_known,
        )
        said: str | None = self.text
        if begin is not None:
            running, said = replace(running, state=Answers(begin if running.language_known else ())), None
        state, screen = turn(call, caller, running.state, said, STYLE)
        after = running.after_a_hop(state=state, language=caller.language, ended=screen.end)
        store.write(after, screen=screen.name, resumable=False, forget_caller=caller.anonymous)
        if after.chose_a_language(running):
            store.remember_language(index, caller.language)
        self._answer(screen.text)


def _asks(case: Case) -> bool:
    """Did our last SMS about it ask for a YES or a NO?"""
    if case.state == State.WAITING:
        return bool(actions.consent_sought(case))
    return case.state == State.RESOLVED or FollowUp.waits_for(case)


def _can_hear(case: Case) -> bool:
    return _goes_on(case) or FollowUp.waits_for(case)


def _without_numbers(text: str, pin: str | None) -> str:
    """What is said beside a case number and a PIN; a line ends where the number stood: "No 1234 5678 9012 it broke"."""
    words = text.replace(pin, " ") if pin else text
    return re.sub(r"\s*\+?\d[\d .:#-]{10,}", "\n", words).strip(" .,:;#-\n")


def _goes_on(case: Case) -> bool:
    stays = case.merged_into if case.is_joined else None
    return case.state in ALIVE or (stays is not None and stays.state in ALIVE)


def _status(named: Case) -> str:
    case = led_to(named)
    parts = (
        wording.joined(named),
        f"{spoken(case.reference)}:",
        wording.state(case),
        wording.promise(case, catalogue().today()),
        wording.what_next(case),
    )
    return " ".join(filter(None, parts))


def _is_a_person(phone: str) -> bool:
    """A subscriber of this country; not a short code, not “MTN”, not a robot abroad."""
    region = catalogue().country.phone_region
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number_for_region(number, region)
