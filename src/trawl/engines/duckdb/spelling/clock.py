"""DuckDB's spelling of times as text and back (`trawl.functions.time`, `trawl.functions.clock`)."""

from __future__ import annotations

from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import text
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand, is_there, one
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.times import SECOND, from_wall, in_range, time, wall
from trawl.expr import Call, Literal
from trawl.functions import clock
from trawl.schema import Kind

_SAME: Final = frozenset("aAbBdHIjmMpSuVwyYG")
"""Directives that DuckDB writes as Trawl does."""

_KNOWN: Final[dict[str, str]] = {
    f"%{directive}": directive
    for directive in (
        *_SAME,
        *"efklnNQstzZ%",
        ":z",
        *(f"{digits}{letter}" for digits in range(1, 10) for letter in "NQ"),
    )
}
"""All directives of `strftime`."""


def _write(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    form, zone = _constants(call)
    instant = to.bind(time(operand, "UTC", to))
    to.note(Flaw.NO_TIME, f"{is_there(operand)} AND {instant} IS NULL")
    shown = to.bind(wall(instant, zone))
    pieces: list[str] = []
    plain = ""
    for token in clock.tokens(form, _KNOWN):
        if token[0] == "%" and token[1:] in _SAME:
            plain += token
            continue
        if plain:
            pieces.append(f"strftime({shown}, '{plain}')")
            plain = ""
        pieces.append(sql.text(token) if token[0] != "%" else _written(token, instant, shown, zone))
    if plain:
        pieces.append(f"strftime({shown}, '{plain}')")
    return one(Kind.STRING, f"CASE WHEN {instant} IS NOT NULL THEN {' || '.join(pieces) or repr('')} END")


def _written(token: str, instant: str, shown: str, zone: str) -> str:
    """What DuckDB has no directive for, or another meaning of it."""
    fraction = f"lpad(CAST(({instant} % {SECOND} + {SECOND}) % {SECOND} AS VARCHAR), 9, '0')"
    seconds = f"({instant} - ({instant} % {SECOND} + {SECOND}) % {SECOND}) // {SECOND}"
    offset = f"(date_diff('second', TIMESTAMP '1970-01-01', date_trunc('second', {shown})) - {seconds})"
    sign = f"CASE WHEN {offset} < 0 THEN '-' ELSE '+' END"
    match token:
        case "%e":
            return f"lpad(CAST(day({shown}) AS VARCHAR), 2, ' ')"
        case "%k":
            return f"lpad(CAST(hour({shown}) AS VARCHAR), 2, ' ')"
        case "%l":
            return f"lpad(CAST((hour({shown}) + 11) % 12 + 1 AS VARCHAR), 2, ' ')"
        case "%f":
            return f"{fraction}[1:6]"
        case "%N":
            return fraction
        case "%Q":
            return f"{fraction}[1:3]"
        case "%s":
            return f"CAST({seconds} AS VARCHAR)"
        case "%n" | "%t":
            return "chr(10)" if token == "%n" else "chr(9)"
        case "%z" | "%:z":
            between = ":" if token == "%:z" else ""
            hours, minutes = f"abs({offset}) // 3600", f"abs({offset}) // 60 % 60"
            return f"{sign} || printf('%02d{between}%02d', {hours}, {minutes})"
        case "%Z":
            return sql.text(zone)
        case "%%":
            return "'%'"
        case _:
            return f"{fraction}[1:{token[1]}]"


def _read(to: Expressions, call: Call) -> Operand:
    form, zone = _constants(call)
    written = to.bind(text(to.operand(call.arguments[0]), to))
    pattern = clock.reader(form)
    regex = sql.text(f"(?i){pattern.pattern}")
    columns = {name: f"p{place}" for name, place in pattern.groupindex.items()}  # DuckDB takes `m` and `M` for one
    matches = f"regexp_full_match({written}, {regex})"
    parts = "NULL"
    if columns:
        names = sql.texts(columns.values())
        parts = to.bind(f"CASE WHEN {matches} THEN regexp_extract({written}, {regex}, {names}) END")
    found = {name: f"nullif({parts}.{column}, '')" for name, column in columns.items()}
    instant = to.bind(f"CASE WHEN {matches} THEN {_assembled(to, found, zone)} END")
    to.note(Flaw.NOT_OF_FORMAT, f"{written} IS NOT NULL AND {instant} IS NULL")
    return one(Kind.TIME, instant)


def _assembled(to: Expressions, parts: dict[str, str], zone: str) -> str:
    """The instant of the parts that a text was taken apart into; parts that are not there are those of 1970-01-01."""

    def part(name: str, default: str) -> str:
        return f"coalesce(CAST({parts[name]} AS BIGINT), {default})" if name in parts else default

    fraction = f"coalesce(CAST(rpad({parts['f']}, 9, '0') AS BIGINT), 0)" if "f" in parts else "0"
    year = part("Y", "1970")
    if "y" in parts:
        year = f"CASE WHEN {part('y', '70')} >= 69 THEN 1900 ELSE 2000 END + {part('y', '70')}"
    month = part("m", "1")
    if "B" in parts:
        names = sql.texts(name[:3].lower() for name in clock.MONTHS)
        month = f"list_position({names}, lower({parts['B']}[1:3]))"
    hour = part("H", "0")
    if "I" in parts:
        noon = f"CASE WHEN upper({parts['p']}) = 'PM' THEN 12 ELSE 0 END" if "p" in parts else "0"
        hour = f"CASE WHEN {part('I', '0')} <= 12 THEN {part('I', '0')} % 12 + {noon} END"
    second, day_of_year = part("S", "0"), part("j", "1")
    fields = ", ".join((year, month, part("d", "1"), hour, part("M", "0"), second))
    date = f"printf('%04d-%02d-%02d %02d:%02d:%02d', {fields})"
    shown = to.bind(f"try_cast({date} AS TIMESTAMP)")
    moved = shown
    if "j" in parts:
        moved = f"CASE WHEN {day_of_year} <= 366 THEN {shown} + to_days(CAST({day_of_year} - 1 AS INTEGER)) END"
    base = from_wall(moved, "UTC" if "Z" in parts else zone, to)
    if "z" in parts:
        offset = parts["z"]
        minutes = f"CAST({offset}[2:3] AS BIGINT) * 60 + CAST({offset}[-2:] AS BIGINT)"
        signed = f"CASE WHEN {offset}[1] = '-' THEN -({minutes}) ELSE {minutes} END"
        ahead = f"CASE WHEN {offset} IS NULL OR upper({offset}) = 'Z' THEN 0 ELSE {signed} END"
        base = f"({from_wall(moved, 'UTC', to)} - ({ahead}) * 60 * {SECOND}::HUGEINT)"
    if "s" in parts:
        base = f"CAST({parts['s']} AS HUGEINT) * {SECOND}"
    return in_range(f"{base} + {fraction}", to)


def _constants(call: Call) -> tuple[str, str]:
    values = [argument.value for argument in call.arguments[1:] if isinstance(argument, Literal)]
    return str(values[0]), str(values[1]) if len(values) > 1 else "UTC"


SCALARS: Final = {"strftime": _write, "strptime": _read}
