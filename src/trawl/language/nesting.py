"""Calls put together with an account of how deep they nest, so that nothing after the reader has to fear depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from trawl.errors import Code, Span, TrawlError
from trawl.expr import DEEPEST, Call, Expr

LISTED: Final = "a long list of values is written with IN"
STEPS: Final = "what is long is computed step by step: `eval a = …, b = a + …`"


class Node(NamedTuple):
    """An expression that is being put together.

    Attributes:
        expr: the expression.
        span: where it stands, with the brackets around it.
        height: how many calls deep it is; a field or constant is 0.
        alternatives: the places of the operands, if it is an OR without brackets.
    """

    expr: Expr
    span: Span
    height: int = 0
    alternatives: tuple[Span, ...] = ()


def call(function: str, operands: Sequence[Node], span: Span, *, is_flat: bool = False) -> Node:
    """A call; one that is flat takes over the arguments of its like among the operands.

    Raises:
        TrawlError: `QUERY_TOO_DEEP`.
    """
    arguments: list[Expr] = []
    height = 0
    for operand in operands:
        inner, depth = operand.expr, operand.height + 1
        if is_flat and isinstance(inner, Call) and inner.function == function:
            arguments.extend(inner.arguments)
            depth -= 1
        else:
            arguments.append(inner)
        if depth > height:
            height = depth
    if height > DEEPEST:
        raise too_deep(span, STEPS)
    return Node(Call(function, tuple(arguments), span), span, height)


def too_deep(span: Span, hint: str = LISTED) -> TrawlError:
    """The error that a query nests too deep at this place."""
    return TrawlError(Code.QUERY_TOO_DEEP, f"brackets or operators nest more than {DEEPEST} deep", hint=hint, span=span)
