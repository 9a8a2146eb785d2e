"""What a text may be meant as that stands for a time told from now: `now-1d`, `-1d@d`, `yesterday`, `2 hours ago`."""

from __future__ import annotations

import re
from typing import Final

from trawl.datemath import find_unit, read_steps
from trawl.errors import TrawlError

_DATE_MATH: Final = re.compile(r"(?:now(?:\(\))?)?((?:[+-]\d{1,9}[A-Za-z]{1,7})*)(?:[@/]([A-Za-z]{1,7}[0-7]?))?", re.I)
_AGO: Final = re.compile(r"(\d{1,9}) ?([A-Za-z]{1,7}) ago", re.I)
_DAYS: Final = {"today": "@d", "yesterday": "-1d@d", "tomorrow": "+1d@d"}


def moment_of(text: str) -> str | None:
    """The expression for the time that a text is meant as; None for one that is no date math and no such word."""
    plain = text.strip().lower()
    if plain in ("now", "now()"):
        return "now()"
    steps = _DAYS.get(plain) or _steps(text.strip())
    return f'relative_time(now(), "{steps}")' if steps else None


def _steps(text: str) -> str | None:
    if ago := _AGO.fullmatch(text):
        return f"-{ago[1]}{ago[2]}" if find_unit(ago[2]) else None
    found = _DATE_MATH.fullmatch(text.replace(" ", ""))
    if found is None or not any(found.groups()):
        return None
    steps = found[1] + (f"@{found[2]}" if found[2] else "")
    try:
        read_steps(steps)
    except TrawlError:
        return None
    return steps
