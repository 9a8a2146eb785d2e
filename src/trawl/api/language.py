"""What editors ask of the language, and what they are answered."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import ConfigDict, Field

from trawl import commands, functions
from trawl.api.base import Body, Integer, Shape, absent
from trawl.api.faults import Fault, Position, Warning
from trawl.commands import documentation
from trawl.errors import Span, locate
from trawl.functions.base import Aggregation, Function
from trawl.planning.completion import Completion
from trawl.planning.drafts import Draft, Piece
from trawl.tasks.task import Failure
from trawl.tasks.wanted import Wanted
from trawl.wire import fields_of, json_value


class ParseQuery(Body):
    """A query that is being written."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"query": "source web | stats count by host"},
                {"query": "source web | stats cuont by host", "position": 24, "dtStart": "now-30d"},
            ]
        }
    )

    query: str = Field(description="The query; at most 1 MiB.")
    dt_field_name: str | None = Field(default=None, description="As for a task.", min_length=1, max_length=1000)
    dt_start: str | None = Field(default=None, description="As for a task.", min_length=1, max_length=1000)
    dt_end: str | None = Field(default=None, description="As for a task.", min_length=1, max_length=1000)
    position: Integer | None = Field(
        default=None,
        description="An offset in code points for which to say what may be written there: words and options of the"
        " command, values of an option, fields, functions, sources, lookups and their columns. Those that begin with"
        " what is written come first; within a text or a comment there are none.",
        ge=0,
    )

    def wanted(self) -> Wanted:
        """The task that the query would be of."""
        return Wanted(self.query, time_field=self.dt_field_name, start=self.dt_start, end=self.dt_end)


class FieldOfRows(Shape):
    """A column of the rows."""

    name: str = Field(description="Its name.")
    type: str = Field(description="`string`, `integer`, `float`, `boolean`, `time` or `mixed`.")
    multivalue: bool = Field(description="Whether arrays occur.")


class CommandOfQuery(Shape):
    """A command of a query."""

    name: str = Field(description="Its name.")
    text: str = Field(description="The command as the language writes it.")
    position: Position = Field(description="Where it stands.")
    subqueries: list[list[CommandOfQuery]] = Field(description="The commands of each query in brackets within it.")

    @classmethod
    def of(cls, piece: Piece, query: str) -> Self:
        """A command with its place."""
        subqueries = [[CommandOfQuery.of(inner, query) for inner in many] for many in piece.subqueries]
        return cls(name=piece.command, text=piece.text, position=_place(piece.span, query), subqueries=subqueries)


class SuggestionAnswer(Shape):
    """Something that may be written."""

    text: str = Field(description="As the query would have it.")
    kind: Literal[
        "command",
        "word",
        "value",
        "source",
        "lookup",
        "field",
        "option",
        "operator",
        "aggregation",
        "function",
    ] = Field(description="What it is: a `word` of the command's own, a `value` of an option, …")
    detail: str = Field(description="A word about it.")


class CompletionAnswer(Shape):
    """What may be written at a place."""

    position: Position = Field(description="The beginning of a word, which a suggestion replaces.")
    suggestions: list[SuggestionAnswer] = Field(
        description="Those that begin with that word, then those that hold it; the likelier ones first."
    )

    @classmethod
    def of(cls, found: Completion, query: str) -> Self:
        """What completing found."""
        suggestions = [
            SuggestionAnswer(text=one.text, kind=one.kind.value, detail=one.detail) for one in found.suggestions
        ]
        return cls(position=_place(found.span, query), suggestions=suggestions)


class ParsedQuery(Shape):
    """What can be said of a query that is being written."""

    query: str | None = Field(description="The query in canonical form; null where it cannot be read.")
    formatted: str | None = Field(description="The query laid out for people, comments kept; null likewise.")
    commands: list[CommandOfQuery] = Field(description="Its commands in order.")
    sources: list[str] = Field(description="The sources that it reads.")
    fields: list[FieldOfRows] | None = Field(description="The columns of its rows; null where it cannot be planned.")
    fields_are_open: bool = Field(description="Whether there are columns besides of which only the data tells.")
    errors: list[Fault] = Field(description="All that is wrong with it, in order of position.")
    warnings: list[Warning] = Field(description="What is worth knowing about it.")
    completion: CompletionAnswer | None = absent("What may be written at the position asked for.")

    @classmethod
    def of(cls, found: Draft, completion: Completion | None, query: str) -> Self:
        """What looking at the query found."""
        columns = found.columns
        return cls(
            query=found.query,
            formatted=found.laid_out,
            commands=[CommandOfQuery.of(piece, query) for piece in found.commands],
            sources=list(found.sources),
            fields=None if columns is None else [FieldOfRows.model_validate(field) for field in fields_of(columns)],
            fields_are_open=columns is not None and columns.open,
            errors=[Fault.of(Failure.of(error, query)) for error in found.errors],
            warnings=[Warning.of(notice, query) for notice in found.notices],
            completion=None if completion is None else CompletionAnswer.of(completion, query),
        )


def _place(span: Span, query: str) -> Position:
    return Position(**locate(query, span))


class CommandExample(Shape):
    """A query and what it gives."""

    words: str = Field(description="What it shows.")
    query: str = Field(description="The query.")
    table: str = Field(description="Its rows as text, cells between ` | `, names first.")


class CommandAnswer(Shape):
    """A command of the language."""

    name: str = Field(description="Its name.")
    aliases: list[str] = Field(description="Further names.")
    summary: str = Field(description="A sentence.")
    description: str = Field(description="More about it.")
    synopsis: str = Field(description="How it is written, a line a form.")
    examples: list[CommandExample] = Field(description="Queries that run.")
    begins: bool = Field(description="Whether a query may begin with it.")
    replaces_events: bool = Field(description="Whether what comes out are no longer the events.")

    @classmethod
    def of(cls, command: type[commands.Command]) -> Self:
        """A command by its documentation."""
        found = documentation.read(command.__doc__ or "")
        return cls(
            name=command.name,
            aliases=list(command.aliases),
            summary=found.summary,
            description=found.words,
            synopsis=found.synopsis,
            examples=[CommandExample(words=one.words, query=one.query, table=one.table) for one in found.examples],
            begins=command.generates or command.may_begin,
            replaces_events=command.replaces_events,
        )


class CallExample(Shape):
    """A call and what it gives."""

    call: str = Field(description="The call.")
    result: Any = Field(description="Its value.")


class FunctionAnswer(Shape):
    """A function or an aggregation of the language."""

    name: str = Field(description="Its name.")
    aliases: list[str] = Field(description="Further names.")
    family: str = Field(description="What it belongs to.")
    parameters: list[str] = Field(description="Its parameters; `?` marks those that may be left out, `...` any more.")
    summary: str = Field(description="A sentence.")
    examples: list[CallExample] = Field(description="Calls and what they give.")

    @classmethod
    def of(cls, function: Function | Aggregation, family: str) -> Self:
        """A function by its entry in its family."""
        return cls(
            name=function.name,
            aliases=list(function.aliases),
            family=family,
            parameters=list(function.parameters),
            summary=function.summary,
            examples=[CallExample(call=one.call, result=json_value(one.result)) for one in function.examples],
        )


class LanguageAnswer(Shape):
    """The whole language."""

    commands: list[CommandAnswer] = Field(description="The commands by name.")
    functions: list[FunctionAnswer] = Field(description="The functions of expressions, by family.")
    aggregations: list[FunctionAnswer] = Field(description="The aggregations, by family.")

    @classmethod
    def whole(cls) -> Self:
        """All that there is."""
        members = [
            (member, family)
            for family, many in functions.families().items()
            for member in many
            if not member.is_operator
        ]
        return cls(
            commands=[CommandAnswer.of(command) for command in commands.REGISTRY.values()],
            functions=[FunctionAnswer.of(member, family) for member, family in members if isinstance(member, Function)],
            aggregations=[
                FunctionAnswer.of(member, family) for member, family in members if isinstance(member, Aggregation)
            ],
        )
