"""Lookups: which files are, what they hold, and that a search goes on with what it began with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sql

from trawl import database
from trawl.algebra import How
from trawl.catalog.base import LOOKUP, LiveCatalog, Rules
from trawl.engines.duckdb import DuckDBEngine
from trawl.errors import Code, TrawlError
from trawl.planning import Request, plan
from trawl.schema import INTEGER, NULL, STRING, Column
from trawl.settings.process import Lookup
from trawl.store import Store
from trawl.tasks import snapshot
from trawl.testing import request, run
from trawl.testing.places import write_places
from trawl.values import Value


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sql.Engine]:
    engine = database.connect(database.url_of(tmp_path))
    database.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "lookups"
    folder.mkdir()
    return folder


@pytest.fixture
def store(engine: sql.Engine, tmp_path: Path, folder: Path) -> Store:
    rules = {"nets": Lookup(match={"net": "cidr"}, case=False, max_matches=2)}
    return Store(engine, tmp_path / "indices", {}, lookups=rules)


def rows(store: Store, text: str) -> list[dict[str, Value]]:
    planned = plan(request(text), store)
    return run(DuckDBEngine(), planned.result, store.snapshot(planned.reads)).rows


def freeze(file: Path, wanted: Request, catalog: LiveCatalog) -> snapshot.Frozen:
    return snapshot.freeze(file, wanted, catalog, lambda read, total: None)


def refusal(store: Store, text: str) -> TrawlError:
    with pytest.raises(TrawlError) as raised:
        plan(request(text), store)
    return raised.value


def test_csv_parquet_and_json_files_are_lookups(store: Store, folder: Path) -> None:
    (folder / "a.csv").write_text("host,n\nx,1\n")
    (folder / "b.json").write_text('[\n {"host": "x",\n  "n": 1}, {"host": "y"}]')
    (folder / "c.ndjson").write_text('{"n": 2}\n')
    (folder / "notes.txt").write_text("no lookup")
    (folder / ".hidden.csv").write_text("a\n1\n")
    assert store.lookups() == ["a", "b", "c"]
    assert store.names() == []
    assert rows(store, "| inputlookup a.csv") == [{"host": "x", "n": "1"}]
    assert rows(store, "| inputlookup b") == [{"host": "x", "n": 1}, {"host": "y"}]
    assert rows(store, "| inputlookup c") == [{"n": 2}]


def test_a_parquet_file_keeps_its_order_and_its_empty_columns(store: Store, folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"@timestamp": ["2024-01-02", "2024-01-01"], "n": [2, 1], "none": pa.nulls(2, pa.string())})
    pq.write_table(table, folder / "p.parquet")
    found = store.source(LOOKUP + "p")
    assert found is not None
    assert set(found.schema) == {Column("@timestamp", STRING), Column("n", INTEGER), Column("none", NULL)}
    assert [row["n"] for row in rows(store, "| inputlookup p")] == [2, 1]


def test_two_files_of_one_name_are_told_apart(store: Store, folder: Path) -> None:
    (folder / "a.csv").write_text("n\n1\n")
    (folder / "a.json").write_text('{"n": 2}')
    assert store.lookups() == ["a.csv", "a.json"]
    assert rows(store, "| inputlookup a.json") == [{"n": 2}]
    error = refusal(store, "| inputlookup a")
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, "the lookup `a` may be `a.csv` or `a.json`")


@pytest.mark.parametrize("name", ["../secret", "sub/inner", "/etc/passwd", ".hidden", "none"])
def test_nothing_outside_the_folder_is_a_lookup(store: Store, folder: Path, name: str) -> None:
    (folder.parent / "secret.csv").write_text("a\n1\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "inner.csv").write_text("a\n1\n")
    (folder / ".hidden.csv").write_text("a\n1\n")
    assert refusal(store, f'| inputlookup "{name}"').code is Code.UNKNOWN_SOURCE


def test_a_row_that_cannot_be_read_refuses_the_lookup(store: Store, folder: Path) -> None:
    (folder / "a.csv").write_text("a,b\n1,2\n3\n")
    error = refusal(store, "| inputlookup a")
    assert error.code is Code.UNREADABLE_FILE
    assert error.reason.startswith("`a.csv` cannot be read as a lookup, line 3: ")
    assert "line 3: the record has 1 cells, the header 2" in error.reason


def test_the_settings_say_how_rows_are_found(store: Store, folder: Path) -> None:
    (folder / "nets.csv").write_text("net\n10.0.0.0/8\n")
    found = store.source(LOOKUP + "nets.csv")
    assert found is not None
    assert found.rules == Rules({"net": How.CIDR}, folds=True, most=2)


def test_another_attempt_reads_what_the_first_one_did(store: Store, folder: Path, tmp_path: Path) -> None:
    (folder / "a.csv").write_text("n\n1\n2\n")
    wanted = request("| inputlookup a")
    first = freeze(tmp_path / "snapshot", wanted, store)
    (folder / "a.csv").write_text("other\n3\n")
    again = freeze(tmp_path / "snapshot", wanted, store)
    again.check()
    assert again == first
    planned = plan(wanted, again)
    assert run(DuckDBEngine(), planned.result, again.segments).rows == [{"n": "1"}, {"n": "2"}]
    assert rows(store, "| inputlookup a") == [{"other": "3"}]


def test_an_attempt_whose_lookup_is_gone_says_so(store: Store, folder: Path, tmp_path: Path) -> None:
    (folder / "a.csv").write_text("n\n1\n")
    frozen = freeze(tmp_path / "snapshot", request("| inputlookup a"), store)
    (segment,) = frozen.segments.segments[LOOKUP + "a"]
    Path(segment.path).unlink()
    with pytest.raises(TrawlError) as raised:
        frozen.check()
    assert raised.value.code is Code.SOURCE_CHANGED


def test_a_lookup_is_no_source(store: Store, folder: Path, tmp_path: Path) -> None:
    (folder / "a.csv").write_text("n\n1\n")
    planned = plan(request("source * | append [ | inputlookup a ]"), store)
    assert (planned.sources, planned.tables) == ((), ("lookup:a",))
    assert freeze(tmp_path / "snapshot", planned.request, store).names() == []


# --- the database of places --------------------------------------------------------------------------


def test_without_a_database_of_places_the_query_is_refused(store: Store) -> None:
    error = refusal(store, "| makeresults | iplocation ip")
    assert error.code is Code.INVALID_SETTING
    assert error.hint == 'the setting `geoip` names a file in the MaxMind format: `geoip = "GeoLite2-City.mmdb"`'


def test_a_search_whose_database_of_places_changed_ends(engine: sql.Engine, tmp_path: Path) -> None:
    database = write_places(tmp_path / "places.mmdb")
    store = Store(engine, tmp_path / "indices", {}, places=database)
    wanted = request('| makeresults | eval ip = "203.0.113.7" | iplocation ip | fields City')
    frozen = freeze(tmp_path / "snapshot", wanted, store)
    frozen.check()
    again = freeze(tmp_path / "snapshot", wanted, store)
    assert (again, again.names(), again.lookups()) == (frozen, [], [])
    planned = plan(wanted, again)
    assert run(DuckDBEngine(), planned.result, again.segments).rows == [{"City": "Berlin"}]
    write_places(database, {"203.0.113.0/24": {"city": {"names": {"en": "Elsewhere"}}}})
    with pytest.raises(TrawlError) as raised:
        again.check()
    assert raised.value.reason == "the database of places changed since the search began"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"b,b\n1,2\n"),
        ("a.csv", b"a\n\xff\n"),
        ("a.parquet", b"PAR1 no"),
        ("a.json", b"[1"),
        ("a.ndjson", b"{"),
    ],
)
def test_where_a_file_lies_is_not_told(store: Store, folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    error = refusal(store, "| inputlookup a")
    assert error.code is Code.UNREADABLE_FILE
    assert f"`{name}`" in error.reason
    assert str(folder.parent) not in error.reason


def test_a_file_that_is_no_database_of_places_is_refused(engine: sql.Engine, tmp_path: Path) -> None:
    (tmp_path / "x.mmdb").write_text("nothing of the kind")
    for name in ("x.mmdb", "none.mmdb"):
        store = Store(engine, tmp_path / "indices", {}, places=tmp_path / name)
        error = refusal(store, "| makeresults | iplocation ip")
        assert error.code is Code.UNREADABLE_FILE
        assert error.reason.startswith(f"`{name}` cannot be read as a database of places: ")
        assert str(tmp_path) not in error.reason
