"""Papers: what is given as a fact stands on the page as it was given, whatever it is, and a QR code can be read."""

import subprocess
import sys
import threading
from typing import Any

import pytest
import typst
from django.conf import settings

from cases import wording
from cases.papers import PAPERS, paper, qr
from tests.paper import codes_on, pages_of, right_edge, text_on

FACTS: dict[str, Any] = {
    "language": "en",
    "words": dict(wording.RECEIPT) | {"matter": "Payment missed"},
    "reference": "1234 5678 9012",
    "pin": "246810",
    "due": "04/12/2026",
    "address": "https://sws.example/track/",
}
NAUGHTY = (
    "#panic(1)",
    '#read("frame.typ")',
    '#import "frame.typ": *',
    "*bold* _slanted_ `raw` $x^2$ = heading",
    "</svg><script>alert(1)</script>",
    "@label <label> #label",
    '"; #facts.pin; "',
    "\\u{41} \\ {{ pin }} {% now %} %s {0}",
    "[[[ ]]] ((( // /* ",
    "Ng'andu \u014bombe \u0294",
    "-- --- ... ~",
    "- a list\n+ a list\n/ a: list",
)


def a_paper(**said: str) -> bytes:
    """A receipt that says something else in some of its words."""
    return paper("receipt", code=qr(FACTS["address"]), **FACTS | {"words": FACTS["words"] | said})


def test_what_is_given_stands_on_one_small_page_and_its_code_can_be_read():
    pdf = a_paper()
    assert pages_of(pdf) == [(105, 148)], "A6"
    for fact in (*FACTS["words"].values(), FACTS["reference"], FACTS["pin"], FACTS["due"], FACTS["address"]):
        assert fact in text_on(pdf)
    assert codes_on(pdf) == ["https://sws.example/track/"]


@pytest.mark.parametrize("words", NAUGHTY)
def test_no_fact_is_ever_markup(words):
    assert " ".join(words.split()) in text_on(a_paper(matter=words, warning=words))


def test_pasted_into_the_template_the_same_facts_would_be_markup():
    """What papers.py keeps from happening: this is the naive way, and it runs what a citizen typed."""
    with pytest.raises(typst.TypstError, match="panicked"):
        typst.compile(b"#strong[" + NAUGHTY[0].encode() + b"]")
    assert "panic" in text_on(a_paper(matter=NAUGHTY[0]))


@pytest.mark.parametrize(
    "words", ["\0", "\ud800", "\u202e", "\U0001f600", "\u0e01", "a" * 400, "m\u0300" * 40, " ", ""]
)
def test_no_letter_however_odd_stops_a_paper(words):
    assert pages_of(a_paper(matter=words))


def test_a_word_longer_than_the_line_stays_on_the_page():
    assert right_edge(a_paper(matter="W" * 60)) < 0.95


def test_papers_can_be_made_by_several_threads_at_once():
    made: dict[int, bytes] = {}

    def make(number: int) -> None:
        made[number] = a_paper(matter=f"Matter {number}")

    threads = [threading.Thread(target=make, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"Matter {number}" in text_on(made[number]) for number in range(8))


def test_a_paper_needs_no_home_no_network_and_no_fonts_of_the_machine():
    """As an account of nobody: without HOME, its working folder not its own, one paper in well under a second."""
    program = (
        "import os, time, django; os.chdir('/'); django.setup()\n"
        "from cases.papers import paper, qr\n"
        f"facts = {FACTS!r}\n"
        "begun = time.perf_counter()\n"
        "assert paper('receipt', code=qr('https://sws.example'), **facts).startswith(b'%PDF')\n"
        "assert time.perf_counter() - begun < 1, time.perf_counter() - begun\n"
    )
    home = {"MODE": "test", "DJANGO_SETTINGS_MODULE": "sws.settings", "PYTHONPATH": str(settings.BASE_DIR)}
    subprocess.run([sys.executable, "-c", program], env=home, check=True)


def test_no_template_fetches_anything():
    for template in PAPERS.glob("*.typ"):
        assert "@preview" not in template.read_text()
        assert "://" not in template.read_text()
