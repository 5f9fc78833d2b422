"""An officer's desk without a browser: pages fetched, forms sent, texts read."""

import re
from html import unescape
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import reverse

from cases import worklist
from cases.models import Case, Officer


def desk_of(officer: Officer) -> Client:
    """As after a log-in, without one: its session stands there. All that comes with a log-in is slower than most pages."""
    user, client = officer.user, Client()
    session = SessionStore()
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def case_url(case: Case) -> str:
    return reverse("cases:case", args=[case.reference])


def send(officer: Officer, case: Case, step: str, seen: int = 0, **typed: Any) -> Any:
    """Fill in one step's form and send it."""
    fields = {f"{step}-{name}": value for name, value in typed.items()}
    return desk_of(officer).post(case_url(case), {"step": step, f"{step}-seen": seen, **fields})


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def headings(officer: Officer) -> dict[str, list[Case]]:
    """What stands under each heading of an officer's worklist; under a quiet one too, which the page counts only."""
    found = {group.key: worklist.listing(officer, {"group": group.key}).cases for group in worklist.groups(officer)}
    return {key: cases for key, cases in found.items() if cases}


def buttons(page: Any) -> set[str]:
    return set(re.findall(r'name="step" value="(\w+)"', page.content.decode()))
