"""What stands on a PDF: its words, its pages in millimetres and the QR codes a telephone would read."""

import pypdfium2
import zxingcpp

LETTERS_BREAK = "\u200b"  # where a long word may be cut; nobody sees it


def text_on(pdf: bytes) -> str:
    """In one line."""
    with pypdfium2.PdfDocument(pdf) as document:
        text = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(text.replace(LETTERS_BREAK, "").replace("\ufffe", "").split())


def pages_of(pdf: bytes) -> list[tuple[int, int]]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [(round(page.get_width() / 72 * 25.4), round(page.get_height() / 72 * 25.4)) for page in document]


def codes_on(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        pictures = [page.render(scale=3).to_pil() for page in document]
    return [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]


def right_edge(pdf: bytes) -> float:
    """How far to the right the first page is written on, as a share of its width."""
    with pypdfium2.PdfDocument(pdf) as document:
        page, text = document[0], document[0].get_textpage()
        return max(text.get_charbox(at)[2] for at in range(text.count_chars())) / page.get_width()
