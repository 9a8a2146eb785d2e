"""A query laid out for reading: a command a line, subqueries set in, comments kept where they stand."""

from __future__ import annotations

from trawl.errors import Span
from trawl.language.tokens import comments
from trawl.language.tree import Query, Stage
from trawl.language.writer import Writer


def laid_out(query: Query) -> str:
    """The text of a query as people like to read it. Read again, it gives the same tree.

    A command that has a comment or the call of a macro within itself stays as it was written.

    Args:
        query: as it was read, with its text.
    """
    spans = comments(query.text)
    calls = [expansion.span for expansion in query.expansions]
    lines: list[str] = []
    end = 0

    def keep(until: int) -> None:
        """Adds the comments up to a place: to the line that they stand on, or as lines of their own."""
        for span in _between(spans, end, until):
            comment = query.text[span.start : span.end].rstrip()
            if lines and "\n" not in query.text[end : span.start]:
                lines[-1] += f" {comment}"
            else:
                lines.append(comment)

    for position, stage in enumerate(query.commands):
        start, stop = stage.span.start, stage.span.end
        if position and start < end:  # one macro stands for several commands
            continue
        keep(start)
        is_kept = any(_between([*spans, *calls], start, stop))
        text = query.text[start:stop] if is_kept else _written(stage)
        lines.append(f"| {text}" if position and not text.startswith("|") else text)
        end = stop
    keep(len(query.text))
    return "\n".join(lines)


def _between(spans: list[Span], start: int, end: int) -> list[Span]:
    return [span for span in spans if start <= span.start < end]


def _written(stage: Stage) -> str:
    writer = Writer(indent=0)
    stage.write(writer)
    return writer.text
