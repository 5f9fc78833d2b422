"""Says the source of a fact as a reader knows it: by name and date, from the pack's `sources.csv`, without codes."""

import csv
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.text import slugify

from cases.catalogue import NoCountry, catalogue

PACKS = Path(settings.BASE_DIR) / "sws" / "countries"
WRITTEN = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")  # how a date of a fact is written
DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
SECTION = re.compile(r"\b(ss?) (?=\d)")
LAW = re.compile(r",? ?(ss?|Part|and) .*| \d+ of \d{4}")


def plainly(cited: str) -> str:
    """“lusakatimes 2017-06-30; WC Act s 87” is “Lusaka Times, 30 June 2017; Workers' Compensation Act 10/1999, …”."""
    try:
        country = catalogue().country.name
    except NoCountry:
        return cited
    return plain(cited, names_of(slugify(country)))


def address_of(cited: str) -> str:
    """Where the source stands, if it is one and the pack knows it."""
    if ";" in cited:
        return ""
    try:
        known = addresses_of(slugify(catalogue().country.name))
    except NoCountry:
        return ""
    return next((known[begins] for begins in known if re.match(rf"{re.escape(begins)}(?!\w)", cited)), "")


def when(as_of: str) -> str:
    """“2015-12” is “December 2015”; a year is a year."""
    day = parse_date(as_of) or parse_date(f"{as_of}-01")
    return date_format(day, "j F Y" if parse_date(as_of) else "F Y") if day else as_of


@cache
def names_of(pack: str) -> dict[str, str]:
    return {row["cited"]: row["name"] for row in _rows(pack)}


@cache
def addresses_of(pack: str) -> dict[str, str]:
    return {row["cited"]: row["address"] for row in _rows(pack) if row.get("address")}


def _rows(pack: str) -> list[dict[str, str]]:
    """The longest beginning first, so that it is the one found."""
    file = PACKS / pack / "sources.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as opened:
        return sorted(csv.DictReader(opened), key=lambda row: -len(row["cited"]))


def plain(cited: str, names: dict[str, str]) -> str:
    said = [_one(part.strip(), names) for part in cited.split(";")]
    return "; ".join(dict.fromkeys(said))


def _one(cited: str, names: dict[str, str]) -> str:
    begins = next((begins for begins in names if re.match(rf"{re.escape(begins)}(?!\w)", cited)), None)
    rest = cited.removeprefix(begins or "")
    days = [date_format(day, "j F Y") for found in DAY.findall(rest) if (day := parse_date(found))]
    where = SECTION.sub(lambda found: "sections " if found[1] == "ss" else "section ", rest.strip(" ,"))
    if begins is None:
        return where
    return ", ".join([names[begins], *(days or [where] * bool(LAW.match(rest)))])
