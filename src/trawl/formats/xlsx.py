"""XLSX: a workbook with real numbers, booleans and dates, a frozen header and a filter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from trawl.arrow import to_values
from trawl.errors import Code, Notice, TrawlError
from trawl.formats.base import Format, Options, by_building
from trawl.schema import Schema
from trawl.values import NANOSECONDS, Instant, Value, text_of

ROWS_A_SHEET: int = 1_048_575
"""What Excel takes, less the header."""
LONGEST_CELL: Final = 32_767
"""What Excel takes in one cell, in units of UTF-16."""
MOST_COLUMNS: Final = 16_384
LARGEST_INTEGER: Final = 10**15 - 1
"""Excel keeps 15 digits of a number."""
_DAY: Final = 86_400 * 10**9
_EPOCH: Final = 25_569
"""1970-01-01 in days, as Excel counts them."""
_FIRST_DAY: Final = 61
"""1900-03-01: the day from which on Excel's calendar is right."""


def build(batches: Iterable[pa.RecordBatch], schema: Schema, options: Options, path: Path) -> None:
    """Makes the workbook.

    Raises:
        TrawlError: `MALFORMED_REQUEST` if there are more columns than a sheet takes.
    """
    if len(schema) > MOST_COLUMNS:
        raise TrawlError(
            Code.MALFORMED_REQUEST,
            f"the result has {len(schema):,} columns, a sheet takes {MOST_COLUMNS:,}",
            hint="name those wanted in `fields`",
        )
    book = _Book(path, schema, options.made)
    for batch in batches:
        book.add(batch)
    book.close()
    if book.cut:
        reason = f"cells were cut to the {LONGEST_CELL:,} characters that a sheet takes"
        options.warn(Notice("cells_cut", reason, count=book.cut))


class _Book:
    """A workbook being written row by row, each sheet to a temporary file."""

    def __init__(self, path: Path, schema: Schema, made: Instant) -> None:
        self.cut = 0
        self._schema = schema
        self._book = xlsxwriter.Workbook(
            path,
            {
                "constant_memory": True,
                "tmpdir": str(path.parent),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "use_zip64": True,
            },
        )
        self._book.set_properties({"created": datetime.fromtimestamp(made.nanoseconds // NANOSECONDS, UTC)})
        self._bold = self._book.add_format({"bold": True})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        self._sheets = 0
        self._begin_sheet()

    def add(self, batch: pa.RecordBatch) -> None:
        """Writes the rows of a batch."""
        columns = [to_values(array, column.type) for array, column in zip(batch.columns, self._schema, strict=True)]
        if not columns:
            return
        writers = self._writers
        for row in zip(*columns, strict=True):
            if self._row > ROWS_A_SHEET:
                self._end_sheet()
                self._begin_sheet()
                writers = self._writers
            at = self._row
            for column, value in enumerate(row):
                if value is not None:
                    writers[type(value)](at, column, value)
            self._row += 1

    def close(self) -> None:
        """Puts the sheets together."""
        self._end_sheet()
        try:
            self._book.close()
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error  # what it was before it was wrapped

    def _begin_sheet(self) -> None:
        self._sheets += 1
        sheet: Worksheet = self._book.add_worksheet(f"rows {self._sheets}" if self._sheets > 1 else "rows")
        sheet.freeze_panes(1, 0)
        self._sheet = sheet
        self._writers: dict[type, Callable[[int, int, Any], object]] = {
            str: self._text,
            int: self._integer,
            float: sheet.write_number,
            bool: sheet.write_boolean,
            Instant: self._instant,
            list: self._list,
        }
        for column, name in enumerate(self._schema.names):
            sheet.write_string(0, column, self._fitting(name), self._bold)
        self._row = 1

    def _end_sheet(self) -> None:
        if len(self._schema):
            self._sheet.autofilter(0, 0, self._row - 1, len(self._schema) - 1)

    def _text(self, row: int, column: int, text: str) -> None:
        self._sheet.write_string(row, column, text if len(text) <= LONGEST_CELL // 2 else self._fitting(text))

    def _integer(self, row: int, column: int, number: int) -> None:
        if -LARGEST_INTEGER <= number <= LARGEST_INTEGER:
            self._sheet.write_number(row, column, number)
        else:
            self._sheet.write_string(row, column, str(number))

    def _instant(self, row: int, column: int, instant: Instant) -> None:
        days = instant.nanoseconds / _DAY + _EPOCH
        if days < _FIRST_DAY:
            self._sheet.write_string(row, column, str(instant))
        else:
            self._sheet.write_number(row, column, days, self._time)

    def _list(self, row: int, column: int, values: list[Value]) -> None:
        joined = "\n".join("" if value is None or isinstance(value, list) else text_of(value) for value in values)
        self._text(row, column, joined)

    def _fitting(self, text: str) -> str:
        encoded = text.encode("utf-16-le")
        if len(encoded) <= 2 * LONGEST_CELL:
            return text
        self.cut += 1
        return encoded[: 2 * LONGEST_CELL].decode("utf-16-le", "ignore")


FORMAT: Final = Format(
    "xlsx",
    ".xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "A workbook for spreadsheet programs.",
    by_building(build),
    build,
)
