"""The statistics tables: each figure with unit, date and source, nothing invented, signed off until it changes."""

from io import BytesIO

import pytest
from django.contrib.auth.models import User
from openpyxl import load_workbook

from cases.actions import person_changed
from cases.models import Officer, Role
from cms.models import Figure, StatisticsTable
from cms.statistics import as_workbook, tables
from tests.builders import make_officer
from tests.desk import desk_of

pytestmark = pytest.mark.django_db


def test_the_workbook_has_a_sheet_for_each_table_and_begins_with_what_to_know(client):
    answer = client.get("/statistics/workbook.xlsx")
    book = load_workbook(BytesIO(answer.content))
    titles = [table.title.replace(":", "-") for table in StatisticsTable.objects.all()]
    assert book.sheetnames == ["Read me", *titles, "Sources"]
    rows = list(book["Coverage over the years"].values)
    assert rows[0] == ("Series", "Unit", "Date", "Value", "Split by", "Part", "Source", "Note")
    assert ("Social Cash Transfer: households that receive it", "households", "2023-12", 1310000) in [
        r[:4] for r in rows
    ]
    assert {row[7] for row in list(book["SDG 1.3.1- who is covered"].values)[1:]} == {"no figure published yet"}
    taken = {filed: source for source, _taken, filed in list(book["Sources"].values)[1:]}
    assert {figure.source for figure in Figure.objects.all()} <= taken.keys()
    assert taken["lusakatimes 2017-06-30"] == rows[2][6] == "Lusaka Times, 30 June 2017"


def test_an_editor_signs_a_table_off_and_it_holds_until_a_figure_changes(client):
    editor = make_officer(role=Role.EDITOR, name="Ruth Zulu")
    person_changed.send(sender=Officer, officer=editor)
    desk, table = desk_of(editor), StatisticsTable.objects.get(pk="coverage")
    for digest in ("of another table", table.digest(), table.digest()):
        desk.post("/cms/reports/statistics/", {"table": "coverage", "digest": digest})
    assert "Signed off by Ruth Zulu" in desk.get("/cms/reports/statistics/").content.decode()
    assert [one.name for one in table.sign_offs.all()] == ["Ruth Zulu"]
    assert "Ruth Zulu" in str(list(load_workbook(BytesIO(as_workbook()))["Read me"].values))

    Figure.objects.filter(series="sct-target").update(value=1_600_000)
    assert [one.signed for one in tables()] == [None] * StatisticsTable.objects.count()
    nobody = User.objects.create(username="clerk")
    client.force_login(nobody)
    assert client.post("/cms/reports/statistics/", {"table": "coverage"}).status_code == 302
    assert table.sign_offs.count() == 1
