"""The process that formats one export: takes the order off its pipe, puts the file into it piece by piece.

Started as `python -m trawl.tasks.exporting PIPE`. It imports no more than it needs, so that it is up soon.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection

from trawl.errors import Code, Notice, TrawlError
from trawl.formats import Options, find
from trawl.formats.archive import packed
from trawl.results.reader import Result
from trawl.schema import Schema
from trawl.tasks.order import Finished, FromExport, Order
from trawl.tasks.process import be_humble, give_way


def pieces(order: Order, notices: list[Notice]) -> Iterator[bytes]:
    """The file. What is worth knowing about it goes into `notices`."""
    result = Result(order.folder)
    names = result.schema.names if order.fields is None else order.fields
    known = tuple(column for name in dict.fromkeys(names) if (column := result.schema.find(name)) is not None)
    batches = result.batches(0, order.rows, [column.name for column in known])
    options = Options(order.scratch, notices.append, order.bom, order.escape_formulas)
    written = find(order.file_type).write(batches, Schema(known), options)
    return written if order.pack_as is None else packed(order.pack_as, written)


def main() -> None:
    """Makes the file that is ordered through the pipe handed down."""
    be_humble()
    give_way()
    pipe: Connection[FromExport, Order] = Connection(int(sys.argv[1]))
    notices: list[Notice] = []
    try:
        for piece in pieces(pipe.recv(), notices):
            if piece:
                pipe.send(piece)
        pipe.send(Finished(tuple(notices)))
    except TrawlError as error:
        pipe.send(error)
    except (BrokenPipeError, ConnectionResetError):
        return  # nobody wants the rest
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        pipe.send(TrawlError(Code.INTERNAL_ERROR, f"the file could not be made ({type(error).__name__})"))


if __name__ == "__main__":
    main()
