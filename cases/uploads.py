"""Photos and papers that somebody uploads: held in memory, bounded, known by their content, photos drawn anew.

What is drawn anew has lost its metadata: where and when it was taken, and by whose telephone. Knows no case.
"""

import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

LONGEST_SIDE = 1600  # pixels: a page of print stays readable
SMALL_SIDE = 160
PIXELS = 50_000_000  # no telephone takes more; a picture may be small as a file and huge once opened
PAGES = 100
OBJECTS = 100_000


class Format(TextChoices):
    PHOTO = "photo", _("Photo")
    PDF = "pdf", _("PDF")


@dataclass(frozen=True)
class Paper:
    """What is kept. `small` is a thumbnail, which a PDF has not."""

    format: Format
    content: bytes
    small: bytes = b""
    pages: int = 1


class Unfit(Exception):
    """Not to be kept, with a sentence for whoever uploaded it."""

    def __init__(self, sentence: str | Promise):
        super().__init__(sentence)
        self.sentence = sentence


def examine(raw: bytes) -> Paper:
    """The paper in these bytes, whatever the file was called. Raises Unfit."""
    if len(raw) > settings.UPLOAD_LIMIT:
        raise Unfit(too_large())
    return _pdf(raw) if b"%PDF-" in raw[:1024] else _photo(raw)


def too_large() -> str:
    return str(_("It is larger than {size} MB. Take the photo with fewer pixels, or scan fewer pages.")).format(
        size=settings.UPLOAD_LIMIT // 1_000_000
    )


# --- Photos ---------------------------------------------------------------------------------------------


def _photo(raw: bytes) -> Paper:
    try:
        with Image.open(BytesIO(raw), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > PIXELS:
                raise Unfit(_("The photo has too many pixels. Take it with fewer."))
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is opened at half its size where that is enough
            drawn = _on_white(ImageOps.exif_transpose(image))
    except UnidentifiedImageError as error:
        raise Unfit(_("This is neither a photo (JPEG, PNG, WebP) nor a PDF.")) from error
    except (OSError, ValueError, SyntaxError, EOFError, zlib.error, Image.DecompressionBombError) as error:
        raise Unfit(_("The photo is broken. Take it again.")) from error
    return Paper(Format.PHOTO, _drawn(drawn, LONGEST_SIDE, "JPEG", 80), _drawn(drawn, SMALL_SIDE, "WEBP", 60))


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    page = Image.new("RGBA", image.size, "white")
    page.alpha_composite(image.convert("RGBA"))
    return page.convert("RGB")


def _drawn(image: Image.Image, side: int, format: str, quality: int) -> bytes:
    """On a new canvas: nothing of the old file comes along but what one sees."""
    canvas = Image.new("RGB", image.size)
    canvas.paste(image)
    canvas.thumbnail((side, side))
    written = BytesIO()
    canvas.save(written, format, quality=quality, optimize=True)
    return written.getvalue()


# --- PDFs -----------------------------------------------------------------------------------------------

# What lets a PDF do something, or carry something, that a sheet of paper could not.
ACTIVE = frozenset({
    "/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA", "/SubmitForm",
    "/ImportData", "/Rendition", "/Movie", "/Sound", "/3D", "/GoToE",
})  # fmt: skip
# What pypdf raises on a file that is broken, by accident or with intent; its own errors say only half of it.
BROKEN = (
    PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError,
    AssertionError, NotImplementedError, OSError, zlib.error,
)  # fmt: skip


def _pdf(raw: bytes) -> Paper:
    try:
        reader = PdfReader(BytesIO(raw))
        if reader.is_encrypted:
            raise Unfit(_("The PDF is locked with a password. Save it without one, or take a photo."))
        pages = len(reader.pages)
        active = _is_active(reader)
    except BROKEN as error:
        raise Unfit(_("The PDF is broken. Scan it again, or take a photo.")) from error
    if active:
        raise Unfit(_("The PDF holds a program, a form or other files. Print it and scan it, or take a photo."))
    if not 0 < pages <= PAGES:
        raise Unfit(_("The PDF has no page, or more than a hundred."))
    return Paper(Format.PDF, raw, pages=pages)


def _is_active(reader: PdfReader) -> bool:
    """Looks at everything that can be reached from the file's root, as a viewer would."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer]
    looked = 0
    while waiting:
        looked += 1
        if looked > OBJECTS:
            return True  # nobody scans such a thing
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            if (thing.idnum, thing.generation) not in seen:
                seen.add((thing.idnum, thing.generation))
                waiting.append(thing.get_object())
        elif isinstance(thing, DictionaryObject):
            if not ACTIVE.isdisjoint(thing):
                return True
            waiting.extend(thing.values())
        elif isinstance(thing, ArrayObject):
            waiting.extend(thing)
        elif isinstance(thing, NameObject) and thing in ACTIVE:
            return True
    return False


# --- On the way in --------------------------------------------------------------------------------------


TOO_LARGE = "sws.too_large"  # in a request's META: the field whose file was dropped


class InMemory(FileUploadHandler):
    """Keeps a file in memory, never on a disk in plain. One that is too large is dropped, and the form is told."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > settings.BODY_LIMIT:
            raise RequestDataTooBig("The body is larger than BODY_LIMIT.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > settings.UPLOAD_LIMIT:
            assert self.request, "Django always gives one"
            self.request.META[TOO_LARGE] = self.field_name
            raise SkipFile
        self.kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept, self.field_name, self.file_name, self.content_type, file_size, self.charset
        )
