"""Expressions are read with the published precedence, and written so that they are read the same."""

from __future__ import annotations

import pytest

from trawl.errors import Code, TrawlError
from trawl.expr import DEEPEST, Call, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.expressions import read_expression
from trawl.language.spelling import expression_text


def read(text: str) -> Expr:
    cursor = Cursor(text)
    expr = read_expression(cursor)
    assert cursor.at_end()
    return expr


def call(function: str, *arguments: Expr | str | int) -> Call:
    """A call; a `str` is a field, an `int` a constant."""
    made = (
        Field(argument) if isinstance(argument, str) else Literal(argument) if isinstance(argument, int) else argument
        for argument in arguments
    )
    return Call(function, tuple(made))


A, B, C = call("eq", "a", 1), call("eq", "b", 2), call("eq", "c", 3)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a==1 AND b==2 OR c==3", call("and", A, call("or", B, C))),
        ("a==1 OR b==2 AND c==3", call("and", call("or", A, B), C)),
        ("(a==1 AND b==2) OR c==3", call("or", call("and", A, B), C)),
        ("a==1 and b==2 and c==3", call("and", A, B, C)),
        ("a==1 AND (b==2 AND c==3)", call("and", A, B, C)),
        ("NOT a==1 AND b==2", call("and", call("not", A), B)),
        ("NOT (a==1 OR b==2)", call("not", call("or", A, B))),
        ("a = 1", A),
        ("a + b * c", call("add", "a", call("mul", "b", "c"))),
        ("(a + b) * c", call("mul", call("add", "a", "b"), "c")),
        ("a - b - c", call("sub", call("sub", "a", "b"), "c")),
        ("a-b", call("sub", "a", "b")),
        ("'a-b'", Field("a-b")),
        ("a % b / c", call("div", call("mod", "a", "b"), "c")),
        ("-a * b", call("mul", call("neg", "a"), "b")),
        ("a - -1", call("sub", "a", -1)),
        ("-1", Literal(-1)),
        ("- 1", call("neg", 1)),
        ("-(1)", call("neg", 1)),
        ("a . b . c", call("concat", "a", "b", "c")),
        ("a.b.c", Field("a.b.c")),
        ('a."x"', Call("concat", (Field("a"), Literal("x")))),
        ('"x".b.c', Call("concat", (Literal("x"), Field("b.c")))),
        ('"n: " . a + 1 == b', call("eq", call("concat", Literal("n: "), call("add", "a", 1)), "b")),
        ("a IN (1, 2)", call("in", "a", 1, 2)),
        ("a not in (1)", call("not", call("in", "a", 1))),
        ("in(a, 1)", call("in", "a", 1)),
        ('a LIKE "x%"', Call("like", (Field("a"), Literal("x%")))),
        ('a NOT LIKE "x%" AND b==2', call("and", call("not", Call("like", (Field("a"), Literal("x%")))), B)),
        ("IF(a==1, b, c)", call("if", A, "b", "c")),
        ("now()", call("now")),
        ("true == TRUE()", call("eq", Literal(True), Literal(True))),
        ("null", Literal(None)),
        ("@timestamp > 5", call("gt", "@timestamp", 5)),
        ("spath{}.x{0} != 1", call("ne", "spath{}.x{0}", 1)),
        ("naïve == 1", call("eq", "naïve", 1)),
        (r'"C:\Windows\n"', Literal(r"C:\Windows\n")),
        (r'"say \"hi\" \\"', Literal('say "hi" \\')),
        ("+a", Field("a")),
    ],
)
def test_reading(text: str, tree: Expr) -> None:
    assert read(text) == tree
    assert read(expression_text(tree)) == tree


def test_numbers_keep_their_spelling_and_their_digits() -> None:
    assert read("1.50") == Literal(1.5, text="1.50")
    assert read("9007199254740993") == Literal(9007199254740993)
    assert read("-1e3") == Literal(-1000.0, text="-1e3")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a==1 and b==2 or c==3", "a == 1 AND (b == 2 OR c == 3)"),
        ("((a))", "a"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("not(a==1)", "NOT a == 1"),
        ("(not a)==b", "(NOT a) == b"),
        ("-(-a)", "-(-a)"),
        ("a in(1,2)", "a IN (1, 2)"),
        ("'in'==1", "'in' == 1"),
        ("LEN( a )", "len(a)"),
    ],
)
def test_the_canonical_text(text: str, canonical: str) -> None:
    assert expression_text(read(text)) == canonical


@pytest.mark.parametrize(
    ("text", "ours", "habit"),
    [
        ("a==1 AND b==2 OR c==3", "a==1 AND (b==2 OR c==3)", "(a==1 AND b==2) OR c==3"),
        ("a OR b AND c OR d", "(a OR b) AND (c OR d)", "a OR (b AND c) OR d"),
        ("f(a AND b OR c)", "a AND (b OR c)", "(a AND b) OR c"),
    ],
)
def test_and_beside_or_is_warned_of_with_both_readings(text: str, ours: str, habit: str) -> None:
    cursor = Cursor(text)
    read_expression(cursor)
    (notice,) = cursor.notices
    assert notice.code == "and_or_without_brackets"
    assert f"this is `{ours}`, not `{habit}`" in notice.message


@pytest.mark.parametrize("text", ["a AND (b OR c)", "(a AND b) OR c", "a OR b OR c", "a AND b"])
def test_brackets_leave_nothing_to_warn_of(text: str) -> None:
    cursor = Cursor(text)
    read_expression(cursor)
    assert cursor.notices == []


@pytest.mark.parametrize(
    ("text", "code", "at", "words"),
    [
        ("a ==", Code.SYNTAX_ERROR, "", "found the end of the query, expected a value"),
        ("(a", Code.SYNTAX_ERROR, "", "expected an operator or `)`"),
        ("a == 1 == 2", Code.SYNTAX_ERROR, "==", "expected AND, OR or the end"),
        ("a && b", Code.SYNTAX_ERROR, "&&", "found `&&`"),
        ("a == 10.0.0.1", Code.SYNTAX_ERROR, "10.0.0.1", "neither a number nor a name"),
        ("3com == 1", Code.SYNTAX_ERROR, "3com", "neither a number nor a name"),
        ("a == .5", Code.SYNTAX_ERROR, ".", "found `.`, expected a value"),
        ('a == "x', Code.SYNTAX_ERROR, '"x', "the text has no closing"),
        ("a == ''", Code.SYNTAX_ERROR, "''", "an empty name"),
        ("a == 1e999", Code.INVALID_ARGUMENT, "1e999", "too large"),
        (f"a == -{10**38}", Code.INVALID_ARGUMENT, f"-{10**38}", "too large"),
        ("a and and b", Code.SYNTAX_ERROR, "and", "expected a value"),
        ("a in 1", Code.SYNTAX_ERROR, "1", "a list of values after IN"),
        ("a in (1", Code.SYNTAX_ERROR, "", "expected an operator or `)`"),
        ("f(a,)", Code.SYNTAX_ERROR, ")", "expected a value"),
        ("()", Code.SYNTAX_ERROR, ")", "expected a value"),
        ("eq(a, 1)", Code.UNKNOWN_FUNCTION, "eq", "no function `eq`"),
        ("search_eq(a, 1)", Code.UNKNOWN_FUNCTION, "search_eq", "no function"),
        ("a == `m`", Code.SYNTAX_ERROR, "`", "backtick"),
        ("a ; b", Code.SYNTAX_ERROR, ";", "means nothing here"),
    ],
)
def test_errors_say_what_was_found_and_where(text: str, code: Code, at: str, words: str) -> None:
    with pytest.raises(TrawlError) as caught:
        read(text)
    error = caught.value
    assert error.code is code
    assert words in error.reason
    assert error.span is not None
    assert text[error.span.start : error.span.end] == at


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "a" + ")" * 5000,
        "(" * 5000,
        "abs(" * 5000 + "a" + ")" * 5000,
        "NOT " * 5000 + "a",
        "-" * 5000 + "a",
        "+".join(["a"] * 5000),
        "a in (" * 5000,
    ],
)
def test_what_nests_too_deep_is_refused(text: str) -> None:
    with pytest.raises(TrawlError) as caught:
        read(text)
    assert caught.value.code is Code.QUERY_TOO_DEEP


def test_the_deepest_that_is_taken_is_written_and_read_again() -> None:
    for text in (
        "(" * DEEPEST + "a" + ")" * DEEPEST,
        "abs(" * DEEPEST + "a" + ")" * DEEPEST,
        "+".join(["a"] * DEEPEST),
        " AND ".join(["a==1"] * 10_000),
        " . ".join(["a"] * 10_000),
    ):
        tree = read(text)
        assert read(expression_text(tree)) == tree
