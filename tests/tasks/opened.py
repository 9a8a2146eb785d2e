"""A data folder with scripted sources, opened, and the words that tests about tasks share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tasks.scripted import ScriptedCatalog
from trawl import database
from trawl.arrow import to_values
from trawl.errors import Code, TrawlError
from trawl.settings.process import Settings
from trawl.tasks.service import Tasks
from trawl.tasks.task import Task
from trawl.tasks.wanted import Wanted
from waiting import until

TESTS = Path(__file__).parents[1]
OWNER = "ada"
DAY = {"start": "2026-01-01", "end": "2026-01-02"}


@contextmanager
def opened(data: Path, *, running: bool = True, factory: str = "tasks.scripted:tools", **more: Any) -> Iterator[Tasks]:
    """The tasks of a data folder; `running` as a server has them."""
    os.environ["PYTHONPATH"] = str(TESTS)  # for workers, which look the factory up
    settings = Settings.load(data, threads=1, **more)
    engine = database.connect(settings.database or database.url_of(data))
    database.upgrade(engine)
    tasks = Tasks(settings, engine, ScriptedCatalog(data / "scripted"), factory, adopts=running)
    if running:
        tasks.start()
    try:
        yield tasks
    finally:
        tasks.close()
        engine.dispose()


def refusal(code: Code) -> pytest.RaisesExc[TrawlError]:
    """Holds what is done within to be refused for this reason."""
    return pytest.RaisesExc(TrawlError, check=lambda error: error.code is code)


def asked(query: str, **more: Any) -> Wanted:
    """A create body that searches the day of the events."""
    return Wanted(query, **{**DAY, **more})


def ended(tasks: Tasks, id: str) -> Task:
    """The task once it has ended."""
    *_, last = tasks.watch(id, OWNER)
    return last


def begun(tasks: Tasks, query: str, **more: Any) -> Task:
    """A task that runs and has rows to read."""
    made = tasks.submit(asked(query, **more), OWNER)
    until(lambda: tasks.get(made.id, OWNER).rows, f"`{query}` has rows to read")
    return tasks.get(made.id, OWNER)


def run(tasks: Tasks, query: str, **more: Any) -> Task:
    """A task from its creation to its end."""
    return ended(tasks, tasks.submit(asked(query, **more), OWNER).id)


def numbers(tasks: Tasks, id: str) -> list[Any]:
    """Column `n` of what can be read of a task."""
    result = tasks.answer(id, OWNER).result
    if result is None or not len(result.schema):
        return []
    type_ = result.schema.type_of("n")
    return [value for batch in result.batches(columns=["n"]) for value in to_values(batch.column(0), type_)]


def messages(tasks: Tasks, id: str) -> list[str]:
    """The log of a task."""
    return [line.message for line in tasks.logs(id, OWNER)[0]]
