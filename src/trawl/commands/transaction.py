"""`transaction`: events that belong together put into one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self, TypeAlias

from trawl.algebra import Aggregate, Extend, Filter, Measure, Project, Relation, Session, Sort, SortKey
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden, one_each
from trawl.commands.grouping import lower_measures
from trawl.commands.habits import text_hint
from trawl.commands.terms import as_text
from trawl.datemath import Unit, find_unit
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, EveryField, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.expressions import read_expression
from trawl.language.names import Name, Written
from trawl.language.options import Options
from trawl.language.spelling import expression_text, name_text, quoted
from trawl.language.strides import Stride, nanoseconds
from trawl.language.tokens import Kind
from trawl.language.writer import Writer
from trawl.schema import TIME, Schema

Condition: TypeAlias = Written | Expr
"""What is true of an event: a text that it holds, or an expression."""

DURATION, COUNT, CLOSED = "duration", "eventcount", "closed_txn"


@dataclass(frozen=True)
class Transaction(Command):
    """Put events that belong together into one: those of equal values in all fields named, close in time.

    Events are looked at in the order of their time. One begins a new transaction where `startswith` is true
    of it; where `endswith` was true of the event before; where it comes more than `maxpause` after the event
    before or more than `maxspan` after the first; where the transaction has `maxevents` events. An event that
    lacks one of the fields is in no transaction; one with several values is in one for each.

    With `startswith` or `endswith` only transactions are kept that begin and end so; `keepevicted=true` keeps
    the others too. `closed_txn` is 1 for one that begins and ends so, else 0. Without the two it is 1 where
    `maxevents` is reached or another transaction of the same values follows, and 0 for the last one, which may
    go on. Both take an expression in brackets, as in `where`, or a text in double quotes, as in `search`.

    One event comes out for each transaction, the latest first: its time is that of its first event,
    `duration` the seconds from the first to the last, `eventcount` their number. The other fields hold the
    different values that the events have; `rawevent` names a field that holds those of all events (100 at
    most) in the order of time instead. A month counts as 30 days, a quarter as 90, a year as 365.

    Synopsis:
        transaction FIELD[, FIELD ...] [maxspan=SPAN] [maxpause=SPAN] [maxevents=N] [timefield=FIELD] [rawevent=FIELD]
        transaction FIELD[, FIELD ...] [startswith=(EXPRESSION)] [endswith=(EXPRESSION)] [keepevicted=BOOL]

    Examples:
        What each host was asked without a pause of half an hour.

        >>> source web | transaction host maxpause=30m | table host, duration, eventcount, closed_txn, status
        host | duration | eventcount | closed_txn | status
        c    | 0        | 1          | 0          | [200]
        a    | 0        | 1          | 0          | [500]
        b    | 0        | 1          | 0          | [404]
        b    | 0        | 1          | 1          | [200]
        a    | 600      | 2          | 1          | [200, 301]

        From an answer to the next error.

        >>> source web | transaction host startswith=(status == 200) endswith=(status >= 400) | table host, duration
        host | duration
        b    | 3300
        a    | 4800
    """

    name: ClassVar[str] = "transaction"
    replaces_events: ClassVar[bool] = True

    names: tuple[Name, ...] = ()
    time_field: Name | None = None
    span_most: Stride | None = None
    pause_most: Stride | None = None
    events_most: int | None = None
    starts: Condition | None = None
    ends: Condition | None = None
    raw_event: Name | None = None
    keeps_evicted: bool = False

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the fields and options; options before, between or after."""
        start = cursor.peek()
        options = Options(
            cursor,
            timefield=lambda what: cursor.name(f"a field for {what}"),
            maxspan=lambda what: _length(cursor, what),
            maxpause=lambda what: _length(cursor, what),
            maxevents=cursor.positive,
            startswith=lambda what: _condition(cursor, what),
            endswith=lambda what: _condition(cursor, what),
            endwith=lambda what: _condition(cursor, what),
            rawevent=lambda what: cursor.name(f"a field for {what}"),
            keepevicted=cursor.boolean,
        )
        options.read()
        names: list[Name] = []
        while not cursor.at_end():
            names += cursor.names()
            options.read()
        ends = options.get("endswith", None)
        if ends is not None and options.get("endwith", None) is not None:
            reason = "the option `endswith` is given twice, `endwith` is the same"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, span=cursor.span_from(start))
        command = cls(
            names=tuple(dict.fromkeys(names)),
            time_field=options.get("timefield", None),
            span_most=options.get("maxspan", None),
            pause_most=options.get("maxpause", None),
            events_most=options.get("maxevents", None),
            starts=options.get("startswith", None),
            ends=ends if ends is not None else options.get("endwith", None),
            raw_event=options.get("rawevent", None),
            keeps_evicted=options.get("keepevicted", False),
        )
        if command == cls():
            hint = "`transaction user maxpause=30m`"
            raise cursor.surprise("a field whose values belong together, or an option", hint)
        return command

    def write(self, writer: Writer) -> None:
        """Writes the fields, then options."""
        writer.word(self.name)
        if self.names:
            writer.names(self.names)
        if self.time_field is not None:
            writer.word(f"timefield={name_text(self.time_field.text)}")
        writer.option("maxspan", self.span_most)
        writer.option("maxpause", self.pause_most)
        writer.option("maxevents", self.events_most)
        for key, condition in (("startswith", self.starts), ("endswith", self.ends)):
            if isinstance(condition, Written):
                writer.word(f"{key}={quoted(condition.text)}")
            elif condition is not None:
                writer.word(f"{key}=({expression_text(condition)})")
        if self.raw_event is not None:
            writer.word(f"rawevent={name_text(self.raw_event.text)}")
        writer.option("keepevicted", self.keeps_evicted, False)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Sessions in the order of time, and one event of each."""
        known = upstream.columns
        time = self.time_field or Name(scope.time_field, span=self.span)
        for name in (*self.names, time, *([self.raw_event] if self.raw_event else [])):
            scope.note_unknown(name.field, known)
        for condition in (self.starts, self.ends):
            if isinstance(condition, Written) and (hint := text_hint(condition.text, known)):
                notice = as_text(condition.text, hint, condition.span)
                scope.warn(notice.code, notice.message, notice.span)
        events = one_each(upstream, *(name.text for name in self.names))
        if known.type_of(time.text) != TIME:
            events = Extend(events, ((time.text, Call("to_time", (time.field,), time.span)),))
        number, closed = (hidden(word, known.names) for word in ("transaction", "closed"))
        sessions: Relation = Session(
            Sort(events, (SortKey(time.field),)),
            tuple(name.field for name in self.names),
            time.field,
            number,
            closed,
            pause=nanoseconds(self.pause_most) if self.pause_most else None,
            length=nanoseconds(self.span_most) if self.span_most else None,
            most=self.events_most,
            starts=_lowered(self.starts),
            ends=_lowered(self.ends),
        )
        sessions = Filter(sessions, Call("isnotnull", (Field(number),)))
        if (self.starts or self.ends) and not self.keeps_evicted:
            sessions = Filter(sessions, Field(closed))
        return self._put_together(sessions, known, time.text, number, closed, scope)

    def _put_together(
        self, sessions: Relation, known: Schema, time: str, number: str, closed: str, scope: Scope
    ) -> Relation:
        """One event of each session."""
        times = (time, scope.time_field)
        keys = {name.text: name.field for name in self.names if name.text not in times}
        count, last = (hidden(word, known.names) for word in ("count", "last"))
        functions = {name: "values" for name in known.names if name not in keys}
        if self.raw_event and self.raw_event.text in functions:
            functions[self.raw_event.text] = "list"
        for name in times:
            if name == time or name in known:
                functions[name] = "min"
        listed = [Measure(function, (Field(name),), name, self.span) for name, function in functions.items()]
        measures = [*lower_measures(listed, scope)]
        measures += [Measure("max", (Field(time),), last), Measure("count", (), count)]
        groups = ((number, Field(number)), (closed, Field(closed)), *keys.items())
        together = Aggregate(sessions, groups, tuple(measures), span=self.span)
        told: tuple[tuple[str, Expr], ...] = (
            (DURATION, Call("sub", (Field(last), Field(time)))),
            (COUNT, Field(count)),
            (CLOSED, Call("if", (Field(closed), Literal(1), Literal(0)))),
        )
        shown = dict.fromkeys((*known.names, time, *(name for name, _ in told)))
        latest = Sort(Extend(together, told), (SortKey(Field(time), descending=True),))
        return Project(latest, tuple((name, name) for name in shown))


def _length(cursor: Cursor, what: str) -> Stride:
    """Takes a length of time; a bare number counts seconds."""
    token = cursor.peek()
    if token.text == "-1":
        raise cursor.surprise(f"a length of time for {what}", f"without {what} there is no limit")
    has_unit = not token.text.isdecimal() or find_unit(cursor.after(token).text)
    return cursor.stride(what) if has_unit else Stride(cursor.positive(what), Unit.SECOND)


def _condition(cursor: Cursor, what: str) -> Condition:
    """Takes a condition in brackets, which may stand after `eval`, or a text in double quotes."""
    token = cursor.peek()
    if token.kind is Kind.STRING:
        cursor.take(token)
        return Written(token.text, token.span)
    if token.is_word("eval") and cursor.after(token).is_mark("("):
        cursor.take(token)
    if not cursor.peek().is_mark("("):
        shown = clip(token.text) or "…"
        hint = f'an expression stands in brackets, `(status == 200)`, a text in double quotes: "{shown}"'
        raise cursor.surprise(f"a condition for {what}", hint)
    cursor.expect_mark("(")
    condition = read_expression(cursor)
    cursor.expect_mark(")")
    return condition


def _lowered(condition: Condition | None) -> Expr | None:
    if not isinstance(condition, Written):
        return condition
    text, span = condition
    return Call("search_text", (Literal(text, span), EveryField(span)), span)
