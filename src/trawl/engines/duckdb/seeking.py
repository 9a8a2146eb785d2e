r"""What is looked for in a table, by each key of a `Match`, as columns that can be compared.

Texts with `*` become patterns of LIKE, with `\` before what is special there; networks become two edges between which
addresses lie as texts (`spelling.network.address_key`).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from trawl.algebra import How, MatchKey
from trawl.engines.duckdb import joining, sql
from trawl.engines.duckdb.arguments import text_of
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.grouping import listed
from trawl.engines.duckdb.hosts import Host, Shared, asking
from trawl.engines.duckdb.operands import Operand, element, has_lists, opened
from trawl.engines.duckdb.scopes import INLINE, Scope, Silent
from trawl.engines.duckdb.spelling.network import address_key


@dataclass(frozen=True)
class Tables:
    """Both sides, and what is needed to look at one beforehand.

    Attributes:
        left: the rows. right: the table.
        shared: the queries of what is read more than once.
    """

    left: Frame
    right: Frame
    host: Host
    shared: list[Shared]
    zone: str


@dataclass(frozen=True)
class Sought:
    """What is looked for by one key.

    Attributes:
        mine: a column of the rows: the same for rows that find the same, null or empty for those that find nothing.
        many: whether it holds lists, of which one item has to match.
        repeats: whether a row of the table may match in several ways.
        condition: whether an item matches a row of the table.
        cell: the column of the table that the item has to be equal to, if that is the condition.
    """

    mine: str
    many: bool
    repeats: bool
    condition: Callable[[str], str]
    cell: str | None = None

    @classmethod
    def equal(cls, mine: str, cell: str, *, many: bool, repeats: bool) -> Sought:
        """What is looked for by being equal."""
        return cls(mine, many, repeats, lambda item: f"{item} = {cell}", cell)


def sought(key: MatchKey, tables: Tables) -> Sought:
    """What is looked for by a key; what it is compared with becomes a column of the table."""
    left, right = tables.left, tables.right
    mine, theirs = left.columns.get(key.field.name, ()), right.columns.get(key.column, ())
    if key.how is How.EXACT and not key.folds:
        return _equal(mine, theirs, tables)
    many, repeats = has_lists(mine), has_lists(theirs)
    own = left.compute(_texts(mine, left, _Looked(key)))
    cells = _texts(theirs, right, _Held(key))
    cell = joining.entered(right, cells) if repeats else right.compute(cells)
    if key.how is How.CIDR:
        low, high = _edges(cell, tables)
        return Sought(own, many, many or repeats, lambda item: f"{item} BETWEEN {low} AND {high}")
    if key.how is How.WILDCARD:
        return Sought(own, many, many or repeats, lambda item: rf"{item} LIKE {cell} ESCAPE '\'")
    return Sought.equal(own, cell, many=many, repeats=many or repeats)


def _equal(mine: Operand, theirs: Operand, tables: Tables) -> Sought:
    """Equal as by `==`: by the values themselves, or by texts for each way in which they may be (`joining`)."""
    left, right = tables.left, tables.right
    if joining.is_plain(mine, theirs):
        cell = right.compute(theirs[0].sql)
        return Sought.equal(left.compute(mine[0].sql), cell, many=False, repeats=False)
    own, others = joining.kinds(mine), joining.kinds(theirs)
    many = has_lists(mine) or len(others) > 1
    enter = joining.entries if many else joining.entry
    looked = left.compute(enter(mine, Expressions(left, tables.zone), others, "{mine}={other}:"))
    cell = joining.entered(right, joining.entries(theirs, Expressions(right, tables.zone), own, "{other}={mine}:"))
    return Sought.equal(looked, cell, many=many, repeats=True)


_Compared = Callable[[str, Scope], str]
"""Makes of a text what it is compared by."""


def _texts(operand: Operand, frame: Frame, compared: _Compared) -> str:
    """What a value is compared by: one text, or a list where there may be several values."""
    to = Silent(frame)
    if not has_lists(operand):
        return compared(sql.coalesce((text_of(given, to) for given in opened(operand, to)), "VARCHAR"), to)
    lists = (
        f"list_transform({given.sql}, lambda x: {compared(text_of(element(given, 'x'), INLINE), INLINE)})"
        for given in listed(operand, to, apart=True)
    )
    return f"list_distinct(list_filter(list_concat({', '.join(lists)}, []::VARCHAR[]), lambda x: x IS NOT NULL))"


@dataclass(frozen=True)
class _Looked:
    """What a row is looked for by."""

    key: MatchKey

    def __call__(self, text: str, to: Scope) -> str:
        if self.key.how is How.CIDR:
            return address_key(text, to)
        return f"lower({text})" if self.key.folds else text


@dataclass(frozen=True)
class _Held:
    """What a row of the table is found by."""

    key: MatchKey

    def __call__(self, text: str, to: Scope) -> str:
        folded = f"lower({text})" if self.key.folds else text
        if self.key.how is not How.WILDCARD:
            return folded
        for sign in r"\%_":
            folded = f"replace({folded}, '{sign}', '\\{sign}')"
        return f"replace({folded}, '*', '%')"


_EDGES: Final = pa.schema([("cell", pa.string()), ("low", pa.string()), ("high", pa.string())])


def _edges(cell: str, tables: Tables) -> tuple[str, str]:
    """The first and the last address of the networks in a column, as columns. Other texts match nothing."""
    right = tables.right
    right.close()
    texts = tables.host.rows(asking(f"SELECT DISTINCT {cell} FROM {right.source}", tables.host, tables.shared))
    networks = [(text, *found) for (text,) in texts if text is not None and (found := _edges_of(text))]
    columns = list(zip(*networks, strict=True)) or [(), (), ()]
    table = tables.host.hand(pa.table([pa.array(column, pa.string()) for column in columns], _EDGES))
    low, high = right.names.new(), right.names.new()
    edges = f"(SELECT cell, low AS {low}, high AS {high} FROM {table})"
    kept = ", ".join(right.selected())
    right.wrap(f"(SELECT {kept}, {low}, {high} FROM {right.source} JOIN {edges} ON cell = {cell})")
    right.hold(low)
    right.hold(high)
    return low, high


def _edges_of(text: str) -> tuple[str, str] | None:
    try:
        block = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    width = 8 if block.version == 4 else 32
    first, last = int(block.network_address), int(block.broadcast_address)
    return f"{block.version}{first:0{width}x}", f"{block.version}{last:0{width}x}"
