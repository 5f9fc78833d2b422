"""The survey for the actuary: asked with consent, skipped freely, kept apart, told only as tables of many, forgotten."""

import csv
import json
from datetime import date
from typing import Any

import pytest

from cases import actions, survey
from cases.actions import rights
from cases.catalogue import catalogue
from cases.dossier import dossier
from cases.models import Case, Citizen, Disclosure, Officer, Role, SurveyRelease, SurveyReply
from cases.protection import TOTAL
from cases.registration import QUESTIONS
from channels import tasks
from tests.builders import LUSAKA_TOWN, make_citizen, make_officer, noon, on
from tests.desk import case_url, desk_of, text_of
from tests.paper import text_on
from tests.test_data_rights import asks_for
from tests.test_walk_in import walk_in

MAY, JULY = date(2026, 5, 4), date(2026, 7, 1)
QUARTER = date(2026, 4, 1)


@pytest.fixture
def grace(db) -> Officer:
    return make_officer(name="Grace", place=LUSAKA_TOWN)


def registers(officer: Officer, **said: Any) -> Any:
    """A registration at the desk; what is said of the survey comes besides."""
    facts = {"topic": "register-nhima", "nrc": "123456/78/1", "sex": "", "disability": "", "words": ""}
    return walk_in(desk_of(officer), **(facts | said))


def told(citizen: Citizen, **answers: str) -> None:
    officer = Officer.objects.first() or make_officer()
    actions.keep_survey(citizen=citizen, answers=answers, by=officer)


def released(counts: dict[tuple[str, str, str], int]) -> SurveyRelease:
    with on(MAY):
        citizen = make_citizen()
        for (sector, income, rhythm), times in counts.items():
            for _one in range(times):
                told(citizen, sector=sector, income=income, rhythm=rhythm)
    assert actions.release_surveys(noon(2026, 7, 1)) == 1
    return SurveyRelease.objects.get()


def cells(release: SurveyRelease) -> dict[tuple[str, str, str], int | None]:
    return {(row, code, answer): count for row, code, answer, count in release.cells}


# --- At the desk --------------------------------------------------------------------------------------------


def test_the_questions_are_the_packs_each_with_its_source(db):
    assert [question.code for question in survey.questions()] == ["sector", "income", "rhythm"]
    assert all(
        row.source.startswith("ILO universal social protection programme outputs, ZM 1.5") for row in catalogue().survey
    )
    work = next(question for question in QUESTIONS if question.key == "work")
    assert survey.questions()[0].answers == work.answers  # one knowledge of what work there is


def test_it_is_asked_of_a_registration_only_and_explained(grace):
    asked, not_asked = (
        text_of(desk_of(grace).get(f"/desk/new/questions/?topic={topic}"))
        for topic in ("register-nhima", "nhima-card-inactive")
    )
    before, _scripts, _without = not_asked.partition("Only if the topic is a registration")

    assert "You need not answer, and can skip each of them; what you get stays the same." in asked
    assert "When could you pay a contribution?" in asked
    assert "When could you pay" not in before


def test_what_they_agreed_to_tell_is_kept_sealed_with_the_version_of_the_words(grace):
    with on(MAY):
        answer = registers(grace, survey_agreed="on", survey_sector="farming", survey_rhythm="harvest")
    reply = SurveyReply.objects.get()

    assert answer.status_code == 303
    assert (reply.quarter, reply.agreed_to, reply.citizen) == (QUARTER, 1, Case.objects.get().citizen)
    assert json.loads(reply.answers) == {"sector": "farming", "rhythm": "harvest"}  # income was skipped


def test_without_their_consent_nothing_is_kept_and_nothing_typed_is_lost(grace):
    page = registers(grace, survey_sector="farming")

    assert page.status_code == 422
    assert "Answers are kept only if they agree." in text_of(page)
    assert '<option value="farming" selected>' in page.content.decode()
    assert (SurveyReply.objects.count(), Case.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"survey_agreed": "on"},
        {"survey_agreed": "on", "topic": "nhima-card-inactive", "words": "It is off.", "survey_sector": "farming"},
    ],
)
def test_who_skips_all_of_it_or_only_complains_is_not_asked(said, grace):
    assert registers(grace, **said).status_code == 303
    assert not SurveyReply.objects.exists()


def test_the_same_page_sent_twice_keeps_it_once(grace):
    for _time in range(2):
        registers(grace, survey_agreed="on", survey_sector="farming")

    assert (SurveyReply.objects.count(), Case.objects.count()) == (1, 1)


def test_no_desk_meets_it_again(grace):
    registers(grace, survey_agreed="on", survey_income="to-500", survey_rhythm="never")
    case = Case.objects.get()
    page = text_of(desk_of(grace).get(case_url(case)))

    assert "income" not in (case.form or "")
    for word in ("Up to K500", "I could not pay", "survey", "Survey"):
        assert word not in page
    assert not any("survey" in json.dumps(event.data) for event in case.events.all())
    for role in (Role.DESK, Role.SUPERVISOR, Role.AGENCY):
        assert desk_of(make_officer(role=role)).get("/desk/survey/").status_code == 403


# --- What is told -------------------------------------------------------------------------------------------


def test_a_quarter_is_counted_once_when_it_is_over(db):
    citizen = make_citizen()
    with on(MAY):
        told(citizen, sector="farming")
    assert [actions.release_surveys(noon(2026, 6, 30)), actions.release_surveys(noon(2026, 7, 1))] == [0, 1]
    SurveyReply.objects.create(citizen=citizen, quarter=QUARTER, agreed_to=1, answers="{}")

    assert actions.release_surveys(noon(2026, 7, 2)) == 0
    assert tasks.run("surveys")


def test_small_counts_are_hidden_and_what_would_give_them_away(db):
    """Three traders who earn little: theirs is hidden, and so is enough beside it in both tables."""
    told_cells = cells(
        released({
            ("farming", "to-500", "harvest"): 40,
            ("farming", "to-1000", "harvest"): 30,
            ("trading", "to-500", "week"): 3,
            ("trading", "to-1000", "week"): 35,
        })
    )  # fmt: skip
    shown = [count for count in told_cells.values() if count is not None]

    assert told_cells["trading", "income", "to-500"] is None
    assert min(shown) >= 10
    assert told_cells[TOTAL, "income", TOTAL] == told_cells[TOTAL, "rhythm", TOTAL] == 108
    # By the row or by the column one could take the others from the whole: so one more is hidden in each.
    beside = [told_cells["trading", "income", "to-1000"], told_cells["trading", "income", TOTAL]]
    below = [told_cells["farming", "income", "to-500"], told_cells[TOTAL, "income", "to-500"]]
    assert None in beside
    assert None in below


def test_a_total_that_stands_in_both_tables_is_told_in_both_or_in_none(db):
    release = cells(released({("farming", "to-500", "harvest"): 12, ("trading", "to-500", "week"): 7}))
    for row in (*survey.questions()[0].answers, "", TOTAL):
        assert release[row, "income", TOTAL] == release[row, "rhythm", TOTAL], row


def test_nobody_is_found_by_comparing_before_and_after_an_erasure(db):
    release = released({("farming", "to-500", "harvest"): 12})
    SurveyReply.objects.all()[:1].get().delete()

    assert actions.release_surveys(noon(2026, 7, 2)) == 0
    assert cells(SurveyRelease.objects.get()) == cells(release)


def test_the_manager_gets_protected_tables_only_and_that_is_on_record(db):
    released({("farming", "to-500", "harvest"): 40, ("trading", "to-1000", "week"): 4})
    desk = desk_of(make_officer(role=Role.MANAGER))
    page, file = text_of(desk.get("/desk/survey/")), desk.get("/desk/survey/2026-04-01/")
    lines = list(csv.reader(file.content.decode("utf-8-sig").splitlines()))

    assert "The three months from April 2026" in page
    assert "hidden" in page
    assert {cell for line in lines for cell in line if cell.isdecimal() and int(cell) < 10} == set()
    assert Disclosure.objects.get().what == Disclosure.What.EXPORT
    assert [desk.get(f"/desk/survey/{day}/").status_code for day in ("2026-07-01", "soon")] == [404, 404]


# --- Whose it is ----------------------------------------------------------------------------------------------


def test_the_citizen_may_see_it(db):
    citizen = make_citizen(name="Bwalya")
    with on(MAY):
        told(citizen, sector="farming")
    said = text_on(dossier(citizen, []))

    assert "Your answers to the survey, from 01/04/2026" in said
    assert "Farming or fishing" in said


def test_it_goes_with_the_citizen_and_when_they_object(grace):
    erased, objects = make_citizen(), make_citizen()
    for citizen in (erased, objects):
        told(citizen, sector="farming")
    rights._forget(erased)
    assert [reply.citizen for reply in SurveyReply.objects.all()] == [objects]

    officer = make_officer(clearances=("private",))
    actions.stop_use(case=asks_for("stop", objects, officer), by=officer, words="Stop it all.")
    assert not SurveyReply.objects.exists()


def test_what_was_not_offered_is_not_kept(db):
    told(make_citizen(), sector="gold", mood="good")
    assert not SurveyReply.objects.exists()
