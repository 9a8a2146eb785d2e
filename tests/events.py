"""A few plain events to load, whose counts can be told by heart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DAY = {"dtStart": "2026-01-01", "dtEnd": "2026-01-02"}
"""The range that the events lie in."""


def events(count: int = 120) -> list[dict[str, Any]]:
    """One event a minute from midnight; hosts a, b, c in turn, every fourth a status of 500."""
    return [
        {
            "@timestamp": f"2026-01-01T{number // 60:02d}:{number % 60:02d}:00.000Z",
            "host": "abc"[number % 3],
            "status": 500 if number % 4 == 0 else 200,
            "message": f"request {number}",
        }
        for number in range(count)
    ]


def write(file: Path, count: int = 120) -> Path:
    """The events as NDJSON."""
    file.write_text("".join(json.dumps(event) + "\n" for event in events(count)), encoding="utf-8")
    return file
