"""Lists as files: who gets what in them, made by a worker, run by no spreadsheet, fetched by one person, gone in time."""

import csv
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from openpyxl import load_workbook

from cases import actions, exports
from cases.actions import people
from cases.actions.lists import drop_lists
from cases.actions.people import Assignment
from cases.breach import seen
from cases.models import Citizen, Disclosure, Event, Export, Reading, Role
from cases.pack import Topic
from cases.spreadsheets import TABLES, harmless
from channels import bell, tasks
from tests.builders import EVERYTHING, KAFUE, LUSAKA_TOWN, MONGU, a_place, make_case, make_citizen, make_officer
from tests.desk import desk_of, text_of

pytestmark = pytest.mark.django_db

ADDRESS = "/desk/exports/"


@pytest.fixture
def manager():
    return make_officer(name="Mary Phiri", role=Role.MANAGER)


def ask(officer, *, what="cases", kind="csv", once=None, **narrowed):
    return desk_of(officer).post(ADDRESS, {"once": once or uuid4(), "what": what, "kind": kind, **narrowed})


def made(officer, **asked):
    """The rows of the file, as text."""
    assert ask(officer, **asked).status_code == 303
    exports.make_wanted()
    export = officer.exports.latest("pk")
    assert export.state == "ready", export.why
    return list(csv.reader(io.StringIO(desk_of(officer).get(f"{ADDRESS}{export.name}/").content.decode("utf-8-sig"))))


def made_by(officer):
    made(officer)
    return officer.exports.get()


# --- What stands in it -----------------------------------------------------------------------------------


def test_a_list_of_cases_holds_what_its_maker_may_see_and_no_citizen():
    supervisor = make_officer(role=Role.SUPERVISOR, place=LUSAKA_TOWN)
    citizen = make_citizen(name="Chanda Mwale", phone="+260971234599", nrc="123456/78/1")
    case = make_case(citizen=citizen, words="My mother is ill.")
    make_case(place=MONGU)
    make_case(topic="violence")
    rows = made(supervisor)

    assert [row[0] for row in rows] == ["Case", str(case)]
    facts = dict(zip(*rows, strict=True))
    assert (facts["Agency"], facts["District"], facts["State"]) == ("NHIMA", "Lusaka", "Received")
    everything = repr(rows)
    for personal in ("Chanda", "971234599", "123456", "mother"):
        assert personal not in everything


def test_it_is_narrowed_as_asked(manager):
    mine = make_case(state="closed", place=KAFUE)
    make_case()
    closed = made(manager, state="closed", agency="NHIMA")
    assert [row[0] for row in closed] == ["Case", str(mine)]
    assert made(manager, state="closed", agency="NAPSA") == closed[:1]
    assert made(manager, since="2100-01-01") == closed[:1]


@pytest.mark.parametrize(
    ("what", "said"),
    [("cases", {"state": "closed", "since": "2026-01-01"}), ("between", {"since": "2026-01-01"}), ("load", {})],
)
def test_a_list_is_said_to_be_narrowed_only_by_what_it_can_be(manager, what, said):
    ask(manager, what=what, state="closed", since="2026-01-01")
    assert Export.objects.get().asked == said


@pytest.mark.parametrize(
    ("what", "offered"),
    [
        ("cases", {"state", "matter", "agency", "since", "until"}),
        ("between", {"since", "until"}),
        ("load", set()),
        ("figures", set()),
    ],
)
def test_each_list_offers_the_filters_it_obeys_and_no_others(manager, what, offered):
    fixed = {"once", "what", "kind", "csrfmiddlewaretoken"}
    page = desk_of(manager).get(ADDRESS, {"what": what}).content.decode()
    assert {*re.findall(r'<(?:input|select)[^>]* name="(\w+)"', page)} - fixed == offered
    head = make_officer(role=Role.AGENCY_HEAD)
    page = desk_of(head).get(ADDRESS, {"what": what}).content.decode()
    assert {*re.findall(r'<(?:input|select)[^>]* name="(\w+)"', page)} - fixed == offered - {"agency"}


@pytest.mark.parametrize(
    ("what", "asked"),
    [("cases", name) for name in ("state", "matter", "agency", "since", "until")]
    + [("between", "since"), ("between", "until")],
)
def test_each_filter_that_is_offered_is_obeyed(manager, what, asked):
    """One value finds the case or the asking, another does not."""
    make_case(state="referred")
    right = {
        "state": "referred",
        "matter": "complaint",
        "agency": "NHIMA",
        "since": "2020-01-01",
        "until": "2100-01-01",
    }
    wrong = {"state": "closed", "matter": "enquiry", "agency": "NAPSA", "since": "2100-01-01", "until": "2020-01-01"}
    assert len(made(manager, what=what, **{asked: right[asked]})) == 2
    assert len(made(manager, what=what, **{asked: wrong[asked]})) == 1


def test_rights_are_those_at_the_time_of_making():
    supervisor = make_officer(role=Role.SUPERVISOR)
    make_case()
    ask(supervisor)
    supervisor.role = Role.DESK
    supervisor.save()
    exports.make_wanted()
    assert supervisor.exports.get().state == "failed"


def test_whoever_may_not_make_lists_is_told_so():
    assert ask(make_officer(role=Role.DESK)).status_code == 403


@pytest.mark.parametrize(
    ("what", "column"), [("load", "Taken this week"), ("between", "Asked agency"), ("figures", "Figure")]
)
def test_what_is_counted_can_be_had_as_a_file(manager, what, column):
    make_case(state="referred")
    rows = made(manager, what=what)
    assert column in rows[0]
    assert len(rows) > (0 if what == "figures" else 1)


def test_the_list_of_work_says_who_has_how_much(manager):
    busy = make_officer(name="Busy Banda")
    for _time in range(2):
        make_case(state="in_progress", officer=busy)
    make_case(state="resolved", officer=busy)
    rows = {row[0]: row for row in made(manager, what="load")}
    assert rows["Busy Banda"][4:] == ["2", "0", "3", "0.0"]


# --- No cell is run --------------------------------------------------------------------------------------

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "＝1",
    "=cmd|' /C calc'!A0",
    "\x00=1",
    "\ufeff=1",
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_begins_like_a_formula(kind):
    table = TABLES[kind]()
    table.add([*HOSTILE, "a=1", None, -1])
    file = table.finish()
    if kind == "csv":
        assert file.startswith(b"\xef\xbb\xbf")
        [cells] = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""))
        assert cells[-3:] == ["a=1", "", "-1"]
    else:
        [row] = load_workbook(io.BytesIO(file)).active.iter_rows()
        assert [cell.data_type for cell in row][:-2] == ["s"] * (len(HOSTILE) + 1)
        cells = [cell.value for cell in row]
        assert cells[-3:] == ["a=1", None, -1]
    assert [cell[0] for cell in cells[: len(HOSTILE)]] == ["'"] * len(HOSTILE)


def test_what_is_no_letter_stops_no_file():
    assert harmless("a\x0b\ud800b") == "ab"


def test_an_officer_called_like_a_formula_is_but_a_name(manager):
    make_officer(name="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in [row[0] for row in made(manager, what="load")]


# --- Whose it is, and until when -------------------------------------------------------------------------


def test_only_who_asked_fetches_it(manager):
    made(manager)
    address = f"{ADDRESS}{Export.objects.get().name}/"
    assert desk_of(manager).get(address).status_code == 200
    assert desk_of(make_officer(role=Role.MANAGER)).get(address).status_code == 404
    assert desk_of(make_officer(role=Role.DESK)).get(address).status_code == 403


def test_a_form_sent_twice_makes_one_file(manager):
    once = uuid4()
    for _time in range(2):
        ask(manager, once=once)
    assert Export.objects.count() == 1


def test_a_file_goes_after_some_days(manager):
    made(manager)
    exports.forget_old(timezone.now() + exports.KEPT - timedelta(hours=1))
    assert Export.objects.count() == 1
    exports.forget_old(timezone.now() + exports.KEPT + timedelta(hours=1))
    assert Export.objects.count() == 0
    assert Disclosure.objects.count() == 1


def test_what_its_maker_may_see_no_longer_is_fetched_by_nobody():
    supervisor = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
    other = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
    case = make_case()
    fetch = [f"{ADDRESS}{made_by(officer).name}/" for officer in (supervisor, other)]

    actions.name_officer(case=case, by=other, officer=supervisor, words="The citizen says it was her.")

    assert [desk_of(one).get(at).status_code for one, at in zip((supervisor, other), fetch, strict=True)] == [404, 200]
    assert "ask for it again" in text_of(desk_of(supervisor).get(ADDRESS))
    assert [row[0] for row in made(supervisor)] == ["Case"]

    lesser = Assignment(role=Role.SUPERVISOR, place=a_place(MONGU))
    people.change_scope(officer=other, by=make_officer(role=Role.ADMINISTRATOR), assignment=lesser)
    assert desk_of(other).get(fetch[1]).status_code == 404


@pytest.mark.parametrize("becomes", ["about staff", "safeguarding"])
def test_a_list_with_a_case_that_became_more_sensitive_is_kept_by_nobody_who_may_not_read_it_now(becomes):
    case, colleague = make_case(place=KAFUE), make_officer()
    cleared = make_officer(role=Role.AUDITOR, clearances=EVERYTHING)
    lead = make_officer(role=Role.SUPERVISOR, place=KAFUE)
    elsewhere = make_officer(role=Role.SUPERVISOR, place=MONGU)
    makers = [cleared, lead, make_officer(role=Role.MANAGER), elsewhere]
    for maker in makers:
        made_by(maker)

    if becomes == "about staff":
        actions.name_officer(case=case, by=lead, officer=colleague, words="The citizen says it was him.")
    else:
        actions.sort(case=case, by=lead, topic=Topic.objects.get(pk="violence"), place=a_place(MONGU))

    assert [maker.exports.get().state for maker in makers] == ["ready", "failed", "failed", "ready"]


def test_a_list_that_waits_when_its_maker_may_see_less_is_not_made_of_what_was(manager):
    ask(manager)
    drop_lists(manager)
    assert exports.make_wanted() == 0
    assert manager.exports.get().state == "failed"


def test_a_list_that_is_being_made_when_its_maker_may_see_less_is_not_given_out(manager, monkeypatch):
    make_case()
    ask(manager)
    record = exports.actions.record_exported
    monkeypatch.setattr(exports.actions, "record_exported", lambda **facts: (record(**facts), drop_lists(manager)))
    exports.make_wanted()
    assert (manager.exports.get().state, manager.exports.get().file) == ("failed", None)


def test_in_the_database_the_file_is_sealed(manager):
    make_case()
    made(manager)
    with connection.cursor() as cursor:
        cursor.execute("SELECT file FROM cases_export")
        [stored] = cursor.fetchone()
    assert b"Q2FzZ" not in bytes(stored)  # "Case" in base64


# --- What is written down --------------------------------------------------------------------------------


def test_each_file_is_in_the_log_and_each_case_in_it_was_read():
    auditor = make_officer(name="Grace Soko", role=Role.AUDITOR, clearances=EVERYTHING)
    plain, violence = make_case(), make_case(topic="violence")
    made(auditor, kind="csv")

    log = Disclosure.objects.get()
    assert (log.what, log.by, log.to, log.ground, log.cases) == (
        "export",
        auditor,
        "Grace Soko",
        "Cases (csv): no limits",
        2,
    )
    assert list(Reading.objects.values_list("case", "officer")) == [(plain.pk, auditor.pk)]
    read = Event.objects.get(kind="read")
    assert (read.case_id, read.officer, read.data["what"]) == (violence.pk, auditor, "export")


# --- The job ---------------------------------------------------------------------------------------------


def test_the_page_says_how_far_it_is_and_looks_again_by_itself(manager):
    ask(manager)
    Export.objects.update(state="making", total=300, done=120)
    page = desk_of(manager).get(ADDRESS)
    assert "Being made: 120 of 300" in text_of(page)
    assert 'hx-trigger="every 3s"' in page.content.decode()
    Export.objects.update(state="ready")
    page = desk_of(manager).get(ADDRESS)
    assert "Fetch the file" in text_of(page)
    assert "hx-trigger" not in page.content.decode()


def test_the_bell_is_rung_for_a_file(manager, django_capture_on_commit_callbacks):
    queue = bell.Queue(bell.QUEUE, connection=bell._bell().valkey)
    queue.empty()
    bell.heard(bell.EXPORTS)
    with django_capture_on_commit_callbacks(execute=True):
        ask(manager)
    assert [job.func_name for job in queue.jobs] == [bell.EXPORTS]
    queue.empty()


def test_a_silent_bell_loses_nothing_and_a_dead_worker_neither(manager):
    ask(manager)
    assert tasks.run("exports")
    assert Export.objects.get().state == "ready"

    Export.objects.update(state="making", ours_until=timezone.now() + timedelta(minutes=1), file=None)
    assert exports.make_wanted() == 0  # somebody is at it
    Export.objects.update(ours_until=timezone.now() - timedelta(seconds=1))
    assert exports.make_wanted() == 1
    assert Export.objects.get().state == "ready"


def test_a_list_made_again_after_its_worker_died_is_whole_and_given_out_once(manager, monkeypatch):
    cases = {str(make_case()) for _time in range(3)}
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    ask(manager)
    with monkeypatch.context() as dying:

        def die(**_facts):
            raise MemoryError

        dying.setattr(exports.actions, "note_export", die)
        assert not tasks.run("exports")
    assert (Export.objects.get().state, Disclosure.objects.count()) == ("making", 0)
    Export.objects.update(ours_until=timezone.now() - timedelta(seconds=1))
    assert exports.make_wanted() == 1
    export = Export.objects.get()
    rows = list(csv.reader(io.StringIO(desk_of(manager).get(f"{ADDRESS}{export.name}/").content.decode("utf-8-sig"))))
    assert {row[0] for row in rows[1:]} == cases
    assert (len(rows), Disclosure.objects.count()) == (4, 1)


def test_who_saw_what_names_the_file_and_each_case_in_it(manager):
    plain = make_case()
    before = timezone.now()
    made(manager)
    lines = [(line.officer, line.reference, line.what) for line in seen(before, timezone.now())]
    assert sorted(lines) == sorted([(manager.pk, plain.reference, "read"), (manager.pk, "", "export")])


def test_what_kills_every_worker_is_given_up(manager):
    ask(manager)
    Export.objects.update(state="making", ours_until=timezone.now() - timedelta(seconds=1), tries=exports.TRIES)
    exports.make_wanted()
    assert Export.objects.get().state == "failed"
    assert "several times" in text_of(desk_of(manager).get(ADDRESS))


def test_too_many_cases_are_refused_with_a_word(manager, monkeypatch):
    monkeypatch.setattr(exports, "MOST", 1)
    for _time in range(2):
        make_case()
    ask(manager)
    exports.make_wanted()
    assert Export.objects.get().why == "These are 2 cases; a file holds 1. Choose fewer."


def test_a_list_longer_than_a_piece_is_whole(manager, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    for _time in range(5):
        make_case()
    assert len(made(manager)) == 6
    assert (Export.objects.get().done, Citizen.objects.count()) == (5, 5)
