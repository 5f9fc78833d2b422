"""The survey for the actuary's work: apart from the case, for who agreed; counted once a quarter, told no further."""

import json
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases import clock, survey
from cases.actions.core import NotAllowed
from cases.catalogue import catalogue
from cases.models import SURVEY_WORDS, Citizen, Officer, SurveyRelease, SurveyReply
from cases.permissions import may_open


def keep_survey(*, citizen: Citizen, answers: Mapping[str, str], by: Officer) -> None:
    """The answers they agreed to give. Nothing of it stands in the case or its history: no desk meets it again."""
    if not may_open(by, "intake"):
        raise NotAllowed(_("You may not do this."))
    offered = {question.code: question.answers for question in survey.questions()}
    said = {code: answer for code, answer in answers.items() if answer in offered.get(code, ())}
    quarter = survey.quarter_of(catalogue().today())
    if said:
        row = {"quarter": quarter, "agreed_to": SURVEY_WORDS}
        SurveyReply.objects.create(citizen=citizen, answers=json.dumps(said), **row)


def release_surveys(now: datetime) -> int:
    """Count each quarter that is over, once. Returns how many were."""
    running = survey.quarter_of(catalogue().day_of(now))
    over = SurveyReply.objects.filter(quarter__lt=running)
    waiting = over.exclude(quarter__in=SurveyRelease.objects.values("quarter")).values_list("quarter", flat=True)
    return sum(_release(quarter) for quarter in sorted(set(waiting)))


@transaction.atomic
def _release(quarter: date) -> bool:
    replies = SurveyReply.objects.filter(quarter=quarter)
    cells = survey.tables(json.loads(reply.answers) for reply in replies)
    facts = {"made_at": clock.now(), "cells": cells}
    return SurveyRelease.objects.get_or_create(quarter=quarter, defaults=facts)[1]
