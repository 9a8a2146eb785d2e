"""How a command ends: errors in words with the place in the query, and the exit status."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer
from rich.console import Console
from rich.text import Text

from trawl.cli.terminal.logging import log_to_stderr
from trawl.errors import Code, TrawlError, excerpt

FAILED: Final = 1
USAGE: Final = 2
NO_TASK: Final = 3
WRONG_STATE: Final = 4
NO_SERVER: Final = 5
INTERRUPTED: Final = 130

STATUS_OF: Final[dict[Code, int]] = {
    Code.MALFORMED_REQUEST: USAGE,
    Code.INVALID_TIME: USAGE,
    Code.INVALID_SETTING: USAGE,
    Code.SYNTAX_ERROR: USAGE,
    Code.UNKNOWN_COMMAND: USAGE,
    Code.UNKNOWN_FUNCTION: USAGE,
    Code.UNKNOWN_MACRO: USAGE,
    Code.UNKNOWN_ARGUMENT: USAGE,
    Code.INVALID_ARGUMENT: USAGE,
    Code.TYPE_MISMATCH: USAGE,
    Code.WRONG_POSITION: USAGE,
    Code.UNKNOWN_SOURCE: USAGE,
    Code.UNKNOWN_FIELD: USAGE,
    Code.QUERY_TOO_LARGE: USAGE,
    Code.QUERY_TOO_DEEP: USAGE,
    Code.BODY_TOO_LARGE: USAGE,
    Code.UNREADABLE_FILE: USAGE,
    Code.INVALID_INDEX_NAME: USAGE,
    Code.TASK_NOT_FOUND: NO_TASK,
    Code.TASK_GONE: NO_TASK,
    Code.WRONG_STATE: WRONG_STATE,
    Code.UNAVAILABLE: NO_SERVER,
}
"""The exit status of an error; of any other: 1."""


@contextmanager
def about(query: str) -> Iterator[None]:
    """Errors raised inside that name a place in the query come out with the excerpt as a note."""
    try:
        yield
    except TrawlError as error:
        for found in (error, *error.others):
            if found.span is not None and not hasattr(found, "__notes__"):
                found.add_note(excerpt(query, found.span))
        raise


def exit_status(app: typer.Typer) -> int:
    """Runs the command line on the process's arguments; prints what goes wrong to stderr."""
    log_to_stderr()
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED
    except TrawlError as error:
        for found in (error, *error.others):
            complain(found)
        return STATUS_OF.get(error.code, FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of the pipe has had enough
        return 0
    return 0


def complain(error: TrawlError) -> None:
    """One error on stderr: the sentence, the place in the query, the hint."""
    _print(Text.assemble(("error: ", "bold red"), error.reason, (f"  [{error.code.value}]", "dim")))
    for note in getattr(error, "__notes__", ()):
        line, _, marks = note.partition("\n")
        _print(Text.assemble("  ", line, "\n  ", (marks, "bold red")))
    if error.hint:
        _print(Text.assemble(("hint: ", "bold cyan"), error.hint))


def _print(text: Text) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(text)
