"""What one asks of network logs of Zeek: who talks to whom, how much, how long, and what for."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from real_events import Event, Row, instant, moment, rows, same
from trawl.store import Store

pytestmark = [pytest.mark.real, pytest.mark.slow]  # all real events are loaded first


def of(events: list[Event], stream: str) -> list[Event]:
    return [event for event in events if event["@stream"] == stream]


def seconds(later: Event, earlier: Event) -> float:
    return (moment(later["ts"]) - moment(earlier["ts"])).total_seconds()


@pytest.fixture(scope="session")
def zeek(events: dict[str, list[Event]]) -> list[Event]:
    return events["zeek"]


@pytest.fixture(scope="session")
def dns(events: dict[str, list[Event]]) -> list[Event]:
    return events["dns"]


# --- 14 kinds in one file ----------------------------------------------------------------------------


def test_seconds_since_1970_become_the_time(store: Store, zeek: list[Event]) -> None:
    times = [instant(event["ts"]) for event in zeek]
    found = rows(store, "source zeek | stats count, min(@timestamp) as first, max(@timestamp) as last by @stream")
    assert sum(row["count"] for row in found) == len(zeek)
    assert min(moment(row["first"][:-1]) for row in found) == min(times)
    assert max(moment(row["last"][:-1]) for row in found) == max(times)


def test_top_talkers_by_bytes(store: Store, zeek: list[Event]) -> None:
    query = """
        source zeek
        | search @stream=conn
        | eval bytes = coalesce(orig_bytes, 0) + coalesce(resp_bytes, 0)
        | stats sum(bytes) as bytes, count, dc(id_resp_p) as ports by id_orig_h, id_resp_h
        | sort 5 -bytes
        | eval megabytes = round(bytes / 1048576, 2)
    """
    pairs: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in of(zeek, "conn"):
        pairs[event["id_orig_h"], event["id_resp_h"]].append(event)
    expected: list[Row] = [
        {
            "id_orig_h": source,
            "id_resp_h": target,
            "bytes": sum(event.get("orig_bytes", 0) + event.get("resp_bytes", 0) for event in group),
            "count": len(group),
            "ports": len({event["id_resp_p"] for event in group}),
        }
        for (source, target), group in sorted(pairs.items())
    ]
    expected = sorted(expected, key=lambda row: -row["bytes"])[:5]
    assert len({row["bytes"] for row in expected}) == 5
    expected = [{**row, "megabytes": round(row["bytes"] / 1048576, 2)} for row in expected]
    same(rows(store, query), expected)


def test_long_connections(store: Store, zeek: list[Event]) -> None:
    query = """
        source zeek
        | search @stream=conn duration>600
        | sort -duration
        | table uid, service, duration
        | eval text = tostring(floor(duration), "duration")
    """
    expected = []
    for event in sorted(of(zeek, "conn"), key=lambda event: -event.get("duration", 0)):
        if (length := event.get("duration", 0)) > 600:
            row = {name: event[name] for name in ("uid", "service", "duration") if name in event}
            hours, rest = divmod(int(length), 3600)
            expected.append({**row, "text": f"{hours:02}:{rest // 60:02}:{rest % 60:02}"})
    assert expected
    assert rows(store, query) == expected


def test_connections_that_carried_certificates_nobody_vouches_for(store: Store, zeek: list[Event]) -> None:
    query = """
        source zeek
        | search @stream=ssl validation_status="self signed*"
        | join uid [ source zeek | search @stream=conn | fields uid, orig_bytes, resp_bytes ]
        | stats count, sum(orig_bytes) as sent, sum(resp_bytes) as received by id_resp_h, subject
    """
    connections = {event["uid"]: event for event in reversed(of(zeek, "conn"))}
    groups: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in of(zeek, "ssl"):
        if event.get("validation_status", "").startswith("self signed") and event["uid"] in connections:
            groups[event["id_resp_h"], event["subject"]].append(connections[event["uid"]])
    expected = [
        {
            "id_resp_h": target,
            "subject": subject,
            "count": len(group),
            "sent": sum(event.get("orig_bytes", 0) for event in group),
            "received": sum(event.get("resp_bytes", 0) for event in group),
        }
        for (target, subject), group in sorted(groups.items())
    ]
    assert expected
    assert rows(store, query) == expected


def test_all_that_is_known_of_one_connection(store: Store, zeek: list[Event]) -> None:
    query = """
        source zeek
        | search uid=*
        | stats count, values(@stream) as streams, dc(@stream) as kinds by uid
        | where kinds > 2
        | sort 20 -count, uid
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for event in zeek:
        if "uid" in event:
            groups[event["uid"]].append(event["@stream"])
    expected = [
        {"uid": uid, "count": len(each), "streams": sorted(set(each)), "kinds": len(set(each))}
        for uid, each in groups.items()
        if len(set(each)) > 2
    ]
    assert expected
    assert rows(store, query) == sorted(expected, key=lambda row: (-row["count"], row["uid"]))[:20]


def test_beacons_keep_their_interval(store: Store, zeek: list[Event]) -> None:
    query = """
        source zeek
        | search @stream=conn
        | sort 0 @timestamp
        | streamstats min(@timestamp) as before, count as n by id_orig_h, id_resp_h, id_resp_p window=2
        | where n == 2
        | eval gap = @timestamp - before
        | stats count, median(gap) as usual by id_orig_h, id_resp_h, id_resp_p
        | where count > 10
    """
    groups: defaultdict[tuple[str, str, int], list[Event]] = defaultdict(list)
    for event in sorted(of(zeek, "conn"), key=lambda event: event["ts"]):
        groups[event["id_orig_h"], event["id_resp_h"], event["id_resp_p"]].append(event)
    names = ("id_orig_h", "id_resp_h", "id_resp_p")
    expected = []
    for key, group in sorted(groups.items()):
        gaps = [seconds(later, earlier) for earlier, later in pairwise(group)]
        if len(gaps) > 10:
            row = {**dict(zip(names, key, strict=True)), "count": len(gaps)}
            expected.append({**row, "usual": statistics.median(gaps)})
    assert expected
    found = rows(store, query)
    assert [{**row, "usual": round(row["usual"], 5)} for row in found] == [
        {**row, "usual": round(row["usual"], 5)} for row in expected
    ]


# --- names that were asked for -----------------------------------------------------------------------


def test_names_of_many_subdomains(store: Store, dns: list[Event]) -> None:
    query = r"""
        source dns
        | rex field=query "(?<domain>[^.]+\.[^.]+)$"
        | where isnotnull(domain)
        | stats dc(query) as names, count by domain
        | sort 10 -names, domain
    """
    names: defaultdict[str, list[str]] = defaultdict(list)
    for event in dns:
        labels = event.get("query", "").split(".")
        if len(labels) > 1 and all(labels[-2:]):
            names[".".join(labels[-2:])].append(event["query"])
    expected = [{"domain": name, "names": len(set(each)), "count": len(each)} for name, each in names.items()]
    assert rows(store, query) == sorted(expected, key=lambda row: (-row["names"], row["domain"]))[:10]


def test_hosts_whose_questions_mostly_fail(store: Store, dns: list[Event]) -> None:
    query = """
        source dns
        | search rcode_name=*
        | stats count, count(eval(rcode_name == "NXDOMAIN")) as failed by id.orig_h
        | eval share = round(100 * failed / count, 1)
        | where count >= 100 AND share > 50
        | rename id.orig_h as client
        | sort -failed, client
    """
    clients: defaultdict[str, list[str]] = defaultdict(list)
    for event in dns:
        if "rcode_name" in event:
            clients[event["id.orig_h"]].append(event["rcode_name"])
    expected = []
    for client, codes in clients.items():
        failed = codes.count("NXDOMAIN")
        if len(codes) >= 100 and round(100 * failed / len(codes), 1) > 50:
            row = {"client": client, "count": len(codes), "failed": failed}
            expected.append({**row, "share": round(100 * failed / len(codes), 1)})
    assert expected
    same(rows(store, query), sorted(expected, key=lambda row: (-row["failed"], row["client"])))


def test_the_busiest_second_of_each_server(store: Store, dns: list[Event]) -> None:
    query = """
        source dns
        | bin @timestamp span=1s
        | stats count by id.resp_h, @timestamp
        | sort 0 -count, @timestamp
        | dedup id.resp_h
        | head 5
    """
    counted = Counter((event["id.resp_h"], event["ts"][:19]) for event in dns)
    best: dict[str, Row] = {}
    for (server, second), count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0][1], pair[0][0])):
        best.setdefault(server, {"id.resp_h": server, "@timestamp": f"{second}.000Z", "count": count})
    assert rows(store, query) == list(best.values())[:5]


def test_answers_within_a_network(store: Store, dns: list[Event]) -> None:
    query = """
        source dns
        | eval inside = mvfilter(cidrmatch("10.0.0.0/8", answers))
        | where isnotnull(inside)
        | stats count, values(inside) as addresses by query
        | sort 10 -count, query
    """
    found: defaultdict[str, list[list[str]]] = defaultdict(list)
    for event in dns:
        inside = [answer for answer in event.get("answers", []) if answer.startswith("10.") and answer[-1].isdigit()]
        if inside and "query" in event:
            found[event["query"]].append(inside)
    expected = [
        {"query": name, "count": len(each), "addresses": sorted({text for inside in each for text in inside})}
        for name, each in found.items()
    ]
    assert expected
    assert rows(store, query) == sorted(expected, key=lambda row: (-row["count"], row["query"]))[:10]
