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
from django.utils import timezone, translation

from cases import actions, wording
from cases.access import open_with_pin
from cases.catalogue import catalogue
from cases.crypto import blind
from cases.lifecycle import ALIVE, State
from cases.limits import HOUR, TooManyTries, count_try
from cases.models import Case, Channel, Citizen, Known
from cases.pack import Kind
from cases.reference import find_pin, find_reference, spoken
from channels import gsm7, notices, outbox, store
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
A_FEW_LETTERS = 20  # beside a reference: less than this asks where it stands, more tells us something

# What a whole message may mean, in any language we have a word for.
KEYWORDS = {
    "stop": ("stop", "unsubscribe", "stopall", "optout"),
    "start": ("start", "unstop", "subscribe"),
    "help": ("help", "menu", "info", "thandizo", "lugwasyo", "tuso"),
    "status": ("status", "case", "cases"),
    "language": ("language", "languages", "lang"),
    "yes": ("yes", "y", "ee", "inde", "inzya", "iiyi", "eni", "ee mwane", "eng'a"),
    "no": ("no", "n", "awe", "iyo", "iyayi", "peepe", "batili", "ine", "inehi"),
}
MEANING = {word: meaning for meaning, all_words in KEYWORDS.items() for word in all_words}


def receive(inbound: Inbound) -> None:
    """Keep it, once; then handle it. The gateway is told 200 as soon as it is kept."""
    message = _keep(inbound)
    if message is not None:
        handle(message, provider_knows=inbound.opt_out)


def _keep(inbound: Inbound) -> Message | None:
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
    )
    kept = Message.objects.bulk_create([row], ignore_conflicts=True)
    return (
        Message.objects.filter(
            gateway=inbound.gateway,
            provider_id=inbound.provider_id,
            direction=Message.Direction.IN,
            state=Message.State.ARRIVED,
        ).first()
        if kept
        else None
    )


def handle(message: Message, *, provider_knows: bool = False) -> None:
    """Understand one message, in one transaction; two workers never handle the same one."""
    try:
        with transaction.atomic():
            mine = Message.objects.select_for_update(skip_locked=True).filter(
                pk=message.pk, state=Message.State.ARRIVED
            )
            if (locked := mine.first()) is None:
                return
            _Letter(locked, provider_knows).understand()
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

    def __init__(self, message: Message, provider_knows: bool) -> None:
        self.message = message
        self.text = (message.text or "").strip()
        self.meaning = MEANING.get(re.sub(r"[^\w' ]", "", self.text).strip().casefold(), "")
        self.provider_knows = provider_knows
        self.known = KnownCaller.objects.filter(index=message.phone_index).first()
        self.citizen = Citizen.objects.filter(phone_index=message.phone_index).first()

    def understand(self) -> None:
        """The order of these questions is the meaning of an SMS."""
        if not _is_a_person(self.message.phone) or self._is_a_robot():
            return
        with translation.override(self.language):
            if self.meaning == "stop" or self.provider_knows:
                self._stop()
            elif self.meaning == "start":
                self._start()
            elif reference := find_reference(self.text):
                self._about(reference)
            elif self._conversation_is_open():
                self._converse()
            elif notice := self._last_notice():
                self._reply_to(notice)
            elif self.meaning in ("help", "status", "language"):
                self._converse(begin=True)
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
        """By the way they came: who writes on WhatsApp reads there."""
        self.message.case = case
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
        self._answer(_("You get our messages again."))

    def _about(self, reference: str) -> None:
        """Somebody names a case. The phone on record is known; who else asks needs the PIN."""
        case = Case.objects.select_related("topic", "citizen").filter(reference=reference).first()
        own = case is not None and self.citizen is not None and case.citizen_id == self.citizen.pk
        if not own:
            case = self._with_pin(reference)
        if case is None:
            return
        more = self.text.replace(find_pin(self.text) or "\0", "")
        more = re.sub(r"[\d .,:#-]{12,}", " ", more).strip()
        tells_something = len(more) > A_FEW_LETTERS and not more.endswith("?")
        if tells_something and own and case.state in ALIVE:
            actions.add_information(case=case, words=more)
            self._answer(_("Thank you. We added it to {reference}.").format(reference=spoken(reference)), case=case)
            return
        self._answer(_status(case), case=case)

    def _with_pin(self, reference: str) -> Case | None:
        pin = find_pin(self.text)
        try:
            case = open_with_pin(reference=reference, pin=pin, source=self.message.phone_index) if pin else None
        except TooManyTries:
            self._answer(_("Too many tries. Please wait an hour, or go to a desk."))
            return None
        if case is None:
            self._answer(_("To hear about a case, send its number and the PIN in one SMS."))
        return case

    def _last_notice(self) -> Message | None:
        """The last notice we sent, if its case is still alive and it was not long ago."""
        since = timezone.now() - timedelta(days=REPLY_DAYS)
        sent = Message.objects.filter(
            phone_index=self.message.phone_index, direction=Message.Direction.OUT, created_at__gt=since
        )
        last = (
            sent.exclude(case=None).exclude(notice="code").select_related("case__topic").order_by("-created_at").first()
        )
        alive = last is not None and last.case is not None and last.case.state in ALIVE
        return last if alive and self.meaning not in ("help", "status", "language") else None

    def _reply_to(self, notice: Message) -> None:
        case = notice.case
        assert case is not None  # by _last_notice
        if case.state == State.RESOLVED and self.meaning == "yes":
            actions.confirm(case=case)  # its own notice says so
            self.message.case = case
        elif case.state == State.RESOLVED and self.meaning == "no":
            actions.dispute(case=case)
            self.message.case = case
        elif self.text:
            actions.add_information(case=case, words=self.text)
            text = _("Thank you. We added it to {reference}.").format(reference=spoken(case.reference))
            self._answer(text, case=case)

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

    def _conversation_is_open(self) -> bool:
        since = timezone.now() - timedelta(minutes=settings.SMS_CONVERSATION_MINUTES)
        running = Session.objects.filter(key=self._key, ended=False, updated_at__gt=since).first()
        notice = self._last_notice() if running else None
        return running is not None and (notice is None or running.updated_at > notice.created_at)

    @property
    def _key(self) -> str:
        return f"sms:{self.message.phone_index}"

    def _converse(self, *, begin: bool = False) -> None:
        """One turn of the same dialogues as on USSD: one question a message."""
        index = self.message.phone_index
        if begin:
            Session.objects.filter(key=self._key).delete()
        running = store.read(self._key, index)
        caller = Caller(
            phone=self.message.phone,
            index=index,
            session="sms:" + blind(f"{self.message.gateway}:{self.message.provider_id}", name="once"),
            channel=Channel.SMS,
            language=running.language,
            language_known=running.language_known,
        )
        running = replace(running, draft=())
        state, screen = turn(call, caller, running.state, None if begin else self.text, STYLE)
        after = replace(running, state=state, language=caller.language, ended=screen.end)
        store.write(after, screen=screen.name, resumable=False, forget_caller=caller.anonymous)
        if after.chose_a_language(running):
            store.remember_language(index, caller.language)
        self._answer(screen.text)


def _status(case: Case) -> str:
    parts = (
        f"{spoken(case.reference)}:",
        str(wording.STATE[State(case.state)]),
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
