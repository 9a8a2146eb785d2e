"""`lookup`: what a lookup knows about the values of fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import Extend, How, Match, MatchKey, Relation
from trawl.commands.base import Command, Scope, Table
from trawl.commands.columns import hidden, only
from trawl.commands.inputlookup import name_of_lookup
from trawl.errors import Code, TrawlError, clip, meant, nearest_hint
from trawl.expr import Call, Field
from trawl.language.cursor import Cursor
from trawl.language.names import Name, Written
from trawl.language.options import Options
from trawl.language.searches import KEYWORDS
from trawl.language.spelling import name_text, run_text
from trawl.language.writer import Writer

_TYPES: Final = ("default", "fast", "source", "elk")
_CLAUSES: Final = ("output", "outputnew")
_RESERVED: Final = (*KEYWORDS, *_CLAUSES)


@dataclass(frozen=True)
class Pair:
    """A field of the lookup, and what it is called in the events."""

    theirs: Name
    ours: Name


@dataclass(frozen=True)
class Lookup(Command):
    """Add to each event what a lookup says about it.

    A row of the lookup matches an event if all the fields named do, compared as `==` does, or as the settings of
    the lookup say: as patterns, as networks, without regard to case. Several rows that match, the first ten of the
    file, give multivalues; `dedup=true` leaves out values that are there already. A multivalue of the event matches
    if one of its values does. An event without a match stays as it is.

    `output` overwrites fields of the event where the lookup has a value, `outputnew` fills them where the event has
    none. Without either, all other fields of the lookup are put out as by `output`.

    `type` and `system` are taken as they are published, and make no difference here.

    Synopsis:
        lookup [dedup=BOOL] [type=DEFAULT|FAST|SOURCE|ELK] [system=NAME] LOOKUP COLUMN [as FIELD][, ...]
            [output|outputnew COLUMN [as FIELD][, ...]]

    Examples:
        Who looks after the host of each event.

        >>> source web qsize=3 | lookup hosts host output owner | fields host, owner
        host | owner
        c    |
        a    | ann
        b    | ["bob", "bea"]

        The fields of a lookup under other names.

        >>> source web qsize=2 | lookup hosts host output site as city | fields host, city
        host | city
        c    |
        a    | Berlin
    """

    name: ClassVar[str] = "lookup"

    lookup: Written
    by: tuple[Pair, ...]
    output: tuple[Pair, ...] = ()
    overwrites: bool = True
    distinct: bool = False
    type: str = "default"
    system: str | None = None

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options, the name, fields, what is put out, options."""
        options = Options(
            cursor,
            "a field of the lookup is named as the event has it: `lookup NAME {key} as {value}`",
            dedup=cursor.boolean,
            type=lambda what: _type(cursor, what),
            system=lambda what: cursor.text(f"a name for {what}").text,
        )
        options.read()
        lookup = name_of_lookup(cursor)
        options.read()
        if cursor.peek().is_word(*_CLAUSES):
            hint = "the field to match stands after the name: `lookup NAME FIELD output …`"
            raise cursor.surprise("a field of the lookup", hint)
        by = _pairs(cursor)
        options.read()
        word = cursor.peek().word
        output = _pairs(cursor) if cursor.keyword(*_CLAUSES) else ()
        options.read()
        _refuse_twice(output)
        return cls(
            lookup,
            by,
            output,
            not output or word == "output",
            options.get("dedup", False),
            options.get("type", "default"),
            options.get("system", None),
        )

    def write(self, writer: Writer) -> None:
        """Writes options first."""
        writer.word(self.name)
        writer.option("dedup", self.distinct, False)
        writer.option("type", self.type.upper(), "DEFAULT")
        if self.system is not None:
            writer.word(f"system={run_text(self.system)}")
        writer.word(run_text(self.lookup.text))
        writer.list(map(_written, self.by))
        if self.output:
            writer.word("output" if self.overwrites else "outputnew")
            writer.list(map(_written, self.output))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Matches rows of the lookup; a field that both have is put together afterwards."""
        table = scope.lookup(self.lookup)
        known = upstream.columns
        for pair in self.by:
            scope.note_unknown(pair.ours.field, known)
        for pair in (*self.by, *self.output):
            self._expect(pair.theirs, table)
        keys = tuple(_key(pair, table) for pair in self.by)
        added = [(pair.ours.text, pair.theirs.text) for pair in self.output] or list(self._others(table))
        if known.open:
            return Match(upstream, table.rows, keys, tuple(added), table.most, self.distinct)
        taken = set(known.names)
        names = {ours: hidden(f"lookup {ours}", taken) if ours in known else ours for ours, _ in added}
        matched = Match(
            upstream,
            table.rows,
            keys,
            tuple((names[ours], theirs) for ours, theirs in added),
            table.most,
            self.distinct,
        )
        both = [(ours, helper) for ours, helper in names.items() if ours != helper]
        if not both:
            return matched
        chosen = tuple(
            (ours, Call("coalesce", (Field(helper), Field(ours)) if self.overwrites else (Field(ours), Field(helper))))
            for ours, helper in both
        )
        return only(Extend(matched, chosen), upstream, *names)

    def _others(self, table: Table) -> Iterator[tuple[str, str]]:
        """All fields of the lookup but those that are matched."""
        matched = {pair.theirs.text for pair in self.by}
        return ((name, name) for name in table.rows.columns.names if name not in matched)

    def _expect(self, name: Name, table: Table) -> None:
        known = table.rows.columns
        if name.text not in known:
            shown = ", ".join(f"`{clip(each)}`" for each in known.names[:8])
            hint = meant(known.nearest(name.text)) or (f"its fields are {shown}" if shown else "it has no fields")
            reason = f"the lookup `{clip(self.lookup.text)}` has no field `{clip(name.text)}`"
            raise TrawlError(Code.UNKNOWN_FIELD, reason, hint=hint, span=name.span)


def _key(pair: Pair, table: Table) -> MatchKey:
    how = table.how.get(pair.theirs.text, How.EXACT)
    return MatchKey(pair.ours.field, pair.theirs.text, how, table.folds and how is not How.CIDR)


def _pairs(cursor: Cursor) -> tuple[Pair, ...]:
    """Takes fields with what they are called in events; commas between them may be left out."""
    found = [_pair(cursor)]
    while True:
        has_comma = cursor.mark(",")
        token = cursor.peek()
        if not has_comma and (cursor.at_end() or cursor.at_option() or token.is_word(*_CLAUSES)):
            return tuple(found)
        if not has_comma and token.word != "as":
            cursor.refuse_clause()
        found.append(_pair(cursor))


def _pair(cursor: Cursor) -> Pair:
    theirs = cursor.name("a field of the lookup")
    return Pair(theirs, cursor.name() if cursor.keyword("as") else theirs)


def _written(pair: Pair) -> str:
    theirs, ours = (name_text(name.text, _RESERVED) for name in (pair.theirs, pair.ours))
    return theirs if pair.theirs == pair.ours else f"{theirs} as {ours}"


def _refuse_twice(output: tuple[Pair, ...]) -> None:
    seen: set[str] = set()
    for pair in output:
        if pair.ours.text in seen:
            reason = f"two fields of the lookup would go to `{clip(pair.ours.text)}`"
            hint = "name one of them with `as`"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=pair.ours.span)
        seen.add(pair.ours.text)


def _type(cursor: Cursor, what: str) -> str:
    token = cursor.text(f"`DEFAULT`, `FAST`, `SOURCE` or `ELK` for {what}")
    found = token.text.lower()
    if found not in _TYPES:
        reason = f"found `{clip(token.text)}`, expected `DEFAULT`, `FAST`, `SOURCE` or `ELK` for {what}"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=nearest_hint(found, _TYPES), span=token.span)
    return found
