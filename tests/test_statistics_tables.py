"""The statistics tables: each figure with unit, date and source, nothing invented, signed off until it changes."""

import re
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from openpyxl import load_workbook

from cases.actions import person_changed
from cases.models import Officer, Role
from cms.models import Figure, Series, StatisticsTable
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
    head = ("Series", "Unit", "Date", "Value", "Split by", "Part", "Source", "Note", "Address", "Signed off by")
    assert rows[0] == head
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


def test_what_an_editor_writes_is_public_once_somebody_signs_it_off(client, built):
    """A figure, and a series of their own with one: with unit, date, source and the address of the source."""
    editor = make_officer(role=Role.EDITOR, name="Ruth Zulu")
    person_changed.send(sender=Officer, officer=editor)
    desk = desk_of(editor)
    figures, series = (model.snippet_viewset.get_url_name("add") for model in (Figure, Series))
    typed = {"series": "sdg-maternity", "value": "12.5", "source": "Labour Force Survey 2025", "note": "", "split": ""}
    refused = desk.post(reverse(figures), typed | {"as_of": "in May", "split": "women", "source": ""}).content.decode()
    for said in ("Write a year, a month or a day", "This series is not split", "This field is required"):
        assert said in refused
    link = {"link": "https://example.org/survey"}
    assert desk.post(reverse(figures), typed | link | {"as_of": "2025"}).status_code == 302
    new = {"code": "sdg-fishers", "name": "Fishers covered", "unit": "percent", "tables": ["sdg"], "order": "90"}
    assert desk.post(reverse(series), new).status_code == 302
    figure = Figure.objects.get(as_of="2025", series="sdg-maternity")
    assert (figure.origin, figure.signed_at) == ("editor", None)

    def public() -> str:
        return client.get("/statistics/").content.decode()

    table = StatisticsTable.objects.get(pk="sdg")
    before = table.digest()
    assert not any(said in public() for said in ("12.5", "Fishers covered"))
    assert "12.5" not in str(list(load_workbook(BytesIO(as_workbook()))["SDG 1.3.1- who is covered"].values))
    assert "(not public yet)" in desk.get("/cms/reports/statistics/").content.decode()
    desk.post("/cms/reports/statistics/", {"table": "sdg", "digest": before})
    assert table.sign_offs.count() == 0  # that is not all that stands in it now
    desk.post("/cms/reports/statistics/", {"table": "sdg", "digest": table.digest(with_unsigned=True)})
    page = public()
    for said in ("12.5", "Fishers covered", 'href="https://example.org/survey"', "Signed off by Ruth Zulu on"):
        assert said in page
    row = next(
        row for row in load_workbook(BytesIO(as_workbook()))["SDG 1.3.1- who is covered"].values if row[3] == 12.5
    )
    assert row[1:3] + row[6:] == (
        "percent", "2025", "Labour Force Survey 2025", None, "https://example.org/survey", "Ruth Zulu",
    )  # fmt: skip
    edit = reverse(Figure.snippet_viewset.get_url_name("edit"), args=[figure.pk])
    desk.post(edit, typed | link | {"as_of": "2025", "value": "13"})
    assert "12.5" not in public()
    assert [one.signed for one in tables() if one.table == table] == [None]
    desk.post(edit, typed | {"as_of": "2025", "link": "https://example.org/another"})  # nothing that was signed changed
    assert [one.table for one in tables(with_unsigned=True) if one.signed and one.to_sign] == [table]
    assert "Sign off “SDG 1.3.1" in desk.get("/cms/reports/statistics/").content.decode()
    desk.post("/cms/reports/statistics/", {"table": "sdg", "digest": table.digest(with_unsigned=True)})
    assert 'href="https://example.org/another"' in public()

    Figure.objects.all().delete()  # a series that has no figure waits for a name, too
    assert not any(one.to_sign for one in tables(with_unsigned=True))
    desk.post(reverse(series), new | {"code": "sdg-miners", "name": "Miners covered"})
    assert [one.table for one in tables(with_unsigned=True) if one.to_sign] == [table]
    assert "Miners covered <b>(not public yet)</b>" in desk.get("/cms/reports/statistics/").content.decode()


def test_a_figure_of_the_pack_stays_the_one_the_pack_finds_and_only_who_publishes_deletes_it(built):
    writer, publisher = (make_officer(role=Role.EDITOR, level=level) for level in (1, 2))
    for editor in (writer, publisher):
        person_changed.send(sender=Officer, officer=editor)
    figure = Figure.objects.get(series="sct-target", split="")
    found_by = (figure.series_id, figure.as_of, "")
    edit, delete = (reverse(Figure.snippet_viewset.get_url_name(name), args=[figure.pk]) for name in ("edit", "delete"))
    typed = {"series": "sdg-maternity", "as_of": "1999", "split": "women", "value": "7", "source": "MCDSS"}
    assert desk_of(writer).post(edit, typed).status_code == 302
    figure.refresh_from_db()
    assert (figure.series_id, figure.as_of, figure.split, figure.value) == (*found_by, 7)

    copies = [(Figure, figure.pk, "id_as_of"), (Series, figure.series_id, "id_code")]  # another one, so nothing stays
    for model, key, name in copies:
        copy = desk_of(writer).get(reverse(model.snippet_viewset.get_url_name("copy"), args=[key])).content.decode()
        assert "disabled" not in re.search(f'<input[^>]* id="{name}"[^>]*>', copy)[0]

    desk_of(writer).post(delete)
    assert Figure.objects.filter(pk=figure.pk).exists()
    desk = desk_of(publisher)
    assert "What the country pack holds comes back when it is loaded again." in desk.get(delete).content.decode()
    desk.post(delete)
    assert not Figure.objects.filter(pk=figure.pk).exists()
