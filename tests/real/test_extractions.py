"""What is taken out of real access logs, auth logs and JSON of Zeek is what Python takes out of the same lines."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import orjson
import pytest

from real_events import rows
from trawl.store import Store

pytestmark = [pytest.mark.real, pytest.mark.slow]  # real events are loaded first

REQUEST = re.compile(r'"([A-Z]+) (\S+) (HTTP/[\d.]+)" (\d{3}) (\d+|-)')
FAILED = re.compile(r"Failed password for (invalid user )?(\S+) from (\S+) port (\d+)")


def counted(counts: Counter[Any], name: str) -> list[dict[str, Any]]:
    return [{name: key, "count": counts[key]} for key in sorted(counts)]


def test_rex_takes_the_request_out_of_the_line(store: Store, lines: dict[str, list[str]]) -> None:
    matches = [found for line in lines["access"] if (found := REQUEST.search(line))]
    expression = REQUEST.pattern.replace('"', '\\"')
    named = expression
    for name in ("verb", "url", "version", "code", "size"):
        named = re.sub(r"\((?!\?)", f"(?<{name}>", named, count=1)
    searched = f'source access | rex "{named}"'
    assert rows(store, f"{searched} | stats count(verb) as n, dc(url) as urls") == [
        {"n": len(matches), "urls": len({found[2] for found in matches})}
    ]
    codes = Counter(found[4] for found in matches)
    assert rows(store, f"{searched} | stats count by code") == counted(codes, "code")


def test_parse_takes_what_loading_took(store: Store, lines: dict[str, list[str]]) -> None:
    parsed = (
        'source access | rename status as s, bytes as b, client as c, agent as a | parse "%{COMBINEDAPACHELOG}"'
        " | where s == status AND c == client AND isnull(b) == isnull(bytes) AND ((isnull(b)) OR (b == bytes))"
        " | stats count"
    )
    whole = [line for line in lines["access"] if line.endswith('"')]  # one line was cut off
    assert rows(store, parsed) == [{"count": len(whole)}]


def test_regex_keeps_the_lines_that_match(store: Store, lines: dict[str, list[str]]) -> None:
    count = sum(bool(re.search(r"Googlebot/\d", line)) for line in lines["access"])
    assert rows(store, r'source access | regex "Googlebot/\d" | stats count') == [{"count": count}]
    agents = sum(bool(re.search(r"(?i)bot|spider", line.rsplit('"', 2)[1])) for line in lines["access"])
    assert rows(store, 'source access | regex agent="(?i)bot|spider" | stats count') == [{"count": agents}]


def test_rex_takes_failed_logins_out_of_messages(store: Store, lines: dict[str, list[str]]) -> None:
    matches = [found for line in lines["auth"] if (found := FAILED.search(line))]
    assert matches
    named = r"Failed password for (?<invalid>invalid user )?(?<user>\S+) from (?<ip>\S+) port (?<port>\d+)"
    users = Counter(found[2] for found in matches)
    searched = f'source auth | rex field=message "{named}"'
    assert rows(store, f"{searched} | stats count by user") == counted(users, "user")
    assert rows(store, f"{searched} | stats count(invalid) as n, dc(ip) as ips") == [
        {"n": sum(bool(found[1]) for found in matches), "ips": len({found[3] for found in matches})}
    ]


def test_kv_takes_pairs_out_of_lines(store: Store, lines: dict[str, list[str]]) -> None:
    homes = Counter(found[1] for line in lines["auth"] if (found := re.search(r"[ ,]home=([^,\s]+)", line)))
    assert homes
    assert rows(store, "source auth | kv | where isnotnull(home) | stats count by home") == counted(homes, "home")


def test_makemv_parts_paths(store: Store, lines: dict[str, list[str]]) -> None:
    steps: Counter[str] = Counter()
    for line in lines["access"]:
        if found := re.search(r'"\S+ (\S+) HTTP/\S+"', line):
            steps.update(step for step in found[1].split("/") if step)
    parted = 'source access | where isnotnull(path) | makemv delim="/" path | mvexpand path | where isnotnull(path)'
    assert rows(store, f"{parted} | stats count") == [{"count": steps.total()}]
    (top, count), *_ = sorted(steps.items(), key=lambda pair: (-pair[1], pair[0]))
    assert rows(store, f"{parted} | top 1 path showperc=false") == [{"path": top, "count": count}]


def test_spath_reads_an_event_as_it_was_loaded(store: Store, lines: dict[str, list[str]]) -> None:
    events = [orjson.loads(line) for line in lines["zeek"]]
    searched = "source zeek | eval text = _raw | fields @timestamp, text | spath input=text"
    kinds = Counter(event["@stream"] for event in events if event.get("@stream") is not None)
    assert rows(store, f"{searched} | stats count by @stream") == counted(kinds, "@stream")
    whole, again = rows(store, "source zeek"), rows(store, searched)
    assert [{name: value for name, value in row.items() if name != "text"} for row in again] == whole
