"""The map of provinces that a country pack may bring along, with its credit: outlines.toml. None, and none is drawn."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.text import slugify

PACKS = Path(settings.BASE_DIR) / "sws" / "countries"


@dataclass(frozen=True)
class Outline:
    """One province: its path, and where its number stands."""

    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Outlines:
    """All provinces in a drawing so wide and so high."""

    width: int
    height: int
    credit: str
    provinces: Mapping[str, Outline]


@cache
def outlines(country: str) -> Outlines | None:
    """By the country's name, like the folder of its pack."""
    file = PACKS / slugify(country) / "outlines.toml"
    if not file.exists():
        return None
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    provinces = {code: Outline(**one) for code, one in told.pop("provinces").items()}
    return Outlines(provinces=provinces, **told)
