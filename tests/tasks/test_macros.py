"""A task keeps the macros that it was made with, whatever the settings say when a worker picks it up."""

from __future__ import annotations

from pathlib import Path

from tasks.opened import OWNER, asked, ended, numbers, opened, refusal
from tasks.scripted import add_source
from trawl.errors import Code
from trawl.tasks.task import Status

QUERY = "source quick | `first(3)`"


def test_a_task_runs_with_the_macros_that_it_was_made_with(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 250)
    first = {"first": {"definition": "head $n$", "args": ["n"]}, "unused": {"definition": "tail"}}
    with opened(tmp_path, running=False, macros=first) as tasks:
        made = tasks.submit(asked(QUERY), OWNER)
        assert made.macros.keys() == {"first"}
        assert tasks.dry_run(asked(QUERY)).sources == ("quick",)
    with opened(tmp_path, macros={"first": {"definition": "tail $n$", "args": ["n"]}}) as tasks:
        task = ended(tasks, made.id)
        assert (task.status, task.wanted.query) == (Status.COMPLETED, QUERY)
        assert numbers(tasks, made.id) == [0, 1, 2]
        again = ended(tasks, tasks.submit(asked(QUERY), OWNER).id)
        assert numbers(tasks, again.id) == [249, 248, 247]


def test_a_macro_that_is_not_defined_makes_no_task(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 250)
    with opened(tmp_path, running=False) as tasks, refusal(Code.UNKNOWN_MACRO):
        tasks.submit(asked(QUERY), OWNER)
