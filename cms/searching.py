"""The search of the public pages: PostgreSQL's, and forgiving: a word nobody wrote stands for those spelt nearly so.

The name of a place is such a word as well.

It looks where its address speaks: in that language's pages, and in the English ones that are not translated into it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from operator import and_
from unicodedata import combining, normalize

from django.db import connection
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail.search.index import SearchField
from wagtail.search.query import Or, PlainText

from cases.languages import SOURCE, spoken
from cms.doors import Door, by_name
from cms.models.translated import english, translations

MOST = 30
LONGEST = 80  # letters of one question
WORDS_ASKED = 8
MOST_DOORS = 6

# Every word of the pages in English and one other language as PostgreSQL's index has it, with the pages it is on.
VOCABULARY = """
    SELECT word, ndoc FROM ts_stat(format(
        'SELECT title || body FROM wagtailsearch_indexentry WHERE content_type_id IN
            (SELECT id FROM django_content_type WHERE app_label = ''cms'')
         AND object_id IN (SELECT page.id::text FROM wagtailcore_page page JOIN wagtailcore_locale locale
            ON locale.id = page.locale_id WHERE locale.language_code IN (''en'', %%L))', %s::text))
"""


# The stem of each word typed, as the index has words; none of a word that says nothing by itself.
STEMS = (
    "SELECT (ts_lexize('english_stem', word))[1] FROM unnest(%s::text[]) WITH ORDINALITY asked(word, nth) ORDER BY nth"
)
# Of each of these stems a word as it is written in a text, the shortest.
WRITTEN = """
    SELECT DISTINCT ON (stem) stem, word
    FROM unnest(tsvector_to_array(to_tsvector('simple', %s))) word,
        LATERAL (SELECT (ts_lexize('english_stem', word))[1]) _(stem)
    WHERE stem = ANY(%s) ORDER BY stem, length(word), word
"""


@dataclass(frozen=True)
class Found:
    """`meant` are the words searched for, where they are not those that were typed."""

    pages: list[Page]
    meant: list[str]
    doors: list[Door]


def search(asked: str) -> Found:
    typed = [plain(word) for word in asked[:LONGEST].split()[:WORDS_ASKED]]
    stems = {word: stem for word, stem in _stems([word for word in typed if word]).items() if stem}
    if not stems:
        return Found([], [], [])
    named = _named()
    written = {stem: word for words, _doors in named for word, stem in words.items()}
    spelt = _spelt_as_written(stems, written)
    doors = _doors(named, {stems.get(one, one) for words in spelt for one in words})
    each = [Or([PlainText(word) for word in words]) if len(words) > 1 else PlainText(words[0]) for words in spelt]
    public = _public()
    pages = list(public.search(reduce(and_, each))[:MOST])
    if not pages and len(each) > 1:  # no page has them all: those that have some
        pages = list(public.search(Or(each))[:MOST])
    found = [page.specific for page in pages]
    others = [words[0] for word, words in zip(stems, spelt, strict=True) if words[0] != word]
    return Found(found, _as_written(others, found, written), doors)


def _stems(words: list[str]) -> dict[str, str | None]:
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [words])
        return dict(zip(words, (stem for (stem,) in cursor.fetchall()), strict=True))


def _as_written(stems: list[str], pages: list[Page], written: Mapping[str, str]) -> list[str]:
    """Whole words for these stems, of a name or read off the pages found; none for a stem only other words have."""
    if not stems:
        return []
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, [" ".join(map(_text, pages)), stems])
        written = {**written, **dict(cursor.fetchall())}
    return [written[stem] for stem in dict.fromkeys(stems) if stem in written]


def _text(page: Page) -> str:
    """What of a page is searched, as it is written."""
    fields = [field for field in page.get_search_fields() if isinstance(field, SearchField)]
    values = (field.get_value(page) for field in fields)
    return " ".join(value if isinstance(value, str) else " ".join(map(str, value or ())) for value in values)


Named = list[tuple[dict[str, str], Callable[[], list[Door]]]]


def _named() -> Named:
    """What is no editor's page and is asked for by its name: the words of it with their stems, and where it leads."""
    known = [(_names(name), doors) for name, doors in by_name()]
    stems = _stems(sorted({word for words, _doors in known for word in words}))
    return [({word: stems[word] or word for word in words}, doors) for words, doors in known if words]


def _doors(named: Named, said: set[str]) -> list[Door]:
    found = [door for words, doors in named if set(words.values()) <= said for door in doors()]
    return list(dict.fromkeys(found))[:MOST_DOORS]


def _names(name: str) -> list[str]:
    return [letters for word in name.split() if (letters := plain(word))]


def _public() -> PageQuerySet:
    in_english = Page.objects.live().public().filter(depth__gt=1, locale=english())
    if spoken() == SOURCE:
        return in_english
    translated = dict(translations(in_english, [spoken()]).values_list("translation_key", "pk"))
    left = in_english.exclude(translation_key__in=translated).values_list("pk", flat=True)
    return Page.objects.filter(pk__in=[*translated.values(), *left])


def plain(word: str) -> str:
    """Small letters and digits, without accents."""
    letters = (letter for letter in normalize("NFKD", word.casefold()) if not combining(letter))
    return "".join(letter for letter in letters if letter.isalnum())


def _spelt_as_written(stems: Mapping[str, str], named: Mapping[str, str]) -> list[list[str]]:
    """For each word the stems that it may stand for; itself alone where a page has it or something is called so."""
    with connection.cursor() as cursor:
        cursor.execute(VOCABULARY, [spoken()])
        known = dict.fromkeys([*(word for word, _pages in cursor.fetchall()), *named])
    by_plain: dict[str, list[str]] = {}
    for word in known:
        by_plain.setdefault(plain(word), []).append(word)
    return [[word] if stem in known else _nearest(word, stem, by_plain) for word, stem in stems.items()]


def _nearest(word: str, stem: str, by_plain: dict[str, list[str]]) -> list[str]:
    for one in (word, stem):
        if one in by_plain:
            return by_plain[one]
    begins = [one for known, ones in by_plain.items() if len(word) > 2 and known.startswith(word) for one in ones]
    near = get_close_matches(word, by_plain, n=3, cutoff=0.75) if len(word) > 2 else []
    return begins[:6] or [one for known in near for one in by_plain[known]] or [word]
