"""`untable`: columns to rows, one for each value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Relation, Unpivot
from trawl.commands.base import Command, Scope
from trawl.errors import Code, TrawlError, clip
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Untable(Command):
    """Make one event of each value, with the name of its field beside it.

    `untable x name value` keeps the field `x`; every other value of an event becomes an event of its own with
    `x`, the field that the value was in as `name`, and the value as `value`. The events come in order, and the
    values of each in the order of the columns. It undoes `xyseries`, `chart` and `timechart`.

    Synopsis:
        untable FIELD NAME NAME

    Examples:
        A table of statuses as a list.

        >>> source web | chart count over host by status | untable host status count | where count > 0
        host | status | count
        a    | 200    | 1
        a    | 301    | 1
        a    | 500    | 1
        b    | 200    | 1
        b    | 404    | 1
        c    | 200    | 1
    """

    name: ClassVar[str] = "untable"
    replaces_events: ClassVar[bool] = True

    kept: Name
    column: str
    value: str

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the field and the names of two columns."""
        names = cursor.names()
        if len(names) != 3:
            reason = f"found {len(names)} name{'s' * (len(names) > 1)}, expected a field and the names of two columns"
            place = names[min(len(names), 4) - 1].span
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint="`untable host name value`", span=place)
        kept, column, value = names
        for first, second in ((kept, column), (kept, value), (column, value)):
            if first.text == second.text:
                hint = "the three columns take different names"
                reason = f"two columns would be named `{clip(second.text)}`"
                raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=second.span)
        return cls(kept, column.text, value.text)

    def write(self, writer: Writer) -> None:
        """Writes the field and the names."""
        writer.word(self.name)
        writer.names((self.kept, self.column, self.value))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Turns all other columns."""
        scope.note_unknown(self.kept.field, upstream.columns)
        turned = tuple(name for name in upstream.columns.names if name != self.kept.text)
        return Unpivot(upstream, (self.kept.text,), turned, self.column, self.value)
