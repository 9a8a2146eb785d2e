"""Points in time in SQL: nanoseconds since 1970, out of text, epoch numbers and times (`trawl.instants`)."""

from __future__ import annotations

from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import NUMERIC
from trawl.engines.duckdb.operands import Operand, singles
from trawl.engines.duckdb.scopes import Scope
from trawl.instants import MILLISECONDS_FROM
from trawl.schema import Kind
from trawl.values import FIRST_INSTANT, LAST_INSTANT

SECOND: Final = 1_000_000_000

_ISO: Final = (
    r"'\s*([0-9]{4})-([0-9]{2})(?:-([0-9]{2})(?:[Tt ]([0-9]{2})(?::?([0-9]{2})(?::?([0-9]{2})"
    r"(?:[.,]([0-9]{1,9})[0-9]*)?)?)?\s*(Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?)?\s*'"
)
_PARTS: Final = "['y', 'mo', 'd', 'h', 'mi', 's', 'f', 'o']"


def nanoseconds(column: str, *, many: bool) -> str:
    """A column of times, or of lists of times, as files and Arrow hold it, in nanoseconds."""
    return f"list_transform({column}, lambda x: epoch_ns(x))" if many else f"epoch_ns({column})"


def time(operand: Operand, zone: str, to: Scope) -> str:
    """The instant that a value stands for, in nanoseconds: a time, ISO 8601 text, an epoch number."""
    found = []
    for given in singles(operand, to):
        match given.kind:
            case Kind.TIME:
                found.append(given.sql)
            case Kind.INTEGER | Kind.FLOAT:
                found.append(from_epoch(given.sql, to))
            case Kind.STRING:
                found.append(from_text(given.sql, zone, to))
            case _:
                pass
    return sql.coalesce(found, "BIGINT")


def from_epoch(number: str, to: Scope) -> str:
    """The instant of epoch seconds, or milliseconds where the number is that large."""
    number = to.bind(number)
    unit = f"CASE WHEN abs({number}) < {MILLISECONDS_FROM} THEN {SECOND} ELSE {SECOND // 1000} END"
    exact = f"try_cast(try_cast({number} AS VARCHAR) AS DECIMAL(38, 9))"
    scaled = f"try_cast(try({exact} * ({unit})::HUGEINT) AS HUGEINT)"
    return in_range(scaled, to)


def from_text(text: str, zone: str, to: Scope) -> str:
    """The instant that a text is, in ISO 8601 or as an epoch number."""
    text = to.bind(text)
    parts = to.bind(f"CASE WHEN regexp_full_match({text}, {_ISO}) THEN regexp_extract({text}, {_ISO}, {_PARTS}) END")
    date = f"{parts}.y || '-' || {parts}.mo || '-' || coalesce(nullif({parts}.d, ''), '01')"
    clock = ":".join(f"' || coalesce(nullif({parts}.{name}, ''), '00') || '" for name in ("h", "mi", "s"))
    shown = to.bind(f"try_cast({date} || ' {clock}' AS TIMESTAMP)")
    fraction = f"CAST(rpad({parts}.f, 9, '0') AS BIGINT)"
    hours = f"CAST({parts}.o[1:3] AS BIGINT) * 3600"
    minutes = f"coalesce(try_cast(regexp_extract({parts}.o[4:], '[0-9]+') AS BIGINT), 0) * 60"
    signed = f"({hours} + CASE WHEN {parts}.o[1] = '-' THEN -({minutes}) ELSE {minutes} END)"
    offset = f"CASE WHEN {parts}.o IN ('Z', 'z') THEN 0 ELSE {signed} END"
    fixed = f"epoch_us({shown}) * 1000::HUGEINT - ({offset}) * {SECOND}::HUGEINT"
    local = f"epoch_us(timezone({sql.text(zone)}, {shown})) * 1000::HUGEINT"
    unzoned = fixed.split(" - ")[0] if zone == "UTC" else local
    whole = f"CASE WHEN {parts}.o = '' THEN {unzoned} ELSE {fixed} END"
    instant = in_range(f"{whole} + {fraction}", to)
    numeric = f"CASE WHEN regexp_full_match({text}, {NUMERIC}) THEN {from_epoch_text(text, to)} END"
    return f"CASE WHEN {parts} IS NOT NULL THEN {instant} ELSE {numeric} END"


def from_epoch_text(text: str, to: Scope) -> str:
    """The instant of an epoch number that is written as text."""
    number = to.bind(f"try_cast({text} AS DECIMAL(38, 9))")
    unit = f"CASE WHEN abs({number}) < {MILLISECONDS_FROM} THEN {SECOND} ELSE {SECOND // 1000} END"
    return in_range(f"try_cast(try({number} * ({unit})::HUGEINT) AS HUGEINT)", to)


def in_range(nanoseconds: str, to: Scope) -> str:
    """The instant, if it is one that Trawl can hold."""
    value = to.bind(nanoseconds)
    first, last = FIRST_INSTANT.nanoseconds, LAST_INSTANT.nanoseconds
    return f"CASE WHEN {value} BETWEEN {first} AND {last} THEN CAST({value} AS BIGINT) END"


def wall(instant: str, zone: str) -> str:
    """What a clock in the zone shows at an instant, to the microsecond, as a TIMESTAMP."""
    micros = f"make_timestamp(({instant} - ({instant} % 1000 + 1000) % 1000) // 1000)"
    return micros if zone == "UTC" else f"timezone({sql.text(zone)}, CAST({micros} AS TIMESTAMPTZ))"


def from_wall(shown: str, zone: str, to: Scope) -> str:
    """The instant, in nanoseconds as a HUGEINT, at which a clock in the zone shows a TIMESTAMP, the first if twice.

    DuckDB takes the second time, so where the clock was ahead a day before, it is asked whether it showed this then.
    """
    if zone == "UTC":
        return f"(CAST(epoch_us({shown}) AS HUGEINT) * 1000)"
    shown, name = to.bind(shown), sql.text(zone)
    last = to.bind(f"timezone({name}, {shown})")
    before = f"({last} - INTERVAL 25 HOUR)"
    ahead = to.bind(f"timezone({name}, {before}) - timezone('UTC', {before})")
    first = f"timezone('UTC', {shown} - {ahead})"
    is_twice = f"{ahead} > {shown} - timezone('UTC', {last}) AND timezone({name}, {first}) = {shown}"
    return f"(CAST(epoch_us(CASE WHEN {is_twice} THEN {first} ELSE {last} END) AS HUGEINT) * 1000)"
