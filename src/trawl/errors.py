"""What can go wrong, as one catalogue, worded for the person who reads it.

Every error that leaves Trawl is a `TrawlError` with a `Code` out of this module. The HTTP status of
a code is the server's business (`trawl.server.errors`), the exit status the command line's.

Wording: what was found, what was expected, what might be meant; lower case, no full stop, no "you".
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points in a query's text: `text[start:end]`."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`."""
        return Span(self.start, other.end)


class Code(StrEnum):
    """The stable names of all errors (`error.type` on the wire, api.md 1)."""

    # the request
    MALFORMED_REQUEST = "malformed_request"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    BODY_TOO_LARGE = "body_too_large"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    RANGE_NOT_SATISFIABLE = "range_not_satisfiable"
    FOREIGN_ORIGIN = "foreign_origin"
    UNAVAILABLE = "unavailable"
    INVALID_TIME = "invalid_time"
    INVALID_SETTING = "invalid_setting"
    IDEMPOTENCY_CONFLICT = "idempotency_conflict"
    # the query
    SYNTAX_ERROR = "syntax_error"
    UNKNOWN_COMMAND = "unknown_command"
    UNKNOWN_FUNCTION = "unknown_function"
    UNKNOWN_MACRO = "unknown_macro"
    UNKNOWN_ARGUMENT = "unknown_argument"
    INVALID_ARGUMENT = "invalid_argument"
    TYPE_MISMATCH = "type_mismatch"
    WRONG_POSITION = "wrong_position"
    UNKNOWN_SOURCE = "unknown_source"
    UNKNOWN_FIELD = "unknown_field"
    QUERY_TOO_LARGE = "query_too_large"
    QUERY_TOO_DEEP = "query_too_deep"
    # the task
    TASK_NOT_FOUND = "task_not_found"
    TASK_GONE = "task_gone"
    WRONG_STATE = "wrong_state"
    TOO_MANY_TASKS = "too_many_tasks"
    NO_ROOM = "no_room"
    # the run
    MEMORY_LIMIT_EXCEEDED = "memory_limit_exceeded"
    WORKER_DIED = "worker_died"
    ENGINE_ERROR = "engine_error"
    SOURCE_CHANGED = "source_changed"
    STOPPED = "stopped"
    INTERNAL_ERROR = "internal_error"
    # loading
    UNREADABLE_FILE = "unreadable_file"
    INVALID_INDEX_NAME = "invalid_index_name"


MEANINGS: Mapping[Code, str] = {
    Code.MALFORMED_REQUEST: "The request's parameters or body are not of the form that the call takes.",
    Code.UNSUPPORTED_MEDIA_TYPE: "The body came without `Content-Type: application/json`.",
    Code.BODY_TOO_LARGE: "The body or the query is larger than the server takes (a query: 1 MiB).",
    Code.NOT_FOUND: "There is no such route.",
    Code.METHOD_NOT_ALLOWED: "The route exists, but not for this method.",
    Code.RANGE_NOT_SATISFIABLE: "The file has none of the bytes that `Range` asks for.",
    Code.FOREIGN_ORIGIN: "The request came from a page elsewhere, or named another host, while the server runs open.",
    Code.UNAVAILABLE: "The server does not answer, or is not ready to run searches.",
    Code.INVALID_TIME: "A time or a range of times could not be read, or starts after it ends.",
    Code.INVALID_SETTING: "The setting is unknown, or does not take this value.",
    Code.IDEMPOTENCY_CONFLICT: "The same `Idempotency-Key` was used before with another body.",
    Code.SYNTAX_ERROR: "The query's text is not of the language.",
    Code.UNKNOWN_COMMAND: "The language has no command of this name.",
    Code.UNKNOWN_FUNCTION: "The language has no function of this name.",
    Code.UNKNOWN_MACRO: "The settings define no macro of this name.",
    Code.UNKNOWN_ARGUMENT: "The command has no option of this name.",
    Code.INVALID_ARGUMENT: "An option or argument has a value that the command does not take.",
    Code.TYPE_MISMATCH: "An operation was asked of values of a type that it is not for.",
    Code.WRONG_POSITION: "The command may not stand at this place of the pipeline.",
    Code.UNKNOWN_SOURCE: "A source named exactly does not exist.",
    Code.UNKNOWN_FIELD: "No source has the field, and the request asked for strictness.",
    Code.QUERY_TOO_LARGE: "The query has more than 1,000 commands, or full-text terms times fields make over 100,000.",
    Code.QUERY_TOO_DEEP: "The query nests brackets (200), operators, subqueries or macros (20) too deep.",
    Code.TASK_NOT_FOUND: "There is no task of this id, or none that the caller may see.",
    Code.TASK_GONE: "The task was deleted or has expired.",
    Code.WRONG_STATE: "The task is in a state in which the call makes no sense.",
    Code.TOO_MANY_TASKS: "A quota of tasks or of exports is used up; `Retry-After` says when to try again.",
    Code.NO_ROOM: "There is no room left for results.",
    Code.MEMORY_LIMIT_EXCEEDED: "The search needed more memory than a worker may use.",
    Code.WORKER_DIED: "The worker process ended before the search did, three times.",
    Code.ENGINE_ERROR: "The engine could not carry the search out.",
    Code.SOURCE_CHANGED: "A file of a mounted source changed or vanished while the search ran.",
    Code.STOPPED: "The search was stopped.",
    Code.INTERNAL_ERROR: "A fault of the program itself; the log has the details.",
    Code.UNREADABLE_FILE: "A file could not be read as the format asked for.",
    Code.INVALID_INDEX_NAME: "An index name is empty, too long, or holds signs that names may not hold.",
}


class TrawlError(Exception):
    """An error with a code, a sentence, and where it is known a hint and a place in the query.

    Args:
        code: what kind of error it is.
        reason: one sentence: what was found and what was expected.
        hint: what might have been meant, or what to do.
        span: where in the query's text.
        facts: further JSON values for the error body, such as the create body of a deleted task.
        others: further errors found in the same query, in order of position.
    """

    def __init__(
        self,
        code: Code,
        reason: str,
        *,
        hint: str | None = None,
        span: Span | None = None,
        facts: Mapping[str, object] | None = None,
        others: Sequence[TrawlError] = (),
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.hint = hint
        self.span = span
        self.facts = dict(facts or {})
        self.others = tuple(others)

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way through a pipe between processes."""
        return _rebuild, (self.code, self.reason, self.hint, self.span, self.facts, self.others)


def _rebuild(
    code: Code,
    reason: str,
    hint: str | None,
    span: Span | None,
    facts: dict[str, object],
    others: tuple[TrawlError, ...],
) -> TrawlError:
    return TrawlError(code, reason, hint=hint, span=span, facts=facts, others=others)


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: the search goes on, but something about it is worth knowing (api.md 3, 5).

    Attributes:
        code: a stable snake_case name, such as `unknown_field` or `and_or_without_brackets`.
        message: one sentence in the style of errors.
        span: where in the query's text, if it is about a place.
        count: how often it happened, for faults found in the data.
    """

    code: str
    message: str
    span: Span | None = None
    count: int | None = None


def clip(text: str, most: int = 40) -> str:
    """A text as an error quotes it: cut to so many signs."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def meant(names: Iterable[str]) -> str | None:
    """The hint that one of these names may be meant; None where there are none."""
    shown = " or ".join(f"`{clip(name)}`" for name in names)
    return f"did the query mean {shown}?" if shown else None


def nearest_hint(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """`did the query mean …?` for a word that is spelled like one or two of the known ones."""
    return meant(nearest(word, known, likeness))


def nearest(word: str, known: Iterable[str], likeness: float = 0.6, most: int = 2) -> list[str]:
    """The known words that a word is spelled like, best first."""
    return difflib.get_close_matches(word[:60], list(known), n=most, cutoff=likeness)


def printable(path: str) -> str:
    r"""A path as it can be told: its bytes that are no UTF-8, which Python keeps as surrogates, as `\xNN`."""
    return path.encode(errors="surrogateescape").decode(errors="backslashreplace")


def locate(text: str, span: Span) -> dict[str, int]:
    """The span as `position` of the error body: offsets, and line and column counted from 1."""
    line = text.count("\n", 0, span.start) + 1
    column = span.start - (text.rfind("\n", 0, span.start) + 1) + 1
    return {"start": span.start, "end": span.end, "line": line, "column": column}


def excerpt(text: str, span: Span, around: int = 40) -> str:
    """The line of the span with marks under it, cut to `around` code points on either side."""
    line_start = text.rfind("\n", 0, span.start) + 1
    line_end = text.find("\n", span.start)
    line_end = len(text) if line_end < 0 else line_end
    first, last = max(line_start, span.start - around), min(line_end, max(span.end, span.start + 1) + around)
    shown = text[first:last]
    width = max(1, min(span.end, last) - span.start)
    head, tail = ("…" if first > line_start else ""), ("…" if last < line_end else "")
    return f"{head}{shown}{tail}\n{' ' * (len(head) + span.start - first)}{'^' * width}"
