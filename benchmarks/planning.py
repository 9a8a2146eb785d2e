"""How long a query takes from its text to a plan whose parts an engine has taken."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.ground import Ground
from benchmarks.measuring import Finding, percentile, seconds
from benchmarks.serving import Server
from trawl import planning
from trawl.assembly import embedded_engine, open_sources
from trawl.settings.process import Settings
from trawl.tasks.snapshot import freeze
from trawl.testing.running import request

MOST: Final = 0.005
COMMANDS: Final = (
    "source sorted",
    'search EventID IN (1, 3, 4688) NOT Hostname="ws-0003*"',
    "where len(CommandLine) > 20 OR isnotnull(DestPort)",
    'eval program = lower(mvindex(split(Image, "/"), -1)), minute = strftime(@timestamp, "%H:%M")',
    'rex field=CommandLine "-k (?<key>[0-9a-f]+)"',
    'fillnull value="-" key, DestPort',
    "rename SubjectUserName as who, DestAddress as peer",
    "fields - Message, Hash*",
    "bin span=1h @timestamp as hour",
    "streamstats count as seen by Hostname",
    "eventstats dc(program) as programs by Hostname, hour",
    "dedup 3 Hostname, program",
    "lookup sites Hostname output site",
    "sort 0 -programs, Hostname",
    "head 10000",
    "eval weight = if(seen > 100, programs / seen, 0)",
    "stats count, avg(weight) as mean, values(program) as programs by site, hour, who",
    "where count > 1",
    "sort 100 -count",
    "table hour, site, who, count, mean, programs",
)


def plans(ground: Ground, server: Server) -> Iterator[Finding]:
    """A pipeline of twenty commands over a source of 60 fields, planned and split as a worker does."""
    wanted, engine = request(" | ".join(COMMANDS)), embedded_engine()
    with open_sources(Settings.load(ground.data)) as store, tempfile.TemporaryDirectory() as folder:
        frozen = freeze(Path(folder) / "snapshot.json", wanted, store, lambda read, total: None)

        def whole() -> None:
            planning.split(planning.plan(wanted, frozen).result, engine)

        whole()  # a worker has planned before: what it imports is there
        times = [seconds(whole) for _ in range(ground.tier.requests)]
    taken = percentile(times, 50)
    yield Finding(
        f"a plan of {len(COMMANDS)} commands, p50",
        f"≤ {MOST * 1000:.0f} ms",
        f"{taken * 1000:.1f} ms (p95 {percentile(times, 95) * 1000:.1f} ms)",
        taken <= MOST,
    )
