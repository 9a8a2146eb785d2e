"""Lines of access logs (Apache's combined and common formats) and of syslog (RFC 3164 and 5424)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

_QUOTED: Final = r'"((?:[^"\\]|\\.)*)"'
_ACCESS: Final = re.compile(rf"(\S+) (\S+) (.+?) \[([^\]]+)\] {_QUOTED} (\d{{3}}|-) (\d+|-)(?: {_QUOTED} {_QUOTED})?.*")
_REQUEST: Final = re.compile(r"(\S+) (\S+) (HTTP/\S+)")

_BSD: Final = re.compile(
    r"(?:<(\d{1,3})>)?([A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\S+) (\S+) "
    r"(?:([^\s:\[]+)(?:\[([^\]]*)\])?: ?)?(.*)"
)
_IETF: Final = re.compile(r"<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: \ufeff?(.*))?")
_ELEMENT: Final = re.compile(r"\[(\S+?)((?: [^\s=]+=\"(?:[^\"\\]|\\.)*\")*)\]")
_PARAMETER: Final = re.compile(r" ([^\s=]+)=\"((?:[^\"\\]|\\.)*)\"")
_ESCAPED: Final = re.compile(r"\\([\"\\\]])")


def read_access(lines: Sequence[bytes]) -> list[Any]:
    """The requests of some lines of an access log: `client`, `status`, `path` and so on, `-` for what is missing.

    `status` and `bytes` are integers, all else is text. For a line of another form a sentence that says so.
    """
    return [_decoded(line, _access) for line in lines]


def read_syslog(lines: Sequence[bytes]) -> list[Any]:
    """The messages of some lines of syslog: `host`, `program`, `pid`, `message` and so on.

    `facility` and `severity` are integers, all else is text; structured data becomes `ID.NAME`. For a line
    of another form a sentence that says so.
    """
    return [_decoded(line, _syslog) for line in lines]


def _decoded(line: bytes, read: Callable[[str], dict[str, Any] | None]) -> dict[str, Any] | str:
    try:
        text = line.decode().rstrip("\r")
    except UnicodeDecodeError as error:
        return f"the line is no UTF-8, at byte {error.start + 1}"
    event = read(text)
    if event is None:
        return f"the line is not of the form of {'an access log' if read is _access else 'syslog'}"
    return event | {"_raw": text}


def _access(line: str) -> dict[str, Any] | None:
    found = _ACCESS.fullmatch(line)
    if found is None:
        return None
    client, ident, user, timestamp, request, status, size, referer, agent = found.groups()
    event: dict[str, Any] = {"client": client, "timestamp": timestamp}
    for name, text in (("ident", ident), ("user", user), ("request", request), ("referer", referer), ("agent", agent)):
        if text is not None and text != "-":
            event[name] = text
    for name, text in (("status", status), ("bytes", size)):
        if text != "-":
            event[name] = int(text)
    if parts := _REQUEST.fullmatch(request):
        event["method"], event["path"], event["protocol"] = parts.groups()
    return event


def _syslog(line: str) -> dict[str, Any] | None:
    if found := _IETF.fullmatch(line):
        priority, timestamp, host, program, pid, kind, data, message = found.groups()
        event: dict[str, Any] = {
            name: text
            for name, text in (
                ("timestamp", timestamp),
                ("host", host),
                ("program", program),
                ("pid", pid),
                ("msgid", kind),
            )
            if text != "-"
        }
        return event | _priority(priority) | _structured(data) | {"message": message or ""}
    if found := _BSD.fullmatch(line):
        priority, timestamp, host, program, pid, message = found.groups()
        event = {"timestamp": timestamp, "host": host, "program": program, "pid": pid, "message": message}
        return {name: text for name, text in event.items() if text is not None} | _priority(priority)
    return None


def _priority(text: str | None) -> dict[str, int]:
    if text is None:
        return {}
    facility, severity = divmod(int(text), 8)
    return {"facility": facility, "severity": severity}


def _structured(data: str) -> dict[str, dict[str, str]]:
    """The parameters of each element of RFC 5424's structured data."""
    return {
        name: {key: _ESCAPED.sub(r"\1", value) for key, value in _PARAMETER.findall(parameters)}
        for name, parameters in _ELEMENT.findall(data)
    }
