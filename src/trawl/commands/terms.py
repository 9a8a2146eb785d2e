"""What is said of terms of a search that find nothing, or something else than they read like."""

from __future__ import annotations

from collections.abc import Iterator

from trawl.commands.habits import term_hint
from trawl.errors import Notice, Span, clip
from trawl.expr import Call, Expr, Literal, walk
from trawl.instants import read_time
from trawl.schema import Schema
from trawl.values import exact_number


def misread(condition: Expr, known: Schema) -> Iterator[Notice]:
    """Warnings of comparisons that hold for no event, and of words that look like something else."""
    for node in walk(condition):
        match node:
            case Call("search_lt" | "search_le" | "search_gt" | "search_ge", (_, Literal(str(text), span))) if (
                exact_number(text) is None and read_time(text) is None
            ):
                message = f"`{clip(text)}` is neither a number nor a time, so that no event is below or above it"
                yield Notice("not_a_number", message, span)
            case Call("search_text", (Literal(str(text), span) as term, *_)):
                hint = term_hint(term, known)
                if hint:
                    yield as_text(text, hint, span)


def as_text(text: str, hint: str, span: Span | None) -> Notice:
    """The warning that a text is looked for as such, which may mean something else."""
    return Notice("term_is_text", f"`{clip(text)}` is looked for as a text in all fields; {hint}", span)
