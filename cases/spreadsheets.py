"""Tables as files a spreadsheet opens, in which nothing is run: no cell begins like a formula. Knows no cases."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

Cell = str | int | float | date | None

# What one or another spreadsheet takes for the beginning of a formula, also the wide ones of East Asian keyboards.
_FORMULA = re.compile(r"[\s\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠]|[\t\r\n]")
_NO_SHEET_NAME = re.compile(r"[\\/*?:\[\]]")
_NO_LETTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def harmless(cell: Cell) -> Cell:
    """Words are words: before what would be run stands an apostrophe. A number is a number, also below zero."""
    if not isinstance(cell, str):
        return cell
    words = _NO_LETTERS.sub("", cell)
    return f"'{words}" if _FORMULA.match(words) else words


class Table(Protocol):
    def add(self, row: list[Cell]) -> None: ...

    def finish(self) -> bytes: ...


class Csv:
    """With the mark by which spreadsheets know UTF-8."""

    def __init__(self) -> None:
        self._text = io.StringIO("\ufeff", newline="")
        self._text.seek(0, io.SEEK_END)
        self._out = csv.writer(self._text)

    def add(self, row: list[Cell]) -> None:
        self._out.writerow([harmless(cell) for cell in row])

    def finish(self) -> bytes:
        return self._text.getvalue().encode()


def _empty_book() -> Any:
    from openpyxl import Workbook  # a tenth of a second that hardly any process needs

    return Workbook(write_only=True)


class Xlsx:
    def __init__(self, title: str | None = None) -> None:
        self._book = _empty_book()
        self.turn(title)

    def turn(self, title: str | None) -> None:
        """To a new sheet."""
        self._sheet = self._book.create_sheet(title)
        self._sheet.freeze_panes = "A2"

    def add(self, row: list[Cell]) -> None:
        self._sheet.append([harmless(cell) for cell in row])

    def finish(self) -> bytes:
        file = io.BytesIO()
        self._book.save(file)
        return file.getvalue()


def workbook(sheets: Mapping[str, Iterable[list[Cell]]]) -> bytes:
    """A book of several sheets by their names, of which a spreadsheet takes 31 letters."""
    book = _empty_book()
    for name, rows in sheets.items():
        sheet = book.create_sheet(_NO_SHEET_NAME.sub("-", name)[:31])
        for row in rows:
            sheet.append([harmless(cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


TABLES: dict[str, type[Csv] | type[Xlsx]] = {"csv": Csv, "xlsx": Xlsx}
