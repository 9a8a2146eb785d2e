"""Queries over real Windows events and real DNS logs give what plain Python over the same files gives."""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import groupby
from typing import Any

import pytest

from real_events import Event, moment, rows, same
from trawl.language import time
from trawl.store import Store
from trawl.testing import NOW, request
from trawl.values import TimeRange

pytestmark = [pytest.mark.real, pytest.mark.slow]  # all real events are loaded first

CHECKED = {"windows": "RecordNumber", "dns": "trans_id"}
"""A number of each event, whose sum shows that the very same events were found."""


def text(value: object) -> str:
    """A value as text, the way searches compare it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def values(event: Event, name: str) -> list[str]:
    """All texts of a field."""
    found = event.get(name, [])
    return [text(value).lower() for value in (found if isinstance(found, list) else [found])]


def number(event: Event, name: str) -> float:
    """The number in a field; no number compares as true with anything."""
    try:
        return float(event.get(name, "nan"))
    except ValueError:
        return math.nan


@cache
def address(value: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(value)
    except ValueError:
        return None


@cache
def network_of(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text)


def within(event: Event, name: str, network: str) -> bool:
    wanted = network_of(network)
    return any(found in wanted for value in values(event, name) if (found := address(value)))


def whole(event: Event) -> str:
    """All values of an event as one text, NUL between them; the time is no part of it."""
    return "\0".join(["", *(value for name in event if name != "@timestamp" for value in values(event, name)), ""])


def says(event: Event, *terms: str) -> bool:
    """Whether the terms stand side by side in one value."""
    return re.search(r"(?<!\w)" + r"[^\w\0]+".join(terms) + r"(?!\w)", whole(event)) is not None


def one_is(event: Event, pattern: str) -> bool:
    """Whether one whole value matches."""
    return re.search(rf"\0{pattern}\0", whole(event)) is not None


Predicate = Callable[[Event], bool]

WINDOWS: dict[str, Predicate] = {
    "search EventID=4624": lambda e: e["EventID"] == 4624,
    'search EventID="4624"': lambda e: e["EventID"] == 4624,
    "search EventID=4624.0": lambda e: e["EventID"] == 4624,
    "search EventID=046*": lambda e: False,
    "search EventID=46*": lambda e: str(e["EventID"]).startswith("46"),
    "search EventID!=10": lambda e: e["EventID"] != 10,
    "search EventID>4624 EventID<=4690": lambda e: 4624 < e["EventID"] <= 4690,
    "search EventID IN (1, 3, 46*)": lambda e: str(e["EventID"]) in ("1", "3") or str(e["EventID"])[:2] == "46",
    "search NOT EventID IN (12, 13)": lambda e: e["EventID"] not in (12, 13),
    "search Channel=SECURITY": lambda e: e["Channel"].lower() == "security",
    'where Channel=="security"': lambda e: e["Channel"] == "security",
    'where Channel!="security"': lambda e: e["Channel"] != "security",
    'where lower(Channel)=="security" AND EventID==4624': lambda e: (
        e["Channel"].lower() == "security" and e["EventID"] == 4624
    ),
    "search Keywords<0": lambda e: e["Keywords"] < 0,
    "search Keywords=-9214364837600034816": lambda e: e["Keywords"] == -9214364837600034816,
    "where Keywords==-9214364837600034816": lambda e: e["Keywords"] == -9214364837600034816,
    'where Keywords=="-9214364837600034816"': lambda e: e["Keywords"] == -9214364837600034816,
    "where Keywords>-9223372036854775808": lambda e: e["Keywords"] > -(2**63),
    "search ProcessId=1820": lambda e: e.get("ProcessId") == "1820",
    "search ProcessId!=1820": lambda e: e.get("ProcessId", "1820") != "1820",
    "search NOT ProcessId=1820": lambda e: e.get("ProcessId") != "1820",
    "where ProcessId==1820": lambda e: number(e, "ProcessId") == 1820,
    "where ProcessId!=1820": lambda e: "ProcessId" in e and number(e, "ProcessId") != 1820,
    "where NOT ProcessId==1820": lambda e: "ProcessId" in e and number(e, "ProcessId") != 1820,
    "search ProcessId>=1820": lambda e: number(e, "ProcessId") >= 1820,
    "where ProcessId>=1820": lambda e: number(e, "ProcessId") >= 1820,
    "where isnull(ProcessId)": lambda e: "ProcessId" not in e,
    "search ProcessId=*": lambda e: "ProcessId" in e,
    "search NOT ProcessId=*": lambda e: "ProcessId" not in e,
    r"search Image=C:\Windows\System32\*": lambda e: e.get("Image", "").lower().startswith("c:\\windows\\system32\\"),
    r'search Image="*\svchost.exe"': lambda e: e.get("Image", "").lower().endswith("\\svchost.exe"),
    r'search Image="*\\SVCHOST.exe"': lambda e: e.get("Image", "").lower().endswith("\\svchost.exe"),
    r'where Image=="C:\windows\system32\lsass.exe"': lambda e: e.get("Image") == "C:\\windows\\system32\\lsass.exe",
    r'where like(Image, "%\svchost.exe")': lambda e: e.get("Image", "").endswith("\\svchost.exe"),
    r'where match(Image, "(?i)\\\\(lsass|svchost)\.exe$")': lambda e: bool(
        re.search(r"(?i)\\(lsass|svchost)\.exe$", e.get("Image", ""))
    ),
    r"search TargetObject=HK*\Services\*\Parameters\*": lambda e: bool(
        re.fullmatch(r"(?s)hk.*\\services\\.*\\parameters\\.*", e.get("TargetObject", "").lower())
    ),
    'search RuleName="-"': lambda e: e.get("RuleName") == "-",
    "search RuleName!=-": lambda e: e.get("RuleName", "-") != "-",
    "search tags=MordorDataset": lambda e: "mordorDataset" in e["tags"],
    'where tags=="mordordataset"': lambda e: "mordordataset" in e["tags"],
    "search IpAddress=192.168.0.0/16 OR IpAddress=172.16.0.0/12": lambda e: (
        within(e, "IpAddress", "192.168.0.0/16") or within(e, "IpAddress", "172.16.0.0/12")
    ),
    "search IpAddress!=192.168.0.0/16": lambda e: "IpAddress" in e and not within(e, "IpAddress", "192.168.0.0/16"),
    "search NOT IpAddress=192.168.0.0/16": lambda e: not within(e, "IpAddress", "192.168.0.0/16"),
    "search IpAddress=::/0": lambda e: within(e, "IpAddress", "::/0"),
    'where cidrmatch("172.18.0.0/16", IpAddress)': lambda e: within(e, "IpAddress", "172.18.0.0/16"),
    "search Ipaddress=*": lambda e: "Ipaddress" in e,
    "search 'IpAddress'=* LogonID=* OR LogonId=*": lambda e: "LogonId" in e or ("IpAddress" in e and "LogonID" in e),
    "search EventID=1 OR EventID=3 Hostname=mordordc*": lambda e: (
        e["EventID"] == 1 or (e["EventID"] == 3 and e["Hostname"].startswith("MORDORDC"))
    ),
    'where EventID==10 AND Hostname=="MORDORDC.theshire.local" OR EventID==1': lambda e: (
        e["EventID"] == 10 and (e["Hostname"] == "MORDORDC.theshire.local" or e["EventID"] == 1)
    ),
    "where isnum(SourcePort)": lambda e: False,
    "where isnum(EventID) AND isstr(Channel) AND typeof(Keywords)!=typeof(Channel)": lambda e: True,
    "search Hostname=workstation7* powershell": lambda e: seven(e) and says(e, "powershell"),
    'search Hostname=workstation7* "Process Create"': lambda e: seven(e) and says(e, "process", "create"),
    "search Hostname=workstation7* NOT svchost": lambda e: seven(e) and not says(e, "svchost"),
    "search Hostname=workstation7* 4624": lambda e: seven(e) and says(e, "4624"),
    "search Hostname=workstation7* system*": lambda e: seven(e) and one_is(e, r"system[^\0]*"),
    r"search Hostname=workstation7* System32\svchost.exe": lambda e: seven(e) and says(e, "system32", "svchost", "exe"),
    "search Hostname=workstation7* (lsass OR winlogon) EventID=10": lambda e: (
        seven(e) and e["EventID"] == 10 and (says(e, "lsass") or says(e, "winlogon"))
    ),
    "search @timestamp>=2020-10-01": lambda e: e["@timestamp"] >= "2020-10-01",
}

DNS: dict[str, Predicate] = {
    "search answers=134.71.3.16": lambda e: "134.71.3.16" in e.get("answers", []),
    "search answers!=134.71.3.16": lambda e: "answers" in e and "134.71.3.16" not in e["answers"],
    "search NOT answers=134.71.3.16": lambda e: "134.71.3.16" not in e.get("answers", []),
    "search answers=134.71.0.0/16": lambda e: within(e, "answers", "134.71.0.0/16"),
    "search answers=2620:df:8000::/48": lambda e: within(e, "answers", "2620:df:8000::/48"),
    'where answers=="134.71.3.16"': lambda e: "134.71.3.16" in e.get("answers", []),
    'where answers!="134.71.3.16"': lambda e: "answers" in e and "134.71.3.16" not in e["answers"],
    "where mvcount(answers)==2": lambda e: len(e.get("answers", [])) == 2,
    "search id.orig_h=10.47.0.0/16 NOT id.orig_h=10.47.1.0/24": lambda e: (
        within(e, "id.orig_h", "10.47.0.0/16") and not within(e, "id.orig_h", "10.47.1.0/24")
    ),
    "search 'id.orig_h'=10.47.1.100": lambda e: e["id.orig_h"] == "10.47.1.100",
    "where cidrmatch(\"10.47.0.0/16\", 'id.orig_h')": lambda e: within(e, "id.orig_h", "10.47.0.0/16"),
    "search TTLs>=3600": lambda e: any(ttl >= 3600 for ttl in e.get("TTLs", [])),
    "search TTLs=60": lambda e: 60 in e.get("TTLs", []),
    "search AA=TRUE": lambda e: e["AA"],
    "where AA": lambda e: e["AA"],
    "where RD AND NOT RA": lambda e: e["RD"] and not e["RA"],
    "search rcode_name IN (nxdomain, servfail)": lambda e: e.get("rcode_name") in ("NXDOMAIN", "SERVFAIL"),
    "search rtt>0.5": lambda e: e.get("rtt", 0) > 0.5,
    "where rtt*1000 > 500": lambda e: e.get("rtt", 0) * 1000 > 500,
    "where len(query) > 40": lambda e: len(e.get("query", "")) > 40,
    "search query=*.UBUNTU.com": lambda e: e.get("query", "").lower().endswith(".ubuntu.com"),
    "search wrccdc": lambda e: says(e, "wrccdc"),
    "search ubuntu.com NXDOMAIN": lambda e: says(e, "ubuntu", "com") and says(e, "nxdomain"),
    "search NOT google": lambda e: not says(e, "google"),
    "search true NOT noerror": lambda e: says(e, "true") and not says(e, "noerror"),
    'search ts<"2018-03-24T17:20:00Z"': lambda e: False,
    'search @timestamp<"2018-03-24T17:20:00Z"': lambda e: moment(e["@timestamp"]) < moment("2018-03-24T17:20:00Z"),
}


def seven(event: Event) -> bool:
    return str(event["Hostname"]).lower().startswith("workstation7")


@pytest.mark.parametrize(
    ("index", "condition"), [*(("windows", text) for text in WINDOWS), *(("dns", text) for text in DNS)]
)
def test_a_condition_finds_the_same_events(
    store: Store, events: dict[str, list[Event]], index: str, condition: str
) -> None:
    expected = [event for event in events[index] if {**WINDOWS, **DNS}[condition](event)]
    checked = CHECKED[index]
    (found,) = rows(store, f"source {index} | {condition} | stats count, sum({checked}) as checked")
    assert found == {"count": len(expected)} | (
        {"checked": sum(event[checked] for event in expected)} if expected else {}
    )


def test_events_come_newest_first_and_those_of_one_time_as_they_were_loaded(
    store: Store, events: dict[str, list[Event]]
) -> None:
    for index, checked in CHECKED.items():
        found = rows(store, f"source {index} | table {checked}")
        assert [row[checked] for row in found] == [event[checked] for event in events[index]]


def test_a_table_holds_every_value_as_it_was_written(store: Store, events: dict[str, list[Event]]) -> None:
    names = ("id.orig_h", "query", "rtt", "answers", "TTLs", "AA", "qtype")
    expected = [{name: event[name] for name in names if name in event} for event in events["dns"][:5_000]]
    assert rows(store, f"source dns | head 5000 | table {', '.join(names)}") == expected


def test_tail_gives_the_oldest_in_reverse(store: Store, events: dict[str, list[Event]]) -> None:
    expected = [{"RecordNumber": event["RecordNumber"]} for event in reversed(events["windows"][-50:])]
    assert rows(store, "source windows | tail 50 | fields RecordNumber") == expected


def test_qsize_takes_the_newest_of_all_sources_before_any_later_command(
    store: Store, events: dict[str, list[Event]]
) -> None:
    newest = events["windows"] + events["dns"][:1_000]
    assert rows(store, "source windows,dns qsize=127579 | search uid=* | stats count, dc(uid) as uids") == [
        {"count": 1_000, "uids": len({event.get("uid") for event in newest[-1_000:]})}
    ]
    aggregated = rows(store, "source dns qsize=500 | aggs count by qtype_name")
    counted = Counter(event["qtype_name"] for event in events["dns"][:500] if "qtype_name" in event)
    assert aggregated == [{"qtype_name": name, "count": counted[name]} for name in sorted(counted)]


@pytest.mark.parametrize(
    ("earliest", "latest", "start", "end"),
    [
        ("2020-10-01", "2020-10-22T08:30:00Z", "2020-10-01T00:00:00", "2020-10-22T08:30:00"),
        ('"2020-09-18||/w"', '"2020-09-18||+1w/w"', "2020-09-14T00:00:00", "2020-09-21T00:00:00"),
        ("1600387200", "1600473600000", "2020-09-18T00:00:00", "2020-09-19T00:00:00"),
        ("2020-09-18T02:00:00+02:00", '"2020-09-18||+1M/M"', "2020-09-18T00:00:00", "2020-10-01T00:00:00"),
        ("-50mon@mon", "now-39M/M", "2019-11-01T00:00:00", "2020-10-01T00:00:00"),
    ],
)
def test_a_range_in_the_text_starts_at_its_start_and_ends_before_its_end(
    store: Store, events: dict[str, list[Event]], earliest: str, latest: str, start: str, end: str
) -> None:
    expected = [event for event in events["windows"] if moment(start) <= moment(event["@timestamp"]) < moment(end)]
    assert expected
    found = rows(store, f"source windows earliest={earliest} latest={latest} | stats count")
    assert found == [{"count": len(expected)}]


def test_another_time_field_is_read_out_of_its_text(store: Store, events: dict[str, list[Event]]) -> None:
    start, end = (time.resolve(text, NOW, "UTC") for text in ("2020-09-04T03:06:00Z", "2020-09-04T03:07:00Z"))
    wanted = request("source windows | fields EventTime, RecordNumber", range_=TimeRange(start, end))
    found = rows(store, replace(wanted, time_field="EventTime"))
    matching = [event for event in events["windows"] if event["EventTime"].startswith("2020-09-04 03:06:")]
    assert sorted(row["RecordNumber"] for row in found) == sorted(event["RecordNumber"] for event in matching)
    times = sorted((moment(event["EventTime"]) for event in matching), reverse=True)
    assert [moment(row["EventTime"]) for row in found] == times


def test_groups_come_in_order_of_their_keys_numbers_before_text(store: Store, events: dict[str, list[Event]]) -> None:
    found = rows(store, "source windows | stats count, dc(Hostname) as hosts by Channel, EventID")
    groups: dict[tuple[str, int], list[Event]] = {}
    for event in events["windows"]:
        groups.setdefault((event["Channel"], event["EventID"]), []).append(event)
    same(
        found,
        [
            {
                "Channel": channel,
                "EventID": code,
                "count": len(group),
                "hosts": len({event["Hostname"] for event in group}),
            }
            for (channel, code), group in sorted(groups.items())
        ],
    )


def test_a_multivalue_key_counts_once_for_each_value(store: Store, events: dict[str, list[Event]]) -> None:
    counted = Counter(answer for event in events["dns"] for answer in set(event.get("answers", [])))
    found = rows(store, "source dns | stats count by answers")
    assert found == [{"answers": answer, "count": counted[answer]} for answer in sorted(counted)]


def test_aggregates_are_those_of_python(store: Store, events: dict[str, list[Event]]) -> None:
    calls = ("count", "count(rtt)", "dc(query)", "sum(rtt)", "avg(rtt)", "min(rtt)", "max(rtt)", "range(rtt)")
    further = ("stdev(rtt)", "median(rtt)", "perc(rtt, 90)", "mode(query)", "first(query)", "last(query)", "sum(TTLs)")
    dns = events["dns"]
    rtts = [event["rtt"] for event in dns if "rtt" in event]
    queries = [event["query"] for event in dns if "query" in event]
    ranked = Counter(queries)
    expected = [
        len(dns),
        len(rtts),
        len(ranked),
        math.fsum(rtts),
        statistics.fmean(rtts),
        min(rtts),
        max(rtts),
        max(rtts) - min(rtts),
        statistics.stdev(rtts),
        statistics.median(rtts),
        statistics.quantiles(rtts, n=10, method="inclusive")[-1],
        max(sorted(ranked), key=ranked.__getitem__),
        queries[0],
        queries[-1],
        math.fsum(ttl for event in dns for ttl in event.get("TTLs", [])),
    ]
    wanted = (*calls, *further)
    same(rows(store, f"source dns | stats {', '.join(wanted)}"), [dict(zip(wanted, expected, strict=True))])


def test_numbers_in_texts_count_as_numbers(store: Store, events: dict[str, list[Event]]) -> None:
    ports = [int(event["SourcePort"]) for event in events["windows"] if event.get("SourcePort", "").isdigit()]
    found = rows(store, "source windows | stats sum(SourcePort) as s, avg(SourcePort) as a")
    assert ports
    same(found, [{"s": sum(ports), "a": sum(ports) / len(ports)}])


@pytest.mark.parametrize(("command", "sign"), [("top", -1), ("rare", 1)])
def test_top_and_rare_rank_by_frequency_then_by_value(
    store: Store, events: dict[str, list[Event]], command: str, sign: int
) -> None:
    counted = Counter(event["query"] for event in events["dns"] if "query" in event)
    ranked = sorted(counted.items(), key=lambda pair: (sign * pair[1], pair[0]))[:25]
    shares = [(query, count, 100 * count / counted.total()) for query, count in ranked]
    expected = [{"query": query, "count": count, "percent": share} for query, count, share in shares]
    same(rows(store, f"source dns | {command} 25 query"), expected)


def test_top_by_ranks_within_each_group_and_lumps_the_rest(store: Store, events: dict[str, list[Event]]) -> None:
    groups: dict[str, Counter[int]] = {}
    for event in events["windows"]:
        groups.setdefault(event["Hostname"], Counter())[event["EventID"]] += 1
    expected: list[dict[str, Any]] = []
    for host, counted in sorted(groups.items()):
        ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        rest = sum(count for _, count in ranked[2:])
        expected += [
            {"Hostname": host, "EventID": code, "count": count} for code, count in [*ranked[:2], ("OTHER", rest)]
        ]
    assert rows(store, "source windows | top 2 EventID by Hostname useother=true showperc=false") == expected


def test_dedup_keeps_the_newest_of_each_combination(store: Store, events: dict[str, list[Event]]) -> None:
    seen: Counter[tuple[int, str]] = Counter()
    expected = []
    for event in events["windows"]:
        if "Image" in event:
            key = (event["EventID"], event["Image"])
            seen[key] += 1
            if seen[key] <= 2:
                expected.append({"RecordNumber": event["RecordNumber"]})
    assert rows(store, "source windows | dedup 2 EventID, Image | table RecordNumber") == expected


def test_dedup_of_runs_keeps_the_first_of_each(store: Store, events: dict[str, list[Event]]) -> None:
    named = [event for event in events["dns"] if "query" in event]
    expected = [{"trans_id": next(run)["trans_id"]} for _, run in groupby(named, key=lambda event: event["query"])]
    assert rows(store, "source dns | dedup query consecutive=true | table trans_id") == expected


def test_sort_puts_missing_values_last_and_keeps_the_order_of_equal_ones(
    store: Store, events: dict[str, list[Event]]
) -> None:
    dns = events["dns"]
    down = sorted(dns, key=lambda event: (event.get("query") is None, -event.get("rcode", -1), event.get("query", "")))
    expected = [{"trans_id": event["trans_id"]} for event in down]
    assert (
        rows(store, "source dns | eval n=if(isnull(query), null, 1) | sort 0 n, -rcode, query | table trans_id")
        == expected
    )


def test_timechart_fills_the_range_and_lumps_the_rarer_series(store: Store, events: dict[str, list[Event]]) -> None:
    start = moment("2018-03-24T17:00:00")
    totals = Counter(event["qtype_name"] for event in events["dns"] if "qtype_name" in event)
    kept = [name for name, _ in totals.most_common(3)]
    expected = [
        {"@timestamp": f"2018-03-24T17:{minute:02}:00.000Z", **dict.fromkeys([*kept, "OTHER", "NULL"], 0)}
        for minute in range(0, 60, 5)
    ]
    for event in events["dns"]:
        name = event.get("qtype_name", "NULL")
        series = name if name in (*kept, "NULL") else "OTHER"
        expected[(moment(event["@timestamp"]) - start).seconds // 300][series] += 1  # type: ignore[operator]  # counts
    searched = "source dns earliest=2018-03-24T17:00:00Z latest=2018-03-24T18:00:00Z"
    assert rows(store, f"{searched} | timechart span=5m limit=3 count by qtype_name") == expected


def test_bin_gives_the_lower_edge(store: Store, events: dict[str, list[Event]]) -> None:
    counted = Counter(math.floor(event["rtt"] / 0.25) * 0.25 for event in events["dns"] if "rtt" in event)
    expected = [{"rtt": edge, "count": counted[edge]} for edge in sorted(counted)]
    same(rows(store, "source dns | bin span=0.25 rtt | stats count by rtt"), expected)


def test_filled_and_renamed_fields_group_like_any_other(store: Store, events: dict[str, list[Event]]) -> None:
    counted = Counter(event.get("rcode_name", "none given") for event in events["dns"])
    renamed = "source dns | fillnull value=\"none given\" rcode_name | rename rcode_name as 'r code'"
    assert rows(store, f"{renamed} | stats count by 'r code'") == [
        {"r code": name, "count": counted[name]} for name in sorted(counted)
    ]
