"""Measures everything and prints one table: `python -m benchmarks --tier fast`, or `make bench TIER=fast`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks import exporting, latency, loading, planning, throughput
from benchmarks.events import Recipe, bytes_per_event
from benchmarks.ground import TIERS, Ground, prepare
from benchmarks.measuring import Finding
from benchmarks.pipelines import write_tables
from benchmarks.serving import Server, serving
from trawl.errors import TrawlError

MEASUREMENTS: Final[Mapping[str, Callable[[Ground, Server], Iterator[Finding]]]] = {
    "searches": throughput.searches,
    "rare": throughput.rare_terms,
    "pipelines": throughput.pipelines,
    "plan": planning.plans,
    "accepted": latency.accepted,
    "nothing": latency.nothing,
    "pages": latency.first_rows_and_pages,
    "sidebar": throughput.sidebar_and_timeline,
    "stop": latency.quiet_after_stop,
    "exports": exporting.exports,
    "real": loading.real_events,
}
MARKS: Final = {True: "[green]ok[/]", False: "[red]missed[/]", None: "–"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--tier", choices=sorted(TIERS), default="full")
    parser.add_argument("--only", choices=sorted(MEASUREMENTS), nargs="+")
    options = parser.parse_args()
    tier = TIERS[options.tier]
    asked = options.only or [name for name in MEASUREMENTS if name not in tier.leaves_out]
    console = Console(width=150)
    console.print(f"preparing {tier.events:,} events, sorted and shuffled …")
    ground = prepare(tier)
    table = Table(
        title=f"{tier.events:,} events of {bytes_per_event(Recipe(tier.events)):,.0f} bytes as JSON",
        title_justify="left",
    )
    for column in ("what", "to reach", "measured", ""):
        table.add_column(column)
    write_tables(ground.data)
    began = time.perf_counter()
    with serving(ground.data) as server:
        for name in asked:
            for finding in _findings(name, ground, server):
                table.add_row(finding.what, finding.target, finding.measured, MARKS[finding.ok])
                console.print(f"{finding.what}: {finding.measured}", style="dim")
    console.print(table)
    console.print(f"measured in {time.perf_counter() - began:.0f} s")


def _findings(name: str, ground: Ground, server: Server) -> Iterator[Finding]:
    """What a measurement finds; where it cannot be carried out, that is what is found."""
    try:
        yield from MEASUREMENTS[name](ground, server)
    except (RuntimeError, TrawlError, httpx.HTTPError) as error:
        yield Finding(name, "an answer", str(error).partition("\n")[0], False)


if __name__ == "__main__":
    main()
