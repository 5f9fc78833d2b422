"""What the public pages read of the catalogue, in the shape they show it. Reads only; no country, no facts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from unicodedata import normalize

from django.conf import settings

from cases.catalogue import Catalogue, NoCountry, catalogue, only_letters
from cases.languages import SOURCE, spoken
from cases.pack import (
    Agency,
    Basis,
    Desk,
    Fact,
    Helpline,
    LadderStep,
    Place,
    Programme,
    RegistrationItem,
    Sensitivity,
    Topic,
)
from channels.models import InfoText


def known() -> Catalogue | None:
    try:
        return catalogue()
    except NoCountry:
        return None


def agencies() -> dict[str, Agency]:
    return house.agencies if (house := known()) else {}


def programmes() -> dict[str, Programme]:
    return house.programmes if (house := known()) else {}


def topics() -> dict[str, Topic]:
    return house.topics if (house := known()) else {}


def languages() -> list[tuple[str, str]]:
    return [(code, language.name) for code, language in house.languages.items()] if (house := known()) else []


# --- A programme -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """The facts that answer one question about a programme, the newest first."""

    aspect: str
    title: str
    facts: list[Fact]


def facts_by_aspect(programme: str) -> list[Answer]:
    facts = Fact.objects.filter(programme=programme, retired_at=None).order_by("-as_of", "pk")
    by_aspect: dict[str, list[Fact]] = {}
    for fact in facts:
        by_aspect.setdefault(fact.aspect, []).append(fact)
    return [Answer(aspect, str(aspect.label), by_aspect[aspect]) for aspect in Fact.Aspect if aspect in by_aspect]


def newest_figures() -> list[tuple[Programme, list[Fact]]]:
    """Of each programme that has figures, the three newest."""
    facts: dict[str, list[Fact]] = {}
    for fact in Fact.objects.filter(aspect=Fact.Aspect.FIGURES, retired_at=None).order_by("-as_of", "pk"):
        facts.setdefault(fact.programme_id, []).append(fact)
    return [(programme, facts[code][:3]) for code, programme in programmes().items() if code in facts]


def read_out(*codes: str) -> list[InfoText]:
    """What the phone menu reads out about these programmes or agencies: in the language of the address, or English."""
    language = spoken()
    texts = InfoText.objects.filter(
        live=True, key__in=[code for code in codes if code], language__in={language, SOURCE}
    )
    chosen: dict[tuple[str, int], InfoText] = {}
    for text in texts:
        if text.language == language or (text.key, text.order) not in chosen:
            chosen[text.key, text.order] = text
    return sorted(chosen.values(), key=lambda text: (codes.index(text.key), text.order))


def topics_of(programme: Programme) -> list[Topic]:
    """Its own matters; where it has none, those of the office that runs it."""
    offices = [topic for topic in topics().values() if topic.agency_id == programme.agency_id and topic.programme_id]
    return [topic for topic in offices if topic.programme_id == programme.pk] or offices


def words_of_programme(code: str) -> str:
    programme = programmes().get(code)
    if programme is None:
        return ""
    facts = Fact.objects.filter(programme=code, retired_at=None).values_list("text", flat=True)
    told = [f"{text.title} {text.text}" for text in read_out(code)]
    matters = [topic.name for topic in topics_of(programme)]
    return " ".join([programme.name, programme.label, code, *facts, *told, *matters])


def lines_of(agency: str) -> list[Helpline]:
    house = known()
    return [line for line in house.helplines.values() if line.agency_id == agency] if house else []


def advice() -> list[InfoText]:
    """What the phone menu reads out about bodies that run no programme: the ombudsman, the commissions."""
    run = {programme.agency_id for programme in programmes().values()}
    return read_out(*(code for code in agencies() if code not in run))


def urgent_lines() -> list[Helpline]:
    house = known()
    return [line for line in house.help_for_all if line.toll_free == "yes"] if house else []


# --- Promises -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promised:
    """A matter and its standard as it holds today, in working days."""

    topic: Topic
    acknowledge: int
    resolve: int
    by_law: bool
    note: str


def promised(matters: Iterable[Topic]) -> list[Promised]:
    house = known()
    rows = []
    for topic in matters:
        standard = (house and house.standard(topic)) or topic
        law = standard.basis == Basis.STATUTORY
        rows.append(Promised(topic, standard.acknowledge_days, standard.resolve_days, law, standard.basis_note))
    return rows


@dataclass(frozen=True)
class Joining:
    """One way to register: what each office needs, and by when it answers."""

    promise: Promised
    needs: dict[Agency, list[RegistrationItem]] = field(default_factory=dict)


def joining(registrations: Iterable[Topic]) -> list[Joining]:
    house, ways = known(), []
    for promise in promised(registrations):
        needs: dict[Agency, list[RegistrationItem]] = {}
        for item in house.items.get(promise.topic.pk, []) if house else []:
            needs.setdefault(agencies()[item.agency_id], []).append(item)
        ways.append(Joining(promise, needs))
    return ways


@dataclass(frozen=True)
class AtOffice:
    agency: Agency
    matters: list[Promised]


def standards() -> dict[str, object]:
    """For the charter: every matter by who answers it, the levels above, and the two limits of the house."""
    house = known()
    by_office: dict[str, list[Topic]] = {}
    for topic in house.topics.values() if house else ():
        by_office.setdefault(topic.answered_by, []).append(topic)
    busiest = sorted(by_office.items(), key=lambda office: (-len(office[1]), office[0]))
    return {
        "offices": [AtOffice(agencies()[code], promised(mine)) for code, mine in busiest if code in agencies()],
        "levels": {
            "acknowledge": settings.ESCALATION_ACKNOWLEDGE_DAYS,
            "resolve": settings.ESCALATION_DAYS,
            "referral": settings.REFERRAL_DAYS,
            "of_the_pack": [standard for standard in (house.standards.values() if house else ()) if standard.level > 1],
        },
        "pause": settings.PAUSE_CAP_DAYS,
        "silence": settings.SILENCE_DAYS,
        "keep": settings.KEEP_DAYS,
    }


# --- Ladders ------------------------------------------------------------------------------------------


def ladder(code: str) -> list[LadderStep]:
    return house.ladders.get(code, []) if (house := known()) else []


def names_of_ladders() -> list[tuple[str, str]]:
    """For an editor's choice: the code, and who stands on the first level."""
    house = known()
    return [(code, f"{code}: {steps[0].body}") for code, steps in house.ladders.items()] if house else []


def ladders_of(matters: Iterable[Topic]) -> list[list[LadderStep]]:
    """The ladders these matters climb. What is about violence or corruption goes another way, told where it is."""
    shown = {topic.ladder for topic in matters if topic.sensitivity in (Sensitivity.OPEN, Sensitivity.PRIVATE)}
    return [steps for code in sorted(shown) if (steps := ladder(code))]


# --- Places -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class At:
    """A district with its desks; none means that none is known there."""

    district: Place
    province: Place
    desks: list[Desk]


def _at(places: Iterable[Place], house: Catalogue) -> list[At]:
    desks: dict[str, list[Desk]] = {}
    for desk in house.desks.values():
        desks.setdefault(desk.place_id, []).append(desk)
    return [At(place, house.provinces[place.parent_id or ""], desks.get(place.pk, [])) for place in places]


def places_called(asked: str) -> list[At]:
    """The districts that may be meant: by code, by the beginning of the name, or nearly spelt like it."""
    house = known()
    if house is None or not asked:
        return []
    plainly = "".join(letter for letter in normalize("NFKD", asked) if letter.isascii())
    meant = [house.districts[asked]] if asked in house.districts else house.districts_like(plainly)
    return _at(meant or _spelt_like(only_letters(plainly), house), house)


def _spelt_like(letters: str, house: Catalogue) -> list[Place]:
    districts = house.districts.values()
    spelt = {only_letters(name): place for place in districts for name in (place.name, *place.spellings)}
    return list(dict.fromkeys(spelt[name] for name in get_close_matches(letters, spelt, n=3, cutoff=0.6)))


def desks_by_province() -> list[tuple[Place, list[At]]]:
    """Every district by its province, in the order of the alphabet."""
    house = known()
    if house is None:
        return []
    places = _at(sorted(house.districts.values(), key=lambda place: place.name), house)
    provinces = sorted(house.provinces.values(), key=lambda place: place.name)
    return [(province, [at for at in places if at.province == province]) for province in provinces]
