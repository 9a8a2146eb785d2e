"""A search inside an expression: what the text of `searchmatch("…")` says, at its places in the query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final

from trawl.errors import Code, Span, TrawlError
from trawl.expr import Expr, Literal, rewrite
from trawl.language.cursor import Cursor
from trawl.language.nesting import Node, call
from trawl.language.searches import read_node
from trawl.language.tokens import Kind

SEARCH: Final = "searchmatch"


def read_embedded(arguments: Sequence[Node], span: Span, around: Cursor) -> Node:
    """The call `searchmatch(text, condition)` of a call with the text of a search.

    Args:
        arguments: what stands in its brackets. span: where the call stands. around: what reads the query, and takes
            the warnings of the search.

    Raises:
        TrawlError: `INVALID_ARGUMENT` for what is no text, and whatever the search is refused with.
    """
    given = arguments[0].expr if len(arguments) == 1 else None
    if not isinstance(given, Literal) or not isinstance(given.value, str):
        reason = "`searchmatch` takes one argument, the text of a search in double quotes"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint='searchmatch("status=500 error")', span=span)
    within = given.span or span
    places = _places(around.scanner.text[within.start + 1 : within.end - 1], given.value, within.start + 1)

    def placed(inner: Span | None) -> Span | None:
        return None if inner is None else Span(places[inner.start], places[inner.end])

    def moved(node: Expr) -> Expr:
        return replace(node, span=placed(node.span))

    cursor = Cursor(given.value)
    try:
        condition = read_node(cursor)
        if cursor.peek().kind is not Kind.END:
            raise cursor.surprise("a term or the end of the search")
    except TrawlError as error:
        reason = error.reason.replace("the end of the query", "the end of the search")
        raise TrawlError(error.code, reason, hint=error.hint, span=placed(error.span)) from None
    around.notices += [replace(notice, span=placed(notice.span)) for notice in cursor.notices]
    inside = Node(rewrite(condition.expr, moved), within, condition.height)
    return call(SEARCH, [arguments[0], inside], span)


def _places(written: str, text: str, start: int) -> list[int]:
    """Where the query spells each sign of a text, and its end: a sign may have a backslash before it."""
    lengths: list[int] = []
    position = 0
    for sign in text:
        is_escaped = written[position] == "\\" and written[position + 1 : position + 2] in ('"', "\\")
        lengths.append(2 if is_escaped else 1)
        assert written[position + lengths[-1] - 1] == sign
        position += lengths[-1]
    return list(accumulate(lengths, initial=start))
