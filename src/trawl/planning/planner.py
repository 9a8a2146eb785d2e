"""Query to plan: reads, checks positions, lowers and binds command by command, then rewrites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from trawl import commands
from trawl.algebra import Given, Relation, Rows
from trawl.catalog.base import Catalog
from trawl.commands.base import Command
from trawl.errors import Notice
from trawl.functions import Clock
from trawl.language.tree import Query, Stage
from trawl.planning.bind import Binder
from trawl.planning.fulltext import FullText
from trawl.planning.plan import Plan, Request, Step
from trawl.planning.rules import improve
from trawl.planning.scope import QueryScope
from trawl.planning.typing import Typing, placed
from trawl.schema import Schema

PREVIOUS = "previous"
"""The name under which a resumed plan reads the rows of the one before it."""


def plan(request: Request, catalog: Catalog) -> Plan:
    """Plans a query. The same request over the same catalog gives the same plan.

    Raises:
        TrawlError: whatever makes the query one that cannot run, with its position.
    """
    with commands.uncollected(request.text):
        return _plan(request, catalog)


def _plan(request: Request, catalog: Catalog) -> Plan:
    query = commands.read(request.text)
    commands.check_order(query)
    notices = Notices(list(query.notices))
    scope = QueryScope(request, catalog, notices.add)
    lowered = _lower(query.commands, Rows((), schema=Schema()), scope, notices)
    return Plan(
        request=request,
        query=lowered.text,
        result=improve(lowered.result),
        tap=improve(lowered.tap) if lowered.tap else None,
        steps=lowered.steps,
        rest=lowered.rest,
        range=scope.range,
        time_field=scope.time_field,
        sources=tuple(scope.sources),
        notices=notices.in_order(),
    )


def resume(before: Plan, schema: Schema, catalog: Catalog) -> Plan:
    """Goes on with a plan's `rest`, now that the data has told the columns of the rows so far.

    Args:
        before: the plan whose result has run.
        schema: the columns that it gave.
        catalog: what the remaining commands may look up.

    Returns:
        A plan that reads those rows under the name `PREVIOUS`.
    """
    assert before.rest is not None
    notices = Notices([])
    scope = QueryScope(before.request, catalog, notices.add)
    scope.range, scope.time_field = before.range, before.time_field
    lowered = _lower(before.rest.commands, Given(PREVIOUS, schema=schema.closed()), scope, notices)
    return replace(
        before,
        result=improve(lowered.result),
        tap=before.tap or (improve(lowered.tap) if lowered.tap else None),
        steps=lowered.steps,
        rest=lowered.rest,
        notices=notices.in_order(),
    )


@dataclass
class Notices:
    """Warnings as they come up; the same words about the same place count once."""

    _found: list[Notice] = field(default_factory=list)

    def add(self, notice: Notice) -> None:
        """Keeps a warning unless it is there already."""
        if notice not in self._found:
            self._found.append(notice)

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


def _lower(stages: Sequence[Stage], upstream: Relation, scope: QueryScope, notices: Notices) -> _Lowered:
    """Lowers commands in order. Once the columns are open, what follows is only checked, and left as `rest`."""
    tap: Relation | None = None
    result: Relation | None = None
    steps: list[Step] = []
    rest: list[Stage] = []
    texts: list[str] = []
    clock, full_text = Clock(scope.now, scope.zone), FullText()
    for stage in stages:
        assert isinstance(stage, Command)
        if stage.replaces_events and tap is None and result is None:
            tap = upstream
        if upstream.columns.open and result is None:
            result = upstream
        if result is not None:
            rest.append(stage)
        with placed(stage.span):
            lowered = stage.lower(upstream, scope)
            typing = Typing(scope.time_field, notices.add, scope.request.strict, clock, full_text)
            upstream = Binder(typing).bind(lowered)
        texts.append(commands.write(Query((stage,))))
        if result is None:
            steps.append(Step(stage.name, texts[-1], stage.span, upstream))
    return _Lowered(result or upstream, tap, tuple(steps), Query(tuple(rest)) if rest else None, " | ".join(texts))
