"""What some of the demonstration's citizens told for the actuary's work, and the tables counted of a quarter."""

from datetime import datetime, timedelta
from random import Random

from cases import actions, clock, survey
from cases.catalogue import catalogue
from cases.models import Citizen, Officer

TOLD = 150  # in the quarter that is over: enough for tables that show something


def answer_surveys(dice: Random, officer: Officer, end: datetime) -> None:
    quarter = survey.quarter_of(catalogue().day_of(end))
    before = end - timedelta(days=(catalogue().day_of(end) - quarter).days + 1)
    citizens, questions = list(Citizen.objects.order_by("pk")), survey.questions()
    with clock.at(before):
        for _one in range(TOLD if citizens else 0):
            # Most people answer most questions, and the first answers of the list are the most frequent ones.
            asked = [question for question in questions if dice.random() < 0.9]
            said = {one.code: dice.choices(list(one.answers), range(len(one.answers), 0, -1))[0] for one in asked}
            actions.keep_survey(citizen=dice.choice(citizens), answers=said, by=officer)
    actions.release_surveys(end)
