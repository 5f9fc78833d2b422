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
from cases.tables import BESIDE, COUNTS, MATTERS
from tests.builders import KAFUE
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
    for resource in package["resources"]:
        rows = rows_in(resource["path"])
        assert [field["name"] for field in resource["schema"]["fields"]] == list(rows[0]), resource["path"]
    assert {row["figure"] for row in rows_in("dictionary.csv")} == {*COUNTS, *BESIDE}
    assert {"dimension": "district", "code": KAFUE, "name": "Kafue"} in rows_in("names.csv")
    settings.OPEN_DATA_LICENCE, settings.OPEN_DATA_LICENCE_IS_PROPOSED = "ODbL-1.0 https://example.org/odbl", False
    assert json.loads(get("/data/2026-10/v1/datapackage.json").content)["licenses"] == [
        {"name": "ODbL-1.0", "path": "https://example.org/odbl"}
    ]


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
