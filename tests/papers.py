"""Photos and papers for tests, made on the spot: with a place in their metadata, with a program, locked, or broken."""

import zlib
from io import BytesIO
from typing import Any

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

MAKER, LATITUDE = 0x010F, 2


def a_photo(
    format: str = "JPEG", *, size: tuple[int, int] = (400, 300), colour: Any = "orange", turned: bool = False
) -> bytes:
    """As a telephone makes it: it tells the maker, the place, and which way up it was held."""
    image = Image.new("RGBA" if format != "JPEG" else "RGB", size, colour)
    facts = Image.Exif()
    facts[MAKER] = "Itel of Mutale Chanda"
    if turned:
        facts[0x0112] = 6
    facts.get_ifd(0x8825)[LATITUDE] = (15.0, 25.0, 0.0)
    written = BytesIO()
    image.save(written, format, exif=facts)
    return written.getvalue()


def a_noisy_photo(size: tuple[int, int]) -> bytes:
    written = BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(written, "JPEG", quality=95)
    return written.getvalue()


def a_pdf(*, pages: int = 1, password: str = "", **root: Any) -> bytes:
    """`root` is laid into the document's root, where programs hide."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 300)
    for name, value in root.items():
        writer.root_object[NameObject(f"/{name}")] = value
    if password:
        writer.encrypt(password)
    return _written(writer)


def a_program() -> DictionaryObject:
    return DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("evil()")}
    )


def a_pdf_with_a_program() -> bytes:
    return a_pdf(OpenAction=a_program())


def a_pdf_with_a_program_behind_a_button() -> bytes:
    """Deep inside a page's annotation, with the name written in another way."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 300)
    action = writer._add_object(a_program())
    button = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action})
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(button)])
    return _written(writer).replace(b"/JavaScript", b"/J#61vaScrip#74").replace(b"/JS", b"/J#53")


def a_pdf_with_a_program_in_a_packed_object() -> bytes:
    """No byte of its name stands in the file: it lies compressed in an object stream."""
    return packed(a_pdf_with_a_program())


def a_pdf_with_a_file_inside() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 300)
    writer.add_attachment("virus.exe", b"MZ")
    return _written(writer)


def a_pdf_that_goes_in_circles() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 300)
    one, two = DictionaryObject(), DictionaryObject()
    first, second = writer._add_object(one), writer._add_object(two)
    one[NameObject("/Next")], two[NameObject("/Next")] = second, first
    writer.root_object[NameObject("/Circle")] = first
    writer.root_object[NameObject("/Deep")] = NumberObject(1)
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def packed(plain: bytes) -> bytes:
    """The same document with its objects in one compressed stream, as newer programs write it."""
    reader = PdfReader(BytesIO(plain))
    numbers = sorted(reader.xref[0])
    places, body = [], b""
    for number in numbers:
        written = BytesIO()
        reader.get_object(number).write_to_stream(written)
        places.append((number, len(body)))
        body += written.getvalue() + b"\n"
    head = " ".join(f"{number} {place}" for number, place in places).encode() + b"\n"
    stream = zlib.compress(head + body)
    holder = max(numbers) + 1
    out = b"%PDF-1.5\n"
    holder_at = len(out)
    out += (
        f"{holder} 0 obj\n<< /Type /ObjStm /N {len(numbers)} /First {len(head)} /Filter /FlateDecode /Length {len(stream)} >>\nstream\n".encode()
        + stream
        + b"\nendstream\nendobj\n"
    )
    rows = [b"\x00\x00\x00\x00\x00"] * (holder + 2)
    for index, (number, _place) in enumerate(places):
        rows[number] = bytes([2]) + holder.to_bytes(3, "big") + bytes([index])
    rows[holder] = bytes([1]) + holder_at.to_bytes(3, "big") + b"\x00"
    table_at = len(out)
    rows[holder + 1] = bytes([1]) + table_at.to_bytes(3, "big") + b"\x00"
    table = zlib.compress(b"".join(rows))
    root = reader.trailer.raw_get("/Root").idnum
    out += (
        f"{holder + 1} 0 obj\n<< /Type /XRef /Size {holder + 2} /W [1 3 1] /Root {root} 0 R /Filter /FlateDecode /Length {len(table)} >>\nstream\n".encode()
        + table
        + b"\nendstream\nendobj\n"
    )
    return out + f"startxref\n{table_at}\n%%EOF".encode()
