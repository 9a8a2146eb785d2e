"""Macros: what a call becomes, what is no call, and where errors in what it became are told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from trawl import commands, planning
from trawl.errors import Code, TrawlError
from trawl.language.macros import MOST_NESTED, expand, needed
from trawl.settings.process import Macro, Settings
from trawl.testing import Events, request

MACROS = {
    "failed": Macro(definition="search status>=500"),
    "of": Macro(definition='search host="$host$" status>=$least$', args=("host", "least")),
    "is": Macro(definition="$f$ == $v$", args=("f", "v")),
    "both": Macro(definition="`failed` | `of($host$, 1)`", args=("host",)),
    "none": Macro(definition="  "),
    "piped": Macro(definition="y | head 5 | tail 3"),
    "wrong": Macro(definition="where nosuch(x)"),
    "broken": Macro(definition="where (a"),
    "lost": Macro(definition="`nowhere`"),
    "loop": Macro(definition="`round`"),
    "round": Macro(definition="search a | `loop`"),
    "tick": Macro(definition="search ` a"),
    "open": Macro(definition="source $name$", args=("name",)),
    "by": Macro(definition="timechart span=1d count by $f$", args=("f",)),
} | {f"deep{n}": Macro(definition=f"`deep{n + 1}`" if n < 30 else "head") for n in range(31)}


def written(text: str) -> str:
    return commands.write(commands.read(text, MACROS))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("source a | `failed`", "source a | search status>=500"),
        ("source a | `failed` | head 3", "source a | search status>=500 | head 3"),
        ("source a | ` failed `", "source a | search status>=500"),
        ("`open(a)` | `failed()`", "source a | search status>=500"),
        (
            'source a | `of(b, 3)` | `of("x, y", 3)`',
            'source a | search host=b status>=3 | search host="x, y" status>=3',
        ),
        ('source a | where `is(f, "\\"x\\"")`', 'source a | where f == "x"'),
        ('source a | where `is(substr(f, 1, 2), "x" . "y")`', 'source a | where substr(f, 1, 2) == "x" . "y"'),
        ("source a | where `is(f, 1)` AND `is(g, 2)`", "source a | where f == 1 AND g == 2"),
        ("source a | `both(w)`", "source a | search status>=500 | search host=w status>=1"),
        ("source a | search x `none` y", "source a | search x y"),
        ("source a | append [ source b | `failed` ]", "source a | append [ source b | search status>=500 ]"),
        ('source a | search "`failed`" x', 'source a | search "`failed`" x'),
        ("source a ```not `failed` ``` | head", "source a | head"),
        ("source a // `nothing here\n| head", "source a | head"),
    ],
)
def test_a_call_is_what_it_stands_for(text: str, same: str) -> None:
    assert written(text) == commands.write(commands.read(same))


@pytest.mark.parametrize(
    ("text", "code", "reason", "hint", "at"),
    [
        (
            "source a | `faild`",
            Code.UNKNOWN_MACRO,
            "there is no macro `faild`",
            "did the query mean `failed`?",
            "`faild`",
        ),
        (
            "source a | `xyz` | head",
            Code.UNKNOWN_MACRO,
            "there is no macro `xyz`",
            "macros are defined under `[macros]` in `trawl.toml`",
            "`xyz`",
        ),
        (
            "source a | `lost`",
            Code.UNKNOWN_MACRO,
            "there is no macro `nowhere`, which the macro `lost` calls",
            "macros are defined under `[macros]` in `trawl.toml`",
            "`lost`",
        ),
        (
            "source a | `of(b)`",
            Code.INVALID_ARGUMENT,
            "the macro `of` is given 1 arguments, expected 2",
            "it is written `of(host, least)`",
            "`of(b)`",
        ),
        (
            "source a | `loop` | head",
            Code.QUERY_TOO_DEEP,
            "the macro `loop` calls itself: `loop` → `round` → `loop`",
            None,
            "`loop`",
        ),
        ("source a | `deep0`", Code.QUERY_TOO_DEEP, f"macros nest more than {MOST_NESTED} deep", None, "`deep0`"),
        (
            "source a | `tick`",
            Code.SYNTAX_ERROR,
            "the macro `tick` holds a backtick that calls no macro",
            None,
            "`tick`",
        ),
        (
            "source a | `failed",
            Code.SYNTAX_ERROR,
            "the macro has no closing backtick",
            "a macro is called by `name` or `name(argument, …)` between backticks; a comment stands between three",
            "`failed",
        ),
        (
            "source a | search `x y`",
            Code.SYNTAX_ERROR,
            "found `x y`, expected the name of a macro between backticks",
            "a macro is called by `name` or `name(argument, …)` between backticks; a comment stands between three",
            "`x y`",
        ),
        (
            "source a | `broken` | head 1",
            Code.SYNTAX_ERROR,
            "found `|`, expected an operator or `)`; the macro `broken` stands for `where (a`",
            "the bracket was opened in line 1",
            "|",
        ),
        (
            "source a | head `is(a, 1)` | head",
            Code.INVALID_ARGUMENT,
            "found `a`, expected a whole number for the number of events; the macro `is` stands for `a == 1`",
            "a condition stands in brackets: `head (a == 1)`",
            "`is(a, 1)`",
        ),
    ],
)
def test_a_call_that_cannot_be_is_told_of_where_it_stands(
    text: str, code: Code, reason: str, hint: str | None, at: str
) -> None:
    with pytest.raises(TrawlError) as caught:
        commands.read(text, MACROS)
    error = caught.value
    assert (error.code, error.reason, error.hint) == (code, reason, hint)
    assert error.span is not None
    assert text[error.span.start : error.span.end] == at


@pytest.mark.parametrize("text", ["source events | `wrong`", "source events | `by(host)` | `wrong`"])
def test_what_planning_finds_says_what_the_macro_stands_for(text: str, tmp_path: Path) -> None:
    events = Events(tmp_path)
    events.add("events", [{"@timestamp": "2024-01-01T00:00:00Z", "x": 1}])
    with pytest.raises(TrawlError) as caught:
        planning.plan(request(text, macros=MACROS), events)
    error = caught.value
    assert error.code is Code.UNKNOWN_FUNCTION
    assert error.reason.endswith("; the macro `wrong` stands for `where nosuch(x)`")
    assert error.span is not None
    assert text[error.span.start : error.span.end] == "`wrong`"


def test_places_behind_a_call_are_those_of_the_text_as_written() -> None:
    text = "source a | `both(w)` | where b == nosuch(1) | `of(b, 2)` | hed"
    with pytest.raises(TrawlError) as caught:
        commands.read(text, MACROS)
    assert caught.value.span is not None
    assert text[caught.value.span.start : caught.value.span.end] == "hed"
    text = text.removesuffix("hed") + "head"
    query = commands.read(text, MACROS)
    texts = [text[stage.span.start : stage.span.end] for stage in query.commands]
    assert texts == ["source a", "`both(w)`", "`both(w)`", "where b == nosuch(1)", "`of(b, 2)`", "head"]


def test_texts_do_not_grow_without_end() -> None:
    grows = {f"m{n}": Macro(definition=f"`m{n + 1}` `m{n + 1}`" if n < 19 else "x" * 99) for n in range(20)}
    with pytest.raises(TrawlError) as caught:
        expand("source a | search `m0`", grows)
    assert caught.value.code is Code.BODY_TOO_LARGE


def test_a_query_needs_what_it_may_call() -> None:
    assert needed("source a | `both(x)` | `xyz`", MACROS).keys() == {"both", "failed", "of"}
    assert needed("source a", MACROS) == {}


def test_for_a_macro_that_there_is_not_those_are_kept_that_may_be_meant() -> None:
    text = "source a | `faild`"
    with pytest.raises(TrawlError) as caught:
        expand(text, needed(text, MACROS))
    assert caught.value.hint == "did the query mean `failed`?"
    assert needed('source a | search b="`bothh`" | `both(x)`', MACROS).keys() == {"both", "failed", "of"}


def test_macros_are_written_as_texts_or_as_tables(tmp_path: Path) -> None:
    (tmp_path / "trawl.toml").write_text(
        '[macros]\nfailed = "search status>=400"\n[macros.of]\nargs = ["host"]\ndefinition = "search host=$host$"\n'
    )
    assert Settings.load(tmp_path).macros == {
        "failed": Macro(definition="search status>=400"),
        "of": Macro(definition="search host=$host$", args=("host",)),
    }


@pytest.mark.parametrize(
    "line", ['"a b" = "x"', "a = 5", 'a = { args = ["x y"], definition = "" }', "a = { args = [] }"]
)
def test_a_macro_that_is_none_is_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "trawl.toml").write_text(f"[macros]\n{line}\n")
    with pytest.raises(TrawlError) as caught:
        Settings.load(tmp_path)
    assert caught.value.code is Code.INVALID_SETTING


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("source a|`both(w)`| head   3", ["source a", "| `both(w)`", "| head 3"]),
        ("`open(a)`| search   x `none` y", ["`open(a)`", "| search   x `none` y"]),
        ("source a | search x `piped` | head", ["source a", "| search x `piped`", "| head 10"]),
    ],
)
def test_a_call_stays_a_call_where_a_query_is_laid_out(text: str, lines: list[str]) -> None:
    assert commands.laid_out(commands.read(text, MACROS)).splitlines() == lines
