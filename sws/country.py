"""Reads a country pack, a folder of tables, into the catalogue; all of it or nothing, and it knows no country."""

import csv
import io
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import holidays
import phonenumbers
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cases import catalogue, clock
from cases.pack import (
    Agency,
    Country,
    Desk,
    ExtraHoliday,
    Fact,
    Ground,
    Helpline,
    LadderStep,
    Language,
    Place,
    Priority,
    Programme,
    RegistrationItem,
    Retirable,
    Standard,
    SurveyAnswer,
    Topic,
)
from channels.models import InfoText
from cms.models.statistics import Figure, Row, Series, StatisticsTable
from sws.cells import (
    Pack,
    Reader,
    Rows,
    asked_by_the_form,
    asks_one_thing,
    choice,
    climbs,
    dated_or_not,
    day_or_year,
    fits,
    handset,
    is_no_topics_own,
    known,
    needed,
    nothing,
    optional,
    plain,
    registers,
    several,
    several_of,
    splits,
    yes_no,
)

COUNTRIES = Path(__file__).parent / "countries"


@dataclass(frozen=True)
class Mistake:
    file: str
    row: int | None  # as a spreadsheet counts: the header is row 1; None is about the whole file
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}, row {self.row}" if self.row else self.file
        return f"{where}: {self.reason}"


class PackError(Exception):
    """The pack has mistakes, all of them in `mistakes`; nothing was changed."""

    def __init__(self, mistakes: Iterable[Mistake]):
        self.mistakes = list(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


@dataclass(frozen=True)
class Report:
    """What a load did: how often each (rows of the catalogue, "added", "changed" or "retired") happened.

    "kept" counts what editors have written: it is left as it is.
    """

    happened: Counter[tuple[str, str]]

    def total(self, what: str) -> int:
        return sum(count for (_name, done), count in self.happened.items() if done == what)

    @property
    def changed_anything(self) -> bool:
        return any(self.total(what) for what in DONE)

    def __str__(self) -> str:
        names = sorted({name for name, what in self.happened if what in DONE})
        lines = [_counted(name, [self.happened[name, what] for what in DONE]) for name in names]
        lines.append(_counted("in all", [self.total(what) for what in DONE]))
        if kept := self.total("kept"):
            lines.append(f"written by editors, left as it is: {kept}")
        return "\n".join(lines)


DONE = ("added", "changed", "retired")


def _counted(name: str, counts: list[int]) -> str:
    return f"{name}: " + ", ".join(f"{count} {what}" for count, what in zip(counts, DONE, strict=True))


# --- The tables of a pack, in the order they are read: a table names only those above it -----------------------


@dataclass(frozen=True)
class Column:
    attribute: str
    read: Reader


@dataclass(frozen=True)
class Table:
    name: str
    model: type[Any]
    columns: dict[str, Column]
    key: tuple[str, ...] = ("code",)
    doubt: Callable[[Any, Pack], str] = nothing
    numbered: bool = False  # the order of the rows is the order of the menu
    optional: bool = False  # a pack without the file has no such rows

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


def columns(plainly: str, **others: Reader | tuple[str, Reader]) -> dict[str, Column]:
    """Plain columns by name; the others with their reader, and their attribute where it has another name."""
    table = {name: Column(name, plain) for name in plainly.split()}
    for name, how in others.items():
        table[name] = Column(*how) if isinstance(how, tuple) else Column(name, how)
    return table


TABLES = (
    Table("languages", Language, columns("code name endonym", reviewed=yes_no, source=needed), numbered=True),
    Table("agencies", Agency, columns("code name portfolio public_contact", label=handset, source=needed)),
    Table("provinces", Place, columns("code iso capital", name=handset, languages=several, source=needed)),
    Table(
        "districts",
        Place,
        columns(
            "code note",
            name=handset,
            province=("parent_id", known("provinces")),
            spellings=several,
            tile_column=optional,
            tile_row=optional,
            source=needed,
        ),
    ),
    Table(
        "desks",
        Desk,
        columns("code", name=handset, place=("place_id", known("districts")), where=handset, source=needed),
    ),
    Table(
        "programmes",
        Programme,
        columns("code name kind", agency=("agency_id", known("agencies")), label=handset, source=needed),
    ),
    Table(
        "facts",
        Fact,
        columns(
            "aspect text confidence", programme=("programme_id", known("programmes")), as_of=dated_or_not, source=needed
        ),
        key=("programme_id", "text"),
    ),
    Table(
        "ladders",
        LadderStep,
        columns(
            "ladder level body time_limit confidence", by_itself=yes_no, days=optional, months=optional, basis=needed
        ),
        key=("ladder", "level"),
        doubt=climbs,
    ),
    Table(
        "topics",
        Topic,
        columns(
            "code kind sensitivity acknowledge_days resolve_days basis order",
            agency=("agency_id", known("agencies")),
            handler=("handler_id", known("agencies", may_be_empty=True)),
            programme=("programme_id", known("programmes", may_be_empty=True)),
            label=handset,
            name=handset,
            priority=choice({level.name.lower(): level.value for level in Priority}),
            ladder=known("ladders"),
            basis_note=needed,
            source=needed,
        ),
        doubt=fits,
    ),
    Table("grounds", Ground, columns("code", name=needed, basis=needed, source=needed), numbered=True),
    Table(
        "standards",
        Standard,
        columns(
            "level acknowledge_days resolve_days basis",
            topic=("topic_id", known("topics", may_be_empty=True)),
            agency=("agency_id", known("agencies", may_be_empty=True)),
            basis_note=needed,
            source=needed,
        ),
        key=("topic_id", "agency_id", "level"),
        doubt=is_no_topics_own,
        optional=True,
    ),
    Table(
        "registration_items",
        RegistrationItem,
        columns(
            "code kind",
            topic=("topic_id", known("topics")),
            agency=("agency_id", known("agencies")),
            label=handset,
            answered_by=asked_by_the_form,
            source=needed,
        ),
        key=("topic_id", "agency_id", "code"),
        doubt=registers,
        numbered=True,
    ),
    Table(
        "survey",
        SurveyAnswer,
        columns("question code", asked=needed, label=needed, source=needed),
        key=("question", "code"),
        doubt=asks_one_thing,
        numbered=True,
        optional=True,
    ),
    Table(
        "helplines",
        Helpline,
        columns(
            "number about order",
            label=handset,
            toll_free=choice({"yes": "yes", "no": "no", "unknown": "unknown"}),
            agency=("agency_id", known("agencies", may_be_empty=True)),
            told_for=several,
            source=needed,
        ),
        key=("number",),
    ),
    Table("holidays", ExtraHoliday, columns("date name", source=needed), key=("date",)),
    Table(
        "info",
        InfoText,
        columns(
            "",
            key=known("programmes", "agencies"),
            language=known("languages"),
            title=handset,
            text=handset,
            source=needed,
        ),
        key=("key", "title", "language"),
        numbered=True,
    ),
    Table(
        "statistics/tables",
        StatisticsTable,
        columns("code", title=needed, about=needed, source=needed),
        numbered=True,
        optional=True,
    ),
    Table(
        "statistics/series",
        Series,
        columns(
            "code split_by",
            tables=several_of("statistics/tables"),
            programme=("programme_id", known("programmes", may_be_empty=True)),
            name=needed,
            unit=needed,
        ),
        numbered=True,
        optional=True,
    ),
    Table(
        "statistics/figures",
        Figure,
        columns("split value note", series=("series_id", known("statistics/series")), as_of=day_or_year, source=needed),
        key=("series_id", "as_of", "split"),
        doubt=splits,
        optional=True,
    ),
)


# --- Reading: every mistake is collected, none stops the reading -----------------------------------------------


def load_country(folder: Path) -> Report:
    """Make the catalogue say what the pack in `folder` says. Raises PackError, having changed nothing."""
    if not folder.is_dir():
        raise PackError([Mistake(str(folder), None, "there is no such folder")])
    country, pack = _read(folder)
    with transaction.atomic():
        report = Report(Counter(_write(country, pack)))
        if report.changed_anything:
            catalogue.changed()
    return report


def _read(folder: Path) -> tuple[Country, Pack]:
    pack: Pack = {}
    country = Country()
    mistakes = [mistake for table in TABLES for mistake in _read_table(folder, table, pack)]
    mistakes += [Mistake("country.toml", None, reason) for reason in _read_country(folder, country, pack)]
    mistakes += [Mistake("topics.csv", None, reason) for reason in _unsorted(pack)]
    if mistakes:
        raise PackError(mistakes)
    return country, pack


def _unsorted(pack: Pack) -> Iterator[str]:
    """An SMS that fits nothing, or a caller who is not sure, must land somewhere."""
    topics = pack.get("topics", {})
    for kind, code in catalogue.TRIAGE.items():
        if topics and getattr(topics.get((code,)), "kind", None) != kind:
            yield f"there must be a {kind} with the code {code}, for what nobody has sorted yet"


def _read_table(folder: Path, table: Table, pack: Pack) -> list[Mistake]:
    """Put the table's rows into the pack; give back what is wrong with them."""
    if table.optional and not (folder / table.file).exists():
        pack[table.name] = {}
        return []
    try:
        heading, *lines = _lines(folder / table.file)
    except _Unreadable as error:
        return [Mistake(table.file, None, str(error))]
    if sorted(heading) != sorted(table.columns):
        return [Mistake(table.file, 1, f"the columns must be {','.join(table.columns)}, not {','.join(heading)}")]
    rows = pack[table.name] = {}
    mistakes = []
    for number, cells in enumerate(lines, start=2):
        row = table.model()
        if table.numbered:
            row.order = number - 1
        reasons = _read_row(row, table, heading, cells, pack)
        key = tuple(getattr(row, attribute) for attribute in table.key)
        if not reasons and any(key in pack.get(other.name, ()) for other in TABLES if other.model is table.model):
            reasons.append(f"{' '.join(map(str, filter(None, key)))} is there twice")
        mistakes += [Mistake(table.file, number, reason) for reason in reasons]
        rows[key] = row  # a faulty row too: those that name it are not at fault
    return mistakes


class _Unreadable(Exception):
    """A file that cannot be read as a table at all."""


def _lines(path: Path) -> list[list[str]]:
    """The cells of each line, the heading first. Raises _Unreadable."""
    try:
        # Spreadsheets put a byte order mark before the first heading: utf-8-sig takes it away.
        text = path.read_bytes().decode("utf-8-sig")
        if "\0" in text:
            raise _Unreadable("it is not UTF-8 text")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except OSError as error:
        raise _Unreadable(f"it cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _Unreadable("it is not UTF-8 text") from None
    except csv.Error as error:
        raise _Unreadable(f"it is not a table: {error}") from None
    while lines and not any(lines[-1]):
        lines.pop()
    return lines or [[]]


def _read_row(row: Any, table: Table, heading: list[str], cells: list[str], pack: Pack) -> list[str]:
    """Fill `row`: our readers first, then the model's own fields check lengths, numbers and choices."""
    if len(cells) != len(heading):
        return [f"{len(cells)} cells under {len(heading)} headings"]
    reasons = []
    checked_already = {field.name for field in table.model._meta.concrete_fields if field.is_relation}
    checked_already |= {"valid_from"}  # the day of loading
    for name, cell in zip(heading, cells, strict=True):
        column = table.columns[name]
        try:
            setattr(row, column.attribute, column.read(cell.strip(), pack))
        except ValueError as error:
            reasons.append(f"{name}: {error}")
            checked_already.add(column.attribute)
    try:
        row.clean_fields(exclude=checked_already)
    except ValidationError as error:
        reasons += [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
    doubt = "" if reasons else table.doubt(row, pack)
    return [doubt] if doubt else reasons


def _read_country(folder: Path, country: Country, pack: Pack) -> list[str]:
    """Fill `country` from country.toml; give back what is wrong with it."""
    try:
        settings = tomllib.loads((folder / "country.toml").read_text(encoding="utf-8"))
    except OSError as error:
        return [f"it cannot be read: {error.strerror}"]
    except ValueError as error:  # not TOML, or not UTF-8
        return [str(error)]
    wanted = {"code", *_told(Country)}
    if settings.keys() != wanted:
        return [f"it must say {', '.join(sorted(wanted))}, not {', '.join(sorted(settings))}"]
    weekdays = settings["working_weekdays"]
    if not (isinstance(weekdays, list) and all(isinstance(day, int) for day in weekdays)):
        return ["working_weekdays is a list of numbers"]
    for name, value in settings.items():
        setattr(country, name, value)
    try:
        country.clean_fields()
    except ValidationError as error:
        return [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
    return [reason for wrong, reason in _doubts_about(country, pack) if wrong]


def _doubts_about(country: Country, pack: Pack) -> list[tuple[bool, str]]:
    served = Country.objects.exclude(pk=country.code).first()
    languages = pack.get("languages", {(country.default_language,): None})
    return [
        (country.code not in holidays.list_supported_countries(), f"no holidays are known for {country.code!r}"),
        (country.time_zone not in available_timezones(), f"there is no time zone {country.time_zone!r}"),
        (
            country.phone_region not in phonenumbers.SUPPORTED_REGIONS,
            f"no telephone numbers are known for {country.phone_region!r}",
        ),
        ((country.default_language,) not in languages, f"{country.default_language!r} is not in languages.csv"),
        (
            not set(country.working_weekdays) <= set(range(7)),
            "working_weekdays are numbers from 0, which is Monday, to 6",
        ),
        (served is not None, f"this installation already serves {served}"),
    ]


# --- Writing: only what differs, so that loading twice changes nothing -------------------------------------------

Happening = tuple[str, str]  # what was done to one row: (rows of the catalogue, "added")


def _write(country: Country, pack: Pack) -> Iterator[Happening]:
    wanted: dict[type[Any], Rows] = {Country: {(country.code,): country}}
    keys: dict[type[Any], tuple[str, ...]] = {Country: ("code",)}
    for table in TABLES:  # provinces and districts are two tables of places
        wanted.setdefault(table.model, {}).update(pack[table.name])
        keys[table.model] = table.key
    texts, standards = wanted.pop(InfoText), wanted.pop(Standard)
    for model, rows in wanted.items():
        yield from ((str(model._meta.verbose_name_plural), done) for done in _write_rows(model, keys[model], rows))
    standards |= {(topic.pk, None, 1): _first_level(topic) for topic in wanted[Topic].values()}
    today = clock.now().astimezone(ZoneInfo(country.time_zone)).date()
    yield from (("standards", done) for done in _write_standards(standards, today))
    yield from (("information texts", done) for done in _write_texts(texts))


def _write_rows(model: type[Any], key: tuple[str, ...], rows: Rows) -> Iterator[str]:
    """Add what is new, change what differs, retire what left the pack; what came back is current again."""
    stored = {tuple(getattr(row, attribute) for attribute in key): row for row in model.objects.all()}
    model.objects.bulk_create([row for row_key, row in rows.items() if row_key not in stored])
    yield from ("added" for row_key in rows if row_key not in stored)
    for row_key, old in stored.items():
        new = rows.get(row_key)
        if isinstance(old, Row) and old.is_an_editors:
            yield "kept"
        elif new is None:
            yield from _retire(old)
        elif differing := [name for name in _told(model) if getattr(old, name) != getattr(new, name)]:
            new.pk = old.pk
            new.save(update_fields=differing)
            yield "changed"


def _told(model: type[Any]) -> list[str]:
    """The columns a pack decides; `retired_at` is among them, for a row in the pack is current."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return [field.attname for field in fields if field.attname != "version"]


def _retire(row: Any) -> Iterator[str]:
    """Cases point at the catalogue, so its rows stay. Nothing points at a holiday: it goes."""
    if not isinstance(row, Retirable):
        row.delete()
        yield "retired"
    elif row.retired_at is None:
        row.retired_at = timezone.now()
        row.save(update_fields=["retired_at"])
        yield "retired"


PROMISED = ("acknowledge_days", "resolve_days", "basis")


def _first_level(topic: Topic) -> Standard:
    told = {name: getattr(topic, name) for name in (*PROMISED, "basis_note", "source")}
    return Standard(topic=topic, level=1, **told)


def _write_standards(wanted: Rows, today: date) -> Iterator[str]:
    """Another promise is another row, from today on, for new cases; the one before ends today and stays."""
    stored = {(old.topic_id, old.agency_id, old.level): old for old in Standard.objects.filter(valid_until=None)}
    for key, new in wanted.items():
        old = stored.get(key)
        if old and all(getattr(old, name) == getattr(new, name) for name in PROMISED):
            continue
        if old:
            _end(old, today)
        new.valid_from = today
        new.save()
        yield "changed" if old else "added"
    for key, old in stored.items():
        topic_left = old.level == 1 and old.agency_id is None  # its old cases may still be appealed
        if key not in wanted and not topic_left:
            _end(old, today)
            yield "retired"


def _end(standard: Standard, today: date) -> None:
    standard.valid_until = today
    standard.save(update_fields=["valid_until"])


TEXT = ("key", "language", "title", "text", "source", "order", "loaded_digest")


def _write_texts(texts: Rows) -> Iterator[str]:
    """An editor's words stand: only a text that is still as it was loaded follows the pack."""
    stored = list(InfoText.objects.all())
    left = {old.pk: old for old in stored}
    for new in texts.values():
        new.loaded_digest = _digest(new)
        old = _same_text(new, stored)
        if old is None:
            new.save()
            yield "added"
            continue
        left.pop(old.pk, None)
        if _edited(old):
            yield "kept"
        elif any(getattr(old, name) != getattr(new, name) for name in TEXT):
            new.pk = old.pk
            new.save(update_fields=TEXT)
            yield "changed"
    for old in left.values():
        if not _edited(old):
            old.delete()
            yield "retired"


def _same_text(new: InfoText, stored: list[InfoText]) -> InfoText | None:
    """The text of this title, or the one loaded from these words to which an editor gave another title."""
    mine = [old for old in stored if (old.key, old.language) == (new.key, new.language)]
    by_title = [old for old in mine if old.title == new.title]
    return next(iter(by_title + [old for old in mine if old.loaded_digest == new.loaded_digest]), None)


def _edited(text: InfoText) -> bool:
    """By an editor, if only in a draft; or wholly an editor's own, which was never loaded and has no digest."""
    return text.has_unpublished_changes or text.loaded_digest != _digest(text)


def _digest(text: InfoText) -> str:
    return sha256(f"{text.title}\n{text.text}".encode()).hexdigest()
