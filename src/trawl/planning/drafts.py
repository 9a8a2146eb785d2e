"""What can be said of a query that is being written: its commands, its columns, all that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from trawl import commands
from trawl.catalog.base import Catalog
from trawl.commands.base import Command
from trawl.errors import Notice, Span, TrawlError
from trawl.language.tree import Query
from trawl.planning.plan import Plan, Request
from trawl.planning.planner import plan
from trawl.schema import Schema


@dataclass(frozen=True)
class Piece:
    """A command of a query.

    Attributes:
        text: as the language writes it. span: where it stands.
        subqueries: the commands of each query in brackets that it holds.
    """

    command: str
    text: str
    span: Span
    subqueries: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True)
class Draft:
    """A query as far as it can be understood.

    Attributes:
        query: in canonical form. laid_out: for people, a command a line. Both None where it cannot be read.
        commands: its commands; none where it cannot be read.
        sources: names of all that it reads.
        columns: those of its rows; None where it cannot be planned.
        errors: what is wrong with it, in order of position.
        notices: what is worth knowing about it.
    """

    query: str | None
    laid_out: str | None
    commands: tuple[Piece, ...]
    sources: tuple[str, ...]
    columns: Schema | None
    errors: tuple[TrawlError, ...]
    notices: tuple[Notice, ...]


def look(request: Request, catalog: Catalog) -> Draft:
    """What can be said of a query. It is never refused: what is wrong with it is part of the answer."""
    try:
        query = commands.read(request.text, request.macros)
    except TrawlError as error:
        return Draft(None, None, (), (), None, _together(error), ())
    planned: Plan | None = None
    errors: tuple[TrawlError, ...] = ()
    try:
        planned = plan(request, catalog)
    except TrawlError as error:
        errors = _together(error)
    return Draft(
        query=commands.write(query),
        laid_out=commands.laid_out(query),
        commands=_pieces(query),
        sources=planned.sources if planned else (),
        columns=columns_of(planned) if planned else None,
        errors=errors,
        notices=planned.notices if planned else query.notices,
    )


def columns_of(planned: Plan) -> Schema:
    """The columns that a plan's rows will have; open where only the data tells them."""
    return planned.result.columns if planned.rest is None else Schema((), open=True)


def _pieces(query: Query) -> tuple[Piece, ...]:
    found = []
    for stage in query.commands:
        assert isinstance(stage, Command)
        text = commands.write(Query((stage,)))
        subqueries = tuple(_pieces(subquery) for subquery in stage.subqueries)
        found.append(Piece(stage.name, text, stage.span, subqueries))
    return tuple(found)


def _together(error: TrawlError) -> tuple[TrawlError, ...]:
    return (error, *error.others)
