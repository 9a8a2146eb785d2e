"""What one asks of an auth.log: who guesses passwords, whether one succeeded, who was root and for how long."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from real_events import Row, rows, same
from trawl.store import Store

pytestmark = [pytest.mark.real, pytest.mark.slow]  # all real events are loaded first

LINE = re.compile(r"(\w{3} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([^\s:\[]+)(?:\[(\d+)\])?: (.*)")
GUESS = re.compile(r"Invalid user (\S*) from (\S+)")


class Message(NamedTuple):
    """One line; the year is left open, as it is in the log."""

    time: datetime
    program: str
    pid: str | None
    text: str


@pytest.fixture(scope="session")
def messages(lines: dict[str, list[str]]) -> list[Message]:
    """The messages, oldest first, as they were written."""
    found = []
    for line in lines["auth"]:
        match = LINE.fullmatch(line)
        assert match
        time, _, program, pid, text = match.groups()
        found.append(Message(datetime.strptime(f"2000 {time}", "%Y %b %d %H:%M:%S"), program, pid, text))
    assert found == sorted(found, key=lambda message: message.time)
    return found


def test_each_line_has_a_program(store: Store, messages: list[Message]) -> None:
    counted = Counter(message.program for message in messages)
    expected = [{"program": program, "count": counted[program]} for program in sorted(counted)]
    assert rows(store, "source auth | stats count by program") == expected


def test_hosts_that_try_many_names(store: Store, messages: list[Message]) -> None:
    query = r"""
        source auth
        | search program=sshd "Invalid user"
        | rex field=message "Invalid user (?<user>\S*) from (?<ip>\S+)"
        | stats count, dc(user) as users by ip
        | where users >= 10
        | sort -users, ip
    """
    users: defaultdict[str, list[str]] = defaultdict(list)
    for message in messages:
        if match := GUESS.search(message.text):
            users[match[2]].append(match[1])
    expected = [
        {"ip": ip, "count": len(each), "users": len(set(each))} for ip, each in users.items() if len(set(each)) >= 10
    ]
    assert expected
    assert rows(store, query) == sorted(expected, key=lambda row: (-row["users"], row["ip"]))


def test_bursts_of_guesses(store: Store, messages: list[Message]) -> None:
    query = r"""
        source auth
        | rex field=message "Invalid user (?<user>\S*) from (?<ip>\S+)"
        | transaction ip maxpause=2m
        | where eventcount >= 20
        | stats count as bursts, sum(eventcount) as guesses, max(duration) as longest by ip
    """
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    for message in messages:
        if match := GUESS.search(message.text):
            times[match[2]].append(message.time)
    expected: list[Row] = []
    for ip, each in sorted(times.items()):
        bursts: list[list[datetime]] = []
        for place, time in enumerate(each):
            if place == 0 or time - each[place - 1] > timedelta(minutes=2):
                bursts.append([])
            bursts[-1].append(time)
        if large := [burst for burst in bursts if len(burst) >= 20]:
            longest = max((burst[-1] - burst[0]).total_seconds() for burst in large)
            expected.append({"ip": ip, "bursts": len(large), "guesses": sum(map(len, large)), "longest": longest})
    assert expected
    same(rows(store, query), expected)


def test_logons_that_succeeded_after_failures(store: Store, messages: list[Message]) -> None:
    query = r"""
        source auth
        | search program=sshd (Failed OR Accepted)
        | rex field=message "^(?<result>Failed|Accepted) \w+ for (?:invalid user )?(?<user>\S+) from (?<ip>\S+)"
        | sort 0 @timestamp
        | streamstats count(eval(result == "Failed")) as failed by ip
        | search result=Accepted
        | stats count, max(failed) as failed by ip, user
    """
    pattern = re.compile(r"(Failed|Accepted) \w+ for (?:invalid user )?(\S+) from (\S+)")
    failed: Counter[str] = Counter()
    accepted: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for message in messages:
        if message.program == "sshd" and (match := pattern.match(message.text)):
            result, user, ip = match.groups()
            if result == "Failed":
                failed[ip] += 1
            else:
                accepted[ip, user].append(failed[ip])
    expected = [
        {"ip": ip, "user": user, "count": len(each), "failed": max(each)}
        for (ip, user), each in sorted(accepted.items())
    ]
    assert expected
    assert rows(store, query) == expected


def test_sessions_of_ssh(store: Store, messages: list[Message]) -> None:
    query = r"""
        source auth
        | search program=sshd "pam_unix(sshd:session)"
        | rex field=message "session (?<what>opened|closed) for user (?<user>\w+)"
        | transaction pid startswith=(what == "opened") endswith="session closed"
        | stats count, sum(duration) as seconds, max(duration) as longest by user
    """
    opened: dict[str, tuple[datetime, str]] = {}
    lengths: defaultdict[str, list[float]] = defaultdict(list)
    for message in messages:
        match = re.search(r"sshd:session\): session (opened|closed) for user (\w+)", message.text)
        if message.program == "sshd" and message.pid and match:
            if match[1] == "opened":
                opened[message.pid] = message.time, match[2]
            elif message.pid in opened:
                start, user = opened.pop(message.pid)
                lengths[user].append((message.time - start).total_seconds())
    expected = [
        {"user": user, "count": len(each), "seconds": sum(each), "longest": max(each)}
        for user, each in sorted(lengths.items())
    ]
    assert expected
    same(rows(store, query), expected)


def test_what_was_run_as_root(store: Store, messages: list[Message]) -> None:
    query = r"""
        source auth
        | search program=sudo "COMMAND="
        | rex field=message "^\s*(?<who>\S+) : .*USER=(?<as>\S+) ; COMMAND=(?<program>\S+)"
        | top 5 program by who showperc=false
    """
    pattern = re.compile(r"\s*(\S+) : .*USER=(\S+) ; COMMAND=(\S+)")
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for message in messages:
        if message.program == "sudo" and (match := pattern.match(message.text)):
            counted[match[1]][match[3]] += 1
    expected = [
        {"who": who, "program": program, "count": count}
        for who in sorted(counted)
        for program, count in sorted(counted[who].items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    ]
    assert expected
    assert rows(store, query) == expected
