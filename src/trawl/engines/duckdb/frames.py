"""A SELECT under construction: where rows come from, what each field is in SQL, and the order of the rows.

Fields are named by mapping, physical columns have names of ours (`v7`), because DuckDB folds case. A frame
grows by layers: what is computed goes into the open layer, and a layer is closed, becoming a subquery, only
when something reads what it computes. Closing keeps just the columns that are still of use.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from trawl.engines.duckdb.operands import Alternative, Operand
from trawl.engines.duckdb.scopes import Flaw
from trawl.errors import Span

_COLUMN: Final = re.compile(r"\b[cv]\d+\b")
_SHORT: Final = re.compile(r"[\w.:'\-]{1,40}|\([\w.:'\-]{1,40}\)")


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order: an expression over the frame's columns. Nulls come last in both directions.

    Attributes:
        is_place: whether it is an integer and never null, so that its opposite is the opposite order.
    """

    sql: str
    descending: bool = False
    is_place: bool = False

    def __str__(self) -> str:
        return f"{self.sql} {'DESC' if self.descending else 'ASC'} NULLS LAST"


class Names:
    """Gives out names of columns, each once in a statement."""

    def __init__(self) -> None:
        self._numbers = count()

    def new(self) -> str:
        """A name that was not given out before."""
        return f"v{next(self._numbers)}"

    def stored(self) -> str:
        """A name for a column as a file has it."""
        return f"c{next(self._numbers)}"


@dataclass
class Frame:
    """A relation as SQL that is not yet finished.

    Attributes:
        names: gives out names for columns.
        source: what stands after FROM.
        columns: each field's value, as columns of the source or constants. Fields not named are null.
        order: keys that make the order of the rows total; empty where there is at most one row.
        is_ordered: whether the source gives the rows in that order already.
        carried: faults that nobody has counted yet: at which place of the query, and the column that says where.
    """

    names: Names
    source: str
    columns: Mapping[str, Operand]
    order: tuple[Key, ...] = ()
    is_ordered: bool = False
    carried: list[tuple[Flaw, Span | None, str]] = field(default_factory=list)
    _conditions: list[str] = field(default_factory=list)
    _computed: dict[str, str] = field(default_factory=dict)
    _held: list[str] = field(default_factory=list)

    def copy(self) -> Frame:
        """A frame that grows on its own from here."""
        return replace(
            self,
            carried=[*self.carried],
            _conditions=[*self._conditions],
            _computed=dict(self._computed),
            _held=[*self._held],
        )

    def renamed(self) -> Frame:
        """The same rows with names of their own, to stand beside this frame."""
        frame = self.copy()
        frame.close()
        names = {old: frame.names.new() for old in frame.selected() if _COLUMN.fullmatch(old)}
        listed = ", ".join(f"{old} AS {new}" for old, new in names.items()) or "1"

        def under(expression: str) -> str:
            return _COLUMN.sub(lambda found: names.get(found[0], found[0]), expression)

        return Frame(
            frame.names,
            f"(SELECT {listed} FROM {frame.source})",
            {
                field: tuple(g if g.constant is not None else replace(g, sql=under(g.sql)) for g in operand)
                for field, operand in frame.columns.items()
            },
            tuple(replace(key, sql=under(key.sql)) for key in frame.order),
        )

    def filter(self, condition: str) -> None:
        """Keeps the rows for which the condition is true."""
        self._reach(condition)
        self._conditions.append(condition)

    def compute(self, expression: str, name: str | None = None) -> str:
        """Adds a column and gives its name, a new one unless it has one."""
        self._reach(expression)
        name = name or self.names.new()
        self._computed[name] = expression
        self._held.append(name)
        return name

    def hold(self, name: str) -> None:
        """Keeps a column of the source until the fields are settled."""
        self._held.append(name)

    def bind(self, expression: str) -> str:
        """The expression under a name, if it is more than a name or a short constant already."""
        return expression if _SHORT.fullmatch(expression) else self.compute(expression)

    def note(self, flaw: Flaw, when: str) -> None:
        """Nothing: what is computed apart from expressions has no place in the query."""

    def settle(self, columns: Mapping[str, Operand], order: tuple[Key, ...] | None = None) -> None:
        """Replaces the fields, and the order where one is given; all that is no column yet becomes one."""
        keys = None if order is None else tuple(replace(key, sql=self.bind(key.sql)) for key in order)
        self.columns = {name: self._settled(operand) for name, operand in columns.items()}
        if keys is not None:
            self.order = keys
            self.is_ordered = False
        self._held.clear()

    def close(self) -> None:
        """Makes a subquery of all so far."""
        if self._conditions or self._computed:
            self.wrap(f"(SELECT {', '.join(self.selected())} FROM {self.source}{self._where()})")

    def wrap(self, source: str, without: Container[str] = ()) -> None:
        """Goes on over another source that has all the columns still of use, but for some that were held."""
        self._held = [name for name in self._held if name not in without]
        self.source = source
        self._conditions.clear()
        self._computed.clear()

    def selected(self) -> list[str]:
        """The columns still of use, as items of a SELECT over the source."""
        used = dict.fromkeys(self._used())
        return [f"{self._computed[name]} AS {name}" if name in self._computed else name for name in used] or ["1"]

    def select(self, expressions: Iterable[str]) -> str:
        """A SELECT of expressions over the rows, in any order."""
        listed = ", ".join(expressions)
        self._reach(listed)
        return f"SELECT {listed} FROM {self.source}{self._where()}"

    def select_in_order(self, expressions: Iterable[str], limit: int | None = None, offset: int = 0) -> str:
        """A SELECT of expressions over the rows in their order, from `offset` on and at most `limit`."""
        listed = ", ".join(expressions)
        order = "" if self.is_ordered else ", ".join(map(str, self.order))
        self._reach(f"{listed} {order}")
        clauses = f" ORDER BY {order}" if order else ""
        clauses += "" if limit is None else f" LIMIT {limit}"
        clauses += f" OFFSET {offset}" if offset else ""
        return f"SELECT {listed} FROM {self.source}{self._where()}{clauses}"

    def limit(self, most: int | None, offset: int = 0) -> None:
        """Keeps the rows from `offset` on, at most `most`."""
        self.close()
        self.wrap(f"({self.select_in_order(self.selected(), most, offset)})")

    def reverse(self) -> None:
        """Puts the rows in the opposite order; nulls, which come last in both directions, come first then."""
        order = []
        for key in self.order:
            if not key.is_place:
                order.append(Key(f"({key.sql}) IS NULL", descending=True))
            order.append(replace(key, descending=not key.descending))
        self.settle(self.columns, tuple(order))

    def ranks(self) -> str:
        """The rows' order for a window: `ORDER BY …`, or nothing where there is no order to keep."""
        return f"ORDER BY {', '.join(map(str, self.order))}" if self.order else ""

    def _where(self) -> str:
        return f" WHERE {' AND '.join(self._conditions)}" if self._conditions else ""

    def _reach(self, expression: str) -> None:
        if self._computed and any(name in self._computed for name in _COLUMN.findall(expression)):
            self.close()

    def _used(self) -> Iterable[str]:
        for operand in self.columns.values():
            for alternative in operand:
                yield from _COLUMN.findall(alternative.sql) if alternative.constant is None else ()
        for key in self.order:
            yield from _COLUMN.findall(key.sql)
        yield from self._held
        yield from (column for _, _, column in self.carried)

    def _settled(self, operand: Operand) -> Operand:
        return tuple(
            found if found.constant is not None else replace(found, sql=self._column(found)) for found in operand
        )

    def _column(self, alternative: Alternative) -> str:
        return alternative.sql if _COLUMN.fullmatch(alternative.sql) else self.compute(alternative.sql)


def nothing(names: Names) -> Frame:
    """A frame of no rows."""
    return Frame(names, "(SELECT 1 WHERE false)", {})
