"""What the rounds forget: codes that open nothing any more and log-ins that are over; and nothing else."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from cases import actions
from cases.models import OneTimeCode
from channels import tasks
from tests.builders import open_case

pytestmark = pytest.mark.django_db


def test_a_code_is_forgotten_a_day_after_it_ran_out():
    for hours in (0, 23, 25, 200):
        actions.issue_code(case=open_case().case)
        OneTimeCode.objects.filter(pk=OneTimeCode.objects.latest("pk").pk).update(
            expires_at=timezone.now() - timedelta(hours=hours)
        )
    assert tasks.run("codes")
    assert OneTimeCode.objects.count() == 2


def test_a_log_in_that_is_over_is_forgotten():
    for seconds in (-1, 3600):
        visit = SessionStore()
        visit.set_expiry(timezone.now() + timedelta(seconds=seconds))
        visit.save()
    assert tasks.run("logins")
    assert [one.expire_date > timezone.now() for one in Session.objects.all()] == [True]
