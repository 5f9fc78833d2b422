"""Asks addresses outside whether a page is still there: when an administrator has it done, few, one after another."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import requests
from django.conf import settings

from cms.models.links import Outside

MOST = 200  # in one go: at the worst each takes as long as we wait for anybody
HEAD_NOT_LIKED = {403, 405, 501}  # some answer only who wants the whole page


def ask(addresses: Iterable[str], *, now: datetime, most: int = MOST) -> Iterator[Outside]:
    """Those never asked first, then those asked longest ago. What no page leads to any more is forgotten."""
    wanted = set(addresses)
    Outside.objects.exclude(address__in=wanted).delete()
    asked = list(Outside.objects.order_by("asked_at").values_list("address", flat=True))
    for address in [*sorted(wanted.difference(asked)), *asked][:most]:
        works, answer = _answer(address)
        facts = {"works": works, "answer": answer, "asked_at": now}
        yield Outside.objects.update_or_create(address=address, defaults=facts)[0]


def _answer(address: str) -> tuple[bool, str]:
    """Where it leads on to is not followed: who typed the address put it there."""
    try:
        for method in ("HEAD", "GET"):
            with requests.request(
                method, address, timeout=settings.GATEWAY_TIMEOUT, allow_redirects=False, stream=True
            ) as answer:
                status = answer.status_code
            if status not in HEAD_NOT_LIKED:
                break
    except requests.RequestException as error:
        return False, f"No answer ({type(error).__name__})"
    return status < requests.codes.bad_request, f"Answered {status}"
