"""What a plan says beforehand: sources, range, tap, steps, warnings; and what it refuses, with the place."""

from pathlib import Path

import pytest

from trawl.algebra import Aggregate, Fill, Given, Pivot, Scan, post_order
from trawl.errors import Code, TrawlError
from trawl.planning import PREVIOUS, Plan, plan, resume
from trawl.planning.explain import explain
from trawl.schema import INTEGER, TIME, Column, Schema
from trawl.testing import NOW, Events, request
from trawl.values import Instant, TimeRange

DAY = 86_400 * 1_000_000_000


@pytest.fixture
def events(tmp_path: Path) -> Events:
    found = Events(tmp_path)
    found.add("web-a", [{"@timestamp": "2024-01-01T10:00:00Z", "host": "a", "Port": 80}])
    found.add("web-b", [{"@timestamp": "2024-01-01T11:00:00Z", "host": "b", "port": "x"}])
    found.add("auth", [{"@timestamp": "2024-01-01T12:00:00Z", "user": "u", "seen": "2023-05-05T00:00:00Z"}])
    return found


def refused(text: str, events: Events) -> tuple[Code, str]:
    """The error's code, and the text that it points at."""
    with pytest.raises(TrawlError) as caught:
        plan(request(text), events)
    assert caught.value.span is not None
    return caught.value.code, text[caught.value.span.start : caught.value.span.end]


def scan_of(planned: Plan) -> Scan:
    (found,) = (relation for relation in post_order(planned.result) if isinstance(relation, Scan))
    return found


# --- sources and range ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patterns", "sources"),
    [
        ("web-a", ("web-a",)),
        ("web-*", ("web-a", "web-b")),
        ("web-a,web-*", ("web-a", "web-b")),
        ("*,-web-*", ("auth",)),
        ("auth, web-b", ("auth", "web-b")),
        ("nothing-*", ()),
    ],
)
def test_patterns_name_each_source_once(patterns: str, sources: tuple[str, ...], events: Events) -> None:
    assert plan(request(f"source {patterns}"), events).sources == sources


def test_a_pattern_without_a_match_is_a_warning_and_an_exact_name_an_error(events: Events) -> None:
    (notice,) = plan(request("source nothing-*"), events).notices
    assert notice.code == "no_source_matches"
    assert refused("source auht", events) == (Code.UNKNOWN_SOURCE, "auht")


def test_earliest_and_latest_beat_the_range_of_the_request(events: Events) -> None:
    wanted = request("source auth earliest=now-2d latest=now-1d", range_=TimeRange(Instant(0), Instant(1)))
    planned = plan(wanted, events)
    assert planned.range == TimeRange(Instant(NOW.nanoseconds - 2 * DAY), Instant(NOW.nanoseconds - DAY))
    assert (scan_of(planned).start, scan_of(planned).end) == (planned.range.start, planned.range.end)


def test_a_range_that_ends_before_it_starts_is_refused_at_the_place(events: Events) -> None:
    assert refused("source auth earliest=now latest=now-1d", events) == (Code.INVALID_TIME, "now-1d")


def test_another_time_field_is_parsed_and_becomes_the_time(events: Events) -> None:
    planned = plan(request("source auth timefield=seen"), events)
    assert planned.time_field == "seen"
    assert planned.result.columns.type_of("seen") == TIME


# --- fields and types ----------------------------------------------------------------------------------


def test_an_unknown_field_is_null_and_a_warning_that_names_the_nearest(events: Events) -> None:
    (notice,) = plan(request("source web-* | where prot == 80"), events).notices
    assert notice.code == "unknown_field"
    assert "`port`" in notice.message
    assert notice.span is not None


@pytest.mark.parametrize(
    ("expression", "is_meant"),
    [
        ('if(nope + 1 > 2, tcp, "x")', {"nope": False, "tcp": True}),
        ("1 + nope", {"nope": False}),
        ("1 - nope % nopes", {"nope": False, "nopes": False}),
        ("round(1.5, nope)", {"nope": False}),
        ('host . nope == "a"', {"nope": True}),
        ("host IN (tcp) AND nope", {"tcp": True, "nope": False}),
    ],
)
def test_a_field_that_nothing_has_may_be_a_text_only_where_a_text_could_stand(
    expression: str, is_meant: dict[str, bool], events: Events
) -> None:
    notices = plan(request(f"source web-a | eval x={expression}"), events).notices
    found = {name: any(f'"{name}"' in notice.message for notice in notices) for name in is_meant}
    assert found == is_meant


def test_names_that_differ_in_case_are_two_fields(events: Events) -> None:
    planned = plan(request("source web-*"), events)
    assert planned.result.columns.type_of("Port") == INTEGER
    assert planned.result.columns.type_of("port").name == "string"


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("source auth | where user", Code.TYPE_MISMATCH, "user"),
        ("source auth | eval a=len()", Code.INVALID_ARGUMENT, "len()"),
        ("source auth | eval a=lenn(user)", Code.UNKNOWN_FUNCTION, "lenn(user)"),
        ("source auth | stats nope(user)", Code.UNKNOWN_FUNCTION, "nope(user)"),
        ("source auth | stats count | aggs count", Code.WRONG_POSITION, "aggs count"),
    ],
)
def test_what_cannot_run_is_refused_at_its_place(text: str, code: Code, at: str, events: Events) -> None:
    found, place = refused(text, events)
    assert found is code
    assert place in (at, at.partition("(")[0])


# --- the tap and open columns --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("commands", "taps"),
    [
        ("", False),
        ('| where host == "a" | fields host | sort host | head 5 | eval x=1 | dedup host', False),
        ("| stats count by host", True),
        ("| head 3 | top host | head 1", True),
    ],
)
def test_the_tap_is_what_reaches_the_first_command_that_replaces_events(
    commands: str, taps: bool, events: Events
) -> None:
    planned = plan(request(f"source web-* {commands}"), events)
    assert (planned.tap is not None) is taps
    if planned.tap is not None:
        assert "@timestamp" in planned.tap.columns
        assert not any(isinstance(relation, Aggregate) for relation in post_order(planned.tap))


def test_a_plan_ends_where_the_data_tells_the_columns_and_is_resumed_with_them(events: Events) -> None:
    text = "source web-* earliest=now-1d latest=now | timechart span=1h count by host | where a > 0 | fields a*"
    planned = plan(request(text), events)
    assert planned.rest is not None
    assert any(isinstance(relation, Pivot) for relation in post_order(planned.result))
    assert isinstance(planned.result, Fill | Pivot)

    columns = Schema((Column("@timestamp", TIME), Column("a", INTEGER), Column("b", INTEGER)))
    rest = resume(planned, columns, events)
    assert rest.rest is None
    assert rest.result.columns.names == ("a",)
    (given,) = (relation for relation in post_order(rest.result) if isinstance(relation, Given))
    assert given.name == PREVIOUS


def test_what_follows_open_columns_is_checked_already(events: Events) -> None:
    code, _ = refused("source web-* earliest=now-1d latest=now | timechart count by host | eval x=lenn(a)", events)
    assert code is Code.UNKNOWN_FUNCTION


@pytest.mark.parametrize(
    "text",
    [
        "| makeresults count=2 | eval a = 1",
        'source web-a earliest=now-1d latest=now | timechart span=1h count by host | where a > 1 | eval b = "x"',
    ],
)
def test_the_text_of_a_plan_is_that_of_all_its_commands(text: str, events: Events) -> None:
    assert plan(request(text), events).query == text


# --- size ----------------------------------------------------------------------------------------------


def test_a_thousand_commands_are_planned_without_recursion(events: Events) -> None:
    text = "source auth" + " | eval a=1" * 999
    assert len(plan(request(text), events).steps) == 1_000


def test_terms_are_looked_for_in_all_fields_as_often_as_an_engine_can_plan(events: Events) -> None:
    events.add("wide", [{f"f{number}": "x" for number in range(500)}])
    assert plan(request("source wide | search " + " ".join(f"t{n}" for n in range(200))), events)
    code, at = refused("source wide | search " + " ".join(f"t{n}" for n in range(202)), events)
    assert code is Code.QUERY_TOO_LARGE
    assert at == "t200"


def test_terms_are_counted_over_all_commands_as_one_filter_is_made_of_several(events: Events) -> None:
    events.add("wide", [{f"f{number}": "x" for number in range(500)}])
    searches = [" | search " + " ".join(f"t{n}" for n in range(start, start + 67)) for start in (0, 67, 134)]
    assert plan(request(f"source wide{''.join(searches[:2])} | where f0 == 1 | search a=b"), events)
    code, at = refused(f"source wide{''.join(searches)}", events)
    assert code is Code.QUERY_TOO_LARGE
    assert at == "t200"


def test_explain_says_where_each_command_runs(events: Events) -> None:
    class OnlyScans:
        def can(self, relation: object) -> bool:
            return isinstance(relation, Scan)

    explained = explain(plan(request('source auth | where user == "u" | head 1'), events), OnlyScans())
    assert [(step.command, step.where) for step in explained.steps] == [
        ("source", "pushed"),
        ("where", "local"),
        ("head", "local"),
    ]
    assert "scan auth @timestamp" in explained.tree
