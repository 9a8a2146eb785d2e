"""Every value comes out of every format as that format can hold it."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stored import batch, plain, rows_of
from trawl import formats
from trawl.arrow import schema_of
from trawl.errors import Code, Notice, TrawlError
from trawl.formats import archive, xlsx
from trawl.formats.base import Options
from trawl.results.parts import bare_rows
from trawl.schema import ANY, BOOLEAN, FLOAT, INTEGER, NULL, STRING, TIME, array_of
from trawl.values import Instant, Value
from workbooks import NAMESPACE, cells, sheets

NOON = Instant(1_600_000_000_123_456_789)
EVENTS: dict[str, tuple[Any, Sequence[Value]]] = {
    "@timestamp": (TIME, [NOON, Instant(-1), None]),
    'odd, "name"': (STRING, ['a "quote", a comma\r\nand a line', "", None]),
    "LogonId": (INTEGER, [-(2**63), 42, None]),
    "LogonID": (INTEGER, [2**64, None, 1]),
    "ratio": (FLOAT, [0.1, 1e300, -5.0]),
    "flag": (BOOLEAN, [True, False, None]),
    "tags": (array_of(STRING), [["a", "b, c"], [], None]),
    "mixed": (ANY, ["=1+1", 2**70, [1, "ü𝄞", NOON, True]]),
    "never": (NULL, [None, None, None]),
}

Export = Callable[..., bytes]


@pytest.fixture
def notices() -> list[Notice]:
    return []


@pytest.fixture
def export(tmp_path: Path, notices: list[Notice]) -> Export:
    """Writes batches in a format."""

    def run(name: str, *batches: pa.RecordBatch, **options: bool) -> bytes:
        written = formats.find(name).write(
            batches, schema_of(batches[0].schema), Options(tmp_path, notices.append, NOON, **options)
        )
        return b"".join(written)

    return run


def test_the_folder_is_the_registry() -> None:
    assert set(formats.every()) == {"csv", "json", "ndjson", "parquet", "xlsx"}
    with pytest.raises(TrawlError) as raised:
        formats.find("xslx")
    assert raised.value.code is Code.MALFORMED_REQUEST
    assert raised.value.hint == "perhaps `xlsx` was meant"


# --- json -------------------------------------------------------------------------------------------------


def test_json_is_one_array_of_objects_without_what_is_missing(export: Export) -> None:
    rows = orjson.loads(export("json", batch(EVENTS)))
    assert rows[0]["LogonId"] == str(-(2**63))
    assert rows[1] == {
        "@timestamp": "1969-12-31T23:59:59.999999999Z",
        'odd, "name"': "",
        "LogonId": 42,
        "ratio": 1e300,
        "flag": False,
        "tags": [],
        "mixed": str(2**70),
    }
    assert rows[2] == {"LogonID": 1, "ratio": -5.0, "mixed": [1, "ü𝄞", "2020-09-13T12:26:40.123456789Z", True]}


@pytest.mark.parametrize("sizes", [[0], [0, 0], [1], [0, 2, 0, 3, 0]])
def test_batches_of_any_size_make_one_array(export: Export, sizes: list[int]) -> None:
    written = orjson.loads(export("json", *(plain(range(size)) for size in sizes)))
    assert [row["n"] for row in written] == [n for size in sizes for n in range(size)]


def test_ndjson_is_an_object_a_line(export: Export) -> None:
    lines = export("ndjson", batch(EVENTS), batch(EVENTS)).splitlines()
    assert [orjson.loads(line) for line in lines] == 2 * orjson.loads(export("json", batch(EVENTS)))


# --- csv --------------------------------------------------------------------------------------------------


def table(written: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode(), newline="")))


def test_csv_has_a_header_and_a_cell_for_every_field(export: Export) -> None:
    written = export("csv", batch(EVENTS))
    assert table(written) == [
        list(EVENTS),
        [
            "2020-09-13T12:26:40.123456789Z",
            'a "quote", a comma\r\nand a line',
            str(-(2**63)),
            str(2**64),
            "0.1",
            "true",
            "a\nb, c",
            "=1+1",
            "",
        ],
        ["1969-12-31T23:59:59.999999999Z", "", "42", "", "1e+300", "false", "", str(2**70), ""],
        ["", "", "", "1", "-5", "", "", "1\nü𝄞\n2020-09-13T12:26:40.123456789Z\ntrue", ""],
    ]
    assert written.count(b"\r\n") == 5  # four lines, and one within a cell


def test_csv_tells_empty_from_missing(export: Export) -> None:
    assert export("csv", batch({"a": (STRING, ["", None]), "b": (INTEGER, [1, 2])})) == (b'"a","b"\r\n"",1\r\n,2\r\n')


def test_csv_of_one_column_has_no_empty_line(export: Export) -> None:
    assert export("csv", batch({"n": (INTEGER, [1, None])})) == b'"n"\r\n"1"\r\n""\r\n'


def test_csv_starts_with_a_byte_order_mark_where_asked(export: Export) -> None:
    assert export("csv", plain([1]), bom=True).startswith(b"\xef\xbb\xbf")


def test_csv_disarms_formulas_where_asked(export: Export) -> None:
    cells: list[Value] = ["=1+1", "+1", "-", "@x", "\tx", "a=1", "", None]
    numbers: list[Value] = [-1, -2, -3, -4, -5, -6, -7, -8]
    events = batch({"=a": (STRING, cells), "n": (INTEGER, numbers)})
    assert [row[0] for row in table(export("csv", events, escape_formulas=True))] == [
        "'=a", "'=1+1", "'+1", "'-", "'@x", "'\tx", "a=1", "", "",
    ]  # fmt: skip
    assert [row[1] for row in table(export("csv", events, escape_formulas=True))][1:] == list(map(str, numbers))
    assert [row[0] for row in table(export("csv", events))][1:] == [cell or "" for cell in cells]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(st.text(), st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)))))
def test_any_text_survives_csv(rows: list[tuple[str, float | None]], tmp_path_factory: pytest.TempPathFactory) -> None:
    events = batch({"text": (STRING, [row[0] for row in rows]), "number": (FLOAT, [row[1] for row in rows])})
    options = Options(tmp_path_factory.getbasetemp(), lambda notice: None, NOON)
    written = b"".join(formats.find("csv").write([events], schema_of(events.schema), options))
    found = [(text, float(number) if number else None) for text, number in table(written)[1:]]
    assert found == rows


# --- xlsx -------------------------------------------------------------------------------------------------


def test_xlsx_has_real_types(export: Export) -> None:
    (sheet,) = sheets(export("xlsx", batch(EVENTS)))
    header, first, second, third = cells(sheet)
    assert list(header.values()) == list(EVENTS)
    moment = datetime(1899, 12, 30) + timedelta(days=first.pop("A"))
    assert abs(moment - datetime(2020, 9, 13, 12, 26, 40, 123457)) < timedelta(milliseconds=1)
    assert first == {
        "B": 'a "quote", a comma\r\nand a line',
        "C": str(-(2**63)),
        "D": str(2**64),
        "E": 0.1,
        "F": True,
        "G": "a\nb, c",
        "H": "=1+1",
    }
    assert second.pop("A") == pytest.approx(25_569, abs=1e-9)
    assert second == {"B": "", "G": "", "C": 42, "E": 1e300, "F": False, "H": str(2**70)}
    assert third["H"] == "1\nü𝄞\n2020-09-13T12:26:40.123456789Z\ntrue"


def test_xlsx_has_a_frozen_header_and_a_filter(export: Export) -> None:
    (sheet,) = sheets(export("xlsx", plain(range(5))))
    pane = sheet.find(f".//{NAMESPACE}pane")
    assert pane is not None
    assert (pane.get("state"), pane.get("ySplit")) == ("frozen", "1")
    chosen = sheet.find(f"{NAMESPACE}autoFilter")
    assert chosen is not None
    assert chosen.get("ref") == "A1:B6"


def test_xlsx_keeps_control_characters_and_what_looks_like_an_escape(export: Export) -> None:
    odd: list[Value] = ["\x00\x01\x1f", "_x0041_", " leading", "http://example.org", "\ufffe"]
    (sheet,) = sheets(export("xlsx", batch({"odd": (STRING, odd)})))
    assert [row["A"] for row in cells(sheet)[1:]] == odd


def test_xlsx_goes_on_in_a_further_sheet(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS_A_SHEET", 10)
    found = [cells(sheet) for sheet in sheets(export("xlsx", plain(range(7)), plain(range(7, 25))))]
    assert [len(rows) for rows in found] == [11, 11, 6]
    assert [row["A"] for rows in found for row in rows[1:]] == list(range(25))
    assert {rows[0]["A"] for rows in found} == {"n"}


@pytest.mark.slow  # a million rows
def test_xlsx_fills_a_sheet_to_its_last_row(export: Export) -> None:
    rows = xlsx.ROWS_A_SHEET + 2
    batches = [batch({"n": (INTEGER, list(range(at, min(rows, at + 8192))))}) for at in range(0, rows, 8192)]
    with zipfile.ZipFile(io.BytesIO(export("xlsx", *batches))) as book:
        first, second = (book.read(f"xl/worksheets/sheet{number}.xml") for number in (1, 2))
    assert [sheet.count(b"<row ") for sheet in (first, second)] == [1_048_576, 3]
    assert first.endswith(b'<autoFilter ref="A1:A1048576"/>' + first[first.index(b"<pageMargins") :])


def test_xlsx_cuts_what_no_cell_takes_and_counts_it(export: Export, notices: list[Notice]) -> None:
    long: list[Value] = ["a" * 32_767, "a" * 32_768, "𝄞" * 16_383, "𝄞" * 16_384]
    (sheet,) = sheets(export("xlsx", batch({"long": (STRING, long)})))
    assert [len(row["A"]) for row in cells(sheet)[1:]] == [32_767, 32_767, 16_383, 16_383]
    assert [(notice.code, notice.count) for notice in notices] == [("cells_cut", 2)]


def test_xlsx_refuses_more_columns_than_a_sheet_has(export: Export) -> None:
    wide = batch({f"f{at}": (INTEGER, [1]) for at in range(16_385)})
    with pytest.raises(TrawlError) as raised:
        export("xlsx", wide)
    assert raised.value.code is Code.MALFORMED_REQUEST


@pytest.mark.parametrize("name", ["xlsx", "parquet"])
def test_no_temporary_file_is_left_however_it_ends(tmp_path: Path, name: str) -> None:
    events = plain(range(3))
    options = Options(tmp_path, lambda notice: None, NOON)

    def broken() -> Iterable[pa.RecordBatch]:
        yield events
        raise ZeroDivisionError

    begun = formats.find(name).write([events], schema_of(events.schema), options)
    assert next(begun).startswith(b"P")
    begun.close()  # type: ignore[attr-defined]  # writers are generators
    with pytest.raises(ZeroDivisionError):
        list(formats.find(name).write(broken(), schema_of(events.schema), options))
    assert list(tmp_path.iterdir()) == []


# --- parquet ----------------------------------------------------------------------------------------------


def test_parquet_has_every_value_under_its_fields_name(export: Export) -> None:
    written = pq.read_table(io.BytesIO(export("parquet", batch(EVENTS), batch(EVENTS))))
    assert written.schema.types[:2] == [pa.timestamp("ns", tz="UTC"), pa.string()]
    found = [row for events in written.to_batches() for row in rows_of([events])]
    assert found == 2 * rows_of([batch(EVENTS)])
    assert list(found[0]) == list(EVENTS)


def test_parquet_holds_no_rows_without_columns(export: Export) -> None:
    assert pq.read_table(io.BytesIO(export("parquet", batch({})))).shape == (0, 0)
    with pytest.raises(TrawlError) as raised:
        export("parquet", bare_rows(2))
    assert raised.value.code is Code.MALFORMED_REQUEST


# --- any format -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(formats.every()))
def test_a_result_without_rows_is_a_whole_file(export: Export, name: str) -> None:
    written = export(name, plain(range(0)))
    if name == "xlsx":
        assert [len(cells(sheet)) for sheet in sheets(written)] == [1]
    elif name == "parquet":
        assert pq.read_table(io.BytesIO(written)).shape == (0, 2)
    else:
        assert written == {"json": b"[]\n", "ndjson": b"", "csv": b'"n","text"\r\n'}[name]


@pytest.mark.parametrize("name", sorted(formats.every()))
def test_a_zip_holds_the_file(export: Export, name: str) -> None:
    written = b"".join(archive.packed(f"events.{name}", iter([b"one ", b"", b"two"]), NOON))
    assert written == b"".join(archive.packed(f"events.{name}", [b"one two"], NOON))
    with zipfile.ZipFile(io.BytesIO(written)) as opened:
        assert opened.namelist() == [f"events.{name}"]
        assert opened.testzip() is None
        assert opened.read(f"events.{name}") == b"one two"


@pytest.mark.parametrize("name", sorted(formats.every()))
def test_the_same_rows_make_the_same_bytes_at_any_time(export: Export, name: str) -> None:
    """So that the rest of a file can be made when its beginning is long gone."""
    first = export(name, batch(EVENTS))
    time.sleep(1.1)  # times within files are told by the second
    assert export(name, batch(EVENTS)) == first
