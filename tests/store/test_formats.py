"""CSV, access logs and syslog: which fields they have, and what is none of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaded import Event, in_load_order, open_store
from trawl.errors import TrawlError
from trawl.store import Store
from trawl.store.inputs import Format
from trawl.store.inputs.logs import read_access, read_syslog


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def loaded_csv(store: Store, folder: Path, text: bytes) -> tuple[list[Event], dict[int, str]]:
    """The events of a CSV file without their times, and what was put aside by line."""
    file = folder / "a.csv"
    file.write_bytes(text)
    loaded = store.load("web", [file])
    events = [{name: value for name, value in event.items() if name[0] != "@"} for event in in_load_order(store)]
    return events, {aside.line: aside.reason for aside in loaded.rejects}


def test_every_csv_value_is_text_and_an_empty_cell_is_missing(store: Store, tmp_path: Path) -> None:
    events, aside = loaded_csv(store, tmp_path, b'\xef\xbb\xbfts,a.b,c\r\n1,007,"x,\r\ny ""z"""\r\n2,,true\r\n')
    assert events == [{"ts": "1", "a.b": "007", "c": 'x,\r\ny "z"'}, {"ts": "2", "c": "true"}]
    assert aside == {}


def test_broken_csv_records_are_put_aside(store: Store, tmp_path: Path) -> None:
    events, aside = loaded_csv(store, tmp_path, b'ts,a\n1,x\n2\n\n3,\xff\n"4"x,y\n5,z\n6,"open\n')
    assert [event["ts"] for event in events] == ["1", "5"]
    assert aside == {
        3: "the record has 1 cells, the header 2",
        5: "the record is no UTF-8",
        6: "the record is no CSV: ',' expected after '\"'",
        8: "the record is no CSV: unexpected end of data",
    }


def test_a_column_named_twice_is_an_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(TrawlError, match="names the column `a` twice"):
        loaded_csv(store, tmp_path, b"ts,a,a\n1,2,3\n")


def test_the_fields_of_an_access_log() -> None:
    line = rb'::1 - b c [17/May/2015:10:05:03 +0000] "GET /a?b=\"c\" HTTP/1.1" 200 203 "http://x" "Mozilla \"5\" (X)"'
    assert read_access([line]) == [
        {
            "client": "::1",
            "timestamp": "17/May/2015:10:05:03 +0000",
            "user": "b c",
            "request": r"GET /a?b=\"c\" HTTP/1.1",
            "referer": "http://x",
            "agent": r"Mozilla \"5\" (X)",
            "status": 200,
            "bytes": 203,
            "method": "GET",
            "path": r"/a?b=\"c\"",
            "protocol": "HTTP/1.1",
            "_raw": line.decode(),
        }
    ]


def test_what_an_access_log_lacks_is_missing() -> None:
    (event,) = read_access([b'1.2.3.4 - - [17/May/2015:10:05:03 +0000] "\\x16\\x03" 400 -\r'])
    assert set(event) == {"client", "timestamp", "request", "status", "_raw"}


@pytest.mark.parametrize("line", [b"hello", b"1.2.3.4 - - no time", b"\xff"])
def test_what_is_no_access_log_is_told(line: bytes) -> None:
    (reason,) = read_access([line])
    assert isinstance(reason, str)


def test_the_fields_of_old_syslog() -> None:
    lines = [
        b"Mar 27 13:06:56 ip-10 sshd[1291]: Server listening",
        b"<38>Mar  7 13:06:56 ip-10 last message repeated 2 times",
    ]
    first, second = read_syslog(lines)
    assert first == {
        "timestamp": "Mar 27 13:06:56",
        "host": "ip-10",
        "program": "sshd",
        "pid": "1291",
        "message": "Server listening",
        "_raw": lines[0].decode(),
    }
    assert second == {
        "timestamp": "Mar  7 13:06:56",
        "host": "ip-10",
        "message": "last message repeated 2 times",
        "facility": 4,
        "severity": 6,
        "_raw": lines[1].decode(),
    }


def test_the_fields_of_new_syslog() -> None:
    line = '<165>1 2003-10-11T22:14:15.003Z host app - ID47 [a@1 x="1" y="\\"2\\]"][b] \ufeffhello'.encode()
    assert read_syslog([line]) == [
        {
            "timestamp": "2003-10-11T22:14:15.003Z",
            "host": "host",
            "program": "app",
            "msgid": "ID47",
            "facility": 20,
            "severity": 5,
            "a@1": {"x": "1", "y": '"2]'},
            "b": {},
            "message": "hello",
            "_raw": line.decode(),
        }
    ]


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "format_", "events"),
    [
        ("web-access/apache_access.log.gz", Format.ACCESS, 10_000),
        ("linux-auth/auth.log.gz", Format.SYSLOG, 7_121),
        ("zeek-wrccdc-2018/dns.json.gz", Format.NDJSON, 53_615),
        ("zeek-apt29-day1/combined_zeek.jsonl.gz", Format.NDJSON, 2_140),
        ("winlogbeat-2019/events.jsonl.gz", Format.NDJSON, 3_498),
    ],
)
def test_real_logs_load_whole(store: Store, real_data: Path, file: str, format_: Format, events: int) -> None:
    loaded = store.load("real", [real_data / file])
    assert (loaded.events, loaded.rejected) == (events, 0)
    told = store.load("told", [real_data / file], format=format_)
    assert told.events == events


@pytest.mark.real
def test_the_statuses_of_the_real_access_log(store: Store, real_data: Path) -> None:
    store.load("real", [real_data / "web-access" / "apache_access.log.gz"])
    statuses = Counter(event["status"] for event in in_load_order(store, "real"))
    assert statuses.most_common(3) == [(200, 9126), (304, 445), (404, 213)]
