"""`appendcols`: the columns of a subquery's rows beside those that there are, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import ROW_NUMBER, Extend, Filter, Join, Measure, Project, Relation, Union, Window
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden
from trawl.expr import Call, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.options import Options
from trawl.language.tree import Query
from trawl.language.writer import Writer


@dataclass(frozen=True)
class AppendCols(Command):
    """Put the columns of a subquery's rows beside those that there are: the first beside the first, and so on.

    A column that both have stays as it is, unless `override=true` takes the values that the subquery has. Where the
    subquery has more rows, those beyond stand alone at the end.

    Synopsis:
        appendcols [override=BOOL] [ SUBQUERY ]

    Examples:
        Two counts side by side.

        >>> source web | stats count as all | appendcols [ source web | search status>=400 | stats count as bad ]
        all | bad
        6   | 2
    """

    name: ClassVar[str] = "appendcols"

    query: Query
    override: bool = False

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options, the subquery, options."""
        options = Options(cursor, override=cursor.boolean)
        options.read()
        query = cursor.subquery()
        options.read()
        return cls(query, options.get("override", False))

    def write(self, writer: Writer) -> None:
        """Writes options first."""
        writer.word(self.name)
        writer.option("override", self.override, False)
        writer.subquery(self.query)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Joins both by the places of their rows, and adds those that have no partner."""
        added = scope.subquery(self.query)
        taken = {*upstream.columns.names, *added.columns.names}
        place = hidden("place", taken)
        there = hidden("there", taken)
        left = Extend(_placed(upstream, place), ((there, Literal(True)),))
        right = _placed(added, place)
        keys = ((place, place),)
        beside = Join(left, right, keys, "left", 1, self.override)
        names = [*upstream.columns.names, *(name for name in added.columns.names if name not in upstream.columns)]
        marked = Project(left, ((place, place), (there, there)))
        alone = Filter(Join(right, marked, keys, "left", 1), Call("isnull", (Field(there),)))
        return Union((_only(beside, names), _only(alone, added.columns.names)))


def _placed(relation: Relation, place: str) -> Relation:
    return Window(relation, (), (Measure(ROW_NUMBER, (), place),))


def _only(relation: Relation, names: list[str] | tuple[str, ...]) -> Relation:
    return Project(relation, tuple((name, name) for name in names))
