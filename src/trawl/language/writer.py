"""The canonical text of a query: what commands write themselves with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from trawl.algebra import Measure
from trawl.expr import Expr
from trawl.language.names import Name
from trawl.language.searches import KEYWORDS
from trawl.language.spelling import expression_text, measure_text, name_text, pattern_text, run_text, search_text

if TYPE_CHECKING:
    from trawl.language.tree import Query


class Writer:
    """Collects the pieces of a query, one blank between them."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    @property
    def text(self) -> str:
        """What was written."""
        return " ".join(self._pieces)

    def word(self, word: str) -> None:
        """Writes a command's name, a keyword, a number or a bar."""
        self._pieces.append(word)

    def pipeline(self, query: Query) -> None:
        """Writes the commands of a query, bars between them."""
        for position, stage in enumerate(query.commands):
            if position:
                self.word("|")
            stage.write(self)

    def subquery(self, query: Query) -> None:
        """Writes a query in square brackets."""
        self.word("[")
        self.pipeline(query)
        self.word("]")

    def option(self, key: str, value: object, default: object = None) -> None:
        """Writes `key=value`, unless the value is the default."""
        if value != default:
            text = ("false", "true")[value] if isinstance(value, bool) else run_text(str(value))
            self._pieces.append(f"{key}={text}")

    def list(self, texts: Iterable[str]) -> None:
        """Writes texts with commas between them."""
        self._pieces.append(", ".join(texts))

    def name(self, name: str, keywords: Collection[str] = KEYWORDS) -> None:
        """Writes a field's name."""
        self._pieces.append(name_text(name, keywords))

    def names(self, names: Iterable[Name | str], *keywords: str) -> None:
        """Writes names and patterns; one that is a keyword is quoted."""
        reserved = (*KEYWORDS, "by", *keywords)
        self.list(
            name_text(name, reserved) if isinstance(name, str) else pattern_text(name, reserved) for name in names
        )

    def expression(self, expr: Expr) -> None:
        """Writes an expression of `where` and `eval`."""
        self._pieces.append(expression_text(expr))

    def bracket(self, expr: Expr) -> None:
        """Writes an expression in brackets."""
        self._pieces.append(f"({expression_text(expr)})")

    def search(self, expr: Expr, queries: Iterable[Query] = ()) -> None:
        """Writes a condition of `search`. `queries` are those that stand in it as terms."""
        texts = []
        for query in queries:
            inner = Writer()
            inner.subquery(query)
            texts.append(inner.text)
        self._pieces.append(search_text(expr, subqueries=texts))

    def measures(self, measures: Iterable[Measure]) -> None:
        """Writes measures."""
        self.list(map(measure_text, measures))
