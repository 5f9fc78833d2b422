"""Translations: collects the texts citizens meet into .po files, and compiles what translators wrote into .mo.

Pure Python (Babel), so that no machine needs GNU gettext. Two catalogues a language: `locale/` holds the
software's own words, `countries/NAME/locale/` the labels of a country pack. Officers' pages are in English.
"""

import csv
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import gettext, override
from django.utils.translation.template import templatize

HOUSE = Path(settings.BASE_DIR)
PACKS = HOUSE / "sws" / "countries"
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None}
DRAFT = "draft: written without a speaker of the language, to be reviewed before it is offered"

# Where citizens' words are written. The desk and the editor speak English.
CITIZENS_CODE = (
    "channels/**/*.py",
    "cases/wording.py",
    "cases/models/case.py",
    "cases/registration.py",
    "cases/figure_words.py",
    "cases/measures.py",
    "cases/tables.py",
    "cases/told.py",
    "cases/actions/*.py",
    "cases/views/public.py",
    "cases/pack.py",
    "cms/models/*.py",
    "cms/performance.py",
    "cms/released.py",
    "cms/following/*.py",
    "sws/templatetags/speaking.py",
)
CITIZENS_PAGES = (
    "templates/base.html",
    "templates/404.html",
    "templates/cms/*.html",
    "templates/cms/blocks/*.html",
    "templates/cms/following/*",
    "templates/figures/*.html",
    "templates/ledger/*.html",
    "templates/performance/*.html",
    "templates/track/*.html",
)
# The columns of a pack that citizens read.
PACK_WORDS = {
    "agencies.csv": ("label",),
    "programmes.csv": ("label",),
    "topics.csv": ("label",),
    "helplines.csv": ("label", "about"),
    "desks.csv": ("where",),
    "registration_items.csv": ("label",),
}


def house_words() -> Catalog:
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for path in _paths(CITIZENS_CODE):
        _add(catalog, path, path.read_bytes())
    for path in _paths(CITIZENS_PAGES):
        _add_page(catalog, path)
    return catalog


@cache
def is_translated(page: str, language: str) -> bool:
    """More than half of what this template says has a translation. Less is said in English, as on a handset."""
    catalog, path = Catalog(), HOUSE / "templates" / page
    if path.is_file():
        _add_page(catalog, path)
    said = [str(entry.id) for entry in catalog if entry.id]
    with override(language):
        return sum(gettext(words) != words for words in said) * 2 > len(said)


def pack_words(pack: Path) -> Catalog:
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for name, columns in PACK_WORDS.items():
        with (pack / name).open(newline="") as file:
            for row in csv.DictReader(file):
                for column in columns:
                    if row[column]:
                        catalog.add(row[column], locations=[(f"{name}:{column}", 0)])
    return catalog


def catalogues() -> Iterator[tuple[Path, Catalog]]:
    """Each folder of translations with the words that belong into it."""
    yield HOUSE / "locale", house_words()
    for pack in sorted(PACKS.iterdir()):
        if (pack / "topics.csv").exists():
            yield pack / "locale", pack_words(pack)


def po_path(folder: Path, language: str) -> Path:
    return folder / language / "LC_MESSAGES" / "django.po"


def read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(fuzzy=False)
    return read_po(BytesIO(path.read_bytes()), ignore_obsolete=True)


def review_of(path: Path) -> str:
    """What the file says of itself: a draft, or whatever its reviewer wrote there instead."""
    said = re.search(r'"X-Review: (.*)\\n"', path.read_text()) if path.exists() else None
    return said.group(1) if said else DRAFT


def update() -> list[Path]:
    """Bring every .po up to the words in use; translations are kept, words no longer used are dropped."""
    written = []
    for folder, words in catalogues():
        for language in languages():
            path = po_path(folder, language)
            kept, review = read(path, language), review_of(path)
            kept.update(words, no_fuzzy_matching=True)
            kept.obsolete.clear()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_text(kept, language, review))
            written.append(path)
    return written


def compile_all() -> int:
    """Write the .mo beside each .po that is newer. Returns how many were written."""
    stale = [po for po in _all_po() if not _fresh(po.with_suffix(".mo"), po)]
    for po in stale:
        out = BytesIO()
        write_mo(out, read_po(BytesIO(po.read_bytes())))
        po.with_suffix(".mo").write_bytes(out.getvalue())
    return len(stale)


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES if code != "en"]


def _all_po() -> list[Path]:
    return sorted([*(HOUSE / "locale").glob("*/*/django.po"), *PACKS.glob("*/locale/*/*/django.po")])


def _fresh(mo: Path, po: Path) -> bool:
    return mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime


HEADER = """\
# {name}. {review}
msgid ""
msgstr ""
"Language: {language}\\n"
"X-Review: {review}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def _text(catalog: Catalog, language: str, review: str) -> bytes:
    out = BytesIO()
    write_po(out, catalog, width=110, no_location=True, sort_output=True, omit_header=True)
    header = HEADER.format(name=dict(settings.LANGUAGES)[language], language=language, review=review)
    return header.encode() + out.getvalue()


def _paths(patterns: tuple[str, ...]) -> list[Path]:
    return sorted(path for pattern in patterns for path in HOUSE.glob(pattern))


def _add_page(catalog: Catalog, path: Path) -> None:
    """{% say %} is Django's {% translate %}, and marks English as what it is."""
    _add(catalog, path, templatize(path.read_text().replace("{% say ", "{% translate "), origin=str(path)).encode())


def _add(catalog: Catalog, path: Path, source: bytes) -> None:
    for _line, message, _comments, _context in extract("python", BytesIO(source), keywords=KEYWORDS):
        if isinstance(message, str) and message:
            catalog.add(message, locations=[(str(path.relative_to(HOUSE)), 0)])
