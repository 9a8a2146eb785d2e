"""Expressions, and conditions of `search`, that may not be finished: where they end, and what may go on with them."""

from __future__ import annotations

from typing import Final, NamedTuple

from trawl.errors import TrawlError
from trawl.language.operators import BINARY, WORDS
from trawl.language.searches import COMPARISONS
from trawl.language.tokens import Grain, Kind, Scanner, Token

VALUES: Final = (Kind.WORD, Kind.STRING, Kind.NAME)
"""What stands for itself where words run on."""
_NO_OPERANDS: Final = WORDS - {"not"}
_BETWEEN: Final = tuple(operator.spelling for word, operator in BINARY.items() if word.isalpha())
"""Words between the operands of an expression."""


class Part(NamedTuple):
    """A part of a text, from a given place on.

    Attributes:
        end: where it ends; None where it is none, or goes on at the end of the text.
        is_last: whether the text ends with it or within it; the others are of that case.
        is_within: whether it cannot end there.
        depth: round brackets that are open.
        needs_operand: whether an operand may, and in an expression must, stand there.
        operators: words that may stand there.
    """

    end: int | None
    is_last: bool = False
    is_within: bool = False
    depth: int = 0
    needs_operand: bool = False
    operators: tuple[str, ...] = ()


NONE: Final = Part(None)


def peek(scanner: Scanner, position: int, grain: Grain = Grain.RUN) -> Token | None:
    """The token at a place; None where there is none that can be read."""
    try:
        return scanner.token(position, grain)
    except TrawlError:
        return None


def expression(scanner: Scanner, start: int, reserved: frozenset[str] = frozenset()) -> Part:
    """The longest expression from a place on, in which no word but in brackets is one of those `reserved`."""
    position, depth, needs_operand, before = start, 0, True, ""
    while (token := peek(scanner, position, Grain.EXPRESSION)) is not None:
        following = peek(scanner, token.end, Grain.EXPRESSION)
        is_call = token.kind is Kind.WORD and following is not None and following.is_mark("(")
        if token.kind is Kind.END:
            operators = ("NOT",) if needs_operand else ("IN", "LIKE") if before == "not" else (*_BETWEEN, "NOT")
            end = None if depth or needs_operand else position
            return Part(end, True, end is None and position > start, depth, needs_operand, operators)
        if needs_operand:
            if token.is_mark("("):
                depth += 1
            elif token.is_mark(")") and depth:  # of a call without arguments
                depth, needs_operand = depth - 1, False
            elif token.word in (_NO_OPERANDS if depth else _NO_OPERANDS | reserved) or (
                token.kind is Kind.MARK and not token.is_mark("+", "-")
            ):
                return NONE
            elif not is_call and token.word != "not" and token.kind is not Kind.MARK:
                needs_operand = False
        elif token.is_mark(")") and depth:
            depth -= 1
        elif (token.is_mark(",") and depth) or (token.kind in (Kind.MARK, Kind.WORD) and token.text.lower() in BINARY):
            needs_operand = True
        elif token.word != "not":
            return NONE if depth else Part(position)
        position, before = token.end, token.word
    return NONE


def condition(scanner: Scanner, start: int) -> Part:
    """The longest condition of a `search` from a place on."""
    position, depth, needs_term, names_field = start, 0, True, False
    while (token := peek(scanner, position)) is not None:
        if token.kind is Kind.END:
            operators = (("NOT",) if needs_term else ("AND", "OR", "NOT")) + (("IN",) if names_field else ())
            end = None if depth or needs_term else position
            return Part(end, True, end is None and position > start, depth, True, operators)
        end = token.end
        if token.is_mark("("):
            depth, needs_term, names_field = depth + 1, True, False
        elif token.is_mark(")") and depth:
            depth, needs_term, names_field = depth - 1, False, False
        elif token.is_mark("["):
            closing = scanner.skip_bracket(token.end)
            end = None if closing is None else closing + 1
            needs_term, names_field = False, False
        elif names_field and token.kind is Kind.MARK and token.text in COMPARISONS:
            value = peek(scanner, token.end)
            end = value.end if value is not None and value.kind in VALUES else None
            names_field = False
        elif names_field and token.word == "in":
            end = _end_of_list(scanner, token.end)
            needs_term, names_field = False, False
        elif token.word in ("and", "or", "not"):
            needs_term, names_field = True, names_field and token.word == "not"
        elif token.kind in VALUES:
            needs_term, names_field = False, token.kind is not Kind.STRING
        else:
            return NONE if depth or needs_term else Part(position)
        if end is None:
            return NONE
        position = end
    return NONE


def _end_of_list(scanner: Scanner, position: int) -> int | None:
    """Where a list in round brackets ends; None where it does not."""
    token = peek(scanner, position)
    while token is not None and (token.kind in VALUES or token.is_mark("(", ",")):
        token = peek(scanner, token.end)
    return token.end if token is not None and token.is_mark(")") else None
