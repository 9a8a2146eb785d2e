"""The catalog's rows: what an index holds, and the one transaction that adds a load to it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import sqlalchemy as sql

from trawl.catalog.base import LONGEST_NAME, Part, Segment, Source, is_name
from trawl.catalog.encoding import decode_fields, decode_types, encode_fields, encode_types
from trawl.database import writing
from trawl.errors import Code, TrawlError
from trawl.schema import TIME, Column, Schema, Type
from trawl.store.segments import SEQ, Written
from trawl.store.tables import indices, loads, segments
from trawl.store.times import TIME_FIELD
from trawl.values import Instant

_NAMES: Final = sql.select(indices.c.name).where(indices.c.rows > 0).order_by(indices.c.name)
_VERSION: Final = sql.select(indices.c.version).where(indices.c.name == sql.bindparam("index"), indices.c.rows > 0)
_EMPTY: Final = {"version": 0, "rows": 0, "bytes": 0, "fields": "{}"}


def check_name(name: str) -> str:
    """The name, if an index may be called so.

    Raises:
        TrawlError: `INVALID_INDEX_NAME`.
    """
    if not is_name(name):
        raise TrawlError(
            Code.INVALID_INDEX_NAME,
            f"`{name[:LONGEST_NAME]}` is no name of an index: letters, digits, `_`, `-`, `.` and `@` are "
            f"expected, at most {LONGEST_NAME}, a letter, digit or `_` first",
        )
    return name


class Indices:
    """The indices in the database. Files are the loader's business."""

    def __init__(self, engine: sql.Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._sources: dict[str, tuple[int, Source]] = {}
        self._segments: dict[int, Segment] = {}

    def names(self) -> list[str]:
        """The names of the indices that hold events, sorted."""
        with self._engine.connect() as connection:
            return list(connection.scalars(_NAMES))

    def source(self, name: str) -> Source | None:
        """The index of this name, if it holds events."""
        known = self._sources.get(name)
        with self._engine.connect() as connection:
            version = connection.scalar(_VERSION, {"index": name})
            if version is None:
                return None
            if known is not None and known[0] == version:
                return known[1]
            row = connection.execute(sql.select(indices).where(indices.c.name == name)).one()
        source = Source(
            name=name,
            schema=schema_of(decode_types(row.fields)),
            time_field=TIME_FIELD,
            rows=row.rows,
            bytes=row.bytes,
            first=Instant(row.first),
            last=Instant(row.last),
        )
        self._sources[name] = (row.version, source)
        return source

    def segments(self, name: str) -> tuple[Segment, ...]:
        """The segments of an index in load order."""
        chosen = sql.select(segments.c.id).join(indices).where(indices.c.name == name).order_by(segments.c.ordinal)
        with self._engine.connect() as connection:
            ids = list(connection.scalars(chosen))
            missing = [id_ for id_ in ids if id_ not in self._segments]
            for start in range(0, len(missing), 500):
                wanted = sql.select(segments).where(segments.c.id.in_(missing[start : start + 500]))
                for row in connection.execute(wanted):
                    self._segments[row.id] = self._segment(row)
        return tuple(self._segments[id_] for id_ in ids)

    def _segment(self, row: sql.Row[tuple[object, ...]]) -> Segment:
        return Segment(
            path=str(self._folder / row.path),
            rows=row.rows,
            bytes=row.bytes,
            first=Instant(row.first),
            last=Instant(row.last),
            fields=decode_fields(row.parts),
            order_column=SEQ,
            ordinal=row.ordinal,
        )

    def reserve(self, name: str, count: int) -> int:
        """The first of so many numbers that no other event of the index has or will have."""
        with writing(self._engine) as connection:
            start = connection.scalar(sql.select(indices.c.next_seq).where(indices.c.name == name))
            if start is None:
                connection.execute(sql.insert(indices).values(name=name, next_seq=count, **_EMPTY))
                return 0
            following = sql.update(indices).where(indices.c.name == name).values(next_seq=start + count)
            connection.execute(following)
        return int(start)

    def is_committed(self, load: str) -> bool:
        """Whether a load has become visible."""
        with self._engine.connect() as connection:
            return connection.scalar(sql.select(loads.c.name).where(loads.c.name == load)) is not None

    def is_loaded_from(self, origin: str) -> bool:
        """Whether what comes from a search was loaded."""
        with self._engine.connect() as connection:
            return connection.scalar(sql.select(loads.c.name).where(loads.c.origin == origin)) is not None

    def add(
        self,
        name: str,
        load: str,
        additions: Sequence[tuple[Path, Written]],
        rejected: int,
        origin: str | None = None,
    ) -> bool:
        """Makes a load visible, all of it at once; answers whether it has: what comes from a search is loaded once.

        Args:
            name: the index; made if need be.
            load: the load's name.
            additions: its segments in load order, each with its path from the store's folder.
            rejected: how many events were put aside.
            origin: the search that it comes from, and which of its outputs it is.
        """
        with writing(self._engine) as connection:
            if origin is not None and connection.scalar(sql.select(loads.c.name).where(loads.c.origin == origin)):
                return False
            row = connection.execute(sql.select(indices).where(indices.c.name == name)).one_or_none()
            if row is None:  # nothing was reserved: all was put aside
                connection.execute(sql.insert(indices).values(name=name, next_seq=0, **_EMPTY))
                row = connection.execute(sql.select(indices).where(indices.c.name == name)).one()
            counted = sql.select(sql.func.count()).select_from(segments).where(segments.c.index_id == row.id)
            ordinal = connection.execute(counted).scalar_one()
            for place, (path, written) in enumerate(additions, ordinal):
                connection.execute(
                    sql.insert(segments).values(
                        index_id=row.id,
                        path=str(path),
                        rows=written.rows,
                        bytes=written.bytes,
                        first=written.first.nanoseconds,
                        last=written.last.nanoseconds,
                        ordinal=place,
                        parts=encode_fields(written.fields),
                    )
                )
            events = sum(written.rows for _, written in additions)
            connection.execute(
                sql.insert(loads).values(
                    name=load,
                    index_id=row.id,
                    finished=time.time_ns(),
                    events=events,
                    rejected=rejected,
                    origin=origin,
                )
            )
            if additions:
                connection.execute(sql.update(indices).where(indices.c.id == row.id).values(_grown(row, additions)))
        return True


def _grown(row: sql.Row[tuple[object, ...]], additions: Sequence[tuple[Path, Written]]) -> dict[str, object]:
    """The row of an index with segments added."""
    types = decode_types(row.fields)
    for _, written in additions:
        for name, parts in written.fields.items():
            types[name] = union(parts, types.get(name))
    first = [written.first.nanoseconds for _, written in additions]
    last = [written.last.nanoseconds for _, written in additions]
    return {
        "version": row.version + 1,
        "rows": row.rows + sum(written.rows for _, written in additions),
        "bytes": row.bytes + sum(written.bytes for _, written in additions),
        "first": min(first if row.first is None else [*first, row.first]),
        "last": max(last if row.last is None else [*last, row.last]),
        "fields": encode_types(types),
    }


def union(parts: Sequence[Part], known: Type | None = None) -> Type:
    """The type of a field of these parts, and of those known before."""
    type_ = known or parts[0].type
    for part in parts:
        type_ = type_.union(part.type)
    return type_


def schema_of(types: Mapping[str, Type]) -> Schema:
    """The schema of fields: the time field, then the others by name."""
    others = (Column(name, types[name]) for name in sorted(types) if name != TIME_FIELD)
    return Schema((Column(TIME_FIELD, TIME), *others))
