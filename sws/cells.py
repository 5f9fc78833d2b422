"""How one cell of a country pack is read, and what a whole row must agree with; it knows no file and no table."""

from collections.abc import Callable
from typing import Any

from cases.pack import Kind
from cases.registration import QUESTIONS
from channels.gsm7 import foreign
from cms.sources import WRITTEN

# --- How a cell is read: each reader takes what is written and gives the value, or says what is wrong --------

Rows = dict[tuple, Any]  # unsaved rows of the catalogue by their key
Pack = dict[str, Rows]  # by table; only the tables read so far
Reader = Callable[[str, Pack], object]


def plain(cell: str, pack: Pack) -> object:
    return cell


def needed(cell: str, pack: Pack) -> object:
    if not cell:
        raise ValueError("may not be empty")
    return cell


def handset(cell: str, pack: Pack) -> object:
    """Shown on a handset: one letter that its alphabet lacks makes an SMS cost two or three."""
    if letters := foreign(cell):
        raise ValueError(f"a handset cannot show {' '.join(sorted(letters))}")
    return needed(cell, pack)


def several(cell: str, pack: Pack) -> object:
    return [word.strip() for word in cell.split(";") if word.strip()]


def optional(cell: str, pack: Pack) -> object:
    return cell or None


def dated(cell: str, pack: Pack) -> object:
    if cell and not WRITTEN.fullmatch(cell):
        raise ValueError(f"{cell!r} is not a date like 2026, 2026-08 or 2026-08-13")
    return cell


UNDATED = "undated"


def dated_or_not(cell: str, pack: Pack) -> object:
    """A fact without a date says that its source has none: nobody forgot it."""
    if not cell:
        raise ValueError(f"may not be empty: write {UNDATED} where the source has no date")
    return "" if cell == UNDATED else dated(cell, pack)


def day_or_year(cell: str, pack: Pack) -> object:
    return dated(str(needed(cell, pack)), pack)


def choice(words: dict[str, object]) -> Reader:
    def read(cell: str, pack: Pack) -> object:
        if cell not in words:
            raise ValueError(f"{cell!r} is none of {', '.join(words)}")
        return words[cell]

    return read


def known(*tables: str, may_be_empty: bool = False) -> Reader:
    """A code that one of these tables holds; not looked into when one of them could not be read at all."""

    def read(cell: str, pack: Pack) -> object:
        if not cell and may_be_empty:
            return None
        codes = {key[0] for table in tables for key in pack.get(table, ())}
        if cell not in codes and all(table in pack for table in tables):
            raise ValueError(f"{cell!r} is not in {' or '.join(f'{table}.csv' for table in tables)}")
        return cell

    return read


def several_of(table: str) -> Reader:
    """Codes that the table holds, one at least."""
    one = known(table)

    def read(cell: str, pack: Pack) -> object:
        return [one(word.strip(), pack) for word in str(needed(cell, pack)).split(";")]

    return read


def asked_by_the_form(cell: str, pack: Pack) -> object:
    asked = {"name", "nrc", *(question.key for question in QUESTIONS)}
    if cell and cell not in asked:
        raise ValueError(f"{cell!r} is none of {', '.join(sorted(asked))}")
    return cell


yes_no = choice({"yes": True, "no": False})


# --- What a row must agree with ------------------------------------------------------------------------------


def climbs(step: Any, pack: Pack) -> str:
    below = (step.ladder, step.level - 1) if isinstance(step.level, int) else None
    return "" if step.level == 1 or below in pack["ladders"] else f"{step.ladder} has no level below this one"


def fits(topic: Any, pack: Pack) -> str:
    programme = pack.get("programmes", {}).get((topic.programme_id,))
    if programme and programme.agency_id != topic.agency_id:
        return f"{programme.code} is not a programme of {topic.agency_id}"
    return ""


def is_no_topics_own(standard: Any, pack: Pack) -> str:
    first = standard.level == 1 and standard.agency_id is None
    return "the first level's days stand in topics.csv" if first else ""


def registers(item: Any, pack: Pack) -> str:
    topic = pack.get("topics", {}).get((item.topic_id,))
    return "" if topic is None or topic.kind == Kind.REGISTRATION else f"{topic.code} is no registration"


def splits(figure: Any, pack: Pack) -> str:
    series = pack.get("statistics/series", {}).get((figure.series_id,))
    if series is None or series.has_part(figure.split):
        return ""
    return f"{series.code} is not split, so there is no {figure.split!r} of it"


def nothing(row: Any, pack: Pack) -> str:
    return ""


def asks_one_thing(answer: Any, pack: Pack) -> str:
    """All answers of a question stand below the same words."""
    same = (row for row in pack["survey"].values() if row.question == answer.question)
    return "" if all(row.asked == answer.asked for row in same) else f"{answer.question} is asked in two ways"
