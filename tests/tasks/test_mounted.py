"""Searches over mounted files that nobody has read yet: accepted at once, read by the worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.opened import OWNER, asked, ended, messages, numbers, refusal
from trawl.assembly import AT_ONCE, Service, open_service
from trawl.errors import Code
from trawl.settings.process import Mount, Settings
from trawl.tasks.listing import Filter
from trawl.tasks.service import Tasks
from trawl.tasks.task import Status

ROWS = 20_000


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A server's tasks, with a mounted file beyond what is read while a caller waits."""
    file = tmp_path / "events.ndjson"
    times = (f"2026-01-01T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z" for second in range(ROWS))
    file.write_text(
        "".join(json.dumps({"@timestamp": t, "n": n, "text": "x" * 30}) + "\n" for n, t in enumerate(times))
    )
    assert file.stat().st_size > AT_ONCE
    settings = Settings.load(tmp_path, threads=1, mounts={"logs": Mount(files="*.ndjson")})
    with open_service(settings, adopts=True) as service:
        yield service


@pytest.fixture
def tasks(service: Service) -> Tasks:
    """Tasks that wait: whatever reads the file, it is not the one who makes them."""
    return service.tasks


def test_a_search_is_accepted_before_its_file_is_read(service: Service, tasks: Tasks) -> None:
    made = tasks.submit(asked("source logs | where n >= 19000 | eval m = n + 1 | sort n | fields n", stats=True), OWNER)
    unread = service.store.source("logs")
    assert unread is not None
    assert unread.schema.open
    tasks.start()
    seen = list(tasks.watch(made.id, OWNER))
    assert seen[-1].status is Status.COMPLETED
    percents = [task.progress.percent for task in seen]
    assert percents == sorted(percents)
    assert numbers(tasks, made.id) == list(range(19_000, ROWS))
    (reading,) = [line for line in messages(tasks, made.id) if line.startswith("reading files for the first time")]
    assert f"bytes: {unread.bytes:,}" in reading
    again = ended(tasks, tasks.submit(asked("source logs | stats count"), OWNER).id)
    assert again.status is Status.COMPLETED
    assert not any(line.startswith("reading") for line in messages(tasks, again.id))


def test_what_only_the_data_can_tell_fails_the_task_with_its_place(tasks: Tasks) -> None:
    tasks.start()
    failed = ended(tasks, tasks.submit(asked("source logs | where nothing = 1", strict=True), OWNER).id)
    assert failed.error is not None
    assert (failed.status, failed.error.type) == (Status.FAILED, Code.UNKNOWN_FIELD)
    assert failed.error.position is not None


def test_the_text_is_checked_and_a_dry_run_says_what_was_not(tasks: Tasks) -> None:
    with refusal(Code.UNKNOWN_COMMAND):
        tasks.submit(asked("source logs | nonsense"), OWNER)
    assert tasks.list(Filter())[1] == 0
    told = tasks.dry_run(asked("source logs | where n > 1"))
    assert [warning.code for warning in told.warnings] == ["unread_source"]
    assert (told.files, told.rows) == (0, 0)
