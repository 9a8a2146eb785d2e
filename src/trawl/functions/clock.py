"""The time as a clock and a calendar show it: what the directives of `strftime` and `strptime` write and read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.instants import EPOCH, at_wall, in_range, wall
from trawl.values import NANOSECONDS, Instant

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SHORTHANDS: Final = {
    "%c": "%a %b %e %H:%M:%S %Y",
    "%D": "%m/%d/%y",
    "%F": "%Y-%m-%d",
    "%h": "%b",
    "%r": "%I:%M:%S %p",
    "%R": "%H:%M",
    "%T": "%H:%M:%S",
    "%x": "%m/%d/%y",
    "%X": "%H:%M:%S",
}
_TOKEN = re.compile(r"%(?:[0-9]?[A-Za-z]|:z|%)|[^%]+|%", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant as a zone shows it."""

    instant: Instant
    shown: datetime
    zone: str

    @property
    def nanosecond(self) -> int:
        """Within its second."""
        return self.instant.nanoseconds % NANOSECONDS

    @property
    def offset(self) -> int:
        """Seconds that the zone's clocks are ahead of UTC."""
        return round((self.shown - EPOCH).total_seconds()) - self.instant.nanoseconds // NANOSECONDS


def _offset(moment: Moment, between: str) -> str:
    minutes = abs(moment.offset) // 60
    return f"{'-' if moment.offset < 0 else '+'}{minutes // 60:02d}{between}{minutes % 60:02d}"


_WRITERS: Final[dict[str, Callable[[Moment], str]]] = {
    "%a": lambda moment: DAYS[moment.shown.weekday()][:3],
    "%A": lambda moment: DAYS[moment.shown.weekday()],
    "%b": lambda moment: MONTHS[moment.shown.month - 1][:3],
    "%B": lambda moment: MONTHS[moment.shown.month - 1],
    "%d": lambda moment: f"{moment.shown.day:02d}",
    "%e": lambda moment: f"{moment.shown.day:2d}",
    "%f": lambda moment: f"{moment.nanosecond // 1000:06d}",
    "%G": lambda moment: f"{moment.shown.isocalendar().year:04d}",
    "%H": lambda moment: f"{moment.shown.hour:02d}",
    "%I": lambda moment: f"{(moment.shown.hour + 11) % 12 + 1:02d}",
    "%j": lambda moment: f"{moment.shown.timetuple().tm_yday:03d}",
    "%k": lambda moment: f"{moment.shown.hour:2d}",
    "%l": lambda moment: f"{(moment.shown.hour + 11) % 12 + 1:2d}",
    "%m": lambda moment: f"{moment.shown.month:02d}",
    "%M": lambda moment: f"{moment.shown.minute:02d}",
    "%n": lambda moment: "\n",
    "%N": lambda moment: f"{moment.nanosecond:09d}",
    "%p": lambda moment: "AM" if moment.shown.hour < 12 else "PM",
    "%Q": lambda moment: f"{moment.nanosecond // 1_000_000:03d}",
    "%s": lambda moment: str(moment.instant.nanoseconds // NANOSECONDS),
    "%S": lambda moment: f"{moment.shown.second:02d}",
    "%t": lambda moment: "\t",
    "%u": lambda moment: str(moment.shown.isoweekday()),
    "%V": lambda moment: f"{moment.shown.isocalendar().week:02d}",
    "%w": lambda moment: str(moment.shown.isoweekday() % 7),
    "%y": lambda moment: f"{moment.shown.year % 100:02d}",
    "%Y": lambda moment: f"{moment.shown.year:04d}",
    "%z": lambda moment: _offset(moment, ""),
    "%:z": lambda moment: _offset(moment, ":"),
    "%Z": lambda moment: moment.zone,
    "%%": lambda moment: "%",
}
_WRITERS.update({f"%{n}{c}": lambda moment, n=n: f"{moment.nanosecond:09d}"[:n] for n in range(1, 10) for c in "NQ"})  # type: ignore[misc]  # mypy cannot type a default argument of a lambda

_READERS: Final[dict[str, str]] = {
    "%a": "(?:" + "|".join(f"{day}|{day[:3]}" for day in DAYS) + ")",
    "%b": "(?P<B>" + "|".join(f"{month}|{month[:3]}" for month in MONTHS) + ")",
    "%d": r"(?P<d>\d{1,2})",
    "%e": r" ?(?P<d>\d{1,2})",
    "%f": r"(?P<f>\d{1,9})",
    "%H": r"(?P<H>\d{1,2})",
    "%I": r"(?P<I>\d{1,2})",
    "%j": r"(?P<j>\d{1,3})",
    "%m": r"(?P<m>\d{1,2})",
    "%M": r"(?P<M>\d{1,2})",
    "%p": "(?P<p>AM|PM)",
    "%s": r"(?P<s>-?\d{1,12})",
    "%S": r"(?P<S>\d{1,2})",
    "%y": r"(?P<y>\d{2})",
    "%Y": r"(?P<Y>\d{4})",
    "%z": r"(?P<z>Z|[+-]\d{2}:?\d{2})",
    "%n": r"\s+",
    "%t": r"\s+",
    "%%": "%",
}
_READERS.update({"%A": _READERS["%a"], "%B": _READERS["%b"], "%:z": _READERS["%z"], "%Z": "(?P<Z>UTC|GMT|Z)"})
_READERS.update({"%k": " ?" + _READERS["%H"], "%l": " ?" + _READERS["%I"]})
_READERS.update({f"%{digits}{letter}": _READERS["%f"] for digits in ("", *"123456789") for letter in "NQ"})


def write(instant: Instant, form: str, zone: str) -> str:
    """The instant in a format of `strftime`, as clocks of the zone show it.

    Raises:
        TrawlError: `INVALID_ARGUMENT`, without a span: a directive is unknown.
    """
    moment = Moment(instant, wall(instant, zone), zone)
    return "".join(_WRITERS[token](moment) if token[0] == "%" else token for token in tokens(form, _WRITERS))


def read(text: str, form: str, zone: str) -> Instant | None:
    """The instant that a text in a format of `strptime` is; None if it is none.

    What the format leaves out is that of 1970-01-01T00:00:00 in the zone.

    Raises:
        TrawlError: `INVALID_ARGUMENT`, without a span: a directive is unknown, or stands twice.
    """
    found = reader(form).fullmatch(text)
    return None if found is None else _assembled({name: part for name, part in found.groupdict().items() if part}, zone)


@cache
def reader(form: str) -> re.Pattern[str]:
    """The format as a regular expression with a group for each part. Raises `TrawlError` as `read` does."""
    pieces = [_READERS[token] if token[0] == "%" else re.escape(token) for token in tokens(form, _READERS)]
    try:
        return re.compile("".join(pieces), re.ASCII | re.IGNORECASE)
    except re.error:
        raise TrawlError(Code.INVALID_ARGUMENT, "the format has a part of the time twice") from None


def tokens(form: str, known: dict[str, str] | dict[str, Callable[[Moment], str]]) -> Iterator[str]:
    """The directives and the text between them, shorthands written out."""
    for token in _TOKEN.findall(form):
        if token in _SHORTHANDS:
            yield from tokens(_SHORTHANDS[token], known)
        elif token[0] == "%" and token not in known:
            raise TrawlError(
                Code.INVALID_ARGUMENT,
                f"the format has a directive `{token}` that is not known",
                hint="%Y-%m-%dT%H:%M:%S.%3N%z",
            )
        else:
            yield token


def _assembled(parts: dict[str, str], zone: str) -> Instant | None:
    nanoseconds = int(parts.get("f", "0").ljust(9, "0"))
    if "s" in parts:
        return in_range(int(parts["s"]) * NANOSECONDS + nanoseconds)
    try:
        shown = datetime(_year(parts), _month(parts), int(parts.get("d", 1)), _hour(parts), int(parts.get("M", 0)))
        shown += timedelta(seconds=_at_most(int(parts.get("S", 0)), 59), days=_day_of_year(parts))
    except (ValueError, OverflowError):
        return None
    offset = parts.get("z", "").upper()
    if offset in {"", "Z"}:
        base = at_wall(shown, "UTC" if offset or "Z" in parts else zone)
    else:
        ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
        base = at_wall(shown + ahead if offset[0] == "-" else shown - ahead, "UTC")
    return None if base is None else in_range(base.nanoseconds + nanoseconds)


def _year(parts: dict[str, str]) -> int:
    if "y" in parts:
        short = int(parts["y"])
        return short + (1900 if short >= 69 else 2000)
    return int(parts.get("Y", 1970))


def _month(parts: dict[str, str]) -> int:
    if "B" in parts:
        return next(n for n, month in enumerate(MONTHS, 1) if month[:3].lower() == parts["B"][:3].lower())
    return int(parts.get("m", 1))


def _hour(parts: dict[str, str]) -> int:
    if "I" in parts:
        hour = _at_most(int(parts["I"]), 12) % 12
        return hour + 12 if parts.get("p", "").upper() == "PM" else hour
    return int(parts.get("H", 0))


def _day_of_year(parts: dict[str, str]) -> int:
    return _at_most(int(parts.get("j", 1)), 366) - 1


def _at_most(value: int, limit: int) -> int:
    if value > limit:
        raise ValueError(value)
    return value
