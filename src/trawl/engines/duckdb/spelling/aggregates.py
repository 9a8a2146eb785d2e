"""DuckDB's spelling of aggregates (`trawl.functions.aggregates`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from trawl.algebra import Measure
from trawl.engines.duckdb import ordering, sql
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Key, Names
from trawl.engines.duckdb.grouping import has_lists, identical, in_order, key_text, kinds_of, listed
from trawl.engines.duckdb.operands import (
    Alternative,
    Operand,
    box,
    is_there,
    number,
    number_of_text,
    one,
    opened,
)
from trawl.engines.duckdb.scopes import INLINE, Flaw
from trawl.engines.duckdb.times import time
from trawl.errors import Span
from trawl.expr import Expr, Literal
from trawl.functions import find_aggregation
from trawl.functions.aggregates import LONGEST_LIST
from trawl.schema import Kind, Type

_STEEPEST: Final = "1e150::DOUBLE"
"""Squares of larger numbers are beyond floats, and DuckDB ends a statement that meets one."""


@dataclass
class Calls:
    """The calls of DuckDB aggregates that measures are made of, each once: columns of a layer of their own.

    Attributes:
        names: gives out names.
        window: the OVER clause where they are of a window, with a leading blank.
        columns: the name of each call.
    """

    names: Names
    window: str = ""
    columns: dict[str, str] = field(default_factory=dict)

    def add(self, call: str) -> str:
        """The name of a call's column."""
        return self.columns.setdefault(f"{call}{self.window}", self.names.new())

    @property
    def selected(self) -> list[str]:
        """The calls as items of a SELECT."""
        return [f"{call} AS {name}" for call, name in self.columns.items()]


@dataclass
class Gathering:
    """One measure being compiled: what its arguments are for a row, and what is computed of the calls.

    Attributes:
        to: compiles expressions over the rows.
        arguments: of the measure; the first is what is aggregated.
        order: the order of the rows.
        calls: where calls of aggregates go.
        flaws: what may be wrong with the result, and the condition over the calls under which it is.
    """

    to: Expressions
    arguments: Sequence[Expr]
    order: tuple[Key, ...]
    calls: Calls
    flaws: list[tuple[Flaw, str]] = field(default_factory=list)

    @property
    def values(self) -> Operand:
        """What is aggregated."""
        return self.to.operand(self.arguments[0])

    def numbers(self) -> tuple[Alternative, bool]:
        """The numbers that are aggregated, and whether each row has a list of them."""
        if not has_lists(self.values):
            given = number(self.values, self.to)
            return replace(given, sql=self.to.bind(given.sql)), False
        lists = listed(self.values, self.to)
        integers = all(given.kind is Kind.INTEGER for given in lists)
        items = [
            f"list_filter({ordering.each(given, lambda item: _item_number(item, integers))}, lambda x: x IS NOT NULL)"
            for given in lists
            if given.kind in {Kind.INTEGER, Kind.FLOAT, Kind.STRING}
        ]
        kind = Kind.INTEGER if integers else Kind.FLOAT
        joined = self.to.bind(f"list_concat({', '.join([*items, f'[]::{sql.TYPES[kind]}[]'])})")
        return Alternative(joined, kind), True

    def aggregate(self, function: str, *parameters: str) -> str:
        """A DuckDB aggregate of the numbers, as floats."""
        given, many = self.numbers()
        return self.over(function, self.as_floats(given, many), many, *parameters)

    def over(self, function: str, values: str, many: bool, *parameters: str) -> str:
        """A DuckDB aggregate of values, or of lists of values."""
        extra = "".join(f", {parameter}" for parameter in parameters)
        if not many:
            return self.rows(f"{function}({values}{extra})")
        return f"list_aggregate({self.flat(values)}, '{function}'{extra})"

    def rows(self, call: str) -> str:
        """A call of a DuckDB aggregate, over the rows of the group or of the window."""
        return self.calls.add(call)

    def flat(self, lists: str, clause: str = "") -> str:
        """The values of the lists of all rows, as one list."""
        return f"flatten({self.rows(f'list({lists}){clause}')})"

    def as_floats(self, given: Alternative, many: bool) -> str:
        """The numbers as floats."""
        if given.kind is Kind.FLOAT:
            return given.sql
        return f"CAST({given.sql} AS DOUBLE{'[]' if many else ''})"

    def place(self, *before: str, last: bool = False) -> str | None:
        """A value that orders the rows, for `arg_min`; None where the order has other keys than integers.

        Args:
            before: what counts before the order.
            last: whether the later rows come first.
        """
        if not all(key.is_place for key in self.order):
            return None
        items = [f"-({key.sql})" if key.descending is not last else key.sql for key in self.order]
        return f"row({', '.join([*before, *items])})"

    def ordered(self, *before: str, last: bool = False) -> str:
        """The clause that orders the rows inside an aggregate."""
        keys = [Key(key.sql, key.descending is not last) for key in self.order]
        listed_keys = ", ".join([*before, *map(str, keys)])
        return f" ORDER BY {listed_keys}" if listed_keys else ""

    def pick(self, *before: str, last: bool = False) -> Operand:
        """The value of the row that comes first; rows without one do not count.

        Args:
            before: ascending keys that count before the order of the rows.
        """
        value = self._one_column(last)
        place = self.place(*before, last=last)
        if place is not None:
            picked = self.rows(f"arg_min({value.sql}, {place})")
        else:
            present = f"FILTER ({value.sql} IS NOT NULL)"
            picked = self.rows(f"first({value.sql}{self.ordered(*before, last=last)}) {present}")
        return (replace(value, sql=picked, constant=None),)

    def _one_column(self, last: bool) -> Alternative:
        """The value as one column; of a list its first value, or its last."""
        found = opened(self.values, self.to)
        if has_lists(found):
            ends = tuple(
                replace(given, sql=f"{given.sql}[{-1 if last else 1}]", many=False)
                for given in in_order(found, self.to)
            )
            found = opened(ends, self.to)
        return merged(found, self.to)


def _item_number(given: Alternative, integers: bool) -> str:
    if given.kind is Kind.STRING:
        return number_of_text("x", INLINE)
    return "x" if integers else "CAST(x AS DOUBLE)"


def merged(operand: Operand, to: Expressions) -> Alternative:
    """A value as one column of its kind, boxed where it has several."""
    found = identical(operand, to)
    if not found:
        return Alternative("NULL::VARCHAR", Kind.STRING)
    if len(found) == 1:
        return replace(found[0], sql=to.bind(found[0].sql))
    kinds = frozenset(given.kind for given in found if given.kind is not None)
    inside = Type(kinds, multivalue=any(given.many for given in found))
    boxed = sql.coalesce((box(given, to) for given in found), "VARCHAR")
    return Alternative(to.bind(boxed), None, inside=inside)


Builder = Callable[[Gathering], Operand]


def _count(of: Gathering) -> Operand:
    if not of.arguments or (isinstance(of.arguments[0], Literal) and of.arguments[0].value is not None):
        return one(Kind.INTEGER, of.rows("count(*)"))
    there = f"count(CASE WHEN {is_there(of.values)} THEN 1 END)"
    return one(Kind.INTEGER, of.rows(there))


def _distinct_count(of: Gathering) -> Operand:
    if has_lists(of.values):
        lists = listed(of.values, of.to)
        texts = (ordering.each(given, _item_identity) for given in lists)
        every = f"list_concat({', '.join([*texts, '[]::VARCHAR[]'])})"
        return one(Kind.INTEGER, f"nullif(len(list_distinct({of.flat(every)})), 0)")
    found = identical(of.values, of.to)
    value = found[0].sql if len(found) == 1 else key_text(of.values, of.to)
    distinct = of.rows(f"count(DISTINCT {value})")
    return one(Kind.INTEGER, f"nullif({distinct}, 0)")


def _item_text(given: Alternative) -> str:
    return box(given, INLINE)


def _item_identity(given: Alternative) -> str:
    return key_text((given,), INLINE)


def _sum(of: Gathering) -> Operand:
    return _total(of, "{}")


def _sum_of_squares(of: Gathering) -> Operand:
    return _total(of, "({0} * {0})")


def _total(of: Gathering, form: str) -> Operand:
    """A sum of numbers in a form: of integers exactly, null where 64 bits do not hold it, else of floats."""
    given, many = of.numbers()
    if given.kind is Kind.INTEGER:
        return _held(of, _summed(of, given, many, "HUGEINT", form))
    total = _summed(of, given, many, "DOUBLE", form)
    of.flaws.append((Flaw.FLOAT_OVERFLOW, f"NOT isfinite({total})"))
    found = one(Kind.FLOAT, f"CASE WHEN isfinite({total}) THEN {total} END")
    integers = tuple(value for value in opened(of.values, of.to) if value.kind is Kind.INTEGER and not value.many)
    if many or not integers:
        return found
    whole = number(integers, of.to)
    only = f"{of.over('count', given.sql, False)} = {of.over('count', whole.sql, False)}"
    (exact,) = _held(of, _summed(of, whole, False, "HUGEINT", form), only)
    return one(Kind.FLOAT, f"CASE WHEN {only} THEN CAST({exact.sql} AS DOUBLE) ELSE {found[0].sql} END")


def _summed(of: Gathering, given: Alternative, many: bool, type_: str, form: str) -> str:
    value = f"try({form.format(f'CAST({given.sql} AS {type_})')})"
    if many:
        value = f"list_transform({given.sql}, lambda x: {form.format(f'CAST(x AS {type_})')})"
    return of.over("fsum" if type_ == "DOUBLE" else "sum", value, many)


def _held(of: Gathering, total: str, where: str = "true") -> Operand:
    """A sum of integers that 64 bits hold, else null."""
    of.flaws.append((Flaw.SUM_OVERFLOW, f"{where} AND {total} IS NOT NULL AND try_cast({total} AS BIGINT) IS NULL"))
    return one(Kind.INTEGER, f"try_cast({total} AS BIGINT)")


def _average(of: Gathering) -> Operand:
    given, many = of.numbers()
    floats = of.as_floats(given, many)
    return one(Kind.FLOAT, f"{of.over('fsum', floats, many)} / nullif({of.over('count', floats, many)}, 0)")


def _extreme(function: str) -> Builder:
    def build(of: Gathering) -> Operand:
        to = of.to
        if has_lists(of.values):
            lists = listed(of.values, to)
            structs = (ordering.each(given, _by_number) for given in lists)
            every = of.flat(f"list_concat({', '.join(structs)})")
            best = f"list_aggregate({every}, '{function}').b"
            return (Alternative(best, None, inside=_inside(lists)),)
        found = identical(of.values, to)
        if not found:
            return ()
        if len(found) == 1 and found[0].kind is not Kind.STRING:
            return (replace(found[0], sql=of.rows(f"{function}({found[0].sql})"), constant=None),)
        present = (f"CASE WHEN {given.sql} IS NOT NULL THEN {_by_number(given)} END" for given in _bound(found, of.to))
        chosen = of.rows(f"{function}({sql.coalesce(present, 'VARCHAR')})")
        best = f"({chosen}).b"
        if len(found) == 1:
            return one(Kind.STRING, f"json_extract_string({best}, '$')")
        return (Alternative(best, None, inside=_inside(found)),)

    return build


def _bound(operand: Operand, to: Expressions) -> Operand:
    return tuple(replace(given, sql=to.bind(given.sql)) for given in operand)


def _inside(lists: Operand) -> Type:
    return Type(kinds_of(lists))


def _by_number(given: Alternative) -> str:
    """A struct that orders as `min` does: as `sort`, but numeric text counts as the number it is."""
    boxed = box(given, INLINE)
    if given.kind is not Kind.STRING:
        return ordering.struct(given, boxed)
    near = number_of_text(given.sql, INLINE)
    exact = f"CASE WHEN {ordering.is_whole(near)} THEN CAST({near} AS HUGEINT) ELSE 0 END"
    rank = f"CASE WHEN {near} IS NULL THEN 1 ELSE 0 END"
    number_key = f"'r': {rank}, 'n': coalesce({near}, 0.0::DOUBLE), 'i': {exact}"
    return f"{{{number_key}, 's': {given.sql}, 'b': {boxed}}}"


def _range(of: Gathering) -> Operand:
    given, many = of.numbers()
    low, high = (of.over(function, given.sql, many) for function in ("min", "max"))
    if given.kind is Kind.INTEGER:
        return one(Kind.INTEGER, f"try_cast(CAST({high} AS HUGEINT) - {low} AS BIGINT)")
    return one(Kind.FLOAT, f"({high} - {low})")


def _spread_of(function: str) -> Builder:
    def build(of: Gathering) -> Operand:
        given, many = of.numbers()
        floats = of.as_floats(given, many)
        if many:
            floats = of.to.bind(f"list_filter({floats}, lambda x: abs(x) < {_STEEPEST})")
            return one(Kind.FLOAT, of.over(function, floats, many))
        floats = of.to.bind(floats)
        low = f"CASE WHEN abs({floats}) < {_STEEPEST} THEN {floats} END"
        steepest = of.rows(f"max(abs({floats}))")
        return one(Kind.FLOAT, f"CASE WHEN {steepest} < {_STEEPEST} THEN {of.over(function, low, many)} END")

    return build


def _percentile(of: Gathering) -> Operand:
    percent = of.arguments[1]
    assert isinstance(percent, Literal)
    assert isinstance(percent.value, int | float)
    return _quantile(of, percent.value)


def _quantile(of: Gathering, percent: float) -> Operand:
    return one(Kind.FLOAT, of.aggregate("quantile_cont", f"{percent / 100!r}"))


def _values(of: Gathering) -> Operand:
    to = of.to
    if not has_lists(of.values):
        found = identical(of.values, to)
        if not found:
            return ()
        if len(found) == 1:
            listed_once = of.rows(f"list(DISTINCT {found[0].sql}) FILTER ({found[0].sql} IS NOT NULL)")
            distinct = f"list_sort({listed_once})"
            return (replace(found[0], sql=distinct, many=True, constant=None),)
    lists = listed(of.values, to)
    structs = ", ".join(ordering.each(given, ordering.shared_struct) for given in lists)
    every = of.flat(f"list_concat({structs})")
    boxes = f"list_transform(list_sort(list_distinct({every})), lambda x: {_as_seen(of, lists, 'x')})"
    return (Alternative(f"CASE WHEN len({boxes}) > 0 THEN {boxes} END", None, many=True, inside=_inside(lists)),)


def _list(of: Gathering) -> Operand:
    to = of.to
    if not has_lists(of.values):
        value = merged(of.values, of.to)
        place = of.place()
        if place is not None:
            kept = of.rows(f"arg_min({value.sql}, {place}, {LONGEST_LIST})")
        else:
            present = f"FILTER ({value.sql} IS NOT NULL)"
            every = of.rows(f"list({value.sql}{of.ordered()}) {present}")
            kept = f"({every})[1:{LONGEST_LIST}]"
        return (replace(value, sql=kept, many=True, constant=None),)
    lists = in_order(of.values, to)
    boxes = [ordering.each(given, _item_text) for given in lists]
    row = to.bind(f"list_concat({', '.join(boxes)})")
    all_rows = of.flat(f"{row}{of.ordered()}", f" FILTER ({row} IS NOT NULL)")
    every = f"{all_rows}[1:{LONGEST_LIST}]"
    return (Alternative(f"CASE WHEN len({every}) > 0 THEN {every} END", None, many=True, inside=_inside(lists)),)


def _mode(of: Gathering) -> Operand:
    to = of.to
    lists = listed(of.values, to)
    if not lists:
        return ()
    structs = ", ".join(ordering.each(given, ordering.shared_struct) for given in lists)
    every = of.flat(f"list_concat({structs})")
    counts = f"map_entries(list_histogram({every}))"
    ranked = f"list_sort(list_transform({counts}, lambda e: {{'c': -CAST(e.value AS BIGINT), 'k': e.key}}))"
    best = f"list_transform({ranked}[1:1], lambda x: {_as_seen(of, lists, 'x.k')})[1]"
    return (Alternative(best, None, inside=_inside(lists)),)


def _as_seen(of: Gathering, lists: Operand, struct: str) -> str:
    """The boxed value of a shared struct: of a whole number that was never seen as an integer, the float."""
    integers = [given.sql for given in lists if given.kind is Kind.INTEGER]
    if not integers or not any(given.kind is Kind.FLOAT for given in lists):
        return f"{struct}.b"
    seen = of.flat(f"CAST({integers[0]} AS HUGEINT[])")
    is_float = f"{struct}.r = 0 AND {ordering.is_whole(f'{struct}.n')} AND NOT list_contains({seen}, {struct}.i)"
    return f"CASE WHEN {is_float} THEN {struct}.b || '.0' ELSE {struct}.b END"


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
    value = of._one_column(last=False)
    present = of.to.bind(_with_time(of, value.sql, instant))
    place = of.place(f"{sign}{instant}")
    if place is not None:
        picked = of.rows(f"arg_min({present}, {place})")
    else:
        ordered = of.ordered(f"{sign}{instant}")
        picked = of.rows(f"first({present}{ordered}) FILTER ({present} IS NOT NULL)")
    return (replace(value, sql=picked, constant=None),)


def _rate(of: Gathering) -> Operand:
    instant = _time(of)
    given, _ = of.numbers()
    value = of.to.bind(_with_time(of, of.as_floats(given, False), instant))
    place = of.place(instant)
    if place is not None:
        first, last = (of.rows(f"{function}({value}, {place})") for function in ("arg_min", "arg_max"))
    else:
        present = f"FILTER ({value} IS NOT NULL)"
        first = of.rows(f"first({value}{of.ordered(instant)}) {present}")
        ends = of.ordered(f"-{instant}", last=True)
        last = of.rows(f"first({value}{ends}) {present}")
    return one(Kind.FLOAT, f"({last} - {first}) / {_seconds(of, value, instant)}")


def _per(length: int) -> Builder:
    def build(of: Gathering) -> Operand:
        instant = _time(of)
        given, many = of.numbers()
        value = of.to.bind(_with_time(of, of.as_floats(given, many), instant))
        total = of.over("fsum", value, many)
        return one(Kind.FLOAT, f"{total} / {_seconds(of, value, instant)} * {length}")

    return build


def _seconds(of: Gathering, value: str, instant: str) -> str:
    present = f"CASE WHEN {value} IS NOT NULL THEN {instant} END"
    last, first = (of.rows(f"{function}({present})") for function in ("max", "min"))
    return f"nullif(({last} - {first}) / 1e9::DOUBLE, 0)"


AGGREGATES: Final[dict[str, Builder]] = {
    "count": _count,
    "dc": _distinct_count,
    "estdc": _distinct_count,
    "sum": _sum,
    "sumsq": _sum_of_squares,
    "avg": _average,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "range": _range,
    "stdev": _spread_of("stddev_samp"),
    "stdevp": _spread_of("stddev_pop"),
    "var": _spread_of("var_samp"),
    "varp": _spread_of("var_pop"),
    "median": lambda of: _quantile(of, 50),
    "perc": _percentile,
    "values": _values,
    "list": _list,
    "first": _first,
    "last": _last,
    "mode": _mode,
    "earliest": _earliest,
    "latest": _latest,
    "rate": _rate,
    "per_second": _per(1),
    "per_minute": _per(60),
    "per_hour": _per(3600),
}


def find(measure: Measure) -> Builder | None:
    """What the aggregate of a measure becomes; None where DuckDB has no spelling of it."""
    known = find_aggregation(measure.function)
    return AGGREGATES.get(known.name) if known else None


def measured(
    to: Expressions, measures: Iterable[Measure], order: tuple[Key, ...], calls: Calls
) -> tuple[dict[str, Operand], list[tuple[Flaw, Span | None, str]]]:
    """Measures as operands over the calls that they are made of, and what may be wrong with them."""
    columns: dict[str, Operand] = {}
    flaws: list[tuple[Flaw, Span | None, str]] = []
    for measure in measures:
        spelled = find(measure)
        assert spelled is not None, "the engine was asked whether it can"
        gathering = Gathering(to, measure.arguments, order, calls)
        with to.at(measure.span):
            columns[measure.name] = spelled(gathering)
        flaws += [(flaw, measure.span, condition) for flaw, condition in gathering.flaws]
    return columns, flaws
