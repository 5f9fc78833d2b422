"""The search of the public pages: PostgreSQL's, and forgiving: a word nobody wrote stands for those spelt nearly so.

It looks where its address speaks: in that language's pages, and in the English ones that are not translated into it.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from operator import and_
from unicodedata import combining, normalize

from django.db import connection
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail.search.query import Or, PlainText

from cases.languages import SOURCE, spoken
from cms.models.translated import english, translations

MOST = 30
LONGEST = 80  # letters of one question
WORDS_ASKED = 8

# Every word of the pages in English and one other language as PostgreSQL's index has it, with the pages it is on.
VOCABULARY = """
    SELECT word, ndoc FROM ts_stat(format(
        'SELECT title || body FROM wagtailsearch_indexentry WHERE content_type_id IN
            (SELECT id FROM django_content_type WHERE app_label = ''cms'')
         AND object_id IN (SELECT page.id::text FROM wagtailcore_page page JOIN wagtailcore_locale locale
            ON locale.id = page.locale_id WHERE locale.language_code IN (''en'', %%L))', %s::text))
"""


@dataclass(frozen=True)
class Found:
    """`meant` are the words searched for, where they are not those that were typed."""

    pages: list[Page]
    meant: list[str]


def search(asked: str) -> Found:
    typed = [plain(word) for word in asked[:LONGEST].split()[:WORDS_ASKED]]
    typed = [word for word in typed if word]
    if not typed:
        return Found([], [])
    spelt = _spelt_as_written(typed)
    each = [Or([PlainText(word) for word in words]) if len(words) > 1 else PlainText(words[0]) for words in spelt]
    public = _public()
    pages = list(public.search(reduce(and_, each))[:MOST])
    if not pages and len(each) > 1:  # no page has them all: those that have some
        pages = list(public.search(Or(each))[:MOST])
    meant = [words[0] for words in spelt if words[0] not in typed]
    return Found([page.specific for page in pages], meant)


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


def _spelt_as_written(typed: list[str]) -> list[list[str]]:
    """For each word the words of the pages that it may stand for; itself where it stands on one."""
    with connection.cursor() as cursor:
        cursor.execute(VOCABULARY, [spoken()])
        pages_with = dict(cursor.fetchall())
    by_plain: dict[str, list[str]] = {}
    for word in pages_with:
        by_plain.setdefault(plain(word), []).append(word)
    return [_nearest(word, by_plain) for word in typed]


def _nearest(word: str, by_plain: dict[str, list[str]]) -> list[str]:
    if word in by_plain:
        return by_plain[word]
    begins = [one for known, ones in by_plain.items() if len(word) > 2 and known.startswith(word) for one in ones]
    near = get_close_matches(word, by_plain, n=3, cutoff=0.75)
    return begins[:6] or [one for known in near for one in by_plain[known]] or [word]
