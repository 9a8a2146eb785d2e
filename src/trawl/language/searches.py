"""The conditions of `search`: full-text terms and `field=value`, side by side (language.md 3). No text recurses.

From the loosest to the tightest: OR, AND (written or not), NOT, brackets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trawl.errors import Code, Notice, Span, TrawlError, clip
from trawl.expr import DEEPEST, Call, EveryField, Expr, Field, Literal, Subsearch
from trawl.language.cursor import Cursor
from trawl.language.habits import COMPUTED, comparison, computed_hint, subquery_hint, word_hint
from trawl.language.nesting import Node, call, too_deep
from trawl.language.tokens import Kind, Token

if TYPE_CHECKING:
    from trawl.language.tree import Query

COMPARISONS = {
    "=": "search_eq",
    "==": "search_eq",
    "!=": "search_eq",
    "<": "search_lt",
    "<=": "search_le",
    ">": "search_gt",
    ">=": "search_ge",
}
KEYWORDS = frozenset({"and", "or", "not", "in", "as"})
_TERMS = (Kind.WORD, Kind.STRING, Kind.NAME)
_AFTER_VALUE = (" ", ",", ")")
_VALUES = (Kind.WORD, Kind.STRING)
_BRACKETS = "a range is two comparisons: `field>=1 field<=5`; several values are listed by `field IN (1, 2)`"
_NO_TERMS = {"[": _BRACKETS, ",": COMPUTED, "=": "the field stands in front: `field=value`"}
"""Hints by the mark that stands where a term is expected."""
_QUOTE = "a value with a blank, comma, bar, bracket or comparison sign takes double quotes"


def read_search(cursor: Cursor, subqueries: list[Query] | None = None) -> Expr:
    """Takes the condition of a `search`: at least one term.

    `field!=value` becomes `field=* AND NOT field=value`, and `IN` an OR of equalities.

    Args:
        subqueries: takes the subqueries that stand as terms; None where there can be none.

    Raises:
        TrawlError: `SYNTAX_ERROR`, `INVALID_ARGUMENT`, `QUERY_TOO_DEEP`.
    """
    return read_node(cursor, subqueries).expr


def read_node(cursor: Cursor, subqueries: list[Query] | None = None) -> Node:
    """Takes the condition of a `search`, with an account of how deep it nests. As `read_search` otherwise."""
    return _Reading(cursor, subqueries).run()


@dataclass(slots=True)
class _Frame:
    """An open bracket, or the whole: alternatives, each of terms that hold together."""

    alternatives: list[list[Node]] = field(default_factory=lambda: [[]])
    negations: list[Token] = field(default_factory=list)
    called: str = ""
    """the word just before the bracket, which elsewhere would be a function"""


class _Reading:
    def __init__(self, cursor: Cursor, subqueries: list[Query] | None) -> None:
        self._cursor = cursor
        self._subqueries = subqueries
        self._frames = [_Frame()]

    def run(self) -> Node:
        cursor = self._cursor
        needs_term = True
        called: Token | None = None
        while True:
            token, frame = cursor.peek(), self._frames[-1]
            if token.kind in _TERMS and token.word not in KEYWORDS:
                self._add(self._term(token))
                needs_term = False
                called = token if self._is_call(token) else None
            elif token.word == "not":
                frame.negations.append(cursor.take(token))
                needs_term = True
            elif token.is_mark("("):
                cursor.take(token)
                self._frames.append(_Frame(called=called.text if called and called.end == token.start else ""))
                if len(self._frames) > DEEPEST + 1:
                    raise too_deep(token.span)
                needs_term = True
            elif token.is_mark("[") and self._subqueries is not None:
                self._add(self._subsearch(self._subqueries))
                needs_term = False
            elif not needs_term and token.is_mark(")") and len(self._frames) > 1:
                cursor.take(token)
                self._frames.pop()
                self._add(_merged(frame))
            elif not needs_term and token.word == "and":
                cursor.take(token)
                needs_term = True
            elif not needs_term and token.word == "or":
                cursor.take(token)
                frame.alternatives.append([])
                needs_term = True
            elif needs_term or len(self._frames) > 1:
                raise self._unexpected(token, needs_term)
            else:
                self._end(token)
                return _merged(frame)

    def _is_call(self, word: Token) -> bool:
        """Whether a word just taken reads like a function's name, as a bracket follows at once; then warns of it."""
        cursor = self._cursor
        is_call = word.end == cursor.position and word.word.isidentifier() and cursor.peek().is_mark("(")
        if is_call and cursor.peek().start == word.end:
            message = f"`{clip(word.text)}` is looked for as a word; {computed_hint(word.text)}"
            cursor.notices.append(Notice("term_is_text", message, word.span))
        return is_call

    def _unexpected(self, token: Token, needs_term: bool) -> TrawlError:
        if token.word in KEYWORDS:
            hint = f'the word itself is searched for in double quotes: "{token.text}"'
            return self._cursor.surprise("a term", hint)
        called = self._frames[-1].called
        if called and token.is_mark(","):
            return self._cursor.surprise("a term or `)`", computed_hint(called))
        expected = "a term such as `word` or `field=value`" if needs_term else "a term or `)`"
        return self._cursor.surprise(expected, _NO_TERMS.get(token.text) if token.kind is Kind.MARK else None)

    def _end(self, token: Token) -> None:
        """Refuses what would go on after a whole condition in other languages."""
        cursor = self._cursor
        if token.is_mark("["):
            raise cursor.surprise("a term, `|` or the end", _BRACKETS)
        if token.is_mark(","):
            after = cursor.after(token)
            is_list = after.kind in _VALUES and cursor.after(after).text not in COMPARISONS
            listed = "several values are listed by `field IN (1, 2)`, a value with a comma takes double quotes"
            raise cursor.surprise(
                "a term, `|` or the end", listed if is_list else "terms stand side by side: `a=1 b=2`"
            )

    def _add(self, node: Node) -> None:
        """Adds a term, with the NOTs that stand before it, to the innermost bracket."""
        frame = self._frames[-1]
        while frame.negations:
            start = frame.negations.pop().span
            node = call("not", [node], start.to(node.span))
        frame.alternatives[-1].append(node)

    def _subsearch(self, subqueries: list[Query]) -> Node:
        """Takes a subquery as a term."""
        token = self._cursor.peek()
        if self._cursor.scanner.text.endswith(":", 0, token.start):
            raise self._cursor.surprise("a term, `|` or the end", _BRACKETS)
        query = self._cursor.subquery()
        assert query.span is not None
        subqueries.append(query)
        return Node(Subsearch(len(subqueries) - 1, query.span), query.span)

    # --- terms ---------------------------------------------------------------------------------------

    def _term(self, first: Token) -> Node:
        cursor = self._cursor
        hint = word_hint(first.text) if first.kind is Kind.WORD else None
        if hint:
            raise cursor.surprise("a term such as `word` or `field=value`", hint)
        cursor.take(first)
        following = cursor.peek()
        if following.kind is Kind.MARK and following.text in COMPARISONS:
            name = self._field(first)
            cursor.take(following)
            return self._comparison(name, following.text)
        is_negated = following.word == "not" and cursor.after(following).word == "in"
        if is_negated or following.word == "in":
            name = self._field(first)
            cursor.take(cursor.after(following) if is_negated else following)
            return self._membership(name, is_negated)
        if first.kind is Kind.NAME:
            hint = f'a text takes double quotes: "{clip(first.text)}"'
            raise cursor.surprise("a comparison after the name of a field", hint, first)
        span = first.span
        return Node(Call("search_text", (Literal(first.text, span), EveryField(span)), span), span, 1)

    def _field(self, token: Token) -> Field:
        if token.kind is Kind.STRING or (token.kind is Kind.WORD and "*" in token.text):
            hint = f"an odd name takes single quotes: '{clip(token.text)}'" if token.kind is Kind.STRING else COMPUTED
            raise TrawlError(
                Code.SYNTAX_ERROR, f"found {token}, expected the name of a field", hint=hint, span=token.span
            )
        return Field(token.text, token.span)

    def _comparison(self, name: Field, sign: str) -> Node:
        token = self._value()
        value = Literal(token.text, token.span)
        span = self._span(name, token)
        if "*" in token.text and sign not in ("=", "==", "!="):
            reason = f"found {token} after `{sign}`, expected a number or a time"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, span=token.span)
        found = Call(COMPARISONS[sign], (name, value), span)
        if sign != "!=":
            return Node(found, span, 1)
        present = Call("search_eq", (name, Literal("*", token.span)), span)
        return Node(Call("and", (present, Call("not", (found,), span)), span), span, 3)

    def _membership(self, name: Field, is_negated: bool) -> Node:
        cursor = self._cursor
        if not cursor.mark("("):
            first = cursor.peek()
            shown = clip(first.text) if first.kind in _VALUES else "1"
            hint = f"the values stand in round brackets: `{clip(name.name)} IN ({shown}, …)`"
            if subquery := subquery_hint(first, cursor.after(first)):
                raise cursor.surprise("`(`", subquery)
            if first.kind is Kind.WORD and first.text.isalpha():
                hint += '; the word itself takes double quotes: "in"'
            raise cursor.surprise("`(`", hint)
        values = [self._value()]
        while cursor.comma_at_once() or cursor.mark(","):
            values.append(self._value())
        following = cursor.peek()
        if following.kind in _VALUES:
            raise cursor.surprise("`,` or `)`", f"a comma goes between two values: {values[-1]}, {following}")
        closing = cursor.expect_mark(")")
        span = self._span(name, closing)
        equal = [Node(Call("search_eq", (name, Literal(value.text, value.span)), span), span, 1) for value in values]
        found = equal[0] if len(equal) == 1 else call("or", equal, span)
        return call("not", [found], span) if is_negated else found

    def _span(self, name: Field, end: Token) -> Span:
        assert name.span is not None
        return Span(name.span.start, end.end)

    def _value(self) -> Token:
        token = self._cursor.peek()
        if token.word in KEYWORDS:
            raise self._cursor.surprise("a value", f'the word as a value takes double quotes: "{token.text}"')
        if token.kind not in _VALUES:
            raise comparison(self._cursor.scanner.text, token.start) or self._cursor.surprise(
                "a value", _value_hint(token, self._cursor.after(token))
            )
        self._cursor.take(token)
        if self._cursor.scanner.text.startswith(_AFTER_VALUE, token.end):
            return token
        following = self._cursor.peek()
        is_cut = following.start == token.end and following.kind in (Kind.STRING, Kind.MARK)
        if is_cut and token.kind is Kind.WORD and not following.is_mark(",", ")", "|", "]"):
            hint = 'a regular expression is asked for by `regex FIELD="…"`' if token.text == "~" else _QUOTE
            raise self._cursor.surprise("a blank after the value", hint)
        return token


def _value_hint(token: Token, following: Token) -> str:
    if hint := subquery_hint(token, following):
        return hint
    if token.is_mark("("):
        return "several values are listed by `field IN (1, 2)`"
    return _BRACKETS if token.is_mark("[") else _QUOTE


def _merged(frame: _Frame) -> Node:
    """The condition of a bracket."""
    return _joined("or", [_joined("and", terms) for terms in frame.alternatives])


def _joined(function: str, nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else call(function, nodes, nodes[0].span.to(nodes[-1].span), is_flat=True)
