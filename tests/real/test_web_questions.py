"""What one asks of an access log: who reads how much, what is missing, which sessions and robots there are."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

import pytest

from real_events import Row, rows, same
from trawl.store import Store

pytestmark = [pytest.mark.real, pytest.mark.slow]  # all real events are loaded first

LINE = re.compile(r'(\S+) \S+ \S+ \[([^]]+)\] "(\S+) (\S+) \S+" (\d{3}) (\d+|-) "([^"]*)" "(?:(.*)")?.*')


class Hit(NamedTuple):
    """One request."""

    client: str
    time: datetime
    method: str
    path: str
    status: int
    bytes: int | None
    referer: str
    agent: str

    @property
    def hour(self) -> str:
        return f"{self.time:%Y-%m-%dT%H}:00:00.000Z"


@pytest.fixture(scope="session")
def hits(lines: dict[str, list[str]]) -> list[Hit]:
    """The requests, newest first, as they are searched."""
    found = []
    for line in lines["access"]:
        match = LINE.fullmatch(line)
        assert match
        client, time, method, path, status, size, referer, agent = match.groups(default="")  # one line was cut off
        moment = datetime.strptime(time, "%d/%b/%Y:%H:%M:%S %z")
        length = None if size == "-" else int(size)
        found.append(Hit(client, moment, method, path, int(status), length, referer, agent))
    return sorted(found, key=lambda hit: hit.time, reverse=True)


def grouped(hits: list[Hit], *names: str) -> dict[tuple[Any, ...], list[Hit]]:
    groups: defaultdict[tuple[Any, ...], list[Hit]] = defaultdict(list)
    for hit in hits:
        groups[tuple(getattr(hit, name) for name in names)].append(hit)
    return dict(sorted(groups.items()))


def test_who_reads_most(store: Store, hits: list[Hit]) -> None:
    query = """
        source access
        | stats sum(bytes) as bytes, count, dc(path) as paths by client
        | sort 5 -bytes
        | eval megabytes = round(bytes / 1024 / 1024, 1)
    """
    expected: list[Row] = [
        {
            "client": client,
            "bytes": sum(hit.bytes or 0 for hit in group),
            "count": len(group),
            "paths": len({hit.path for hit in group}),
        }
        for (client,), group in grouped(hits, "client").items()
    ]
    expected = sorted(expected, key=lambda row: -row["bytes"])[:5]
    same(rows(store, query), [{**row, "megabytes": round(row["bytes"] / 1024 / 1024, 1)} for row in expected])


def test_bursts_of_refused_requests(store: Store, hits: list[Hit]) -> None:
    query = """
        source access
        | search status>=400 status<500
        | bin @timestamp span=1h
        | stats count, values(status) as codes, dc(path) as paths by @timestamp, client
        | where count >= 5
    """
    refused = [hit for hit in hits if 400 <= hit.status < 500]
    expected = [
        {
            "@timestamp": hour,
            "client": client,
            "count": len(group),
            "codes": sorted({hit.status for hit in group}),
            "paths": len({hit.path for hit in group}),
        }
        for (hour, client), group in grouped(refused, "hour", "client").items()
        if len(group) >= 5
    ]
    assert expected
    assert rows(store, query) == expected


def test_classes_of_status_by_the_six_hours(store: Store, hits: list[Hit]) -> None:
    query = """
        source access earliest=2015-05-17T00:00:00Z latest=2015-05-21T00:00:00Z
        | eval class = floor(status / 100) . "xx"
        | timechart span=6h count by class
    """
    classes = sorted({f"{hit.status // 100}xx" for hit in hits})
    expected = [
        {"@timestamp": f"2015-05-{day}T{hour:02}:00:00.000Z", **dict.fromkeys(classes, 0)}
        for day in range(17, 21)
        for hour in range(0, 24, 6)
    ]
    for hit in hits:
        row: dict[str, Any] = expected[(hit.time.day - 17) * 4 + hit.time.hour // 6]
        row[f"{hit.status // 100}xx"] += 1
    assert rows(store, query) == expected


def sessions(hits: list[Hit], pause: timedelta) -> list[list[Hit]]:
    """The requests of each client without a longer pause."""
    found: list[list[Hit]] = []
    for group in grouped(hits, "client").values():
        ordered = sorted(group, key=lambda hit: hit.time)
        for place, hit in enumerate(ordered):
            if place == 0 or hit.time - ordered[place - 1].time > pause:
                found.append([])
            found[-1].append(hit)
    return found


def test_sessions_end_with_a_pause(store: Store, hits: list[Hit]) -> None:
    query = """
        source access
        | transaction client maxpause=30m
        | stats count as sessions, sum(eventcount) as requests, max(duration) as longest, median(duration) as usual
    """
    found = sessions(hits, timedelta(minutes=30))
    lengths = [(session[-1].time - session[0].time).total_seconds() for session in found]
    expected = {"sessions": len(found), "requests": len(hits)}
    same(rows(store, query), [{**expected, "longest": max(lengths), "usual": statistics.median(lengths)}])


def test_sessions_are_counted_by_running_sums_too(store: Store, hits: list[Hit]) -> None:
    query = """
        source access
        | sort 0 client, @timestamp
        | streamstats last(@timestamp) as before by client current=false
        | eval begins = if(isnull(before) OR @timestamp - before > 1800, 1, 0)
        | streamstats sum(begins) as session by client
        | stats max(session) as sessions, count by client
        | sort 10 -sessions, client
    """
    counted = Counter(session[0].client for session in sessions(hits, timedelta(minutes=30)))
    requests = Counter(hit.client for hit in hits)
    ranked = sorted(counted, key=lambda client: (-counted[client], client))[:10]
    assert rows(store, query) == [
        {"client": client, "sessions": counted[client], "count": requests[client]} for client in ranked
    ]


def test_robots_and_what_they_get(store: Store, hits: list[Hit]) -> None:
    query = r"""
        source access
        | eval robot = case(match(agent, "(?i)googlebot"), "google", match(agent, "(?i)bot|spider|crawl"), "other")
        | where isnotnull(robot)
        | chart count over status by robot
    """
    counted: Counter[tuple[int, str]] = Counter()
    for hit in hits:
        if re.search("(?i)bot|spider|crawl", hit.agent):
            counted[hit.status, "google" if "googlebot" in hit.agent.lower() else "other"] += 1
    codes = sorted({status for status, _ in counted})
    expected = [{"status": code, "google": counted[code, "google"], "other": counted[code, "other"]} for code in codes]
    assert rows(store, query) == expected


def test_pages_that_others_point_to(store: Store, hits: list[Hit]) -> None:
    query = r"""
        source access
        | search referer=* NOT referer="*semicomplete.com*"
        | rex field=referer "^https?://(?:www\.)?(?<site>[^/:]+)"
        | eval page = urldecode(mvindex(split(path, "?"), 0))
        | stats count, dc(page) as pages by site
        | sort 5 -count, site
    """
    sites: defaultdict[str, list[str]] = defaultdict(list)
    for hit in hits:
        found = re.match(r"https?://(?:www\.)?([^/:]+)", hit.referer)
        if found and "semicomplete.com" not in hit.referer.lower():
            sites[found[1]].append(unquote_plus(hit.path.split("?")[0]))
    expected = [{"site": site, "count": len(each), "pages": len(set(each))} for site, each in sites.items()]
    assert rows(store, query) == sorted(expected, key=lambda row: (-row["count"], row["site"]))[:5]
