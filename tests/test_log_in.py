"""How staff log in: guessing is limited and keeps no owner out, the second step is required, a password can be reset."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.db import connection
from django.test import Client

from cases.models import Attempt, Role
from sws import accounts
from tests.builders import make_case, make_officer

pytestmark = pytest.mark.django_db
PASSWORD = "seven green hills"


@pytest.fixture
def bob():
    officer = make_officer(name="Bob Banda", role=Role.SUPERVISOR)
    officer.user.set_password(PASSWORD)
    officer.user.email = "bob@example.org"
    officer.user.save()
    return officer


def knock(client, password=PASSWORD, address="192.0.2.1", name="bob-banda"):
    return client.post("/accounts/login/", {"login": name, "password": password}, REMOTE_ADDR=address)


def is_in(client):
    return client.get("/desk/").status_code == 200


# --- Guessing --------------------------------------------------------------------------------------------


def test_ten_wrong_tries_close_the_door_for_one_place_even_for_the_right_word(bob):
    guesser = Client()
    for _try in range(10):
        assert knock(guesser, "wrong").status_code == 200
    refused = knock(guesser)

    assert "Too many failed login attempts" in refused.content.decode()
    assert not is_in(guesser)
    elsewhere = Client()
    knock(elsewhere, address="192.0.2.2")
    assert is_in(elsewhere)


def test_one_source_tries_so_many_names_and_no_more(bob, monkeypatch):
    """Guessing one word at many names uses up no name's own tries."""
    monkeypatch.setattr(accounts, "FROM_A_SOURCE", (3, 3600))
    guesser = Client()
    for number in range(3):
        knock(guesser, "wrong", name=f"somebody-{number}")

    assert "Too many failed login attempts" in knock(guesser).content.decode()
    assert not is_in(guesser)


def test_who_guesses_from_everywhere_does_not_keep_the_owner_out_of_their_own_browser(bob, monkeypatch):
    monkeypatch.setattr(accounts, "BY_STRANGERS", (20, 3600))
    own = Client()
    knock(own)
    own.post("/accounts/logout/")
    for number in range(25):
        knock(Client(), "wrong", address=f"198.51.100.{number}")

    stranger = Client()
    knock(stranger, address="203.0.113.9")
    assert not is_in(stranger)  # nobody unknown gets in for an hour, with the right word either
    knock(own, address="203.0.113.10")
    assert is_in(own)


def test_a_cookie_that_somebody_made_up_or_took_from_another_name_makes_no_browser_known(bob, monkeypatch):
    monkeypatch.setattr(accounts, "BY_STRANGERS", (0, 3600))
    other = make_officer(name="Other One")
    other.user.set_password(PASSWORD)
    other.user.save()
    client = Client()
    client.cookies["known"] = "bob-banda"
    knock(client)
    assert not is_in(client)
    monkeypatch.setattr(accounts, "BY_STRANGERS", (9, 3600))
    knock(client, name="other-one")
    client.post("/accounts/logout/")
    monkeypatch.setattr(accounts, "BY_STRANGERS", (0, 3600))
    knock(client)
    assert not is_in(client)


def test_what_is_counted_says_neither_who_nor_from_where(bob):
    knock(Client(), "wrong")
    counted = str(list(Attempt.objects.values_list("key", flat=True)))

    assert counted.count("login-") == 3
    assert not any(word in counted for word in ("bob", "192.0.2.1"))


def test_a_name_that_nobody_has_is_refused_in_the_same_words(bob):
    answers = [knock(Client(), "wrong", name=name).content.decode() for name in ("bob-banda", "nobody-at-all")]
    said = [re.findall(r'role="alert"[^>]*>([^<]+)', answer) for answer in answers]

    assert said[0] == said[1] != []


def test_codes_of_the_second_step_are_limited_too_and_the_count_is_a_row_in_postgresql(bob):
    totp.TOTP.activate(bob.user, totp.generate_totp_secret())
    client = Client()
    knock(client)
    said = [client.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode() for _try in range(6)]

    assert ["Too many" in page for page in said] == [False] * 5 + [True]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sws_cache WHERE cache_key LIKE '%%login_failed%%'")
        assert cursor.fetchone()[0] > 0
    assert not is_in(client)


# --- The second step -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/desk/", "/desk/new/", "/desk/me/", "/desk/rights/", "/cms/", "/cms/pages/"])
def test_where_it_is_required_no_staff_page_opens_without_a_second_step(address, bob, settings):
    settings.MFA_REQUIRED = True
    client = Client()
    client.force_login(bob.user)
    for knock_at in (client.get, client.post):
        answer = knock_at(address)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    assert "Before you go on" in client.get("/accounts/2fa/").content.decode()
    totp.TOTP.activate(bob.user, totp.generate_totp_secret())
    assert client.get("/desk/").status_code == 200


def test_no_case_is_changed_or_read_without_it(bob, settings):
    settings.MFA_REQUIRED = True
    case = make_case()
    client = Client()
    client.force_login(bob.user)
    client.post(f"/desk/cases/{case.reference}/", {"step": "take", "take-seen": 1})

    assert list(case.events.values_list("kind", flat=True)) == ["open"]


def test_the_invited_choose_their_name_before_they_have_one(settings):
    settings.MFA_REQUIRED = True
    assert Client().get("/welcome/").status_code == 410


def confirmed(client):
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_the_last_second_step_stays_and_one_of_two_can_go(bob, settings):
    settings.MFA_REQUIRED = True
    client = Client()
    knock(client)
    app = totp.TOTP.activate(bob.user, totp.generate_totp_secret()).instance
    RecoveryCodes.activate(bob.user)
    confirmed(client).post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(pk=app.pk).exists()
    key = Authenticator.objects.create(user=bob.user, type="webauthn", data={"name": "Key", "credential": {}})
    confirmed(client).post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(pk=app.pk).exists()
    said = confirmed(client).post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/", follow=True)
    assert "This is your only second step" in said.content.decode()
    assert Authenticator.objects.filter(pk=key.pk).exists()


# --- A password forgotten --------------------------------------------------------------------------------


def forget(address, source="192.0.2.1"):
    return Client().post("/accounts/password/reset/", {"email": address}, REMOTE_ADDR=source)


def test_a_forgotten_password_is_set_anew_by_a_link_and_the_second_step_is_still_asked(bob):
    totp.TOTP.activate(bob.user, totp.generate_totp_secret())
    forget("bob@example.org")
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body).group(1)
    client = Client()
    page = client.get(link, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": "nine blue lakes", "password2": "nine blue lakes"})
    answer = knock(client, "nine blue lakes")

    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert not is_in(client)


def test_whoever_asks_learns_not_whether_there_is_such_a_person(bob):
    known, unknown = forget("bob@example.org"), forget("nobody@example.org")

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.to for message in mail.outbox] == [["bob@example.org"]]


def test_who_left_gets_no_link(bob):
    bob.user.is_active = False
    bob.user.save()
    forget("bob@example.org")

    assert mail.outbox == []


def test_one_address_gets_five_links_an_hour(bob):
    for number in range(8):
        forget("bob@example.org", source=f"198.51.100.{number}")

    assert len(mail.outbox) == 5
