"""`anomalydetection`: events whose numbers lie far from the usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import Extend, Filter, Measure, Relation, Window
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden, only
from trawl.commands.numeric import numbers
from trawl.errors import Code, TrawlError
from trawl.expr import Call, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.writer import Writer

SCORE, CAUSE = "anomaly_score", "probable_cause"
USUAL: Final = 3.5
"""The score beyond which a number is reported, as Iglewicz and Hoaglin advise."""
_MEDIAN_SHARE: Final = 0.6745
"""The median deviation of normal numbers, in standard deviations."""
_MEAN_SHARE: Final = 1.253314
"""The standard deviation of normal numbers, in mean deviations."""


@dataclass(frozen=True)
class Anomalydetection(Command):
    """Find the events that have a number far from the usual, measured by median and median deviation.

    The score of a number is its distance from the median of the field, times 0.6745, in median deviations from the
    median (MAD): for normal numbers that is the distance in standard deviations, and unlike these a few extreme
    numbers do not change it. Where more than half of the numbers are the same, so that the median deviation is
    0, it is the distance in 1.2533 mean deviations.

    Events that have a number with a score above `threshold` are kept; `action=annotate` keeps all. Each gets
    `anomaly_score`, the largest score of its fields, and where that is above the threshold `probable_cause`, the
    name of this field. Without fields all are looked at that hold a number in some event. Numeric text counts as the
    number that it is, and other text is left out with a counted warning. With `by` events are compared with those of
    their group.

    Synopsis:
        anomalydetection [action=filter|annotate] [threshold=3.5] [FIELD[, FIELD ...]] [by FIELD[, FIELD ...]]

    Examples:
        Answers of unusual size.

        >>> source web | anomalydetection bytes | fields path, bytes, anomaly_score, probable_cause
        path | bytes | anomaly_score | probable_cause
        /    | 5120  | 12.141        | bytes

        How unusual each one is.

        >>> source web qsize=3 | anomalydetection action=annotate bytes | fields bytes, anomaly_score
        bytes | anomaly_score
        256   | 0
        512   | 2.3936539446619123
        256   | 0
    """

    name: ClassVar[str] = "anomalydetection"

    names: tuple[Name, ...] = ()
    by: tuple[Name, ...] = ()
    threshold: int | float = USUAL
    keeps_all: bool = False

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options, names, `by` and its fields."""
        hint = "the method is median and deviation from it, what is reported has a score above `threshold=3.5`"
        options = Options(
            cursor, hint, action=lambda what: _keeps_all(cursor, what), threshold=lambda what: _positive(cursor, what)
        )
        options.read()
        has_names = not cursor.at_end() and not cursor.peek().is_word("by")
        names = cursor.names("by", patterns=True) if has_names else ()
        options.read()
        by = tuple(dict.fromkeys(cursor.names())) if cursor.keyword("by") else ()
        options.read()
        names = tuple(dict.fromkeys(names))
        return cls(names, by, options.get("threshold", USUAL), options.get("action", False))

    def write(self, writer: Writer) -> None:
        """Writes options first."""
        writer.word(self.name)
        writer.option("action", "annotate" if self.keeps_all else "filter", "filter")
        writer.option("threshold", self.threshold, USUAL)
        if self.names:
            writer.names(self.names)
        if self.by:
            writer.word("by")
            writer.names(self.by)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Medians, then deviations from them and their medians, then scores."""
        without = (SCORE, *(name.text for name in self.by))
        looked_at = numbers(upstream, self.names, scope, self.span, without)
        if not looked_at and not upstream.columns.open:
            scope.warn("no_numbers", "no field holds numbers", self.span)
        taken = (*upstream.columns.names, SCORE, CAUSE)
        fields = {name: _Columns.of(number, taken) for number, name in enumerate(looked_at)}
        groups = tuple(name.field for name in self.by)
        read = Extend(upstream, tuple((fields[name].number, value) for name, value in looked_at.items()))
        centred = Window(read, groups, tuple(Measure("median", (Field(f.number),), f.median) for f in fields.values()))
        deviating = Extend(centred, tuple((f.deviation, f.deviated()) for f in fields.values()))
        spread = Window(deviating, groups, tuple(measure for f in fields.values() for measure in f.spreads()))
        scored = Extend(spread, tuple((f.score, f.scored()) for f in fields.values()))
        scores = tuple(Field(f.score) for f in fields.values())
        best = Call("max", scores) if scores else Literal(None)
        judged = Extend(scored, ((SCORE, best),))
        pairs = [item for name, f in fields.items() for item in (f.is_best(), Literal(name))]
        is_far = Call("gt", (Field(SCORE), Literal(self.threshold)))
        cause = Call("if", (is_far, Call("case", tuple(pairs)), Literal(None))) if pairs else Literal(None)
        found: Relation = only(Extend(judged, ((CAUSE, cause),)), upstream, SCORE, CAUSE)
        return found if self.keeps_all else Filter(found, Call("isnotnull", (Field(CAUSE),)))


@dataclass(frozen=True)
class _Columns:
    """The columns of one field on the way to its score."""

    number: str
    median: str
    deviation: str
    usual: str
    mean: str
    score: str

    @classmethod
    def of(cls, number: int, taken: tuple[str, ...]) -> Self:
        """Names for the columns of a field, by its number."""
        words = ("number", "median", "deviation", "usual", "mean", "score")
        return cls(*(hidden(f"{word} {number}", taken) for word in words))

    def deviated(self) -> Expr:
        """How far the number is from the median."""
        return Call("abs", (Call("sub", (Field(self.number), Field(self.median))),))

    def spreads(self) -> tuple[Measure, ...]:
        """The median and the mean of that."""
        deviation = (Field(self.deviation),)
        return Measure("median", deviation, self.usual), Measure("avg", deviation, self.mean)

    def scored(self) -> Expr:
        """How far that is beyond the usual; where nothing deviates, it is 0 and stays so."""
        deviation, usual, mean = Field(self.deviation), Field(self.usual), Field(self.mean)
        by_mean = Call("div", (deviation, Call("mul", (mean, Literal(_MEAN_SHARE)))))
        rest = Call("if", (Call("gt", (mean, Literal(0))), by_mean, deviation))
        by_median = Call("div", (Call("mul", (deviation, Literal(_MEDIAN_SHARE))), usual))
        return Call("if", (Call("gt", (usual, Literal(0))), by_median, rest))

    def is_best(self) -> Expr:
        """Whether the score is the largest."""
        return Call("eq", (Field(self.score), Field(SCORE)))


def _keeps_all(cursor: Cursor, what: str) -> bool:
    token = cursor.peek()
    if not token.is_word("filter", "annotate"):
        summary = f"`anomalydetection action=annotate | stats count, max({SCORE}) by {CAUSE}`"
        hint = f"a summary is made by {summary}" if token.is_word("summary") else None
        reason = f"found {token}, expected `filter` or `annotate` for {what}"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=token.span)
    return cursor.take(token).is_word("annotate")


def _positive(cursor: Cursor, what: str) -> int | float:
    token = cursor.peek()
    found = cursor.number(what)
    if found <= 0:
        reason = f"found {token}, expected a number above 0 for {what}"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, span=token.span)
    return found
