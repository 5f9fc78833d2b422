"""Whose address counts when a limit on guessing is counted: the visitor's, whatever they claim."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from sws.proxy import visitors_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "41.0.0.5", "41.0.0.5"),
        (1, "6.6.6.6, 41.0.0.5", "41.0.0.5"),
        (2, "6.6.6.6, 41.0.0.5, 10.0.0.2", "41.0.0.5"),
        (2, "41.0.0.5", "10.0.0.1"),
    ],
)
def test_the_last_addresses_are_our_proxies_word(settings, proxies, forwarded, counted):
    settings.PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    response = visitors_address(lambda request: HttpResponse(request.META["REMOTE_ADDR"]))(request)
    assert response.content.decode() == counted
