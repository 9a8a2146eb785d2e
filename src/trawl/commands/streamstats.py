"""`streamstats`: measures over the events so far, added to every event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import ROW_NUMBER, Extend, Measure, Relation, Window
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden, only
from trawl.commands.grouping import lower_measures, note_counted, read_by
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, Expr, Field, Literal, walk
from trawl.language.cursor import Cursor
from trawl.language.expressions import read_expression
from trawl.language.measures import read_measures
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.spelling import expression_text
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Streamstats(Command):
    """Measure the events so far and add the measures to each event: running totals, moving averages, counts.

    The measures are those of `stats`, over the events up to and with each one, in the order in which they come:
    newest first, unless they were sorted. With `by` every group runs on its own; events that lack one of its
    fields stay as they are, without the measures.

    `window` looks at so many events of the group only, the last ones; 0 is all. `current=false` leaves out the
    event itself. What was measured so far is forgotten where `reset_before` is true, before that event is
    counted; where `reset_after` is true, after it; and with `reset_on_change=true` where the event has other
    values of `by` than the one before. A reset is one of the event's own group; without `by` of everything.

    Synopsis:
        streamstats MEASURE [as NAME][, MEASURE ...] [by FIELD[, FIELD ...]] [reset_on_change=BOOL]
            [reset_before=(EXPRESSION)] [reset_after=(EXPRESSION)] [window=N] [current=BOOL]

    Examples:
        What each host had sent, from the oldest event on.

        >>> source web | sort @timestamp | streamstats sum(bytes) as sent by host | fields host, bytes, sent
        host | bytes | sent
        a    | 5120  | 5120
        b    | 512   | 512
        a    | 1024  | 6144
        b    | 256   | 768
        a    | 512   | 6656
        c    | 256   | 256

        The status before each event, and how many successes there were in a row.

        >>> source web | reverse | streamstats last(status) as before current=false
        ... | streamstats count as n reset_before=(status >= 300) | fields status, before, n
        status | before | n
        200    |        | 1
        200    | 200    | 2
        301    | 200    | 1
        404    | 301    | 1
        500    | 404    | 1
        200    | 500    | 2
    """

    name: ClassVar[str] = "streamstats"

    measures: tuple[Measure, ...]
    by: tuple[Name, ...] = ()
    on_change: bool = False
    before: Expr | None = None
    after: Expr | None = None
    window: int = 0
    uses_current: bool = True

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads measures, `by` and its fields, options; these may stand before it all too."""
        options = Options(
            cursor,
            reset_on_change=cursor.boolean,
            reset_before=lambda what: _condition(cursor, what),
            reset_after=lambda what: _condition(cursor, what),
            window=cursor.integer,
            current=cursor.boolean,
            **{"global": lambda what: _refuse_global(cursor, what)},
        )
        options.read()
        measures = read_measures(cursor)
        options.read()
        by = read_by(cursor, measures)
        options.read()
        command = cls(
            measures,
            by,
            options.get("reset_on_change", False),
            options.get("reset_before", None),
            options.get("reset_after", None),
            options.get("window", 0),
            options.get("current", True),
        )
        command._refuse_own_measures()
        return command

    def write(self, writer: Writer) -> None:
        """Writes the measures, `by`, options."""
        writer.word(self.name)
        writer.measures(self.measures)
        if self.by:
            writer.word("by")
            writer.names(self.by)
        writer.option("reset_on_change", self.on_change, False)
        for key, condition in (("reset_before", self.before), ("reset_after", self.after)):
            if condition is not None:
                writer.word(f"{key}=({expression_text(condition)})")
        writer.option("window", self.window, 0)
        writer.option("current", self.uses_current, True)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Numbers the stretches between resets, then a running window over each stretch of each group."""
        note_counted(self.measures, scope)
        groups: tuple[Expr, ...] = tuple(name.field for name in self.by)
        names = [measure.name for measure in self.measures]
        taken = (*upstream.columns.names, *names)
        events, partition = upstream, groups
        if self.on_change and self.by:
            run = hidden("run", taken)
            events, partition = self._with_runs(events, run, taken), (*partition, Field(run))
        elif self.on_change:
            scope.warn("no_groups", "`reset_on_change` resets nothing, as there is no `by`", self.span)
        for word, condition in (("before", self.before), ("after", self.after)):
            if condition is not None:
                resets = hidden(word, taken)
                counted = Measure(
                    "count", (Call("if", (condition, Literal(True), Literal(None)), condition.span),), resets
                )
                events = Window(events, groups, (counted,), frame="running", include_current=word == "before")
                partition = (*partition, Field(resets))
        measures = lower_measures(self.measures, scope)
        measured = Window(
            events, partition, measures, frame="running", size=self.window, include_current=self.uses_current
        )
        return measured if events is upstream else only(measured, upstream, *names)

    def _with_runs(self, events: Relation, run: str, taken: tuple[str, ...]) -> Relation:
        """Numbers each stretch of events that follow on one another within a group, in column `run`.

        Between two of them the place among all that are in a group has grown by more than the one in the own group.
        """
        own, grouped, place = (hidden(word, taken) for word in ("own", "grouped", "place"))
        numbered = Window(events, tuple(name.field for name in self.by), (Measure(ROW_NUMBER, (), own),))
        is_in_none = Call("isnull", (Field(own),))
        marked = Extend(numbered, ((grouped, Call("if", (is_in_none, Literal(None), Literal(True)))),))
        placed = Window(marked, (Field(grouped),), (Measure(ROW_NUMBER, (), place),))
        return Extend(placed, ((run, Call("sub", (Field(place), Field(own)))),))

    def _refuse_own_measures(self) -> None:
        """Refuses a reset that hangs on what is only computed with it."""
        columns = {measure.name for measure in self.measures}
        for key, condition in (("reset_before", self.before), ("reset_after", self.after)):
            for node in walk(condition) if condition is not None else ():
                if isinstance(node, Field) and node.name in columns:
                    reason = f"`{key}` looks at `{clip(node.name)}`, which the command itself measures"
                    hint = "a reset looks at fields that the events have; a measure gets a name of its own with `as`"
                    raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=node.span)


def _condition(cursor: Cursor, what: str) -> Expr:
    if not cursor.peek().is_mark("("):
        raise cursor.surprise(
            f"`(` and an expression for {what}", f"the expression stands in brackets: `{what.strip('`')}=(a == 1)`"
        )
    cursor.expect_mark("(")
    condition = read_expression(cursor)
    cursor.expect_mark(")")
    return condition


def _refuse_global(cursor: Cursor, what: str) -> None:
    """Takes `global=false`, which is how it is."""
    token = cursor.peek()
    if cursor.boolean(what):
        hint = "the window of a group holds events of the group: `global=false`"
        raise TrawlError(Code.INVALID_ARGUMENT, f"{what} cannot be true", hint=hint, span=token.span)
