"""`dedup`: the first events of each combination of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Extend, Filter, Measure, Relation, Sort, SortKey, Window
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden, only
from trawl.commands.sorting import key_texts, read_keys
from trawl.expr import Call, Expr, Field, Literal, all_of
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.tokens import Kind
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Dedup(Command):
    """Keep the first event, or the first so many, of each combination of values.

    Events that lack one of the fields are dropped, unless `keepempty=true` keeps them all. With
    `consecutive=true` only events that follow on one another count as repeated. `keepevents=true` keeps
    every event and empties the fields of the repeated ones instead. `sortby` puts the events in order
    beforehand, so it says which ones are first.

    Synopsis:
        dedup [N] FIELD[, FIELD ...] [keepevents=BOOL] [keepempty=BOOL] [consecutive=BOOL] [sortby [-]FIELD, ...]

    Examples:
        The newest event of each host.

        >>> source web | dedup host | fields host, status
        host | status
        c    | 200
        a    | 500
        b    | 404

        The largest of each.

        >>> source web | dedup host sortby -bytes | fields host, bytes
        host | bytes
        a    | 5120
        b    | 512
        c    | 256
    """

    name: ClassVar[str] = "dedup"

    names: tuple[Name, ...]
    count: int = 1
    keeps_events: bool = False
    keeps_empty: bool = False
    consecutive: bool = False
    order: tuple[SortKey, ...] = ()

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the number, fields, options and `sortby`."""
        hint = "the number of events stands first: `dedup 3 field`"
        options = Options(cursor, hint, keepevents=cursor.boolean, keepempty=cursor.boolean, consecutive=cursor.boolean)
        options.read()
        token = cursor.peek()
        is_count = token.kind is Kind.WORD and token.text.isascii() and token.text.removeprefix("-").isdigit()
        count = cursor.positive("the number of events") if is_count else 1
        options.read()
        names = tuple(dict.fromkeys(cursor.names("sortby")))
        options.read()
        order = read_keys(cursor) if cursor.keyword("sortby") else ()
        options.read()
        return cls(
            names,
            count,
            options.get("keepevents", False),
            options.get("keepempty", False),
            options.get("consecutive", False),
            order,
        )

    def write(self, writer: Writer) -> None:
        """Writes the number, fields, options and `sortby`."""
        writer.word(self.name)
        if self.count != 1:
            writer.word(str(self.count))
        writer.names(self.names, "sortby")
        writer.option("keepevents", self.keeps_events, False)
        writer.option("keepempty", self.keeps_empty, False)
        writer.option("consecutive", self.consecutive, False)
        if self.order:
            writer.word("sortby")
            writer.list(key_texts(self.order))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Numbers the events of each combination; an event without one has no number."""
        fields = tuple(name.field for name in self.names)
        rank = hidden("rank", upstream.columns.names)
        events = Sort(upstream, self.order) if self.order else upstream
        partition: tuple[Expr, ...] = fields
        if self.consecutive:
            run = hidden("run", upstream.columns.names)
            events = self._numbered_runs(events, upstream, fields, run)
            partition = (*fields, Field(run))
        ranked = Window(events, partition, (Measure("row_number", (), rank),), frame="running")
        is_first: Expr = Call("le", (Field(rank), Literal(self.count)))
        if self.keeps_events:
            emptied = tuple((field.name, Call("if", (is_first, field, Literal(None)))) for field in fields)
            return only(Extend(ranked, emptied), upstream)
        if self.keeps_empty:
            is_first = Call("or", (Call("isnull", (Field(rank),)), is_first))
        return only(Filter(ranked, is_first), upstream)

    def _numbered_runs(self, events: Relation, upstream: Relation, fields: tuple[Field, ...], run: str) -> Relation:
        """Numbers the stretches of events that follow on one another with the same values, in column `run`."""
        if not self.keeps_empty and not self.keeps_events:
            events = Filter(events, all_of(*[Call("isnotnull", (field,)) for field in fields]))
        before = [hidden(f"before {n}", upstream.columns.names) for n in range(len(fields))]
        lasts = tuple(Measure("last", (field,), name) for field, name in zip(fields, before, strict=True))
        paired = Window(events, (), lasts, frame="running", size=1, include_current=False)
        same = all_of(*[Call("eq", (field, Field(name))) for field, name in zip(fields, before, strict=True)])
        changed = Call("if", (same, Literal(None), Literal(True)))
        return Window(paired, (), (Measure("count", (changed,), run),), frame="running")
