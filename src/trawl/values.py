"""The values that events and expressions hold, as Python sees them.

A value is `None` (missing and null are one thing), a `str`, an `int` of any size, a `float` (never
NaN or infinite), a `bool`, an `Instant`, or a `list` of those: a multivalue (language.md 6a).
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

import orjson

NANOSECONDS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A point in time: nanoseconds since 1970-01-01T00:00:00Z, within 1677-09-21 .. 2262-04-11."""

    nanoseconds: int

    def __str__(self) -> str:
        """ISO 8601 in UTC with `Z`, three fractional digits or as many as there are (api.md 1)."""
        seconds, fraction = divmod(self.nanoseconds, NANOSECONDS)
        digits = f"{fraction:09d}".rstrip("0").ljust(3, "0")
        days, second_of_day = divmod(seconds, 86_400)
        year, month, day = _civil(days)
        hour, rest = divmod(second_of_day, 3600)
        return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{rest // 60:02d}:{rest % 60:02d}.{digits}Z"


Scalar: TypeAlias = str | int | float | bool | Instant
Value: TypeAlias = Scalar | list[Scalar | None] | None

LARGEST_INTEGER: Final = 10**38 - 1
"""The largest integer that a column holds (decimal128)."""

FIRST_INSTANT: Final = Instant(-9_223_286_400_000_000_000)
LAST_INSTANT: Final = Instant(9_223_286_400_000_000_000)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A stretch of time: `start` inclusive, `end` exclusive."""

    start: Instant
    end: Instant


def _civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day counted from 1970-01-01 (proleptic Gregorian)."""
    days += 719_468
    era, day_of_era = divmod(days, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + era * 400 + (month <= 2), month, day


def number_text(number: int | float) -> str:
    """A number in canonical decimal form: `4624`, `-0.5`, `1e+300`; a whole float without `.0`.

    This is the text that `search` compares and that a number becomes in a string (language.md 3).
    """
    if isinstance(number, int):
        return str(number)
    if number == math.floor(number) and abs(number) < 1e15:
        return str(int(number))
    return repr(number)


def text_of(value: Scalar) -> str:
    """A single value as text: strings as they are, numbers canonical, `true`, ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Instant):
        return str(value)
    return number_text(value)


def exact_number(text: str) -> Decimal | None:
    """The number that a text is, exactly; None if it is none (`0x10`, `1_000`, blanks, NaN are none)."""
    if not text or text[-1] not in "0123456789." or text[0] not in "0123456789+-.":
        return None
    try:
        return Decimal(text) if "_" not in text and text.isascii() else None
    except ArithmeticError:
        return None


def simple_lower(text: str) -> str:
    """Unicode simple lower case: code point by code point, the length stays (language.md 3)."""
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := c.lower()) == 1 else "i" if c == "İ" else c for c in text)


def box(value: Value) -> str | None:
    """A value as one JSON text that keeps its type: how a column of several types stores each value.

    Strings, numbers, booleans and lists are themselves in JSON; an instant is `{"t": nanoseconds}`,
    which nothing else can be, as events hold no objects.
    """
    if value is None:
        return None
    if isinstance(value, list):
        return "[" + ",".join(box(item) or "null" for item in value) + "]"
    if isinstance(value, str):
        return orjson.dumps(value).decode()
    if isinstance(value, Instant):
        return f'{{"t":{value.nanoseconds}}}'
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def unbox(text: str | None) -> Value:
    """The value that `box` made the text of."""
    if text is None:
        return None
    if text[0] in "-0123456789":  # orjson reads integers beyond 64 bits as floats
        return int(text) if text.lstrip("-").isdigit() else float(text)
    loaded = orjson.loads(text)
    if isinstance(loaded, dict):
        return Instant(loaded["t"])
    if isinstance(loaded, list) and any(isinstance(item, dict | float) for item in loaded):
        return [Instant(item["t"]) if isinstance(item, dict) else item for item in json.loads(text)]
    result: Value = loaded
    return result
