"""What measurements stand on: generated events, a data folder that has loaded them, DuckDB on the same files."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

import trawl
from benchmarks.events import SQL, Recipe, write_parquet
from benchmarks.searches import Search
from benchmarks.serving import trawl as command
from trawl.settings.process import Settings

FOLDER: Final = Path("build") / "bench"
RUNNING: Final = 2
"""Searches at the same time, by default: a worker has this part of the memory."""


@dataclass(frozen=True)
class Tier:
    """How much is measured: events, how often each, and how many pages and requests a percentile rests on.

    Attributes:
        leaves_out: what is only measured where it is asked for.
    """

    name: str
    events: int
    repeats: int
    requests: int
    leaves_out: tuple[str, ...] = ()


TIERS: Final = {
    "fast": Tier("fast", 1_000_000, 3, 50, ("pipelines", "rare", "exports")),
    "full": Tier("full", 10_000_000, 5, 300),
}


@dataclass(frozen=True)
class Order:
    """Events in one order: the files that were loaded, and the index that holds them."""

    name: str
    files: tuple[Path, ...]

    @property
    def events(self) -> str:
        """The SQL table of the files, in the order given."""
        names = ", ".join(f"'{path}'" for path in self.files)
        return f"read_parquet([{names}], union_by_name=true)"

    @property
    def newest(self) -> str:
        """What makes rows come newest first."""
        return 'ORDER BY "@timestamp" DESC' if self.name == "shuffled" else ""


@dataclass(frozen=True)
class Ground:
    """Where a tier is measured.

    Attributes:
        data: the data folder, in which each order is an index of its name.
        orders: the events newest first, and shuffled.
    """

    tier: Tier
    data: Path
    orders: tuple[Order, ...]

    @property
    def scratch(self) -> Path:
        """A folder for what a measurement writes."""
        folder = self.data.parent / "scratch"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def database(self) -> duckdb.DuckDBPyConnection:
        """DuckDB with the threads and memory of one worker."""
        settings = Settings.load(self.data)
        memory = settings.memory_bytes // RUNNING
        spill = self.scratch / "spill"
        connection = duckdb.connect()
        connection.execute(
            f"SET threads = {settings.threads}; SET memory_limit = '{memory >> 20}MiB'; "
            f"SET temp_directory = '{spill}'; SET TimeZone = 'UTC'"
        )
        return connection

    def copy(self, connection: duckdb.DuckDBPyConnection, search: Search, order: Order) -> None:
        """Has DuckDB write a search's rows to a Parquet file."""
        rows = search.sql.replace("{events}", order.events).replace("{newest}", order.newest)
        target = self.scratch / "copied.parquet"
        connection.execute(f"COPY ({rows}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def prepare(tier: Tier, folder: Path = FOLDER) -> Ground:
    """The ground of a tier, in a folder; what was made there before is used again, unless the generator or the store
    changed since.
    """
    folder = (folder / f"{tier.events}-{_digest(SQL.parent)}").absolute()
    recipes = {"sorted": Recipe(tier.events), "shuffled": Recipe(tier.events, shuffled=True)}
    orders = tuple(Order(name, tuple(write_parquet(folder / name, recipe))) for name, recipe in recipes.items())
    data = folder / f"data-{_digest(Path(trawl.__path__[0]) / 'store')}"
    for old in set(folder.glob("data-*")) - {data}:
        shutil.rmtree(old)
    for order in orders:
        loaded = data / f"{order.name}.json"
        if not loaded.exists():
            told = command(data, "load", order.name, *map(str, order.files), "--json")
            loaded.write_text(told, encoding="utf-8")
    return Ground(tier, data, orders)


def _digest(folder: Path) -> str:
    """A name for how the events are made or stored, so that neither is taken for an older one."""
    paths = [SQL] if folder == SQL.parent else sorted(folder.rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:8]
