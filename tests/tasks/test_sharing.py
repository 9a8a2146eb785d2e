"""Several servers on one database share the tasks, and each can stop what another one runs."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sql

from tasks.opened import OWNER, asked, ended, numbers, opened
from tasks.scripted import add_source
from trawl.settings.cluster import ClusterSettings
from trawl.tasks.store import Store
from trawl.tasks.task import Status
from waiting import until


def test_two_servers_run_one_task_each(tmp_path: Path, database_url: str, engine: sql.Engine) -> None:
    add_source(tmp_path, "slow", 100_000)
    add_source(tmp_path, "quick", 100)
    ClusterSettings(engine).put({"trawl.tasks.max_running": 1})
    with opened(tmp_path, database=database_url) as here, opened(tmp_path, database=database_url) as there:
        two = [here.submit(asked("source slow"), OWNER).id for _ in range(2)]
        store = Store(engine)
        until(lambda: len({supervisor for _, _, supervisor in store.running()}) == 2, "each server runs one")
        until(lambda: all(there.get(id, OWNER).rows for id in two), "both have rows")
        third = there.submit(asked("source quick"), OWNER)
        for id in two:
            assert here.stop(id, OWNER, by=OWNER).status is Status.STOPPED
        assert ended(here, third.id).status is Status.COMPLETED
        assert numbers(there, third.id) == list(range(100))
        assert [there.get(id, OWNER).losses for id in two] == [0, 0]
