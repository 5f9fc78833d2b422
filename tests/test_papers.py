"""Papers: what is given as a fact stands on the page as it was given, whatever it is, and a QR code can be read."""

import subprocess
import sys
import threading
from typing import Any

import pypdfium2
import pytest
import typst
import zxingcpp
from django.conf import settings

from cases.papers import PAPERS, paper, qr

FACTS: dict[str, Any] = {
    "title": "Receipt",
    "language": "en",
    "service": "Single Window Service",
    "reference_label": "Case number",
    "reference": "1234 5678 9012",
    "pin_label": "PIN",
    "pin": "246810",
    "topic_label": "About",
    "topic": "Payment missed",
    "due_label": "Answer promised by",
    "due": "4 December 2026",
    "lines": ["Keep this paper."],
    "address": "https://sws.example/track/",
    "warning": "We never ask you for money.",
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


@pytest.fixture(autouse=True)
def pages_are_closed() -> Any:
    opened.clear()
    yield
    for document in opened:
        document.close()


opened: list[pypdfium2.PdfDocument] = []


def read(pdf: bytes) -> pypdfium2.PdfDocument:
    opened.append(pypdfium2.PdfDocument(pdf))
    return opened[-1]


def text_of(pdf: bytes) -> str:
    """What stands on the pages, in one line."""
    text = " ".join(page.get_textpage().get_text_range() for page in read(pdf))
    return " ".join(text.replace("\u200b", "").split())


def codes_on(pdf: bytes) -> list[str]:
    return [code.text for page in read(pdf) for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]


def a_paper(**changed: Any) -> bytes:
    facts = FACTS | changed
    return paper("receipt", code=qr(facts["address"]), **facts)


def test_what_is_given_stands_on_one_small_page_and_its_code_can_be_read():
    pdf = a_paper()
    assert [[round(side / 72 * 25.4) for side in page.get_size()] for page in read(pdf)] == [[105, 148]], "A6"
    for name, fact in FACTS.items():
        if name not in ("lines", "title", "language"):
            assert fact in text_of(pdf)
    assert codes_on(pdf) == ["https://sws.example/track/"]


@pytest.mark.parametrize("words", NAUGHTY)
def test_no_fact_is_ever_markup(words):
    assert " ".join(words.split()) in text_of(a_paper(topic=words, lines=[words]))


def test_pasted_into_the_template_the_same_facts_would_be_markup():
    """What papers.py keeps from happening: this is the naive way, and it runs what a citizen typed."""
    with pytest.raises(typst.TypstError, match="panicked"):
        typst.compile(b"#strong[" + NAUGHTY[0].encode() + b"]")
    assert "panic" in text_of(a_paper(topic=NAUGHTY[0]))


@pytest.mark.parametrize(
    "words", ["\0", "\ud800", "\u202e", "\U0001f600", "\u0e01", "a" * 400, "m\u0300" * 40, " ", ""]
)
def test_no_letter_however_odd_stops_a_paper(words):
    assert len(read(a_paper(topic=words))) == 1


def test_a_word_longer_than_the_line_stays_on_the_page():
    page = read(a_paper(topic="W" * 60))[0]
    edges = [page.get_textpage().get_charbox(at) for at in range(page.get_textpage().count_chars())]
    assert max(right for _left, _bottom, right, _top in edges) < page.get_width() - 20


def test_papers_can_be_made_by_several_threads_at_once():
    made: dict[int, bytes] = {}

    def make(number: int) -> None:
        made[number] = a_paper(topic=f"Matter {number}")

    threads = [threading.Thread(target=make, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"Matter {number}" in text_of(made[number]) for number in range(8))


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
