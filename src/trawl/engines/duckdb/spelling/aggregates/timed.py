"""What hangs on the order or on the times of rows: the first and last value, the earliest, rates."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from trawl.engines.duckdb.operands import Operand, one
from trawl.engines.duckdb.spelling.aggregates.gathering import Builder, Gathering
from trawl.engines.duckdb.times import time
from trawl.schema import Kind


def _first(of: Gathering) -> Operand:
    return of.pick()


def _last(of: Gathering) -> Operand:
    return of.pick(last=True)


def _time(of: Gathering) -> str:
    """The instant of each row."""
    return of.to.bind(time(of.to.operand(of.arguments[1]), "UTC", of.to))


def _with_time(of: Gathering, value: str, time: str) -> str:
    return f"CASE WHEN {time} IS NOT NULL THEN {value} END"


def _earliest(of: Gathering) -> Operand:
    return _timed_pick(of, "")


def _latest(of: Gathering) -> Operand:
    return _timed_pick(of, "-")


def _timed_pick(of: Gathering, sign: str) -> Operand:
    instant = _time(of)
    value = of.one_column(last=False)
    present = of.to.bind(_with_time(of, value.sql, instant))
    place = of.place(f"{sign}{instant}")
    if place is not None:
        picked = of.rows(f"arg_min({present}, {place})")
    else:
        ordered = of.ordered(f"{sign}{instant}")
        picked = of.rows(f"first({present}{ordered}) FILTER ({present} IS NOT NULL)")
    return (replace(value, sql=picked, constant=None),)


def _rate(of: Gathering) -> Operand:
    value, many, instant = _timed_numbers(of)
    ends = (f"{value}[1]", f"{value}[-1]") if many else (value, value)
    place = of.place(instant)
    if place is not None:
        first, last = (
            of.rows(f"{function}({end}, {place})") for function, end in zip(("arg_min", "arg_max"), ends, strict=True)
        )
    else:
        present = f"FILTER ({value} IS NOT NULL)"
        first = of.rows(f"first({ends[0]}{of.ordered(instant)}) {present}")
        last = of.rows(f"first({ends[1]}{of.ordered(f'-{instant}', last=True)}) {present}")
    return one(Kind.FLOAT, of.finite(f"(({last} - {first}) / {_seconds(of, value, instant)})"))


def _per(length: int) -> Builder:
    def build(of: Gathering) -> Operand:
        value, many, instant = _timed_numbers(of)
        total = of.over("fsum", value, many)
        return one(Kind.FLOAT, of.finite(f"({total} / {_seconds(of, value, instant)} * {length})"))

    return build


def _timed_numbers(of: Gathering) -> tuple[str, bool, str]:
    """The numbers of each row as floats, null where it has none or no time; whether they are a list; the instant."""
    instant = _time(of)
    given, many = of.numbers()
    floats = of.as_floats(given, many)
    if many:
        floats = f"CASE WHEN len({given.sql}) > 0 THEN {floats} END"
    return of.to.bind(_with_time(of, floats, instant)), many, instant


def _seconds(of: Gathering, value: str, instant: str) -> str:
    present = f"CASE WHEN {value} IS NOT NULL THEN {instant} END"
    last, first = (of.rows(f"{function}({present})") for function in ("max", "min"))
    return f"nullif(({last} - {first}) / 1e9::DOUBLE, 0)"


AGGREGATES: Final[dict[str, Builder]] = {
    "first": _first,
    "last": _last,
    "earliest": _earliest,
    "latest": _latest,
    "rate": _rate,
    "per_second": _per(1),
    "per_minute": _per(60),
    "per_hour": _per(3600),
}
