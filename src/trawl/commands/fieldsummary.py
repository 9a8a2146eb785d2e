"""`fieldsummary`: what the values of each field are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Extend, Profile, Project, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.columns import shown
from trawl.expr import Call, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.writer import Writer
from trawl.schema import Kind as ValueKind

MOST_VALUES = 10
"""So many values of each field are listed where the query says nothing."""


@dataclass(frozen=True)
class Fieldsummary(Command):
    """Describe each field: one event a field, the most covered first.

    `count` is how many events have the field and `distinct_count` how many different values it has, of
    several in one event each; `is_exact` is 1, as they are counted and not estimated. `numeric_count` is how
    many of its values are numbers; `max`, `mean`, `min` and `stdev` (of a sample, so of two numbers at least)
    are of these, `max` and `min` of its times where there are no numbers. A text is no number, whatever it
    spells. `values` are the most frequent ones (10, or `maxvals`), most frequent first, and `value_counts` how
    often each is there. Fields that no event has are left out. Without names all fields are described.

    Synopsis:
        fieldsummary [maxvals=10] [FIELD[, FIELD ...]]

    Examples:
        Two fields.

        >>> source web | fieldsummary maxvals=2 host, bytes | table field, count, distinct_count, max, values
        field | count | distinct_count | max  | values
        bytes | 6     | 4              | 5120 | [256, 512]
        host  | 6     | 3              |      | ["a", "b"]
    """

    name: ClassVar[str] = "fieldsummary"
    replaces_events: ClassVar[bool] = True

    names: tuple[Name, ...] = ()
    most_values: int = MOST_VALUES

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the option and the names."""
        options = Options(cursor, maxvals=cursor.positive)
        options.read()
        names = () if cursor.at_end() else cursor.names(patterns=True)
        options.read()
        return cls(tuple(dict.fromkeys(names)), options.get("maxvals", MOST_VALUES))

    def write(self, writer: Writer) -> None:
        """Writes the option and the names."""
        writer.word(self.name)
        writer.option("maxvals", self.most_values, MOST_VALUES)
        if self.names:
            writer.names(self.names)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Profiles the fields and names what is told of them."""
        names = shown(upstream, self.names, scope)
        described = Project(upstream, tuple((name, name) for name in names)) if self.names else upstream
        profiled = Profile(described, self.most_values, deviates=True)
        columns = [column for column in upstream.columns if not self.names or column.name in names]
        has_times = any(ValueKind.TIME in column.type.kinds for column in columns)
        end = "boxed_value" if has_times else "boxed_number"
        told: tuple[tuple[str, Expr], ...] = (
            ("is_exact", Literal(1)),
            ("minimum", Call(end, (Field("minimum"),))),
            ("maximum", Call(end, (Field("maximum"),))),
            ("top", Call("boxed_value", (Field("top"),))),
        )
        return Project(Extend(profiled, told), _COLUMNS)


_COLUMNS = (
    ("field", "field"),
    ("count", "count"),
    ("distinct_count", "distinct"),
    ("is_exact", "is_exact"),
    ("max", "maximum"),
    ("mean", "average"),
    ("min", "minimum"),
    ("numeric_count", "numeric"),
    ("stdev", "deviation"),
    ("values", "top"),
    ("value_counts", "top_counts"),
)
