"""What answers say of errors and warnings."""

from __future__ import annotations

from typing import Self

from pydantic import ConfigDict, Field

from trawl.api.base import Shape, absent
from trawl.errors import Code, Notice, Span, TrawlError, locate
from trawl.tasks.task import Failure


class Position(Shape):
    """A place in the query's text: offsets in code points, line and column counted from 1."""

    start: int = Field(description="Offset of the first code point.")
    end: int = Field(description="Offset after the last one.")
    line: int = Field(description="From 1.")
    column: int = Field(description="From 1.")


class Fault(Shape):
    """What went wrong."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="A stable name out of the catalogue of errors.", examples=["unknown_command"])
    reason: str = Field(description="What was found and what was expected.")
    hint: str | None = absent("What might have been meant, or what to do.")
    position: Position | None = absent("Where in the query.")
    excerpt: str | None = absent("The line of the query, marked.")

    @classmethod
    def of(cls, failure: Failure) -> Self:
        """Why a task failed."""
        position = None if failure.position is None else Position(**failure.position)
        return cls(
            type=failure.type, reason=failure.reason, hint=failure.hint, position=position, excerpt=failure.excerpt
        )

    def error(self) -> TrawlError:
        """The error that was told; one of a code unknown here counts as a fault of the program."""
        known = self.type in set(Code)
        code = Code(self.type) if known else Code.INTERNAL_ERROR
        span = None if self.position is None else Span(self.position.start, self.position.end)
        return TrawlError(code, self.reason, hint=self.hint, span=span, facts=self.model_extra)


class ErrorAnswer(Shape):
    """The body of every answer that is an error."""

    error: Fault = Field(description="The error, or the first of several.")
    status: int = Field(description="The HTTP status again.", examples=[400])


class Warning(Shape):
    """Something about the search that is worth knowing."""

    code: str = Field(description="A stable name.", examples=["unknown_field"])
    message: str = Field(description="What was found.")
    position: Position | None = absent("Where in the query.")
    count: int | None = absent("How often it happened, for faults found in the data.")

    @classmethod
    def of(cls, notice: Notice, query: str) -> Self:
        """The warning with its place in the query."""
        position = None if notice.span is None else Position(**locate(query, notice.span))
        return cls(code=notice.code, message=notice.message, position=position, count=notice.count)
