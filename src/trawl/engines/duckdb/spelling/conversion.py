"""DuckDB's spelling of conversions (`trawl.functions.conversion`)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import as_float, floating, number, numbers, text, whole
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Alternative, Operand, is_there, one, singles
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.spelling.arithmetic import held
from trawl.engines.duckdb.spelling.rounding import DECIMAL, decimal
from trawl.engines.duckdb.times import SECOND, time
from trawl.expr import Call, Literal
from trawl.schema import Kind

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_INTEGER: Final = "'[+-]?[0-9]{1,20}'"
_TRUE: Final = "('true', 't', 'yes', 'y', '1')"
_FALSE: Final = "('false', 'f', 'no', 'n', '0')"
_DIRECTIVE: Final = re.compile(r"%(?:%|([-+ 0#]*)(\d{0,4})(?:\.(\d{0,3}))?([a-zA-Z]))", re.ASCII)


def _to_number(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    if len(call.arguments) > 1:
        base = call.arguments[1]
        assert isinstance(base, Literal)
        assert isinstance(base.value, int)
        return _in_base(to, text(operand, to), base.value)
    integers, floats, is_wide = [], [], False
    for given in singles(operand, to):
        if given.kind is Kind.INTEGER:
            integers.append(given.sql)
            is_wide = is_wide or given.wide
        elif given.kind is Kind.STRING:
            written = to.bind(given.sql)
            integer = f"CASE WHEN regexp_full_match({written}, {_INTEGER}) THEN try_cast({written} AS BIGINT) END"
            integers.append(integer := to.bind(integer))
            near = floating(replace(given, sql=written), to)
            floats.append(f"CASE WHEN {integer} IS NULL THEN {near} END")
        else:
            floats += _floats((given,), to)
    whole_numbers = Alternative(sql.coalesce(integers, "BIGINT"), Kind.INTEGER, wide=is_wide)
    return (*([whole_numbers] if integers else []), *one(Kind.FLOAT, sql.coalesce(floats, "DOUBLE")))


def _to_float(to: Expressions, call: Call) -> Operand:
    found = singles(to.operand(call.arguments[0]), to)
    if found and all(given.kind is Kind.INTEGER for given in found):
        return (number(found, to),)
    return one(Kind.FLOAT, sql.coalesce(_floats(found, to), "DOUBLE"))


def _floats(found: Operand, to: Expressions) -> list[str]:
    """Single values as floats, each null where it is none."""
    floats = [f"{given.sql} / {SECOND}.0::DOUBLE" for given in found if given.kind is Kind.TIME]
    others = tuple(given for given in found if given.kind is not Kind.TIME)
    return [*floats, as_float(number(others, to))] if others else floats


def _in_base(to: Expressions, written: str, base: int) -> Operand:
    """The integer that digits of a base are."""
    given = to.bind(written)
    digits = to.bind(f"lower({given})" if base != 16 else f"regexp_replace(lower({given}), '^0x', '')")
    known = _DIGITS[:base]
    is_number = f"regexp_full_match({digits}, '[+-]?[{known}]+')"
    significant = to.bind(f"ltrim({digits}, '+-0')")
    value = f"CAST(strpos('{known}', digit) - 1 AS HUGEINT)"
    each = f"list_transform(string_split({significant}, ''), lambda digit: {value})"
    absolute = f"list_reduce({each}, lambda before, digit: before * {base} + digit, 0::HUGEINT)"
    fits = f"length({significant}) <= {int(126 / math.log2(base))}"
    signed = f"CASE WHEN {digits}[1] = '-' THEN -({absolute}) ELSE {absolute} END"
    found = to.bind(f"CASE WHEN {is_number} AND {fits} THEN try_cast({signed} AS BIGINT) END")
    to.note(Flaw.NO_NUMBER_OF_BASE, f"NOT {is_number}")
    to.note(Flaw.INTEGER_OVERFLOW, f"{is_number} AND {found} IS NULL")
    return one(Kind.INTEGER, found)


def _to_string(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    form = call.arguments[1].value if len(call.arguments) > 1 and isinstance(call.arguments[1], Literal) else None
    match form:
        case "hex" | "binary":
            value = to.bind(whole(operand, to))
            prefix, base = ("0x", 16) if form == "hex" else ("", 2)
            sign = f"CASE WHEN {value} < 0 THEN '-' ELSE '' END"
            return one(Kind.STRING, f"({sign} || '{prefix}' || {_based(value, base)})")
        case "commas":
            written = [_with_commas(to, given) for given in numbers(operand, to)]
            return one(Kind.STRING, sql.coalesce(written, "VARCHAR"))
        case "duration":
            return one(Kind.STRING, _as_duration(to, operand))
        case _:
            return one(Kind.STRING, text(operand, to))


def _based(value: str, base: int) -> str:
    smallest = "'8000000000000000'" if base == 16 else f"'1{'0' * 63}'"
    absolute = f"to_base(abs(CASE WHEN {value} > -9223372036854775808 THEN {value} END), {base})"
    return f"coalesce({absolute}, CASE WHEN {value} IS NOT NULL THEN {smallest} END)"


def _with_commas(to: Expressions, given: Alternative) -> str:
    value = to.bind(given.sql)
    if given.kind is Kind.INTEGER:
        return f"format('{{:,}}', {value})"
    integer = to.bind(f"try_cast({value} AS HUGEINT)")
    to.note(Flaw.FLOAT_OVERFLOW, f"{value} IS NOT NULL AND {integer} IS NULL")
    whole_part = f"format('{{:,}}', {integer})"
    cents = to.bind(f"round({decimal(value)}, 2)")
    sign = f"CASE WHEN {cents} < 0 THEN '-' ELSE '' END"
    before = f"format('{{:,}}', CAST(trunc(abs({cents})) AS HUGEINT))"
    after = f"split_part(CAST({cents} AS VARCHAR), '.', 2)"
    return f"CASE WHEN {value} = floor({value}) THEN {whole_part} ELSE {sign} || {before} || '.' || {after} END"


def _as_duration(to: Expressions, operand: Operand) -> str:
    given = [to.bind(number.sql) for number in numbers(operand, to)]
    value = to.bind(sql.coalesce(map(decimal, given), DECIMAL))
    to.note(Flaw.INTEGER_OVERFLOW, f"{value} IS NULL AND {sql.any_of(f'{number} IS NOT NULL' for number in given)}")
    exact = to.bind(f"abs({value})")
    micros = to.bind(f"CAST(round_even({exact} - trunc({exact}), 6) * 1000000 AS BIGINT)")
    seconds = to.bind(f"CAST(trunc({exact}) AS HUGEINT)")
    sign = f"CASE WHEN {value} < 0 THEN '-' ELSE '' END"
    days = f"CASE WHEN {seconds} >= 86400 THEN ({seconds} // 86400) || '+' ELSE '' END"
    parts = (f"{seconds} // 3600 % 24", f"{seconds} // 60 % 60", f"{seconds} % 60")
    clock = f"printf('%02d:%02d:%02d', {', '.join(parts)})"
    fraction = f"CASE WHEN {micros} > 0 THEN printf('.%06d', {micros}) ELSE '' END"
    return f"({sign} || {days} || {clock} || {fraction})"


def _to_boolean(to: Expressions, call: Call) -> Operand:
    found = []
    for given in singles(to.operand(call.arguments[0]), to):
        match given.kind:
            case Kind.BOOLEAN:
                found.append(given.sql)
            case Kind.INTEGER | Kind.FLOAT:
                found.append(f"({given.sql} != 0)")
            case Kind.STRING:
                folded = to.bind(f"lower({given.sql})")
                to.note(Flaw.TEXT_NO_BOOLEAN, f"{folded} NOT IN {_TRUE} AND {folded} NOT IN {_FALSE}")
                found.append(f"CASE WHEN {folded} IN {_TRUE} THEN true WHEN {folded} IN {_FALSE} THEN false END")
            case _:
                to.note(Flaw.TEXT_NO_BOOLEAN, f"{given.sql} IS NOT NULL")
    return one(Kind.BOOLEAN, sql.coalesce(found, "BOOLEAN"))


def _to_time(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    instant = to.bind(time(operand, "UTC", to))
    to.note(Flaw.NO_TIME, f"{is_there(operand)} AND {instant} IS NULL")
    return one(Kind.TIME, instant)


def _print(to: Expressions, call: Call) -> Operand:
    form = call.arguments[0]
    assert isinstance(form, Literal)
    assert isinstance(form.value, str)
    written: list[str] = []
    arguments = iter(call.arguments[1:])
    place = 0
    for found in _DIRECTIVE.finditer(form.value):
        written.append(sql.text(form.value[place : found.start()]))
        place = found.end()
        if found[4] is None:
            written.append("'%'")
        else:
            written.append(_directive(to, found, to.operand(next(arguments))))
    written.append(sql.text(form.value[place:]))
    return one(Kind.STRING, f"({' || '.join(written)})")


def _directive(to: Expressions, found: re.Match[str], operand: Operand) -> str:
    """One `%…` of a format; DuckDB's own `printf` writes it."""
    flags, width, precision, letter = found[1], found[2], found[3], found[4]
    if letter in "sc":
        plain = "".join(flag for flag in flags if flag not in "0+ #")
        value = text(operand, to)
        value = f"{value}[1:1]" if letter == "c" else value
        cut = "" if precision is None or letter == "c" else f".{precision or 0}"
        return f"printf('%{plain}{width}{cut}s', {value})"
    cut = "" if precision is None else f".{precision or 0}"
    if letter in "feEgGF":
        return f"printf('%{flags}{width}{cut}{'f' if letter == 'F' else letter}', {_floating(to, operand)})"
    value = to.bind(_truncated(to, operand))
    kind = "d" if letter in "diu" else letter
    if kind == "d":
        return f"printf('%{flags}{width}{cut}d', {value})"
    sign = f"CASE WHEN {value} < 0 THEN '-' ELSE '' END"
    size = f"CAST(abs(CAST({value} AS HUGEINT)) AS UBIGINT)"  # that of the least integer is beyond integers
    return f"({sign} || printf('%{flags}{width}{cut}{kind}', {size}))"


def _floating(to: Expressions, operand: Operand) -> str:
    """The value as a float."""
    return floating(number(operand, to), to)


def _truncated(to: Expressions, operand: Operand) -> str:
    return sql.coalesce((_whole(to, given) for given in numbers(operand, to)), "BIGINT")


def _whole(to: Expressions, given: Alternative) -> str:
    value = to.bind(given.sql)
    if given.kind is Kind.INTEGER:
        return held(to, value, given.wide, [value])
    return held(to, f"trunc({value})", True, [value])


Builder = Callable[[Expressions, Call], Operand]

SCALARS: Final[dict[str, Builder]] = {
    "tonumber": _to_number,
    "to_float": _to_float,
    "tostring": _to_string,
    "tobool": _to_boolean,
    "to_time": _to_time,
    "printf": _print,
}
