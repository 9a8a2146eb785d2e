"""What `aggs` and `stats` share: measures over groups of events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from trawl.algebra import Aggregate, Measure, Relation
from trawl.commands.base import Command, Scope
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, Expr, Field, Literal
from trawl.functions import find, find_aggregation
from trawl.functions.aggregates.collected import LIMITED_LIST
from trawl.language.cursor import Cursor
from trawl.language.measures import read_measures
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.spelling import expression_text
from trawl.language.writer import Writer
from trawl.schema import ANY, BOOLEAN


@dataclass(frozen=True)
class Grouping(Command):
    """Collapse events into groups and measure each group.

    Attributes:
        measures: as written.
        by: the fields that make the groups.
        keep_null: whether events that lack one of them make groups too.
    """

    replaces_events: ClassVar[bool] = True

    measures: tuple[Measure, ...]
    by: tuple[Name, ...] = ()
    keep_null: bool = False

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options, measures, `by` and its fields, options."""
        return cls.read_with(cursor, Options(cursor, keepnull=cursor.boolean))

    @classmethod
    def read_with(cls, cursor: Cursor, options: Options) -> Self:
        """Reads with options of the command's own beside `keepnull`."""
        options.read()
        measures = read_measures(cursor)
        options.read()
        by = read_by(cursor, measures)
        options.read()
        return cls(measures, by, options.get("keepnull", False))

    def write(self, writer: Writer) -> None:
        """Writes options first."""
        writer.word(self.name)
        self.write_options(writer)
        writer.option("keepnull", self.keep_null, False)
        writer.measures(self.measures)
        if self.by:
            writer.word("by")
            writer.names(self.by)

    def write_options(self, writer: Writer) -> None:
        """Writes the command's own options."""

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """One row a group."""
        note_counted(self.measures, scope)
        keys = tuple((name.text, name.field) for name in self.by)
        return Aggregate(upstream, keys, lower_measures(self.measures, scope), self.keep_null, span=self.span)


def read_by(cursor: Cursor, measures: Iterable[Measure]) -> tuple[Name, ...]:
    """Takes `by` and its fields, if they are there; each once."""
    if not cursor.keyword("by"):
        return ()
    columns = {measure.name for measure in measures}
    found: dict[Name, None] = {}
    for name in cursor.names("by"):
        if name.text in columns:
            reason = f"a measure and a group both go to the column `{clip(name.text)}`"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint="name the measure with `as`", span=name.span)
        found[name] = None
    return tuple(found)


def note_counted(measures: Iterable[Measure], scope: Scope) -> None:
    """Warns of `count(a > 1)`, which counts the events where the comparison has a value, be it false."""
    for measure in measures:
        match measure:
            case Measure("count", (Call() as condition,)) if _is_truth(condition):
                text = clip(expression_text(condition), 80)
                message = f"events are counted whether `{text}` is true or false; `count(eval({text}))` asks for true"
                scope.warn("counts_false_too", message, measure.span)


def _is_truth(call: Call) -> bool:
    """Whether a call gives a boolean, whatever it is given."""
    function = find(call.function)
    if function is None or len(call.arguments) < function.least:
        return False
    try:
        return function.result((ANY,) * len(call.arguments)) == BOOLEAN
    except TrawlError:
        return False


def lower_measures(measures: Iterable[Measure], scope: Scope, time_field: str | None = None) -> tuple[Measure, ...]:
    """Measures as the algebra has them: no `eval(…)`, the field of the time where one is looked at, and the most
    values that a list keeps.

    Args:
        time_field: the scope's, unless another one is given.
    """
    return tuple(_lowered(measure, scope, time_field or scope.time_field) for measure in measures)


def _lowered(measure: Measure, scope: Scope, time_field: str) -> Measure:
    aggregation = find_aggregation(measure.function)
    is_count = aggregation is not None and aggregation.name == "count"
    arguments = tuple(_evaluated(argument, is_count) for argument in measure.arguments)
    if aggregation is not None and aggregation.needs_time and len(arguments) == 1:
        arguments = (*arguments, Field(time_field, measure.span))
    if aggregation is not None and aggregation.name == "list" and len(arguments) == 1:
        arguments = (*arguments, Literal(scope.limit("list_limit"), measure.span))
        return replace(measure, function=LIMITED_LIST, arguments=arguments)
    return replace(measure, arguments=arguments)


def _evaluated(argument: Expr, is_count: bool) -> Expr:
    """`eval(x)` is `x`; counted are the events for which it is true."""
    if not (isinstance(argument, Call) and argument.function == "eval" and len(argument.arguments) == 1):
        return argument
    inner = argument.arguments[0]
    return Call("if", (inner, Literal(True), Literal(None)), argument.span) if is_count else inner
