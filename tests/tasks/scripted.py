"""An engine that does what the name of a source says, so that tests can have searches that crash, hang or hog.

A source is a file `scripted/NAME` in the data folder with its number of rows in it; the part of the name up to
the first `-` is the script.
"""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from trawl.algebra import Relation, Scan, post_order
from trawl.arrow import arrow_schema
from trawl.catalog.base import Reading, Segment, Snapshot, Source
from trawl.engines.base import Cost, Progress, Work
from trawl.engines.reference import Reference
from trawl.errors import Code, Notice, TrawlError
from trawl.schema import INTEGER, TIME, Column, Schema
from trawl.settings.process import Settings
from trawl.tasks.folders import Folders
from trawl.tasks.tools import Tools
from trawl.values import NANOSECONDS, Instant

SCHEMA = Schema((Column("@timestamp", TIME), Column("n", INTEGER)))
NOON = Instant(1_767_268_800 * NANOSECONDS)
"""2026-01-01T12:00:00Z, the time of every event."""
BATCH = 100


def add_source(data: Path, name: str, rows: int) -> None:
    """Makes a source, or changes how many rows it has."""
    folder = data / "scripted"
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{name}"
    fresh.write_text(str(rows))
    fresh.replace(folder / name)


@dataclass(frozen=True)
class ScriptedCatalog:
    """The sources of a data folder."""

    folder: Path

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("[!.]*"))

    def source(self, name: str) -> Source | None:
        file = self.folder / name
        if not file.exists():
            return None
        rows = int(file.read_text())
        return Source(name, SCHEMA, "@timestamp", rows, rows * 10, NOON, NOON)

    def snapshot(self, names: tuple[str, ...]) -> Snapshot:
        return Snapshot({name: (self._segment(name),) for name in names if (self.folder / name).exists()})

    def take(self, names: Iterable[str], reading: Reading) -> tuple[list[Source], Snapshot]:
        if any(name.startswith("unread") for name in names):
            for read in range(0, 1000, 10):
                reading(read, 1000)
                time.sleep(0.05)
        found = [source for name in names if (source := self.source(name)) is not None]
        return found, self.snapshot(tuple(names))

    def _segment(self, name: str) -> Segment:
        file = self.folder / name
        rows = int(file.read_text())
        return Segment(str(file), rows, rows * 10, NOON, NOON, {}, "order", 0)


@dataclass
class ScriptedExecution:
    """One scan, played by its script."""

    work: Work
    script: Callable[[ScriptedExecution], Iterator[pa.RecordBatch]]
    rows: int
    stopped: threading.Event = field(default_factory=threading.Event)
    given: int = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield batch_of(range(0))
        yield from self.script(self)

    def numbers(self) -> Iterator[pa.RecordBatch]:
        """The rows of the source, in order."""
        for first in range(0, self.rows, BATCH):
            if self.stopped.is_set():
                raise TrawlError(Code.STOPPED, "the search was stopped")
            last = min(first + BATCH, self.rows)
            yield batch_of(range(first, last))
            self.given = last

    def progress(self) -> Progress:
        return Progress(self.given, self.rows, self.given * 10, self.rows * 10)

    def stop(self) -> None:
        self.stopped.set()

    def cost(self) -> Cost:
        return Cost(rows_read=self.given, bytes_read=self.given * 10, files_read=1, statements=("a script",))

    def notices(self) -> list[Notice]:
        return [Notice("bad_cast", "a text is no number", count=3)] if self.script is faulty else []


class ScriptedEngine:
    """Runs scans alone; whatever is above them is finished by the reference interpreter."""

    name = "scripted"

    def can(self, relation: Relation) -> bool:
        return isinstance(relation, Scan)

    def start(self, work: Work) -> ScriptedExecution:
        scan = next(node for node in post_order(work.relation) if isinstance(node, Scan))
        script = SCRIPTS[scan.sources[0].partition("-")[0]]
        rows = sum(segment.rows for name in scan.sources for segment in work.snapshot.segments[name])
        return ScriptedExecution(work, script, rows)

    def warm(self) -> None:
        pass

    def explain(self, work: Work) -> str:
        return "a script"

    def close(self) -> None:
        pass


def tools(settings: Settings) -> Tools:
    """What a worker of the tests works with."""
    catalog = ScriptedCatalog(settings.data / "scripted")
    folders = Folders(settings.data / "results")
    return Tools(catalog, ScriptedEngine(), Reference(), folders, threads=1)


def tools_on_a_full_disk(settings: Settings) -> Tools:
    """The same, but no file may grow beyond 3,000 bytes: the write itself fails, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
    return tools(settings)


def broken_tools(settings: Settings) -> Tools:
    """Tools that cannot be made."""
    raise RuntimeError("no tools today")


def batch_of(numbers: range) -> pa.RecordBatch:
    times = pa.array([NOON.nanoseconds] * len(numbers), pa.int64()).cast(pa.timestamp("ns", tz="UTC"))
    return pa.RecordBatch.from_arrays([times, pa.array(list(numbers), pa.int64())], schema=arrow_schema(SCHEMA))


# --- scripts -------------------------------------------------------------------------------------------


def quick(execution: ScriptedExecution) -> Iterator[pa.RecordBatch]:
    yield from execution.numbers()


def unread(execution: ScriptedExecution) -> Iterator[pa.RecordBatch]:
    """Takes five seconds to be read first."""
    yield from execution.numbers()


def faulty(execution: ScriptedExecution) -> Iterator[pa.RecordBatch]:
    yield from execution.numbers()


def slow(execution: ScriptedExecution) -> Iterator[pa.RecordBatch]:
    """A tenth of a second a batch."""
    for batch in execution.numbers():
        execution.stopped.wait(0.1)
        yield batch


def deaf(execution: ScriptedExecution) -> Iterator[pa.RecordBatch]:
    """Some rows, then nothing but noise, whatever it is asked."""
    for batch in execution.numbers():
        yield batch
        time.sleep(0.02)
    while True:
        sum(range(10_000))


def crash(execution: ScriptedExecution) -> Iterator[pa.RecordBatch]:
    """Takes the whole process along, every time."""
    yield from execution.numbers()
    os.kill(os.getpid(), signal.SIGKILL)


def crashonce(execution: ScriptedExecution) -> Iterator[pa.RecordBatch]:
    """Loads ten rows more, then takes the process along, but only the first time."""
    segment = next(iter(execution.work.snapshot.segments.values()))[0]
    source = Path(segment.path)
    marker = source.with_name(f".{source.name}.crashed")
    if not marker.exists():
        marker.touch()
        add_source(source.parent.parent, source.name, segment.rows + 10)
        os.kill(os.getpid(), signal.SIGKILL)
    yield from execution.numbers()


def hog(execution: ScriptedExecution) -> Iterator[pa.RecordBatch]:
    """Takes memory that no engine counts."""
    held = []
    yield from execution.numbers()
    while True:
        held.append(bytearray(os.urandom(1 << 20)) * 32)
        time.sleep(0.02)


def limit(execution: ScriptedExecution) -> Iterator[pa.RecordBatch]:
    """Says that its memory is used up, as an engine does."""
    yield from execution.numbers()
    raise TrawlError(Code.MEMORY_LIMIT_EXCEEDED, "the search needed more memory than a worker may use")


def bug(execution: ScriptedExecution) -> Iterator[pa.RecordBatch]:
    """Fails in a way that nobody thought of."""
    yield from execution.numbers()
    raise RuntimeError("secret detail")


SCRIPTS = {script.__name__: script for script in (quick, unread, faulty, slow, deaf, crash, crashonce, hog, limit, bug)}
