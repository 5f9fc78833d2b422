"""Conventions that are tests: what every file, address, setting and step of this house must have."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cases.lifecycle import STEPS, State, drawing
from cases.permissions import RIGHTS
from cases.wording import HISTORY, STATE
from channels.notices import NOTICES

ROOT = Path(settings.BASE_DIR)
ROOMS = ("sws", "cases", "channels", "cms", "tests")
CODE = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)
README = (ROOT / "README.md").read_text()


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    paths = [ROOT / name for name in names if name] or [path for path in ROOT.rglob("*") if ".venv" not in path.parts]
    return [path for path in paths if path.is_file()]


# --- Files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [p for p in CODE if p.stat().st_size], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_opens_with_a_sentence(path):
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    assert docstring.split("\n")[0].endswith((".", ".)")), f"{path} does not say in its first line what it is for."


@pytest.mark.parametrize("path", [p for p in CODE if "tests" not in p.parts], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_holds_two_ideas(path):
    lines = len(path.read_text().splitlines())
    assert lines <= 600, f"{path} has {lines} lines: which two rooms does it want to be?"


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


def test_no_test_skips_and_no_finding_is_silenced():
    for path in CODE:
        if path.name == Path(__file__).name:
            continue
        text = path.read_text()
        for mark in ("pytest.skip", "mark.skip", "xfail", "# noqa", "TO" + "DO", "FIX" + "ME"):
            assert mark not in text, f"{path}: {mark}"


def test_only_actions_write_cases_and_events():
    writes = re.compile(r"\b(Case|Event|Referral|Escalation)\.objects\.(create|bulk_create|update|get_or_create)\(")
    allowed = {ROOT / "cases" / "actions.py", ROOT / "cases" / "ledger.py"}
    for path in CODE:
        if path not in allowed and "tests" not in path.parts:
            assert not writes.search(path.read_text()), f"{path} writes a case by itself."


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# --- Addresses ----------------------------------------------------------------------------------------

# Who needs no log-in, and why. Everything else belongs to officers or editors and must refuse a stranger.
PUBLIC = (
    "healthz", "readyz", "gateways/", "track/", "simulator/", "accounts/", "documents/", "_util/", "cms/login", "cms/password_reset",
    "cms/logout", "cms/jsi18n", "cms/sprite", "^((?:[\\w\\-]+/)*)$", "static/", "media/",
)  # fmt: skip


def addresses(patterns=None, before=""):
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        whole = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, whole)
        elif isinstance(pattern, URLPattern):
            yield whole


def example(address: str) -> str:
    """An address with something in each of its holes."""
    filled = re.sub(r"<int:\w+>|<\w*pk>", "1", address)
    filled = re.sub(r"<uuid:\w+>", "00000000-0000-0000-0000-000000000000", filled)
    filled = re.sub(r"<[^>]+>", "123456789012", filled)
    return "/" + re.sub(r"[\^$]", "", filled)


@pytest.mark.django_db
def test_every_address_of_the_staff_refuses_a_stranger():
    checked = 0
    for address in addresses():
        if address.startswith(PUBLIC) or "(" in address or "[" in address:
            continue
        for method in ("get", "post"):
            response = getattr(Client(), method)(example(address))
            assert response.status_code in (301, 302, 303, 403, 404, 405), (address, method, response.status_code)
            if response.status_code in (302, 303):
                assert "login" in response["Location"], (address, response["Location"])
        checked += 1
    assert checked > 20


# --- The lifecycle ------------------------------------------------------------------------------------


def test_every_step_has_a_label_words_for_the_citizen_and_somebody_who_may():
    for step in STEPS.values():
        assert str(step.label)
        assert step.name in NOTICES
        assert step.name in HISTORY or step.name == "note"
        assert step.actors
    assert set(STATE) == set(State)
    assert {name for steps in RIGHTS.values() for name in steps} <= set(STEPS)


def test_the_readme_draws_the_lifecycle_as_the_code_has_it():
    assert drawing() in README


# --- Settings -----------------------------------------------------------------------------------------

READS = re.compile(r'\b(?:env|secret|number|switch|words)\("([A-Z_]+)"')


def test_every_setting_is_in_the_readme_and_no_other():
    read = set(READS.findall((ROOT / "sws" / "settings.py").read_text()))
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    quickstarts_own = {"PORT", "SWS_DATA", "DEMO_CASES"}
    assert told - quickstarts_own == read
    assert quickstarts_own <= told


GOOD = {
    "MODE": "production",
    "SECRET_KEY": "0f3c-d2b1-" * 6,
    "FIELD_KEYS": "ZGVtbyBrZXksIG5vIHNlY3JldDogMzIgYnl0ZXMgMTI=",
    "INDEX_KEY": "ZGVtbyBpbmRleCBrZXksIG5vIHNlY3JldCAzMiBieTE=",
    "ALLOWED_HOSTS": "sws.example",
    "PUBLIC_BASE_URL": "https://sws.example",
    "DATABASE_URL": "postgresql://sws@127.0.0.1/sws",
    "SMS_GATEWAYS": "africastalking,twilio",
    "AFRICASTALKING_API_KEY": "key",
    "AFRICASTALKING_CALLBACK_KEYS": "one,two",
    "TWILIO_AUTH_TOKEN": "token",
}


def check(**environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    env = {"PATH": "/usr/bin:/bin", **environment}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_production_as_documented_passes_the_deployment_check():
    result = check(**GOOD)
    assert (result.returncode, result.stderr) == (0, ""), result.stderr + result.stdout


@pytest.mark.parametrize("name", [name for name in GOOD if name != "MODE"])
def test_production_refuses_to_start_without_and_says_what(name):
    result = check(**{key: value for key, value in GOOD.items() if key != name})
    assert result.returncode != 0
    assert name in result.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("MODE", "prod"), ("DEBUG", "yes"), ("GATEWAY_TIMEOUT", "soon"), ("DATABASE_URL", "mysql://x/y"),
        ("SECRET_KEY_FILE", "/nowhere"), ("FIELD_KEYS", "short"), ("INDEX_KEY", "%%%"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_loudly(name, wrong):
    result = check(**(GOOD | {name: wrong}))
    assert result.returncode != 0
    assert name in result.stderr.strip().splitlines()[-1]


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("0f3c-d2b1-" * 6 + "\n")
    environment = {key: value for key, value in GOOD.items() if key != "SECRET_KEY"}
    result = check(**environment, SECRET_KEY_FILE=str(tmp_path / "key"))
    assert result.returncode == 0, result.stderr
