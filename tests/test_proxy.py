"""Whose address counts when a limit on guessing is counted: the visitor's, whatever they claim."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from cases import access
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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "neighbour", "stranger"),
    [
        ("41.0.0.5", "41.0.0.5", "41.0.0.6"),
        ("2c0f:f248:1:2::1", "2C0F:f248:1:2:ffff:1::9", "2c0f:f248:1:3::1"),
        ("fe80::1%eth0", "fe80::2", "2c0f::1"),
        ("::ffff:41.0.0.5", "41.0.0.5", "::ffff:41.0.0.6"),
        ("", "<script>", "41.0.0.5"),
    ],
)
def test_a_household_is_one_source_and_so_is_all_that_is_no_address(monkeypatch, address, neighbour, stranger):
    monkeypatch.setattr(access, "TRIES", (("source", 1, access.HOUR),))
    tried = [
        Client(REMOTE_ADDR=source).post("/track/", {"reference": "751137484388", "pin": "0"}).status_code
        for source in (address, neighbour, stranger)
    ]
    assert tried == [422, 429, 422]
