"""Settings are loud: production does not start on a missing or a wrong value, and says which; the README knows all."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text()
READS = re.compile(r'\b(?:env|secret|number|switch|words|url)\("([A-Z_]+)"')
KEY, OTHER_KEY = "YSBrZXkgb2YgdGhpcnR5LXR3byBieXRlcywgbnVtYmU=", "YW5vdGhlciBrZXkgb2YgdGhpcnR5LXR3byBieXRlcyw="
DEMO_KEY = "ZGVtbyBrZXksIG5vIHNlY3JldDogMzIgYnl0ZXMgMTI="
GOOD = {
    "MODE": "production",
    "SECRET_KEY": "0f3c-d2b1-" * 6,
    "FIELD_KEYS": f"{KEY}, {OTHER_KEY}",
    "INDEX_KEY": OTHER_KEY,
    "ALLOWED_HOSTS": "sws.example",
    "PUBLIC_BASE_URL": "https://sws.example",
    "DATABASE_URL": "postgresql://sws@127.0.0.1/sws",
    "SMS_GATEWAYS": "africastalking,twilio",
    "AFRICASTALKING_USERNAME": "sws",
    "AFRICASTALKING_API_KEY": "key",
    "AFRICASTALKING_CALLBACK_KEYS": "one-hard-to-guess,two_hard_to_guess",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM": "+15005550006",
}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess:
    env = {"PATH": "/usr/bin:/bin", **environment}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def refusal(**environment: str) -> str:
    """What a start with this environment alone refuses with; nothing where it goes well."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        try:
            runpy.run_path(str(ROOT / "sws" / "settings.py"), run_name="sws.settings")
        except ImproperlyConfigured as refused:
            return str(refused)
    return ""


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in GOOD.items() if key != name}


def test_every_setting_is_in_the_readme_and_no_other():
    read = set(READS.findall((ROOT / "sws" / "settings.py").read_text()))
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    quickstarts_own = {"PORT", "SWS_DATA", "DEMO_CASES"}
    assert told - quickstarts_own == read
    assert quickstarts_own <= told


def test_production_as_documented_passes_the_deployment_check():
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **GOOD)
    assert (result.returncode, result.stderr) == (0, ""), result.stderr + result.stdout


def test_a_start_that_is_refused_ends_with_the_reason_as_its_last_line():
    started = run("-c", "import sws.settings", **without("SECRET_KEY"))
    assert started.returncode == 1
    assert started.stderr.rstrip().endswith("Cannot start in production without: SECRET_KEY.")


@pytest.mark.parametrize("name", [name for name in GOOD if name != "MODE"])
@pytest.mark.parametrize("empty", [None, "", " "])
def test_production_does_not_start_without_and_says_what(name, empty):
    given = without(name) | ({} if empty is None else {name: empty})
    assert refusal(**given) == f"Cannot start in production without: {name}."


SENDING = ("AFRICASTALKING_USERNAME", "AFRICASTALKING_API_KEY")  # not asked for before it is chosen as a gateway


def test_all_that_is_missing_is_told_at_once():
    told = refusal(MODE="production")
    everywhere = {name for name in GOOD if not name.startswith("TWILIO") and name not in ("MODE", *SENDING)}
    assert everywhere == set(re.findall(r"[A-Z_]{5,}", told))


def test_what_a_gateway_needs_is_not_asked_of_who_uses_another():
    only = {key: value for key, value in GOOD.items() if not key.startswith("TWILIO")}
    assert refusal(**(only | {"SMS_GATEWAYS": "africastalking"})) == ""


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("MODE", "prod"), ("DEBUG", "yes"), ("DEBUG", "on"), ("GATEWAY_TIMEOUT", "soon"), ("GATEWAY_TIMEOUT", "²"), ("GATEWAY_TIMEOUT", "0"),
        ("SECRET_KEY", "too short"), ("SECRET_KEY_FILE", "/nowhere"), ("SECRET_KEY_FILE", "/"), ("LOG_LEVEL", "LOUD"),
        ("FIELD_KEYS", f"{KEY},{DEMO_KEY}"), ("FIELD_KEYS", "short"), ("FIELD_KEYS", ","), ("FIELD_KEYS", f"{KEY},"), ("FIELD_KEYS", f"{KEY},short"),
        ("INDEX_KEY", "%%%"), ("INDEX_KEY", ","), ("INDEX_KEY", "é"), ("INDEX_KEY", f"{KEY},{OTHER_KEY}"),
        ("DATABASE_URL", "mysql://x/y"), ("DATABASE_URL", "postgresql://127.0.0.1"), ("DATABASE_URL", "postgresql://h:port/x"),
        ("REDIS_URL", "nonsense"), ("REDIS_URL", "127.0.0.1:6379"), ("REDIS_URL", "redis://h:port/0"), ("REDIS_URL", "unix:"),
        ("PUBLIC_BASE_URL", "http://sws.example"), ("PUBLIC_BASE_URL", "sws.example"), ("PUBLIC_BASE_URL", "https://"),
        ("AFRICASTALKING_URL", "api"), ("TWILIO_URL", "ftp://x"),
        ("SMS_GATEWAYS", "africastaking"), ("SMS_GATEWAYS", "africastalking,simulator"), ("SIMULATOR", "on"),
        ("AFRICASTALKING_CALLBACK_KEYS", ","), ("AFRICASTALKING_CALLBACK_KEYS", "demo"),
        ("AFRICASTALKING_CALLBACK_KEYS", "one-hard-to-guess,short"), ("AFRICASTALKING_CALLBACK_KEYS", "hard/to/guess/it/is"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_loudly(name, wrong):
    assert refusal(**(GOOD | {name: wrong})).startswith(name)


def test_what_is_wrong_with_a_secret_is_told_without_repeating_it():
    for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "AFRICASTALKING_CALLBACK_KEYS", "DATABASE_URL", "REDIS_URL"):
        assert "hu/sh" not in refusal(**(GOOD | {name: "hu/sh"})), name


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text(GOOD["INDEX_KEY"] + "\n")
    assert refusal(**without("INDEX_KEY"), INDEX_KEY_FILE=str(tmp_path / "key")) == ""
    (tmp_path / "address").write_text(GOOD["DATABASE_URL"] + "\n")
    assert refusal(**without("DATABASE_URL"), DATABASE_URL_FILE=str(tmp_path / "address")) == ""
    (tmp_path / "address").write_text("nonsense\n")
    assert refusal(**GOOD, REDIS_URL_FILE=str(tmp_path / "address")).startswith("REDIS_URL must be an address")


@pytest.mark.parametrize("name", ["SECRET_KEY", "INDEX_KEY", "FIELD_KEYS", "AFRICASTALKING_CALLBACK_KEYS"])
def test_an_empty_file_is_no_secret(tmp_path, name):
    (tmp_path / "key").write_text(" \n")
    empty = {f"{name}_FILE": str(tmp_path / "key")}
    assert refusal(**without(name), **empty) == f"Cannot start in production without: {name}."


def test_a_demonstration_needs_nothing_and_is_as_strict_about_what_it_is_given():
    assert refusal(MODE="demo") == ""
    assert refusal(MODE="demo", INDEX_KEY=",").startswith("INDEX_KEY")
    assert refusal(MODE="demo", AFRICASTALKING_CALLBACK_KEYS=",").startswith("AFRICASTALKING_CALLBACK_KEYS")
    assert refusal(MODE="demo", SMS_GATEWAYS="pigeon").startswith("SMS_GATEWAYS")
