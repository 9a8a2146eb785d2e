"""A writer's library on its own, and the seconds it takes: `python -m benchmarks.writers FORMAT ROWS TARGET SOURCE…`.

It reads columns out of Parquet and writes them as the library takes them, in one thread and as humbly as an
export does, so that whatever else the host does weighs as much on it.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from benchmarks.measuring import seconds

FIELDS: Final = (
    *("@timestamp", "EventTime", "UtcTime", "Hostname", "Channel", "SourceName", "EventID", "Task", "Version"),
    *("Keywords", "Severity", "Category", "EventType", "RecordNumber", "ThreadID", "ExecutionProcessID", "Domain"),
    *("UserID", "ProcessId", "Image"),
)
NICE: Final = 19
"""Of the process that formats an export."""


def batches(sources: Iterable[Path], rows: int) -> Iterator[pa.RecordBatch]:
    """The first rows of Parquet files, one after the other."""
    for source in sources:
        for batch in pq.ParquetFile(source).iter_batches(8192, columns=list(FIELDS)):
            found = batch.slice(0, rows)
            rows -= found.num_rows
            yield found
            if not rows:
                return


def _values(found: Iterable[pa.RecordBatch]) -> Iterator[Iterator[tuple[Any, ...]]]:
    """The rows of each batch as values of Python, made in the fastest way that Arrow has."""
    for batch in found:
        yield zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _json(found: Iterable[pa.RecordBatch], target: Path) -> None:
    with target.open("wb") as file:
        for rows in _values(found):
            file.write(orjson.dumps([dict(zip(FIELDS, row, strict=False)) for row in rows])[1:-1] + b",")


def _ndjson(found: Iterable[pa.RecordBatch], target: Path) -> None:
    with target.open("wb") as file:
        for rows in _values(found):
            lines = (
                orjson.dumps(dict(zip(FIELDS, row, strict=False)), None, orjson.OPT_APPEND_NEWLINE) for row in rows
            )
            file.write(b"".join(lines))


def _csv(found: Iterable[pa.RecordBatch], target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(chain.from_iterable(_values(found)))


def _xlsx(found: Iterable[pa.RecordBatch], target: Path) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(str(target), options) as book:
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        sheet = book.add_worksheet()
        for number, row in enumerate(chain.from_iterable(_values(found))):
            for place, value in enumerate(row):
                if place == 0:
                    sheet.write_datetime(number, place, value, moment)
                elif isinstance(value, str) or abs(value or 0) > 10**15:
                    sheet.write_string(number, place, str(value))
                elif value is not None:
                    sheet.write_number(number, place, value)


def _parquet(found: Iterable[pa.RecordBatch], target: Path) -> None:
    remaining = iter(found)
    first = next(remaining)
    with pq.ParquetWriter(target, first.schema, compression="zstd") as writer:
        for batch in chain([first], remaining):
            writer.write_batch(batch.cast(first.schema))


WRITERS: Final[dict[str, Callable[[Iterable[pa.RecordBatch], Path], None]]] = {
    "json": _json,
    "ndjson": _ndjson,
    "csv": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
}


def main() -> None:
    os.nice(NICE)
    kind, rows, target, *sources = sys.argv[1:]
    found = batches(map(Path, sources), int(rows))
    print(seconds(partial(WRITERS[kind], found, Path(target))))


if __name__ == "__main__":
    main()
