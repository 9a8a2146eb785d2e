"""What is read is written and read the same: for queries made at random, and for every beginning of one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries import EXPRESSIONS, QUERIES, SEARCHES, TEXTS
from trawl import commands
from trawl.commands import documentation
from trawl.errors import TrawlError
from trawl.expr import Expr
from trawl.language.cursor import Cursor
from trawl.language.expressions import read_expression
from trawl.language.searches import read_search
from trawl.language.spelling import expression_text, quoted, search_text
from trawl.language.tokens import Grain, Scanner

EXAMPLES = [
    example.query
    for command in commands.REGISTRY.values()
    for example in documentation.read(command.__doc__ or "").examples
]
LONG = """\
source logs-*, -x*, "my index" qsize=5 earliest=-1d@d latest="2026-01-31||+1M/d" timefield='my time' // from here
| search (a="b c" OR NOT d!=e*) f IN (1, "2") ```and``` g>=-1.5 "full text"
| eval x = if(a LIKE "b%", -1, len(c) . "d") | where a==1 AND b==2 OR NOT c IN (3, null)
| timechart span=5m limit=3 avg(x) as "y z", p95(w), count(eval(a>1)) by host
| top 5 a, b by c showperc=false | dedup 2 a sortby -num(b), +c
| rename a* as b* | bin span=10 x as y | fillnull value=0 q"""
NESTED = """\
source a | append maxout=2 [ source b | search x=1 OR [ | makeresults | eval y="]" | format "(" "" "" "" "" ")" ] ]
| join type=left k [ source c | stats count by k ] | union [ source d ], [ source e | appendcols [ source f ] ]
| foreach a*, 'b c' [ eval <<FIELD>> = '<<FIELD>>' . "]" | where <<MATCHSTR>> > 1 ] | return 2 a $b 'c d'=e"""


@given(EXPRESSIONS)
def test_expressions(expr: Expr) -> None:
    text = expression_text(expr)
    cursor = Cursor(text)
    assert read_expression(cursor) == expr
    assert cursor.at_end()


@given(SEARCHES)
def test_searches(text: str) -> None:
    tree = read_search(Cursor(text))
    written = search_text(tree)
    assert read_search(Cursor(written)) == tree
    assert search_text(read_search(Cursor(written))) == written


@given(QUERIES)
def test_queries(text: str) -> None:
    query = commands.read(text)
    written = commands.write(query)
    again = commands.read(written)
    assert again == query
    assert commands.write(again) == written


@given(TEXTS)
def test_a_quoted_text_is_one_token(text: str) -> None:
    written = quoted(text)
    token = Scanner(written + " | x").token(0, Grain.EXPRESSION)
    assert token.text == text
    assert token.span.end == len(written)


@pytest.mark.parametrize("query", EXAMPLES)
def test_examples(query: str) -> None:
    written = commands.write(commands.read(query))
    assert commands.write(commands.read(written)) == written


@pytest.mark.parametrize("query", [*EXAMPLES, LONG, NESTED])
def test_every_beginning_is_read_or_refused_at_a_place_within_it(query: str) -> None:
    assert commands.read(query)
    for end in range(len(query)):
        check_answer(query[:end])


@given(st.text(max_size=60).map(lambda text: f"source a | {text}"))
def test_any_text_is_read_or_refused(text: str) -> None:
    check_answer(text)


@given(QUERIES, st.integers(0, 200), st.integers(0, 200))
def test_a_query_with_a_hole_is_read_or_refused(query: str, start: int, length: int) -> None:
    check_answer(query[:start] + query[start + length :])


def check_answer(text: str) -> None:
    try:
        query = commands.read(text)
    except TrawlError as error:
        for found in (error, *error.others):
            assert found.span is not None, found
            assert 0 <= found.span.start <= found.span.end <= len(text)
    else:
        assert commands.read(commands.write(query)) == query


@given(QUERIES)
def test_a_query_laid_out_is_the_same_query(text: str) -> None:
    query = commands.read(text)
    laid_out = commands.laid_out(query)
    again = commands.read(laid_out)
    assert again == query
    assert commands.laid_out(again) == laid_out


def test_a_query_is_laid_out_a_command_a_line_with_its_comments() -> None:
    text = """source web   qsize=5 // the newest
| SEARCH a="b // no comment" ```but this```   b=2 | append [source other|stats count|append [makeresults]] ```both```
// now count
| stats COUNT by a   // the end"""
    assert commands.laid_out(commands.read(text)) == (
        "source web qsize=5 // the newest\n"
        '| SEARCH a="b // no comment" ```but this```   b=2\n'
        "| append [\n"
        "    source other\n"
        "    | stats count\n"
        "    | append [\n"
        "        | makeresults\n"
        "    ]\n"
        "] ```both```\n"
        "// now count\n"
        "| stats count by a // the end"
    )


@pytest.mark.parametrize(
    "text",
    [
        "source a | sort - '`', -'b c'",
        "source a | search 'b!'=c",
        "source a | rare b | makeresults count=3",
        "source a | join b [ source c | inputlookup d ]",
    ],
)
def test_odd_names_and_places_come_back(text: str) -> None:
    query = commands.read(text)
    assert commands.read(commands.write(query)) == query
    assert commands.read(commands.laid_out(query)) == query
