"""The conditions of `search`: terms, comparisons, lists, and how they hold together."""

from __future__ import annotations

import pytest

from trawl.errors import Code, TrawlError
from trawl.expr import Call, EveryField, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.searches import read_search
from trawl.language.spelling import search_text


def read(text: str) -> Expr:
    cursor = Cursor(text)
    expr = read_search(cursor)
    assert cursor.at_end()
    return expr


def compare(function: str, name: str, value: str) -> Call:
    return Call(function, (Field(name), Literal(value)))


def is_(name: str, value: str) -> Call:
    return compare("search_eq", name, value)


def text(words: str) -> Call:
    return Call("search_text", (Literal(words), EveryField()))


def all_(*terms: Expr) -> Call:
    return Call("and", terms)


def any_(*terms: Expr) -> Call:
    return Call("or", terms)


def not_(term: Expr) -> Call:
    return Call("not", (term,))


A, B, C = is_("a", "1"), is_("b", "2"), is_("c", "3")


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("a=1", A),
        ("a == 1", A),
        ('a="1"', A),
        ("a=1 b=2", all_(A, B)),
        ("a=1 AND b=2 c=3", all_(A, B, C)),
        ("a=1 OR b=2 c=3", any_(A, all_(B, C))),
        ("(a=1 OR b=2) c=3", all_(any_(A, B), C)),
        ("not a=1 or b=2", any_(not_(A), B)),
        ("NOT (a=1 b=2)", not_(all_(A, B))),
        ("NOT NOT a=1", not_(not_(A))),
        ("a!=1", all_(is_("a", "*"), not_(A))),
        ("b=2 a!=1", all_(B, is_("a", "*"), not_(A))),
        ("a>=5 a<7", all_(compare("search_ge", "a", "5"), compare("search_lt", "a", "7"))),
        ("a IN (1, 2*)", any_(is_("a", "1"), is_("a", "2*"))),
        ("a in (1)", A),
        ("a NOT IN (1)", not_(A)),
        ("error", text("error")),
        ('"two words"', text("two words")),
        ("err*", text("err*")),
        ('"err*"', text("err*")),
        ("don't panic", all_(text("don't"), text("panic"))),
        (r"path=C:\Windows\*", is_("path", r"C:\Windows\*")),
        (r'path="C:\Windows\*"', is_("path", r"C:\Windows\*")),
        ("ip=10.0.0.0/8", is_("ip", "10.0.0.0/8")),
        ("level=-1", is_("level", "-1")),
        ("url=http://x/*", is_("url", "http://x/*")),
        ("'odd name'=x", is_("odd name", "x")),
        ("event.code=4624", is_("event.code", "4624")),
        ("@timestamp>2026-01-31T10:00:00Z", compare("search_gt", "@timestamp", "2026-01-31T10:00:00Z")),
        ('a=""', is_("a", "")),
        ('a="NOT"', is_("a", "NOT")),
        ('"AND"', text("AND")),
        ("a=1 // the rest is a comment", A),
        ("a=1 ```and this``` b=2", all_(A, B)),
        ("wow!", text("wow!")),
    ],
)
def test_reading(query: str, tree: Expr) -> None:
    assert read(query) == tree
    assert read(search_text(tree)) == tree


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ('a="1" AND b="x y"', 'a=1 b="x y"'),
        ("a=* NOT a=1", "a!=1"),
        ("(a=1 b=2) OR c=3", "(a=1 b=2) OR c=3"),
        ("a=1 OR a=2", "a IN (1, 2)"),
        ("not (a=1 or a=2)", "NOT a IN (1, 2)"),
        ("NOT (a=1 OR b=2)", "NOT (a=1 OR b=2)"),
        ("'plain'=1", "plain=1"),
        ('"//x" "in"', '"//x" "in"'),
    ],
)
def test_the_canonical_text(query: str, canonical: str) -> None:
    assert search_text(read(query)) == canonical


@pytest.mark.parametrize(
    ("query", "code", "at", "hint"),
    [
        ("", Code.SYNTAX_ERROR, "", None),
        ("a=", Code.SYNTAX_ERROR, "", "takes double quotes"),
        ("a=b=c", Code.SYNTAX_ERROR, "=", "takes double quotes"),
        ("url=http://x/?a=b", Code.SYNTAX_ERROR, "=", "takes double quotes"),
        ("a=f(x)", Code.SYNTAX_ERROR, "(", "takes double quotes"),
        ("a=NOT", Code.SYNTAX_ERROR, "NOT", '"NOT"'),
        ("a=1 OR", Code.SYNTAX_ERROR, "", None),
        ("AND a=1", Code.SYNTAX_ERROR, "AND", '"AND"'),
        ("(a=1", Code.SYNTAX_ERROR, "", None),
        ("'a b'", Code.SYNTAX_ERROR, "'a b'", "double quotes"),
        ('"a b"=1', Code.SYNTAX_ERROR, '"a b"', "'a b'"),
        ("a*=1", Code.SYNTAX_ERROR, "a*", None),
        ("a IN ()", Code.SYNTAX_ERROR, ")", None),
        ("a IN (1, )", Code.SYNTAX_ERROR, ")", None),
        ("a<5*", Code.INVALID_ARGUMENT, "5*", None),
        ('a="x', Code.SYNTAX_ERROR, '"x', None),
        ("(" * 5000, Code.QUERY_TOO_DEEP, "(", None),
        ("NOT " * 5000 + "a", Code.QUERY_TOO_DEEP, None, None),
    ],
)
def test_errors_say_where_and_what_may_be_meant(query: str, code: Code, at: str | None, hint: str | None) -> None:
    with pytest.raises(TrawlError) as caught:
        read(query)
    error = caught.value
    assert error.code is code
    assert error.span is not None
    if at is not None:
        assert query[error.span.start : error.span.end] == at
    if hint is not None:
        assert hint in (error.hint or "")
