"""A page of a result as JSON, streamed: the head, the rows as they are read, the rest (api.md 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import orjson
import pyarrow as pa

from trawl.wire import json_pieces


def page(head: Mapping[str, object], batches: Iterable[pa.RecordBatch], tail: Mapping[str, object]) -> Iterator[bytes]:
    """One JSON object: the keys of `head`, then `rows`, then the keys of `tail`; in pieces of bounded size.

    An error of `batches` passes through and leaves the JSON open, so that no reader takes it for whole.

    Args:
        head, tail: JSON-ready; `head` has at least one key.
        batches: the rows.
    """
    yield orjson.dumps(head)[:-1] + b',"rows":['
    between = b""
    for batch in batches:
        for piece in json_pieces(batch):
            yield between + piece
            between = b","
    yield b"]" + (b"," + orjson.dumps(tail)[1:] if tail else b"}")
