"""Constants as arguments: texts, regular expressions; what is wrong with one is said of its place in the query."""

from __future__ import annotations

import re

from trawl.errors import Code, TrawlError
from trawl.expr import Expr, Literal
from trawl.functions.regex import compile_re2


def constant_text(argument: Expr, what: str) -> str:
    """The text that a constant is.

    Raises:
        TrawlError: `INVALID_ARGUMENT` where it is something else.
    """
    if not isinstance(argument, Literal) or not isinstance(argument.value, str):
        raise TrawlError(Code.INVALID_ARGUMENT, f"{what} is no text in double quotes", span=argument.span)
    return argument.value


def compiled(argument: Expr) -> re.Pattern[str]:
    """The regular expression that a constant is.

    Raises:
        TrawlError: `INVALID_ARGUMENT` where it is no text, or RE2 would refuse it.
    """
    try:
        return compile_re2(constant_text(argument, "the regular expression"))
    except TrawlError as error:
        error.span = error.span or argument.span
        raise
