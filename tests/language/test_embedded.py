"""A search inside an expression stands at its places in the query, whatever signs have a backslash before them."""

from __future__ import annotations

import pytest

from trawl.errors import TrawlError
from trawl.expr import Call, EveryField, Field, Literal, walk
from trawl.language.cursor import Cursor
from trawl.language.expressions import read_expression
from trawl.language.nesting import DEEPEST


def test_everything_in_it_has_its_place() -> None:
    text = r'1 < 2 and searchmatch( "a=\"b \\\\ c\" word" ) '
    expr = read_expression(Cursor(text))
    assert isinstance(expr, Call)
    call = expr.arguments[1]
    assert isinstance(call, Call)
    _, condition = call.arguments
    found = [(type(node), text[node.span.start : node.span.end]) for node in walk(condition) if node.span]
    assert found == [
        (Call, r"a=\"b \\\\ c\" word"),
        (Call, r"a=\"b \\\\ c\""),
        (Field, "a"),
        (Literal, r"\"b \\\\ c\""),
        (Call, "word"),
        (Literal, "word"),
        (EveryField, "word"),
    ]


@pytest.mark.parametrize(
    ("text", "reason", "at"),
    [
        ('searchmatch("a=")', "found the end of the search, expected a value", ""),
        ('searchmatch("")', "found the end of the search, expected a term such as `word` or `field=value`", ""),
        (r'searchmatch("x \"y z")', 'the text has no closing `"`', r"\"y z"),
        ('searchmatch("a | b")', "found `|`, expected a term or the end of the search", "|"),
        ('searchmatch("a) b")', "found `)`, expected a term or the end of the search", ")"),
        ("searchmatch(a)", "`searchmatch` takes one argument, the text of a search in double quotes", "searchmatch(a)"),
        ("searchmatch()", "`searchmatch` takes one argument, the text of a search in double quotes", "searchmatch()"),
    ],
)
def test_what_is_none_is_refused_at_its_place(text: str, reason: str, at: str) -> None:
    with pytest.raises(TrawlError) as caught:
        read_expression(Cursor(text))
    span = caught.value.span
    assert caught.value.reason == reason
    assert span is not None
    assert text[span.start : span.end] == at


def test_it_nests_no_deeper_than_what_is_around_it() -> None:
    deep = "NOT " * (DEEPEST - 2) + "a"
    assert read_expression(Cursor(f'searchmatch("{deep}")'))
    with pytest.raises(TrawlError) as caught:
        read_expression(Cursor(f'abs(abs(searchmatch("{deep}")))'))
    assert caught.value.code.value == "query_too_deep"
