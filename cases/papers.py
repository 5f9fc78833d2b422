"""Papers: a PDF from a template in templates/papers/ and its facts, which travel as data and can be no markup.

A template begins with `#import "frame.typ": *` and finds everything it was given in `facts`. Nothing is fetched and no
font of the machine is used: the letters are those that the typesetter brings, so a paper looks the same everywhere.
"""

import io
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import segno
import typst
from django.conf import settings
from django.http import HttpResponse

from cases import clock

PAPERS = Path(settings.BASE_DIR) / "templates" / "papers"

Fact = str | int | bool | None | Sequence["Fact"] | Mapping[str, "Fact"]


def paper(template: str, **facts: Fact) -> bytes:
    """The PDF. What a font cannot show becomes an empty box; no fact, however odd, stops a paper."""
    told = json.dumps(facts, ensure_ascii=False).encode("utf-8", "replace").decode()  # half a pair is no letter
    return typst.compile(
        PAPERS / f"{template}.typ",
        root=PAPERS,
        font_paths=_letters(),
        sys_inputs={"facts": told},
        timestamp=int(clock.now().timestamp()),
    )


def qr(address: str) -> str:
    """A QR code as a picture for a template: `image(bytes(facts.code), alt: …)`."""
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="svg", xmldecl=False)
    return picture.getvalue().decode()


def sent(pdf: bytes, name: str) -> HttpResponse:
    """To be looked at and printed in the browser; `name` is what it is saved as, so it says nothing of anybody."""
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}.pdf"'}
    )


@cache
def _letters() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
