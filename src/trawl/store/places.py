"""The database of places, as one file of a source: a search goes on with the one that it began with, or not at all."""

from __future__ import annotations

from pathlib import Path

from trawl.catalog.base import PLACES, Segment, Source
from trawl.errors import Code, TrawlError, printable
from trawl.functions.locating import check
from trawl.schema import Schema
from trawl.values import FIRST_INSTANT, LAST_INSTANT


def read_places(path: Path) -> tuple[Source, tuple[Segment, ...]]:
    """The database as it is now.

    Raises:
        TrawlError: `UNREADABLE_FILE`.
    """
    try:
        found = path.stat()
        check(path)
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        reason = f"`{printable(path.name)}` cannot be read as a database of places: {why}"
        raise TrawlError(Code.UNREADABLE_FILE, reason, hint="the setting `geoip` names the file") from error
    segment = Segment(
        path=str(path.absolute()),
        rows=0,
        bytes=found.st_size,
        first=FIRST_INSTANT,
        last=LAST_INSTANT,
        fields={},
        order_column=None,
        ordinal=0,
        modified=found.st_mtime_ns,
    )
    return Source(PLACES, Schema(), "", 0, found.st_size, None, None), (segment,)
