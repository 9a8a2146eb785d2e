"""Times that a clock shows twice or never are the same ones on every engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from trawl.engines.duckdb import DuckDBEngine
from trawl.engines.reference import Reference
from trawl.testing import Events, request, search

SHOWN = {
    "Europe/Berlin": [
        "2024-10-27 01:59",
        "2024-10-27 02:00",
        "2024-10-27 02:30",
        "2024-10-27 03:00",
        "2024-03-31 02:30",
        "1945-09-16 01:30",
    ],
    "America/Havana": ["2024-11-03 00:00", "2024-11-03 00:30", "2024-11-03 01:00", "2024-03-10 00:30"],
    "Australia/Lord_Howe": ["2024-04-07 01:29", "2024-04-07 01:30", "2024-04-07 01:45", "2024-10-06 02:15"],
    "UTC": ["2024-10-27 02:30"],
}


@pytest.mark.parametrize(("zone", "shown"), SHOWN.items(), ids=SHOWN)
def test_a_time_shown_twice_is_the_first(zone: str, shown: list[str], tmp_path: Path) -> None:
    events = Events(tmp_path)
    events.add("events", [{"shown": text} for text in shown])
    query = (
        'source events | eval t=strptime(shown, "%Y-%m-%d %H:%M"), back=strftime(t, "%F %R %z"), '
        'day=relative_time(t, "-1d"), same=relative_time(day, "+1d"), month=relative_time(t, "-1mon@d+1mon+90m"), '
        'sunday=relative_time(t, "@w0"), late=relative_time(t + 3600, "@d") | bin span=1d t as bucket'
    )
    wanted = request(query, zone=zone)
    expected = search(Reference(), wanted, events)
    assert search(DuckDBEngine(), wanted, events).rows == expected.rows
