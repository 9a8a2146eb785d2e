"""The store holds tasks to their moves, whoever writes to the database."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sql
from sqlalchemy.schema import CreateTable

from tasks.queued import add, at_end, claim, task
from trawl.database import writing
from trawl.errors import Code, Notice, Span, TrawlError
from trawl.tasks import listing, tables
from trawl.tasks.ids import is_id, new_id
from trawl.tasks.journal import Journal, Level, Note, Phase
from trawl.tasks.listing import Filter
from trawl.tasks.store import Ending, Report, Store
from trawl.tasks.task import MOVES, Failure, Progress, Status, Task
from trawl.tasks.wanted import CostLevel, Wanted
from trawl.values import Instant


def test_a_task_comes_back_as_it_was_stored(engine: sql.Engine) -> None:
    store = Store(engine)
    every_option = {
        "query": "source a | head 3",
        "time_field": "when",
        "start": "now-7d",
        "end": "now/d",
        "stats": True,
        "cost": CostLevel.DEBUG,
        "name": "Ünïcode\n",
        "ttl": "1d",
        "priority": 9,
        "max_run_seconds": 1.5,
        "max_rows": 7,
        "strict": True,
    }
    made = add(store, **every_option)
    found = store.get(made.id)
    assert found is not None
    assert found.wanted == made.wanted
    assert (found.range, found.limits, found.ttl_seconds) == (made.range, made.limits, 60)
    assert set(every_option) == set(Wanted.__dataclass_fields__), "the test names every option"


@pytest.mark.parametrize(("old", "new"), list(itertools.product(Status, Status)))
def test_the_database_allows_the_moves_of_the_table_and_no_others(engine: sql.Engine, old: Status, new: Status) -> None:
    store = Store(engine)
    made = add(store)
    if old is not Status.QUEUED:
        claim(store)
    if old.is_end:
        store.finish(
            at_end(replace_attempt(made, 1)), Ending(old, error=Failure("x", "y") if old == "FAILED" else None)
        )
    values = {
        "status": new.value,
        "supervisor": "s1" if new is Status.RUNNING else None,
        "finished": 1 if new.is_end else None,
        "error": '{"type": "x", "reason": "y"}' if new is Status.FAILED else None,
    }
    update = sql.update(tables.tasks).where(tables.tasks.c.id == made.id).values(values)
    if new == old or new in MOVES[old]:
        with writing(engine) as connection:
            connection.execute(update)
    else:
        with pytest.raises(sql.exc.IntegrityError, match="does not move"), writing(engine) as connection:
            connection.execute(update)


def replace_attempt(of: Task, attempt: int) -> Task:
    return Task(**{**{name: getattr(of, name) for name in Task.__dataclass_fields__}, "attempt": attempt})


def test_a_task_is_born_queued(engine: sql.Engine) -> None:
    with pytest.raises(sql.exc.IntegrityError):
        Store(engine).add(
            Task(**{**{n: getattr(task(), n) for n in Task.__dataclass_fields__}, "status": Status.COMPLETED}),
            None,
            (),
            9,
        )


def test_the_migration_makes_the_tables_that_the_code_names(engine: sql.Engine) -> None:
    inspector = sql.inspect(engine)
    for table in (tables.tasks, tables.journal, tables.idempotency_keys, tables.tombstones):
        made = {
            column["name"]: (str(column["type"]), column["nullable"]) for column in inspector.get_columns(table.name)
        }
        named = {c.name: (c.type.compile(engine.dialect), c.nullable) for c in table.columns}
        assert made == named, str(CreateTable(table))
        assert {i["name"] for i in inspector.get_indexes(table.name)} == {i.name for i in table.indexes}
        checks = {str(constraint["name"]) for constraint in inspector.get_check_constraints(table.name)}
        assert checks == {str(c.name) for c in table.constraints if isinstance(c, sql.CheckConstraint)}


def test_claims_go_by_priority_then_age(engine: sql.Engine) -> None:
    store = Store(engine)
    old, urgent, young = add(store), add(store, priority=9), add(store)
    assert [store.get(t.id).queue_position for t in (old, urgent, young)] == [2, 1, 3]  # type: ignore[union-attr]  # they are there
    assert [claim(store).id for _ in range(3)] == [urgent.id, old.id, young.id]
    assert store.claim("s1") is None


def test_a_claim_can_be_narrowed_to_tasks_of_ones_own(engine: sql.Engine) -> None:
    store = Store(engine)
    add(store)
    mine = add(store)
    claimed = store.claim("s1", only={mine.id})
    assert claimed is not None
    assert claimed.id == mine.id
    assert store.claim("s1", only=set()) is None


@pytest.mark.parametrize("most_of_owner", [0, 1])
def test_a_look_for_nothing_takes_no_write_lock(
    engine: sql.Engine, monkeypatch: pytest.MonkeyPatch, most_of_owner: int
) -> None:
    store = Store(engine)
    assert store.claim("s1") is None
    for _ in range(1 + most_of_owner):
        add(store)
    if most_of_owner:
        claim(store)
    monkeypatch.setattr("trawl.tasks.store.writing", None)
    for only in ((), (new_id(1),), None if most_of_owner else ()):
        assert store.claim("s1", only, most_of_owner) is None


def test_only_the_present_attempt_can_report_and_finish(engine: sql.Engine) -> None:
    store = Store(engine)
    add(store)
    first = claim(store)
    assert (
        store.give_back(first.id, first.attempt, Note(Level.WARN, Phase.SEARCH, "gone"), counts=True) is Status.QUEUED
    )
    second = claim(store)
    assert (second.attempt, second.losses) == (2, 1)
    store.report([at_end(first, rows=99)])
    assert not store.finish(at_end(first, rows=99), Ending(Status.COMPLETED))
    assert store.finish(at_end(second, rows=5), Ending(Status.COMPLETED))
    assert not store.finish(at_end(second, rows=6), Ending(Status.COMPLETED)), "an end state is not left"
    found = store.get(first.id)
    assert found is not None
    assert (found.status, found.rows) == (Status.COMPLETED, 5)


def test_a_third_lost_worker_fails_the_task_and_a_lost_server_does_not_count(engine: sql.Engine) -> None:
    store, gone = Store(engine), Note(Level.WARN, Phase.SEARCH, "killed by SIGKILL")
    made = add(store)
    for counts in (True, False, False, True, False):
        running = claim(store)
        assert store.give_back(made.id, running.attempt, gone, counts=counts) is Status.QUEUED
    last = claim(store)
    assert store.give_back(made.id, last.attempt, gone, counts=True) is Status.FAILED
    found = store.get(made.id)
    assert found is not None
    assert found.error is not None
    assert (found.error.type, found.attempt, found.losses) == (Code.WORKER_DIED, 6, 3)


def test_a_task_that_was_asked_to_stop_is_not_queued_again(engine: sql.Engine) -> None:
    store = Store(engine)
    add(store)
    running = claim(store)
    assert store.request_stop([running.id], "bob") == {running.id: Status.RUNNING}
    assert store.to_stop("s1") == [running.id]
    assert (
        store.give_back(running.id, running.attempt, Note(Level.WARN, Phase.SEARCH, "x"), counts=True) is Status.STOPPED
    )


def test_a_queued_task_stops_without_running(engine: sql.Engine) -> None:
    store = Store(engine)
    made = add(store)
    assert store.request_stop([made.id, new_id(1)], "bob") == {made.id: Status.QUEUED}
    found = store.get(made.id)
    assert found is not None
    assert (found.status, found.attempt, found.stopped_by, found.is_partial) == (Status.STOPPED, 0, "bob", True)
    assert store.claim("s1") is None


def test_the_same_key_answers_the_same_task_and_another_body_conflicts(engine: sql.Engine) -> None:
    store = Store(engine)
    first = store.add(task(name="a"), "k", (), 100)
    assert store.add(task(name="a"), "k", (), 100).id == first.id
    assert store.made_with("ada", "k", first.wanted.body()) == first.id
    assert store.made_with("bob", "k", first.wanted.body()) is None
    with pytest.raises(TrawlError) as raised:
        store.add(task(name="b"), "k", (), 100)
    assert raised.value.code is Code.IDEMPOTENCY_CONFLICT


@pytest.mark.parametrize(("owner", "most"), [("ada", (1, 0)), ("bob", (1, 0)), ("ada", (9, 1))])
def test_more_tasks_than_may_wait_are_refused(engine: sql.Engine, owner: str, most: tuple[int, int]) -> None:
    store = Store(engine)
    store.add(task(), None, (), *most)
    with pytest.raises(TrawlError) as raised:
        store.add(task(owner), None, (), *most)
    assert raised.value.code is Code.TOO_MANY_TASKS


def test_so_many_may_wait_of_each_owner(engine: sql.Engine) -> None:
    store = Store(engine)
    for owner in ("ada", "bob"):
        store.add(task(owner), None, (), 9, 1)


def test_warnings_and_failures_keep_their_place(engine: sql.Engine) -> None:
    store = Store(engine)
    add(store)
    running = claim(store)
    warned = Report(
        running.id, 1, Progress(5.0, 1, 2, 3, 4, 5.5), 1, 2, (Notice("c", "m", Span(1, 2), 3), Notice("d", "n"))
    )
    failure = Failure("engine_error", "why", "hint", {"start": 1, "end": 2, "line": 1, "column": 2}, "…\n^")
    store.finish(warned, Ending(Status.FAILED, True, failure))
    found = store.get(running.id)
    assert found is not None
    assert (found.warnings, found.error, found.progress) == (warned.warnings, failure, warned.progress)


def test_deleting_leaves_a_tombstone_and_takes_the_log_along(engine: sql.Engine) -> None:
    store, journal = Store(engine), Journal(engine)
    made = add(store, name="mine")
    assert not store.bury(made.id, "bob"), "an unfinished task stays"
    running = claim(store)
    store.finish(at_end(running), Ending(Status.COMPLETED))
    assert store.bury(made.id, "bob")
    assert store.get(made.id) is None
    assert journal.events(made.id, None, 0) == []
    stone = store.tombstone(made.id)
    assert stone is not None
    assert (stone.owner, stone.by, stone.body) == ("ada", "bob", {"query": "source x", "name": "mine"})


def test_expiry_counts_from_the_end_and_can_be_put_off(engine: sql.Engine) -> None:
    store = Store(engine)
    add(store)
    running = claim(store)
    store.finish(at_end(running), Ending(Status.COMPLETED))
    found = store.get(running.id)
    assert found is not None
    assert found.finished is not None
    assert found.expires == Instant(found.finished.nanoseconds + 60 * 10**9)
    assert store.expired(found.expires) == [found.id]
    kept = store.keep(found.id, 120)
    assert kept.expires == Instant(found.finished.nanoseconds + 120 * 10**9)
    assert store.keep(found.id, 0).expires is None


def test_the_journal_tells_moves_and_lines_in_one_sequence(engine: sql.Engine) -> None:
    store, journal = Store(engine), Journal(engine)
    made = store.add(task(), None, [Note(Level.INFO, Phase.QUEUE, "accepted")], 9)
    running = claim(store)
    debug = Note(Level.DEBUG, Phase.PLAN, "small", command="head")
    store.finish(
        Report(made.id, 1, Progress(), notes=(debug, Note(Level.WARN, Phase.PLAN, "big"))), Ending(Status.COMPLETED)
    )
    events = journal.events(made.id, "ada", 0)
    assert [getattr(event, "status", None) or event.line.message for event in events] == [  # type: ignore[union-attr]  # one or the other
        *("QUEUED", "accepted", "RUNNING", "small", "big", "COMPLETED")
    ]
    assert [event.seq for event in events] == sorted({event.seq for event in events})
    assert journal.events(made.id, None, events[3].seq) == events[4:]
    assert journal.events(None, "bob", 0) == []
    assert [line.message for line in journal.lines(made.id, level=Level.INFO)] == ["accepted", "big"]
    assert [line.command for line in journal.lines(made.id, level=Level.DEBUG)] == [None, "head", None]
    assert running.attempt == 1


def test_lists_are_newest_first_filtered_and_paged(engine: sql.Engine) -> None:
    store = Store(engine)
    made = [add(store, query=f"source s{number % 3}", name=f"N{number}") for number in range(450)]
    ids = [one.id for one in reversed(made)]
    assert [one.id for one in listing.newest_first(engine, Filter())] == ids, "more than a page"
    assert [one.id for one in listing.newest_first(engine, Filter(limit=250, offset=7))] == ids[7:257]
    named = Filter(text="N44")
    assert [one.wanted.name for one in listing.newest_first(engine, named)] == [
        *(f"N{n}" for n in range(449, 439, -1)),
        "N44",
    ]
    assert listing.count(engine, Filter(text="SOURCE S1", limit=1)) == 150
    assert listing.count(engine, Filter(text="%")) == 0, "no wildcard"
    assert listing.count(engine, Filter(owner="bob")) == 0
    assert listing.count(engine, Filter(statuses=(Status.RUNNING,))) == 0
    since, until = made[10].created, made[20].created
    assert listing.count(engine, Filter(created_from=since, created_to=until)) == 10


@pytest.mark.parametrize("text", ["a\0b", "\0", "\x1a0", "\x1a\0\x1a1", "ü\u2028🙂"])
def test_texts_of_any_signs_are_kept(engine: sql.Engine, text: str) -> None:
    store = Store(engine)
    made = store.add(task(owner=text, query=f'source x | where a="{text}"', name=text), text, (), 9)
    store.note(made.id, [Note(Level.INFO, Phase.QUEUE, text)])
    found = store.get(made.id)
    assert found is not None
    assert (found.owner, found.wanted) == (text, made.wanted)
    assert store.made_with(text, text, made.wanted.body()) == made.id
    assert [line.message for line in Journal(engine).lines(made.id)] == [text]
    assert listing.count(engine, Filter(owner=text, text=text)) == 1


def test_ids_sort_by_time_and_nothing_else_is_one() -> None:
    made = [new_id(moment) for moment in range(0, 10**8, 10**5)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert all(is_id(one) for one in made)
    for text in ("", "..", "a" * 36, made[0].upper(), made[0] + "\0", "{" + made[0] + "}", "x" * 10_000):
        assert not is_id(text)
