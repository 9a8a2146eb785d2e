"""How many events `head` and `tail` keep."""

from __future__ import annotations

from trawl.language.cursor import Cursor
from trawl.language.options import Options
from trawl.language.tokens import Kind


def read_count(cursor: Cursor, command: str) -> int | None:
    """Takes the number of events, bare or as `limit=`; None where there is none.

    Raises:
        TrawlError: `INVALID_ARGUMENT`; `SYNTAX_ERROR` for a second number.
    """
    options = Options(cursor, f"the number stands alone: `{command} {{value}}`", limit=cursor.integer)
    options.read()
    count: int | None = options.get("limit", None)
    if count is None and not cursor.at_end():
        is_compared = cursor.after(cursor.peek()).is_mark("==", "!=", "<", "<=", ">", ">=")
        hint = "a condition stands in brackets: `head (a == 1)`" if is_compared and command == "head" else None
        count = cursor.integer("the number of events", hint=hint)
    token = cursor.peek()
    if token.is_word("by") and command == "head":
        raise cursor.surprise("`|` or the end", f"the first events of each value are kept by `dedup {count or 1} a`")
    if token.kind is Kind.WORD and token.text.isdecimal():
        raise cursor.surprise("`|` or the end", f"one number says how many: `{command} {count}`")
    return count
