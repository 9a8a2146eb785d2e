"""Pieces of text: finding them, cutting texts into them, putting them together (language.md 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trawl.errors import Code, TrawlError, clip
from trawl.expr import Expr, Literal
from trawl.functions.base import Example, Function, Multivalue, fixed
from trawl.functions.coercion import text
from trawl.functions.constants import compiled
from trawl.functions.regex import compile_re2
from trawl.schema import BOOLEAN, STRING, array_of
from trawl.values import Scalar, Value


def _split(value: Scalar, delimiter: Scalar) -> Value:
    between = text(delimiter)
    pieces: list[Scalar | None] = [*(text(value).split(between) if between else text(value))]
    return pieces or None


def _extract(value: Scalar, pattern: Scalar, group: Scalar | None = None) -> str | None:
    expression = compile_re2(text(pattern))
    found = expression.search(text(value))
    if found is None:
        return None
    chosen = min(expression.groups, 1) if group is None else group
    assert isinstance(chosen, int | str), "the call was checked"
    return found[chosen]


def _check_extract(arguments: tuple[Expr, ...]) -> None:
    expression = compiled(arguments[1])
    group = arguments[2] if len(arguments) > 2 else None
    if group is None:
        return
    assert isinstance(group, Literal)
    chosen = group.value
    by_number = isinstance(chosen, int) and not isinstance(chosen, bool) and 0 <= chosen <= expression.groups
    if not by_number and chosen not in list(expression.groupindex):
        names = " or ".join(f'"{clip(name)}"' for name in expression.groupindex)
        raise TrawlError(
            Code.INVALID_ARGUMENT,
            "the expression has no such group",
            hint=f"a group is named by a number from 0 to {expression.groups}" + (f", or {names}" if names else ""),
            span=group.span,
        )


def _asked(name: str, holds: Callable[[str, str], bool], summary: str, *examples: Example) -> Function:
    return Function(
        name,
        ("text", "piece"),
        fixed(BOOLEAN),
        lambda value, piece: holds(text(value), text(piece)),
        summary,
        examples=examples,
        multivalue=Multivalue.ANY,
    )


FUNCTIONS: Final = (
    _asked(
        "contains",
        lambda value, piece: piece in value,
        "Whether a piece stands somewhere in the text; case counts.",
        Example('contains("web-01", "b-")', True),
        Example('contains("web-01", "WEB")', False),
    ),
    _asked(
        "endswith",
        str.endswith,
        "Whether the text ends with a piece; case counts.",
        Example('endswith("web-01", "01")', True),
    ),
    Function(
        "regex_extract",
        ("text", "regex", "group?"),
        fixed(STRING),
        _extract,
        "What the first match of a regular expression (RE2) has in its first group, or in the group of a number or a "
        "name; without groups the match. Null where nothing matches, and where the group took no part in it.",
        examples=(
            Example('regex_extract("user=joe id=7", "user=(\\w+)")', "joe"),
            Example('regex_extract("user=joe id=7", "\\d+")', "7"),
            Example('regex_extract("user=joe id=7", "user=(?P<user>\\w+) id=(?P<id>\\d+)", "id")', "7"),
            Example('regex_extract("user=joe", "id=(\\d+)")', None),
        ),
        constants=(1, 2),
        check=_check_extract,
    ),
    Function(
        "split",
        ("text", "delimiter"),
        fixed(array_of(STRING)),
        _split,
        "The pieces of the text between delimiters, as a multivalue; of an empty delimiter its characters.",
        examples=(
            Example('split("a,b,,c", ",")', ["a", "b", "", "c"]),
            Example('split("abc", "")', ["a", "b", "c"]),
            Example('split("abc", ",")', ["abc"]),
        ),
    ),
    _asked(
        "startswith",
        str.startswith,
        "Whether the text begins with a piece; case counts.",
        Example('startswith("web-01", "web")', True),
    ),
    Function(
        "strcat",
        ("text", "..."),
        fixed(STRING),
        lambda *parts: "".join(map(text, parts)),
        "The texts of all arguments, one after the other, as `.` joins them: null if one of them is.",
        examples=(Example('strcat("a", 1, "b")', "a1b"), Example('strcat("a", null)', None)),
    ),
)
