"""`bin`: times and numbers by the bucket that they lie in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, Self, TypeAlias

from trawl.algebra import Buckets, Extend, Measure, Relation, Window
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden, only
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.growths import Growth, read_growth
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.spelling import name_text
from trawl.language.strides import Stride, automatic, read_stride
from trawl.language.tokens import Kind
from trawl.language.writer import Writer
from trawl.schema import NUMBER
from trawl.schema import Kind as ValueKind
from trawl.values import exact_number, number_text

Width: TypeAlias = Stride | Growth | int | float
"""How wide buckets are."""
_TOO_HIGH: Final = 1e-9
_WIDEST: Final = 10**18
_PLACES: Final = 12
"""Decimal places that a width may have, so that buckets are multiples of it on every engine."""


@dataclass(frozen=True)
class Bin(Command):
    """Replace times or numbers by the lower edge of the bucket that they lie in.

    `span` is a length of time for times (`5m`, `1d`, `1mon`) and a width for numbers. Without it the length
    for times goes by the range of the search: 10 seconds up to 15 minutes of it, a minute up to an hour,
    5 minutes up to 4 hours, 30 minutes up to a day, then days, months, years; or the shortest that gives
    at most `bins` buckets, if `bins` is given. The width for numbers is their maximum / `bins`.
    `span=log10` makes buckets that begin at the powers of 10, `span=2log10` at 2 times these (2, 20, 200),
    and so on for other bases; numbers that are not above 0 lie in none, and are counted in a warning. So are
    numbers among times, and times among numbers, which have no bucket of the other kind.

    Synopsis:
        bin [bins=100] [span=SPAN] FIELD [as NAME]

    Examples:
        How large the answers are, by the kilobyte.

        >>> source web | bin span=1024 bytes | stats count by bytes
        bytes | count
        0     | 4
        1024  | 1
        5120  | 1
    """

    name: ClassVar[str] = "bin"
    aliases: ClassVar[tuple[str, ...]] = ("bucket",)

    field: Name
    span_given: Width | None = None
    bins: int | None = None
    target: str | None = None

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options, the field, `as`; options may stand last too."""
        options = Options(cursor, bins=cursor.positive, span=lambda what: read_width(cursor, what))
        options.read()
        name = cursor.name()
        if name.text[:1].isdecimal() and _is_field(cursor):
            shown = f"{clip(cursor.peek().text)} span={clip(name.text)}"
            raise cursor.surprise("`as`, an option or the end", f"the span is an option: `bin {shown}`")
        options.read()
        target = cursor.new_name() if cursor.keyword("as") else None
        options.read()
        if cursor.peek().text[:1].isdecimal():
            raise cursor.surprise(
                "an option, `|` or the end", f"the span is an option: `span={clip(cursor.peek().text)}`"
            )
        return cls(name, options.get("span", None), options.get("bins", None), target)

    def write(self, writer: Writer) -> None:
        """Writes options first."""
        writer.word(self.name)
        writer.option("bins", self.bins)
        write_width(writer, self.span_given)
        writer.word(name_text(self.field.text, ("as",)))
        writer.target(self.target)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Computes the lower edge, by what the field holds."""
        kinds = upstream.columns.type_of(self.field.text).kinds
        holds_time = kinds == {ValueKind.TIME}
        given = self.span_given
        if isinstance(given, Growth):
            if holds_time:
                hint = "a length of time has a unit: span=5m"
                raise self._mismatch(f"`{clip(self.field.text)}` holds times, but `{given}` is for numbers", hint)
            return self._extend(upstream, self._by_factor(given))
        if isinstance(given, Stride):
            if kinds and kinds <= {ValueKind.INTEGER, ValueKind.FLOAT, ValueKind.BOOLEAN}:
                hint = f"a width is a bare number: span={given.count}"
                raise self._mismatch(
                    f"`{clip(self.field.text)}` holds numbers, but `{given}` is a length of time", hint
                )
            value: Expr = self._value
            if kinds & NUMBER.kinds:
                value = Call("bucket_value_of_time", (value,), self.span)
            return self._extend(upstream, bucket_time(value, given.buckets(scope.zone)))
        if given is not None:
            if holds_time:
                hint = "a length of time has a unit: span=5m"
                raise self._mismatch(
                    f"`{clip(self.field.text)}` holds times, but `{number_text(given)}` is a number", hint
                )
            return self._extend(upstream, Call("bucket_number", (self._value, Literal(given)), self.span))
        if holds_time:
            stride = automatic(scope.range, scope.zone, self.bins)
            return self._extend(upstream, bucket_time(self._value, stride.buckets(scope.zone)))
        return self._by_maximum(upstream)

    def _by_maximum(self, upstream: Relation) -> Relation:
        """Numbers in buckets as wide as maximum / bins; without a positive maximum they stay as they are."""
        greatest = hidden("greatest", upstream.columns.names)
        measured = Window(upstream, (), (Measure("max", (self._value,), greatest),))
        width = Call("div", (Field(greatest), Literal(self.bins or 100)))
        edge = Call("mul", (Call("floor", (Call("div", (self._value, width)),)), width))
        chosen = Call("if", (Call("gt", (width, Literal(0))), edge, self._value))
        extended = Extend(measured, ((self.target or self.field.text, chosen),))
        return only(extended, upstream, self.target or self.field.text)

    def _by_factor(self, growth: Growth) -> Expr:
        """The greatest of the edges that is not above the number.

        Its place among them is computed with floats, and a little too high, so that at most one step is too many.
        """

        def call(function: str, *arguments: Expr) -> Expr:
            return Call(function, arguments, self.span)

        def edge(place: Expr) -> Expr:
            power = call("pow", Literal(growth.base), place)
            return power if growth.coefficient == 1 else call("mul", power, Literal(growth.coefficient))

        shift = math.log(growth.coefficient, growth.base) - _TOO_HIGH
        place = call("sub", call("div", call("ln", self._value), Literal(math.log(growth.base))), Literal(shift))
        upper = call("floor", place)
        above = call("gt", edge(upper), self._value)
        return call("if", above, edge(call("sub", upper, Literal(1))), edge(upper))

    @property
    def _value(self) -> Field:
        return self.field.field

    def _extend(self, upstream: Relation, value: Expr) -> Relation:
        return Extend(upstream, ((self.target or self.field.text, value),))

    def _mismatch(self, reason: str, hint: str) -> TrawlError:
        return TrawlError(Code.TYPE_MISMATCH, reason, hint=hint, span=self.span)


def _is_field(cursor: Cursor) -> bool:
    """Whether another name is next, and neither `as` nor an option."""
    token = cursor.peek()
    return token.kind is Kind.WORD and not token.is_word("as") and not cursor.at_option()


def bucket_time(value: Expr, buckets: Buckets) -> Call:
    """The lower edge of the bucket of a time."""
    constants = (Literal(buckets.size), Literal(buckets.unit), Literal(buckets.zone))
    return Call("bucket_time", (value, *constants), value.span)


def write_width(writer: Writer, given: Width | None) -> None:
    """Writes `span`, if it was given."""
    writer.option("span", number_text(given) if isinstance(given, int | float) else given)


def read_width(cursor: Cursor, what: str) -> Width:
    """Takes a length of time, or a width for numbers, which may grow by a factor."""
    token = cursor.peek()
    exact = exact_number(token.text) if token.kind is Kind.WORD else None
    if exact is not None:
        width = cursor.number(what)
        if not 0 < exact <= _WIDEST or -int(exact.normalize().as_tuple().exponent) > _PLACES:
            reason = f"found {token}, expected a width above 0, of {_PLACES} decimal places and {_WIDEST:,} at most"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint="such as `10` or `0.5`", span=token.span)
        return width
    token = cursor.text(f"a length of time or a width for {what}")
    return read_growth(token.text, token.span) or read_stride(token.text, token.span)
