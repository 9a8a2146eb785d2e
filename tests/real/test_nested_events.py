"""Events of Winlogbeat: nested objects are asked for by dotted names, arrays by their values."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest

from real_events import Event, rows
from trawl.store import Store

pytestmark = [pytest.mark.real, pytest.mark.slow]  # all real events are loaded first


@pytest.fixture(scope="session")
def winlogbeat(events: dict[str, list[Event]]) -> list[Event]:
    return events["winlogbeat"]


def inner(event: Event, path: str) -> Any:
    """What lies at a dotted path; None where there is nothing."""
    found: Any = event
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def counted(events: list[Event], *paths: str) -> list[dict[str, Any]]:
    """The rows of `stats count by` these paths."""
    keys = (tuple(inner(event, path) for path in paths) for event in events)
    counts = Counter(key for key in keys if None not in key)
    return [{**dict(zip(paths, key, strict=True)), "count": counts[key]} for key in sorted(counts)]


def test_objects_become_dotted_names(store: Store, winlogbeat: list[Event]) -> None:
    names = ("user.domain", "user.name")
    assert rows(store, f"source winlogbeat | stats count by {', '.join(names)}") == counted(winlogbeat, *names)


def test_the_collector_is_not_the_machine(store: Store, winlogbeat: list[Event]) -> None:
    names = ("host.name", "computer_name", "log_name")
    assert rows(store, f"source winlogbeat | stats count by {', '.join(names)}") == counted(winlogbeat, *names)


def test_arrays_are_asked_for_by_their_values(store: Store, winlogbeat: list[Event]) -> None:
    query = 'source winlogbeat | search keywords="audit success" | stats count by event_id'
    found = [event for event in winlogbeat if "Audit Success" in event.get("keywords", [])]
    assert rows(store, query) == counted(found, "event_id")


def test_who_connects_where(store: Store, winlogbeat: list[Event]) -> None:
    query = r"""
        source winlogbeat
        | search event_id=3 event_data.Initiated=true event_data.DestinationIp!=fe80::/10
        | rename event_data.* as *
        | eval program = lower(mvindex(split(Image, "\\"), -1))
        | stats count, dc(DestinationIp) as addresses by program, User
    """
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for event in winlogbeat:
        data = event.get("event_data", {})
        is_wanted = event["event_id"] == 3 and data.get("Initiated") == "true"
        if is_wanted and "DestinationIp" in data and not data["DestinationIp"].startswith("fe80:"):
            groups[data["Image"].rpartition("\\")[2].lower(), data["User"]].append(data["DestinationIp"])
    expected = [
        {"program": program, "User": user, "count": len(each), "addresses": len(set(each))}
        for (program, user), each in sorted(groups.items())
    ]
    assert expected
    assert rows(store, query) == expected


def test_logons_beside_the_privileges_that_came_with_them(store: Store, winlogbeat: list[Event]) -> None:
    query = r"""
        source winlogbeat
        | search event_id=4624
        | rename event_data.TargetLogonId as logon
        | join type=left logon computer_name [
            source winlogbeat
            | search event_id=4672
            | rename event_data.SubjectLogonId as logon
            | eval privileges = mvcount(split(event_data.PrivilegeList, "Se")) - 1
            | fields logon, computer_name, privileges ]
        | table record_number, logon, privileges
    """
    given: dict[tuple[str, str], int] = {}
    for event in winlogbeat:
        if event["event_id"] == 4672:
            data = event["event_data"]
            key = (data["SubjectLogonId"], event["computer_name"])
            given.setdefault(key, len(data["PrivilegeList"].split("Se")) - 1)
    expected = []
    for event in winlogbeat:
        if event["event_id"] == 4624:
            logon = event["event_data"]["TargetLogonId"]
            row = {"record_number": event["record_number"], "logon": logon}
            key = (logon, event["computer_name"])
            expected.append({**row, "privileges": given[key]} if key in given else row)
    assert expected
    assert rows(store, query) == expected
