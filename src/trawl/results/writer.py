"""Writing a result: batches become parts while the search runs, and each closed part can be read at once."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyarrow as pa

from trawl.arrow import schema_of
from trawl.errors import Code, TrawlError
from trawl.results.files import fault, put
from trawl.results.manifest import Facts, Manifest, Part
from trawl.results.parts import encode, rows_of_group, wide_columns

PART_SECONDS: Final = 1.0
"""A part closes when its first row has waited this long …"""
PART_BYTES: Final = 64 << 20
"""… or when it holds so many bytes in memory; on disk they are a fifth or less."""


class Writer:
    """Takes the batches of a result in order; as a context manager it completes the result at the end.

    Parts are encoded by a few threads at a time but become visible in order, each by a new manifest. After
    a failure what was visible stays so, and nothing follows.

    Args:
        folder: of this attempt alone; made if need be.
        facts: what the result is the result of.
        threads: how many parts may be encoded at once.
        quota: how many bytes on disk the result may take; None for any. Once it takes more, no further row
            is accepted, but those that were are written, so that the result can still be completed.
        progressive: whether rows can be read before the result is complete.

    Raises:
        TrawlError: `NO_ROOM` if the disk is full, `INTERNAL_ERROR` if a write fails; from any method, once a
            part could not be written.
    """

    def __init__(
        self, folder: Path, facts: Facts, *, threads: int = 1, quota: int | None = None, progressive: bool = True
    ) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise fault(error) from error
        self._folder = folder
        self._quota = quota
        self._progressive = progressive
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="part")
        self._slots = threading.BoundedSemaphore(threads)
        self._taking = threading.RLock()
        self._open: list[pa.RecordBatch] = []
        self._open_bytes = 0
        self._timer: threading.Timer | None = None
        self._sealed = 0
        self._publishing = threading.Lock()
        self._manifest = Manifest(facts)
        self._waiting: dict[int, tuple[Part, frozenset[str]]] = {}
        self._failure: BaseException | None = None
        self._layout: pa.Schema | None = None
        self._closed = False

    @property
    def manifest(self) -> Manifest:
        """What is written so far; of a result that is not progressive too."""
        return self._manifest

    def write(self, batch: pa.RecordBatch) -> None:
        """Takes the next rows. Waits where encoding is behind.

        Raises:
            TrawlError: as the class says; `NO_ROOM` if the quota is used up, and the batch is not taken.
        """
        with self._taking:
            self._check()
            if self._quota is not None and self._manifest.bytes > self._quota:
                raise TrawlError(Code.NO_ROOM, f"the result takes more than the {self._quota:,} bytes it may take")
            self._know(batch.schema)
            if not batch.num_rows:
                return
            self._open.append(batch)
            self._open_bytes += batch.nbytes
            if self._open_bytes >= PART_BYTES:
                self._seal()
            elif self._timer is None:
                self._timer = threading.Timer(PART_SECONDS, self._seal_if, [self._sealed])
                self._timer.daemon = True
                self._timer.start()

    def close(self, *, complete: bool = True) -> Manifest:
        """Writes what was taken and ends; only the first call does anything.

        Args:
            complete: whether these are all rows. A search that was stopped leaves the rows written before,
                but if the result is not progressive it leaves none.

        Raises:
            TrawlError: as the class says; then the result stays incomplete.
        """
        with self._taking:
            if self._closed:
                return self._manifest
            self._closed = True
            self._seal()
        self._pool.shutdown()
        try:
            self._check()
            if complete:
                self._save(replace(self._manifest, complete=True))
        finally:
            self._sweep()
        return self._manifest

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
            return
        try:
            self.close(complete=False)
        except TrawlError as second:
            error.add_note(f"the rows taken last could not be written either: {second}")

    # --- taking rows: under `_taking` -------------------------------------------------------------------

    def _know(self, layout: pa.Schema) -> None:
        """Publishes the columns with the first batch, and holds later ones to them."""
        if self._layout is not None and layout.equals(self._layout, check_metadata=True):
            return
        schema = schema_of(layout)
        if self._layout is None:
            with self._publishing:
                self._save(replace(self._manifest, schema=schema))
        elif schema != self._manifest.schema:
            raise TrawlError(Code.INTERNAL_ERROR, "a batch has other columns than those before it")
        self._layout = layout

    def _seal_if(self, number: int) -> None:
        with self._taking:
            if number == self._sealed and not self._closed:
                self._seal()

    def _seal(self) -> None:
        """Hands the open part to the encoders; waits for a free one, which bounds what is held in memory."""
        if not self._open:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batches, number = self._open, self._sealed
        self._open, self._open_bytes, self._sealed = [], 0, self._sealed + 1
        self._slots.acquire()
        self._pool.submit(self._make, number, batches)

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    # --- making parts: in the pool's threads ------------------------------------------------------------

    def _make(self, number: int, batches: list[pa.RecordBatch]) -> None:
        try:
            if self._failure is None:
                wide, group = wide_columns(batches), rows_of_group(batches)
                content = encode(batches, self._manifest.schema, wide, group)
                part = Part(
                    f"part-{number:06d}.parquet",
                    sum(batch.num_rows for batch in batches),
                    content.size,
                    hashlib.sha256(content).hexdigest(),
                    group,
                )
                put(self._folder / part.file, content)
                self._publish(number, part, wide)
        except BaseException as error:
            self._failure = self._failure or error
        finally:
            self._slots.release()

    def _publish(self, number: int, part: Part, wide: frozenset[str]) -> None:
        """Puts the part, and those that waited for it, into the manifest; later ones wait for earlier ones."""
        with self._publishing:
            self._waiting[number] = part, wide
            grown = self._manifest
            while (ready := self._waiting.pop(len(grown.parts), None)) is not None:
                grown = replace(grown, parts=(*grown.parts, ready[0]), wide=grown.wide | ready[1])
            if grown is self._manifest:
                return
            if self._progressive:
                self._save(grown)
            else:
                self._manifest = grown

    def _save(self, manifest: Manifest) -> None:
        manifest.save(self._folder)
        self._manifest = manifest

    def _sweep(self) -> None:
        """Removes the files of parts that are not in the manifest on disk, which is what readers go by."""
        self._manifest = Manifest.load(self._folder) or Manifest(self._manifest.facts)
        listed = {part.file for part in self._manifest.parts}
        for path in self._folder.glob("part-*"):
            if path.name not in listed:
                path.unlink(missing_ok=True)
