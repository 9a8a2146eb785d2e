"""A task's life as its owner sees it: made, run in a worker, read, stopped, deleted."""

from __future__ import annotations

import asyncio
import itertools
import time
from pathlib import Path

import psutil
import pytest

from tasks.opened import OWNER, asked, begun, ended, messages, numbers, opened, refusal, run
from tasks.scripted import NOON, add_source
from trawl.errors import Code, TrawlError
from trawl.tasks.journal import Level, Logged, Moved, Note, Phase, Progressed
from trawl.tasks.listing import Filter
from trawl.tasks.service import LINES, Stops, Tasks
from trawl.tasks.task import Status
from trawl.tasks.wanted import CostLevel
from waiting import until


def test_a_search_runs_to_its_end(tasks: Tasks) -> None:
    made = tasks.submit(asked("source quick", name="first"), OWNER)
    assert made.status is Status.QUEUED
    done = ended(tasks, made.id)
    assert done.status is Status.COMPLETED
    assert (done.rows, done.is_partial, done.attempt, done.error) == (250, False, 1, None)
    assert done.progress.percent == 100.0
    assert (done.progress.scanned_rows, done.progress.total_rows) == (250, 250)
    assert done.result_bytes > 0
    assert done.started is not None
    assert done.finished is not None
    assert done.expires is not None
    assert made.created < done.started < done.finished < done.expires
    assert numbers(tasks, done.id) == list(range(250))


def test_the_log_tells_the_story(tasks: Tasks) -> None:
    done = run(tasks, "source quick")
    accepted, picked_up, plan, completed = messages(tasks, done.id)
    assert accepted == "accepted: source quick"
    workers = {worker.process.pid for worker in tasks._supervisor._crew.workers}
    assert picked_up in {f"picked up by worker {worker}, attempt 1" for worker in workers}
    assert plan == "plan: source quick → scripted reads quick; files: 1, rows: 250"
    assert completed.startswith("completed: rows: 250, bytes: ")
    lines, following = tasks.logs(done.id, OWNER)
    assert tasks.logs(done.id, OWNER, lines[2].seq)[0] == lines[2:]
    assert tasks.logs(done.id, OWNER, following) == ((), following)
    assert tasks.logs(done.id, OWNER, level="WARN")[0] == ()
    with refusal(Code.MALFORMED_REQUEST):
        tasks.logs(done.id, OWNER, level="LOUD")


def test_a_long_log_is_read_in_several_answers(tasks: Tasks) -> None:
    done = run(tasks, "source quick")
    many = [f"line {number}" for number in range(2 * LINES)]
    tasks._store.note(done.id, (Note(Level.DEBUG, Phase.SEARCH, message) for message in many))
    first, second = tasks.logs(done.id, OWNER)
    assert len(first) == LINES
    middle, third = tasks.logs(done.id, OWNER, second)
    rest, end = tasks.logs(done.id, OWNER, third)
    assert tasks.logs(done.id, OWNER, end) == ((), end)
    assert [line.message for line in (*first, *middle, *rest)][4:] == many


def test_a_bad_query_never_makes_a_task(tasks: Tasks) -> None:
    before = tasks.list(Filter())[1]
    with refusal(Code.UNKNOWN_COMMAND):
        tasks.submit(asked("source quick | nonsense"), OWNER)
    with refusal(Code.UNKNOWN_SOURCE):
        tasks.submit(asked("source nothing"), OWNER)
    with refusal(Code.INVALID_TIME):
        tasks.submit(asked("source quick", start="2026-01-03"), OWNER)
    with refusal(Code.INVALID_TIME):
        tasks.submit(asked("source quick", end="yesterdayish"), OWNER)
    with refusal(Code.MALFORMED_REQUEST):
        tasks.submit(asked("source quick", ttl="soon"), OWNER)
    with refusal(Code.BODY_TOO_LARGE):
        tasks.submit(asked("source " + "ü" * (1 << 19)), OWNER)
    assert tasks.list(Filter())[1] == before


def test_a_dry_run_says_what_would_be_read(tasks: Tasks) -> None:
    before = tasks.list(Filter())[1]
    told = tasks.dry_run(asked("source quick"))
    assert (told.query, told.sources, told.files, told.rows, told.bytes) == ("source quick", ("quick",), 1, 250, 2500)
    assert "scan" in told.plan
    assert tasks.dry_run(asked("source quick", start="2026-01-01T18:00:00Z")).files == 0
    assert tasks.list(Filter())[1] == before


def test_an_empty_answer_because_of_the_range_names_the_times_of_the_source(tasks: Tasks) -> None:
    done = run(tasks, "source quick", start="now-1d", end="now")
    assert done.status is Status.COMPLETED
    (warning,) = done.warnings
    assert warning.code == "no_events_in_range"
    assert str(NOON) in warning.message
    assert warning.message in messages(tasks, done.id)


def test_a_pattern_that_matches_nothing_is_a_warning(tasks: Tasks) -> None:
    done = run(tasks, "source nothing*")
    assert (done.status, done.rows) == (Status.COMPLETED, 0)
    assert [warning.code for warning in done.warnings] == ["no_source_matches"]


def test_faults_of_the_data_are_counted_warnings(tasks: Tasks) -> None:
    done = run(tasks, "source faulty")
    assert [(warning.code, warning.count) for warning in done.warnings] == [("bad_cast", 3)]
    assert "a text is no number, 3 times" in messages(tasks, done.id)


def test_what_the_engine_cannot_run_is_finished_here(tasks: Tasks) -> None:
    done = run(tasks, "source quick | head 7")
    assert numbers(tasks, done.id) == list(range(7))


def test_the_rows_of_a_running_search_can_be_read_and_progress_never_falls(tasks: Tasks) -> None:
    seen = []
    made = tasks.submit(asked("source slow", max_rows=2500), OWNER)
    for task in tasks.watch(made.id, OWNER):
        assert numbers(tasks, made.id)[: task.rows] == list(range(task.rows)), "what is told can be read"
        seen.append(task)
    percents = [task.progress.percent for task in seen if task.status is not Status.QUEUED]
    assert percents == sorted(percents)
    assert max(task.progress.percent for task in seen if not task.status.is_end) < 100
    assert any(0 < task.rows < 2500 for task in seen)


def test_a_budget_of_rows_finishes_the_task_as_partial(tasks: Tasks) -> None:
    done = run(tasks, "source quick", max_rows=30)
    assert (done.status, done.is_partial, done.rows) == (Status.COMPLETED, True, 30)
    assert [warning.code for warning in done.warnings] == ["max_rows_reached"]
    assert not run(tasks, "source quick", max_rows=250).is_partial


def test_a_budget_of_seconds_finishes_the_task_as_partial(tasks: Tasks) -> None:
    done = run(tasks, "source slow", max_run_seconds=0.5)
    assert (done.status, done.is_partial) == (Status.COMPLETED, True)
    assert 0 < done.rows < 5000
    assert [warning.code for warning in done.warnings] == ["max_run_seconds_reached"]
    assert numbers(tasks, done.id) == list(range(done.rows))


def test_a_budget_of_seconds_holds_while_sources_are_read_for_the_first_time(tasks: Tasks) -> None:
    done = run(tasks, "source unread", max_run_seconds=0.5, stats=True, cost=CostLevel.DEBUG)
    assert (done.status, done.is_partial, done.rows) == (Status.COMPLETED, True, 0)
    assert [warning.code for warning in done.warnings] == ["max_run_seconds_reached"]
    assert any(message.startswith("completed: rows: 0") for message in messages(tasks, done.id)), "by itself"
    assert numbers(tasks, done.id) == []
    assert tasks.answer(done.id, OWNER).sidebar is None


def test_stopping_a_running_task_leaves_the_rows_it_had(tasks: Tasks) -> None:
    running = begun(tasks, "source slow")
    stopped = tasks.stop(running.id, OWNER, by="bob")
    assert (stopped.status, stopped.is_partial, stopped.stopped_by) == (Status.STOPPED, True, "bob")
    assert numbers(tasks, running.id) == list(range(stopped.rows))
    assert stopped.rows >= running.rows
    assert "stop requested by bob" in messages(tasks, running.id)
    with refusal(Code.WRONG_STATE):
        tasks.stop(running.id, OWNER, by="bob")


def test_reading_files_first_shows_as_progress_and_ends_by_a_stop(tasks: Tasks) -> None:
    made = tasks.submit(asked("source unread"), OWNER)
    until(lambda: tasks.get(made.id, OWNER).progress.scanned_bytes > 100, "files are read")
    before = tasks.get(made.id, OWNER)
    assert 0 < before.progress.percent < 60
    assert before.progress.total_bytes == 1000
    assert tasks.stop(made.id, OWNER, by=OWNER).status is Status.STOPPED
    *_, reading, _, last = messages(tasks, made.id)
    assert (reading, last) == ("reading files for the first time; bytes: 1,000", "stopped")


def test_a_queued_task_stops_without_ever_running(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 1)
    with opened(tmp_path, running=False) as tasks:
        made = tasks.submit(asked("source quick"), OWNER)
        assert tasks.get(made.id, OWNER).queue_position == 1
        assert tasks.stop(made.id, OWNER, by=OWNER).status is Status.STOPPED
        assert tasks.get(made.id, OWNER).attempt == 0
        assert tasks.answer(made.id, OWNER).result is None


def test_stopping_all_stops_ones_own(tasks: Tasks) -> None:
    mine = [tasks.submit(asked("source slow"), "eve").id for _ in range(4)]
    other = tasks.submit(asked("source slow"), OWNER)
    stops = tasks.stop_all("eve", by="eve")
    assert (set(stops.stopped), stops.unfinished) == (set(mine), ())
    assert {tasks.get(id, "eve").status for id in mine} == {Status.STOPPED}
    assert tasks.stop_all("eve", by="eve") == Stops((), ())
    assert not tasks.get(other.id, OWNER).status.is_end
    tasks.stop(other.id, OWNER, by=OWNER)


def test_an_error_with_a_name_fails_the_task_at_once(tasks: Tasks) -> None:
    failed = run(tasks, "source limit")
    assert (failed.status, failed.attempt, failed.rows) == (Status.FAILED, 1, 20)
    assert failed.error is not None
    assert failed.error.type == Code.MEMORY_LIMIT_EXCEEDED
    assert numbers(tasks, failed.id) == list(range(20)), "rows written before can be read"
    assert messages(tasks, failed.id)[-1] == "failed: the search needed more memory than a worker may use"


def test_a_fault_of_the_program_tells_nothing_of_its_inside(tasks: Tasks) -> None:
    failed = run(tasks, "source bug")
    assert failed.error is not None
    assert failed.error.type == Code.INTERNAL_ERROR
    assert "secret" not in failed.error.reason
    assert "Traceback" not in "".join(messages(tasks, failed.id))


def test_the_same_key_makes_one_task(tasks: Tasks) -> None:
    first = tasks.submit(asked("source quick"), OWNER, "key-1")
    assert tasks.submit(asked("source quick"), OWNER, "key-1").id == first.id
    assert tasks.submit(asked("source quick"), "eve", "key-1").id != first.id
    with refusal(Code.IDEMPOTENCY_CONFLICT):
        tasks.submit(asked("source quick | head 1"), OWNER, "key-1")


def test_somebody_elses_task_is_not_there(tasks: Tasks) -> None:
    made = run(tasks, "source quick")
    for id in (made.id, "..", "\0", "x" * 10_000, "00000000-0000-7000-8000-000000000000"):
        with refusal(Code.TASK_NOT_FOUND):
            tasks.get(id, "eve")
    assert tasks.get(made.id, None).id == made.id
    assert made.id in {task.id for task in tasks.list(Filter(owner=OWNER))[0]}
    assert made.id not in {task.id for task in tasks.list(Filter(owner="eve"))[0]}


def test_deleting_frees_the_disk_and_leaves_the_way_to_run_it_again(tasks: Tasks, data: Path) -> None:
    made = run(tasks, "source quick", name="gone")
    folder = data / "results" / made.id
    assert folder.exists()
    assert tasks.delete(made.id, OWNER, by="bob") >= made.result_bytes
    assert not folder.exists()
    with refusal(Code.TASK_GONE) as raised:
        tasks.get(made.id, OWNER)
    facts = raised.value.facts
    assert (facts["deletedBy"], facts["why"]) == ("bob", "deleted")
    assert facts["request"] == {
        "query": "source quick",
        "name": "gone",
        "dtStart": "2026-01-01",
        "dtEnd": "2026-01-02",
    }
    with refusal(Code.TASK_NOT_FOUND):
        tasks.get(made.id, "eve")


def test_an_unfinished_task_cannot_be_deleted(tasks: Tasks) -> None:
    made = tasks.submit(asked("source slow"), OWNER)
    with refusal(Code.WRONG_STATE):
        tasks.delete(made.id, OWNER, by=OWNER)
    tasks.stop(made.id, OWNER, by=OWNER)
    tasks.delete(made.id, OWNER, by=OWNER)


def test_a_result_expires_unless_it_is_kept(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 1)
    with opened(tmp_path) as tasks:
        first, second = run(tasks, "source quick", ttl="1"), run(tasks, "source quick", ttl="5")
        assert tasks.keep(second.id, OWNER, "0").expires is None

        def is_gone() -> bool:
            try:
                tasks.get(first.id, OWNER)
            except TrawlError as error:
                return error.facts["why"] == "expired"
            return False

        until(is_gone, "the task has expired")
        until(lambda: not (tmp_path / "results" / first.id).exists(), "its result is swept")
        assert tasks.get(second.id, OWNER).status is Status.COMPLETED


def test_room_for_results_is_bounded(tmp_path: Path) -> None:
    add_source(tmp_path, "slow", 3000)
    with opened(tmp_path) as tasks:
        tasks._cluster.put({"trawl.results.max_bytes": 4000})
        time.sleep(1.5)  # the supervisor looks at the settings once a second
        done = run(tasks, "source slow")
        assert (done.status, done.is_partial) == (Status.COMPLETED, True)
        assert [warning.code for warning in done.warnings] == ["results_full"]
        assert 0 < done.rows < 3000
        tasks._cluster.put({"trawl.results.max_bytes": 10})
        with refusal(Code.NO_ROOM):
            tasks.submit(asked("source slow"), OWNER)


@pytest.mark.parametrize("level", CostLevel)
def test_what_a_search_cost_is_told_as_far_as_asked(tasks: Tasks, level: CostLevel) -> None:
    done = run(tasks, "source quick | head 7 | tail 3", cost=level)
    cost = tasks.answer(done.id, OWNER).cost
    if level is CostLevel.OFF:
        assert cost is None
        return
    phases = [row["phase"] for row in cost["phases"]]
    assert phases == ["queue", "plan", "search", "write"] + ["cost"] * (level is CostLevel.DEBUG)
    assert (cost["filesRead"], cost["rowsWritten"]) == (1, 3)
    assert cost["bytesWritten"] == done.result_bytes
    assert cost["peakMemoryBytes"] > 10 << 20
    if level is CostLevel.DEBUG:
        told = [(c["command"], c["where"], c["rowsIn"], c["rowsOut"]) for c in cost["commands"]]
        assert told == [("source", "pushed", 0, 250), ("head", "local", 250, 7), ("tail", "local", 7, 3)]
        assert cost["statements"] == ["a script"]


@pytest.mark.parametrize("query", ["source quick | head 7", "source quick | head 7 | stats count by n"])
def test_statistics_describe_the_events_before_the_first_command_that_replaces_them(tasks: Tasks, query: str) -> None:
    done = run(tasks, query, stats=True, cost=CostLevel.INFO)
    answer = tasks.answer(done.id, OWNER)
    assert answer.sidebar["events"] == 7
    (n,) = [field for field in answer.sidebar["fields"] if field["name"] == "n"]
    assert (n["count"], n["distinct"], n["min"], n["max"], n["avg"]) == (7, 7, 0, 6, 3.0)
    counts = [bucket["count"] for bucket in answer.timeline["fields"]]
    assert sum(counts) == 7
    assert len(counts) <= 100
    assert [row["phase"] for row in answer.cost["phases"]] == ["queue", "plan", "search", "write", "stats"]


def test_events_without_their_time_have_no_timeline(tasks: Tasks) -> None:
    done = run(tasks, "source quick | fields - @timestamp", stats=True)
    answer = tasks.answer(done.id, OWNER)
    assert answer.sidebar["events"] == 250
    assert answer.timeline is None
    assert [warning.code for warning in done.warnings] == ["no_timeline"]


def test_statistics_are_not_made_unless_asked_for(tasks: Tasks) -> None:
    answer = tasks.answer(run(tasks, "source quick").id, OWNER)
    assert (answer.sidebar, answer.timeline) == (None, None)


def test_events_come_as_they_happen_and_from_where_one_left_off(tasks: Tasks) -> None:
    async def collect(id: str, after: int | None = None) -> list[object]:
        return [event async for event in tasks.events(id, OWNER, after)]

    made = tasks.submit(asked("source slow", max_rows=1000), OWNER)
    events = asyncio.run(collect(made.id))
    moves = [event.status for event in events if isinstance(event, Moved)]
    assert moves == [Status.QUEUED, Status.RUNNING, Status.COMPLETED]
    assert any(isinstance(event, Progressed) for event in events)
    assert [event.line.message for event in events if isinstance(event, Logged)] == messages(tasks, made.id)
    sequence = [event.seq for event in events]  # type: ignore[attr-defined]  # each kind of event has one
    assert sequence == sorted(sequence)
    written = [event for event in events if not isinstance(event, Progressed)]
    assert asyncio.run(collect(made.id, after=written[2].seq)) == written[3:]  # type: ignore[attr-defined]  # as above
    assert asyncio.run(collect(made.id, after=written[-1].seq)) == []  # type: ignore[attr-defined]  # as above


def test_the_events_of_all_tasks_start_now(tasks: Tasks) -> None:
    async def collect() -> tuple[str, list[object]]:
        stream = tasks.events(None, OWNER)
        first = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.1)
        made = tasks.submit(asked("source quick"), OWNER)
        found: list[object] = [await first]
        while not (isinstance(found[-1], Moved) and found[-1].status.is_end):
            found.append(await anext(stream))
        await stream.aclose()  # type: ignore[attr-defined]  # a generator
        return made.id, found

    run(tasks, "source quick")
    id, found = asyncio.run(collect())
    assert {event.task for event in found} == {id}  # type: ignore[attr-defined]  # each kind of event has one
    assert isinstance(found[0], Moved)


def test_higher_priorities_go_first_and_no_more_run_than_may(tmp_path: Path) -> None:
    add_source(tmp_path, "slow", 200)
    with opened(tmp_path, running=False) as tasks:
        tasks._cluster.put({"trawl.tasks.max_running": 1})
        low, high, mid = (tasks.submit(asked("source slow", priority=p), OWNER).id for p in (1, 9, 5))
    with opened(tmp_path) as tasks:
        finished = {id: ended(tasks, id) for id in (low, high, mid)}
    order = sorted(finished, key=lambda id: finished[id].started or finished[id].created)
    assert order == [high, mid, low]
    for earlier, later in itertools.pairwise(order):
        assert finished[earlier].finished <= finished[later].started  # type: ignore[operator]  # they have ended


def test_closing_gives_running_tasks_back_and_leaves_no_process(tmp_path: Path) -> None:
    add_source(tmp_path, "slow", 1500)
    others = set(psutil.Process().children())
    with opened(tmp_path) as tasks:
        running = begun(tasks, "source slow")
        workers = set(psutil.Process().children()) - others
        assert workers
    assert not [worker for worker in workers if worker.is_running()]
    with opened(tmp_path, running=False) as tasks:
        waiting = tasks.get(running.id, OWNER)
        assert (waiting.status, waiting.losses) == (Status.QUEUED, 0)
    with opened(tmp_path) as tasks:
        done = ended(tasks, running.id)
        assert (done.status, done.attempt, done.losses) == (Status.COMPLETED, 2, 0)
        assert numbers(tasks, done.id) == list(range(1500))
        assert [path.name for path in (tmp_path / "results" / done.id).iterdir() if path.is_dir()] == ["2"]


def test_the_command_line_runs_its_own_tasks_only(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 5)
    with opened(tmp_path, running=False) as tasks:
        theirs = tasks.submit(asked("source quick"), OWNER)
    with opened(tmp_path, running=False) as tasks:
        tasks.start()
        assert run(tasks, "source quick").status is Status.COMPLETED
        assert tasks.get(theirs.id, OWNER).status is Status.QUEUED
