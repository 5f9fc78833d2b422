"""The published ledger: what it says, what it tells nobody, and that anybody with plain Python can check it."""

import ast
import json
import subprocess
import sys
import threading
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from cases import actions, anchors, tallies, verify
from cases.models import Anchor, Case, Event
from tests.builders import make_officer, now_of, open_case

pytestmark = pytest.mark.django_db


def anchor(*, hours=0):
    tallies.keep_up()
    return anchors.anchor_due(timezone.now() + timedelta(hours=hours))


def get(address):
    reply = Client().get(address)
    assert reply.status_code == 200, address
    return reply.content


def publish(folder: Path):
    """What stands on the site now, as files."""
    folder.mkdir(exist_ok=True)
    for name in ("ledger.json", "anchors-0.json", "leaves-0.txt", "verify.py"):
        (folder / name).write_bytes(get(f"/ledger/{name}"))
    return folder


def run(*asked):
    program = Path(verify.__file__)
    done = subprocess.run([sys.executable, "-I", program, *map(str, asked)], capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.fixture
def opened():
    """A case with its PIN, taken since it was opened; another beside it; two anchors."""
    opened = open_case(words="My card does not work.")
    open_case()
    anchor()
    actions.take(case=opened.case, by=make_officer())
    anchor(hours=2)
    return opened


@pytest.fixture
def holder(opened, client):
    client.post("/track/", {"reference": opened.case.reference, "pin": opened.pin})
    return client


# --- The page and the files -------------------------------------------------------------------------------


def test_before_the_first_anchor_the_page_says_so(client):
    assert "There is no anchor yet" in client.get("/ledger/").content.decode()
    assert json.loads(get("/ledger/ledger.json"))["anchors"] == 0
    for address in ("/ledger/1/", "/ledger/anchors-0.json", "/ledger/leaves-0.txt"):
        assert client.get(address).status_code == 404


def test_the_page_shows_the_newest_root_and_each_anchor_has_an_address_that_stays(opened):
    first, last = Anchor.objects.all()
    page = get("/ledger/").decode()
    assert f'<p class="root">{last.root}</p>' in page
    assert "verify.py http://127.0.0.1:8000/ledger/" in page
    assert first.root in get("/ledger/1/").decode()
    assert first.digest in get("/ledger/2/").decode()


def test_feeds_name_each_anchor_with_its_root_and_its_address(opened):
    atom = ElementTree.fromstring(get("/ledger/feed.atom"))
    feed = json.loads(get("/ledger/feed.json"))
    ids = [
        entry.findtext("{http://www.w3.org/2005/Atom}id") for entry in atom.iter("{http://www.w3.org/2005/Atom}entry")
    ]
    assert ids == [item["id"] for item in feed["items"]] == [f"http://127.0.0.1:8000/ledger/{n}/" for n in (2, 1)]
    assert [item["_anchor"] for item in feed["items"]] == json.loads(get("/ledger/anchors-0.json"))[::-1]


def test_files_may_be_read_by_any_page_and_full_ones_kept_for_ever(opened, client, monkeypatch):
    assert client.get("/ledger/leaves-0.txt")["Cache-Control"] == "public, max-age=60"
    assert client.get("/ledger/ledger.json")["Access-Control-Allow-Origin"] == "*"
    for name in ("cases.anchors", "cases.views.ledger"):
        monkeypatch.setattr(f"{name}.LEAVES_A_FILE", 16)
    assert "immutable" in client.get("/ledger/leaves-1.txt")["Cache-Control"]
    assert client.get("/ledger/leaves-2.txt").status_code == 404


def test_nothing_that_is_published_tells_whose_case_it_is(opened):
    heads = Event.objects.values_list("digest", flat=True)
    secrets = [opened.case.reference, *heads, *opened.case.leaves.values_list("salt", flat=True)]
    for name in ("", "2/", "ledger.json", "anchors-0.json", "leaves-0.txt", "feed.atom", "feed.json"):
        assert [one for one in secrets if one in get(f"/ledger/{name}").decode()] == []


# --- The program ------------------------------------------------------------------------------------------


def test_the_program_is_one_file_of_plain_old_python():
    source = get("/ledger/verify.py").decode()
    tree = ast.parse(source, feature_version=(3, 8))
    imported = [node.names[0].name for node in ast.walk(tree) if isinstance(node, ast.Import)]
    imported += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_it_finds_what_is_published_in_order(opened, tmp_path):
    code, said = run(publish(tmp_path))
    assert code == 0
    assert said.startswith("2 anchors over 32 leaves are in order")
    assert Anchor.objects.last().root in said


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("leaves-0.txt", lambda text: "0" * 64 + text[64:], "The leaves do not give the root of anchor 1"),
        ("leaves-0.txt", lambda text: text[65 * 16 : 65 * 32] + text[: 65 * 16], "the root of anchor 1"),
        ("leaves-0.txt", lambda text: text[: 65 * 20], "Leaves are missing: anchor 2"),
        ("anchors-0.json", lambda text: json.dumps(json.loads(text)[1:]), "After anchor 0 comes anchor 2"),
        ("anchors-0.json", lambda text: text.replace('"leaves": 16', '"leaves": 15'), "Anchor 1 was changed"),
        ("anchors-0.json", lambda text: text.replace('"at": "20', '"at": "19'), "Anchor 1 was changed"),
    ],
)
def test_it_finds_what_was_changed(opened, tmp_path, name, change, says):
    file = publish(tmp_path) / name
    file.write_text(change(file.read_text()))
    code, said = run(tmp_path)
    assert code == 1
    assert said.startswith("NOT IN ORDER. ")
    assert says in said


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def host(tmp_path):
    """A host that serves what was published last."""
    handler = partial(Quiet, directory=str(tmp_path / "host"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_who_runs_it_every_day_notices_that_history_was_rewritten_and_anchored_anew(opened, host, tmp_path):
    kept, published = tmp_path / "kept", tmp_path / "host"
    publish(published)
    assert run(host, "--keep", kept)[0] == 0

    actions.add_note(case=opened.case, by=make_officer(), words="Rang.")
    anchor(hours=4)
    publish(published)
    code, said = run(host, "--keep", kept)
    assert (code, said.splitlines()[0]) == (0, "The ledger goes on from the 2 anchors that you kept.")

    with connection.cursor() as cursor:  # somebody with every right and every key makes all of it anew
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("leaf", "anchor", "tile"):
            cursor.execute(f"ALTER TABLE cases_{table} DISABLE TRIGGER USER")
            cursor.execute(f"TRUNCATE cases_{table}")
    for hours in (0, 2, 4):
        Anchor.objects.exists() or anchor(hours=hours)
    assert run(publish(tmp_path / "alone"))[0] == 0  # on its own it is in order
    publish(published)
    code, said = run(host, "--keep", kept)
    assert code == 1
    assert "You kept 3 anchors, and now there are only 1." in said
    assert run(kept)[0] == 0  # and the copy is as it was


# --- The citizen ------------------------------------------------------------------------------------------


def seen(client):
    return " ".join(client.get("/track/case/").content.decode().split())


def test_a_citizen_reads_that_nobody_changed_their_case_since_it_was_anchored(holder, opened):
    day = timezone.localtime(Anchor.objects.last().at)  # by the citizen's clock, ahead of ours
    assert f"Your case has 2 entries. Nobody changed any of it since {day:%-d %B %Y}." in seen(holder)
    actions.add_information(case=now_of(opened.case), words="It still does not.")
    assert "Your case has 3 entries. Nobody changed the first 2 since" in seen(holder)


def test_a_new_case_is_not_in_the_ledger_yet(client):
    opened = open_case()
    client.post("/track/", {"reference": opened.case.reference, "pin": opened.pin})
    assert "Your case has 1 entry. It is so new" in seen(client)
    assert client.get("/track/case/proof/").json()["anchored"] == []


def test_a_citizen_is_told_when_their_case_was_touched(holder, opened):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_event DISABLE TRIGGER event_no_change")
        cursor.execute("UPDATE cases_event SET actor = 'system' WHERE case_id = %s", [opened.case.pk])
    assert "is not as it was written" in seen(holder)


def test_the_proof_is_checked_against_what_is_published_and_does_not_say_whose_case_it_is(holder, opened, tmp_path):
    reply = holder.get("/track/case/proof/")
    assert reply["Content-Disposition"] == 'attachment; filename="proof.json"'
    assert opened.case.reference not in reply.content.decode()
    proof = publish(tmp_path) / "proof"
    proof.write_bytes(reply.content)
    assert run(tmp_path, "--proof", proof)[1].endswith("The case's 2 entries are in the ledger and unchanged.\n")

    actions.add_information(case=now_of(opened.case), words="It still does not.")
    later = tmp_path / "later"
    later.write_bytes(holder.get("/track/case/proof/").content)
    code, said = run(tmp_path, "--proof", proof, "--proof", later)
    assert (code, said.splitlines()[-1].endswith("1 more wait for the next anchor.")) == (0, True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda proof: proof["entries"].__setitem__(1, "0" * 64), "Entry 2 is not the one that was anchored"),
        (lambda proof: proof["anchored"][0].update(salt="00"), "Entry 1 is not in the tree of anchor 2"),
        (lambda proof: proof["anchor"].update(at="2020-01-01T00:00:00Z"), "is not an anchor of the ledger"),
        (lambda proof: proof.update(anchored=[]), "Nothing of this case is anchored yet"),
    ],
)
def test_a_proof_that_was_changed_proves_nothing(holder, opened, tmp_path, change, says):
    proof = holder.get("/track/case/proof/").json()
    change(proof)
    (publish(tmp_path) / "proof").write_text(json.dumps(proof))
    code, said = run(tmp_path, "--proof", tmp_path / "proof")
    assert code == 1
    assert says in said


def test_a_stranger_gets_no_proof(opened):
    assert Client().get("/track/case/proof/").status_code == 302
    assert Case.objects.count() == 2
