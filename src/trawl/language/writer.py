"""The canonical text of a query: what commands write themselves with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final

from trawl.algebra import Measure
from trawl.expr import Expr
from trawl.language.names import Name
from trawl.language.searches import KEYWORDS
from trawl.language.spelling import expression_text, measure_text, name_text, pattern_text, run_text, search_text

if TYPE_CHECKING:
    from trawl.language.tree import Query


INDENT: Final = 4
"""Blanks that the lines of a subquery are set in."""


class Writer:
    """Collects the pieces of a query, one blank between them.

    Args:
        indent: blanks before a line; None for all on one line.
    """

    def __init__(self, indent: int | None = None) -> None:
        self._indent = indent
        self._pieces: list[str] = []
        self._between = ""

    @property
    def text(self) -> str:
        """What was written."""
        return "".join(self._pieces)

    def word(self, word: str) -> None:
        """Writes a command's name, a keyword or a number."""
        self._put(word)

    def bar(self) -> None:
        """Writes a bar, unless one stands there already."""
        if not self._pieces or not self._pieces[-1].endswith("|"):
            self._put("|")

    def _put(self, piece: str) -> None:
        self._pieces.append(self._between + piece)
        self._between = " "

    def _line(self) -> None:
        """Begins a line, where there are lines."""
        if self._indent is not None:
            self._between = "\n" + " " * self._indent

    def pipeline(self, query: Query) -> None:
        """Writes the commands of a query, bars between them."""
        for position, stage in enumerate(query.commands):
            if position:
                self._line()
                self.bar()
            stage.write(self)

    def subquery(self, query: Query) -> None:
        """Writes a query in square brackets."""
        self.word("[")
        if self._indent is not None:
            self._indent += INDENT
        self._line()
        self.pipeline(query)
        if self._indent is not None:
            self._indent -= INDENT
        self._line()
        self.word("]")

    def option(self, key: str, value: object, default: object = None) -> None:
        """Writes `key=value`, unless the value is the default."""
        if value != default:
            text = ("false", "true")[value] if isinstance(value, bool) else run_text(str(value))
            self._put(f"{key}={text}")

    def list(self, texts: Iterable[str]) -> None:
        """Writes texts with commas between them."""
        self._put(", ".join(texts))

    def name(self, name: str, keywords: Collection[str] = KEYWORDS) -> None:
        """Writes a field's name."""
        self._put(name_text(name, keywords))

    def names(self, names: Iterable[Name | str], *keywords: str) -> None:
        """Writes names and patterns; one that is a keyword is quoted."""
        reserved = (*KEYWORDS, "by", *keywords)
        self.list(
            name_text(name, reserved) if isinstance(name, str) else pattern_text(name, reserved) for name in names
        )

    def target(self, name: str | None) -> None:
        """Writes `as` and the name of a new column, if there is one."""
        if name is not None:
            self.word("as")
            self.name(name)

    def expression(self, expr: Expr) -> None:
        """Writes an expression of `where` and `eval`."""
        self._put(expression_text(expr))

    def bracket(self, expr: Expr) -> None:
        """Writes an expression in brackets."""
        self._put(f"({expression_text(expr)})")

    def search(self, expr: Expr, queries: Iterable[Query] = ()) -> None:
        """Writes a condition of `search`. `queries` are those that stand in it as terms."""
        texts = []
        for query in queries:
            inner = Writer(self._indent)
            inner.subquery(query)
            texts.append(inner.text)
        self._put(search_text(expr, subqueries=texts))

    def measures(self, measures: Iterable[Measure]) -> None:
        """Writes measures."""
        self.list(map(measure_text, measures))
