"""A made-up country of any size for the desk's bench, written by PostgreSQL itself: skewed as life is, a fifth alive.

The rows say what lists and search read, and no more: nobody could call these citizens, and their histories are no
chains. Triggers rest meanwhile; slips are laid from the very view that the triggers use, and figures by the very
statement that counts events anew, from a table of cells as events would give them.
"""

from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from psycopg import sql

from cases import tallies
from cases.catalogue import catalogue
from cases.counting import NOW
from cases.crypto import blind
from cases.entries import AT, NAME, OF, WORD, near
from cases.models import Case, Citizen, Escalation, Known, Officer, Referral, Role, Watermark
from cases.terms import fingerprint, misspelt
from sws.demo_words import FIRST_NAMES

STORY_WORDS, FAMILIES, COLLEAGUES = 30_000, 4_000, 300
_SYLLABLES = [c + v for c in ("b", "ch", "k", "l", "m", "mb", "n", "nd", "ph", "s", "sh", "t", "z") for v in "aeiou"]

# Rank r of many is r times rarer than the first: words, families, topics and districts are like that.
FUNCTIONS = """
CREATE FUNCTION pg_temp.chance(number bigint, salt int) RETURNS float8 IMMUTABLE LANGUAGE sql AS
    'SELECT (hashint8extended(number, salt) & 16777215) / 16777216.0::float8';
CREATE FUNCTION pg_temp.rank(number bigint, salt int, many int) RETURNS int IMMUTABLE LANGUAGE sql AS
    'SELECT floor(power(many, pg_temp.chance(number, salt)))::int';
CREATE TEMP TABLE vocabulary (space text, rank int, word text, key bigint, PRIMARY KEY (space, rank));
"""
CITIZENS = """
INSERT INTO cases_citizen (id, phone_index, name, language, created_at)
SELECT id, md5('phone' || id), first.word || ' ' || family.word, 'en', now() FROM (
    SELECT id, pg_temp.rank(id, 1, %(firsts)s) AS first, pg_temp.rank(id, 2, %(families)s) AS family
    FROM generate_series(1::bigint, %(people)s) id
) person
JOIN vocabulary first ON first.space = 'first' AND first.rank = person.first
JOIN vocabulary family ON family.space = 'family' AND family.rank = person.family
"""
CASES = """
WITH dice AS (
    SELECT id,
        1 - id / %(size)s::float8 AS ago,  -- 1: the first case there was; more of them come every year
        pg_temp.chance(id, 3) < CASE WHEN id > 0.75 * %(size)s THEN 0.7 ELSE 0.033 END AS alive,
        pg_temp.chance(id, 4) AS state, pg_temp.chance(id, 5) AS known, pg_temp.chance(id, 6) AS channel,
        width_bucket(pg_temp.chance(id, 7), %(topic_odds)s::float8[]) + 1 AS topic,
        width_bucket(pg_temp.chance(id, 8), %(place_odds)s::float8[]) + 1 AS place
    FROM generate_series(1::bigint, %(size)s) id
), facts AS (
    SELECT dice.*, cases_topic.*, (%(places)s::text[])[place] AS district,
        %(today)s::date - (730 * power(ago, 2.5))::int AS opened_on,
        CASE WHEN NOT alive THEN 'closed' WHEN state < 0.2 THEN 'received' WHEN state < 0.55 THEN 'in_progress'
             WHEN state < 0.65 THEN 'waiting' WHEN state < 0.7 THEN 'referred' ELSE 'resolved' END AS stands,
        CASE WHEN known < 0.75 THEN 'number' WHEN known < 0.9 THEN 'hidden' ELSE 'anonymous' END AS known_as
    FROM dice JOIN cases_topic ON cases_topic.code = (%(topics)s::text[])[topic]
)
INSERT INTO cases_case (
    id, reference, pin_index, kind, topic_id, agency_id, place_id, sensitivity, priority, channel, language,
    known, citizen_id, open_words, card_index, state, officer_id, level, opened_at, opened_on, acknowledge_days,
    resolve_days, acknowledge_due, first_due, resolve_due, waiting_since, days_paused, days_answered, resolved_at, closed_at,
    closed_by, decision, times_disputed
)
SELECT
    id, lpad((id * 982451653 %% 1000000000000)::text, 12, '0'), '', kind, code, coalesce(handler_id, agency_id),
    nullif(district, ''), sensitivity, priority,
    CASE WHEN channel < 0.6 THEN 'ussd' WHEN channel < 0.75 THEN 'sms' WHEN channel < 0.95 THEN 'desk' ELSE 'web' END,
    (ARRAY['en', 'bem', 'ny', 'toi', 'loz'])[pg_temp.rank(id, 9, 5)], known_as,
    CASE WHEN known_as <> 'anonymous' THEN id %% %(people)s + 1 END,
    CASE WHEN sensitivity = 'open' AND %(searched)s THEN (
        SELECT string_agg(word, ' ') FROM generate_series(1, 8 + id::int %% 7) place
        JOIN vocabulary ON space = 'story' AND rank = pg_temp.rank(id, 100 + place, %(stories)s)
    ) ELSE '' END,
    '', stands,
    CASE WHEN stands <> 'received' THEN (%(officers)s::int[])[1 + id %% %(colleagues)s] END,
    CASE WHEN pg_temp.chance(id, 10) < 0.03 THEN 2 ELSE 1 END, opened_on, opened_on, acknowledge_days, resolve_days,
    opened_on + acknowledge_days, opened_on + resolve_days * 7 / 5, opened_on + resolve_days * 7 / 5,
    CASE WHEN stands = 'waiting' THEN opened_on + 1 END, 0, 0,
    CASE WHEN stands IN ('resolved', 'closed') THEN opened_on + 5 END,
    CASE WHEN stands = 'closed' THEN opened_on + 9 END, CASE WHEN stands = 'closed' THEN 'silence' ELSE '' END,
    CASE WHEN stands IN ('resolved', 'closed') THEN 'upheld' ELSE '' END,
    CASE WHEN stands = 'in_progress' AND state > 0.54 THEN 1 ELSE 0 END
FROM facts
"""
HEARD = """
INSERT INTO cases_event (case_id, number, kind, at, actor, data, words_digest, previous, digest)
SELECT id, 3, 'hear', now(), 'citizen', '{}', '', '', '' FROM cases_case
WHERE state = 'in_progress' AND pg_temp.chance(id, 11) < 0.1
"""
REFERRALS = """
INSERT INTO cases_referral (case_id, agency_id, state, asked_at, due, from_agency_id, shared, consent)
SELECT id, agency, (ARRAY['asked', 'done', 'returned'])[1 + id %% 3], now(), resolve_due, agency_id, '{who,words}', 'form'
FROM cases_case CROSS JOIN unnest(ARRAY['NHIMA', 'NAPSA', 'WCFCB']) agency
WHERE agency <> agency_id AND (state = 'referred' OR kind = 'registration' AND pg_temp.chance(id, 12) < 0.4)
"""
ESCALATIONS = """
INSERT INTO cases_escalation (
    case_id, level, body, at, officer_id, acknowledged_at, acknowledge_due, first_due, resolve_due, stood_still
)
SELECT id, level, 'The level above', now(), CASE WHEN id %% 5 > 0 THEN (%(officers)s::int[])[1 + id %% %(colleagues)s] END,
    CASE WHEN id %% 2 > 0 THEN now() END, resolve_due, resolve_due, resolve_due, 0
FROM cases_case WHERE level > 1 AND state NOT IN ('resolved', 'closed')
"""
SLIPS = """
INSERT INTO cases_slip (
    case_id, agency_id, own, place, sensitivity, pile, due, wanted_by, rank, officer_id, kind, topic, state, channel,
    language, level, moved_up_to_id, unled
) SELECT * FROM cases_slip_truth
"""
ENTRIES = """
INSERT INTO cases_entry (case_id, keys)
SELECT cases_case.id, ARRAY(
    SELECT DISTINCT key FROM generate_series(1, 8 + cases_case.id::int %% 7) place
    JOIN vocabulary ON space = 'story' AND rank = pg_temp.rank(cases_case.id, 100 + place, %(stories)s)
    WHERE open_words <> ''
) || ARRAY(
    SELECT DISTINCT substr(reference, start, 4)::bigint FROM generate_series(1, 9) start
) || ARRAY(
    SELECT key FROM vocabulary WHERE space = 'at' AND word = coalesce(place_id, '')
    UNION ALL SELECT key FROM cases_slip JOIN vocabulary ON space = 'of' AND word = agency_id WHERE case_id = cases_case.id
    UNION ALL SELECT key FROM vocabulary WHERE known = 'number' AND (
        space = 'first' AND rank = pg_temp.rank(citizen_id, 1, %(firsts)s)
        OR space = 'family' AND rank = pg_temp.rank(citizen_id, 2, %(families)s)
    )
)
FROM cases_case
"""
# How long each took is thrown here: half within a week and a half, some more than two months.
CELLS = """
CREATE TEMP TABLE cells AS
WITH lives AS (
    SELECT *, floor(-9 * ln(1 - pg_temp.chance(id, 13)))::int AS took, state IN ('resolved', 'closed') AS answered,
        least(2, acknowledge_days)::int AS taken
    FROM cases_case
)
SELECT tally, day, amount, agency_id, sensitivity, coalesce(place_id, ''), topic_id, channel, language, level::text,
    count(*)::int
FROM lives CROSS JOIN LATERAL (VALUES
    ('received', true, opened_on, 0),
    ('acknowledged_on_time', state <> 'received' AND pg_temp.chance(id, 14) < 0.8, opened_on + taken, taken),
    ('acknowledged_late', state <> 'received' AND pg_temp.chance(id, 14) >= 0.8, opened_on + took * 7 / 5, took),
    ('resolved_on_time', answered AND took <= resolve_days, opened_on + took * 7 / 5, took),
    ('resolved_late', answered AND took > resolve_days, opened_on + took * 7 / 5, took),
    ('told', answered AND known = 'number', opened_on + took * 7 / 5, 0),
    ('confirmed', state = 'closed' AND pg_temp.chance(id, 15) < 0.4, opened_on + took * 7 / 5 + 2, 0),
    ('closed_by_silence', state = 'closed' AND pg_temp.chance(id, 15) >= 0.4, opened_on + took * 7 / 5 + 14, 0),
    ('rated', answered AND pg_temp.chance(id, 16) < 0.2, opened_on + took * 7 / 5 + 2, 1 + id %% 5),
    ('disputed', answered AND pg_temp.chance(id, 17) < 0.06, opened_on + took * 7 / 5 + 1, 0),
    ('escalated', level > 1, opened_on + resolve_days, 0),
    ('open_by_due', NOT answered, resolve_due, 0),
    ('open_by_opening', NOT answered, %(now)s, opened_on - '0001-01-01'::date + 1)
) AS happened (tally, so, day, amount)
WHERE so AND day <= greatest(%(today)s, resolve_due)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""
# What no constraint stands on: quicker made anew than kept while a million rows come in.
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid IN ('cases_citizen'::regclass, 'cases_case'::regclass, 'cases_slip'::regclass, 'cases_entry'::regclass)
    AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)
"""


def build(size: int, *, searched: bool = True) -> None:
    """Fill an empty database with so many cases; what only a search reads takes half of the time, and can be left out."""
    topics, topic_odds = _skewed(catalogue().topics)
    # What nobody has sorted yet says no place; the towns have the most.
    places, place_odds = _skewed(["ZM105006", "ZM102004", "ZM102010", "", *catalogue().districts])
    facts: dict[str, Any] = {
        "size": size, "people": size * 6 // 10, "today": catalogue().today(), "topics": topics,
        "topic_odds": topic_odds, "places": places, "place_odds": place_odds, "firsts": len(FIRST_NAMES),
        "families": FAMILIES, "stories": STORY_WORDS, "officers": _colleagues(), "colleagues": COLLEAGUES,
        "searched": searched,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no triggers, no look at foreign keys
        cursor.execute(FUNCTIONS)
        _give_defaults(cursor)
        _learn_words(cursor)
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for statement in (CITIZENS, CASES, HEARD, REFERRALS, ESCALATIONS, SLIPS, *([ENTRIES] if searched else [])):
            cursor.execute(statement, facts)
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("RESET session_replication_role")
        for table in ("citizen", "case"):
            cursor.execute(f"SELECT setval('cases_{table}_id_seq', (SELECT max(id) FROM cases_{table}))")
        cursor.execute("SET work_mem = '128MB'")
        cursor.execute(CELLS, facts | {"now": NOW})
        tallies.add_from(sql.Identifier("cells"), Watermark.objects.create(pk=1))
        tallies.keep_up()  # turns the day
        cursor.execute("RESET work_mem")
        cursor.execute("VACUUM ANALYZE")


def _give_defaults(cursor: Any) -> None:
    """What a row does not say is as Django has it: PostgreSQL itself is not told of that."""
    for model in (Citizen, Case, Referral, Escalation):
        for field in model._meta.concrete_fields:
            works_it_out = field.has_default() and callable(field.default)
            if not field.null and not field.primary_key and (not works_it_out or field.default in (list, dict)):
                default = "{}" if works_it_out else field.get_default()
                statement = sql.SQL("ALTER TABLE {} ALTER {} SET DEFAULT {}").format(
                    sql.Identifier(model._meta.db_table), sql.Identifier(field.column), default
                )
                cursor.execute(statement)


def _skewed(codes: Iterable[str]) -> tuple[list[str], list[float]]:
    """The codes, and where in [0, 1) the chance of each but the first begins: rank r has 1/r of the first's."""
    codes = list(codes)
    sums = list(accumulate(1 / rank for rank in range(1, len(codes) + 1)))
    return codes, [total / sums[-1] for total in sums[:-1]]


def _colleagues() -> list[int]:
    people = User.objects.bulk_create(User(username=f"colleague-{number}") for number in range(COLLEAGUES))
    officers = Officer.objects.bulk_create(Officer(user=user, role=Role.DESK) for user in people)
    return [officer.pk for officer in officers]


def word(number: int) -> str:
    """A made-up word of some syllables; each number has its own."""
    syllables = [_SYLLABLES[number % len(_SYLLABLES)]]
    number //= len(_SYLLABLES)
    while number or len(syllables) < 2:
        syllables.append(_SYLLABLES[number % len(_SYLLABLES)])
        number //= len(_SYLLABLES)
    return "".join(syllables)


def family(number: int) -> str:
    return word(number * 7).title() + "la"


def _learn_words(cursor: Any) -> None:
    rows = [
        *(("story", rank, word(rank), fingerprint(WORD, word(rank))) for rank in range(1, STORY_WORDS + 1)),
        *(("first", rank, name, fingerprint(NAME, name.lower())) for rank, name in enumerate(FIRST_NAMES, start=1)),
        *(("family", n, family(n), fingerprint(NAME, family(n).lower())) for n in range(1, FAMILIES + 1)),
        *(("at", rank, code, fingerprint(AT, code)) for rank, code in enumerate(["", *catalogue().districts])),
        *(("of", rank, code, fingerprint(OF, code)) for rank, code in enumerate(catalogue().agencies)),
    ]
    with cursor.copy("COPY vocabulary (space, rank, word, key) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    spaces = {"story": WORD, "first": NAME, "family": NAME}
    look_alikes = {
        (near(spaces[space], variant), key)
        for space, _rank, said, key in rows
        if space in spaces
        for variant in misspelt(said.lower())
    }
    with cursor.copy("COPY cases_spelling (near, word) FROM STDIN") as copy:
        for pair in look_alikes:
            copy.write_row(pair)


def things_to_find(officer: Officer) -> dict[str, str]:
    """What this officer might type: all of it leads to one case of theirs, and to others."""
    cases = Case.objects.visible_to(officer).filter(known=Known.NUMBER, sensitivity="open").select_related("citizen")
    case = list(cases.order_by("-pk")[:11])[-1]
    assert case.citizen
    phone = f"+260971{case.citizen.pk:06d}"
    Citizen.objects.filter(pk=case.citizen.pk).update(phone_index=blind(phone, name="phone"))
    first, last = case.citizen.name.split()
    return {
        "part": case.reference[3:9],
        "phone": phone,
        "name": f"{first} {last}",
        "misspelt": f"{first} {last[:2]}{last[3:]}",
        "words": " ".join(case.open_words.split()[:3]),
        "common": FIRST_NAMES[0],
    }
