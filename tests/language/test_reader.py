"""Queries as a whole: commands in a row, several errors at once, limits, and texts that want to hurt."""

from __future__ import annotations

import pytest

from trawl import commands
from trawl.errors import Code, TrawlError


def errors(text: str) -> list[TrawlError]:
    with pytest.raises(TrawlError) as caught:
        commands.read(text)
    return [caught.value, *caught.value.others]


def test_a_query_is_commands_in_a_row() -> None:
    query = commands.read("SOURCE web\n| search a=1   // only these\n| Stats count BY host")
    assert [type(command).name for command in query.commands] == ["source", "search", "stats"]
    assert commands.write(query) == "source web | search a=1 | stats count by host"


def test_a_command_knows_its_place() -> None:
    text = "  source web | head 5  | tail"
    spans = [command.span for command in commands.read(text).commands]
    assert [text[span.start : span.end] for span in spans] == ["source web", "head 5", "tail"]


def test_a_bar_may_lead() -> None:
    assert commands.read("| source web") == commands.read("source web")
    assert commands.write(commands.read(" | makeresults ")) == "| makeresults"


def test_several_errors_come_together_in_order() -> None:
    text = "source web | serch foo | head x | where a == | stats count"
    found = errors(text)
    assert [error.code for error in found] == [Code.UNKNOWN_COMMAND, Code.INVALID_ARGUMENT, Code.SYNTAX_ERROR]
    assert [text[error.span.start : error.span.end] for error in found if error.span] == ["serch", "x", "|"]


def test_after_an_open_quote_nothing_else_is_said() -> None:
    assert len(errors('source web | search "a | head x | tail y')) == 1


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("", Code.SYNTAX_ERROR, "a query begins with `source NAME`"),
        ("|", Code.SYNTAX_ERROR, "a query begins with `source NAME`"),
        ("index=main error", Code.SYNTAX_ERROR, "`source main | …`"),
        ("SELECT * FROM x", Code.UNKNOWN_COMMAND, "`source NAME | …`"),
        ("error 42", Code.UNKNOWN_COMMAND, "a query begins with `source NAME`"),
        ("soruce web", Code.UNKNOWN_COMMAND, "did the query mean `source`"),
        ("source web | group by host", Code.UNKNOWN_COMMAND, "`stats count by a`"),
        ("source web | sttats count", Code.UNKNOWN_COMMAND, "did the query mean `stats`"),
        ("source web || head", Code.SYNTAX_ERROR, "OR is how `||` is written"),
        ("source web |", Code.SYNTAX_ERROR, "the last bar is left out"),
        ("source web qsise=5", Code.UNKNOWN_ARGUMENT, "did the query mean `qsize`?"),
        ("source web | stats count(x) | sort count(x)", Code.SYNTAX_ERROR, "'count(x)'"),
        ("source web | where a == 'x' AND b == \"c\\\"", Code.SYNTAX_ERROR, "doubled"),
    ],
)
def test_hints_say_what_may_be_meant(text: str, code: Code, hint: str) -> None:
    (error,) = errors(text)
    assert error.code is code
    assert hint in (error.hint or "")


def test_limits_of_size() -> None:
    assert errors("x" * ((1 << 20) + 1))[0].code is Code.BODY_TOO_LARGE
    assert errors("source " + "é" * (1 << 19))[0].code is Code.BODY_TOO_LARGE
    assert len(commands.read("source a" + "|head" * 999).commands) == 1000
    assert errors("source a" + "|head" * 1000)[0].code is Code.QUERY_TOO_LARGE
    assert errors("source a" + "|head" * 10_000)[0].code is Code.QUERY_TOO_LARGE


MEBIBYTE = 1 << 20


@pytest.mark.parametrize(
    "text",
    [
        "|" * 10_000,
        "x|" * 10_000,
        "source a | where ( | " * 5000,
        'source a | search " | ' * 5000,
        "source a | search " + "'" * 100_000,
        "source a | search " + "`" * 100_000,
        'source a | serch "' + '\\"' * 500_000,
        "source a | search " + "[" * 100_000,
        "source a | where a" + "{" * 100_000,
        "source a | where a" + "." * 100_000,
        "source a | where a==" + "1" * 100_000,
        "source a earliest=now" + "-1d" * 10_000 + "x",
        "source a qsize=" + "1" * 100_000,
        "source a | head " + "-" * 100_000,
        "\x00",
        "source \ud800 | where \ud800",
        "source a | where \u2028 \x85 \x0b =",
        "source a | where ٣ == 3",
    ],
    ids=lambda text: f"{text[:30]!r} of {len(text)}",
)
def test_texts_that_want_to_hurt_are_refused_in_words(text: str) -> None:
    for error in errors(text):
        assert error.span is not None
        assert 0 <= error.span.start <= error.span.end <= len(text)
        assert len(error.reason) < 500


@pytest.mark.slow  # seconds each: a mebibyte is read sign by sign
@pytest.mark.parametrize(
    ("start", "piece", "end"),
    [
        ("source a | search ", "ab ", ""),
        ("source a | where a IN (1", ",1", ")"),
        ("source a | where a==1", " AND a==1", ""),
        ("source a | eval a=1", ",a=a", ""),
        ("source a | fields a", ",b", ""),
        ("source a ", "// x\n", ""),
    ],
)
def test_a_query_of_a_mebibyte_is_read(start: str, piece: str, end: str) -> None:
    text = start + piece * ((MEBIBYTE - len(start + end)) // len(piece)) + end
    assert len(commands.read(text).commands) in (1, 2)
