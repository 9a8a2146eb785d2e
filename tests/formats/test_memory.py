"""Memory does not grow with rows, whatever is made of them: measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stored import FACTS, batch
from trawl.results.writer import Writer
from trawl.schema import INTEGER, STRING

_CHILD = """
import sys
from pathlib import Path

from trawl import formats
from trawl.formats.archive import packed
from trawl.formats.base import Options
from trawl.results.pages import page
from trawl.results.reader import Result
from trawl.values import Instant

NOW = Instant(0)
kind, folder = sys.argv[1], Path(sys.argv[2])
result = Result(folder)
if kind == "page":
    pieces = page({"id": "x"}, result.batches(), {})
else:
    name = kind.removesuffix(".zip")
    pieces = formats.find(name).write(result.batches(), result.schema, Options(folder, print, NOW))
    pieces = packed(name, pieces, NOW) if kind.endswith(".zip") else pieces
for piece in pieces:
    pass
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


def store_rows(folder: Path, rows: int) -> Path:
    """A result whose rows are half a kilobyte each, none like another."""
    with Writer(folder, FACTS) as writer:
        for first in range(0, rows, 2_000):
            numbers = range(first, first + 2_000)
            texts = [f"{number:0500d}" for number in numbers]
            writer.write(batch({"n": (INTEGER, list(numbers)), "text": (STRING, texts)}))
    return folder


def peak(kind: str, folder: Path) -> int:
    """Kilobytes that a process needs at most which exports a result: the less of two that did, as other work of the
    machine, which parts its threads, only adds to it.
    """
    command = [sys.executable, "-c", _CHILD, kind, str(folder)]
    done = (subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(2))
    return min(int(process.stdout) for process in done)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read where Linux tells it")
@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        *((kind, 60_000) for kind in ("page", "json", "json.zip", "ndjson", "csv", "csv.zip", "parquet")),
        ("xlsx", 15_000),
    ],
)
def test_four_times_the_rows_take_no_more_memory(tmp_path: Path, kind: str, rows: int) -> None:
    """`rows` are enough that buffers and the allocator's caches have grown to what they need."""
    few, many = store_rows(tmp_path / "few", rows), store_rows(tmp_path / "many", 4 * rows)
    assert peak(kind, many) < 1.25 * peak(kind, few)
