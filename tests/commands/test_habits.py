"""What users of other search languages write: it works, or the answer says where it is wrong and what to write.

The list is `habits.md` beside this file, which says how it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from trawl import commands, planning
from trawl.errors import Span, TrawlError
from trawl.testing import Events, request

HABITS = Path(__file__).with_name("habits.md")
EVENTS = Path(__file__).parents[1] / "corpus" / "data" / "web.ndjson"
END_OF_LINE = "↵"


@dataclass(frozen=True)
class Habit:
    """What somebody writes, on one line of the list, and what comes of it, as `told` gives it."""

    query: str
    told: str


def habits() -> Iterator[Habit]:
    """The entries of the list, in its order."""
    for block in re.findall(r"^````habits\n(.*?)^````$", HABITS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        for entry in block.strip("\n").split("\n\n"):
            query, _, told = entry.partition("\n")
            yield Habit(query, told)


def told(query: str, web: Events) -> str:
    """What comes of a query: its errors or warnings below marks, or how the language itself writes it."""
    text = query.replace(END_OF_LINE, "\n")
    try:
        plan = planning.plan(request(text), web)
    except TrawlError as error:
        return "\n".join(
            f"{marks(found.span)}\nerror: {found.hint or found.reason}" for found in (error, *error.others)
        )
    if plan.notices:
        return "\n".join(f"{marks(notice.span)}\nwarning: {notice.message}" for notice in plan.notices)
    return "works" if plan.query == text else f"works: {plan.query}"


def marks(span: Span | None) -> str:
    """Marks under a piece of a query; one mark where it is empty."""
    assert span is not None
    return " " * span.start + "^" * max(1, span.end - span.start)


ALL = list(habits())
REFUSED = [habit for habit in ALL if "\nerror: " in habit.told]
MARKED = [habit for habit in ALL if not habit.told.startswith("works")]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Events:
    events = Events(tmp_path_factory.mktemp("web"))
    events.add("web", EVENTS.read_bytes().splitlines())
    for name in ("hosts", "hosts.csv"):
        events.add_lookup(name, (EVENTS.parent / "lookups" / "hosts.csv").read_bytes().splitlines())
    return events


@pytest.mark.parametrize("habit", ALL, ids=lambda habit: habit.query)
def test_what_is_written_works_or_is_answered(habit: Habit, web: Events) -> None:
    assert told(habit.query, web) == habit.told


def test_nothing_is_listed_twice() -> None:
    assert len({habit.query for habit in ALL}) == len(ALL)


@pytest.mark.parametrize("habit", REFUSED, ids=lambda habit: habit.query)
def test_what_is_refused_has_a_hint(habit: Habit, web: Events) -> None:
    with pytest.raises(TrawlError) as caught:
        planning.plan(request(habit.query.replace(END_OF_LINE, "\n")), web)
    assert caught.value.hint


@pytest.mark.parametrize("habit", MARKED, ids=lambda habit: habit.query)
def test_what_is_said_stays_short_whatever_is_quoted(habit: Habit, web: Events) -> None:
    query = habit.query.replace(END_OF_LINE, "\n")
    for piece in re.finditer(r"[\w@.%]+", query):
        longer = query[: piece.start()] + piece[0] * (5_000 // len(piece[0])) + query[piece.end() :]
        try:
            said = [notice.message for notice in planning.plan(request(longer), web).notices]
        except TrawlError as error:
            said = [text for found in (error, *error.others) for text in (found.reason, found.hint or "")]
        assert all(len(text) < 400 for text in said), longer[:60]


PLACES = (
    "{}",
    "source web | {}",
    "source {}",
    "source web {}",
    "source web | where {}",
    "source web | search {}",
    "source web | eval x = {}",
    "source web | eval {}",
    "source web | stats {}",
    "source web | stats count {}",
    "source web | sort {}",
    "source web | rename {}",
    "source web | head {}",
    "source web | timechart {} count",
    "source web | transaction host {}",
    "source web | patterns {}",
    "source web | streamstats count {}",
    "source web | where host {}",
    "source web | foreach * {}",
    "source web | chart count {}",
    "source web | search {} host=a",
    "source web | where isnotnull(host) {} isnotnull(path)",
    "source web | where host {} path",
    'source web | rex "(?<a>x){}"',
)
"""Where what a hint writes may stand."""

FILLED = ("host", "1", "a = 1", '"a"', 'match(host, "a")', "stats count", "source web")
"""What may stand for `…` in a hint."""


NO_QUERIES = {"||", "[macros]", "trawl.toml", ")"}
"""What a hint quotes without telling to write it."""


def is_read(written: str) -> bool:
    """Whether what a hint writes is of the language at some place, its `…` filled in by something."""
    spelled = re.sub(r"\bNAME\b", "web", re.sub(r"(?<!<)\bFIELD\b", "host", written)).replace("?)", ")")
    return any(reads(place.replace("{}", spelled.replace("…", filler))) for place in PLACES for filler in FILLED)


def reads(query: str) -> bool:
    try:
        commands.read(query)
    except TrawlError:
        return False
    return True


def written_in(hints: Iterable[str]) -> set[str]:
    """The pieces of queries in hints."""
    return {piece for hint in hints for piece in re.findall(r"`([^`]+)`", hint)}


@pytest.mark.parametrize("written", sorted(written_in(re.findall(r"^error: (.*)$", HABITS.read_text("utf-8"), re.M))))
def test_what_a_hint_writes_can_be_written(written: str) -> None:
    assert written in NO_QUERIES or is_read(written)


UNSEEN = [
    ("source\xa0web\xa0| head\xa05", "source web | head 5"),
    ("\ufeffsource web | \u200bhead 5", "source web | head 5"),
    ("source web\r\n\r\n| head 5\r\n", "source web | head 5"),
]
"""Queries with signs that cannot be seen in a list, and how the language itself writes them."""


@pytest.mark.parametrize(("query", "canonical"), UNSEEN)
def test_signs_that_are_not_seen_do_not_matter(query: str, canonical: str, web: Events) -> None:
    plan = planning.plan(request(query), web)
    assert plan.query == canonical
    assert not plan.notices
