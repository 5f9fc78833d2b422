"""An officer's desk without a browser: pages fetched, forms sent, texts read."""

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from cases.models import Case, Officer


def desk_of(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer.user)
    return client


def case_url(case: Case) -> str:
    return reverse("cases:case", args=[case.reference])


def send(officer: Officer, case: Case, step: str, seen: int = 0, **typed: Any) -> Any:
    """Fill in one step's form and send it."""
    fields = {f"{step}-{name}": value for name, value in typed.items()}
    return desk_of(officer).post(case_url(case), {"step": step, f"{step}-seen": seen, **fields})


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def buttons(page: Any) -> set[str]:
    return set(re.findall(r'name="step" value="(\w+)"', page.content.decode()))
