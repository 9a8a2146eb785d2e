"""DuckDB's spelling of steps in time (`trawl.functions.time`, `trawl.datemath`)."""

from __future__ import annotations

from typing import Final

from trawl.datemath import CALENDAR, DAYS, FIXED, MONTHS, Shift, Snap, Step
from trawl.engines.duckdb import sql
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand, is_there, one
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.spelling.buckets import floor
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.engines.duckdb.times import SECOND, from_wall, in_range, time, wall
from trawl.expr import Call, Literal
from trawl.functions.time import steps_of
from trawl.schema import Kind

_FARTHEST: Final = {"DAY": 1_000_000, "MONTH": 20_000}
"""Steps beyond which no time lies from another: both are within the years 1677 to 2262."""


def _moved(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    written, *zones = (argument.value for argument in call.arguments[1:] if isinstance(argument, Literal))
    zone = str(zones[0]) if zones else "UTC"
    start = to.bind(time(operand, "UTC", to))
    to.note(Flaw.NO_TIME, f"{is_there(operand)} AND {start} IS NULL")
    found = start
    for step in steps_of(str(written)):
        found = to.bind(_step(to, found, step, zone))
    to.note(Flaw.TIME_OVERFLOW, f"{start} IS NOT NULL AND {found} IS NULL")
    return one(Kind.TIME, found)


def _step(to: Expressions, instant: str, step: Step, zone: str) -> str:
    if isinstance(step, Snap):
        return _snapped(to, instant, step, zone)
    if step.unit in FIXED:
        return in_range(f"CAST({instant} AS HUGEINT) + ({step.count * FIXED[step.unit]}::HUGEINT)", to)
    return instant if step.count == 0 else _shifted(to, instant, step, zone)


def _shifted(to: Expressions, instant: str, step: Shift, zone: str) -> str:
    """The same time of day, days or months away."""
    unit, size = ("DAY", DAYS[step.unit]) if step.unit in DAYS else ("MONTH", MONTHS[step.unit])
    count = step.count * size
    if abs(count) > _FARTHEST[unit]:
        return sql.null("BIGINT")
    fraction = _since(instant, SECOND)
    shown = to.bind(wall(f"({instant} - {fraction})", zone))
    moved = to.bind(f"try({shown} + INTERVAL ({count}) {unit})")
    return in_range(f"{from_wall(moved, zone, to)} + {fraction}", to)


def _snapped(to: Expressions, instant: str, step: Snap, zone: str) -> str:
    if step.weekday is not None:
        day = to.bind(f"CAST({wall(instant, zone)} AS DATE)")
        first = f"CAST({day} - CAST((isodow({day}) - 1 - {step.weekday} + 7) % 7 AS INTEGER) AS TIMESTAMP)"
        return in_range(from_wall(first, zone, to), to)
    if step.unit in CALENDAR:
        return floor(to, instant, 1, CALENDAR[step.unit], zone)
    shown = to.bind(wall(instant, zone))
    since_hour = f"((minute({shown}) * 60 + second({shown})) * {SECOND}::BIGINT + {_since(instant, SECOND)})"
    return in_range(f"{instant} - {since_hour} % {FIXED[step.unit]}", to)


def _since(instant: str, size: int) -> str:
    """How far into a unit of a length, counted from 1970, an instant lies."""
    return f"(({instant} % {size} + {size}) % {size})"


SCALARS: Final[dict[str, Builder]] = {"relative_time": _moved}
