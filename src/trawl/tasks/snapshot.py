"""The frozen snapshot: what a task reads on every attempt, whatever is loaded meanwhile (api.md 2).

Not only the segments are frozen but the sources' schemas too: a field that appears later must not add a
column to a second attempt.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from trawl.algebra import How
from trawl.catalog.base import LOOKUP, PLACES, LiveCatalog, Reading, Rules, Segment, Snapshot, Source
from trawl.catalog.encoding import decode_snapshot, encode_snapshot
from trawl.errors import Code, Notice, TrawlError
from trawl.planning import Plan, Request, plan
from trawl.results.files import settle
from trawl.schema import Column, Schema, Type
from trawl.values import Instant


@dataclass(frozen=True)
class Frozen:
    """A catalog as it was at one moment.

    Attributes:
        digest: a hash of all of it.
    """

    sources: dict[str, Source]
    segments: Snapshot
    digest: str

    def names(self) -> list[str]:
        """The names of all sources of events, sorted."""
        return sorted(name for name in self.sources if name != PLACES and not name.startswith(LOOKUP))

    def lookups(self) -> list[str]:
        """The names of all lookups, sorted."""
        return sorted(name.removeprefix(LOOKUP) for name in self.sources if name.startswith(LOOKUP))

    def source(self, name: str) -> Source | None:
        """The source, or the lookup, of exactly this name."""
        return self.sources.get(name)

    def snapshot(self, names: tuple[str, ...]) -> Snapshot:
        """The segments of these sources."""
        return Snapshot({name: self.segments.segments.get(name, ()) for name in names})

    def check(self) -> None:
        """Raises `SOURCE_CHANGED` if a mounted file is not the one that was frozen, or what a lookup was is gone."""
        for name, segments in self.segments.segments.items():
            for segment in segments:
                if name.startswith(LOOKUP) and not Path(segment.path).exists():
                    reason = f"the lookup `{name.removeprefix(LOOKUP)}` changed since the search began"
                    raise TrawlError(Code.SOURCE_CHANGED, reason, hint="run the search again")
                if segment.modified is not None and _changed(segment):
                    what = "the database of places" if name == PLACES else f"a file of the mounted source `{name}`"
                    reason = f"{what} changed since the search began"
                    raise TrawlError(Code.SOURCE_CHANGED, reason, hint="run the search again")

    def outside(self, planned: Plan) -> Notice | None:
        """The warning that sources hold events, but none of them in the range searched; None if that is not so."""
        filled = [source for source in self.sources.values() if source.rows and source.first and source.last]
        within = planned.range
        if not filled or any(source.first < within.end and source.last >= within.start for source in filled):  # type: ignore[operator]  # None was left out above
            return None
        held = ", ".join(f"`{source.name}` from {source.first} to {source.last}" for source in filled[:5])
        searched = f"{within.start} to {within.end}"
        return Notice(
            "no_events_in_range", f"no event lies in the range searched, {searched}; there are those of {held}"
        )


def freeze(file: Path, request: Request, catalog: LiveCatalog, reading: Reading) -> Frozen:
    """The snapshot in `file`; at a task's first attempt it is taken now and written there.

    Args:
        reading: told how far it is with sources that nobody has read before.

    Raises:
        TrawlError: what `plan` and `LiveCatalog.take` raise, `NO_ROOM`; `INTERNAL_ERROR` for a file that cannot be
            read. It is not taken anew then: rows of an earlier attempt may have been shown by their index.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        names = plan(request, catalog).reads
        sources, segments = catalog.take(names, reading)
        taken = _encoded(sources, segments)
        content = _keep(file, taken)
        if content == taken:
            return Frozen({source.name: source for source in sources}, segments, _digest(taken))
    try:
        return _decoded(content)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        reason = "the snapshot that the search was begun with cannot be read; perhaps another version of Trawl wrote it"
        raise TrawlError(Code.INTERNAL_ERROR, reason, hint="run the search again") from error


def _keep(file: Path, content: bytes) -> bytes:
    """Writes the file unless it is there, in one step; answers what it holds then."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with fresh.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        try:
            file.hardlink_to(fresh)
        except FileExistsError:
            return file.read_bytes()
    finally:
        fresh.unlink(missing_ok=True)
    settle(file.parent)
    return content


def _changed(segment: Segment) -> bool:
    try:
        found = Path(segment.path).stat()
    except OSError:
        return True
    return (found.st_mtime_ns, found.st_size) != (segment.modified, segment.bytes)


def _encoded(sources: list[Source], snapshot: Snapshot) -> bytes:
    """A line for the sources, and one for the segments."""
    described = [
        {
            "name": source.name,
            "schema": [[column.name, column.type.encode()] for column in source.schema],
            "time_field": source.time_field,
            "rows": source.rows,
            "bytes": source.bytes,
            "first": source.first.nanoseconds if source.first else None,
            "last": source.last.nanoseconds if source.last else None,
            "rules": source.rules and [source.rules.how, source.rules.folds, source.rules.most],
        }
        for source in sources
    ]
    return f"{json.dumps(described)}\n{encode_snapshot(snapshot)}\n".encode()


def _decoded(content: bytes) -> Frozen:
    described, segments, _ = content.decode().split("\n")
    sources = {
        item["name"]: Source(
            name=item["name"],
            schema=Schema(tuple(Column(name, Type.decode(type_)) for name, type_ in item["schema"])),
            time_field=item["time_field"],
            rows=item["rows"],
            bytes=item["bytes"],
            first=None if item["first"] is None else Instant(item["first"]),
            last=None if item["last"] is None else Instant(item["last"]),
            rules=None if item["rules"] is None else _rules(*item["rules"]),
        )
        for item in json.loads(described)
    }
    return Frozen(sources, decode_snapshot(segments), _digest(content))


def _rules(how: dict[str, str], folds: bool, most: int) -> Rules:
    return Rules({name: How(kind) for name, kind in how.items()}, folds, most)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
