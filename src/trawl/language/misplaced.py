"""What is said where an expression has neither the value nor the operator that should come next."""

from __future__ import annotations

from typing import Final

from trawl.errors import Code, Span, TrawlError, clip
from trawl.language.cursor import Cursor
from trawl.language.habits import OPERATORS, STARRED, comparison
from trawl.language.stacks import Frame
from trawl.language.tokens import Kind, Token

_DISTINCT: Final = "distinct values are counted by `dc(field)`"
_PLACE: Final = "one of several values is `mvindex(field, 0)`; square brackets hold subqueries"


def no_value(cursor: Cursor, frame: Frame, token: Token) -> TrawlError:
    """The error that a token stands where a value should, in this bracket."""
    text = cursor.scanner.text
    last = frame.operators[-1].token if frame.operators else None
    if last and last.end == token.start and (error := comparison(text, token.start)):
        return error
    if last and last.text == "%" and frame.operands[-1].span.end == last.start:
        start = frame.operands[-1].span.start
        hint = f'a text takes double quotes: "{clip(text[start : last.end])}"'
        reason = f"found {token} after `%`, expected a value"
        return TrawlError(Code.SYNTAX_ERROR, reason, hint=hint, span=Span(start, last.end))
    meant = OPERATORS.get(token.text)
    if last and last.text == token.text == "*":
        meant = "a power is written `pow(a, b)`"
    elif token.is_mark("*") and frame.call and frame.call.word != "count":
        meant = f"it is measured of a field: `{clip(frame.call.text)}(field)`"
    elif last and (token.is_mark("*") or (last.text == "*" and last.start == frame.operands[-1].span.end)):
        meant = STARRED
    return cursor.surprise("a value", meant, token)


def no_operator(cursor: Cursor, frame: Frame, token: Token) -> TrawlError | None:
    """The error that a token stands where an operator should, in this bracket; None where the expression may end."""
    opening = frame.opening
    habit = OPERATORS.get(token.word or token.text) if token.kind in (Kind.MARK, Kind.WORD) else None
    if token.is_mark("[") and token.start == cursor.position and cursor.after(token).text.isdecimal():
        habit = _PLACE
    if opening is not None:
        if frame.call and token.kind not in (Kind.MARK, Kind.END):
            first = cursor.after(opening)
            is_distinct = frame.call.word == "count" and first.is_word("distinct")
            habit = habit or (_DISTINCT if is_distinct else "a comma goes between two values")
        line = cursor.scanner.text.count("\n", 0, opening.start) + 1
        listed = "several values are listed by `f IN (1, 2)`" if token.is_mark(",") else None
        hint = habit or listed or f"the bracket was opened in line {line}"
        return cursor.surprise("an operator or `)`", hint, token)
    if habit and not token.is_mark("]"):
        return cursor.surprise("an operator or the end", habit, token)
    return None
