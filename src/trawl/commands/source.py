"""`source`: the events to search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Relation
from trawl.commands.base import Command, Scope, SourceClause
from trawl.errors import Code, TrawlError
from trawl.language.cursor import Cursor
from trawl.language.habits import RANGES
from trawl.language.names import Written
from trawl.language.options import Options
from trawl.language.spelling import name_text, run_text
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Source(Command):
    """Take the events of sources, newest first.

    Names are separated by commas; a `*` in one stands for anything, and a leading `-` leaves out what the
    name means. A source named twice is read once.

    `qsize` keeps the newest events over all sources together. `earliest` and `latest` narrow or widen the
    range of time for this query; they take what `dtStart` takes. `timefield` names another field that
    holds the time.

    Synopsis:
        source [-]SOURCE[, [-]SOURCE ...] [qsize=N] [earliest=TIME] [latest=TIME] [timefield=FIELD]

    Examples:
        The two newest events.

        >>> source web qsize=2 | fields host, status
        host | status
        c    | 200
        a    | 500

        All sources whose names begin with `we`, but not those on `-old`.

        >>> source we*, -*-old | stats count
        count
        6
    """

    name: ClassVar[str] = "source"
    generates: ClassVar[bool] = True
    storage_tier: ClassVar[bool] = True

    clause: SourceClause

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads names, then options; options may stand first too."""
        options = Options(
            cursor,
            "what is looked for follows a bar: `| search {key}={value}`",
            qsize=cursor.integer,
            earliest=cursor.point,
            latest=cursor.point,
            timefield=lambda what: cursor.name(f"a field for {what}"),
        )
        options.read()
        patterns = [_pattern(cursor)]
        while cursor.mark(","):
            patterns.append(_pattern(cursor))
        options.read()
        if cursor.peek().word in RANGES and not cursor.at_end():
            raise cursor.surprise("`|`, an option or the end", RANGES[cursor.peek().word])
        if all(pattern.text.startswith("-") for pattern in patterns):
            reason = "every name is left out by its `-`, expected one to read"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint="`source *, -name`", span=patterns[0].span)
        clause = SourceClause(
            patterns=tuple(patterns),
            newest=options.get("qsize", None),
            earliest=options.get("earliest", None),
            latest=options.get("latest", None),
            time_field=options.get("timefield", None),
            span=patterns[0].span.to(patterns[-1].span),
        )
        return cls(clause)

    def write(self, writer: Writer) -> None:
        """Writes names, then options."""
        clause = self.clause
        writer.word(self.name)
        writer.list(run_text(pattern.text) for pattern in clause.patterns)
        writer.option("qsize", clause.newest)
        writer.option("earliest", clause.earliest and clause.earliest.text)
        writer.option("latest", clause.latest and clause.latest.text)
        if clause.time_field is not None:
            writer.word(f"timefield={name_text(clause.time_field.text)}")

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The scope knows the sources."""
        return scope.scan(self.clause)


def _pattern(cursor: Cursor) -> Written:
    token = cursor.text("the name of a source")
    if not token.text.strip("-*") and "*" not in token.text:
        hint = "`*, -NAME` leaves a source out"
        raise TrawlError(Code.SYNTAX_ERROR, f"found {token}, expected the name of a source", hint=hint, span=token.span)
    return Written(token.text, token.span)
