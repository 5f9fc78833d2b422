"""A USSD session: turns what a gateway sends into one turn of the conversation, and its screen into CON or END."""

import time

import structlog
from django.db import InterfaceError, OperationalError, connection

from cases.crypto import blind
from cases.models import Channel
from channels import store
from channels.conversation import Screen, Style, Talk
from channels.dialogs import call
from channels.gateways import Hop
from channels.memory import Memory, UnderWay
from channels.speech import Caller, _, speaking
from channels.store import AnsweredElsewhere, Running

log = structlog.get_logger()

STYLE = Style(septets=160 - len("CON "))

_memory = Memory()


def answer(hop: Hop) -> str:
    """What the gateway gets, always beginning with CON or END. A hop asked twice is answered twice, done once."""
    for _try in range(2):
        try:
            return _answer(hop)
        except (OperationalError, InterfaceError):
            log.exception("ussd_failed")
            connection.close()  # a kept connection outlived its server: once more on a new one
        except Exception:  # the outermost door: whatever it is, the handset must get an END and not a dead line
            log.exception("ussd_failed")
            break
    return _sorry()


def _sorry() -> str:
    return "END " + _("Sorry, something went wrong here. Please dial again in a few minutes.")


def _answer(hop: Hop) -> str:
    index = blind(hop.phone, name="phone")
    key = f"{hop.gateway}:" + blind(f"{hop.session}:{hop.phone}", name="session")
    if reply := _from_memory(hop, key):
        return reply
    running = store.read(key, index, begun=bool(hop.transcript))
    typed = _new_input(running, hop.transcript)
    if typed is None and running.hops:
        return running.reply or "END " + _("This call is over. Please dial again.")
    try:
        with speaking(running.language):
            return _go_on(hop, _picked_up(hop, running), typed)
    except AnsweredElsewhere:
        return _what_the_other_said(running, hop)


def _from_memory(hop: Hop, key: str) -> str:
    """For one more key in a call that this process has in hand; empty where it has not, or only thinks so."""
    under_way = _memory.take(key)
    typed = _new_input(under_way.running, hop.transcript) if under_way else None
    if under_way is None or typed is None or "*" in typed:  # more than one: another process heard what lies between
        return ""
    try:
        with speaking(under_way.running.language):
            return _go_on(hop, under_way, typed)
    except AnsweredElsewhere:
        return ""


def _picked_up(hop: Hop, running: Running) -> UnderWay:
    caller = Caller(
        phone=hop.phone,
        index=running.caller,
        session="ussd:" + blind(f"{hop.gateway}:{hop.session}:{hop.phone}", name="once"),
        channel=Channel.USSD,
        language=running.language,
        language_known=running.language_known,
        draft=running.draft,
    )
    return UnderWay(running, caller, Talk(call, caller, running.state))


def _go_on(hop: Hop, under_way: UnderWay, typed: str | None) -> str:
    """One hop. Raises AnsweredElsewhere, having done nothing."""
    running, caller, talk = under_way.running, under_way.caller, under_way.talk
    with store.Claim(running) as claim:
        caller.claim = claim.take
        screen = _hear(talk, running.free_text, typed)
        after = running.after_a_hop(
            state=talk.state,
            free_text=screen.free_text,
            transcript=hop.transcript,
            language=caller.language,
            reply=("END " if screen.end else "CON ") + screen.text,
            ended=screen.end,
        )
        forget = caller.anonymous and screen.end
        if not store.write(after, screen=screen.name, resumable=caller.resumable, forget_caller=forget):
            raise AnsweredElsewhere
    if after.chose_a_language(running):
        store.remember_language(running.caller, caller.language)
    if not after.ended:
        _memory.keep(UnderWay(after, caller, talk))
    return after.reply


def _what_the_other_said(running: Running, hop: Hop) -> str:
    """Wait for it, shorter than the gateway waits for us. A dead process answers nothing: the gateway repeats."""
    for _look in range(30):
        now = store.read(running.key, running.caller, begun=True)
        if now.hops > running.hops and now.reply:
            return now.reply
        time.sleep(0.1)
    return _sorry()


def _new_input(running: Running, transcript: str) -> str | None:
    """What was typed since the last hop; None when nothing was: a new session, a repeat, a late or foreign transcript.

    The difference to the last transcript, not a split at `*`: so a `*` that somebody types survives.
    """
    last = running.transcript
    if running.hops == 0 or running.ended or transcript == last or not transcript.startswith(last):
        return None
    new = transcript[len(last) :]
    if not last:
        return new
    return new[1:] if new.startswith("*") else None


def _hear(talk: Talk, free_text: bool, typed: str | None) -> Screen:
    """One turn; more than one when the gateway lost a hop and sends two keys at once."""
    if typed is None:
        return talk.turn(None, STYLE)
    while True:
        now, star, rest = (typed, "", "") if free_text else typed.partition("*")
        screen = talk.turn(now, STYLE)
        if not star or screen.end:
            return screen
        typed, free_text = rest, screen.free_text
