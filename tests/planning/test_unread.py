"""Queries over sources that nobody has read yet: their text is checked, and nothing is refused that could be right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from test_corpus import ANSWERED, name_of
from trawl import planning
from trawl.catalog.base import LOOKUP, PLACES, Snapshot, Source
from trawl.errors import Code, TrawlError
from trawl.store.mounts import UNKNOWN
from trawl.testing import Case, Events, request
from trawl.testing.places import write_places


@dataclass(frozen=True)
class Unread:
    """A catalog as it is before its files were read."""

    known: Events

    def names(self) -> list[str]:
        return self.known.names()

    def source(self, name: str) -> Source | None:
        found = self.known.source(name)
        if name.startswith(LOOKUP) or name == PLACES:
            return found
        return found and replace(found, schema=UNKNOWN, rows=0, first=None, last=None)

    def lookups(self) -> list[str]:
        return self.known.lookups()

    def snapshot(self, names: tuple[str, ...]) -> Snapshot:
        return Snapshot(dict.fromkeys(names, ()))


@pytest.fixture
def catalog(tmp_path: Path) -> Unread:
    events = Events(tmp_path)
    events.add("web", [{"a": 1}])
    return Unread(events)


@pytest.mark.parametrize("case", ANSWERED, ids=name_of)
def test_what_can_run_is_accepted(case: Case, tmp_path: Path) -> None:
    events = Events(tmp_path)
    for name, lines in case.inputs.items():
        events.add(name, lines)
    for name, (lines, rules) in case.lookups.items():
        events.add_lookup(name, lines, rules)
    events.add_places(write_places(tmp_path / "places.mmdb"))
    read, unread = (planning.plan(request(case.query), catalog) for catalog in (events, Unread(events)))
    assert unread.sources == read.sources


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("source web | nonsense", Code.UNKNOWN_COMMAND),
        ("source web | where nonsense(a)", Code.UNKNOWN_FUNCTION),
        ("source web | head 3 4", Code.SYNTAX_ERROR),
        ("source other", Code.UNKNOWN_SOURCE),
    ],
)
def test_what_no_events_could_make_right_is_refused(catalog: Unread, text: str, code: Code) -> None:
    with pytest.raises(TrawlError) as raised:
        planning.plan(request(text), catalog)
    assert raised.value.code is code


def test_a_dry_run_is_told_what_was_not_checked(catalog: Unread) -> None:
    plan = planning.plan(request("source web | where x > 1 | stats count"), catalog)
    assert [notice.code for notice in plan.notices] == ["unread_source"]
