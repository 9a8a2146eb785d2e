"""Snapshots, schemas and the parts of segments as JSON texts, as short as they can be kept.

A part is `[column, type]`, `[column, type, minimum, maximum]` or `[column, type, null, null, signs]`; a column within
structs is a list of names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from trawl.catalog.base import FileFormat, Part, Segment, Snapshot
from trawl.schema import Type
from trawl.values import Instant


def encode_fields(fields: Mapping[str, tuple[Part, ...]]) -> str:
    """The parts of a segment's fields as JSON."""
    return _dump({name: [_part_to_json(part) for part in parts] for name, parts in fields.items()})


def decode_fields(text: str) -> dict[str, tuple[Part, ...]]:
    """The parts that `encode_fields` wrote."""
    return _fields_from_json(json.loads(text))


def encode_types(types: Mapping[str, Type]) -> str:
    """The types of fields as JSON."""
    return _dump({name: type_.encode() for name, type_ in types.items()})


def decode_types(text: str) -> dict[str, Type]:
    """The types that `encode_types` wrote."""
    known: dict[str, Type] = {}
    encoded: dict[str, str] = json.loads(text)
    return {name: known.get(code) or known.setdefault(code, Type.decode(code)) for name, code in encoded.items()}


def encode_snapshot(snapshot: Snapshot) -> str:
    """A snapshot as JSON, to be kept with its task."""
    return _dump({name: [_segment_to_json(item) for item in segments] for name, segments in snapshot.segments.items()})


def decode_snapshot(text: str) -> Snapshot:
    """The snapshot that `encode_snapshot` wrote."""
    return Snapshot({name: tuple(map(_segment_from_json, items)) for name, items in json.loads(text).items()})


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))  # orjson writes no integers beyond 64 bits


def _part_to_json(part: Part) -> list[Any]:
    column = part.column[0] if len(part.column) == 1 else list(part.column)
    known = [column, part.type.encode(), part.minimum, part.maximum, part.signs]
    while known[-1] is None:
        known.pop()
    return known


def _fields_from_json(fields: dict[str, list[list[Any]]]) -> dict[str, tuple[Part, ...]]:
    types: dict[str, Type] = {}

    def part(column: str | list[str], code: str, least: Any = None, most: Any = None, signs: str | None = None) -> Part:
        type_ = types.get(code) or types.setdefault(code, Type.decode(code))
        return Part((column,) if isinstance(column, str) else tuple(column), type_, least, most, signs)

    return {name: tuple(part(*values) for values in parts) for name, parts in fields.items()}


def _segment_to_json(segment: Segment) -> dict[str, Any]:
    return {
        "path": segment.path,
        "rows": segment.rows,
        "bytes": segment.bytes,
        "range": [segment.first.nanoseconds, segment.last.nanoseconds],
        "fields": {name: [_part_to_json(part) for part in parts] for name, parts in segment.fields.items()},
        "order": segment.order_column,
        "ordinal": segment.ordinal,
        "sorted": segment.is_sorted,
        "format": segment.format.value,
        "modified": segment.modified,
    }


def _segment_from_json(written: dict[str, Any]) -> Segment:
    first, last = written["range"]
    return Segment(
        path=written["path"],
        rows=written["rows"],
        bytes=written["bytes"],
        first=Instant(first),
        last=Instant(last),
        fields=_fields_from_json(written["fields"]),
        order_column=written["order"],
        ordinal=written["ordinal"],
        is_sorted=written["sorted"],
        format=FileFormat(written["format"]),
        modified=written["modified"],
    )
