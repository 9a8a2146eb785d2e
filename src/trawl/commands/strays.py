"""What is said of a word among the fields of a command that no event has, and that means something elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_LISTED: Final = "fields are listed: `{} a, b`"
_DIRECTION: Final = "the direction stands before the field: `sort -a, b`"
_BY_NUMBER: Final = "numbers in texts are sorted by `sort num(a)`, downwards by `sort -num(a)`"
_MISSING_LAST: Final = "events without a value come last in both directions"
_FILLED: Final = "the value is an option: `fillnull value={} a`"
_KEPT: Final = "the first event is kept, and `sortby` says which it is: `dedup a sortby -b`"
_JOINED: Final = "how rows are joined is an option: `join type=left a [ source NAME ]`"
_JOINED_BY: Final = "the field has one name in both: `join a [ source NAME ]`"
_DROPPED: Final = "fields are dropped by `fields - a, b`"
_GROUPS: Final = "fields after BY are listed: `by a, b`"
_SORTED: Final = "groups are sorted after a bar: `| sort -count`"

_FREQUENT: Final = dict.fromkeys(("showcount", "showperc"), "it is an option: `showperc=false`")
_GROUPING: Final = {
    **dict.fromkeys(("and", "&", "+"), _GROUPS),
    **dict.fromkeys(("desc", "asc", "sort", "order"), _SORTED),
    "all": "without BY all events are one group",
    "over": "so many rows are measured together by `window=5`",
}

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "top": {
        "by": "the most of a number are kept by `sort 5 -a`; groups stand behind the field: `top 5 a by b`",
        **_FREQUENT,
    },
    "rare": {
        "by": "the least of a number are kept by `sort 5 a`; groups stand behind the field: `rare 5 a by b`",
        **_FREQUENT,
    },
    "dedup": {
        **dict.fromkeys(("by", "on", "and"), _LISTED),
        **dict.fromkeys(("keep", "first", "last", "sort"), _KEPT),
    },
    "transaction": dict.fromkeys(("by", "on", "and"), _LISTED),
    "table": {"by": "groups are made by `stats count by a`", "and": _LISTED},
    "fields": {**dict.fromkeys(("except", "not", "exclude"), _DROPPED), "include": _LISTED, "and": _LISTED},
    "fillnull": dict.fromkeys(("null", "with", "value", "by", "as"), _FILLED.format("0")),
    "sort": {
        **dict.fromkeys(("desc", "asc", "descending", "ascending", "d", "a", "r", "reverse", "nr", "rn"), _DIRECTION),
        **dict.fromkeys(("n", "numeric"), _BY_NUMBER),
        **dict.fromkeys(("nulls", "last", "first"), _MISSING_LAST),
        "and": _LISTED,
    },
    "join": {
        **dict.fromkeys(("left", "inner", "outer", "right", "full", "cross"), _JOINED),
        **dict.fromkeys(("on", "using", "by", "where"), _JOINED_BY),
    },
    **dict.fromkeys(("stats", "aggs", "eventstats", "streamstats", "timechart", "timeaggs", "chart"), _GROUPING),
}
"""Hints by the command and the word, lower case; `{}` is for the command or the word."""

_NUMBERS: Final = {
    "fillnull": _FILLED,
    "sort": "the number of rows stands first, a sign before the field: `sort {0} a`, `sort {0} -a`",
    "dedup": "the number of events stands first: `dedup {} a`",
    "top": "the number stands first: `top {} a`",
    "rare": "the number stands first: `rare {} a`",
    "table": "so many events are kept by `head {}`",
    "fields": "so many events are kept by `head {}`",
}
"""Hints by the command where a number stands among its fields; `{}` is for that."""


def stray_hint(command: str, word: str) -> str | None:
    """What is meant by a word that stands where the command takes fields; None for any other word."""
    if re.fullmatch(r"-?\d{1,9}", word):
        number = word if command == "fillnull" else word.lstrip("-")
        return _NUMBERS[command].format(number) if command in _NUMBERS else None
    hint = _WORDS.get(command, {}).get(word.lower())
    return hint.format(command) if hint else None
