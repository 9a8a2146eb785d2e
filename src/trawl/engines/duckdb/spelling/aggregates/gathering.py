"""One measure being compiled: what its arguments are for a row, and the calls of DuckDB that it is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from trawl.engines.duckdb import ordering, sql
from trawl.engines.duckdb.arguments import number, number_of_text
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Key, Names
from trawl.engines.duckdb.grouping import in_order, listed
from trawl.engines.duckdb.layouts import box
from trawl.engines.duckdb.operands import Alternative, Operand, has_lists, opened
from trawl.engines.duckdb.scopes import INLINE, Flaw
from trawl.expr import Expr
from trawl.schema import Kind, Type


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
        self._note_others(lists)
        items = [
            f"list_filter({ordering.each(given, lambda item: _item_number(item, integers))}, lambda x: x IS NOT NULL)"
            for given in lists
            if given.kind in {Kind.INTEGER, Kind.FLOAT, Kind.STRING}
        ]
        kind = Kind.INTEGER if integers else Kind.FLOAT
        joined = self.to.bind(f"list_concat({', '.join([*items, f'[]::{sql.TYPES[kind]}[]'])})")
        return Alternative(joined, kind), True

    def _note_others(self, lists: Operand) -> None:
        """Notes rows with values that are no numbers; one counts once, however many of them it has."""
        for given in lists:
            match given.kind:
                case Kind.BOOLEAN:
                    self.to.note(Flaw.BOOLEAN_NO_NUMBER, f"len({given.sql}) > 0")
                case Kind.TIME:
                    self.to.note(Flaw.TIME_NO_NUMBER, f"len({given.sql}) > 0")
                case Kind.STRING:
                    others = f"list_filter({given.sql}, lambda x: ({number_of_text('x', INLINE)}) IS NULL)"
                    self.to.note(Flaw.TEXT_NO_NUMBER, f"len({others}) > 0")

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

    def finite(self, result: str) -> str:
        """A float that can be held, else null, which is noted."""
        self.flaws.append((Flaw.FLOAT_OVERFLOW, f"NOT isfinite({result})"))
        return f"CASE WHEN isfinite({result}) THEN {result} END"

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

    def pick(self, *, last: bool = False) -> Operand:
        """The value of the row that comes first, or last; rows without one do not count."""
        value = self.one_column(last=last)
        if self.calls.window:
            picked = self.rows(f"{'last' if last else 'first'}_value({value.sql} IGNORE NULLS)")
            return (replace(value, sql=picked, constant=None),)
        place = self.place(last=last)
        if place is not None:
            picked = self.rows(f"arg_min({value.sql}, {place})")
        else:
            present = f"FILTER ({value.sql} IS NOT NULL)"
            picked = self.rows(f"first({value.sql}{self.ordered(last=last)}) {present}")
        return (replace(value, sql=picked, constant=None),)

    def one_column(self, *, last: bool) -> Alternative:
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
    """A value as one column of its kind, boxed where it has several: a whole float stays one."""
    found = opened(operand, to)
    if not found:
        return Alternative(sql.null("VARCHAR"), Kind.STRING)
    if len(found) == 1:
        return replace(found[0], sql=to.bind(found[0].sql))
    kinds = frozenset(given.kind for given in found if given.kind is not None)
    inside = Type(kinds, multivalue=any(given.many for given in found))
    boxed = sql.coalesce((box(given, to) for given in found), "VARCHAR")
    return Alternative(to.bind(boxed), None, inside=inside)


Builder = Callable[[Gathering], Operand]
