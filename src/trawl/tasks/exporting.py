"""The process that formats one export: takes the order off its pipe, puts the file into it piece by piece.

Started by `trawl.tasks.process.start`. It imports no more than it needs, so that it is up soon.
"""

from __future__ import annotations

import errno
import hashlib
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import pyarrow as pa

from trawl.errors import Code, Notice, TrawlError
from trawl.formats import Options, find
from trawl.formats.archive import packed
from trawl.formats.base import Build, pieces
from trawl.results.reader import Result
from trawl.tasks.folders import size_of
from trawl.tasks.order import FromExport, Known, Order, Whole
from trawl.tasks.process import begun, give_way

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Maker:
    """Makes the file of an order, and sends what is wanted of it.

    Args:
        pipe: to who wants it. A pipe that is shut ends the work with a `BrokenPipeError`, at whatever it is.
    """

    def __init__(self, order: Order, pipe: Connection[FromExport, Order]) -> None:
        self._order = order
        self._pipe = pipe
        self._result = Result(order.folder)
        self._schema = self._result.chosen(order.fields)
        self._format = find(order.file_type)
        self._notices: list[Notice] = []
        self._options = Options(order.scratch, self._notices.append, order.made, order.bom, order.escape_formulas)

    def make(self) -> None:
        """Sends the file, and what is known of it."""
        try:
            if self._format.build is not None and self._order.pack_as is None:
                self._send_built(self._format.build)
            else:
                self._send_written()
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise _no_room("the disk is full") from error

    def _send_built(self, build: Build) -> None:
        """A file that is on disk before it is sent: all is known of it by then."""
        with tempfile.TemporaryDirectory(dir=self._order.scratch) as folder:
            path = Path(folder) / "file"
            build(self._batches(), self._schema, self._options, path)
            self._check_room()  # a workbook is put together at the end
            whole = _measured(pieces(path))
            self._tell(whole)
            wanted = range(whole.length) if self._order.part is None else self._order.part.within(whole)
            self._send_part(pieces(path, wanted.start), range(len(wanted)))

    def _send_written(self) -> None:
        """A file that is sent while it is written. For a part of one never made before it is made twice."""
        part, whole = self._order.part, self._order.whole
        if part is None:
            meter = Meter()
            for piece in meter.through(self._written()):
                self._pipe.send(piece)
            self._tell(meter.whole)
            return
        if whole is None:
            whole = _measured(self._written())
            self._tell(whole)
        self._send_part(self._written(), part.within(whole))

    def _tell(self, whole: Whole) -> None:
        """Says what the file is. Where that was known it holds the file to it."""
        if self._order.whole is None:
            self._pipe.send(Known(whole, tuple(self._notices)))
        elif whole != self._order.whole:
            raise TrawlError(Code.INTERNAL_ERROR, "the file is not the one that was made of these rows before")

    def _send_part(self, file: Iterable[bytes], wanted: range) -> None:
        at = 0
        for piece in file:
            if found := piece[max(0, wanted.start - at) : max(0, wanted.stop - at)]:
                self._pipe.send(found)
            at += len(piece)
            if at >= wanted.stop:
                return

    def _written(self) -> Iterator[bytes]:
        order = self._order
        written = self._format.write(self._batches(), self._schema, self._options)
        return written if order.pack_as is None else packed(order.pack_as, written, order.made)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        for batch in self._result.batches(0, self._order.rows, self._schema.names):
            yield batch
            if self._pipe.poll():  # nothing comes after the order but the end
                raise BrokenPipeError(errno.EPIPE, "nobody wants the file any more")
            self._check_room()

    def _check_room(self) -> None:
        room = self._order.room
        if room is not None and size_of(self._order.scratch) > room:
            raise _no_room(f"they take more than the {room:,} bytes that are left for results")


class Meter:
    """Learns length and digest of a file as it passes."""

    def __init__(self) -> None:
        self._length = 0
        self._digest = hashlib.sha256()

    def through(self, file: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces, but for empty ones."""
        for piece in file:
            if piece:
                self._length += len(piece)
                self._digest.update(piece)
                yield piece

    @property
    def whole(self) -> Whole:
        """What has passed, as a file."""
        return Whole(self._length, self._digest.hexdigest())


def _measured(file: Iterable[bytes]) -> Whole:
    meter = Meter()
    for _ in meter.through(file):
        pass
    return meter.whole


def _no_room(why: str) -> TrawlError:
    return TrawlError(
        Code.NO_ROOM,
        f"there is no room for the temporary files of the export: {why}",
        hint="`csv` and `json` need none; delete tasks that are not needed",
    )


def main() -> None:
    """Makes the file that is ordered through the pipe handed down."""
    pipe, _ = begun()
    give_way()
    try:
        Maker(pipe.recv(), pipe).make()
        pipe.send(None)
    except TrawlError as error:
        pipe.send(error)
    except (BrokenPipeError, ConnectionResetError):
        return  # nobody wants the rest
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        pipe.send(TrawlError(Code.INTERNAL_ERROR, f"the file could not be made ({type(error).__name__})"))


if __name__ == "__main__":
    main()
