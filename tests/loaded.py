"""A store on a folder, and what its segments hold, read without the store's own reader."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from trawl.arrow import column_of, to_values
from trawl.catalog.base import Segment
from trawl.database import connect, upgrade, url_of
from trawl.settings.process import Lookup, Mount
from trawl.store import Store
from trawl.store.loading import Loaded
from trawl.values import Value

Event = dict[str, Value]


@contextmanager
def open_store(
    data: Path, at_once: int | None = None, lookups: Mapping[str, Lookup] | None = None, **mounts: Mount
) -> Iterator[Store]:
    """The store of a data folder."""
    data.mkdir(parents=True, exist_ok=True)
    engine = connect(url_of(data))
    upgrade(engine)
    yield Store(engine, data / "indices", mounts, at_once, lookups=lookups or {})
    engine.dispose()


def write_lines(path: Path, events: Iterable[dict[str, Any] | str]) -> Path:
    """A file of one event a line; a text is written as it is."""
    lines = (event if isinstance(event, str) else json.dumps(event) for event in events)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
    return path


def load(store: Store, folder: Path, *events: dict[str, Any] | str, index: str = "web", **options: Any) -> Loaded:
    """Loads some events by way of a file."""
    return store.load(index, [write_lines(folder / "events.ndjson", events)], **options)


def segments(store: Store, index: str = "web") -> tuple[Segment, ...]:
    """The segments of an index."""
    return store.snapshot((index,)).segments[index]


def events_of(segment: Segment) -> list[Event]:
    """The events of a segment in its order, by what the catalog says of it."""
    table = pq.read_table(segment.path)
    events: list[Event] = [{} for _ in range(table.num_rows)]
    for name, parts in segment.fields.items():
        for part in parts:
            column = table.column(part.column[0])
            assert column_of(table.schema.field(part.column[0])).name == name
            for event, value in zip(events, to_values(column.combine_chunks(), part.type), strict=True):
                if value is not None:
                    assert name not in event, f"{name} has two values"
                    event[name] = value
    return events


def in_load_order(store: Store, index: str = "web") -> list[Event]:
    """All events of an index in the order in which they were loaded."""
    numbered: list[tuple[int, Event]] = []
    for segment in segments(store, index):
        assert segment.order_column is not None
        order = pq.read_table(segment.path, columns=[segment.order_column]).column(0).to_pylist()
        numbered += zip(order, events_of(segment), strict=True)
    assert len({number for number, _ in numbered}) == len(numbered)
    return [event for _, event in sorted(numbered, key=lambda pair: pair[0])]
