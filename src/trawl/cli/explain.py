"""`trawl explain`: what a query would do, without doing it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import typer

from trawl.cli.terminal.faults import about
from trawl.cli.terminal.options import Data, End, Json, Query, Start

if TYPE_CHECKING:
    from trawl.planning.explain import Explanation
    from trawl.planning.plan import Plan
    from trawl.settings.process import Settings
    from trawl.tasks.wanted import Wanted


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(explain)


def explain(
    query: Query,
    start: Start = None,
    end: End = None,
    json: Json = False,
    data: Data = None,
) -> None:
    """Show a query's plan: where it is cut between engine and program, and what each part becomes."""
    from trawl.settings.process import Settings
    from trawl.tasks.wanted import Wanted

    with about(query):
        plan, explanation, becomes = _explained(Settings.load(data), Wanted(query, start=start, end=end))
    if json:
        told = {
            "query": explanation.query,
            "sources": explanation.sources,
            "dtStart": str(explanation.start),
            "dtEnd": str(explanation.end),
            "steps": explanation.steps,
            "plan": explanation.tree,
            "becomes": becomes,
        }
        typer.echo(orjson.dumps(told))
        return
    typer.echo(f"sources  {', '.join(explanation.sources) or 'none'}")
    typer.echo(f"range    {explanation.start} .. {explanation.end}")
    for step in explanation.steps:
        typer.echo(f"{step.where:<7}  | {step.text}")
    typer.echo(f"\n{explanation.tree}")
    for name, text in becomes.items():
        typer.echo(f"\n{name} becomes:\n{text}")
    for notice in plan.notices:
        typer.echo(f"warning: {notice.message}", err=True)


def _explained(settings: Settings, wanted: Wanted) -> tuple[Plan, Explanation, dict[str, str]]:
    """The plan, its explanation, and what the engine makes of each part of it."""
    from trawl.assembly import embedded_engine, open_service
    from trawl.engines.base import Work
    from trawl.planning.explain import explain as explain_plan
    from trawl.tasks.admission import admit

    engine = embedded_engine()
    with open_service(settings) as service, tempfile.TemporaryDirectory(prefix="trawl-") as scratch:
        task, plan = admit(wanted, "", service.cluster.all(), settings.macros, service.store)
        explanation = explain_plan(plan, engine)
        snapshot = service.store.snapshot(plan.reads)
        becomes = {
            name: engine.explain(Work(relation, snapshot, Path(scratch), zone=task.zone))
            for name, relation in explanation.cut.remote
        }
    engine.close()
    return plan, explanation, becomes
