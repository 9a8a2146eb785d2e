"""Query to plan: reads, checks positions, lowers and binds command by command, then rewrites."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from trawl import commands
from trawl.algebra import Given, Relation, Rows
from trawl.catalog.base import Catalog
from trawl.commands.base import Command, ToIndex, ToLookup
from trawl.errors import Notice
from trawl.functions import Clock
from trawl.language.macros import explaining
from trawl.language.tree import Query, Stage
from trawl.planning.bind import bind
from trawl.planning.fulltext import FullText
from trawl.planning.plan import Answers, Output, Plan, Request, Step
from trawl.planning.rules import improve
from trawl.planning.scope import QueryScope
from trawl.planning.typing import Typing, placed
from trawl.schema import Schema

PREVIOUS = "previous"
"""The name under which a resumed plan reads the rows of the one before it."""


def plan(request: Request, catalog: Catalog, answers: Answers | None = None) -> Plan:
    """Plans a query. The same request over the same catalog gives the same plan.

    Args:
        answers: runs the subqueries of which only the data tells columns or rows. Without it such a query is only
            looked at: its plan is checked as far as it can be, and is not to be run.

    Raises:
        TrawlError: whatever makes the query one that cannot run, with its position; what `answers` raises.
    """
    with commands.uncollected(request.text):
        return _plan(request, catalog, answers)


def _plan(request: Request, catalog: Catalog, answers: Answers | None) -> Plan:
    query = commands.read(request.text, request.macros)
    notices = Notices(query.notices)
    lowering = _Lowering(request, notices.add)
    scope = QueryScope(request, catalog, notices.add, lowering.through, answers)
    with explaining(query.expansions):
        commands.check_order(query)
        lowered = lowering.main(query, Rows((), schema=Schema()), scope)
    return Plan(
        request=request,
        query=lowered.text,
        result=improve(lowered.result),
        tap=lowered.tap,
        steps=lowered.steps,
        rest=lowered.rest,
        range=scope.range,
        time_field=scope.time_field,
        sources=tuple(scope.sources),
        notices=notices.in_order(),
        tables=tuple(scope.tables),
        outputs=lowered.outputs,
        targets=tuple(scope.outputs),
    )


def resume(before: Plan, schema: Schema, catalog: Catalog, answers: Answers | None = None) -> Plan:
    """Goes on with a plan's `rest`, now that the data has told the columns of the rows so far.

    Args:
        before: the plan whose result has run.
        schema: the columns that it gave.
        catalog: what the remaining commands may look up.
        answers: as for `plan`.

    Returns:
        A plan that reads those rows under the name `PREVIOUS`.
    """
    assert before.rest is not None
    notices = Notices()
    lowering = _Lowering(before.request, notices.add)
    scope = QueryScope(before.request, catalog, notices.add, lowering.through, answers, are_events=before.tap is None)
    scope.range, scope.time_field = before.range, before.time_field
    with explaining(before.rest.expansions):
        lowered = lowering.main(before.rest, Given(PREVIOUS, schema=schema.closed()), scope)
    return replace(
        before,
        result=improve(lowered.result),
        tap=before.tap or lowered.tap,
        steps=lowered.steps,
        rest=lowered.rest,
        notices=notices.in_order(),
        outputs=lowered.outputs,
    )


class Notices:
    """Warnings as they come up; the same words about the same place count once."""

    def __init__(self, found: Iterable[Notice] = ()) -> None:
        self._found = dict.fromkeys(found)

    def add(self, notice: Notice) -> None:
        """Keeps a warning unless it is there already."""
        self._found[notice] = None

    def in_order(self) -> tuple[Notice, ...]:
        """The warnings by their position in the text, those without one first."""
        return tuple(sorted(self._found, key=lambda notice: notice.span.start if notice.span else -1))


@dataclass(frozen=True)
class _Lowered:
    result: Relation
    tap: Relation | None
    steps: tuple[Step, ...]
    rest: Query | None
    text: str
    """of all the commands, as the language writes them"""
    outputs: tuple[Output, ...]


class _Lowering:
    """Lowers the commands of a query and of its subqueries, each over what those before it gave, and binds them."""

    def __init__(self, request: Request, notice: Callable[[Notice], None]) -> None:
        self._request = request
        self._notice = notice
        self._clock = Clock(request.now, request.zone)
        self._full_text = FullText()

    def main(self, query: Query, upstream: Relation, scope: QueryScope) -> _Lowered:
        """The commands of the query itself. Once the columns are open, what follows is only checked: the `rest`."""
        tap: Relation | None = None
        result: Relation | None = None
        steps: list[Step] = []
        rest: list[Stage] = []
        texts: list[str] = []
        written: list[tuple[str, ToLookup | ToIndex, Relation]] = []
        for stage in query.commands:
            assert isinstance(stage, Command)
            if stage.replaces_events and tap is None and result is None:
                tap = upstream
            if upstream.columns.open and result is None:
                result = upstream
                scope.answers = None
            if result is not None:
                rest.append(stage)
            upstream = self._lowered(stage, upstream, scope)
            texts.append(commands.write(Query((stage,))))
            if result is None:
                steps.append(Step(stage.name, texts[-1], stage.span, upstream))
                written += [(texts[-1], target, upstream) for target in scope.outputs[len(written) :]]
        later = Query(tuple(rest), expansions=query.expansions) if rest else None
        last = None if rest else upstream
        outputs = tuple(Output(text, target, improve(rows), rows is last) for text, target, rows in written)
        return _Lowered(result or upstream, tap, tuple(steps), later, " | ".join(texts), outputs)

    def through(self, query: Query, upstream: Relation, scope: QueryScope) -> Relation:
        """The commands of a subquery. Where only the data tells columns that the next one reads, it is run so far."""
        for stage in query.commands:
            assert isinstance(stage, Command)
            upstream = self._lowered(stage, scope.known(upstream), scope)
        return upstream

    def _lowered(self, stage: Command, upstream: Relation, scope: QueryScope) -> Relation:
        around, scope.command = scope.command, stage.name
        with placed(stage.span):
            relation = stage.lower(upstream, scope)  # `source` may settle another time field
            typing = Typing(
                scope.time_field,
                self._notice,
                self._request.strict,
                self._clock,
                self._full_text,
                scope.are_events,
                command=stage.name,
            )
            bound = bind(relation, typing)
        scope.command = around
        scope.are_events = scope.are_events and not stage.replaces_events
        return bound
