"""`addtotals`: the sums of rows and of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Aggregate, Extend, Measure, Relation, Union
from trawl.commands.base import Command, Scope
from trawl.commands.numeric import numbers
from trawl.errors import Span
from trawl.expr import Call, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.spelling import name_text, quoted
from trawl.language.writer import Writer

TOTAL = "Total"


@dataclass(frozen=True)
class Addtotals(Command):
    """Add up the numbers of each row, of each column, or both.

    The sum of a row goes to `Total`, or to `fieldname`; it is missing where a row has no number. With `col=true`
    one more row comes last, with the sum of each column; `labelfield` names the field that holds the word
    `Total` there, or another `label`. Without fields all are added that hold a number in some event, so that
    nothing but text is added only where it is named. In what is added numeric text counts as the number that it is,
    and other text is left out with a counted warning. A `*` stands for anything.

    Synopsis:
        addtotals [row=true] [col=false] [fieldname=Total] [labelfield=FIELD] [label=Total] [FIELD[, FIELD ...]]

    Examples:
        How many requests of each host were good and bad, and all together.

        >>> source web | stats count(eval(status < 400)) as good, count(eval(status >= 400)) as bad by host
        ... | addtotals col=true labelfield=host
        host  | good | bad | Total
        a     | 2    | 1   | 3
        b     | 1    | 1   | 2
        c     | 1    | 0   | 1
        Total | 4    | 2   | 6
    """

    name: ClassVar[str] = "addtotals"

    names: tuple[Name, ...] = ()
    row: bool = True
    col: bool = False
    target: str = TOTAL
    label_field: str | None = None
    label: str = TOTAL

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options and names."""
        options = Options(
            cursor,
            row=cursor.boolean,
            col=cursor.boolean,
            fieldname=lambda what: cursor.new_name(),
            labelfield=lambda what: cursor.new_name(),
            label=lambda what: cursor.text(f"a text for {what}").text,
        )
        options.read()
        names = () if cursor.at_end() else cursor.names("by", patterns=True)
        options.read()
        if cursor.peek().is_word("by"):
            raise cursor.surprise("an option, `|` or the end", "sums of groups are computed by `stats sum(a) by b`")
        return cls(
            tuple(dict.fromkeys(names)),
            options.get("row", True),
            options.get("col", False),
            options.get("fieldname", TOTAL),
            options.get("labelfield", None),
            options.get("label", TOTAL),
        )

    def write(self, writer: Writer) -> None:
        """Writes options first."""
        writer.word(self.name)
        writer.option("row", self.row, True)
        writer.option("col", self.col, False)
        if self.target != TOTAL:
            writer.word(f"fieldname={name_text(self.target)}")
        if self.label_field is not None:
            writer.word(f"labelfield={name_text(self.label_field)}")
        if self.label != TOTAL:
            writer.word(f"label={quoted(self.label)}")
        if self.names:
            writer.names(self.names)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """A sum in each row; a row of sums after them."""
        added = numbers(upstream, self.names, scope, self.span, without=(self.target,))
        if not added and not self.names and not upstream.columns.open:
            scope.warn("no_numbers", "no field holds numbers; numeric text is added where fields are named", self.span)
        rows = upstream
        if self.row:
            total = _sum(list(added.values()), self.span)
            rows = Extend(upstream, ((self.target, total),))
        if not self.col:
            return rows
        columns = {**added, self.target: Field(self.target)} if self.row else added
        sums = tuple(Measure("sum", (number,), name, self.span) for name, number in columns.items())
        totals: Relation = Aggregate(rows, (), sums, span=self.span)
        if self.label_field is not None:
            totals = Extend(totals, ((self.label_field, Literal(self.label)),))
        return Union((rows, totals))


def _sum(numbers: Sequence[Expr], span: Span) -> Expr:
    """The sum of the numbers that are there; null where none is."""
    if len(numbers) <= 1:
        return numbers[0] if numbers else Literal(None)
    is_none = Call("isnull", (Call("coalesce", tuple(numbers)),))
    return Call("if", (is_none, Literal(None), _added([_or_zero(number) for number in numbers], span)))


def _added(numbers: Sequence[Expr], span: Span) -> Expr:
    """The sum, by halves, so that it nests no deeper than it must."""
    if len(numbers) == 1:
        return numbers[0]
    middle = len(numbers) // 2
    return Call("add", (_added(numbers[:middle], span), _added(numbers[middle:], span)), span)


def _or_zero(number: Expr) -> Expr:
    return Call("coalesce", (number, Literal(0)))
