"""What the performance pages say: released figures of the country, a place, an agency or a programme, and no others.

Each promise stands beside how it was kept, each picture beside its table, and each number leads to the release in
which it was published. What a release hides is hidden here too, and says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.dates import MONTHS_3
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.catalogue import catalogue
from cases.charts import WIDTH, Bars, Line, Shape, Shapes, Value, shade_of
from cases.figure_words import number, period_said, value_said
from cases.languages import address as in_this_language
from cases.pack import Place, Sensitivity, Topic
from cases.tables import values_of
from cases.tilemap import TileMap, Told, draw
from cases.told import address_of, title_of
from cms.outlines import outlines
from cms.released import Edition, Number, edition_of, editions

WAYS_DOWN = {"country": ("agencies", "provinces", "map"), "province": ("map",), "agency": ("programmes",)}
MONTHS_SHOWN = 13  # the month a year ago is seen too


# --- Whose performance ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """The country, a province, a district, an agency, a programme or a topic group; `table` is the release's."""

    table: str
    code: str
    name: str
    above: "Subject | None" = None
    label: str = ""  # a short name, for a bar

    @property
    def short(self) -> str:
        return self.label or self.name

    @property
    def by(self) -> tuple[str, ...]:
        return (self.code,) if self.code else ()

    @property
    def way(self) -> tuple[str, str]:
        """As an address has it."""
        return {"country": ("country", "all")}.get(
            self.table, ("place" if self.table in ("province", "district") else self.table, self.code)
        )

    @property
    def address(self) -> str:
        """A topic group has no page of its own."""
        if self.table == "kind":
            return ""
        what, code = self.way
        name = "site:performance" if what == "country" else f"site:performance_{what}"
        return in_this_language(name, *([] if what == "country" else [code]))

    @property
    def over(self) -> "list[Subject]":
        return [*self.above.over, self.above] if self.above else []


def country() -> Subject:
    return Subject("country", "", catalogue().country.name)


def find(what: str, code: str) -> Subject | None:
    house = catalogue()
    if what == "country":
        return country()
    if what == "agency" and code in house.agencies:
        return Subject("agency", code, house.agencies[code].name, country(), house.agencies[code].label)
    if what == "programme" and (programme := house.programmes.get(code)):
        above = find("agency", programme.agency_id) or country()
        return Subject("programme", code, programme.name, above, programme.label)
    if what == "place" and code in house.provinces:
        name = _("{province} Province").format(province=house.provinces[code].name)
        return Subject("province", code, name, country())
    if what == "place" and (place := house.districts.get(code)):
        return Subject("district", code, place.name, find("place", place.parent_id or ""))
    return None


def everybody() -> list[Subject]:
    """All who have a page."""
    house = catalogue()
    asked = (("agency", house.agencies), ("programme", house.programmes))
    places = (("place", house.provinces), ("place", house.districts))
    return [country(), *(one for what, codes in (*asked, *places) for one in _found(what, codes))]


def programmes_of(agency: Subject) -> list[Subject]:
    return _found("programme", [code for code, one in catalogue().programmes.items() if one.agency_id == agency.code])


def topic_groups() -> list[Subject]:
    return [Subject("kind", code, value_said("kind", code)) for code in values_of("kind")]


def districts_of(place: Subject) -> list[Place]:
    """Of a province, or of the country."""
    return [one for one in catalogue().districts.values() if place.code in ("", one.parent_id)]


def _found(what: str, codes: Iterable[str]) -> list[Subject]:
    return sorted(filter(None, (find(what, code) for code in codes)), key=lambda subject: subject.name)


# --- Promises ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pledge:
    """One promise, and the figures that tell how it was kept: a share, and days until half and nine in ten."""

    title: str | Promise
    kept: str
    half: str = ""
    nine: str = ""
    days: str = ""  # of a topic: how soon


PLEDGES = (
    Pledge(
        gettext_lazy("An officer takes up your case"), "acknowledged_on_time",
        "days_to_acknowledge_median", "days_to_acknowledge_p90", "acknowledge_days",
    ),
    Pledge(
        gettext_lazy("An answer by the promised date"), "resolved_on_time",
        "days_to_resolve_median", "days_to_resolve_p90", "resolve_days",
    ),
    Pledge(gettext_lazy("You are told the outcome"), "told"),
)  # fmt: skip
IN_TIME = "resolved_on_time"  # what pages tell first, and tell apart
ENDINGS = (
    ("confirmed", gettext_lazy("Confirmed solved by the citizen")),
    ("closed_by_agency", gettext_lazy("Closed by the agency")),
    ("closed_by_silence", gettext_lazy("Closed after silence")),
)
MORE = (
    "received", "open_at_end", "late_at_end", "not_solved", "reopened", "satisfaction", "appealed", "appeals_decided",
    "appeals_upheld",
)  # fmt: skip
BESIDE_IT = ("answered", IN_TIME, "confirmed_share")  # in every table of parts


def promised(pledge: Pledge, subject: Subject) -> str:
    """How soon, from the quickest matter to the slowest; of what is told by months, so of no sensitive matter."""
    if not pledge.days:
        return _("each time")
    days = [getattr(topic, pledge.days) for topic in _topics(subject)]
    if not days:
        return ""
    least, most = min(days), max(days)
    if least == most:
        return number(most, "days")
    return _("{least} to {most} days").format(least=least, most=most)


def _topics(subject: Subject) -> list[Topic]:
    topics = [one for one in catalogue().topics.values() if one.sensitivity == Sensitivity.OPEN]
    if subject.table == "agency":
        return [one for one in topics if one.answered_by == subject.code]
    if subject.table == "programme":
        return [one for one in topics if one.programme_id == subject.code]
    return topics


# --- Pictures and their tables ----------------------------------------------------------------------------

NONE = Number(None, hidden=False)


class Cell(NamedTuple):
    """What stands in a table."""

    said: str
    hidden: bool = False


@dataclass(frozen=True)
class Row:
    """One line of a table; `promised` is the one cell that is no number."""

    label: str
    numbers: Sequence[Number]
    address: str = ""
    promised: str | None = None

    @property
    def tells(self) -> bool:
        return self.promised is not None or any(number.n is not None for number in self.numbers)

    @property
    def cells(self) -> list[Cell]:
        told = [Cell(one.said, one.hidden) for one in self.numbers]
        return told if self.promised is None else [Cell(self.promised), *told]


Chart = Bars | Line | Shapes | TileMap


@dataclass(frozen=True)
class Picture:
    """A chart or a map with what it shows, its table, and where its numbers were published."""

    of: "Performance"
    heading: str
    shows: str
    chart: Chart
    heads: Sequence[str]
    rows: Sequence[Row]
    cite: str

    @property
    def name(self) -> str:
        return "map" if isinstance(self.chart, TileMap) else self.chart.name

    @property
    def lines(self) -> list[tuple[Row, list[tuple[str, Cell]]]]:
        """Each row that tells something, with its cells and the head of each."""
        return [(row, list(zip(self.heads[1:], row.cells, strict=True))) for row in self.rows if row.tells]

    @property
    def silent(self) -> list[Row]:
        """Of whom all is hidden."""
        return [row for row in self.rows if not row.tells]

    @property
    def tells(self) -> bool:
        return any(row.tells for row in self.rows)

    @property
    def draws(self) -> bool:
        """A picture of hidden numbers alone shows nothing."""
        match self.chart:
            case TileMap(tiles=tiles):
                return not all(tile.hidden for tile in tiles)
            case Shapes(shapes=shapes):
                return any(shape.value.part is not None for shape in shapes)
            case Bars(values=values) | Line(values=values):
                return any(value.part is not None for value in values)

    @property
    def template(self) -> str:
        return "charts/tiles.html" if isinstance(self.chart, TileMap) else self.chart.template

    @property
    def is_map(self) -> bool:
        return isinstance(self.chart, TileMap | Shapes)

    @property
    def credit(self) -> str:
        return self.chart.credit if isinstance(self.chart, Shapes) else ""

    @property
    def whole(self) -> bool:
        """A map of so many tiles that a small screen has no room for their names."""
        return self.of.subject.table == "country"

    @property
    def height(self) -> int:
        chart = self.chart
        return WIDTH * chart.height // (chart.width or 1) if isinstance(chart, TileMap) else chart.height

    @property
    def image(self) -> str:
        return self._address("site:embed_picture")

    @property
    def frame(self) -> str:
        return self._address("site:embed_page")

    def _address(self, name: str) -> str:
        """It keeps its numbers and its language: month, version and language stand in it."""
        of = self.of
        where = in_this_language(name, self.name, *of.subject.way)
        return f"{where}?of={of.stretch}&version={of.edition.release.version}"


# --- The page ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Performance:
    """One subject in one month or quarter, as the newest version of its release has it."""

    subject: Subject
    stretch: str
    edition: Edition
    earlier: Sequence[Edition]  # and this one, the oldest first

    @property
    def when(self) -> str:
        return period_said(self.stretch)

    def number(self, measure: str, subject: Subject | None = None) -> Number:
        one = subject or self.subject
        return self.edition.number(measure, one.table, one.by, self.stretch)

    @property
    def lead(self) -> list[str]:
        """What one reads first: a sentence with the number, then what it is to be held against."""
        kept = self.number(IN_TIME)
        if kept.n is None:
            return []
        said = [_("Of 100 cases, {kept} were answered in time in {when}.").format(kept=_of_100(kept), when=self.when)]
        yes, among = self.number("answered_on_time").said, self.number("answered").said
        said.append(_("These are {yes} of {all} answers.").format(yes=yes, all=among))
        everywhere = self.number(IN_TIME, country())
        if self.subject.code and everywhere.n is not None:
            said.append(_("In the whole country it was {kept} of 100.").format(kept=_of_100(everywhere)))
        before = self._month_before()
        if before and (earlier := before.number(IN_TIME, self.subject.table, self.subject.by)).n is not None:
            said.append(_in_month(before, earlier))
        return said

    @property
    def told_last(self) -> str:
        """Where this month is hidden: the last one before it that is not."""
        whose = self.subject.table, self.subject.by
        for edition in reversed(self.earlier[:-1]):
            if (kept := edition.number(IN_TIME, *whose)).n is not None:
                return _in_month(edition, kept)
        return ""

    def _month_before(self) -> Edition | None:
        return self.earlier[-2] if len(self.earlier) > 1 and self.stretch == self.edition.month else None

    @property
    def pictures(self) -> list[Picture]:
        """Those in which there is something to see, and those that lead further down although all in them is hidden."""
        house, table = catalogue(), self.subject.table
        pictures = [self._promises(), self._endings(), self._months()]
        if table == "country":
            agencies, groups = _found("agency", house.agencies), topic_groups()
            pictures += [self._parts("agencies", (_("Agency by agency"), _("Agency")), "agency", agencies)]
            pictures += [self._parts("groups", (_("Topic group by topic group"), _("Topic group")), "kind", groups)]
        if table == "agency":
            ours = programmes_of(self.subject)
            pictures += [self._parts("programmes", (_("Programme by programme"), _("Programme")), "programme", ours)]
        if table in ("country", "agency"):
            tables = "province" if table == "country" else "agency_province"
            places = _found("place", house.provinces)
            pictures += [self._parts("provinces", (_("Province by province"), _("Province")), tables, places)]
        if table in ("country", "province"):
            pictures += [self._map()]
        return [one for one in pictures if one.tells or one.name in WAYS_DOWN.get(table, ())]

    @property
    def more(self) -> list[Row]:
        return [
            Row(str(title_of(measure)), [self.number(measure)], self.cite(measure))
            for measure in MORE
            if self.number(measure).n is not None
        ]

    def cite(self, measure: str) -> str:
        """Where the number was published: that address keeps it."""
        return self._published(self.subject.table, measure, "-".join(self.subject.by) or "all")

    def _published(self, table: str, measure: str, anchor: str = "") -> str:
        address = address_of(self.edition.release, self.stretch, False, table, measure)
        return f"{address}#{anchor}" if anchor else address

    def _shows(self, words: str) -> str:
        return f"{words}: {self.subject.name}, {self.when}"

    @property
    def _compared(self) -> str:
        return _("The whole country") if self.subject.code else ""

    def _promises(self) -> Picture:
        values, rows = [], []
        for pledge in PLEDGES:
            kept, everywhere = self.number(pledge.kept), self.number(pledge.kept, country())
            values.append(_value(str(pledge.title), kept, everywhere if self.subject.code else None))
            days = [self.number(name) if name else NONE for name in (pledge.half, pledge.nine)]
            rows.append(Row(str(pledge.title), [kept, *days], promised=promised(pledge, self.subject)))
        shows = self._shows(_("Promises and how they were kept"))
        return Picture(
            self,
            _("What was promised, and how it was kept"),
            shows,
            Bars("promises", shows, values, self._compared),
            (_("Promise"), _("Promised"), _("Kept"), _("Half within"), _("Nine in ten within")),
            rows,
            self.cite(IN_TIME),
        )

    def _endings(self) -> Picture:
        values, rows = [], []
        for measure, title in ENDINGS:
            mine, all_of_us = ((one.table, one.by, self.stretch) for one in (self.subject, country()))
            part = self.edition.part(measure, "closed", *mine)
            everywhere = self.edition.part(measure, "closed", *all_of_us) if self.subject.code else None
            values.append(_value(str(title), part, everywhere))
            rows.append(Row(str(title), [self.number(measure), part]))
        shows = self._shows(_("Who said that it is solved"))
        return Picture(
            self,
            _("Closed by the agency, or confirmed solved by the citizen"),
            shows,
            Bars("endings", shows, values, self._compared),
            (_("How cases ended"), _("Cases"), _("Of those closed")),
            rows,
            self.cite("closed"),
        )

    def _months(self) -> Picture:
        values, rows = [], []
        whose = self.subject.table, self.subject.by
        for edition in self.earlier[-MONTHS_SHOWN:]:
            everywhere = edition.number(IN_TIME, "country", ()) if self.subject.code else None
            values.append(_value(_short(edition.release.month), edition.number(IN_TIME, *whose), everywhere))
            address = in_this_language("citizen:published", edition.month, edition.release.version)
            numbers = [edition.number(measure, *whose) for measure in BESIDE_IT]
            rows.append(Row(period_said(edition.month), numbers, address))
        shows = self._shows(_("Answered in time, month by month"))
        return Picture(
            self,
            _("Month by month"),
            shows,
            Line("months", shows, values, self._compared),
            (_("Month"), *_heads()),
            rows[::-1],
            self.cite(IN_TIME),
        )

    def _parts(self, name: str, titles: tuple[str, str], table: str, parts: Sequence[Subject]) -> Picture:
        """Side by side, under a heading and the word for one of them; an agency in the provinces has its own table."""
        found = []
        before = self.subject.by if table == "agency_province" else ()
        for part in parts:
            where = table, (*before, *part.by), self.stretch
            value = _value(part.short, self.edition.number(IN_TIME, *where), self.number(IN_TIME), part.address)
            numbers = [self.edition.number(measure, *where) for measure in BESIDE_IT]
            found.append((part.code, value, Row(part.name, numbers, part.address)))
        found.sort(key=lambda one: (one[1].hidden, -(one[1].part or 0), one[1].label))  # who kept most comes first
        rows, bars = [row for _code, _value, row in found], [value for _code, value, row in found if row.tells]
        shows = self._shows(_("Answered in time"))
        map_of = self._provinces(shows, {code: value for code, value, _row in found})
        return Picture(
            self,
            titles[0],
            shows,
            map_of if name == "provinces" and map_of else Bars(name, shows, bars, self.subject.short),
            (titles[1], *_heads()),
            rows,
            self._published(table, IN_TIME),
        )

    def _provinces(self, shows: str, values: Mapping[str, Value]) -> Shapes | None:
        """On the country's own map, where the pack has one with all of them."""
        drawn = outlines(catalogue().country.name)
        if drawn is None or not values or not values.keys() <= drawn.provinces.keys():
            return None
        found = [(drawn.provinces[code], value) for code, value in values.items()]
        shapes = [Shape(value, one.path, one.x, one.y) for one, value in found]
        return Shapes("provinces", shows, shapes, drawn.width, drawn.height, drawn.credit)

    def _map(self) -> Picture:
        places = districts_of(self.subject)
        tiles, rows = {}, []
        for place in sorted(places, key=str):
            subject = Subject("district", place.pk, place.name)
            kept = self.number(IN_TIME, subject)
            tiles[place.pk] = Told(kept.n or 0, kept.said.removesuffix(" %"), subject.address, hidden=kept.n is None)
            rows.append(Row(place.name, [self.number(measure, subject) for measure in BESIDE_IT], subject.address))
        return Picture(
            self,
            _("District by district"),
            self._shows(_("Answered in time, of 100 answers in each district")),
            draw(places, tiles, shade=shade_of),
            (_("District"), *_heads()),
            rows,
            self._published("district", IN_TIME),
        )


def _heads() -> tuple[str, ...]:
    return (_("Answered"), _("In time"), _("Confirmed"))


def _value(label: str, one: Number, beside: Number | None, address: str = "") -> Value:
    return Value(label, one.said, one.n, one.hidden, beside.n if beside else None, address)


def _in_month(edition: Edition, kept: Number) -> str:
    return _("In {when} it was {kept} of 100.").format(when=period_said(edition.month), kept=_of_100(kept))


def _of_100(kept: Number) -> int:
    return round(100 * (kept.n or 0))


def _short(day: date) -> str:
    return str(MONTHS_3[day.month]).capitalize()


def tell(subject: Subject, *, stretch: str = "", version: int | None = None) -> Performance | None:
    """The newest month, or the one that is asked for; none where that was not released."""
    known = editions()
    while known and stretch not in ("", *known[-1].stretches):
        known.pop()
    if not known:
        return None
    edition = known.pop()
    if version not in (None, edition.release.version):
        older = edition_of(edition.release.month, version or 0)
        if older is None:
            return None
        edition = older
    return Performance(subject, stretch or edition.month, edition, [*known, edition])
