"""What a load balancer and a night watch ask: does it live, can it serve, and what is late."""

import urllib.request
from datetime import timedelta

import pytest
from django.db import OperationalError, connections
from django.test import Client
from django.utils import timezone

from channels.models import Message
from tests.builders import open_case


def test_no_visitor_meets_a_connection_that_a_restarted_database_left_behind(living_country):
    def ask() -> int:
        with urllib.request.urlopen(f"{living_country}/readyz", timeout=10) as page:
            return page.status

    assert {ask() for _visit in range(12)} == {200}  # every thread of every process has its connection now
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert {ask() for _visit in range(12)} == {200}


def test_alive_needs_nothing():
    assert Client().get("/healthz").json() == {"alive": True}


@pytest.mark.django_db
def test_ready_tells_each_part():
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"database": "ok", "valkey": "ok", "migrations": "applied", "oldest_unsent_message_seconds": 0},
    )


@pytest.mark.django_db
def test_ready_tells_how_long_an_sms_has_waited():
    open_case()
    Message.objects.update(
        created_at=timezone.now() - timedelta(minutes=5), due_at=timezone.now() - timedelta(minutes=5)
    )
    assert 300 <= Client().get("/readyz").json()["oldest_unsent_message_seconds"] < 330


@pytest.mark.django_db
def test_an_sms_that_failed_once_is_as_old_as_it_is_while_it_waits_for_its_next_try():
    open_case()
    written, again = timezone.now() - timedelta(hours=5), timezone.now() + timedelta(hours=1)
    Message.objects.update(created_at=written, due_at=again, attempts=1, failure="30008")
    assert 18_000 <= Client().get("/readyz").json()["oldest_unsent_message_seconds"] < 18_030


@pytest.mark.django_db
def test_an_sms_to_a_number_that_had_its_fill_this_hour_is_not_late(settings):
    settings.SMS_NUMBER_HOURLY_BUDGET = 1
    waits = open_case().case.messages.get()
    written, again = timezone.now() - timedelta(minutes=50), timezone.now() + timedelta(minutes=10)
    Message.objects.update(created_at=written, due_at=again)
    facts = {"direction": "out", "phone": waits.phone, "phone_index": waits.phone_index, "text": "Hello"}
    sent = Message.objects.create(state="sent", sent_at=timezone.now() - timedelta(minutes=40), **facts)
    assert Client().get("/readyz").json()["oldest_unsent_message_seconds"] == 0
    Message.objects.filter(pk=sent.pk).update(sent_at=timezone.now() - timedelta(minutes=61))
    assert Client().get("/readyz").json()["oldest_unsent_message_seconds"] >= 3000


@pytest.mark.django_db
def test_without_valkey_we_serve_and_say_so(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["valkey"]) == (200, "down")


@pytest.mark.django_db
def test_with_a_migration_missing_we_do_not_serve():
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE id IN (SELECT max(id) FROM django_migrations GROUP BY app)")
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "not applied")


@pytest.mark.django_db
def test_with_no_table_yet_we_do_not_serve_and_say_so():
    with connections["default"].cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (
        503,
        {"database": "ok", "valkey": "ok", "migrations": "not applied", "oldest_unsent_message_seconds": None},
    )


@pytest.mark.django_db
def test_without_the_database_we_do_not_serve(monkeypatch):
    def refuse():
        raise OperationalError("connection refused")

    monkeypatch.setattr(connections["default"], "cursor", refuse)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "down")
