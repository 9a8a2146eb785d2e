"""What the Arrow types of columns tell."""

from __future__ import annotations

import pyarrow as pa


def is_decimal(type_: pa.DataType) -> bool:
    """Whether numbers, or lists of them, are held as decimals: integers of more than 64 bits."""
    return bool(pa.types.is_decimal(type_.value_type if pa.types.is_list(type_) else type_))
