"""The types of Arrow as types of events: by casts where there is one, value by value where there is none."""

from __future__ import annotations

import base64
import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from trawl.arrow import NATIVE, TYPE_KEY, to_values
from trawl.instants import in_range
from trawl.schema import BOOLEAN, FLOAT, INTEGER, STRING, TIME, Layout, Type, array_of

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def type_of_arrow(kind: pa.DataType) -> Type | None:
    """The type of the events' field that a column of an Arrow type is; None where values have to be looked at."""
    if types.is_dictionary(kind):
        return type_of_arrow(kind.value_type)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        inner = None if types.is_floating(kind.value_type) else type_of_arrow(kind.value_type)
        return None if inner is None or inner.multivalue else array_of(inner)
    for test, type_ in _TESTS:
        if test(kind):
            return type_
    return INTEGER if types.is_decimal(kind) and kind.scale == 0 else None


_TESTS: Final = (
    (types.is_string, STRING),
    (types.is_large_string, STRING),
    (types.is_string_view, STRING),
    (types.is_integer, INTEGER),
    (types.is_floating, FLOAT),
    (types.is_boolean, BOOLEAN),
    (types.is_timestamp, TIME),
    (types.is_date, TIME),
)


def native(field: pa.Field, column: pa.Array) -> tuple[Type, pa.Array] | None:
    """A column in the layout of its type; None where Arrow cannot cast every value of it as it is."""
    type_ = type_of_arrow(column.type)
    if type_ is None or type_.kind is None or _is_boxed(field):
        return None
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    target = NATIVE[type_.kind]
    try:
        if types.is_date(column.type):
            column = column.cast(pa.timestamp("s"))
        return type_, _finite(column.cast(pa.list_(target) if type_.multivalue else target))
    except pa.ArrowInvalid:  # an integer of more than 64 bits, a time out of the range of nanoseconds
        return None


def _finite(column: pa.Array) -> pa.Array:
    """The column without NaN and infinite numbers, which no event holds."""
    if not types.is_floating(column.type):
        return column
    finite = pc.is_finite(column)
    return column if finite.false_count == 0 else pc.if_else(finite, column, None)


def values_of(field: pa.Field, column: pa.Array) -> list[Any]:
    """A column's values as JSON or as instants: those of a boxed column of ours unboxed, others made plain."""
    if _is_boxed(field):
        return list(to_values(column, Type.decode(field.metadata[TYPE_KEY].decode())))
    values = column.to_pylist()
    if types.is_map(column.type):
        values = [None if entries is None else dict(entries) for entries in values]
    return [_plain(value) for value in values]


def _is_boxed(field: pa.Field) -> bool:
    code = (field.metadata or {}).get(TYPE_KEY)
    return code is not None and Type.decode(code.decode()).layout is Layout.BOXED


def _plain(value: Any) -> Any:
    """A value that Arrow gave as one that JSON has, or as an instant."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return float(value) if "." in str(value) else int(value)
        case bytes():
            return _text(value)
        case datetime():
            since = (value if value.tzinfo else value.replace(tzinfo=UTC)) - _EPOCH
            return in_range(since // timedelta(microseconds=1) * 1000) or value.isoformat()
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
    return str(value)


def _text(value: bytes) -> str:
    """Bytes as the text that they are, else in base64."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()
