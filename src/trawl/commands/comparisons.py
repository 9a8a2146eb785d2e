"""What is said of comparisons in expressions that hold for nothing, or mean something else than they read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from trawl.commands.likenesses import glob_of, like_of
from trawl.commands.moments import moment_of
from trawl.errors import Notice, clip
from trawl.expr import Call, Expr, Field, Literal, fields_of
from trawl.functions.searching import network
from trawl.instants import read_time
from trawl.language.spelling import expression_text, quoted, run_text
from trawl.schema import NULL, Kind
from trawl.values import exact_number

_EQUALITIES: Final = frozenset({"eq", "ne", "in"})
_ORDERS: Final = frozenset({"lt", "le", "gt", "ge"})
COMPARISONS: Final = _EQUALITIES | _ORDERS
_LISTED: Final = re.compile(r"[\w.-]+(?:,[\w.-]+)+")


def compared(name: str, arguments: tuple[Expr, ...]) -> Iterator[Notice]:
    """Warnings of operands that make a comparison one that never holds, or another than is meant."""
    for place, operand in enumerate(arguments):
        subject = arguments[0] if place else arguments[-1]
        code, message = "value_as_it_stands", None
        match operand:
            case Literal(None, span) if span and name != "like" and fields_of(subject):
                code, message = "compared_with_null", _of_null(name, subject)
            case Literal(str(text)) if name == "in" and len(arguments) == 2 and _LISTED.fullmatch(text) and place:
                values = ", ".join(quoted(value) for value in text.split(","))
                message = f"{quoted(clip(text))} is one value; several are listed by `IN ({clip(values)})`"
            case Literal(str(text)) if operand.span and (message := _of_kind(name, text, subject)):
                code = "of_another_kind"
            case Literal(str(text)) if operand.span:
                code, message = "pattern_as_it_stands", _of_pattern(name, text, subject)
            case Call("sub", (Literal(int(low)), Literal(int(high)))) if name in _EQUALITIES and low < high:
                shown = _shown(subject)
                comparisons = f"`{shown} >= {low} AND {shown} <= {high}`"
                message = f"`{low} - {high}` is {low - high}; a range is two comparisons: {comparisons}"
        if message:
            yield Notice(code, message, operand.span)


def _of_null(name: str, subject: Expr) -> str:
    """The warning of a comparison with null."""
    shown = _shown(subject)
    what = "below or above" if name in _ORDERS else "equal or unequal to"
    hint = f"a value that is missing is asked for by `isnull({shown})`, one that is there by `isnotnull({shown})`"
    return f"nothing is {what} null; {hint}"


def _of_kind(name: str, text: str, subject: Expr) -> str | None:
    """The warning of a text that no value of a field's type compares with."""
    type_ = subject.type or NULL
    if name == "like":
        return None
    shown = _shown(subject)
    verdict = "nothing is below or above it" if name in _ORDERS else "none is equal to it"
    moment = moment_of(text)
    if moment and type_.kind is Kind.TIME:
        return f"{quoted(clip(text))} is a text and no time, so that {verdict}; the time is `{moment}`"
    if moment and name in _ORDERS and not type_.is_number and re.search(r"\d", text):
        return f"{quoted(clip(text))} is compared as a text; the time is `{moment}`"
    if not isinstance(subject, Field):
        return None
    if type_.is_number and exact_number(text) is None:
        message = f"`{shown}` holds numbers only, and {quoted(clip(text))} is none, so that {verdict}"
        like = f"; any run of characters is asked for by `{shown} LIKE {quoted(clip(like_of(text)))}`"
        return message + like if like_of(text) != text else message
    if type_.kind is Kind.TIME and read_time(text) is None:
        hint = 'a time is written "2024-01-31", one before now `relative_time(now(), "-1d")`'
        return f"`{shown}` holds times, and {quoted(clip(text))} is none, so that {verdict}; {hint}"
    if type_.kind is Kind.BOOLEAN and text not in ("true", "false"):
        return f"`{shown}` is true or false, so that {verdict}"
    return None


def _of_pattern(name: str, text: str, subject: Expr) -> str | None:
    """The warning of a pattern of one language that stands where another's is read."""
    shown = _shown(subject)
    if name == "like":
        if "*" in text and "%" not in text:
            like = quoted(clip(text.replace("*", "%")))
            return f"`*` is a star in LIKE, `%` any run of characters: `{shown} LIKE {like}`"
        return None
    if name not in _EQUALITIES:
        return None
    if (like := like_of(text)) != text:
        found = f"`{shown} LIKE {quoted(clip(like))}`"
        searched = f", or by `| search {shown}={run_text(clip(text))}`" if isinstance(subject, Field) else ""
        return f"`*` is a star here; any run of characters is asked for by {found}{searched}"
    if network(text):
        asked = f"`cidrmatch({quoted(text)}, {shown})`"
        return f"{quoted(clip(text))} is compared as a text; a network is asked for by {asked}"
    if glob_of(text) != text:
        return f"`%` stands for itself here; any run of characters is asked for by `{shown} LIKE {quoted(clip(text))}`"
    return None


def _shown(subject: Expr) -> str:
    """A field as a hint names it; something else is any field."""
    return clip(expression_text(subject)) if isinstance(subject, Field) else "field"
