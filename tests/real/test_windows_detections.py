r"""Detections over real Windows events, written as an analyst would, find what plain Python finds in the same lines."""

from __future__ import annotations

import base64
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from ipaddress import ip_address, ip_network
from itertools import pairwise

import pytest

from real_events import Event, Row, moment, rows, same
from trawl.store import Store

pytestmark = [pytest.mark.real, pytest.mark.slow]  # all real events are loaded first


@pytest.fixture(scope="session")
def windows(events: dict[str, list[Event]]) -> list[Event]:
    return events["windows"]


@pytest.fixture(scope="session")
def oldest_first(windows: list[Event]) -> list[Event]:
    """The events as `sort 0 @timestamp` has them: those of one time stay in their order."""
    return sorted(windows, key=lambda event: event["@timestamp"])


def of(events: Iterable[Event], *codes: int) -> Iterator[Event]:
    return (event for event in events if event["EventID"] in codes)


def sysmon(events: Iterable[Event], *codes: int) -> Iterator[Event]:
    """Other logs number their events from 1 on as well; theirs have none of the fields that are asked for."""
    return (event for event in of(events, *codes) if event["Channel"] == "Microsoft-Windows-Sysmon/Operational")


def grouped(events: Iterable[Event], *names: str) -> dict[tuple[str, ...], list[Event]]:
    """The events that have all of these fields, by their values, in order of these."""
    groups: defaultdict[tuple[str, ...], list[Event]] = defaultdict(list)
    for event in events:
        if all(name in event for name in names):
            groups[tuple(event[name] for name in names)].append(event)
    return dict(sorted(groups.items()))


def seconds(later: Event, earlier: Event) -> float:
    return (moment(later["@timestamp"]) - moment(earlier["@timestamp"])).total_seconds()


def base_name(image: str) -> str:
    return image.rpartition("\\")[2].lower()


# --- credentials -------------------------------------------------------------------------------------


def test_memory_of_lsass_is_read_with_a_mask_that_allows_it(store: Store, windows: list[Event]) -> None:
    query = r"""
        source windows
        | search EventID=10 TargetImage="*\lsass.exe"
        | eval mask = tonumber(replace(GrantedAccess, "^0x", ""), 16)
        | where bit_and(mask, 16) == 16
        | stats count, values(GrantedAccess) as access, max(mask) as most by Hostname, SourceImage
        | sort -count, SourceImage
    """
    found = [
        event
        for event in sysmon(windows, 10)
        if base_name(event["TargetImage"]) == "lsass.exe" and int(event["GrantedAccess"], 16) & 0x10
    ]
    expected = [
        {
            "Hostname": host,
            "SourceImage": image,
            "count": len(group),
            "access": sorted({event["GrantedAccess"] for event in group}),
            "most": max(int(event["GrantedAccess"], 16) for event in group),
        }
        for (host, image), group in grouped(found, "Hostname", "SourceImage").items()
    ]
    assert rows(store, query) == sorted(expected, key=lambda row: (-row["count"], row["SourceImage"]))


def test_several_accounts_fail_to_log_on_within_a_second(store: Store, oldest_first: list[Event]) -> None:
    query = """
        source windows
        | search EventID=4625
        | sort 0 @timestamp
        | streamstats dc(TargetUserName) as users, min(@timestamp) as first by Hostname window=5
        | eval seconds = @timestamp - first
        | where users >= 5 AND seconds <= 1
        | table RecordNumber, users, seconds
    """
    expected = []
    for group in grouped(of(oldest_first, 4625), "Hostname").values():
        for place, event in enumerate(group):
            window = group[max(place - 4, 0) : place + 1]
            users, length = len({each["TargetUserName"] for each in window}), seconds(event, window[0])
            if users >= 5 and length <= 1:
                expected.append({"RecordNumber": event["RecordNumber"], "users": users, "seconds": length})
    assert expected
    same(rows(store, query), expected)


def test_privileges_that_were_given(store: Store, windows: list[Event]) -> None:
    query = r"""
        source windows
        | search EventID=4672
        | makemv tokenizer="(Se\w+)" PrivilegeList
        | top 5 PrivilegeList showperc=false
    """
    counted = Counter(name for event in of(windows, 4672) for name in event["PrivilegeList"].split())
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    assert rows(store, query) == [{"PrivilegeList": name, "count": count} for name, count in ranked]


def test_objects_of_the_directory_are_named_by_guids(store: Store, windows: list[Event]) -> None:
    query = r"""
        source windows
        | search EventID IN (4661, 4662) Message="*{*"
        | rex field=Message max_match=0 "(?<guid>\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\})"
        | stats count, dc(Hostname) as hosts by guid
        | sort 10 -count, guid
    """
    guid = re.compile(r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
    hosts: defaultdict[str, list[str]] = defaultdict(list)
    for event in of(windows, 4661, 4662):
        for name in set(guid.findall(event["Message"])):
            hosts[name].append(event["Hostname"])
    expected = [{"guid": name, "count": len(each), "hosts": len(set(each))} for name, each in hosts.items()]
    assert expected
    assert rows(store, query) == sorted(expected, key=lambda row: (-row["count"], row["guid"]))[:10]


# --- execution ---------------------------------------------------------------------------------------

ENCODED = re.compile(r"(?i)powershell.*\s-e(?:nc|ncodedcommand)?\s+([A-Za-z0-9+/=]{40,})")


def decoded(text: str) -> str:
    """PowerShell encodes UTF-16; of ASCII every second byte is NUL."""
    return base64.b64decode(text).decode().replace("\0", "")


def test_encoded_commands_of_powershell_are_decoded(store: Store, windows: list[Event]) -> None:
    query = r"""
        source windows
        | search EventID IN (1, 4688) CommandLine="*powershell*"
        | rex field=CommandLine "(?i)powershell.*\s-e(?:nc|ncodedcommand)?\s+(?<encoded>[A-Za-z0-9+/=]{40,})"
        | where isnotnull(encoded)
        | eval script = replace(base64decode(encoded), "\x00", ""), letters = len(script)
        | table @timestamp, Hostname, EventID, letters, script
    """
    expected = []
    for event in of(windows, 1, 4688):
        if match := ENCODED.search(event.get("CommandLine", "")):
            script = decoded(match[1])
            row = {name: event[name] for name in ("@timestamp", "Hostname", "EventID")}
            expected.append({**row, "letters": len(script), "script": script})
    assert expected
    assert rows(store, query) == expected


def test_grandparents_of_processes(store: Store, windows: list[Event]) -> None:
    query = """
        source windows
        | search EventID=1
        | join ParentProcessGuid [
            source windows
            | search EventID=1
            | rename ProcessGuid as ParentProcessGuid, ParentImage as GrandparentImage
            | fields ParentProcessGuid, GrandparentImage ]
        | stats count by GrandparentImage, ParentImage, Image
        | sort 0 -count
    """
    parents: dict[str, str] = {}
    for event in sysmon(windows, 1):
        parents.setdefault(event["ProcessGuid"], event["ParentImage"])
    counted = Counter(
        (parents[event["ParentProcessGuid"]], event["ParentImage"], event["Image"])
        for event in sysmon(windows, 1)
        if event["ParentProcessGuid"] in parents
    )
    names = ("GrandparentImage", "ParentImage", "Image")
    expected = [{**dict(zip(names, key, strict=True)), "count": counted[key]} for key in sorted(counted)]
    assert rows(store, query) == sorted(expected, key=lambda row: -row["count"])


def test_processes_that_live_shortly(store: Store, oldest_first: list[Event]) -> None:
    query = """
        source windows
        | search EventID IN (1, 5) ProcessGuid=*
        | transaction ProcessGuid startswith=(EventID == 1) endswith=(EventID == 5) maxspan=10m
        | where duration < 1
        | table @timestamp, ProcessGuid, duration, eventcount, EventID
    """
    expected = []
    for (guid,), group in grouped(sysmon(oldest_first, 1, 5), "ProcessGuid").items():
        for start, end in pairwise(group):
            if (start["EventID"], end["EventID"]) == (1, 5) and (length := seconds(end, start)) < 1:
                row = {"@timestamp": start["@timestamp"], "ProcessGuid": guid, "duration": length}
                expected.append({**row, "eventcount": 2, "EventID": [1, 5]})
    expected.sort(key=lambda row: row["@timestamp"], reverse=True)
    assert len({row["@timestamp"] for row in expected}) == len(expected) > 10
    same(rows(store, query), expected)


def test_programs_that_ran_once_on_one_host_only(store: Store, windows: list[Event]) -> None:
    query = r"""
        source windows
        | search EventID=1
        | eval program = lower(mvindex(split(Image, "\\"), -1))
        | eventstats count as runs by program
        | where runs == 1
        | stats count as programs, values(program) as names by Hostname
    """
    runs = Counter(base_name(event["Image"]) for event in sysmon(windows, 1))
    expected = []
    for (host,), group in grouped(sysmon(windows, 1), "Hostname").items():
        names = sorted(name for event in group if runs[name := base_name(event["Image"])] == 1)
        if names:
            expected.append({"Hostname": host, "programs": len(names), "names": names})
    assert rows(store, query) == expected


def test_the_rarest_parents_of_each_program(store: Store, windows: list[Event]) -> None:
    query = r"source windows | search EventID=1 Image=*\cmd.exe OR Image=*\powershell.exe | rare 2 ParentImage by Image"
    expected: list[Row] = []
    shells = [event for event in sysmon(windows, 1) if base_name(event["Image"]) in ("cmd.exe", "powershell.exe")]
    also = [  # `or` binds looser than terms that stand side by side: the second asks for no EventID
        event
        for event in windows
        if event["EventID"] != 1 and base_name(event.get("Image", "")) == "powershell.exe" and "ParentImage" in event
    ]
    for (image,), group in grouped([*shells, *also], "Image").items():
        counted = Counter(event["ParentImage"] for event in group if "ParentImage" in event)
        for parent, count in sorted(counted.items(), key=lambda pair: (pair[1], pair[0]))[:2]:
            share = 100 * count / counted.total()
            expected.append({"Image": image, "ParentImage": parent, "count": count, "percent": share})
    same(rows(store, query), expected)


def test_tools_are_told_by_a_lookup_of_patterns(store: Store, windows: list[Event]) -> None:
    query = """
        source windows
        | search EventID=1
        | lookup tools image as Image output risk
        | where isnotnull(risk)
        | chart count over Hostname by risk
    """
    risks = (("script", r"powershell|wmic"), ("discovery", r"net.*|whoami"))
    counted: Counter[tuple[str, str]] = Counter()
    for event in sysmon(windows, 1):
        for risk, pattern in risks:
            if re.search(rf"\\({pattern})\.exe\Z", event["Image"].lower()):
                counted[event["Hostname"], risk] += 1
                break
    hosts = sorted({host for host, _ in counted})
    expected = [{"Hostname": host, **{risk: counted[host, risk] for risk, _ in risks}} for host in hosts]
    assert rows(store, query) == expected


def test_digests_of_each_kind(store: Store, windows: list[Event]) -> None:
    query = r"""
        source windows
        | search EventID=1
        | eval digest = split(Hashes, ",")
        | mvexpand digest
        | rex field=digest "(?<kind>\w+)=(?<digest>\w+)"
        | stats dc(digest) as digests by kind
    """
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for event in sysmon(windows, 1):
        for pair in event["Hashes"].split(","):
            kind, _, digest = pair.partition("=")
            kinds[kind].add(digest)
    expected = [{"kind": kind, "digests": len(kinds[kind])} for kind in sorted(kinds)]
    assert rows(store, query) == expected
    assert rows(store, "source windows | search EventID=1 | kv field=Hashes | stats dc(SHA1) as n, dc(MD5) as m") == [
        {"n": len(kinds["SHA1"]), "m": len(kinds["MD5"])}
    ]


def test_command_lines_come_in_kinds(store: Store, windows: list[Event]) -> None:
    found = rows(store, "source windows | search EventID=1 | patterns field=CommandLine")
    lines = [" ".join(event["CommandLine"].split()) for event in sysmon(windows, 1)]
    assert sum(row["count"] for row in found) == len(lines)
    assert [row["count"] for row in found] == sorted((row["count"] for row in found), reverse=True)
    for row in found:
        pattern = ".*".join(map(re.escape, row["pattern"].split("<*>")))
        assert " ".join(row["sample"].split()) in lines
        assert sum(bool(re.fullmatch(pattern, line)) for line in lines) >= row["count"]


# --- persistence -------------------------------------------------------------------------------------


def test_services_that_were_installed(store: Store, windows: list[Event]) -> None:
    query = """
        source windows
        | search EventID IN (7045, 4697)
        | eval path = coalesce(ImagePath, ServiceFileName)
        | stats count, min(@timestamp) as first by Hostname, ServiceName, path
        | search NOT path="*svchost.exe -k *"
        | sort first, ServiceName
    """
    installed = [{**event, "path": event.get("ImagePath", event.get("ServiceFileName"))} for event in windows]
    groups = grouped(of(installed, 7045, 4697), "Hostname", "ServiceName", "path")
    expected = [
        {
            "Hostname": host,
            "ServiceName": name,
            "path": path,
            "count": len(group),
            "first": min(event["@timestamp"] for event in group),
        }
        for (host, name, path), group in groups.items()
        if "svchost.exe -k " not in path.lower()
    ]
    assert expected
    assert rows(store, query) == sorted(expected, key=lambda row: (row["first"], row["ServiceName"]))


def test_scheduled_tasks_and_what_they_run(store: Store, windows: list[Event]) -> None:
    query = """
        source windows
        | search EventID=4698
        | rex field=Message "(?s)<Command>(?<command>[^<]+)</Command>\\s*<Arguments>(?<arguments>[^<]+)"
        | table TaskName, command, arguments
    """
    expected = []
    for event in of(windows, 4698):
        match = re.search(r"<Command>([^<]+)</Command>\s*<Arguments>([^<]+)", event["Message"])
        assert match
        expected.append({"TaskName": event["TaskName"], "command": match[1], "arguments": match[2]})
    assert expected
    assert rows(store, query) == expected


def test_values_below_run_keys(store: Store, windows: list[Event]) -> None:
    query = r"""
        source windows
        | search EventID=13 TargetObject=*\CurrentVersion\Run\*
        | eval value = replace(TargetObject, "^.*\\\\", ""), program = lower(mvindex(split(Image, "\\"), -1))
        | table Hostname, value, program, Details
    """
    expected = [
        {
            "Hostname": event["Hostname"],
            "value": event["TargetObject"].rpartition("\\")[2],
            "program": base_name(event["Image"]),
            "Details": event["Details"],
        }
        for event in sysmon(windows, 13)
        if "\\currentversion\\run\\" in event["TargetObject"].lower()
    ]
    assert expected
    assert rows(store, query) == expected


def test_registry_values_that_take_many_forms(store: Store, windows: list[Event]) -> None:
    query = """
        source windows
        | search EventID=13 Details=*
        | stats dc(Details) as n, first(Details) as now, last(Details) as before by Hostname, TargetObject
        | where n > 3
        | sort 0 -n
    """
    expected = []
    for (host, key), group in grouped(sysmon(windows, 13), "Hostname", "TargetObject").items():
        details = [event["Details"] for event in group if "Details" in event]
        if len(set(details)) > 3:
            row = {"Hostname": host, "TargetObject": key, "n": len(set(details))}
            expected.append({**row, "now": details[0], "before": details[-1]})
    assert expected
    assert rows(store, query) == sorted(expected, key=lambda row: -row["n"])


# --- lateral movement --------------------------------------------------------------------------------


def test_accounts_that_reach_several_hosts_over_the_network(store: Store, windows: list[Event]) -> None:
    query = """
        source windows
        | search EventID=4624 LogonType=3 IpAddress!="-"
        | stats count, dc(Hostname) as hosts, values(Hostname) as reached by IpAddress, TargetUserName
        | where hosts > 1
    """
    logons = [event for event in of(windows, 4624) if event["LogonType"] == "3" and event["IpAddress"] != "-"]
    expected = []
    for (address, user), group in grouped(logons, "IpAddress", "TargetUserName").items():
        reached = sorted({event["Hostname"] for event in group})
        if len(reached) > 1:
            row = {"IpAddress": address, "TargetUserName": user, "count": len(group)}
            expected.append({**row, "hosts": len(reached), "reached": reached})
    assert expected
    assert rows(store, query) == expected


def test_pipes_that_are_made_and_used(store: Store, windows: list[Event]) -> None:
    query = """
        source windows
        | search EventID IN (17, 18)
        | eval what = case(EventID == 17, "made", EventID == 18, "used")
        | chart count over PipeName by what
        | addtotals
        | sort 5 -used, PipeName
    """
    expected = [
        {"PipeName": name, **{what: sum(event["EventID"] == code for event in group) for what, code in whats}}
        for (name,), group in grouped(sysmon(windows, 17, 18), "PipeName").items()
        for whats in [(("made", 17), ("used", 18))]
    ]
    expected = [{**row, "Total": row["made"] + row["used"]} for row in expected]
    assert rows(store, query) == sorted(expected, key=lambda row: (-row["used"], row["PipeName"]))[:5]


def test_connections_of_what_a_shell_started(store: Store, windows: list[Event]) -> None:
    query = r"""
        source windows
        | search EventID=3 [
            source windows | search EventID=1 Image="*\powershell.exe" | dedup ProcessGuid | fields ProcessGuid ]
        | stats count by Image, DestinationIp, DestinationPort
    """
    shells = {event["ProcessGuid"] for event in sysmon(windows, 1) if base_name(event["Image"]) == "powershell.exe"}
    counted = grouped(
        (event for event in sysmon(windows, 3) if event.get("ProcessGuid") in shells),
        "Image",
        "DestinationIp",
        "DestinationPort",
    )
    names = ("Image", "DestinationIp", "DestinationPort")
    expected = [{**dict(zip(names, key, strict=True)), "count": len(group)} for key, group in counted.items()]
    assert expected
    assert rows(store, query) == expected


def test_what_the_busiest_program_of_the_network_did_else(store: Store, windows: list[Event]) -> None:
    query = """
        source windows
        | search NOT EventID=3 [ source windows | search EventID=3 | top 1 Image | return Image ]
        | stats count by EventID
    """
    (image, _), *_ = Counter(event["Image"] for event in sysmon(windows, 3) if "Image" in event).most_common()
    counted = Counter(
        event["EventID"]
        for event in windows
        if event["EventID"] != 3 and event.get("Image", "").lower() == image.lower()
    )
    assert rows(store, query) == [{"EventID": code, "count": counted[code]} for code in sorted(counted)]


ZONES = {"172.18.38.0/24": "servers", "172.18.39.0/24": "workstations", "::1/128": "itself", "0.0.0.0/0": "outside"}


def zone(text: str) -> str | None:
    """The zone of the first network that an address lies in."""
    address = ip_address(text)
    return next((name for network, name in ZONES.items() if address in ip_network(network)), None)


def test_traffic_between_zones_of_the_network(store: Store, windows: list[Event]) -> None:
    query = """
        source windows
        | search EventID=3 DestinationIp=*
        | lookup zones network as SourceIp output zone as from
        | lookup zones network as DestinationIp output zone as to
        | fillnull value=unknown from, to
        | stats count by from, to
        | xyseries from to count
        | fillnull value=0
    """
    counted = Counter(
        (zone(event["SourceIp"]) or "unknown", zone(event["DestinationIp"]) or "unknown")
        for event in sysmon(windows, 3)
        if "DestinationIp" in event
    )
    sources, targets = (sorted({pair[place] for pair in counted}) for place in (0, 1))
    expected = [{"from": source, **{target: counted[source, target] for target in targets}} for source in sources]
    assert rows(store, query) == expected


def test_addresses_seen_for_the_first_time(store: Store, oldest_first: list[Event]) -> None:
    query = """
        source windows
        | search EventID=3 DestinationIp=*
        | where NOT isprivate_ip(DestinationIp)
        | sort 0 @timestamp
        | streamstats count as seen by DestinationIp
        | where seen == 1
        | table @timestamp, Hostname, DestinationIp
    """
    first: dict[str, Event] = {}
    for event in sysmon(oldest_first, 3):
        text = event.get("DestinationIp")
        if text and not (ip_address(text).is_private or ip_address(text).is_loopback):
            first.setdefault(text, event)
    names = ("@timestamp", "Hostname", "DestinationIp")
    expected = [{name: event[name] for name in names} for event in first.values()]
    assert rows(store, query) == expected
    deduped = query.replace("streamstats count as seen by DestinationIp", "dedup DestinationIp")
    assert rows(store, deduped.replace("| where seen == 1", "")) == expected


def test_connections_at_regular_intervals(store: Store, oldest_first: list[Event]) -> None:
    query = """
        source windows
        | search EventID=3 DestinationIp=*
        | sort 0 @timestamp
        | streamstats last(@timestamp) as before by Hostname, DestinationIp, DestinationPort current=false
        | eval gap = @timestamp - before
        | stats count, avg(gap) as mean, stdev(gap) as deviation by Hostname, DestinationIp, DestinationPort
        | where count >= 5 AND deviation < 5
    """
    expected = []
    names = ("Hostname", "DestinationIp", "DestinationPort")
    for key, group in grouped(sysmon(oldest_first, 3), *names).items():
        gaps = [seconds(later, earlier) for earlier, later in pairwise(group)]
        if len(group) >= 5 and (deviation := statistics.stdev(gaps)) < 5:
            row = {**dict(zip(names, key, strict=True)), "count": len(group)}
            expected.append({**row, "mean": statistics.fmean(gaps), "deviation": deviation})
    assert expected
    same(rows(store, query), expected)


# --- the whole ---------------------------------------------------------------------------------------


def test_the_log_falls_silent(store: Store, oldest_first: list[Event]) -> None:
    """A host that logs nothing for a while after the service has stopped."""
    query = """
        source windows
        | sort 0 @timestamp
        | streamstats last(@timestamp) as before, last(EventID) as last by Hostname current=false
        | eval silence = round(@timestamp - before, 3)
        | where silence >= 20 AND silence < 86400
        | table @timestamp, Hostname, silence, last
    """
    expected = []
    last: dict[str, Event] = {}
    for event in oldest_first:
        before = last.get(event["Hostname"])
        last[event["Hostname"]] = event
        if before and 20 <= (silence := seconds(event, before)) < 86400:
            row = {"@timestamp": event["@timestamp"], "Hostname": event["Hostname"], "silence": silence}
            expected.append({**row, "last": before["EventID"]})
    assert expected
    same(rows(store, query), expected)


def test_minutes_in_which_a_host_logs_more_than_it_uses_to(store: Store, windows: list[Event]) -> None:
    query = """
        source windows
        | bin @timestamp span=1m
        | stats count by Hostname, @timestamp
        | eventstats avg(count) as mean, stdev(count) as deviation by Hostname
        | where count > mean + 2 * deviation
        | fields @timestamp, Hostname, count
    """
    minutes = Counter((event["Hostname"], event["@timestamp"][:16]) for event in windows)
    expected = []
    for host in sorted({host for host, _ in minutes}):
        counts = {minute: count for (each, minute), count in sorted(minutes.items()) if each == host}
        most = statistics.fmean(counts.values()) + 2 * statistics.stdev(counts.values())
        expected += [
            {"@timestamp": f"{minute}:00.000Z", "Hostname": host, "count": count}
            for minute, count in counts.items()
            if count > most
        ]
    assert expected
    assert rows(store, query) == expected


def test_numbers_of_events_far_from_the_median(store: Store, windows: list[Event]) -> None:
    query = """
        source windows
        | stats count by Hostname, EventID
        | anomalydetection threshold=1000 count by Hostname
    """
    expected: list[Row] = []
    for (host,), group in grouped(windows, "Hostname").items():
        counted = Counter(event["EventID"] for event in group)
        median = statistics.median(counted.values())
        deviation = statistics.median(abs(count - median) for count in counted.values())
        for code, count in sorted(counted.items()):
            if deviation and (score := 0.6745 * abs(count - median) / deviation) > 1000:
                row = {"Hostname": host, "EventID": code, "count": count}
                expected.append({**row, "anomaly_score": score, "probable_cause": "count"})
    assert expected
    same(rows(store, query), expected)


def test_a_chart_of_the_capture_by_the_minute(store: Store, windows: list[Event]) -> None:
    query = """
        source windows earliest=2020-10-22T08:25:00Z latest=2020-10-22T08:35:00Z
        | timechart span=1m count by Hostname limit=2
    """
    start = moment("2020-10-22T08:25:00")
    found = [event for event in windows if start <= moment(event["@timestamp"]) < start + timedelta(minutes=10)]
    hosts = [host for host, _ in Counter(event["Hostname"] for event in found).most_common(2)]
    expected = [
        {"@timestamp": f"2020-10-22T08:{minute}:00.000Z", **dict.fromkeys([*hosts, "OTHER"], 0)}
        for minute in range(25, 35)
    ]
    for event in found:
        name = event["Hostname"] if event["Hostname"] in hosts else "OTHER"
        expected[(moment(event["@timestamp"]) - start).seconds // 60][name] += 1
    assert rows(store, query) == expected


LOGON: dict[str, Callable[[Event], bool]] = {
    "startswith=(EventID == 4624) endswith=(EventID == 4634)": lambda event: True,
    'startswith=(EventID == 4624) endswith="4634"': lambda event: True,
    "startswith=eval(EventID=4624 AND LogonType=3) endswith=(EventID=4634)": lambda event: event["LogonType"] == "3",
}


@pytest.mark.parametrize("options", LOGON)
def test_sessions_from_logon_to_logoff(store: Store, oldest_first: list[Event], options: str) -> None:
    query = f"""
        source windows
        | search EventID IN (4624, 4634)
        | transaction Hostname, TargetLogonId {options}
        | stats count, sum(duration) as seconds, max(duration) as longest
    """
    begins = LOGON[options]
    lengths = []
    for group in grouped(of(oldest_first, 4624, 4634), "Hostname", "TargetLogonId").values():
        for start, end in pairwise(group):
            if (start["EventID"], end["EventID"]) == (4624, 4634) and begins(start):
                lengths.append(seconds(end, start))
    assert lengths
    same(rows(store, query), [{"count": len(lengths), "seconds": sum(lengths), "longest": max(lengths)}])
