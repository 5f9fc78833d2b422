"""Conventions that are tests: what every file, address, setting and step of this house must have."""

import ast
import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.apps import apps
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client

from cases.lifecycle import STEPS, State, drawing
from cases.permissions import PAGE_WORDS, PAGES, RIGHTS
from cases.wording import HISTORY, STATE, UNTOLD
from channels.notices import NOTICES
from tests.doors import addresses, example

ROOT = Path(settings.BASE_DIR)
ROOMS = ("sws", "cases", "channels", "cms", "tests")
CODE = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)
README = (ROOT / "README.md").read_text()


def tracked() -> list[Path]:
    """What belongs to the project: git's word for it, or, where it was unpacked without git, all that is not ignored."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}
    made = [path for path in ROOT.rglob("*") if ignored.isdisjoint(path.relative_to(ROOT).parts)]
    paths = [ROOT / name for name in names if name] or made
    return [path for path in paths if path.is_file()]


# --- Files --------------------------------------------------------------------------------------------


OURS = [path for path in CODE if "tests" not in path.parts]
TEMPLATES = sorted(path for kind in ("html", "txt") for path in (ROOT / "templates").rglob(f"*.{kind}"))


def test_every_file_opens_with_a_sentence():
    for path in CODE:
        docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
        says_it = docstring.split("\n")[0].endswith((".", ".)"))
        assert says_it or not path.stat().st_size, f"{path} does not say in its first line what it is for."


def test_every_template_opens_with_a_sentence():
    """After what it extends or loads, and before what anybody sees."""
    opening = re.compile(
        r"^({% (extends|load|get_current_language) [^%]*%}\s*)*({% comment %}[^{]+[.?]{% endcomment %}|{# [^}]+\. #})"
    )
    silent = [str(path.relative_to(ROOT)) for path in TEMPLATES if not opening.search(path.read_text())]
    assert silent == []


def test_no_file_holds_two_ideas():
    long = {path: lines for path in OURS if (lines := len(path.read_text().splitlines())) > 600}
    assert not long, "which two rooms do they want to be?"


def test_the_top_level_is_as_agreed():
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert top <= {
        "manage.py", "sws", "cases", "channels", "cms", "locale", "templates", "tests", "pyproject.toml", "README.md",
        "CHANGELOG.md", "Makefile", "requirements.txt", "requirements-dev.txt", ".ci", ".gitignore", "LICENSE",
    }  # fmt: skip


def test_packages_are_pinned_with_hashes_and_name_no_index():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert not re.search(r"^--(?!hash)", text, re.MULTILINE)
        pins = re.findall(r"^[a-z0-9][\w.\[\]-]*==\S+ \\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"^[a-z0-9].*==", text, re.MULTILINE))


def needed_packages() -> list[str]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]


def test_the_pins_are_of_the_packages_we_ask_for():
    asked = {re.split(r"[\[><=]", package)[0] for package in needed_packages()}
    for name in ("requirements.txt", "requirements-dev.txt"):
        blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text())
        ours = [block for block in blocks if re.search(r"single-window-service \(pyproject", block)]
        assert asked <= {block.partition("==")[0] for block in ours}
        assert name != "requirements.txt" or len(ours) == len(asked)


def test_every_package_we_ask_for_is_used():
    rooms = [path for path in CODE if "tests" not in path.parts and "migrations" not in path.parts]
    code = "\n".join(path.read_text() for path in rooms)
    modules: dict[str, set[str]] = {}
    for module, packages in packages_distributions().items():
        for package in packages:
            modules.setdefault(re.sub(r"[-_.]+", "-", package).lower(), set()).add(module)
    for line in needed_packages():
        name = re.split(r"[\[><=]", line)[0]
        if name != "async-timeout":  # asked for in the name of another, see there
            assert any(re.search(rf"\b{module}\b", code) for module in modules[name]), f"{name} is used nowhere."


def test_no_test_skips_and_no_finding_is_silenced():
    for path in CODE:
        if path.name == Path(__file__).name:
            continue
        text = path.read_text()
        for mark in ("pytest.skip", "mark.skip", "xfail", "# noqa", "TO" + "DO", "FIX" + "ME"):
            assert mark not in text, f"{path}: {mark}"


# Whom to ask before one of these is written: cases/actions. Sealing anew changes no word of a row.
MODELS = (
    "Case", "Event", "Referral", "Escalation", "Citizen", "Representation", "Brought", "Membership", "Named", "Attachment", "Content",
    "FollowUp", "QueueDay", "Ticket", "SurveyReply", "SurveyRelease", "Link", "RiseNote", "Officer", "Absence", "Invitation", "PersonEvent",
    "Reassignment", "Move", "Loan", "Words",
)  # fmt: skip
CASES = {*MODELS, *(name.lower() for name in MODELS[:-1]), *(f"{name.lower()}s" for name in MODELS[:-1])}
# Figures are counts of events, in tables of their own that cases/tallies.py alone writes.
# Who has a page open is no part of a case: cases/presence.py.
WRITERS = {"ledger.py", "limits.py", "presence.py", "rotate_field_keys.py", "rows.py", "tallies.py"}
BY_ORM = {"create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "save", "delete"}
BY_ROW = {"insert", "insert_if_new"}  # cases/rows.py
BY_SQL = re.compile(
    r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO|COPY)\s+(TABLE\s+|ONLY\s+)*\"?(cases_|\{)", re.I
)


def writes(source: str) -> list[str]:
    """The lines that write a case or what belongs to one, by Django or past it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(text)) if BY_SQL.search(text):
                found.append(text)
            case ast.JoinedStr() if BY_SQL.search(text := ast.unparse(node)):
                found.append(text)
            case ast.Call(func=ast.Attribute(value=whose, attr=verb)) if verb in BY_ORM and CASES & {*_chain(whose)}:
                found.append(ast.unparse(node))
            case ast.Call(func=ast.Name(id=verb), args=[row]) if verb in BY_ROW and CASES & {*_chain(row)}:
                found.append(ast.unparse(node))
    return found


def _chain(node: ast.AST) -> list[str]:
    """Case.objects.filter(…)[0].events -> events, filter, objects, Case"""
    match node:
        case ast.Attribute(value=before, attr=name):
            return [name, *_chain(before)]
        case ast.Call(func=before) | ast.Subscript(value=before):
            return _chain(before)
        case ast.Name(id=name):
            return [name]
    return []


def test_only_actions_write_cases_and_what_belongs_to_them():
    for path in OURS:
        may_write = path.parent == ROOT / "cases" / "actions" or path.name in WRITERS
        assert may_write or writes(path.read_text()) == [], path


@pytest.mark.parametrize(
    "line",
    [
        "Case.objects.create(kind='complaint')",
        "Case.objects.filter(pk=1).exclude(state='closed').update(state='closed')",
        "models.Citizen.objects.get_or_create(phone_index='')",
        "case.save(update_fields=['state'])",
        "message.case.events.all()[0].delete()",
        "Referral.objects.bulk_update(rows, ['state'])",
        "cursor.execute('UPDATE cases_citizen SET name = 1')",
        "SQL = 'WITH one AS (SELECT 1)\\n  insert into cases_event VALUES (1)'",
        "SQL = 'DELETE FROM \"cases_case\"'",
        "SQL = f'UPDATE {table} SET officer_id = 1'",
        "insert_if_new(case)",
        "insert(Words(event=event, text='No medicine'))",
    ],
)
def test_another_writer_would_be_noticed(line):
    assert len(writes(line)) == 1


@pytest.mark.parametrize(
    "line",
    ["Message.objects.filter(case=case).update(state='sent')", "case.events.count()", "'SELECT * FROM cases_case'"],
)
def test_reading_a_case_is_nobodys_secret(line):
    assert writes(line) == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("room", ["cases", "channels", "cms"])
def test_a_rooms_last_migration_names_all_it_stands_on_and_so_can_be_taken_back(room):
    graph = MigrationLoader(None)
    assert graph.project_state(graph.graph.leaf_nodes(room)[0]).apps.get_models()


@pytest.mark.django_db
def test_every_index_and_every_rule_that_a_model_names_stands_in_the_database():
    """A change of a column takes rules along that Django does not look for: what is told once was told once by luck."""
    models = [model for room in ("cases", "channels", "cms") for model in apps.get_app_config(room).get_models()]
    named = {thing.name for model in models for thing in (*model._meta.indexes, *model._meta.constraints)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'i' UNION SELECT conname FROM pg_constraint")
        assert named - {name for (name,) in cursor} == set()


def test_the_readmes_map_names_every_file():
    rooms = [path for path in CODE if path.parent.name in ("sws", "cases", "channels", "cms")]
    missing = [path.name for path in rooms if path.name not in ("__init__.py", "apps.py") and path.name not in README]
    assert missing == []


# --- Addresses ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_address_lets_anybody_in_by_the_password_alone():
    """Whose account has a second factor needs it at every door there is, also at those a package brings along."""
    words = {"username": "grace", "login": "grace", "password": "seven green hills"}
    grace = User.objects.create_superuser("grace", password=words["password"])
    totp.TOTP.activate(grace, "A" * 32)
    staff_pages = (address for address in addresses() if address.startswith("desk/"))
    next(staff_pages)  # they all stand behind one door, as tests/test_authorisation.py finds: one of them is enough
    for address in set(addresses()) - set(staff_pages):
        client = Client(raise_request_exception=False)
        client.post(example(address), words)
        assert SESSION_KEY not in client.session, address


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["/cms/login/", "/_util/login/"])
def test_wagtails_doors_lead_to_the_one_log_in_and_remember_where_one_wanted_to_go(client, door):
    for knock in (client.get, client.post):
        answer = knock(f"{door}?next=/cms/pages/")
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/cms/pages/")
    assert client.get("/cms/password_reset/").status_code == 404


def test_every_page_of_the_officers_has_a_name_in_the_table_of_rights():
    assert PAGES.keys() == PAGE_WORDS.keys()


# --- The lifecycle ------------------------------------------------------------------------------------


def test_every_step_has_a_label_words_for_the_citizen_and_somebody_who_may():
    for step in STEPS.values():
        assert str(step.label)
        assert step.name in NOTICES
        assert step.name in HISTORY or step.name in UNTOLD
        assert step.actors
    assert set(STATE) == set(State)
    assert {name for rights in RIGHTS.values() for steps in rights.values() for name in steps} <= set(STEPS)


def test_the_readme_draws_the_lifecycle_as_the_code_has_it():
    assert drawing() in README
