"""Open data: the published rows as files, an API and Open311; the same for ever, open to every page, run by nothing."""

import csv
import io
import json
from xml.etree import ElementTree

import pytest
from django.db import transaction
from django.test import Client
from openpyxl import load_workbook

from cases import releases
from cases.spreadsheets import harmless
from cases.tables import BESIDE, COUNTS, MATTERS, SHARES, TELLING
from cases.views.open_data import dictionary
from tests.builders import KAFUE, LUSAKA_TOWN, MONGU
from tests.test_releases import BUSY, OCTOBER, a_draft, publish

pytestmark = pytest.mark.django_db
FILES = ("figures.csv", "figures.xlsx", "figures.json")


@pytest.fixture(scope="module")
def october(django_db_setup, django_db_blocker):
    """Published once for all of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield publish(OCTOBER, a_draft(OCTOBER, BUSY))
        transaction.set_rollback(True)


def get(address: str, **headers: str):
    return Client().get(address, headers=headers)


def rows_in(name: str, where: str = "/data/2026-10/v1/") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(get(f"{where}{name}").content.decode("utf-8-sig"))))


# --- Files ------------------------------------------------------------------------------------------------


def test_what_is_hidden_is_a_number_in_no_file(october):
    one = releases.read(october)
    told = [cell for cell in one.counts if cell.table != MATTERS]
    table = rows_in("figures.csv")
    assert len(table) == len(told)
    assert {row["district"] for row in table if row["hidden"] == "true" and row["district"]} == {
        cell.by[0] for cell in one.hidden if cell.table == "district"
    }
    assert all((row["value"] == "") == (row["hidden"] == "true") for row in table)
    as_json = json.loads(get("/data/2026-10/v1/figures.json").content)
    assert as_json["rows"] == releases.public(one)
    assert as_json["release"]["digest"] == october.digest
    book = load_workbook(io.BytesIO(get("/data/2026-10/v1/figures.xlsx").content), read_only=True)
    assert book.sheetnames == ["figures", "dictionary"]
    assert [list(row) for row in book["figures"].iter_rows(values_only=True)][1:] == [
        [*(value or None for value in [*row.values()][:-2]), _number(row["value"]), row["hidden"]] for row in table
    ]


def _number(said: str) -> int | None:
    return int(said) if said else None


def test_no_cell_of_any_file_is_one_that_a_spreadsheet_would_run(october):
    for name in ("figures.csv", "dictionary.csv", "names.csv"):
        for row in rows_in(name):
            assert all(harmless(cell) == cell for cell in row.values()), row


def test_files_stay_for_ever_and_are_open_to_every_page_and_pages_are_not(october):
    for name in FILES:
        answer = get(f"/data/2026-10/v1/{name}")
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
        assert "immutable" in answer["Cache-Control"]
        again = get(f"/data/2026-10/v1/{name}", if_none_match=answer["ETag"])
        assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")
        assert get(f"/data/2026-10/v2/{name}").status_code == 404
    for page in ("/figures/", "/data/", "/figures/2026-10/v1/"):
        assert not get(page).has_header("Access-Control-Allow-Origin")
    assert "proposed, not decided yet" in get("/data/").content.decode()


def test_the_data_package_describes_just_the_columns_that_there_are(october, settings):
    package = json.loads(get("/data/2026-10/v1/datapackage.json").content)
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert "proposed" in package["description"]
    others = [resource for resource in package["resources"] if resource["format"] != "csv"]
    for resource in others:
        file = get(f"/data/2026-10/v1/{resource['path']}")
        assert (file.status_code, file["Content-Type"]) == (200, resource["mediatype"])
    assert [resource["format"] for resource in others] == ["xlsx", "json"]
    for resource in (one for one in package["resources"] if one not in others):
        rows = rows_in(resource["path"])
        assert [field["name"] for field in resource["schema"]["fields"]] == list(rows[0]), resource["path"]
    assert {row["figure"] for row in rows_in("dictionary.csv")} == {*COUNTS, *SHARES, *BESIDE}
    assert {"dimension": "district", "code": KAFUE, "name": "Kafue"} in rows_in("names.csv")
    assert {"dimension": "language", "code": "bem", "name": "Bemba"} in rows_in("names.csv")
    settings.OPEN_DATA_LICENCE, settings.OPEN_DATA_LICENCE_IS_PROPOSED = "ODbL-1.0 https://example.org/odbl", False
    assert json.loads(get("/data/2026-10/v1/datapackage.json").content)["licenses"] == [
        {"name": "ODbL-1.0", "path": "https://example.org/odbl"}
    ]


def test_each_published_figure_has_a_definition_of_its_own_and_a_unit():
    rows = {name: (definition, unit, rests) for name, _title, definition, unit, rests in dictionary()}
    assert rows.keys() == {name for _title, names in TELLING for name in names}
    definitions = [definition for definition, _unit, _rests in rows.values()]
    assert len(set(definitions)) == len(definitions)
    assert all(definition.endswith(".") and unit for definition, unit, _rests in rows.values())
    assert rows["answered_late"] == ("Answers given in the period after the promised date.", "answers", "")
    assert [rows[name][1:] for name in ("resolved_on_time", "days_to_resolve_median", "satisfaction", "rated")] == [
        ("share", "answered_on_time / answered"), ("working days", "answered"), ("of 5", "rated"), ("ratings", ""),
    ]  # fmt: skip


# --- The API ----------------------------------------------------------------------------------------------


def test_the_api_gives_figures_a_page_at_a_time_and_hides_what_is_hidden(october):
    found = json.loads(get("/api/v1/figures/?table=district&figure=received&page_size=2").content)
    assert (found["count"], len(found["results"]), found["previous"]) == (5, 2, None)
    assert "page=2" in found["next"]
    kafue, mongu = (
        json.loads(get(f"/api/v1/figures/?figure=received&district={place}").content)["results"][0]
        for place in (KAFUE, MONGU)
    )
    assert (mongu["value"], mongu["hidden"]) == (None, True)
    assert (kafue["value"] is None) == kafue["hidden"]
    town = json.loads(get(f"/api/v1/figures/?month=2026-10&version=1&district={LUSAKA_TOWN}").content)["results"][0]
    assert (town["label"], town["value"], town["by"]) == ("Lusaka", 520.0, {"district": LUSAKA_TOWN})
    assert town["address"].endswith(f"/figures/2026-10/v1/2026-10/district/received/#{LUSAKA_TOWN}")
    assert json.loads(get("/api/v1/figures/?month=2025-01").content)["results"] == []
    assert [bool(json.loads(get(f"/api/v1/figures/?version={one}").content)["results"]) for one in (1, 2)] == [
        True,
        False,
    ]
    for crooked in ("month=x", "month=2026-10&version=x", "month=2026-10&version=%D9%A1"):  # an Arabic one
        assert get(f"/api/v1/figures/?{crooked}").status_code == 404


def test_the_api_lists_releases_and_the_catalogue(october):
    def all_of(name: str) -> list[dict]:
        return json.loads(get(f"/api/v1/{name}/?page_size=1000").content)["results"]

    (release,) = all_of("releases")
    assert (release["month"], release["version"], release["newest"]) == ("2026-10", 1, True)
    assert get(release["files"]["csv"].removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert {"code": KAFUE, "name": "Kafue", "kind": "district", "parent": "ZM105"} in all_of("places")
    assert "NHIMA" in {one["code"] for one in all_of("agencies")}
    assert "nhima-card-inactive" in {one["code"] for one in all_of("topics")}
    assert all(one["resolve_days"] for one in all_of("standards"))


def test_the_api_describes_itself_takes_nothing_and_is_open_to_every_page(october):
    described = json.loads(get("/api/v1/openapi.json").content)
    assert described["openapi"].startswith("3.")
    lists = {f"/api/v1/{name}/" for name in ("releases", "figures", "topics", "places", "agencies", "standards")}
    assert lists <= described["paths"].keys()
    assert all({"get"} == operations.keys() for operations in described["paths"].values())
    for address in lists:
        assert get(address)["Access-Control-Allow-Origin"] == "*"
        assert Client().post(address).status_code in (403, 405)


def test_who_asks_the_api_too_often_is_told_to_wait(october, settings):
    settings.API_AN_HOUR = 2
    assert [get("/api/v1/agencies/").status_code for _try in range(3)] == [200, 200, 429]
    assert get("/api/v1/agencies/")["Retry-After"] == "3600"


# --- Open311 ----------------------------------------------------------------------------------------------


def test_open311_lists_the_public_topics_and_says_why_there_are_no_requests():
    services = json.loads(get("/open311/v2/services.json").content)
    assert "nhima-card-inactive" in {one["service_code"] for one in services}
    assert "corruption-report" not in {one["service_code"] for one in services}
    tree = ElementTree.fromstring(get("/open311/v2/services.xml").content)
    assert [one.findtext("service_code") for one in tree] == [one["service_code"] for one in services]
    assert json.loads(get("/open311/v2/services/nhima-card-inactive.json").content) == {
        "service_code": "nhima-card-inactive", "attributes": [],
    }  # fmt: skip
    for address in ("/open311/v2/services/corruption-report.json", "/open311/v2/requests.json"):
        answer = get(address)
        assert answer.status_code == 404
        assert json.loads(answer.content)[0]["code"] == 404
    assert ElementTree.fromstring(get("/open311/v2/requests.xml").content).findtext("error/description")
    assert get("/open311/v2/services.csv").status_code == 404
