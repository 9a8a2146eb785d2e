"""Points in time as queries and requests write them: date math (language.md 5.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from trawl import datemath
from trawl.errors import Code, Span, TrawlError, clip
from trawl.instants import from_epoch, read_instant
from trawl.values import Instant, exact_number

_EXAMPLES: Final = (
    "a time is written `now-1d/d`, `-15m`, `-1d@d`, `2026-01-31`, `2026-01-31T12:00:00Z` or in epoch seconds"
)


_SPLUNK: Final = re.compile(r"(\d\d)/(\d\d)/(\d{4})(?::(\d\d:\d\d:\d\d))?", re.ASCII)
_AGO: Final = re.compile(r"\d{1,9}[A-Za-z]+", re.ASCII)
_DAYS: Final = {"today": "today began at `now/d`", "yesterday": "yesterday began at `now-1d/d`"}


@dataclass(frozen=True, slots=True)
class _Moment:
    """Date math, read. `anchor` is the text of a date, or None for the clock."""

    anchor: str | None
    steps: tuple[datemath.Step, ...]


def resolve(text: str, now: Instant, zone: str, span: Span | None = None) -> Instant:
    """The instant that date math says.

    Args:
        text: `now-1d/d`, `2026-01-31||+1M/d`, an ISO 8601 date or instant, epoch seconds or milliseconds,
            SPL's `-1d@d`, `@w1`. Snapping always goes down; `w` snaps to Monday, `w0` to Sunday.
        now: the clock.
        zone: IANA name of the zone in which days and longer units are counted.
        span: where the text stands in a query, for errors.

    Raises:
        TrawlError: `INVALID_TIME`.
    """
    moment = _read(text, span)
    start = now if moment.anchor is None else _anchor(moment.anchor, zone)
    at = None if start is None else datemath.walk(start, moment.steps, zone)
    if at is None:
        reason = f"`{clip(text)}` lies outside the years 1677 to 2262"
        raise TrawlError(Code.INVALID_TIME, reason, span=span)
    return at


def check(text: str, span: Span | None = None) -> None:
    """Refuses what no clock would make date math of.

    Raises:
        TrawlError: `INVALID_TIME`.
    """
    _read(text, span)


def _read(text: str, span: Span | None) -> _Moment:
    stripped = text.strip()
    if stripped[:3].lower() == "now":
        return _Moment(None, datemath.read_steps(stripped, 3, span, _EXAMPLES))
    if stripped[:1] in ("+", "-", "@"):
        return _Moment(None, datemath.read_steps(stripped, 0, span, _EXAMPLES))
    anchor, bars, _ = stripped.partition("||")
    if not _is_date(anchor):
        raise TrawlError(Code.INVALID_TIME, f"`{clip(text)}` is not a time", hint=_hint(stripped), span=span)
    return _Moment(anchor, datemath.read_steps(stripped, len(anchor) + len(bars), span, _EXAMPLES))


def _hint(text: str) -> str:
    """What is meant by a text that is no time."""
    splunk = _SPLUNK.fullmatch(text)
    if splunk:
        month, day, year, clock = splunk.groups()
        return f"a date is written `{year}-{month}-{day}{f'T{clock}' if clock else ''}`"
    if _AGO.fullmatch(text):
        return f"a time ago has a sign: `-{clip(text)}`"
    return _DAYS.get(text.lower(), _EXAMPLES)


def _is_date(text: str) -> bool:
    return _anchor(text, "UTC") is not None or (len(text) < 60 and read_instant(f"2000{text[4:]}") is not None)


def _anchor(text: str, zone: str) -> Instant | None:
    number = exact_number(text) if len(text) < 40 else None
    return read_instant(text, zone) if number is None else from_epoch(number)
